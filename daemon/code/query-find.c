/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which symbol and which file a question is about; where it cannot be told, what the asker can say instead. */
#include <string.h>

#include "code/query.h"
#include "syntax/unit.h"

#define FIND_LOOKED_MAX 1000 /* symbols of one name that are looked at */

typedef struct Candidate {
        int64_t id;
        bool bodiless, whole; /* whole: its qualified name is the one asked for */
        char *place;          /* for people */
} Candidate;

static void candidate_clear(void *data)
{
        g_free(((Candidate *)data)->place);
}

/* ---- what is wrong ---- */

/* Why something may be missing that is there; "" if nothing is known. */
static char *why_missing(const Query *query)
{
        Statement *row = query_prepare(
                query,
                "SELECT r.name, coalesce(s.state, 'waiting'), s.reason FROM code_repositories r"
                " LEFT JOIN code_states s ON s.repository_id = r.id WHERE" QUERY_IS_ASKED
                " ORDER BY s.state IS 'synced', r.name LIMIT 1",
                NULL);
        StepResult step = row ? statement_step(row, NULL) : STEP_ERROR;

        if (step == STEP_DONE)
                return g_strdup("; no repository is there to be asked: add_repository adds one");
        if (step != STEP_ROW || g_str_equal(statement_text(row, 1), "synced"))
                return g_strdup("");
        if (g_str_equal(statement_text(row, 1), "unreadable"))
                return g_strdup_printf("; repository %s cannot be read (%s)",
                                       statement_text(row, 0), statement_text(row, 2) ?: "");
        return g_strdup_printf("; repository %s is still being read: ask again in a while",
                               statement_text(row, 0));
}

static bool set_missing(const Query *query, const char *what, const char *hint, GError **error)
{
        g_autofree char *why = why_missing(query);

        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "there is no %s%s", what,
                    *why ? why : hint);
        return false;
}

static bool set_several(const GArray *found, const char *prefix, const char *name, GError **error)
{
        g_autoptr(GString) list = g_string_new(NULL);
        bool many = found->len >= FIND_LOOKED_MAX;

        for (unsigned i = 0; i < MIN(found->len, QUERY_CANDIDATES_MAX); i++)
                g_string_append_printf(list, "%s%s", i > 0 ? "; " : "",
                                       g_array_index(found, Candidate, i).place);
        if (found->len > QUERY_CANDIDATES_MAX)
                g_string_append(list, "; …");
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "%u%s symbols are called \"%s\": give %ssymbol_id%s. %s", found->len,
                    many ? " or more" : "", name, prefix,
                    *prefix ? "" : ", or with the name its module or repository", list->str);
        return false;
}

/* ---- of a name ---- */

const char *query_last_part(const char *name)
{
        const char *last = name;

        for (const char *at = name; *at; at++)
                if ((at[0] == '.' || (at[0] == ':' && at[1] == ':')) && at[1])
                        last = at + (at[0] == ':' ? 2 : 1);
        return *last ? last : name;
}

void query_bind_qualified(Statement *row, const char *name)
{
        const char *last = query_last_part(name);
        g_auto(GStrv) parts = g_strsplit(name, "::", -1);
        g_autofree char *dotted = g_strjoinv(".", parts);

        statement_bind_text(row, ":last", last);
        statement_bind_text(row, ":qualified", last == name ? NULL : dotted);
}

static Candidate candidate_from_row(Statement *row)
{
        char id[SYMBOL_ID_BYTES];

        symbol_hash_write(statement_int(row, 0), id);
        return (Candidate){
                .id = statement_int(row, 12),
                .bodiless = query_is_declaration((UnitKind)statement_int(row, 3),
                                                 statement_int(row, 10), statement_text(row, 1),
                                                 statement_text(row, 8)),
                .whole = statement_int(row, QUERY_SYMBOL_WIDTH + 1),
                .place = g_strdup_printf("%s is %s %s, %s:%" G_GINT64_FORMAT " of %s", id,
                                         unit_kind_to_string((UnitKind)statement_int(row, 3)),
                                         statement_text(row, 2), statement_text(row, 4),
                                         statement_int(row, 6),
                                         statement_text(row, QUERY_SYMBOL_WIDTH)),
        };
}

static GArray *list_named(const Query *query, const char *name, const char *module, GError **error)
{
        g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Candidate));
        Statement *row = query_prepare(
                query,
                "SELECT " QUERY_SYMBOL_COLUMNS ", r.name, :qualified IS NULL OR"
                " replace(y.qualified_name, '::', '.') = :qualified"
                " FROM code_symbols y" QUERY_OF_SYMBOL
                " WHERE y.name = :last COLLATE NOCASE AND y.name = :last AND " QUERY_IS_QUALIFIED
                " AND (:module IS NULL OR m.path = :module) ORDER BY y.id LIMIT :limit",
                error);
        StepResult step;

        g_array_set_clear_func(found, candidate_clear);
        if (!row)
                return NULL;
        query_bind_qualified(row, name);
        statement_bind_text(row, ":module", module);
        statement_bind_int(row, ":limit", FIND_LOOKED_MAX);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                Candidate candidate = candidate_from_row(row);
                g_array_append_val(found, candidate);
        }
        return step == STEP_DONE ? g_steal_pointer(&found) : NULL;
}

