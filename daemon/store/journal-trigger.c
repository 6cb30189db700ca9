/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The triggers by which no row of a user table changes without its journal entry. They are generated from
 * the schema, one of each kind per table, and call functions that only the write handle has: on any
 * other handle a write fails. JournalWriter holds those functions' memory; it lives as long as the
 * write handle. The entry is inserted from inside the function, on the same handle, so that it is part of
 * the statement that caused it and is rolled back with it. */
#include "store/journal-trigger.h"

#include <sodium.h>
#include <string.h>

#include "store/chain.h"
#include "store/row-json.h"
#include "store/table.h"
#include "store/write.h"

#define COLUMNS_MAX 62 /* old and new of each, within the 127 arguments of an SQL function */

#define USER_TABLES "SELECT name FROM main.table_kinds WHERE kind = 'user' ORDER BY name"
#define GENERATED   "type = 'trigger' AND name GLOB 'journal[_]*'"

/* ---- generation ---- */

static void append_columns(GString *sql, const char *row, char **columns)
{
        for (; *columns; columns++)
                g_string_append_printf(sql, ", %s.\"%s\"", row, *columns);
}

static char *append_trigger(const char *table, const char *op, char **columns)
{
        g_autoptr(GString) sql = g_string_new(NULL);

        g_string_append_printf(sql,
                               "CREATE TRIGGER journal_%s_%s AFTER %s ON \"%s\" "
                               "BEGIN SELECT journal_append('%s', '%s'",
                               table, op, op, table, table, op);
        if (!g_str_equal(op, "insert"))
                append_columns(sql, "old", columns);
        if (!g_str_equal(op, "delete"))
                append_columns(sql, "new", columns);
        g_string_append(sql, "); END");
        return g_string_free(g_steal_pointer(&sql), /* free_segment= */ FALSE);
}

static bool table_triggers(Db *db, const char *table, GPtrArray *out, GError **error)
{
        g_auto(GStrv) columns = db_table_columns(db, table, error);

        if (!columns)
                return false;
        if (g_strv_length(columns) > COLUMNS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "user table %s has more than COLUMNS_MAX (%d) columns", table,
                            COLUMNS_MAX);
                return false;
        }
        g_ptr_array_add(out, append_trigger(table, "insert", columns));
        g_ptr_array_add(out, append_trigger(table, "update", columns));
        g_ptr_array_add(out, append_trigger(table, "delete", columns));
        g_ptr_array_add(out,
                        g_strdup_printf("CREATE TRIGGER journal_%s_guard BEFORE DELETE ON \"%s\" "
                                        "WHEN journal_actor() IS NOT 'human' BEGIN SELECT "
                                        "RAISE(ABORT, 'only the human deletes rows of %s'); END",
                                        table, table, table));
        return true;
}

/* Redacting takes content away from an entry, puts a made-up key in the place of the row's, and does nothing else. */
#define LEFT_ALONE                                                                                 \
        "new.seq = old.seq AND new.id = old.id AND new.group_id = old.group_id "                   \
        "AND new.table_name = old.table_name AND new.op = old.op "                                 \
        "AND coalesce(new.before = old.before, new.before IS NULL) "                               \
        "AND coalesce(new.after = old.after, new.after IS NULL) "                                  \
        "AND new.actor_kind = old.actor_kind AND new.actor_connection IS old.actor_connection "    \
        "AND new.actor_name = old.actor_name AND new.session_id IS old.session_id "                \
        "AND coalesce(new.reason = old.reason, new.reason IS NULL) "                               \
        "AND new.reverts IS old.reverts AND new.ts = old.ts "                                      \
        "AND new.prev_hash = old.prev_hash AND new.hash = old.hash"

static void own_triggers(GPtrArray *out)
{
        g_ptr_array_add(out, g_strdup("CREATE TRIGGER journal__insert BEFORE INSERT ON mutations "
                                      "WHEN NOT journal_writing() BEGIN SELECT RAISE(ABORT, "
                                      "'the journal is written by its triggers only'); END"));
        g_ptr_array_add(out, g_strdup("CREATE TRIGGER journal__update BEFORE UPDATE ON mutations "
                                      "WHEN NOT (journal_redacting() AND " LEFT_ALONE ") "
                                      "BEGIN SELECT RAISE(ABORT, "
                                      "'journal entries are never changed'); END"));
        g_ptr_array_add(out, g_strdup("CREATE TRIGGER journal__delete BEFORE DELETE ON mutations "
                                      "BEGIN SELECT RAISE(ABORT, "
                                      "'journal entries are never deleted'); END"));
}

