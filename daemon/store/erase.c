/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Erasing. A set is made of the rows that are named (erase-set.c), everything is read once for what they say
 * (erase-scan.c), and the same is done again inside the write, which goes on only if it comes to the token of what was
 * previewed. Then in one transaction: rows are deleted like any by the human, everything that follows from that is
 * derived, and at the very end the entries lose their content, those that the deleting itself has made included. Each
 * redacted entry gets a record (chain.c says what it proves). What remains to be done is clean.c's. */
#include <sodium.h>
#include <string.h>

#include "store/chain.h"
#include "store/clean.h"
#include "store/erase-scan.h"
#include "store/journal-trigger.h"
#include "store/state.h"
#include "store/table.h"
#include "store/write.h"

#define TOKEN_BYTES 24

static bool check_options(const EraseOptions *options, GError **error)
{
        if (!options->actor || options->actor->kind != ACTOR_HUMAN) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "only the human deletes for good");
                return false;
        }
        if (options->count == 0 || options->count > ERASE_TARGETS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%u rows are named; 1 to ERASE_TARGETS_MAX (%d) may be", options->count,
                            ERASE_TARGETS_MAX);
                return false;
        }
        return !options->reason || text_check("reason", options->reason, ERASE_REASON_CHARS_MAX,
                                              "ERASE_REASON_CHARS_MAX", error);
}

/* ---- references ---- */

#define REFERENCES                                                                                 \
        "SELECT s.name, f.\"from\" FROM main.sqlite_schema s, "                                    \
        "pragma_foreign_key_list(s.name, 'main') f WHERE s.type = 'table' AND f.\"table\" = ?1 "   \
        "ORDER BY 1, 2"

static bool refers(EraseSet *set, const EraseTable *table, const char *child, sqlite3_stmt *rows,
                   GError **error)
{
        g_autoptr(RowShape) shape = row_shape_new(set->db, child, error);
        g_autoptr(GString) key = g_string_new(NULL);
        g_autofree sqlite3_value **values = shape ? g_new0(sqlite3_value *, shape->columns) : NULL;
        int r;

        if (!shape)
                return false;
        while ((r = sqlite3_step(rows)) == SQLITE_ROW) {
                for (unsigned i = 0; i < shape->columns; i++)
                        values[i] = sqlite3_column_value(rows, (int)i);
                if (!row_shape_print_key(shape, values, key, error))
                        return false;
                if (erase_set_find(set, child, key->str))
                        continue;
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "rows of %s that stay refer to rows of %s that would go, for one %s; "
                            "name those too",
                            child, table->name, key->str);
                return false;
        }
        if (r != SQLITE_DONE)
                db_set_error(set->db, error, "look for references");
        return r == SQLITE_DONE;
}

static bool check_child(EraseSet *set, const EraseTable *table, const char *child,
                        const char *column, GError **error)
{
        g_auto(GStrv) names = db_table_columns(set->db, child, error);
        g_autofree char *list = names ? g_strjoinv("\", \"", names) : NULL;
        g_autofree char *sql = g_strdup_printf("SELECT \"%s\" FROM main.\"%s\" WHERE \"%s\" = ?1",
                                               list ? list : "", child, column);
        g_autoptr(sqlite3_stmt) rows = NULL;
        GHashTableIter iter;
        void *row;

        if (!names || sqlite3_prepare_v2(set->db->sqlite, sql, -1, &rows, NULL) != SQLITE_OK) {
                if (names)
                        db_set_error(set->db, error, "look for references");
                return false;
        }
        g_hash_table_iter_init(&iter, table->rows);
        while (g_hash_table_iter_next(&iter, NULL, &row)) {
                (void)sqlite3_reset(rows);
                (void)sqlite3_bind_value(rows, 1, ((const EraseRow *)row)->key[0]);
                if (!refers(set, table, child, rows, error))
                        return false;
        }
        return true;
}