/* Those of which the whole name was given go before those of which it is the end. */
static void keep_whole(GArray *found)
{
        unsigned whole = 0;

        for (unsigned i = 0; i < found->len; i++)
                whole += g_array_index(found, Candidate, i).whole;
        for (unsigned i = found->len; whole > 0 && i-- > 0;)
                if (!g_array_index(found, Candidate, i).whole)
                        g_array_remove_index(found, i);
}

static bool has(const GArray *ids, int64_t id)
{
        for (unsigned i = 0; i < ids->len; i++)
                if (g_array_index(ids, int64_t, i) == id)
                        return true;
        return false;
}

/* Of several, the one of which all others are but declarations; *ret stays if there is none. */
static bool choose(const Query *query, const GArray *found, int64_t *ret, GError **error)
{
        const Candidate *chosen = &g_array_index(found, Candidate, 0);
        unsigned bodies = 0;

        for (unsigned i = 0; i < found->len; i++) {
                const Candidate *candidate = &g_array_index(found, Candidate, i);

                if (!candidate->bodiless && bodies++ == 0)
                        chosen = candidate;
        }
        if (bodies > 1)
                return true;
        g_autoptr(GArray) same = query_same(query, chosen->id, error);
        if (!same)
                return false;
        for (unsigned i = 0; i < found->len; i++)
                if (!has(same, g_array_index(found, Candidate, i).id))
                        return true;
        *ret = chosen->id;
        return true;
}

static bool find_by_name(const Query *query, const char *prefix, const char *name, int64_t *ret,
                         GError **error)
{
        const char *module = *prefix ? NULL : args_string(query->args, "module");
        g_autoptr(GArray) found = list_named(query, name, module, error);
        int64_t chosen = -1;

        if (!found)
                return false;
        if (found->len == 0) {
                g_autofree char *what = g_strdup_printf("symbol \"%s\"%s%s", name,
                                                        module ? " in " : "", module ?: "");
                return set_missing(query, what,
                                   "; kind symbols with match fuzzy finds what is called alike",
                                   error);
        }
        keep_whole(found);
        if (found->len == 1)
                chosen = g_array_index(found, Candidate, 0).id;
        else if (!choose(query, found, &chosen, error))
                return false;
        if (chosen < 0)
                return set_several(found, prefix, name, error);
        *ret = chosen;
        return true;
}

/* ---- of an id ---- */

static bool find_by_id(const Query *query, const char *id, int64_t *ret, GError **error)
{
        int64_t hash;
        Statement *row;

        if (!symbol_hash_from_text(id, &hash)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "\"%.64s\" is no symbol id (" SYMBOL_ID_PREFIX
                            " and 16 hexadecimal digits); a name is given as name",
                            id);
                return false;
        }
        row = query_prepare(query,
                            "SELECT y.id FROM code_symbols y" QUERY_OF_SYMBOL
                            " WHERE y.hash = :hash LIMIT 1",
                            error);
        if (!row)
                return false;
        statement_bind_int(row, ":hash", hash);
        StepResult step = statement_step(row, error);
        if (step == STEP_ROW)
                *ret = statement_int(row, 0);
        if (step != STEP_DONE)
                return step == STEP_ROW;
        g_autofree char *what = g_strdup_printf("symbol %s", id);
        return set_missing(query, what,
                           ": its file, its name or its kind is another now, or it was never there;"
                           " kind symbols finds it by name",
                           error);
}

bool query_find_symbol(const Query *query, const char *prefix, int64_t *ret, GError **error)
{
        g_autofree char *id = g_strconcat(prefix, "symbol_id", NULL);
        g_autofree char *name = g_strconcat(prefix, "name", NULL);
        const char *given_id = args_string(query->args, id);
        const char *given_name = args_string(query->args, name);

        if (given_id)
                return find_by_id(query, given_id, ret, error);
        if (given_name)
                return find_by_name(query, prefix, given_name, ret, error);
        bool source = g_str_equal(query->kind, "source");
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "%s%s needs %s or %s%s",
                    source ? "get_symbol_" : "kind ", query->kind, id, name,
                    g_str_equal(query->kind, "mentions") ? ", or module alone" : "");
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
                            " ON r.id = s.repository_id AND" QUERY_IS_ASKED
                            " CROSS JOIN code_modules m ON m.repository = s.number"
                            " AND m.folder = :folder AND m.path = :path LIMIT 2",
                            error);
        if (!row)
                return false;
        statement_bind_text(row, ":folder", g_str_equal(folder, ".") ? "" : folder);
        statement_bind_text(row, ":path", path);
        StepResult step = statement_step(row, error);
        if (step == STEP_DONE) {
                g_autofree char *what = g_strdup_printf("module \"%s\"", path);

                return set_missing(query, what,
                                   ": it is a path from the top of the repository, of a file of a"
                                   " language that is read; kind modules lists them",
                                   error);
        }
        if (step != STEP_ROW)
                return false;
        *ret = (uint32_t)statement_int(row, 0);
        step = statement_step(row, error);
        if (step == STEP_ROW)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "several repositories have a module \"%s\": give repository", path);
        return step == STEP_DONE;
}
