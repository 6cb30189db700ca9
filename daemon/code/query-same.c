/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which symbols are one thing: what has a body, and what only declares it, in the same file or, where the language joins files
 * by name, in another. Where that is not certain they stay apart. Seen from one symbol, among those of its name. */
#include <string.h>

#include "code/language.h"
#include "code/query.h"
#include "syntax/unit.h"

#define SAME_LOOKED_MAX 200 /* symbols of its name that are looked at; those of more stay apart */

typedef struct Same {
        int64_t id, flags;
        UnitKind kind;
        uint32_t language_flags; /* of its LinkLanguage */
        bool overloads; /* functions of one name may differ in their parameters, as in C++ */
        char *qualified, *parameters;
} Same;

static void same_clear(void *data)
{
        Same *same = data;

        g_free(same->qualified);
        g_free(same->parameters);
}

/* ---- what a symbol says of itself ---- */

/* What stands between the brackets of a signature and behind them, without white space. */
static char *parameters_of(const char *signature)
{
        const char *open = signature ? strchr(signature, '(') : NULL;
        GString *text = g_string_new(NULL);

        for (; open && *open && *open != '{' && *open != ';'; open++)
                if (!g_ascii_isspace(*open))
                        g_string_append_c(text, *open);
        return g_string_free(text, FALSE);
}

static unsigned parameter_count(const char *parameters)
{
        unsigned count = 0;
        int depth = 0;

        if (g_str_has_prefix(parameters, "()") || g_str_has_prefix(parameters, "(void)"))
                return 0;
        for (const char *at = parameters; *at; at++) {
                depth += strchr("(<[{", *at) ? 1 : strchr(")>]}", *at) ? -1 : 0;
                count += *at == ',' && depth == 1;
                if (depth == 0)
                        break;
        }
        return count + 1;
}

/* "typedef struct Gate Gate" and the like: the kind of that which is called so already; else the kind itself. */
static UnitKind kind_behind(UnitKind kind, const char *name, const char *signature)
{
        static const struct {
                const char *word;
                UnitKind kind;
        } tags[] = {{"struct ", UNIT_STRUCT},
                    {"union ", UNIT_STRUCT},
                    {"enum ", UNIT_ENUM},
                    {"class ", UNIT_CLASS}};
        size_t length = strlen(name);

        if (kind != UNIT_TYPE || !signature || !g_str_has_prefix(signature, "typedef "))
                return kind;
        signature += strlen("typedef ");
        for (unsigned i = 0; i < G_N_ELEMENTS(tags); i++) {
                const char *tag = signature + strlen(tags[i].word);

                if (g_str_has_prefix(signature, tags[i].word) && strncmp(tag, name, length) == 0 &&
                    strchr(" {", tag[length]))
                        return tags[i].kind;
        }
        return kind;
}

bool query_is_declaration(UnitKind kind, int64_t flags, const char *name, const char *signature)
{
        return flags & UNIT_BODILESS || kind_behind(kind, name, signature) != kind;
}

static Same same_from_row(Statement *row)
{
        UnitLanguage language = unit_language_from_string(statement_text(row, 5));
        const LinkLanguage *link = link_language(language);
        UnitKind kind = (UnitKind)statement_int(row, 1);
        const char *name = statement_text(row, 6), *signature = statement_text(row, 4);
        bool declares = query_is_declaration(kind, statement_int(row, 2), name, signature);

        return (Same){.id = statement_int(row, 0),
                      .kind = kind_behind(kind, name, signature),
                      .flags = statement_int(row, 2) | (declares ? UNIT_BODILESS : 0),
                      .qualified = g_strdup(statement_text(row, 3)),
                      .parameters = parameters_of(statement_text(row, 4)),
                      .language_flags = link ? link->flags : 0,
                      .overloads = language != UNIT_C};
}

static bool is_bodiless(const Same *same)
{
        return (same->flags & UNIT_BODILESS) != 0;
}

static int64_t module_of(const Same *same)
{
        return same->id >> SYMBOL_BITS;
}

/* Is one name the end of the other, "K::run" of "ns::K::run"? */
static bool ends_alike(const char *one, const char *other)
{
        size_t length = strlen(one), more = strlen(other);
        const char *shorter = length < more ? one : other, *longer = length < more ? other : one;
        size_t before = MAX(length, more) - MIN(length, more);

        return g_str_has_suffix(longer, shorter) &&
               (before == 0 || longer[before - 1] == ':' || longer[before - 1] == '.');
}