static bool check_references(EraseSet *set, GError **error)
{
        for (unsigned i = 0; i < set->tables->len; i++) {
                const EraseTable *table = g_ptr_array_index(set->tables, i);
                g_autoptr(sqlite3_stmt) list = NULL;

                if (sqlite3_prepare_v2(set->db->sqlite, REFERENCES, -1, &list, NULL) != SQLITE_OK) {
                        db_set_error(set->db, error, "look for references");
                        return false;
                }
                (void)sqlite3_bind_text(list, 1, table->name, -1, SQLITE_STATIC);
                while (sqlite3_step(list) == SQLITE_ROW)
                        if (!check_child(set, table, (const char *)sqlite3_column_text(list, 0),
                                         (const char *)sqlite3_column_text(list, 1), error))
                                return false;
        }
        return true;
}

/* ---- the set ---- */

static bool gather(EraseSet *set, const EraseOptions *options, GError **error)
{
        for (unsigned i = 0; i < options->count; i++)
                if (!erase_set_target(set, &options->targets[i], error))
                        return false;
        if (!erase_scan_rows(set, error) || !check_references(set, error) ||
            !erase_scan_journal(set, error))
                return false;
        if (!options->reason || !erase_words_any(set->words, options->reason))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "the reason repeats what is to be deleted; say it in other words");
        return false;
}