/* The triggers as they should be: NULL-terminated SQL. */
static char **wanted_triggers(Db *db, GError **error)
{
        g_autoptr(GPtrArray) wanted = g_ptr_array_new_with_free_func(g_free);
        g_auto(GStrv) tables = db_list(db, USER_TABLES, NULL, error);

        if (!tables)
                return NULL;
        own_triggers(wanted);
        for (char **table = tables; *table; table++)
                if (!table_triggers(db, *table, wanted, error))
                        return NULL;
        g_ptr_array_add(wanted, NULL);
        return (char **)g_ptr_array_free(g_steal_pointer(&wanted), /* free_seg= */ FALSE);
}

static bool run_each(Db *db, const char *prefix, char **list, GError **error)
{
        for (; *list; list++) {
                g_autofree char *sql = g_strconcat(prefix, *list, NULL);

                if (!db_run(db, sql, error))
                        return false;
        }
        return true;
}

bool journal_triggers_drop(Db *db, GError **error)
{
        g_auto(GStrv) names =
                db_list(db, "SELECT '\"' || name || '\"' FROM main.sqlite_schema WHERE " GENERATED,
                        NULL, error);

        return names && run_each(db, "DROP TRIGGER main.", names, error);
}

static bool is_same(char **wanted, char **standing)
{
        if (g_strv_length(wanted) != g_strv_length(standing))
                return false;
        for (; *standing; standing++)
                if (!g_strv_contains((const char *const *)wanted, *standing))
                        return false;
        return true;
}

bool journal_triggers_make(Db *db, GError **error)
{
        g_auto(GStrv) wanted = wanted_triggers(db, error);
        g_auto(GStrv) standing =
                db_list(db, "SELECT sql FROM main.sqlite_schema WHERE " GENERATED, NULL, error);

        if (!wanted || !standing)
                return false;
        if (is_same(wanted, standing))
                return true;
        return db_run(db, "SAVEPOINT triggers", error) && journal_triggers_drop(db, error) &&
               run_each(db, "", wanted, error) && db_run(db, "RELEASE triggers", error);
}

/* ---- at work ---- */

struct JournalWriter {
        Db *db;
        GHashTable *shapes;    /* table → RowShape */
        const RowShape *shape; /* the one used last */
        sqlite3_stmt *last;
        sqlite3_stmt *insert;
        bool writing;   /* the insert above is being run */
        bool ends;      /* the row at work is deleted, deactivated or superseded */
        bool redacting; /* … or the one update that entries ever see */
        GString *row_id, *before, *after;
        GByteArray *scratch;
};

static const char *const op_names[] = {
        [CHANGE_INSERT] = "insert",
        [CHANGE_UPDATE] = "update",
        [CHANGE_DELETE] = "delete",
};

static const RowShape *find_shape(JournalWriter *journal, const char *table)
{
        if (!journal->shape || strcmp(journal->shape->table, table) != 0)
                journal->shape = g_hash_table_lookup(journal->shapes, table);
        return journal->shape;
}

static bool prepare(JournalWriter *journal, GError **error)
{
        static const char last[] = "SELECT seq, hash FROM main.mutations ORDER BY seq DESC LIMIT 1";
        static const char insert[] =
                "INSERT INTO main.mutations (seq, id, group_id, table_name, row_id, op, before, after, "
                "actor_kind, actor_connection, actor_name, session_id, reason, reverts, ts, prev_hash, "
                "hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
                "?17)";
        sqlite3 *sqlite = journal->db->sqlite;

        if (sqlite3_prepare_v3(sqlite, last, -1, SQLITE_PREPARE_PERSISTENT, &journal->last, NULL) ==
                    SQLITE_OK &&
            sqlite3_prepare_v3(sqlite, insert, -1, SQLITE_PREPARE_PERSISTENT, &journal->insert,
                               NULL) == SQLITE_OK)
                return true;
        db_set_error(journal->db, error, "prepare the journal");
        return false;
}