static bool is_function(const Same *same)
{
        return same->kind == UNIT_FUNCTION || same->kind == UNIT_METHOD ||
               same->kind == UNIT_CONSTRUCTOR;
}

static bool is_like(const Same *one, const Same *other)
{
        return one->kind == other->kind || (is_function(one) && is_function(other));
}

/* May the one declare what the other defines, or both the same? */
static bool may_be_one(const Same *one, const Same *other)
{
        if (!is_like(one, other))
                return false;
        if (one->language_flags & other->language_flags & LINK_PROTOTYPES)
                return (module_of(one) == module_of(other) ||
                        !((one->flags | other->flags) & UNIT_FILE_LOCAL)) &&
                       ends_alike(one->qualified, other->qualified) &&
                       (!is_function(one) || !(one->overloads || other->overloads) ||
                        parameter_count(one->parameters) == parameter_count(other->parameters));
        return module_of(one) == module_of(other) && one->language_flags & LINK_SIGNATURES &&
               is_function(one) && g_str_equal(one->qualified, other->qualified);
}

/* ---- which of them is meant ---- */

static bool imports(const Query *query, const Same *from, const Same *to, bool *ret, GError **error)
{
        Statement *row =
                db_statement(query->db,
                             "SELECT 1 FROM code_edges WHERE target = :file AND kind = :kind"
                             " AND id >= :from << 20 AND id < :from + 1 << 20 LIMIT 1",
                             error);

        if (!row)
                return false;
        statement_bind_int(row, ":file", symbol_id((uint32_t)module_of(to), SYMBOL_FILE));
        statement_bind_int(row, ":kind", UNIT_SITE_IMPORTS);
        statement_bind_int(row, ":from", module_of(from));
        StepResult step = statement_step(row, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

/* Of several definitions those count that are written as it is declared, then those in files that import it. */
static bool keep_nearest(const Query *query, const Same *declared, GPtrArray *found, GError **error)
{
        g_autoptr(GPtrArray) alike = g_ptr_array_new(), near = g_ptr_array_new();

        for (unsigned i = 0; i < found->len; i++) {
                const Same *one = found->pdata[i];

                if (g_str_equal(one->parameters, declared->parameters))
                        g_ptr_array_add(alike, found->pdata[i]);
        }
        g_autoptr(GPtrArray) left = g_ptr_array_ref(alike->len ? alike : found);
        for (unsigned i = 0; left->len > 1 && i < left->len; i++) {
                const Same *one = left->pdata[i];
                bool is_near = module_of(one) == module_of(declared);

                if (!is_near && !imports(query, one, declared, &is_near, error))
                        return false;
                if (is_near)
                        g_ptr_array_add(near, left->pdata[i]);
        }
        if (left->len == 1)
                g_ptr_array_add(near, left->pdata[0]);
        g_ptr_array_set_size(found, 0);
        g_ptr_array_extend(found, near, NULL, NULL);
        return true;
}

/* The definitions of what is only declared. */
static GPtrArray *definitions_of(const Query *query, const GArray *all, const Same *declared,
                                 GError **error)
{
        g_autoptr(GPtrArray) found = g_ptr_array_new();

        for (unsigned i = 0; i < all->len; i++) {
                Same *other = &g_array_index(all, Same, i);

                if (!is_bodiless(other) && may_be_one(other, declared))
                        g_ptr_array_add(found, other);
        }
        return found->len <= 1 || keep_nearest(query, declared, found, error)
                       ? g_steal_pointer(&found)
                       : NULL;
}

static bool add_declarations(const Query *query, const GArray *all, const Same *definition,
                             GArray *ret, GError **error)
{
        for (unsigned i = 0; i < all->len; i++) {
                const Same *other = &g_array_index(all, Same, i);

                if (!is_bodiless(other) || !may_be_one(definition, other))
                        continue;
                g_autoptr(GPtrArray) found = definitions_of(query, all, other, error);
                if (!found)
                        return false;
                if (g_ptr_array_find(found, definition, NULL) &&
                    other->id != g_array_index(ret, int64_t, 0))
                        g_array_append_val(ret, other->id);
        }
        return true;
}

/* Of what is nowhere defined: all that declare it in the same words. */
static void add_alike(const GArray *all, const Same *declared, GArray *ret)
{
        for (unsigned i = 0; i < all->len; i++) {
                const Same *other = &g_array_index(all, Same, i);

                if (other != declared && other->language_flags & LINK_PROTOTYPES &&
                    is_bodiless(other) && may_be_one(other, declared) &&
                    g_str_equal(other->parameters, declared->parameters))
                        g_array_append_val(ret, other->id);
        }
}

static bool add_others(const Query *query, const GArray *all, const Same *self, GArray *ret,
                       GError **error)
{
        if (!is_bodiless(self))
                return add_declarations(query, all, self, ret, error);
        g_autoptr(GPtrArray) found = definitions_of(query, all, self, error);
        if (!found)
                return false;
        for (unsigned i = 0; i < found->len; i++)
                g_array_append_val(ret, ((const Same *)found->pdata[i])->id);
        if (found->len == 0)
                add_alike(all, self, ret);
        return found->len != 1 || !(self->language_flags & LINK_PROTOTYPES) ||
               add_declarations(query, all, found->pdata[0], ret, error);
}

/* ---- looking ---- */

#define SAME                                                                                       \
        "SELECT y.id, y.kind, y.flags, coalesce(y.qualified_name, y.name), y.signature,"           \
        " m.language, y.name, y.repository FROM code_symbols y"                                    \
        " CROSS JOIN code_modules m ON m.id = y.id >> 20"

static GArray *list_same(const Query *query, const Same *self, const char *name, int64_t repository,
                         GError **error)
{
        g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Same));
        bool elsewhere = self->language_flags & LINK_PROTOTYPES && !(self->flags & UNIT_FILE_LOCAL);
        Statement *row = db_statement(query->db,
                                      SAME " WHERE y.name = :name COLLATE NOCASE AND y.name = :name"
                                           " AND y.id >= :from AND y.id < :end"
                                           " AND y.repository = :repository LIMIT :limit",
                                      error);
        StepResult step;

        g_array_set_clear_func(all, same_clear);
        if (!row)
                return NULL;
        statement_bind_text(row, ":name", name);
        statement_bind_int(row, ":from", elsewhere ? 0 : module_of(self) << SYMBOL_BITS);
        statement_bind_int(row, ":end",
                           elsewhere ? INT64_MAX : (module_of(self) + 1) << SYMBOL_BITS);
        statement_bind_int(row, ":repository", repository);
        statement_bind_int(row, ":limit", SAME_LOOKED_MAX + 1);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                Same same = same_from_row(row);
                g_array_append_val(all, same);
        }
        if (all->len > SAME_LOOKED_MAX)
                g_array_set_size(all, 0);
        return step == STEP_DONE ? g_steal_pointer(&all) : NULL;
}

