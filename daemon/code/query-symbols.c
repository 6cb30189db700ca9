/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding symbols by name: as it is written, as it begins, or about so; and what a module exports. */
#include "code/query.h"

#include <string.h>

#include "syntax/unit.h"

/* ---- what is asked for ---- */

typedef struct Wanted {
        const char *name;
        int kind; /* UnitKind, 0: any */
        bool exported_only, no_tests;
        const char *language, *module; /* or NULL; module: a path, or a folder */
} Wanted;

static bool read_wanted(const Query *query, Wanted *ret, GError **error)
{
        const char *kind = args_string(query->args, "symbol_kind");

        *ret = (Wanted){.name = args_string(query->args, "name"),
                        .exported_only = json_member_bool(query->args, "exported_only", false),
                        .no_tests = !json_member_bool(query->args, "include_tests", true),
                        .language = args_string(query->args, "language"),
                        .module = args_string(query->args, "module")};
        for (int i = 1; kind && i < UNIT_PARAMETER; i++)
                if (g_str_equal(unit_kind_to_string((UnitKind)i), kind))
                        ret->kind = i;
        if (!kind || ret->kind)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "symbol_kind is \"%s\", which is no kind of symbol", kind);
        return false;
}

#define WANTED                                                                                     \
        " AND (:kind = 0 OR y.kind = :kind) AND (:flags = 0 OR y.flags & :flags = :flags)"         \
        " AND (:tests = 1 OR (m.kind <> 'test' AND y.flags & :test = 0))"                          \
        " AND (:language IS NULL OR m.language = :language)"                                       \
        " AND (:module IS NULL OR m.path = :module OR m.folder = :module"                          \
        " OR substr(m.folder, 1, length(:module) + 1) = :module || '/')"

static void bind_wanted(Statement *row, const Wanted *wanted)
{
        statement_bind_int(row, ":kind", wanted->kind);
        statement_bind_int(row, ":flags", wanted->exported_only ? UNIT_EXPORTED : 0);
        statement_bind_int(row, ":tests", !wanted->no_tests);
        statement_bind_int(row, ":test", UNIT_TEST);
        statement_bind_text(row, ":language", wanted->language);
        statement_bind_text(row, ":module", wanted->module);
}

/* Reads rows up to the limit; *ret_more: there are others behind the last, whose number is *ret_last. */
static bool read_rows(const Query *query, Statement *row, JsonArray *rows, bool *ret_more,
                      int64_t *ret_last, GError **error)
{
        StepResult step;

        *ret_more = false;
        while ((step = statement_step(row, error)) == STEP_ROW) {
                if (json_array_get_length(rows) == query->limit) {
                        *ret_more = true;
                        return true;
                }
                *ret_last = statement_int(row, 12);
                json_array_add_object_element(rows, query_symbol_row(row));
        }
        return step == STEP_DONE;
}

/* ---- exact, all of a module, all ---- */

#define BY_NAME                                                                                    \
        "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_symbols y" QUERY_OF_SYMBOL                      \
        " WHERE y.name = :last COLLATE NOCASE AND (:nocase = 1 OR y.name = :last)"                 \
        " AND " QUERY_IS_QUALIFIED " AND y.id > :after" WANTED " ORDER BY y.id LIMIT :limit"
#define WITHOUT_NAME                                                                               \
        "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_symbols y" QUERY_OF_SYMBOL                      \
        " WHERE y.id > :after" WANTED " ORDER BY y.id LIMIT :limit"
#define OF_FILES                                                                                   \
        "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_modules m" QUERY_OF_MODULE                      \
        " CROSS JOIN code_symbols y ON y.id >= m.id << 20 AND y.id < m.id + 1 << 20"               \
        " WHERE y.id > :after AND :file = 0" WANTED " ORDER BY y.id LIMIT :limit"
#define OF_FILE                                                                                    \
        "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_symbols y" QUERY_OF_SYMBOL                      \
        " WHERE y.id > :after AND y.id >= :file << 20 AND y.id < :file + 1 << 20" WANTED           \
        " ORDER BY y.id LIMIT :limit"

/* The statement for what is asked, with what only it has bound. */
static Statement *prepare_exact(const Query *query, const Wanted *wanted, bool nocase,
                                GError **error)
{
        uint32_t file = 0;
        const char *sql = wanted->name ? BY_NAME : WITHOUT_NAME;
        bool in = !wanted->name && wanted->module;

        if (in)
                sql = query_find_module(query, &file, NULL) ? OF_FILE : OF_FILES;
        Statement *row = query_prepare(query, sql, error);
        if (row && in)
                statement_bind_int(row, ":file", file);
        if (row && wanted->name) {
                query_bind_qualified(row, wanted->name);
                statement_bind_int(row, ":nocase", nocase);
        }
        return row;
}

/* before the number of the last row in the key of a cursor: nobody writes the name so, and case does not count */
#define NOCASE_MARK '~'

