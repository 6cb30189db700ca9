/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who calls or refers to a symbol, and what it calls: one step, in pages; or several, at once. */
#include "code/link.h"
#include "code/query.h"
#include "syntax/unit.h"

#define EDGE_COLUMNS                                                                               \
        "e.id, e.kind, e.class, e.line, e.column, m.path, r.id, y.hash,"                           \
        " coalesce(y.qualified_name, y.name), y.id"
#define EDGE_OF_MODULE " CROSS JOIN code_modules m ON m.id = e.id >> 20" QUERY_OF_MODULE
/* The symbol in which the edge begins; that in which it ends. */
#define WITH_SOURCE " LEFT JOIN code_symbols y ON y.id = e.id >> 20 << 20 | e.source"
#define WITH_TARGET                                                                                \
        " LEFT JOIN code_symbols y ON y.id = e.target"                                             \
        " LEFT JOIN code_modules t ON t.id = e.target >> 20"

#define NO_WORD "" /* numbers of a newer version */

/* What an edge tells beside where it leads. */
static JsonObject *edge_row(Statement *row)
{
        JsonObject *object = json_object_new();

        json_set_string(object, "module", statement_text(row, 5));
        json_set_string(object, "repository_id", statement_text(row, 6));
        json_object_set_int_member(object, "line", statement_int(row, 3));
        json_object_set_int_member(object, "column", statement_int(row, 4));
        json_set_string(object, "relationship",
                        unit_site_to_string((UnitSiteKind)statement_int(row, 1)) ?: NO_WORD);
        json_set_string(object, "resolution",
                        link_class_to_string((LinkClass)statement_int(row, 2)) ?: NO_WORD);
        return object;
}

static JsonObject *source_row(Statement *row)
{
        JsonObject *object = edge_row(row);

        json_set_string(object, "caller_symbol", statement_text(row, 8));
        query_set_symbol_id(object, "caller_id", row, 7);
        return object;
}

static JsonObject *target_row(Statement *row)
{
        JsonObject *object = edge_row(row);

        json_set_string(object, "callee_symbol", statement_text(row, 8) ?: statement_text(row, 10));
        query_set_symbol_id(object, "callee_id", row, 7);
        json_set_string(object, "callee_module", statement_text(row, 11));
        if (statement_is_null(row, 12))
                json_object_set_null_member(object, "callee_line");
        else
                json_object_set_int_member(object, "callee_line", statement_int(row, 12));
        return object;
}

/* ---- one step ---- */

/* Several symbols that are one thing are told as JSON; most are alone, and then come in order without sorting. */
#define OF_TARGET(symbol)                                                                          \
        "SELECT " EDGE_COLUMNS " FROM code_edges e" EDGE_OF_MODULE WITH_SOURCE                     \
        " WHERE e.target " symbol " AND (:kind = 0 OR e.kind = :kind) AND e.id > :after"           \
        " AND (:tests = 1 OR m.kind <> 'test') ORDER BY e.id LIMIT :limit"
#define OF_SOURCE(from, symbol)                                                                    \
        "SELECT " EDGE_COLUMNS ", e.name, t.path, y.first_line FROM " from                         \
        "code_edges e" EDGE_OF_MODULE WITH_TARGET " WHERE e.id > :after AND e.id >= " symbol       \
        " >> 20 << 20"                                                                             \
        " AND e.id < (" symbol " >> 20) + 1 << 20 AND e.source = " symbol " & 1048575"             \
        " AND (:kind = 0 OR e.kind = :kind) AND :tests >= 0 ORDER BY e.id LIMIT :limit"

typedef struct Direction {
        const char *of_one, *of_several;
        JsonObject *(*row)(Statement *row);
} Direction;

static const Direction to_symbol = {
        OF_TARGET("= :symbol"),
        OF_TARGET("IN (SELECT value FROM json_each(:symbols))"),
        source_row,
};
static const Direction from_symbol = {
        OF_SOURCE("", ":symbol"),
        OF_SOURCE("json_each(:symbols) x CROSS JOIN ", "x.value"),
        target_row,
};