/* The hash is read from the table each time: a rollback can leave nothing stale behind. */
static bool read_last(JournalWriter *journal, int64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_BYTES],
                      GError **error)
{
        int r = sqlite3_step(journal->last);

        *ret_seq = 0;
        memset(ret_hash, 0, CHAIN_HASH_BYTES);
        if (r == SQLITE_ROW) {
                *ret_seq = sqlite3_column_int64(journal->last, 0);
                if (sqlite3_column_bytes(journal->last, 1) == CHAIN_HASH_BYTES)
                        memcpy(ret_hash, sqlite3_column_blob(journal->last, 1), CHAIN_HASH_BYTES);
        } else if (r != SQLITE_DONE) {
                db_set_error(journal->db, error, "read the journal");
        }
        (void)sqlite3_reset(journal->last);
        return r == SQLITE_ROW || r == SQLITE_DONE;
}

bool journal_last_seq(JournalWriter *journal, int64_t *ret, GError **error)
{
        uint8_t hash[CHAIN_HASH_BYTES];

        return read_last(journal, ret, hash, error);
}

static void set_text(ChainEntry *entry, ChainField field, const char *text)
{
        entry->text[field] = text;
        entry->length[field] = text ? strlen(text) : 0;
}

static void set_string(ChainEntry *entry, ChainField field, const GString *text)
{
        entry->text[field] = text->str;
        entry->length[field] = text->len;
}

static void fill_entry(JournalWriter *journal, ChangeOp op, ChainEntry *entry)
{
        const Write *write = journal->db->write;

        set_text(entry, CHAIN_GROUP, write->group);
        set_text(entry, CHAIN_TABLE, journal->shape->table);
        set_string(entry, CHAIN_ROW, journal->row_id);
        set_text(entry, CHAIN_OP, op_names[op]);
        if (op != CHANGE_INSERT)
                set_string(entry, CHAIN_BEFORE, journal->before);
        if (op != CHANGE_DELETE)
                set_string(entry, CHAIN_AFTER, journal->after);
        set_text(entry, CHAIN_ACTOR_KIND, actor_kind_to_string(write->actor->kind));
        set_text(entry, CHAIN_ACTOR_CONNECTION, write->actor->connection);
        set_text(entry, CHAIN_ACTOR_NAME, write->actor->name ? write->actor->name : "");
        set_text(entry, CHAIN_SESSION, write->actor->session);
        set_text(entry, CHAIN_REASON, write->reason);
        set_text(entry, CHAIN_REVERTS, write->reverts);
        entry->ts = clock_now();
}

/* Columns 2 to 14 stand in the order of ChainField. Everything bound lives until the reset. */
static bool insert_entry(JournalWriter *journal, const ChainEntry *entry,
                         const uint8_t prev[CHAIN_HASH_BYTES], const uint8_t hash[CHAIN_HASH_BYTES],
                         GError **error)
{
        sqlite3_stmt *insert = journal->insert;

        (void)sqlite3_bind_int64(insert, 1, entry->seq);
        for (int i = 0; i < CHAIN_FIELDS; i++)
                (void)sqlite3_bind_text64(insert, 2 + i, entry->text[i], entry->length[i],
                                          SQLITE_STATIC, SQLITE_UTF8);
        (void)sqlite3_bind_int64(insert, 15, entry->ts);
        (void)sqlite3_bind_blob(insert, 16, prev, CHAIN_HASH_BYTES, SQLITE_STATIC);
        (void)sqlite3_bind_blob(insert, 17, hash, CHAIN_HASH_BYTES, SQLITE_STATIC);
        journal->writing = true;
        int r = sqlite3_step(insert);
        journal->writing = false;
        if (r != SQLITE_DONE)
                db_set_error(journal->db, error, "write the journal");
        (void)sqlite3_reset(insert);
        return r == SQLITE_DONE;
}

static void remember(JournalWriter *journal, ChangeOp op, const ChainEntry *entry)
{
        const Write *write = journal->db->write;
        Change change = {
                .seq = entry->seq,
                .id = entry->text[CHAIN_ID],
                .group = write->group,
                .table = journal->shape->table,
                .row_id = entry->text[CHAIN_ROW],
                .op = op,
                .actor_kind = write->actor->kind,
                .actor_name = entry->text[CHAIN_ACTOR_NAME],
                .actor_connection = entry->text[CHAIN_ACTOR_CONNECTION],
                .time_us = entry->ts,
                .ends = journal->ends,
        };

        change_list_add(write->changes, &change);
}

