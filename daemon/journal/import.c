/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Importing: line by line, each checked for its form, its place in the chain and its hash before its row is written.
 * Rows are written in the order of history, each as its entry left it. */
#include "journal/import.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "journal/row.h"

#define CHUNK_BYTES 65536

/* What may have been deleted for good of an entry: bits of its redacted. */
#define GONE_BEFORE 1
#define GONE_AFTER  2

/* ---- lines ---- */

typedef struct Lines {
        int fd;
        off_t offset;    /* of the file, read so far */
        GString *buffer; /* read and not given yet */
        size_t at;       /* beginning of what is not given yet */
        int64_t number;  /* of the line given last */
} Lines;

static bool bad_line(const Lines *lines, const char *why, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "line %" G_GINT64_FORMAT ": %s", lines->number, why);
        return false;
}

/* One more chunk; *ret_end if there is none. */
static bool read_chunk(Lines *lines, bool *ret_end, GError **error)
{
        size_t length;
        ssize_t n;

        g_string_erase(lines->buffer, 0, (gssize)lines->at);
        lines->at = 0;
        length = lines->buffer->len;
        g_string_set_size(lines->buffer, length + CHUNK_BYTES);
        n = file_read_at(lines->fd, lines->buffer->str + length, CHUNK_BYTES, lines->offset);
        g_string_set_size(lines->buffer, length + (n > 0 ? (size_t)n : 0));
        if (n < 0) {
                error_set_errno(error, errno, "cannot read the journal");
                return false;
        }
        lines->offset += n;
        *ret_end = n == 0;
        return true;
}

/* The next line without its end, NUL-terminated until the next call. */
static char *next_line(Lines *lines, size_t *ret_length, GError **error)
{
        size_t looked = 0;
        bool end = false;

        lines->number++;
        while (true) {
                char *start = lines->buffer->str + lines->at;
                size_t size = lines->buffer->len - lines->at;
                char *stop = memchr(start + looked, '\n', size - looked);

                if ((stop ? (size_t)(stop - start) : size) > EXPORT_LINE_BYTES_MAX) {
                        (void)bad_line(lines, "longer than EXPORT_LINE_BYTES_MAX", error);
                        return NULL;
                }
                if (stop) {
                        *stop = '\0';
                        *ret_length = (size_t)(stop - start);
                        lines->at += *ret_length + 1;
                        return start;
                }
                looked = size;
                if (end) {
                        (void)bad_line(lines, size > 0 ? "it is cut off" : "the trailer is missing",
                                       error);
                        return NULL;
                }
                if (!read_chunk(lines, &end, error))
                        return NULL;
        }
}

static JsonObject *next_object(Lines *lines, GError **error)
{
        size_t length = 0;
        const char *line = next_line(lines, &length, error);
        JsonObject *object = line ? json_parse_object(line, (gssize)length, error) : NULL;

        if (line && !object)
                g_prefix_error(error, "line %" G_GINT64_FORMAT ": ", lines->number);
        return object;
}

/* ---- header and trailer ---- */

typedef struct Import {
        Lines lines;
        Store *store;
        GHashTable *tables; /* name → RowTable */
        char *database, *last_hash;
        int64_t count, done;
} Import;

static bool check_schema(Import *import, int64_t schema, GError **error)
{
        StoreStatus status;

        if (!store_status(import->store, &status, error))
                return false;
        if (schema >= 1 && schema <= status.schema_version)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "the journal is of schema version %" G_GINT64_FORMAT
                    ", this program knows 1 to %" G_GINT64_FORMAT,
                    schema, status.schema_version);
        return false;
}

static bool read_header(Import *import, Store *const stores[2], GError **error)
{
        g_autoptr(JsonObject) header = next_object(&import->lines, error);
        const char *database;

        if (!header)
                return false;
        if (g_strcmp0(json_member_string(header, "format", NULL), EXPORT_FORMAT) != 0 ||
            json_member_int(header, "version", 0) != EXPORT_VERSION)
                return bad_line(&import->lines,
                                "it is no header of an " EXPORT_FORMAT " of version 1", error);
        if (!json_member_bool(header, "complete", false))
                return bad_line(&import->lines,
                                "it is a part of a journal; only a complete one can be imported",
                                error);
        database = json_member_string(header, "database", "");
        if (!g_str_equal(database, "vault") && !g_str_equal(database, "ops"))
                return bad_line(&import->lines, "database is neither vault nor ops", error);
        import->store = stores[g_str_equal(database, "ops")];
        import->database = g_strdup(database);
        import->count = json_member_int(header, "count", -1);
        import->last_hash = g_strdup(json_member_string(header, "last_hash", ""));
        if (import->count < 0)
                return bad_line(&import->lines, "count is missing", error);
        return check_schema(import, json_member_int(header, "schema", 0), error);
}