static char *as_json(const GArray *symbols)
{
        GString *json = g_string_new("[");

        for (unsigned i = 0; i < symbols->len; i++)
                g_string_append_printf(json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                                       g_array_index(symbols, int64_t, i));
        return g_string_free(g_string_append_c(json, ']'), FALSE);
}

/* The edges of a symbol and of what is one thing with it. */
static Statement *prepare_step(const Query *query, const Direction *direction,
                               const GArray *symbols, UnitSiteKind kind, GError **error)
{
        bool one = symbols->len == 1;
        g_autofree char *json = one ? NULL : as_json(symbols);
        Statement *row =
                query_prepare(query, one ? direction->of_one : direction->of_several, error);

        if (!row)
                return NULL;
        if (one)
                statement_bind_int(row, ":symbol", g_array_index(symbols, int64_t, 0));
        else
                statement_bind_text(row, ":symbols", json);
        statement_bind_int(row, ":kind", kind);
        statement_bind_int(row, ":after", 0);
        statement_bind_int(row, ":tests", json_member_bool(query->args, "include_tests", true));
        return row;
}

static bool read_page(const Query *query, const Direction *direction, Statement *row,
                      JsonObject *answer, GError **error)
{
        g_autoptr(JsonArray) rows = json_array_new();
        g_autofree char *key = NULL;
        int64_t last = 0;
        StepResult step;

        while ((step = statement_step(row, error)) == STEP_ROW) {
                if (json_array_get_length(rows) == query->limit) {
                        key = g_strdup_printf("%" G_GINT64_FORMAT, last);
                        break;
                }
                JsonObject *object = direction->row(row);
                json_object_set_int_member(object, "depth", 1);
                last = statement_int(row, 0);
                json_array_add_object_element(rows, object);
        }
        if (step == STEP_ERROR)
                return false;
        query_set_rows(query, answer, g_steal_pointer(&rows), key);
        return true;
}

static bool one_step(const Query *query, const Direction *direction, UnitSiteKind kind,
                     JsonObject *answer, GError **error)
{
        g_autofree char *key = query_cursor_key(query, error);
        int64_t symbol;

        if (!key || !query_find_symbol(query, "", &symbol, error))
                return false;
        g_autoptr(GArray) symbols = query_same(query, symbol, error);
        Statement *row = symbols ? prepare_step(query, direction, symbols, kind, error) : NULL;
        if (!row)
                return false;
        statement_bind_int(row, ":after", g_ascii_strtoll(key, NULL, 10));
        statement_bind_int(row, ":limit", (int64_t)query->limit + 1);
        return read_page(query, direction, row, answer, error);
}

/* ---- several ---- */

typedef struct Walk {
        const Query *query;
        const Direction *direction;
        UnitSiteKind kind;
        GHashTable *met;         /* symbols, int64_t * */
        GHashTable *followed;    /* likewise, with what is one thing with them */
        GArray *frontier, *next; /* of int64_t */
        JsonArray *rows;
        int depth;
        bool cut;
} Walk;

/* Was it met before? Notes that it is now. */
static bool meet(GHashTable *met, int64_t symbol)
{
        int64_t *key = g_new(int64_t, 1);

        *key = symbol;
        return g_hash_table_add(met, key);
}

