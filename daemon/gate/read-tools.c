/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools that answer from the read log: for people what an agent called, and for everybody who was shown a fact. */
#include <string.h>

#include "gate/read-log.h"
#include "gate/room.h"

#define SEEN_ROWS                                                                                              \
        "SELECT r.connection_id, coalesce(c.name, ''), r.session_id, min(r.ts), max(r.ts), count(*)"           \
        " FROM read_rows s JOIN reads r ON r.id = s.read_id LEFT JOIN connections c ON c.id = r.connection_id" \
        " WHERE s.row_id = :row GROUP BY r.connection_id, r.session_id"                                        \
        " ORDER BY max(r.ts) DESC, r.session_id LIMIT :limit"

/* ---- read_log ---- */

typedef struct ReadFilter {
        const char *connection, *session, *tool, *row;
        int64_t since_us, until_us, before;
        unsigned limit;
        bool rows;
} ReadFilter;

static bool read_shown(Db *db, int64_t read, JsonObject *object, GError **error)
{
        Statement *rows = db_statement(
                db, "SELECT row_id FROM read_rows WHERE read_id = :read ORDER BY row_id", error);
        JsonArray *array = json_array_new();
        StepResult r;

        json_object_set_array_member(object, "row_ids", array);
        if (!rows)
                return false;
        statement_bind_int(rows, ":read", read);
        while ((r = statement_step(rows, error)) == STEP_ROW)
                json_array_add_string_element(array, statement_text(rows, 0));
        return r == STEP_DONE;
}

static JsonObject *entry_to_json(Statement *row)
{
        JsonObject *object = json_object_new();

        json_object_set_int_member(object, "id", statement_int(row, 0));
        json_set_time(object, "ts", statement_int(row, 1));
        json_object_set_string_member(object, "connection_id", statement_text(row, 2));
        json_set_string(object, "connection_name", statement_text(row, 3));
        json_set_string(object, "session_id", statement_text(row, 4));
        json_object_set_string_member(object, "tool", statement_text(row, 5));
        json_object_set_string_member(object, "digest", statement_text(row, 6));
        json_object_set_int_member(object, "rows", statement_int(row, 7));
        json_object_set_int_member(object, "bytes", statement_int(row, 8));
        json_object_set_int_member(object, "shown", statement_int(row, 9));
        json_object_set_boolean_member(object, "cut", statement_int(row, 10) != 0);
        json_object_set_string_member(object, "outcome", statement_text(row, 11));
        json_object_set_double_member(object, "duration_ms", (double)statement_int(row, 12) / 1000);
        return object;
}

static Statement *select_entries(Db *db, const ReadFilter *filter, GError **error)
{
        Statement *rows = db_statement(
                db,
                "SELECT r.id, r.ts, r.connection_id, c.name, r.session_id, r.tool, r.digest,"
                " r.row_count, r.bytes, r.shown, r.cut, r.outcome, r.duration_us FROM reads r"
                " LEFT JOIN connections c ON c.id = r.connection_id"
                " WHERE (:connection IS NULL OR r.connection_id = :connection)"
                " AND (:session IS NULL OR r.session_id = :session)"
                " AND (:tool IS NULL OR r.tool = :tool)"
                " AND (:row IS NULL OR r.id IN (SELECT read_id FROM read_rows WHERE row_id = :row))"
                " AND r.ts BETWEEN :since AND :until AND r.id < :before"
                " ORDER BY r.id DESC LIMIT :limit",
                error);

        if (!rows)
                return NULL;
        statement_bind_text(rows, ":connection", filter->connection);
        statement_bind_text(rows, ":session", filter->session);
        statement_bind_text(rows, ":tool", filter->tool);
        statement_bind_text(rows, ":row", filter->row);
        statement_bind_int(rows, ":since", filter->since_us);
        statement_bind_int(rows, ":until", filter->until_us);
        statement_bind_int(rows, ":before", filter->before);
        statement_bind_int(rows, ":limit", (int64_t)filter->limit + 1);
        return rows;
}

static JsonArray *read_entries(Db *db, const ReadFilter *filter, GError **error)
{
        Statement *rows = select_entries(db, filter, error);
        g_autoptr(JsonArray) entries = json_array_new();
        StepResult r;

        if (!rows)
                return NULL;
        while ((r = statement_step(rows, error)) == STEP_ROW)
                json_array_add_object_element(entries, entry_to_json(rows));
        if (r != STEP_DONE)
                return NULL;
        for (unsigned i = 0; filter->rows && i < json_array_get_length(entries); i++) {
                JsonObject *entry = json_array_get_object_element(entries, i);

                if (!read_shown(db, json_member_int(entry, "id", 0), entry, error))
                        return NULL;
        }
        return g_steal_pointer(&entries);
}

static bool read_filter(JsonObject *args, ReadFilter *ret, GError **error)
{
        *ret = (ReadFilter){
                .connection = args_string(args, "connection_id"),
                .session = args_string(args, "session_id"),
                .tool = args_string(args, "tool"),
                .row = args_string(args, "row_id"),
                .until_us = INT64_MAX,
                .before = INT64_MAX,
                .rows = json_member_bool(args, "show_rows", false),
        };
        return args_check_id(args, "connection_id", "conn", error) &&
               args_time(args, "since", &ret->since_us, error) &&
               args_time(args, "until", &ret->until_us, error) &&
               args_limit(args, READ_LOG_PAGE_MAX, "READ_LOG_PAGE_MAX", &ret->limit, error);
}

