/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements over the documented views: joins, aggregates, common table expressions, windows, order by what is not unique,
 * limits and offsets. Whatever is not in an order that the statement gives is compared as it comes. */
#include "scope/draw.h"

#define CHANCE(draw, percent) (g_rand_int_range((draw)->rand, 0, 100) < (percent))
#define RANGE(draw, from, to) g_rand_int_range((draw)->rand, from, to)
#define ONE_OF(draw, list)    (list)[RANGE(draw, 0, G_N_ELEMENTS(list))]

static JsonObject *draw_view(Draw *draw)
{
        return json_array_get_object_element(
                draw->sql_views,
                (unsigned)RANGE(draw, 0, (int)json_array_get_length(draw->sql_views)));
}

static const char *name_of(JsonObject *object)
{
        return json_object_get_string_member(object, "name");
}

/* A column, as alias.column. */
static char *draw_column(Draw *draw, JsonObject *view, const char *alias)
{
        static const char *const wrong[] = {"rowid", "oid", "_rowid_", "rank", "nothing"};
        JsonArray *columns = json_object_get_array_member(view, "columns");
        const char *name =
                CHANCE(draw, 2)
                        ? ONE_OF(draw, wrong)
                        : name_of(json_array_get_object_element(
                                  columns,
                                  (unsigned)RANGE(draw, 0, (int)json_array_get_length(columns))));

        return g_strdup_printf("%s.%s", alias, name);
}

static char *quoted(const char *text)
{
        g_auto(GStrv) parts = g_strsplit(text, "'", 0);
        g_autofree char *doubled = g_strjoinv("''", parts);

        return g_strdup_printf("'%s'", doubled);
}

static char *draw_literal(Draw *draw)
{
        static const char *const kinds[] = {
                "ent",       "doc",      "fact",   "name", "seen-ent", "seen-name",   "type",
                "predicate", "seen-doc", "object", "repo", "symbol",   "symbol-name", "module"};
        const Pair *pair = draw_pair(draw, ONE_OF(draw, kinds));

        if (CHANCE(draw, 15))
                return g_strdup_printf("%d", RANGE(draw, -2, 2000));
        return pair ? quoted(pair->text[0]) : g_strdup("NULL");
}

static char *draw_condition(Draw *draw, JsonObject *view, const char *alias)
{
        static const char *const operators[] = {"=", "<", ">=", "<>", "IS", "LIKE", "GLOB"};
        g_autofree char *column = draw_column(draw, view, alias);
        g_autofree char *value = draw_literal(draw), *second = draw_literal(draw);

        switch (RANGE(draw, 0, 6)) {
        case 0:
                return g_strdup_printf("%s IN (%s, %s)", column, value, second);
        case 1:
                return g_strdup_printf("%s IS %sNULL", column, CHANCE(draw, 50) ? "NOT " : "");
        case 2:
                return g_strdup_printf("length(%s) > %d", column, RANGE(draw, 0, 40));
        default:
                return g_strdup_printf("%s %s %s", column, ONE_OF(draw, operators), value);
        }
}

static const char *const aggregates[] = {
        "count(*)",  "count(DISTINCT %s)",  "max(%s)", "min(%s)", "group_concat(%s)",
        "total(%s)", "json_group_array(%s)"};

static char *draw_expression(Draw *draw, const char *column)
{
        static const char *const shapes[] = {
                "%s", "%s", "%s", "upper(%s)", "typeof(%s)", "substr(%s, 1, 9)", "coalesce(%s, 0)"};
        const char *shape = ONE_OF(draw, shapes);
        g_auto(GStrv) parts = g_strsplit(shape, "%s", 0);

        return g_strjoinv(column, parts);
}

static char *draw_aggregate(Draw *draw, const char *column)
{
        g_auto(GStrv) parts = g_strsplit(ONE_OF(draw, aggregates), "%s", 0);

        return g_strjoinv(column, parts);
}

