/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What questions share: whose code is asked about, which symbol or file is meant, pages; and the overview. */
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

/* ---- which symbol ---- */

static bool set_several(Statement *row, const char *name, GError **error)
{
        g_autoptr(GString) list = g_string_new(NULL);

        do {
                char id[SYMBOL_ID_BYTES];
                symbol_hash_write(statement_int(row, 0), id);
                g_string_append_printf(list, "%s%s (%s:%" G_GINT64_FORMAT ")",
                                       list->len ? ", " : "", id, statement_text(row, 4),
                                       statement_int(row, 6));
        } while (statement_step(row, NULL) == STEP_ROW);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "several symbols are called \"%s\"; give symbol_id, one of: %s", name,
                    list->str);
        return false;
}

/* The one row of a query for QUERY_SYMBOL_COLUMNS. */
static bool the_one(Statement *row, const char *what, int64_t *ret, GError **error)
{
        StepResult step = statement_step(row, error);

        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no symbol \"%s\"", what);
        if (step != STEP_ROW)
                return false;
        *ret = statement_int(row, 12);
        char first[SYMBOL_ID_BYTES];
        symbol_hash_write(statement_int(row, 0), first);
        g_autofree char *place = g_strdup_printf("%s (%s:%" G_GINT64_FORMAT ")", first,
                                                 statement_text(row, 4), statement_int(row, 6));
        step = statement_step(row, error);
        if (step != STEP_ROW)
                return step == STEP_DONE;
        g_autoptr(GError) several = NULL;
        (void)set_several(row, what, &several);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT, "%s, %s", several->message,
                    place);
        return false;
}

static bool find_by_id(const Query *query, const char *id, int64_t *ret, GError **error)
{
        int64_t hash;
        Statement *row;

        if (!symbol_hash_from_text(id, &hash)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "\"%.64s\" is no symbol id (" SYMBOL_ID_PREFIX
                            " and 16 hexadecimal digits)",
                            id);
                return false;
        }
        row = query_prepare(query,
                            "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_symbols y" QUERY_OF_SYMBOL
                            " WHERE y.hash = :hash LIMIT 1",
                            error);
        if (!row)
                return false;
        statement_bind_int(row, ":hash", hash);
        return the_one(row, id, ret, error);
}

/* Of a qualified name ("Class.method", "ns::f") the last part is what the index knows. */
static const char *last_part(const char *name)
{
        const char *last = name;

        for (const char *at = name; *at; at++)
                if ((at[0] == '.' || (at[0] == ':' && at[1] == ':')) && at[1])
                        last = at + (at[0] == ':' ? 2 : 1);
        return *last ? last : name;
}

static bool find_by_name(const Query *query, const char *name, const char *module, int64_t *ret,
                         GError **error)
{
        Statement *row = query_prepare(
                query,
                "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_symbols y" QUERY_OF_SYMBOL
                " WHERE y.name = :last COLLATE NOCASE AND y.name = :last"
                " AND (:name = :last OR y.qualified_name = :name)"
                " AND (:module IS NULL OR m.path = :module) ORDER BY y.id LIMIT :limit",
                error);

        if (!row)
                return false;
        statement_bind_text(row, ":last", last_part(name));
        statement_bind_text(row, ":name", name);
        statement_bind_text(row, ":module", module);
        statement_bind_int(row, ":limit", QUERY_CANDIDATES_MAX);
        return the_one(row, name, ret, error);
}

bool query_find_symbol(const Query *query, const char *prefix, int64_t *ret, GError **error)
{
        g_autofree char *id = g_strconcat(prefix, "symbol_id", NULL);
        g_autofree char *name = g_strconcat(prefix, "name", NULL);
        const char *given_id = args_string(query->args, id);
        const char *given_name = args_string(query->args, name);
        const char *module = *prefix ? NULL : args_string(query->args, "module");

        if (given_id)
                return find_by_id(query, given_id, ret, error);
        if (given_name)
                return find_by_name(query, given_name, module, ret, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "kind %s needs %s or %s",
                    query->kind, id, name);
        return false;
}

/* ---- which file ---- */

bool query_find_module(const Query *query, uint32_t *ret, GError **error)
{
        const char *path = args_string(query->args, "module");
        g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;
        Statement *row;

        if (!path) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "kind %s needs module",
                            query->kind);
                return false;
        }
        row = query_prepare(query,
                            "SELECT m.id FROM code_states s CROSS JOIN code_repositories r"
                            " ON r.id = s.repository_id AND r.is_active = 1"
                            " AND (:repository IS NULL OR r.id = :repository)"
                            " AND (:entity IS NULL OR coalesce((SELECT g.subject_id"
                            " FROM merged_entities g WHERE g.id = r.entity_id), r.entity_id)"
                            " = :entity) CROSS JOIN code_modules m ON m.repository = s.number"
                            " AND m.folder = :folder AND m.path = :path LIMIT 2",
                            error);
        if (!row)
                return false;
        statement_bind_text(row, ":folder", g_str_equal(folder, ".") ? "" : folder);
        statement_bind_text(row, ":path", path);
        StepResult step = statement_step(row, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no module \"%s\"", path);
        if (step != STEP_ROW)
                return false;
        *ret = (uint32_t)statement_int(row, 0);
        step = statement_step(row, error);
        if (step == STEP_ROW)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "several repositories have a module \"%s\": give repository", path);
        return step == STEP_DONE;
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
                            " FROM code_modules m" QUERY_OF_MODULE
                            " WHERE m.language <> 'manifest' GROUP BY m.language, m.kind",
                            error);
        while (row && (step = statement_step(row, error)) == STEP_ROW) {
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