static bool append_entry(JournalWriter *journal, ChangeOp op, GError **error)
{
        uint8_t prev[CHAIN_HASH_BYTES], hash[CHAIN_HASH_BYTES];
        ChainEntry entry = {0};
        const Write *write = journal->db->write;
        char id[ID_MAX];

        if (write->limits && !write_limits_allow(write->limits, write->changes)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT, "over %s",
                            write->limits->over);
                return false;
        }
        if (!read_last(journal, &entry.seq, prev, error))
                return false;
        entry.seq++;
        id_write("mut", id);
        set_text(&entry, CHAIN_ID, id);
        fill_entry(journal, op, &entry);
        chain_hash(&entry, prev, journal->scratch, hash);
        if (!insert_entry(journal, &entry, prev, hash, error))
                return false;
        remember(journal, op, &entry);
        return true;
}

static bool any_changed(const RowShape *shape, sqlite3_value **before, sqlite3_value **after)
{
        for (unsigned i = 0; i < shape->columns; i++)
                if (!row_value_equal(before[i], after[i]))
                        return true;
        return false;
}

static bool key_changed(const RowShape *shape, sqlite3_value **before, sqlite3_value **after)
{
        for (unsigned i = 0; i < shape->keys; i++)
                if (!row_value_equal(before[shape->key[i]], after[shape->key[i]]))
                        return true;
        return false;
}

static bool journal_row(JournalWriter *journal, ChangeOp op, sqlite3_value **before,
                        sqlite3_value **after, GError **error)
{
        const RowShape *shape = journal->shape;

        if (op == CHANGE_UPDATE && !any_changed(shape, before, after))
                return true;
        if (op == CHANGE_UPDATE && key_changed(shape, before, after)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "the primary key of a row of %s never changes", shape->table);
                return false;
        }
        if (!row_shape_print_key(shape, op == CHANGE_DELETE ? before : after, journal->row_id,
                                 error) ||
            (op != CHANGE_INSERT && !row_shape_print(shape, before, journal->before, error)) ||
            (op != CHANGE_DELETE && !row_shape_print(shape, after, journal->after, error)))
                return false;
        journal->ends = op == CHANGE_DELETE ||
                        (op == CHANGE_UPDATE && row_shape_ends(shape, before, after));
        return append_entry(journal, op, error);
}

/* The only place where an entry changes. */
bool journal_redact(JournalWriter *journal, const Redaction *redaction, GError **error)
{
        static const char sql[] =
                "UPDATE main.mutations SET before = iif(:fields & 1, NULL, before), "
                "after = iif(:fields & 2, NULL, after), reason = iif(:fields & 4, NULL, reason), "
                "row_id = coalesce(:row, row_id), redacted = redacted | :fields WHERE seq = :seq";
        const Write *write = journal->db->write;
        Statement *update;

        if (!write || write->actor->kind != ACTOR_HUMAN) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "only the human deletes for good");
                return false;
        }
        update = db_own_statement(journal->db, sql, error);
        if (!update)
                return false;
        statement_bind_int(update, ":fields", redaction->fields);
        statement_bind_text(update, ":row", redaction->row_id);
        statement_bind_int(update, ":seq", redaction->seq);
        journal->redacting = true;
        bool ok = statement_run(update, error);
        journal->redacting = false;
        return ok;
}

static bool parse_op(const char *name, ChangeOp *ret)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(op_names); i++) {
                if (g_strcmp0(name, op_names[i]) == 0) {
                        *ret = (ChangeOp)i;
                        return true;
                }
        }
        return false;
}

static void fail_function(sqlite3_context *context, const GError *error)
{
        int code = SQLITE_ERROR;

        if (g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID))
                code = SQLITE_CONSTRAINT_FUNCTION;
        else if (g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED))
                code = SQLITE_AUTH;
        sqlite3_result_error(context, error->message, -1);
        sqlite3_result_error_code(context, code);
}

bool write_has_actor(const Actor *actor, GError **error)
{
        if (actor)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED, "a write needs an actor");
        return false;
}