static bool read_trailer(Import *import, GError **error)
{
        g_autoptr(JsonObject) trailer = next_object(&import->lines, error);
        bool end = false;

        if (!trailer)
                return false;
        if (g_strcmp0(json_member_string(trailer, "end", NULL), EXPORT_FORMAT) != 0 ||
            json_member_int(trailer, "count", -1) != import->count ||
            g_strcmp0(json_member_string(trailer, "last_hash", NULL), import->last_hash) != 0)
                return bad_line(&import->lines, "the trailer is not that of the header", error);
        if (import->lines.at == import->lines.buffer->len &&
            !read_chunk(&import->lines, &end, error))
                return false;
        return end || bad_line(&import->lines, "something follows the trailer", error);
}

/* ---- entries ---- */

static bool read_hash(JsonObject *line, const char *name, uint8_t ret[STORE_HASH_BYTES])
{
        const char *hex = json_member_string(line, name, "");

        if (strlen(hex) != STORE_HASH_BYTES * 2)
                return false;
        for (size_t i = 0; i < STORE_HASH_BYTES; i++) {
                int high = g_ascii_xdigit_value(hex[2 * i]);
                int low = g_ascii_xdigit_value(hex[2 * i + 1]);

                if (high < 0 || low < 0)
                        return false;
                ret[i] = (uint8_t)(high << 4 | low);
        }
        return true;
}

static bool is_int(JsonObject *line, const char *name)
{
        JsonNode *node = json_object_get_member(line, name);

        return node && JSON_NODE_HOLDS_VALUE(node) &&
               json_node_get_value_type(node) == G_TYPE_INT64;
}

static bool is_text_or_null(JsonObject *line, const char *name)
{
        JsonNode *node = json_object_get_member(line, name);

        return node &&
               (JSON_NODE_HOLDS_NULL(node) ||
                (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING));
}

/* Texts belong to the line. NULL, or what is wrong with it. */
static const char *read_entry(JsonObject *line, StoreEntry *ret)
{
        if (json_object_get_size(line) != STORE_ENTRY_TEXTS + 5 || !is_int(line, "seq") ||
            !is_int(line, "ts") || !is_int(line, "redacted"))
                return "it has not the members of an entry";
        for (unsigned i = 0; i < STORE_ENTRY_TEXTS; i++) {
                if (!is_text_or_null(line, export_texts[i]))
                        return "it has not the members of an entry";
                ret->text[i] = json_member_string(line, export_texts[i], NULL);
        }
        if (!read_hash(line, "prev_hash", ret->prev_hash) || !read_hash(line, "hash", ret->hash))
                return "its hashes are not hashes";
        ret->seq = json_member_int(line, "seq", 0);
        ret->time_us = json_member_int(line, "ts", 0);
        ret->redacted = json_member_int(line, "redacted", 0);
        return NULL;
}

static RowTable *find_table(Import *import, Db *db, const char *name, GError **error)
{
        RowTable *table = name ? g_hash_table_lookup(import->tables, name) : NULL;

        if (table || !name)
                return table;
        table = row_table_new(db, name, error);
        if (table)
                g_hash_table_insert(import->tables, g_strdup(name), table);
        return table;
}

/* The state that the journal so far left the row in must be the one that the entry says it found. Where one of the two
 * was deleted for good nothing can be compared; the row then stands as the last entry left it that still says how. */
