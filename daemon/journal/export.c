/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exporting: one snapshot, read twice: once to count for the header, once to write. One entry at a time is in
 * memory. */
#include "journal/export.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#define BUFFER_BYTES     65536
#define PIPE_CHUNK_BYTES 4096 /* goes into a pipe without waiting once poll() says so */

const char *const export_texts[STORE_ENTRY_TEXTS] = {
        "id",         "group_id",         "table_name", "row_id",     "op",     "before", "after",
        "actor_kind", "actor_connection", "actor_name", "session_id", "reason", "reverts"};

/* ---- writing ---- */

typedef struct Out {
        int fd;
        bool waits; /* not a file: somebody must read at the other end */
        GString *buffer;
        int64_t bytes;
} Out;

static bool wait_writable(const Out *out, GError **error)
{
        struct pollfd poll_fd = {.fd = out->fd, .events = POLLOUT};
        int r;

        if (!out->waits)
                return true;
        do
                r = poll(&poll_fd, 1, EXPORT_STALL_MS);
        while (r < 0 && errno == EINTR);
        if (r > 0)
                return true;
        if (r < 0)
                error_set_errno(error, errno, "cannot wait for the reader of the export");
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                            "nobody read the export for EXPORT_STALL_MS (%d ms)", EXPORT_STALL_MS);
        return false;
}

static bool flush(Out *out, GError **error)
{
        size_t chunk = out->waits ? PIPE_CHUNK_BYTES : out->buffer->len;

        for (size_t at = 0; at < out->buffer->len; at += chunk) {
                size_t size = MIN(chunk, out->buffer->len - at);

                if (!wait_writable(out, error))
                        return false;
                if (!file_write_all(out->fd, out->buffer->str + at, size)) {
                        error_set_errno(error, errno, "cannot write the export");
                        return false;
                }
        }
        out->bytes += (int64_t)out->buffer->len;
        g_string_truncate(out->buffer, 0);
        return true;
}

static bool write_line(Out *out, JsonObject *object, GError **error)
{
        g_autofree char *line = json_print_object(object);
        size_t size = strlen(line);

        if (size > EXPORT_LINE_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "journal entry %" G_GINT64_FORMAT
                            " is longer than EXPORT_LINE_BYTES_MAX (%d)",
                            json_member_int(object, "seq", 0), EXPORT_LINE_BYTES_MAX);
                return false;
        }
        g_string_append_len(out->buffer, line, (gssize)size);
        g_string_append_c(out->buffer, '\n');
        return out->buffer->len < BUFFER_BYTES || flush(out, error);
}

/* ---- reading ---- */

#define FITS                                                                                       \
        " FROM mutations m WHERE (:table IS NULL OR m.table_name = :table)"                        \
        " AND (:row IS NULL OR m.row_id = :row)"                                                   \
        " AND (:group IS NULL OR m.group_id = :group)"                                             \
        " AND (:actor_kind IS NULL OR m.actor_kind = :actor_kind)"                                 \
        " AND (:connection IS NULL OR m.actor_connection = :connection)"                           \
        " AND (:session IS NULL OR m.session_id = :session)"                                       \
        " AND (:since IS NULL OR m.ts >= :since) AND (:until IS NULL OR m.ts <= :until)"           \
        " AND (:text IS NULL OR instr(lower(m.reason), lower(:text))"                              \
        " OR instr(lower(m.actor_name), lower(:text)) OR instr(lower(m.after), lower(:text))"      \
        " OR instr(lower(m.before), lower(:text)))"

static void bind_query(Statement *statement, Db *db, const Filter *query)
{
        g_autofree char *row = filter_row_key(query, db);

        statement_bind_text(statement, ":table", query->table);
        statement_bind_text(statement, ":row", row);
        statement_bind_text(statement, ":group", query->group);
        statement_bind_text(statement, ":actor_kind", query->actor_kind);
        statement_bind_text(statement, ":connection", query->connection);
        statement_bind_text(statement, ":session", query->session);
        if (query->since)
                statement_bind_int(statement, ":since", query->since);
        if (query->until)
                statement_bind_int(statement, ":until", query->until);
        statement_bind_text(statement, ":text", query->text);
}

static void set_hash(JsonObject *object, const char *name, Statement *row, int column)
{
        size_t size = 0;
        const uint8_t *hash = statement_blob(row, column, &size);
        g_autoptr(GString) hex = g_string_new(NULL);

        for (size_t i = 0; i < size; i++)
                g_string_append_printf(hex, "%02x", hash[i]);
        json_object_set_string_member(object, name, hex->str);
}

/* What the header says of the entries. */
static bool set_figures(JsonObject *header, Db *db, const Filter *query, GError **error)
{
        int64_t first, last;
        Statement *statement = db_statement(db,
                                            "SELECT count(*), coalesce(min(m.seq), 0),"
                                            " coalesce(max(m.seq), 0)" FITS,
                                            error);

        if (!statement)
                return false;
        bind_query(statement, db, query);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        json_object_set_int_member(header, "count", statement_int(statement, 0));
        first = statement_int(statement, 1);
        last = statement_int(statement, 2);
        json_object_set_int_member(header, "first_seq", first);
        json_object_set_int_member(header, "last_seq", last);
        statement = db_statement(db,
                                 "SELECT (SELECT hash FROM mutations WHERE seq = :first),"
                                 " (SELECT hash FROM mutations WHERE seq = :last)",
                                 error);
        if (!statement)
                return false;
        statement_bind_int(statement, ":first", first);
        statement_bind_int(statement, ":last", last);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        set_hash(header, "first_hash", statement, 0);
        set_hash(header, "last_hash", statement, 1);
        return true;
}