static int compare_strings(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void hash_strings(crypto_generichash_state *state, GPtrArray *list)
{
        g_ptr_array_sort(list, compare_strings);
        for (unsigned i = 0; i < list->len; i++) {
                const char *text = g_ptr_array_index(list, i);

                (void)crypto_generichash_update(state, (const uint8_t *)text, strlen(text) + 1);
        }
}

/* Stands for exactly this set, and only in this process: whoever has it has had the preview. */
static char *make_token(const Store *store, const EraseSet *set)
{
        g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) files = g_ptr_array_new();
        uint8_t hash[TOKEN_BYTES];
        char hex[TOKEN_BYTES * 2 + 1];
        crypto_generichash_state state;

        (void)crypto_generichash_init(&state, store->erase_key, sizeof(store->erase_key),
                                      sizeof(hash));
        for (unsigned i = 0; i < set->rows->len; i++) {
                const EraseRow *row = g_ptr_array_index(set->rows, i);

                g_ptr_array_add(rows, g_strjoin("\n", row->table->name, row->row_id, NULL));
        }
        for (unsigned i = 0; i < set->files->len; i++)
                g_ptr_array_add(files, ((EraseFile *)g_ptr_array_index(set->files, i))->path);
        hash_strings(&state, rows);
        hash_strings(&state, files);
        for (unsigned i = 0; i < set->redactions->len; i++) {
                const EraseEntry *entry = &g_array_index(set->redactions, EraseEntry, i);
                int64_t numbers[2] = {entry->seq, entry->fields};

                (void)crypto_generichash_update(&state, (const uint8_t *)numbers, sizeof(numbers));
        }
        (void)crypto_generichash_final(&state, hash, sizeof(hash));
        return g_strdup(sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

/* ---- the answer ---- */

static JsonArray *list_tables(const EraseSet *set)
{
        JsonArray *list = json_array_new();

        for (unsigned i = 0; i < set->tables->len; i++) {
                const EraseTable *table = g_ptr_array_index(set->tables, i);
                JsonObject *row;

                if (g_hash_table_size(table->rows) == 0)
                        continue;
                row = json_object_new();
                json_object_set_string_member(row, "table", table->name);
                json_object_set_int_member(row, "rows", g_hash_table_size(table->rows));
                json_array_add_object_element(list, row);
        }
        return list;
}

/* The row as the journal has it: a preview shows what is there now. */
static JsonObject *sample_row(EraseSet *set, const EraseRow *row)
{
        JsonObject *object = json_object_new();
        Statement *last = db_own_statement(
                set->db,
                "SELECT after FROM main.mutations WHERE table_name = :table AND row_id = :row "
                "ORDER BY seq DESC LIMIT 1",
                NULL);
        JsonObject *content = NULL;

        json_object_set_string_member(object, "table", row->table->name);
        json_object_set_string_member(object, "row_id", row->row_id);
        if (last) {
                statement_bind_text(last, ":table", row->table->name);
                statement_bind_text(last, ":row", row->row_id);
                if (statement_step(last, NULL) == STEP_ROW && statement_text(last, 0))
                        content = json_parse_object(statement_text(last, 0), -1, NULL);
                (void)sqlite3_reset(statement_sqlite(last));
        }
        if (content)
                json_object_set_object_member(object, "row", content);
        else
                json_object_set_null_member(object, "row");
        return object;
}

static JsonArray *list_sample(EraseSet *set)
{
        JsonArray *list = json_array_new();

        for (unsigned i = 0; i < set->rows->len && i < ERASE_SAMPLE_MAX; i++)
                json_array_add_object_element(list,
                                              sample_row(set, g_ptr_array_index(set->rows, i)));
        return list;
}

static JsonArray *list_copies(const Store *store)
{
        g_auto(GStrv) copies = clean_list_copies(store);
        JsonArray *list = json_array_new();

        for (char **copy = copies; *copy; copy++)
                json_array_add_string_element(list, *copy);
        return list;
}

static JsonObject *describe(const Store *store, EraseSet *set)
{
        JsonObject *answer = json_object_new();
        g_autofree char *token = make_token(store, set);

        json_object_set_string_member(answer, "token", token);
        json_object_set_int_member(answer, "rows", set->rows->len);
        json_object_set_array_member(answer, "tables", list_tables(set));
        json_object_set_array_member(answer, "sample", list_sample(set));
        json_object_set_int_member(answer, "entries", set->redactions->len);
        json_object_set_int_member(answer, "files", set->files->len);
        json_object_set_int_member(answer, "mentions", set->mentions);
        json_object_set_array_member(answer, "mentioned", json_array_ref(set->mentioned));
        return answer;
}

JsonObject *store_erase_preview(Store *store, const EraseOptions *options, GError **error)
{
        g_autoptr(Db) db = NULL;
        g_autoptr(EraseSet) set = NULL;
        JsonObject *answer;

        if (!check_options(options, error))
                return NULL;
        db = store_reader(store, NULL, error);
        if (!db)
                return NULL;
        set = erase_set_new(db, store->erasers);
        if (!gather(set, options, error))
                return NULL;
        answer = describe(store, set);
        json_object_set_array_member(answer, "copies", list_copies(store));
        return answer;
}

/* ---- the write ---- */

typedef struct Erasure {
        Store *store;
        const EraseOptions *options;
        EraseSet *set;
        char id[ID_MAX];
        JsonObject *answer;
        int64_t redacted;
} Erasure;

static bool delete_rows(EraseSet *set, const EraseTable *table, GError **error)
{
        g_autoptr(GString) sql = g_string_new(NULL);
        g_autoptr(sqlite3_stmt) statement = NULL;
        GHashTableIter iter;
        void *value;

        g_string_printf(sql, "DELETE FROM main.\"%s\"", table->name);
        for (unsigned i = 0; i < table->shape->keys; i++)
                g_string_append_printf(sql, "%s\"%s\" = ?%u", i ? " AND " : " WHERE ",
                                       table->shape->names[table->shape->key[i]], i + 1);
        bool ok = sqlite3_prepare_v2(set->db->sqlite, sql->str, -1, &statement, NULL) == SQLITE_OK;
        g_hash_table_iter_init(&iter, table->rows);
        while (ok && g_hash_table_iter_next(&iter, NULL, &value)) {
                const EraseRow *row = value;

                for (unsigned i = 0; i < table->shape->keys; i++)
                        (void)sqlite3_bind_value(statement, (int)i + 1, row->key[i]);
                ok = sqlite3_step(statement) == SQLITE_DONE;
                if (ok)
                        (void)sqlite3_reset(statement);
        }
        if (!ok)
                db_set_error(set->db, error, "delete rows");
        return ok;
}

/* Foreign keys are looked at once, when all rows are gone: they refer to each other in any order. */
static bool check_settled(Db *db, GError **error)
{
        int open = 0, unused;

        (void)sqlite3_db_status(db->sqlite, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &unused, 0);
        if (!db_run(db, "PRAGMA defer_foreign_keys = OFF", error))
                return false;
        if (open == 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "rows that stay refer to rows that would go; name those too");
        return false;
}

/* That facts keep their entity is looked at by a trigger, which cannot be put off: entities go when all else is gone. */
static bool delete_tables(EraseSet *set, bool entities, GError **error)
{
        for (unsigned i = 0; i < set->tables->len; i++) {
                const EraseTable *table = g_ptr_array_index(set->tables, i);

                if ((strcmp(table->name, "entities") == 0) == entities &&
                    !delete_rows(set, table, error))
                        return false;
        }
        return true;
}

static bool delete_all(EraseSet *set, GError **error)
{
        if (!erase_set_take_out(set, error) ||
            !db_run(set->db, "PRAGMA defer_foreign_keys = ON", error))
                return false;
        return delete_tables(set, /* entities= */ false, error) &&
               delete_tables(set, /* entities= */ true, error) && check_settled(set->db, error);
}

/* Merges the parts of full-text indexes: only then do the tokens of what was taken out go too. */
static bool merge_indexes(Db *db, GError **error)
{
        static const char list[] =
                "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql "
                "LIKE 'CREATE VIRTUAL TABLE%USING fts5%'";
        g_auto(GStrv) names = db_list(db, list, NULL, error);

        for (char **name = names; name && *name; name++) {
                g_autofree char *sql = g_strdup_printf(
                        "INSERT INTO main.\"%s\" (\"%s\") VALUES ('optimize')", *name, *name);

                if (!db_run(db, sql, error))
                        return false;
        }
        return names != NULL;
}

static bool bind_rest(Db *db, const EraseEntry *entry, Statement *record, const char *id,
                      GError **error)
{
        Statement *query = db_own_statement(db,
                                            "SELECT " CHAIN_COLUMNS ", redacted "
                                            "FROM main.mutations WHERE seq = :seq",
                                            error);
        g_autoptr(GByteArray) scratch = g_byte_array_new();
        uint8_t rest[CHAIN_HASH_BYTES];
        ChainEntry left;

        if (!query)
                return false;
        statement_bind_int(query, ":seq", entry->seq);
        if (statement_step(query, error) != STEP_ROW)
                return false;
        sqlite3_stmt *row = statement_sqlite(query);
        chain_entry_from_row(row, &left);
        if (sqlite3_column_bytes(row, 2) != CHAIN_HASH_BYTES) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "journal entry %" G_GINT64_FORMAT " has no hash", entry->seq);
                return false;
        }
        chain_hash(&left, sqlite3_column_blob(row, 2), scratch, rest);
        statement_bind_int(record, ":seq", entry->seq);
        statement_bind_text(record, ":mutation", left.text[CHAIN_ID]);
        statement_bind_int(record, ":fields", sqlite3_column_int64(row, 4 + CHAIN_FIELDS));
        statement_bind_blob(record, ":hash", sqlite3_column_blob(row, 3),
                            (size_t)sqlite3_column_bytes(row, 3));
        statement_bind_blob(record, ":rest", rest, sizeof(rest));
        statement_bind_text(record, ":erasure", id);
        (void)sqlite3_reset(row);
        return true;
}

