/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shape of a code base: where it is entered, and where what is used much changes much. */
#include <string.h>

#include "code/query.h"
#include "syntax/unit.h"

/* ---- entry points ---- */

static bool add_symbols(const Query *query, const char *sql, const char *reason, JsonArray *rows,
                        GError **error)
{
        Statement *row = query_prepare(query, sql, error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_int(row, ":limit", (int64_t)query->limit - json_array_get_length(rows));
        while ((step = statement_step(row, error)) == STEP_ROW) {
                JsonObject *object = query_symbol_row(row);

                json_set_string(object, "reason", reason);
                json_array_add_object_element(rows, object);
        }
        return step == STEP_DONE;
}

#define IS_MAIN                                                                                    \
        "y.name = 'main' COLLATE NOCASE AND y.kind IN (1, 2)"                                      \
        " AND (y.parent IS NULL OR m.language IN ('java', 'csharp'))"

/* Functions that their language's runtime calls. */
#define MAIN_FUNCTIONS                                                                             \
        "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_symbols y" QUERY_OF_SYMBOL " WHERE " IS_MAIN    \
        " AND m.kind NOT IN ('test', 'vendored') ORDER BY y.id LIMIT :limit"

/* Where languages join files by name: another symbol z of the name stands for y, or is what others use, which y defines. */
#define STANDS_ELSEWHERE                                                                           \
        "EXISTS (SELECT 1 FROM code_symbols z WHERE z.name = y.name COLLATE NOCASE"                \
        " AND z.name = y.name AND z.repository = y.repository AND z.id <> y.id"                    \
        " AND z.kind = y.kind AND z.flags & 65536 = 0 AND ((y.flags & 64 AND z.flags & 64 = 0)"    \
        " OR EXISTS (SELECT 1 FROM code_edges e WHERE e.target = z.id AND e.id >> 20 <> m.id"      \
        " AND e.kind <> 1)))"

/* What others may name, and nobody here calls or refers to: the outer side of a library. */
#define OUTER_SIDE                                                                                 \
        "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_modules m" QUERY_OF_MODULE                      \
        " CROSS JOIN code_symbols y ON y.id >= m.id << 20 AND y.id < m.id + 1 << 20"               \
        " WHERE m.kind = 'lib' AND y.parent IS NULL AND y.kind IN (1, 4) AND y.flags & 2"          \
        " AND y.flags & 128 = 0"                                                                   \
        " AND NOT EXISTS (SELECT 1 FROM code_edges e WHERE e.target = y.id AND e.id >> 20 <> m.id" \
        " AND e.kind <> 1) AND NOT (m.language IN ('c', 'cpp') AND " STANDS_ELSEWHERE ")"          \
        " ORDER BY m.folder, m.path, y.id LIMIT :limit"

/* Files that are run; those that have a main function are told by it. */
#define SCRIPTS                                                                                    \
        "SELECT m.path, r.id, m.lines FROM code_modules m" QUERY_OF_MODULE                         \
        " WHERE m.kind = 'script' AND NOT EXISTS (SELECT 1 FROM code_symbols y"                    \
        " WHERE y.id >= m.id << 20 AND y.id < m.id + 1 << 20 AND " IS_MAIN ")"                     \
        " ORDER BY m.repository, m.folder, m.path LIMIT :limit"

G_STATIC_ASSERT(UNIT_FUNCTION == 1 && UNIT_METHOD == 2 && UNIT_CLASS == 4);
G_STATIC_ASSERT(UNIT_EXPORTED == 2 && UNIT_TEST == 128 && UNIT_SITE_IMPORTS == 1);
G_STATIC_ASSERT(UNIT_BODILESS == 64 && UNIT_FILE_LOCAL == 65536);

static bool add_scripts(const Query *query, JsonArray *rows, GError **error)
{
        Statement *row = query_prepare(query, SCRIPTS, error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_int(row, ":limit", (int64_t)query->limit - json_array_get_length(rows));
        while ((step = statement_step(row, error)) == STEP_ROW) {
                JsonObject *object = json_object_new();

                json_set_string(object, "module", statement_text(row, 0));
                json_set_string(object, "repository_id", statement_text(row, 1));
                json_object_set_int_member(object, "start_line", 1);
                json_object_set_int_member(object, "end_line", statement_int(row, 2));
                json_set_string(object, "reason", "script");
                json_array_add_object_element(rows, object);
        }
        return step == STEP_DONE;
}

bool query_entry_points(const Query *query, JsonObject *answer, GError **error)
{
        g_autoptr(JsonArray) rows = json_array_new();

        if (!add_symbols(query, MAIN_FUNCTIONS, "main", rows, error) ||
            !add_scripts(query, rows, error) ||
            !add_symbols(query, OUTER_SIDE, "exported and not used within", rows, error))
                return false;
        json_object_set_boolean_member(answer, "cut", json_array_get_length(rows) >= query->limit);
        query_set_rows(query, answer, g_steal_pointer(&rows), NULL);
        return true;
}

/* ---- hot spots ---- */

/* Edges that come from other files, and commits: what changes often under many. */
#define HOT_SPOTS                                                                                  \
        "SELECT m.path, r.id, f.incoming, m.churn, m.lines, m.symbols,"                            \
        " f.incoming * (m.churn + 1) AS score FROM"                                                \
        " (SELECT e.target >> 20 AS module, count(*) AS incoming FROM code_edges e"                \
        " WHERE e.target IS NOT NULL AND e.target >> 20 <> e.id >> 20 GROUP BY e.target >> 20) f"  \
        " CROSS JOIN code_modules m ON m.id = f.module" QUERY_OF_MODULE                            \
        " WHERE m.kind <> 'vendored' ORDER BY score DESC, m.path, r.id LIMIT :limit"

/* Has the history of all that is asked about been counted? Else churn is 0 of what has none. */
static bool add_counted(const Query *query, JsonObject *answer, GError **error)
{
        Statement *row = query_prepare(
                query,
                "SELECT count(*) FROM code_repositories r LEFT JOIN code_states s"
                " ON s.repository_id = r.id WHERE s.churn_head IS NULL AND" QUERY_IS_ASKED,
                error);

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        json_object_set_boolean_member(answer, "churn_counted", statement_int(row, 0) == 0);
        return true;
}

bool query_hot_spots(const Query *query, JsonObject *answer, GError **error)
{
        g_autoptr(JsonArray) rows = json_array_new();

        if (!add_counted(query, answer, error))
                return false;
        Statement *row = query_prepare(query, HOT_SPOTS, error);
        StepResult step;
        bool cut = false;

        if (!row)
                return false;
        statement_bind_int(row, ":limit", (int64_t)query->limit + 1);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                cut = json_array_get_length(rows) == query->limit;
                if (cut)
                        break;
                JsonObject *object = json_object_new();

                json_set_string(object, "module", statement_text(row, 0));
                json_set_string(object, "repository_id", statement_text(row, 1));
                json_object_set_int_member(object, "fan_in", statement_int(row, 2));
                json_object_set_int_member(object, "churn", statement_int(row, 3));
                json_object_set_int_member(object, "lines", statement_int(row, 4));
                json_object_set_int_member(object, "symbols", statement_int(row, 5));
                json_object_set_int_member(object, "score", statement_int(row, 6));
                json_array_add_object_element(rows, object);
        }
        if (step == STEP_ERROR)
                return false;
        json_object_set_boolean_member(answer, "cut", cut);
        query_set_rows(query, answer, g_steal_pointer(&rows), NULL);
        return true;
}