static void set_text(JsonObject *filter, const char *name, const char *value)
{
        if (value)
                json_object_set_string_member(filter, name, value);
}

static JsonObject *filter_to_json(const Filter *query)
{
        JsonObject *filter = json_object_new();

        set_text(filter, "table_name", query->table);
        set_text(filter, "row_id", query->row);
        set_text(filter, "actor_kind", query->actor_kind);
        set_text(filter, "connection", query->connection);
        set_text(filter, "session", query->session);
        set_text(filter, "group_id", query->group);
        set_text(filter, "text", query->text);
        if (query->since)
                json_set_time(filter, "since", query->since);
        if (query->until)
                json_set_time(filter, "until", query->until);
        return filter;
}

static JsonObject *make_header(Store *store, Db *db, const char *database, const Filter *query,
                               GError **error)
{
        g_autoptr(JsonObject) header = json_object_new();
        JsonObject *filter = filter_to_json(query);
        StoreStatus status;

        json_object_set_string_member(header, "format", EXPORT_FORMAT);
        json_object_set_int_member(header, "version", EXPORT_VERSION);
        json_object_set_string_member(header, "database", database);
        json_object_set_boolean_member(header, "complete", json_object_get_size(filter) == 0);
        json_object_set_object_member(header, "filter", filter);
        if (!store_status(store, &status, error) || !set_figures(header, db, query, error))
                return NULL;
        json_object_set_int_member(header, "schema", status.schema_version);
        json_set_time(header, "exported_at", clock_now());
        return g_steal_pointer(&header);
}

static JsonObject *entry_line(Statement *row)
{
        JsonObject *line = json_object_new();

        json_object_set_int_member(line, "seq", statement_int(row, 0));
        for (int i = 0; i < STORE_ENTRY_TEXTS; i++)
                json_set_string(line, export_texts[i], statement_text(row, 4 + i));
        json_object_set_int_member(line, "ts", statement_int(row, 1));
        json_object_set_int_member(line, "redacted",
                                   statement_int(row, 4 + (int)STORE_ENTRY_TEXTS));
        set_hash(line, "prev_hash", row, 2);
        set_hash(line, "hash", row, 3);
        return line;
}

static bool write_entries(Out *out, Db *db, const Filter *query, GError **error)
{
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT m.seq, m.ts, m.prev_hash, m.hash, m.id, m.group_id, m.table_name, m.row_id,"
                " m.op, m.before, m.after, m.actor_kind, m.actor_connection, m.actor_name,"
                " m.session_id, m.reason, m.reverts, m.redacted" FITS " ORDER BY m.seq",
                error);

        if (!statement)
                return false;
        bind_query(statement, db, query);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                g_autoptr(JsonObject) line = entry_line(statement);

                if (!write_line(out, line, error))
                        return false;
        }
        return step == STEP_DONE;
}

static bool write_trailer(Out *out, JsonObject *header, GError **error)
{
        g_autoptr(JsonObject) trailer = json_object_new();

        json_object_set_string_member(trailer, "end", EXPORT_FORMAT);
        json_object_set_int_member(trailer, "count", json_member_int(header, "count", 0));
        json_set_string(trailer, "last_hash", json_member_string(header, "last_hash", ""));
        return write_line(out, trailer, error) && flush(out, error);
}

static JsonObject *answer_of(JsonObject *header, const Out *out)
{
        static const char *const members[] = {"database",  "complete", "count",
                                              "first_seq", "last_seq", NULL};
        JsonObject *answer = json_object_new();

        for (unsigned i = 0; members[i]; i++)
                json_object_set_member(answer, members[i],
                                       json_node_copy(json_object_get_member(header, members[i])));
        json_object_set_int_member(answer, "bytes", out->bytes);
        return answer;
}

JsonObject *export_entries(Store *store, const char *database, const Filter *query, int fd,
                           GError **error)
{
        g_autoptr(Db) db = store_reader(store, /* scope= */ NULL, error);
        g_autoptr(JsonObject) header = NULL;
        g_autoptr(GString) buffer = g_string_new(NULL);
        struct stat status;
        Out out = {.fd = fd, .buffer = buffer};

        if (!db)
                return NULL;
        if (fstat(fd, &status) < 0) {
                error_set_errno(error, errno, "cannot write the export");
                return NULL;
        }
        out.waits = !S_ISREG(status.st_mode);
        header = make_header(store, db, database, query, error);
        if (!header || !write_line(&out, header, error) || !write_entries(&out, db, query, error) ||
            !write_trailer(&out, header, error))
                return NULL;
        return answer_of(header, &out);
}