static bool redact_entry(Db *db, const EraseEntry *entry, const char *id, GError **error)
{
        Redaction redaction = {entry->seq, entry->fields, entry->row_id};
        Statement *record = NULL;

        if (!journal_redact(db->write->journal, &redaction, error))
                return false;
        record = db_own_statement(
                db,
                "INSERT INTO main.redactions (seq, mutation_id, fields, hash, rest_hash, erasure_id)"
                " VALUES (:seq, :mutation, :fields, :hash, :rest, :erasure)"
                " ON CONFLICT (seq) DO UPDATE SET fields = excluded.fields,"
                " rest_hash = excluded.rest_hash, erasure_id = excluded.erasure_id",
                error);
        return record && bind_rest(db, entry, record, id, error) && statement_run(record, error);
}

static char *print_files(const EraseSet *set)
{
        g_autoptr(JsonArray) list = json_array_new();
        g_autoptr(JsonNode) node = NULL;

        for (unsigned i = 0; i < set->files->len; i++) {
                const EraseFile *file = g_ptr_array_index(set->files, i);
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "path", file->path);
                json_object_set_string_member(object, "table", file->table);
                json_object_set_string_member(object, "column", file->column);
                json_object_set_string_member(object, "value", file->value);
                json_array_add_object_element(list, object);
        }
        node = json_node_init_array(json_node_alloc(), list);
        return json_print_node(node);
}