static bool check_call(JournalWriter *journal, int argc, sqlite3_value **argv, ChangeOp *ret_op,
                       GError **error)
{
        const Write *write = journal->db->write;
        const RowShape *shape =
                argc > 2 ? find_shape(journal, (const char *)sqlite3_value_text(argv[0])) : NULL;

        if (!write_has_actor(write ? write->actor : NULL, error))
                return false;
        if (!shape || !parse_op((const char *)sqlite3_value_text(argv[1]), ret_op) ||
            (unsigned)argc != 2 + shape->columns * (*ret_op == CHANGE_UPDATE ? 2 : 1)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                            "a journal trigger does not fit its table");
                return false;
        }
        return true;
}

/* journal_append(table, op, every old value unless insert, every new value unless delete) */
static void journal_append(sqlite3_context *context, int argc, sqlite3_value **argv)
{
        JournalWriter *journal = sqlite3_user_data(context);
        g_autoptr(GError) error = NULL;
        ChangeOp op = CHANGE_INSERT;

        if (check_call(journal, argc, argv, &op, &error)) {
                sqlite3_value **before = argv + 2;
                sqlite3_value **after =
                        op == CHANGE_UPDATE ? before + journal->shape->columns : before;

                if (journal_row(journal, op, before, after, &error))
                        return;
        }
        fail_function(context, error);
}

static void journal_actor(sqlite3_context *context, int argc, sqlite3_value **argv)
{
        const JournalWriter *journal = sqlite3_user_data(context);
        const Write *write = journal->db->write;

        if (write && write->actor)
                sqlite3_result_text(context, actor_kind_to_string(write->actor->kind), -1,
                                    SQLITE_STATIC);
}

static void journal_writing(sqlite3_context *context, int argc, sqlite3_value **argv)
{
        const JournalWriter *journal = sqlite3_user_data(context);

        sqlite3_result_int(context, journal->writing);
}

static void journal_redacting(sqlite3_context *context, int argc, sqlite3_value **argv)
{
        const JournalWriter *journal = sqlite3_user_data(context);

        sqlite3_result_int(context, journal->redacting);
}

/* ---- life ---- */

/* trusted_schema is off, so only "innocuous" functions may stand in triggers; that rooms do not call them
 * from elsewhere is seen to by the authorizer. */
static bool add_functions(JournalWriter *journal, GError **error)
{
        static const struct {
                const char *name;
                int arguments;
                void (*run)(sqlite3_context *context, int argc, sqlite3_value **argv);
        } functions[] = {
                {"journal_append", -1, journal_append},
                {"journal_actor", 0, journal_actor},
                {"journal_writing", 0, journal_writing},
                {"journal_redacting", 0, journal_redacting},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(functions); i++) {
                int r = sqlite3_create_function_v2(journal->db->sqlite, functions[i].name,
                                                   functions[i].arguments,
                                                   SQLITE_UTF8 | SQLITE_INNOCUOUS, journal,
                                                   functions[i].run, NULL, NULL, NULL);
                if (r != SQLITE_OK) {
                        db_set_error(journal->db, error, "add the journal functions");
                        return false;
                }
        }
        return true;
}

static bool load_shapes(JournalWriter *journal, GError **error)
{
        g_auto(GStrv) tables = db_list(journal->db, USER_TABLES, NULL, error);

        if (!tables)
                return false;
        for (char **table = tables; *table; table++) {
                RowShape *shape = row_shape_new(journal->db, *table, error);

                if (!shape)
                        return false;
                g_hash_table_insert(journal->shapes, shape->table, shape);
        }
        return true;
}

JournalWriter *journal_writer_new(Db *db, GError **error)
{
        g_autoptr(JournalWriter) journal = g_new0(JournalWriter, 1);

        journal->db = db;
        journal->shapes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                                (GDestroyNotify)(void (*)(void))row_shape_free);
        journal->row_id = g_string_new(NULL);
        journal->before = g_string_new(NULL);
        journal->after = g_string_new(NULL);
        journal->scratch = g_byte_array_new();
        if (!add_functions(journal, error) || !load_shapes(journal, error) ||
            !prepare(journal, error))
                return NULL;
        return g_steal_pointer(&journal);
}

JournalWriter *journal_writer_free(JournalWriter *journal)
{
        if (!journal)
                return NULL;
        (void)sqlite3_finalize(journal->last);
        (void)sqlite3_finalize(journal->insert);
        g_hash_table_unref(journal->shapes);
        g_string_free(journal->row_id, TRUE);
        g_string_free(journal->before, TRUE);
        g_string_free(journal->after, TRUE);
        g_byte_array_unref(journal->scratch);
        g_free(journal);
        return NULL;
}