static bool walk_from(Walk *walk, int64_t symbol, GError **error)
{
        g_autoptr(GArray) symbols = query_same(walk->query, symbol, error);
        Statement *row =
                symbols ? prepare_step(walk->query, walk->direction, symbols, walk->kind, error)
                        : NULL;
        StepResult step;

        if (!row)
                return false;
        for (unsigned i = 0; i < symbols->len; i++)
                (void)meet(walk->followed, g_array_index(symbols, int64_t, i));
        statement_bind_int(row, ":limit", (int64_t)walk->query->limit + 1);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                if (json_array_get_length(walk->rows) >= walk->query->limit ||
                    g_hash_table_size(walk->met) >= QUERY_WALK_SYMBOLS_MAX) {
                        walk->cut = true;
                        return true;
                }
                JsonObject *object = walk->direction->row(row);
                json_object_set_int_member(object, "depth", walk->depth);
                json_array_add_object_element(walk->rows, object);
                if (statement_is_null(row, 9))
                        continue;
                int64_t found = statement_int(row, 9);
                if (meet(walk->met, found))
                        g_array_append_val(walk->next, found);
        }
        return step == STEP_DONE;
}

static bool walk_level(Walk *walk, GError **error)
{
        GArray *swap = walk->frontier;

        g_array_set_size(walk->next, 0);
        for (unsigned i = 0; i < walk->frontier->len && !walk->cut; i++) {
                int64_t symbol = g_array_index(walk->frontier, int64_t, i);

                if (!g_hash_table_contains(walk->followed, &symbol) &&
                    !walk_from(walk, symbol, error))
                        return false;
        }
        walk->frontier = walk->next;
        walk->next = swap;
        return true;
}

static bool several_steps(const Query *query, const Direction *direction, int depth,
                          JsonObject *answer, GError **error)
{
        g_autoptr(JsonArray) rows = json_array_new();
        int64_t symbol;
        bool ok = true;

        if (!query_find_symbol(query, "", &symbol, error))
                return false;
        Walk walk = {.query = query,
                     .direction = direction,
                     .kind = UNIT_SITE_CALLS,
                     .met = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                     .followed = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                     .frontier = g_array_new(FALSE, FALSE, sizeof(int64_t)),
                     .next = g_array_new(FALSE, FALSE, sizeof(int64_t)),
                     .rows = rows};
        (void)meet(walk.met, symbol);
        g_array_append_val(walk.frontier, symbol);
        for (walk.depth = 1; ok && walk.depth <= depth && !walk.cut; walk.depth++)
                ok = walk_level(&walk, error);
        g_hash_table_unref(walk.met);
        g_hash_table_unref(walk.followed);
        g_array_unref(walk.frontier);
        g_array_unref(walk.next);
        if (!ok)
                return false;
        query_set_rows(query, answer, g_steal_pointer(&rows), NULL);
        json_object_set_boolean_member(answer, "cut", walk.cut);
        return true;
}

static bool calls(const Query *query, const Direction *direction, JsonObject *answer,
                  GError **error)
{
        int depth = (int)json_member_int(query->args, "depth", 1);

        return depth > 1 ? several_steps(query, direction, depth, answer, error)
                         : one_step(query, direction, UNIT_SITE_CALLS, answer, error);
}

bool query_callers(const Query *query, JsonObject *answer, GError **error)
{
        return calls(query, &to_symbol, answer, error);
}

bool query_callees(const Query *query, JsonObject *answer, GError **error)
{
        return calls(query, &from_symbol, answer, error);
}

bool query_references(const Query *query, JsonObject *answer, GError **error)
{
        return one_step(query, &to_symbol, 0, answer, error);
}

/* ---- a way ---- */

typedef struct Way {
        const Query *query;
        GHashTable *from; /* symbol → the one it was reached from, both int64_t * */
        GArray *frontier, *next;
        const GArray *ends; /* where it leads, and what is one thing with that */
        int64_t to;
        bool found, cut;
} Way;

#define WAY                                                                                        \
        "SELECT DISTINCT e.target FROM json_each(:symbols) x CROSS JOIN code_edges e"              \
        " ON e.id >= x.value >> 20 << 20 AND e.id < (x.value >> 20) + 1 << 20"                     \
        " AND e.source = x.value & 1048575 AND e.kind = :kind AND e.target IS NOT NULL"

static bool is_end(const Way *way, int64_t symbol)
{
        for (unsigned i = 0; i < way->ends->len; i++)
                if (g_array_index(way->ends, int64_t, i) == symbol)
                        return true;
        return false;
}

