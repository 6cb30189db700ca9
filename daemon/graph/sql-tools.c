/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools for read-only SQL: a sandbox per call, fed by a handle that sees what the caller may see. */
#include "graph/room.h"
#include "graph/sql-views.h"

#define SQL_ROWS_MAX           5000
#define SQL_ROWS_DEFAULT       200
#define SQL_BYTES_MAX          1000000 /* of an answer's values */
#define SQL_TIMEOUT_MS_DEFAULT 5000

typedef struct Answer {
        JsonArray *rows;
        size_t bytes;
        unsigned limit;
        const char *truncated; /* name of the limit that cut it, or NULL */
} Answer;

static JsonArray *read_row(Sandbox *sandbox, size_t *bytes)
{
        int columns = sandbox_columns(sandbox);
        JsonArray *row = json_array_sized_new((unsigned)columns);

        for (int i = 0; i < columns; i++)
                json_array_add_element(row, sandbox_value(sandbox, i, bytes));
        return row;
}

static bool add_row(Answer *answer, Sandbox *sandbox)
{
        g_autoptr(JsonArray) row = NULL;

        if (json_array_get_length(answer->rows) == answer->limit) {
                answer->truncated = answer->limit == SQL_ROWS_MAX ? "SQL_ROWS_MAX" : "limit";
                return false;
        }
        row = read_row(sandbox, &answer->bytes);
        if (answer->bytes > SQL_BYTES_MAX) {
                answer->truncated = "SQL_BYTES_MAX";
                return false;
        }
        json_array_add_array_element(answer->rows, g_steal_pointer(&row));
        return true;
}

static bool read_rows(Answer *answer, Sandbox *sandbox, GError **error)
{
        StepResult step;

        while ((step = sandbox_step(sandbox, error)) == STEP_ROW)
                if (!add_row(answer, sandbox))
                        return true;
        return step == STEP_DONE;
}

static JsonArray *read_columns(Sandbox *sandbox)
{
        JsonArray *columns = json_array_new();

        for (int i = 0; i < sandbox_columns(sandbox); i++) {
                g_autofree char *name = g_utf8_make_valid(sandbox_column_name(sandbox, i), -1);

                json_array_add_string_element(columns, name);
        }
        return columns;
}

/* The schema has the same bounds; this is for callers that come without it. */
static bool read_bound(JsonObject *args, const char *name, int64_t max, int64_t *value,
                       GError **error)
{
        *value = json_member_int(args, name, *value);
        if (*value >= 1 && *value <= max)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "%s must be between 1 and %" G_GINT64_FORMAT " (%s)", name, max,
                    g_str_equal(name, "limit") ? "SQL_ROWS_MAX" : "SANDBOX_TIMEOUT_MS_MAX");
        return false;
}

static JsonObject *to_json(Answer *answer, Sandbox *sandbox, int64_t began)
{
        JsonObject *object = json_object_new();

        json_object_set_array_member(object, "columns", read_columns(sandbox));
        json_object_set_array_member(object, "rows", json_array_ref(answer->rows));
        json_object_set_int_member(object, "row_count", json_array_get_length(answer->rows));
        json_set_string(object, "truncated", answer->truncated);
        json_object_set_double_member(object, "elapsed_ms",
                                      (double)(g_get_monotonic_time() - began) / 1000.0);
        return object;
}

static JsonObject *sql_query(void *room, const Access *access, JsonObject *args, GError **error)
{
        int64_t began = g_get_monotonic_time(), limit = SQL_ROWS_DEFAULT;
        int64_t timeout_ms = SQL_TIMEOUT_MS_DEFAULT;
        g_autoptr(JsonArray) rows = json_array_new();
        Answer answer = {.rows = rows};
        SandboxLimits limits = {0};
        g_autoptr(Db) db = NULL;
        g_autoptr(Sandbox) sandbox = NULL;

        if (!read_bound(args, "limit", SQL_ROWS_MAX, &limit, error) ||
            !read_bound(args, "timeout_ms", SANDBOX_TIMEOUT_MS_MAX, &timeout_ms, error))
                return NULL;
        answer.limit = (unsigned)limit;
        limits.timeout_ms = (unsigned)timeout_ms;
        db = graph_reader(room, access, error);
        sandbox = db ? sandbox_new(db, sql_views, &limits, error) : NULL;
        if (!sandbox || !sandbox_prepare(sandbox, json_member_string(args, "sql", ""), error) ||
            !sandbox_bind(sandbox, json_object_get_member(args, "params"), error) ||
            !read_rows(&answer, sandbox, error))
                return NULL;
        return to_json(&answer, sandbox, began);
}

/* ---- what can be read ---- */

static JsonArray *list_columns(const SandboxColumn *columns)
{
        JsonArray *array = json_array_new();

        for (; columns->name; columns++) {
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "name", columns->name);
                json_object_set_string_member(object, "type",
                                              sandbox_type_to_string(columns->type));
                json_object_set_string_member(object, "description", columns->description);
                json_array_add_object_element(array, object);
        }
        return array;
}

static JsonObject *list_sql_views(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        JsonObject *answer = json_object_new();
        JsonArray *views = json_array_new();

        for (const SandboxView *view = sql_views; view->name; view++) {
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "name", view->name);
                json_object_set_string_member(object, "description", view->description);
                json_object_set_array_member(object, "columns", list_columns(view->columns));
                json_array_add_object_element(views, object);
        }
        json_object_set_array_member(answer, "views", views);
        return answer;
}

const Tool graph_sql_tools[] = {
        {"sql_query", TOOL_READ, TOOL_SLOW, sql_query},
        {"list_sql_views", TOOL_READ, TOOL_CHEAP, list_sql_views},
        {NULL},
};
