/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What questions share: whose code is asked about, rows, pages; and the overview. */
#include "code/query.h"

#include <string.h>

#include "syntax/unit.h"

Statement *query_prepare(const Query *query, const char *sql, GError **error)
{
        Statement *statement = db_statement(query->db, sql, error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":repository", query->repository_id);
        statement_bind_text(statement, ":entity", query->entity_id);
        return statement;
}

/* ---- rows ---- */

void query_set_symbol_id(JsonObject *object, const char *name, Statement *row, int column)
{
        char text[SYMBOL_ID_BYTES];

        if (statement_is_null(row, column)) {
                json_object_set_null_member(object, name);
                return;
        }
        symbol_hash_write(statement_int(row, column), text);
        json_object_set_string_member(object, name, text);
}

JsonObject *query_symbol_row(Statement *row)
{
        JsonObject *object = json_object_new();
        int64_t flags = statement_int(row, 10);

        query_set_symbol_id(object, "symbol_id", row, 0);
        json_set_string(object, "name", statement_text(row, 1));
        json_set_string(object, "qualified_name", statement_text(row, 2));
        json_set_string(object, "kind", unit_kind_to_string((UnitKind)statement_int(row, 3)));
        json_set_string(object, "module", statement_text(row, 4));
        json_set_string(object, "repository_id", statement_text(row, 5));
        json_object_set_int_member(object, "start_line", statement_int(row, 6));
        json_object_set_int_member(object, "end_line", statement_int(row, 7));
        json_set_string(object, "signature", statement_text(row, 8));
        json_set_string(object, "visibility",
                        unit_visibility_to_string((UnitVisibility)statement_int(row, 9)));
        json_object_set_boolean_member(object, "exported", (flags & UNIT_EXPORTED) != 0);
        json_object_set_boolean_member(object, "is_test", (flags & UNIT_TEST) != 0);
        json_set_string(object, "doc", statement_text(row, 11));
        return object;
}

/* ---- pages ---- */

/* All that the question is made of, but for where its page begins and ends. */
static char *filters_of(const Query *query)
{
        g_autoptr(JsonObject) filters = json_object_new();
        g_autoptr(GList) members = json_object_get_members(query->args);

        for (GList *member = members; member; member = member->next)
                if (!g_str_equal(member->data, "after") && !g_str_equal(member->data, "limit"))
                        json_object_set_member(
                                filters, member->data,
                                json_node_copy(json_object_get_member(query->args, member->data)));
        return json_print_canonical(filters);
}

char *query_cursor_key(const Query *query, GError **error)
{
        g_autofree char *filters = query->after ? filters_of(query) : NULL;

        return query->after ? cursor_key("code", filters, query->after, error) : g_strdup("");
}

void query_set_rows(const Query *query, JsonObject *answer, JsonArray *rows, const char *key)
{
        g_autofree char *filters = key ? filters_of(query) : NULL;
        g_autofree char *next = key ? cursor_new("code", filters, key) : NULL;

        json_object_set_array_member(answer, "rows", rows);
        json_set_string(answer, "next", next);
}

/* ---- overview ---- */

static void add_to(JsonObject *object, const char *name, int64_t number)
{
        json_object_set_int_member(object, name, json_member_int(object, name, 0) + number);
}

static bool add_counts(const Query *query, JsonObject *answer, GError **error)
{
        JsonObject *languages = json_object_new(), *kinds = json_object_new();
        int64_t totals[5] = {0};
        Statement *row;
        StepResult step;

        json_object_set_object_member(answer, "languages", languages);
        json_object_set_object_member(answer, "kinds", kinds);
        row = query_prepare(query,
                            "SELECT m.language, m.kind, count(*), sum(m.symbols), sum(m.edges),"
                            " sum(m.lines), sum(m.error IS NOT NULL)"
                            " FROM code_modules m" QUERY_OF_MODULE " GROUP BY m.language, m.kind",
                            error);
        while (row && (step = statement_step(row, error)) == STEP_ROW) {
                if (g_str_equal(statement_text(row, 0), "manifest")) {
                        totals[4] += statement_int(row, 6); /* is no module */
                        continue;
                }
                add_to(languages, statement_text(row, 0), statement_int(row, 2));
                add_to(kinds, statement_text(row, 1), statement_int(row, 2));
                for (int i = 0; i < 5; i++)
                        totals[i] += statement_int(row, 2 + i);
        }
        if (!row || step == STEP_ERROR)
                return false;
        json_object_set_int_member(answer, "modules", totals[0]);
        json_object_set_int_member(answer, "symbols", totals[1]);
        json_object_set_int_member(answer, "edges", totals[2]);
        json_object_set_int_member(answer, "lines", totals[3]);
        json_object_set_int_member(answer, "errors", totals[4]);
        return true;
}

static bool add_folders(const Query *query, JsonObject *answer, GError **error)
{
        JsonArray *rows = json_array_new();
        Statement *row;
        StepResult step;

        json_object_set_array_member(answer, "folders", rows);
        row = query_prepare(query,
                            "SELECT r.id, CASE instr(m.path, '/') WHEN 0 THEN ''"
                            " ELSE substr(m.path, 1, instr(m.path, '/') - 1) END AS top, count(*),"
                            " sum(m.symbols), sum(m.lines) AS lines"
                            " FROM code_modules m" QUERY_OF_MODULE
                            " WHERE m.language <> 'manifest' GROUP BY r.id, top"
                            " ORDER BY lines DESC, r.id, top LIMIT :limit",
                            error);
        if (!row)
                return false;
        statement_bind_int(row, ":limit", query->limit);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                JsonObject *object = json_object_new();

                json_set_string(object, "repository_id", statement_text(row, 0));
                json_set_string(object, "folder", statement_text(row, 1));
                json_object_set_int_member(object, "modules", statement_int(row, 2));
                json_object_set_int_member(object, "symbols", statement_int(row, 3));
                json_object_set_int_member(object, "lines", statement_int(row, 4));
                json_array_add_object_element(rows, object);
        }
        return step == STEP_DONE;
}

bool query_overview(const Query *query, JsonObject *answer, GError **error)
{
        return add_counts(query, answer, error) && add_folders(query, answer, error);
}