static void reach(Way *way, int64_t symbol, int64_t from)
{
        bool end = is_end(way, symbol);
        int64_t *key, *value;

        if (end)
                symbol = way->to;
        if (g_hash_table_contains(way->from, &symbol))
                return;
        key = g_new(int64_t, 1);
        value = g_new(int64_t, 1);
        *key = symbol;
        *value = from;
        g_hash_table_insert(way->from, key, value);
        g_array_append_val(way->next, symbol);
        way->found |= end;
}

static bool reach_from(Way *way, int64_t symbol, GError **error)
{
        g_autoptr(GArray) symbols = query_same(way->query, symbol, error);
        g_autofree char *json = symbols ? as_json(symbols) : NULL;
        Statement *row = json ? db_statement(way->query->db, WAY, error) : NULL;
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":symbols", json);
        statement_bind_int(row, ":kind", UNIT_SITE_CALLS);
        while ((step = statement_step(row, error)) == STEP_ROW && !way->found)
                reach(way, statement_int(row, 0), symbol);
        way->cut = g_hash_table_size(way->from) >= QUERY_WALK_SYMBOLS_MAX;
        return step != STEP_ERROR;
}

static bool search(Way *way, GError **error)
{
        for (int depth = 0; !way->found && !way->cut && way->next->len > 0; depth++) {
                GArray *swap = way->frontier;

                way->frontier = way->next;
                way->next = swap;
                g_array_set_size(way->next, 0);
                for (unsigned i = 0; i < way->frontier->len && !way->found && !way->cut; i++)
                        if (!reach_from(way, g_array_index(way->frontier, int64_t, i), error))
                                return false;
        }
        return true;
}

static bool add_symbol(const Query *query, int64_t symbol, JsonArray *rows, GError **error)
{
        Statement *row = query_prepare(query,
                                       "SELECT " QUERY_SYMBOL_COLUMNS
                                       " FROM code_symbols y" QUERY_OF_SYMBOL " WHERE y.id = :id",
                                       error);

        if (!row)
                return false;
        statement_bind_int(row, ":id", symbol);
        StepResult step = statement_step(row, error);
        if (step == STEP_ROW)
                json_array_add_object_element(rows, query_symbol_row(row));
        return step != STEP_ERROR;
}

/* The symbols on the way, from the first to the last. */
static bool add_way(const Way *way, int64_t from, JsonArray *rows, GError **error)
{
        g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(int64_t));
        int64_t at = way->to;

        g_array_append_val(back, at);
        while (at != from) {
                at = *(const int64_t *)g_hash_table_lookup(way->from, &at);
                g_array_append_val(back, at);
        }
        for (unsigned i = back->len; i-- > 0;)
                if (!add_symbol(way->query, g_array_index(back, int64_t, i), rows, error))
                        return false;
        return true;
}

bool query_path(const Query *query, JsonObject *answer, GError **error)
{
        g_autoptr(JsonArray) rows = json_array_new();
        int64_t from, to;

        if (!query_find_symbol(query, "", &from, error) ||
            !query_find_symbol(query, "to_", &to, error))
                return false;
        g_autoptr(GArray) ends = query_same(query, to, error);
        if (!ends)
                return false;
        Way way = {.query = query,
                   .from = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
                   .frontier = g_array_new(FALSE, FALSE, sizeof(int64_t)),
                   .next = g_array_new(FALSE, FALSE, sizeof(int64_t)),
                   .ends = ends,
                   .to = to};
        reach(&way, from, from);
        bool ok = search(&way, error) && (!way.found || add_way(&way, from, rows, error));
        g_hash_table_unref(way.from);
        g_array_unref(way.frontier);
        g_array_unref(way.next);
        if (!ok)
                return false;
        query_set_rows(query, answer, g_steal_pointer(&rows), NULL);
        json_object_set_boolean_member(answer, "cut", way.cut);
        return true;
}