static bool read_exact(const Query *query, const Wanted *wanted, bool nocase, JsonObject *answer,
                       GError **error)
{
        g_autofree char *key = query_cursor_key(query, error);
        g_autoptr(JsonArray) rows = json_array_new();
        int64_t last_id = 0;
        bool more, marked = key && *key == NOCASE_MARK;
        Statement *row = key ? prepare_exact(query, wanted, nocase || marked, error) : NULL;

        if (!row)
                return false;
        statement_bind_int(row, ":after", g_ascii_strtoll(key + marked, NULL, 10));
        bind_wanted(row, wanted);
        statement_bind_int(row, ":limit", (int64_t)query->limit + 1);
        if (!read_rows(query, row, rows, &more, &last_id, error))
                return false;
        if (!nocase && wanted->name && !*key && json_array_get_length(rows) == 0)
                return read_exact(query, wanted, /* nocase= */ true, answer, error);
        const char mark[] = {NOCASE_MARK, '\0'};
        g_autofree char *next =
                more ? g_strdup_printf("%s%" G_GINT64_FORMAT, nocase || marked ? mark : "", last_id)
                     : NULL;
        query_set_rows(query, answer, g_steal_pointer(&rows), next);
        return true;
}

/* ---- prefix ---- */

/* The first text that no text with this prefix comes before, in the order of NOCASE. */
static char *after_prefix(const char *prefix)
{
        char *end = g_ascii_strdown(prefix, -1);
        size_t length = strlen(end);

        if (length > 0)
                end[length - 1] = (char)((unsigned char)end[length - 1] + 1);
        return end;
}

/* "name\nid" of the last row. */
static bool split_key(char *key, const char **ret_name, int64_t *ret_id, GError **error)
{
        char *feed = strrchr(key, '\n');

        *ret_name = key;
        *ret_id = 0;
        if (!*key)
                return true;
        if (!feed) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                                    "after: the cursor is damaged");
                return false;
        }
        *feed = '\0';
        *ret_id = g_ascii_strtoll(feed + 1, NULL, 10);
        return true;
}

static bool read_prefix(const Query *query, const Wanted *wanted, JsonObject *answer,
                        GError **error)
{
        g_autofree char *key = query_cursor_key(query, error);
        g_autofree char *end = after_prefix(wanted->name);
        g_autoptr(JsonArray) rows = json_array_new();
        const char *after;
        int64_t after_id, last_id = 0;
        bool more;
        Statement *row;

        if (!key || !split_key(key, &after, &after_id, error))
                return false;
        row = query_prepare(query,
                            "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_symbols y" QUERY_OF_SYMBOL
                            " WHERE y.name >= :from COLLATE NOCASE AND y.name < :end COLLATE NOCASE"
                            " AND (y.name > :from COLLATE NOCASE OR y.id > :after)" WANTED
                            " ORDER BY y.name COLLATE NOCASE, y.id LIMIT :limit",
                            error);
        if (!row)
                return false;
        statement_bind_text(row, ":from", *after ? after : wanted->name);
        statement_bind_text(row, ":end", end);
        statement_bind_int(row, ":after", after_id);
        bind_wanted(row, wanted);
        statement_bind_int(row, ":limit", (int64_t)query->limit + 1);
        if (!read_rows(query, row, rows, &more, &last_id, error))
                return false;
        g_autofree char *next = NULL;
        if (more) {
                JsonObject *last = json_array_get_object_element(rows, query->limit - 1);
                next = g_strdup_printf("%s\n%" G_GINT64_FORMAT,
                                       json_member_string(last, "name", ""), last_id);
        }
        query_set_rows(query, answer, g_steal_pointer(&rows), next);
        return true;
}

/* ---- fuzzy ---- */

typedef struct Likeness {
        int score; /* the lower the nearer */
        char *name;
} Likeness;

static void likeness_clear(void *data)
{
        g_free(((Likeness *)data)->name);
}

static bool is_hump(const char *name, size_t at)
{
        return at == 0 || name[at - 1] == '_' ||
               (g_ascii_isupper(name[at]) && !g_ascii_isupper(name[at - 1]));
}

/* Are the letters of wanted in name, in this order? Then how far they are from standing together at humps; else -1. */
static int scattered(const char *wanted, const char *name)
{
        size_t at = 0;
        int cost = 0;

        for (; *wanted; wanted++) {
                size_t from = at;

                while (name[at] && g_ascii_tolower(name[at]) != g_ascii_tolower(*wanted))
                        at++;
                if (!name[at])
                        return -1;
                if (at > from)
                        cost += is_hump(name, at) ? 1 : 3;
                at++;
        }
        return cost;
}

#define LIKE_INSIDE    100 /* the name has it in it */
#define LIKE_SCATTERED 200 /* … letter by letter */
#define LIKE_DISTANCE  300 /* some letters differ */
#define LIKE_TYPOS_MAX 3