static bool check_before(Db *db, const StoreEntry *entry, bool *ret_stands, GError **error)
{
        const char *before = entry->text[STORE_ENTRY_BEFORE];
        Statement *statement = db_statement(
                db,
                "SELECT after, EXISTS (SELECT 1 FROM mutations g"
                " WHERE g.table_name = :table AND g.row_id = :row AND g.seq < :seq"
                " AND g.redacted & 2) FROM mutations WHERE table_name = :table AND"
                " row_id = :row AND seq < :seq AND (op = 'delete' OR after IS NOT NULL)"
                " ORDER BY seq DESC LIMIT 1",
                error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":table", entry->text[STORE_ENTRY_TABLE]);
        statement_bind_text(statement, ":row", entry->text[STORE_ENTRY_ROW]);
        statement_bind_int(statement, ":seq", entry->seq);
        step = statement_step(statement, error);
        if (step == STEP_ERROR)
                return false;
        *ret_stands = step == STEP_ROW && statement_text(statement, 0);
        if (entry->redacted & GONE_BEFORE || (step == STEP_ROW && statement_int(statement, 1)))
                return true;
        if (g_strcmp0(*ret_stands ? statement_text(statement, 0) : NULL, before) == 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                    "the row is not as the entry says that it found it");
        return false;
}

/* Writes the row as the entry left it. */
static bool apply(Db *db, const RowTable *table, const StoreEntry *entry, GError **error)
{
        g_autoptr(JsonObject) row = NULL;
        const char *after = entry->text[STORE_ENTRY_AFTER];
        bool stands = false;

        if (!check_before(db, entry, &stands, error))
                return false;
        if (entry->redacted & GONE_AFTER || (!after && !stands && entry->redacted))
                return true; /* nobody knows any more how it left the row, or the row was never made */
        row = json_parse_object(after ?: entry->text[STORE_ENTRY_ROW] ?: "", -1, error);
        if (!row)
                return false;
        if (!after)
                return row_table_delete(table, db, row, error);
        return stands ? row_table_update(table, db, row, error)
                      : row_table_insert(table, db, row, error);
}

/* Which states an entry must have, by its op. */
static const char *check_states(const StoreEntry *entry)
{
        const char *op = entry->text[STORE_ENTRY_OP] ?: "";
        bool before = entry->text[STORE_ENTRY_BEFORE], after = entry->text[STORE_ENTRY_AFTER];

        bool had_before = before || entry->redacted & GONE_BEFORE;
        bool had_after = after || entry->redacted & GONE_AFTER;

        if (had_before == !g_str_equal(op, "insert") && had_after == !g_str_equal(op, "delete"))
                return NULL;
        return "its states are not those of its op";
}

static bool take_entry(Import *import, Db *db, StoreImport *store_import, GError **error)
{
        g_autoptr(JsonObject) line = next_object(&import->lines, error);
        StoreEntry entry = {0};
        const char *wrong;
        RowTable *table;
        bool ok;

        if (!line)
                return false;
        wrong = read_entry(line, &entry) ?: check_states(&entry);
        if (wrong)
                return bad_line(&import->lines, wrong, error);
        ok = store_import_entry(store_import, &entry, error);
        table = ok ? find_table(import, db, entry.text[STORE_ENTRY_TABLE], error) : NULL;
        if (table && apply(db, table, &entry, error))
                return true;
        g_prefix_error(error, "line %" G_GINT64_FORMAT ": ", import->lines.number);
        return false;
}

static bool work(Db *db, StoreImport *store_import, void *data, GError **error)
{
        Import *import = data;

        for (import->done = 0; import->done < import->count; import->done++)
                if (!take_entry(import, db, store_import, error))
                        return false;
        return read_trailer(import, error);
}

/* ---- all ---- */

static bool check_file(int fd, GError **error)
{
        struct stat status;

        if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
                return true;
        /* whoever writes waits for the end of this: it must not wait for anybody */
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "a journal is imported from a regular file");
        return false;
}

static void import_clear(Import *import)
{
        g_string_free(import->lines.buffer, TRUE);
        g_hash_table_unref(import->tables);
        g_free(import->database);
        g_free(import->last_hash);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)

JsonObject *import_entries(Store *const stores[2], int fd, GError **error)
{
        g_auto(Import) import = {
                .lines = {.fd = fd, .buffer = g_string_new(NULL)},
                .tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                (GDestroyNotify)(void (*)(void))row_table_free)};
        JsonObject *answer;

        if (!check_file(fd, error) || !read_header(&import, stores, error) ||
            !store_import(import.store, work, &import, error))
                return NULL;
        answer = json_object_new();
        json_object_set_string_member(answer, "database", import.database);
        json_object_set_int_member(answer, "count", import.count);
        return answer;
}