/* FROM with one or two views; alias a is the first. */
static char *draw_from(Draw *draw, JsonObject *first)
{
        static const char *const joins[] = {"JOIN", "LEFT JOIN", "CROSS JOIN"};
        JsonObject *second = draw_view(draw);
        g_autofree char *left = draw_column(draw, first, "a");
        g_autofree char *right = draw_column(draw, second, "b");

        if (CHANCE(draw, 55))
                return g_strdup_printf("%s a", name_of(first));
        if (CHANCE(draw, 50) && name_of(first)[0] == 'f')
                return g_strdup("facts a JOIN entities b ON b.id = a.object");
        return g_strdup_printf("%s a %s %s b ON %s = %s", name_of(first), ONE_OF(draw, joins),
                               name_of(second), left, right);
}

static void add_tail(Draw *draw, GString *sql)
{
        if (CHANCE(draw, 50))
                g_string_append_printf(sql, " ORDER BY %d%s", RANGE(draw, 1, 3),
                                       CHANCE(draw, 50) ? " DESC" : "");
        if (CHANCE(draw, 40))
                g_string_append_printf(sql, " LIMIT %d", RANGE(draw, 0, 12));
        if (g_str_has_suffix(sql->str, "2") && CHANCE(draw, 50))
                g_string_append_printf(sql, " OFFSET %d", RANGE(draw, 0, 5));
}

static char *draw_select(Draw *draw)
{
        JsonObject *view = draw_view(draw);
        g_autofree char *one = draw_column(draw, view, "a"), *two = draw_column(draw, view, "a");
        g_autofree char *from = draw_from(draw, view);
        g_autofree char *condition = draw_condition(draw, view, "a");
        g_autofree char *first = draw_expression(draw, one);
        g_autofree char *aggregate = draw_aggregate(draw, two);
        GString *sql = g_string_new(NULL);

        if (CHANCE(draw, 25))
                g_string_printf(sql, "SELECT %s AS x, %s AS y FROM %s WHERE %s GROUP BY 1", first,
                                aggregate, from, condition);
        else if (CHANCE(draw, 20))
                g_string_printf(sql, "SELECT %s AS x, 1 AS y FROM %s", aggregate, from);
        else if (CHANCE(draw, 15))
                g_string_printf(sql,
                                "SELECT %s AS x, row_number() OVER (PARTITION BY %s) AS y FROM %s",
                                first, two, from);
        else if (CHANCE(draw, 10))
                g_string_printf(sql, "SELECT DISTINCT %s AS x, 2 AS y FROM %s", first, from);
        else
                g_string_printf(sql, "SELECT %s AS x, %s AS y FROM %s WHERE %s", first, two, from,
                                CHANCE(draw, 50) ? "1" : condition);
        add_tail(draw, sql);
        return g_string_free(sql, FALSE);
}

char *draw_sql(Draw *draw)
{
        static const char *const fixed[] = {
                "SELECT * FROM entities",
                "SELECT * FROM facts LIMIT 40",
                "SELECT * FROM observations ORDER BY recorded_at LIMIT 20",
                "SELECT * FROM contradictions",
                "SELECT * FROM derivations LIMIT 50",
                "SELECT * FROM documents",
                "SELECT count(*) FROM facts, entities",
                "SELECT rowid FROM facts",
                "SELECT * FROM roots",
                "SELECT * FROM mutations",
                "WITH facts AS (SELECT * FROM main.mutations) SELECT * FROM facts",
                "SELECT 1 FROM mutations",
                "SELECT object_name, count(*) FROM facts GROUP BY 1",
                "SELECT changes(), last_insert_rowid()",
        };
        g_autofree char *select = draw_select(draw), *second = draw_select(draw);

        if (CHANCE(draw, 10))
                return g_strdup(ONE_OF(draw, fixed));
        if (CHANCE(draw, 10))
                return g_strdup_printf("SELECT count(*), max(x) FROM (%s)", select);
        if (CHANCE(draw, 10))
                return g_strdup_printf(
                        "WITH t AS (%s), u AS (%s) SELECT t.x, u.y FROM t, u LIMIT 30", select,
                        second);
        if (CHANCE(draw, 5))
                return g_strdup_printf("SELECT * FROM (%s) UNION SELECT * FROM (%s)", select,
                                       second);
        return g_steal_pointer(&select);
}