/* The filters as one text, for the cursor. */
static char *filters_of(JsonObject *args)
{
        g_autoptr(JsonObject) filters = json_object_new();
        g_autoptr(GList) members = json_object_get_members(args);

        for (GList *member = members; member; member = member->next)
                if (!g_str_equal(member->data, "after") && !g_str_equal(member->data, "limit"))
                        json_object_set_member(
                                filters, member->data,
                                json_node_copy(json_object_get_member(args, member->data)));
        return json_print_canonical(filters);
}

static char *cut_page(JsonArray *entries, const char *filters, unsigned limit)
{
        if (json_array_get_length(entries) <= limit)
                return NULL;
        json_array_remove_element(entries, limit);
        g_autofree char *last = g_strdup_printf(
                "%" G_GINT64_FORMAT,
                json_member_int(json_array_get_object_element(entries, limit - 1), "id", 0));
        return cursor_new("reads", filters, last);
}

static JsonObject *read_log(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autofree char *filters = filters_of(args);
        g_autofree char *after = cursor_key("reads", filters, args_string(args, "after"), error);
        ReadFilter filter;
        Gate *gate = room;

        if (!after || !read_filter(args, &filter, error) || !read_log_flush(gate->read_log, error))
                return NULL;
        if (after[0] != '\0')
                filter.before = g_ascii_strtoll(after, NULL, 10);
        g_autoptr(Db) db = store_reader(gate->options.ops, /* scope= */ NULL, error);
        g_autoptr(JsonArray) entries = db ? read_entries(db, &filter, error) : NULL;
        if (!entries)
                return NULL;
        g_autofree char *next = cut_page(entries, filters, filter.limit);
        JsonObject *answer = json_object_new();
        json_object_set_array_member(answer, "reads", g_steal_pointer(&entries));
        json_set_string(answer, "next", next);
        return answer;
}

/* ---- seen_by ---- */

/* What the caller does not see himself was never shown to anybody. */
static bool check_sees(Gate *gate, const Access *access, const char *fact, GError **error)
{
        g_autoptr(Db) db = store_reader(gate->options.vault, access_scope(access), error);
        Statement *row = db ? db_statement(db, "SELECT 1 FROM facts WHERE id = :id", error) : NULL;
        StepResult r;

        if (!row)
                return false;
        statement_bind_text(row, ":id", fact);
        r = statement_step(row, error);
        if (r == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "There is no fact %s", fact);
        return r == STEP_ROW;
}

static JsonObject *sight_to_json(Statement *row)
{
        JsonObject *object = json_object_new();
        const char *id = statement_text(row, 0);
        char digits[CONNECTION_SHORT_DIGITS + 1];

        connection_short_of(id, digits);
        json_object_set_string_member(object, "connection_id", id);
        json_object_set_string_member(object, "short", digits);
        json_object_set_string_member(object, "name", statement_text(row, 1));
        json_set_string(object, "session_id", statement_text(row, 2));
        json_set_time(object, "first", statement_int(row, 3));
        json_set_time(object, "last", statement_int(row, 4));
        json_object_set_int_member(object, "calls", statement_int(row, 5));
        return object;
}

static JsonObject *seen_by(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *fact = args_string(args, "fact_id");
        g_autoptr(JsonArray) sessions = json_array_new();
        Gate *gate = room;
        unsigned limit;
        StepResult r;

        if (!args_check_id(args, "fact_id", "fact", error) ||
            !args_limit(args, READ_LOG_PAGE_MAX, "READ_LOG_PAGE_MAX", &limit, error) ||
            !check_sees(gate, access, fact, error) || !read_log_flush(gate->read_log, error))
                return NULL;
        g_autoptr(Db) db = store_reader(gate->options.ops, /* scope= */ NULL, error);
        Statement *rows = db ? db_statement(db, SEEN_ROWS, error) : NULL;
        if (!rows)
                return NULL;
        statement_bind_text(rows, ":row", fact);
        statement_bind_int(rows, ":limit", (int64_t)limit + 1);
        while ((r = statement_step(rows, error)) == STEP_ROW)
                json_array_add_object_element(sessions, sight_to_json(rows));
        if (r != STEP_DONE)
                return NULL;
        bool more = json_array_get_length(sessions) > limit;
        if (more)
                json_array_remove_element(sessions, limit);
        JsonObject *answer = json_object_new();
        json_object_set_string_member(answer, "fact_id", fact);
        json_object_set_array_member(answer, "sessions", g_steal_pointer(&sessions));
        json_object_set_boolean_member(answer, "more", more);
        return answer;
}

const Tool read_tools[] = {
        {"read_log", TOOL_HUMAN, TOOL_SLOW, read_log, .action = "read"},
        {"seen_by", TOOL_READ, TOOL_SLOW, seen_by},
        {NULL},
};