static GArray *list_around(const Query *query, int64_t symbol, GError **error)
{
        Statement *row = db_statement(query->db, SAME " WHERE y.id = :id", error);

        if (!row)
                return NULL;
        statement_bind_int(row, ":id", symbol);
        StepResult step = statement_step(row, error);
        if (step != STEP_ROW)
                return step == STEP_ERROR ? NULL : g_array_new(FALSE, FALSE, sizeof(Same));
        Same self = same_from_row(row);
        g_autofree char *name = g_strdup(statement_text(row, 6));
        int64_t repository = statement_int(row, 7);
        GArray *all = self.language_flags & (LINK_PROTOTYPES | LINK_SIGNATURES)
                              ? list_same(query, &self, name, repository, error)
                              : g_array_new(FALSE, FALSE, sizeof(Same));
        same_clear(&self);
        return all;
}

GArray *query_same(const Query *query, int64_t symbol, GError **error)
{
        g_autoptr(GArray) ret = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_autoptr(GArray) all = list_around(query, symbol, error);

        if (!all)
                return NULL;
        g_array_append_val(ret, symbol);
        for (unsigned i = 0; i < all->len && all->len > 1; i++) {
                const Same *self = &g_array_index(all, Same, i);

                if (self->id == symbol && !add_others(query, all, self, ret, error))
                        return NULL;
        }
        return g_steal_pointer(&ret);
}