static bool note_intent(const Erasure *erasure, Db *db, GError **error)
{
        Statement *insert =
                db_own_statement(db,
                                 "INSERT INTO main.erasures (id, ts, deleted, redacted, files) "
                                 "VALUES (:id, :ts, :deleted, :redacted, :files)",
                                 error);
        g_autofree char *files = print_files(erasure->set);

        if (!insert)
                return false;
        statement_bind_text(insert, ":id", erasure->id);
        statement_bind_int(insert, ":ts", clock_now());
        statement_bind_int(insert, ":deleted", erasure->set->rows->len);
        statement_bind_int(insert, ":redacted", erasure->redacted);
        statement_bind_text(insert, ":files", files);
        return statement_run(insert, error);
}

/* The last thing of the write. Entries since the set was made are those of the deleting and of what followed from it. */
static bool finish(Db *db, void *data, GError **error)
{
        Erasure *erasure = data;
        EraseSet *set = erasure->set;

        if (!erase_scan_journal(set, error))
                return false;
        erasure->redacted = set->redactions->len;
        for (unsigned i = 0; i < set->redactions->len; i++)
                if (!redact_entry(db, &g_array_index(set->redactions, EraseEntry, i), erasure->id,
                                  error))
                        return false;
        return merge_indexes(db, error) && note_intent(erasure, db, error);
}

static bool check_token(const Erasure *erasure, GError **error)
{
        const char *token = json_member_string(erasure->answer, "token", "");

        if (g_strcmp0(erasure->options->token, token) == 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                    "what would go is not what the preview showed; look at a new one");
        return false;
}

static bool work(Db *db, void *data, GError **error)
{
        Erasure *erasure = data;

        g_assert(db_actor(db)->kind == ACTOR_HUMAN);
        erasure->set = erase_set_free(erasure->set);
        g_clear_pointer(&erasure->answer, json_object_unref);
        erasure->set = erase_set_new(db, erasure->store->erasers);
        if (!gather(erasure->set, erasure->options, error))
                return false;
        erasure->answer = describe(erasure->store, erasure->set);
        if (!check_token(erasure, error) || !delete_all(erasure->set, error))
                return false;
        db->write->finish = finish;
        db->write->finish_data = erasure;
        return true;
}

/* ---- all ---- */

static bool clean_call(Db **db, void *data, GError **error)
{
        Cleaning *cleaning = data;

        return clean_up(cleaning, db, error);
}

static bool clean(Store *store, const EraseOptions *options, GError **error)
{
        uint8_t *key = reader_pool_copy_key(store->readers);
        Cleaning cleaning = {
                .store = store, .key = key, .progress = options->progress, .data = options->data};
        g_autoptr(GError) failed = NULL;

        g_mutex_lock(&store->life);
        bool ok = key && queue_call(store->queue, clean_call, &cleaning, &failed);
        if (cleaning.lost) {
                store_shut(store);
                store_set_unavailable(store, failed);
        }
        g_mutex_unlock(&store->life);
        reader_key_free(key);
        if (ok)
                return !options->remove_copies || clean_remove_copies(store, error);
        store_set_failure(store, g_steal_pointer(&failed), error);
        return false;
}

static JsonObject *clean_and_answer(Erasure *erasure)
{
        g_autoptr(GError) failed = NULL;
        bool cleaned = clean(erasure->store, erasure->options, &failed);
        JsonObject *answer = json_object_ref(erasure->answer);

        json_object_remove_member(answer, "token");
        json_object_set_int_member(answer, "entries", erasure->redacted);
        json_object_set_array_member(answer, "sample", json_array_new());
        json_object_set_array_member(answer, "copies", list_copies(erasure->store));
        json_object_set_boolean_member(answer, "cleaned", cleaned);
        json_set_string(answer, "problem", failed ? failed->message : NULL);
        return answer;
}

JsonObject *store_erase(Store *store, const EraseOptions *options, GError **error)
{
        WriteOptions write = {.actor = options->actor, .reason = options->reason};
        Erasure erasure = {.store = store, .options = options};
        JsonObject *answer = NULL;

        if (!check_options(options, error))
                return NULL;
        id_write("erasure", erasure.id);
        if (store_write(store, &write, work, &erasure, error))
                answer = clean_and_answer(&erasure);
        (void)erase_set_free(erasure.set);
        g_clear_pointer(&erasure.answer, json_object_unref);
        return answer;
}