/* How like a name is to what is wanted (in small letters); -1: not at all. */
static int likeness(const char *wanted, const char *name)
{
        size_t length = strlen(name), least = strlen(wanted);
        g_autofree char *lower = length <= QUERY_NAME_CHARS_MAX ? g_ascii_strdown(name, -1) : NULL;
        unsigned most = (unsigned)MIN(LIKE_TYPOS_MAX, least / 3), distance;
        int cost;

        if (!lower)
                return -1;
        const char *at = strstr(lower, wanted);
        if (at)
                return (at == lower ? 0 : LIKE_INSIDE) + (int)MIN(length - least, 90);
        cost = least >= 3 ? scattered(wanted, name) : -1;
        if (cost >= 0 && cost <= (int)least)
                return LIKE_SCATTERED + MIN(cost, 90);
        distance = most > 0 ? text_distance(wanted, lower, most) : 1;
        return distance <= most ? LIKE_DISTANCE + (int)distance : -1;
}

static int compare_likeness(const void *a, const void *b)
{
        const Likeness *x = a, *y = b;

        if (x->score != y->score)
                return x->score < y->score ? -1 : 1;
        return strcmp(x->name, y->name);
}

/* Names that are like the one wanted, the nearest first. */
static GArray *list_like(const Query *query, const char *wanted, GError **error)
{
        g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Likeness));
        g_autofree char *lower = g_ascii_strdown(wanted, -1);
        Statement *row = db_statement(query->db,
                                      "SELECT DISTINCT name COLLATE NOCASE FROM code_symbols"
                                      " ORDER BY name COLLATE NOCASE LIMIT :limit",
                                      error);
        StepResult step;

        g_array_set_clear_func(list, likeness_clear);
        if (!row)
                return NULL;
        statement_bind_int(row, ":limit", QUERY_FUZZY_NAMES_MAX);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                Likeness like = {likeness(lower, statement_text(row, 0)), NULL};

                if (like.score < 0)
                        continue;
                like.name = g_strdup(statement_text(row, 0));
                g_array_append_val(list, like);
        }
        g_array_sort(list, compare_likeness);
        return step == STEP_ERROR ? NULL : g_steal_pointer(&list);
}

#define LIKE_NAME                                                                                  \
        "SELECT " QUERY_SYMBOL_COLUMNS " FROM code_symbols y" QUERY_OF_SYMBOL                      \
        " WHERE y.name = :last COLLATE NOCASE AND (:within IS NULL"                                \
        " OR instr(lower(replace(y.qualified_name, '::', '.')), :within) > 0)" WANTED              \
        " ORDER BY y.id LIMIT :limit"

typedef struct Alike {
        GArray *names;
        const char *within; /* what stands somewhere before the name, or NULL */
        JsonArray *rows;
        bool more;
} Alike;

/* The symbols of these names. */
static bool read_alike(const Query *query, const Wanted *wanted, Alike *alike, GError **error)
{
        int64_t last;

        alike->more = false;
        for (unsigned i = 0; i < alike->names->len && !alike->more; i++) {
                Statement *row = query_prepare(query, LIKE_NAME, error);

                if (!row)
                        return false;
                statement_bind_text(row, ":last", g_array_index(alike->names, Likeness, i).name);
                statement_bind_text(row, ":within", alike->within);
                bind_wanted(row, wanted);
                statement_bind_int(row, ":limit", (int64_t)query->limit + 1);
                if (!read_rows(query, row, alike->rows, &alike->more, &last, error))
                        return false;
        }
        return true;
}

/* "gate." of "Gate.open" and of "Gate::open"; NULL: the name is not qualified. */
static char *qualifier_of(const char *name)
{
        const char *last = query_last_part(name);
        g_autofree char *before = g_strndup(name, (gsize)(last - name));
        g_auto(GStrv) parts = g_strsplit(before, "::", -1);
        g_autofree char *dotted = g_strjoinv(".", parts);

        return last == name ? NULL : g_ascii_strdown(dotted, -1);
}

/* Of a qualified name the last part is what is alike; those that stand in what was said go before any other. */
static bool read_fuzzy(const Query *query, const Wanted *wanted, JsonObject *answer, GError **error)
{
        g_autofree char *within = qualifier_of(wanted->name);
        g_autoptr(GArray) names = list_like(query, query_last_part(wanted->name), error);
        g_autoptr(JsonArray) rows = json_array_new();
        Alike alike = {names, within, rows, false};

        if (!names || !read_alike(query, wanted, &alike, error))
                return false;
        alike.within = NULL;
        if (within && json_array_get_length(rows) == 0 && !read_alike(query, wanted, &alike, error))
                return false;
        json_object_set_boolean_member(answer, "cut", alike.more);
        query_set_rows(query, answer, g_steal_pointer(&rows), NULL);
        return true;
}

bool query_symbols(const Query *query, JsonObject *answer, GError **error)
{
        const char *match = json_member_string(query->args, "match", "exact");
        Wanted wanted;

        if (!read_wanted(query, &wanted, error))
                return false;
        if (!wanted.name && !g_str_equal(match, "exact")) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "match %s needs name",
                            match);
                return false;
        }
        if (wanted.name && g_str_equal(match, "prefix"))
                return read_prefix(query, &wanted, answer, error);
        if (wanted.name && g_str_equal(match, "fuzzy"))
                return read_fuzzy(query, &wanted, answer, error);
        return read_exact(query, &wanted, /* nocase= */ false, answer, error);
}
