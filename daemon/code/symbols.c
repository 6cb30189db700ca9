/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declarations come after what they lie in, so one pass names them all; a member of something that is named elsewhere (A::f,
 * a Go receiver, a Rust impl) takes the name of that. */
#include "code/symbols.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "code/language.h"

#define OUTER_DEPTH_MAX     16   /* names in the name of what a member belongs to */
#define QUALIFIED_BYTES_MAX 2000 /* of what stands before a name; after more of it nothing does */
#define NAMING_DEPTH_MAX                                                                           \
        200 /* declarations whose names wait for one another: what belongs to what comes later */
#define PARENTS_MAX                                                                                \
        64 /* that are no symbols, around a symbol: what names itself goes round in circles */

void symbol_hash_write(int64_t hash, char text[SYMBOL_ID_BYTES])
{
        (void)snprintf(text, SYMBOL_ID_BYTES, SYMBOL_ID_PREFIX "%016" PRIx64, (uint64_t)hash);
}

bool symbol_hash_from_text(const char *text, int64_t *ret)
{
        const char *digits = text + strlen(SYMBOL_ID_PREFIX);

        if (!g_str_has_prefix(text, SYMBOL_ID_PREFIX) || strlen(digits) != 16 ||
            strspn(digits, "0123456789abcdef") != 16)
                return false;
        *ret = (int64_t)g_ascii_strtoull(digits, NULL, 16);
        return true;
}

typedef struct Naming {
        const Unit *unit;
        Symbols *symbols;
        const char **qualified; /* of declarations, NULL: not asked for yet */
        unsigned depth;         /* of names that wait for one another */
        const char *separator;
        GHashTable *
                seen; /* hashes, int64_t * → the next ordinal of the name that they are the first of */
        GHashTable *before;
        uint8_t key[crypto_shorthash_KEYBYTES];
        GString *text;
        const char *path;
} Naming;

/* ---- names ---- */

static const char *name_of(const Unit *unit, const UnitDecl *decl)
{
        if (decl->name)
                return unit_string(unit, decl->name);
        if (decl->flags & UNIT_DEFAULT)
                return "default";
        return decl->kind == UNIT_CONSTRUCTOR ? "constructor" : "(anonymous)";
}

static const char *qualified_name(Naming *naming, uint32_t decl);

static bool has_flag(const Unit *unit, uint32_t flag)
{
        const LinkLanguage *language = link_language(unit->header->language);
        return language && (language->flags & flag) != 0;
}

/* What a declaration is named after instead of its container. Where that is none, an extension method is called by the static class
 * that has it, a method that is explicitly of an interface by the class. */
static uint32_t named_after(const Unit *unit, const UnitDecl *decl)
{
        return has_flag(unit, LINK_NAMED_IN_CONTAINER) ? UNIT_NONE : decl->outer;
}

static char *outer_name(Naming *naming, uint32_t expr, unsigned depth)
{
        const Unit *unit = naming->unit;
        const UnitExpr *at = expr == UNIT_NONE ? NULL : &unit->exprs[expr];

        if (!at || depth >= OUTER_DEPTH_MAX)
                return NULL;
        switch (at->op) {
        case UNIT_EXPR_DECL:
        case UNIT_EXPR_SELF:
        case UNIT_EXPR_SUPER:
                return g_strdup(qualified_name(naming, at->a));
        case UNIT_EXPR_IMPORT:
                return g_strdup(unit_string(unit, unit->imports[at->a].local));
        case UNIT_EXPR_NAME:
        case UNIT_EXPR_BUILTIN:
                return g_strdup(unit_string(unit, at->a));
        case UNIT_EXPR_MEMBER: {
                g_autofree char *left = outer_name(naming, at->a, depth + 1);
                return left && *left ? g_strconcat(left, naming->separator,
                                                   unit_string(unit, at->b), NULL)
                                     : g_strdup(unit_string(unit, at->b));
        }
        case UNIT_EXPR_VALUE:
        case UNIT_EXPR_TYPEOF:
        case UNIT_EXPR_APPLY:
        case UNIT_EXPR_DEREF:
                return outer_name(naming, at->a, depth + 1);
        default:
                return NULL;
        }
}

/* Whether the name of what a definition belongs to (K of K::run) is to be read within the namespace around it: the file does not
 * declare it, or it would have its whole name. */
static bool is_within_namespace(const Unit *unit, const UnitDecl *decl)
{
        uint32_t expr = decl->outer;

        if (!has_flag(unit, LINK_NAMED_IN_NAMESPACE) || decl->container == UNIT_NONE ||
            unit->decls[decl->container].kind != UNIT_NAMESPACE)
                return false;
        for (unsigned depth = 0; expr != UNIT_NONE && depth < OUTER_DEPTH_MAX; depth++) {
                if (unit->exprs[expr].op == UNIT_EXPR_NAME)
                        return true;
                if (unit->exprs[expr].op != UNIT_EXPR_MEMBER &&
                    unit->exprs[expr].op != UNIT_EXPR_APPLY)
                        return false;
                expr = unit->exprs[expr].a;
        }
        return false;
}

/* What stands before the name of a declaration. */
static char *prefix_of(Naming *naming, const UnitDecl *decl)
{
        g_autofree char *prefix = outer_name(naming, named_after(naming->unit, decl), 0);
        const char *around = prefix && *prefix && is_within_namespace(naming->unit, decl)
                                     ? qualified_name(naming, decl->container)
                                     : "";

        if (*around) {
                char *whole = g_strconcat(around, naming->separator, prefix, NULL);
                g_free(prefix);
                prefix = whole;
        }
        if (!prefix && decl->container != UNIT_NONE)
                prefix = g_strdup(qualified_name(naming, decl->container));
        return prefix && strlen(prefix) <= QUALIFIED_BYTES_MAX ? g_steal_pointer(&prefix) : NULL;
}

static const char *qualified_name(Naming *naming, uint32_t index)
{
        const UnitDecl *decl = &naming->unit->decls[index];

        if (naming->qualified[index])
                return naming->qualified[index];
        naming->qualified[index] = ""; /* what names itself has no name before its own */
        naming->depth++;
        g_autofree char *prefix =
                naming->depth <= NAMING_DEPTH_MAX ? prefix_of(naming, decl) : NULL;
        naming->depth--;
        bool named = decl->name || unit_is_symbol(decl);
        const char *name = named ? name_of(naming->unit, decl) : "";
        if (decl->kind == UNIT_IMPLEMENTATION || decl->kind == UNIT_LAMBDA ||
            decl->kind == UNIT_RECORD)
                name = "";
        g_autofree char *whole = prefix && *prefix && *name
                                         ? g_strconcat(prefix, naming->separator, name, NULL)
                                         : NULL;
        naming->qualified[index] = g_string_chunk_insert(
                naming->symbols->texts, whole ? whole : (*name || !prefix ? name : prefix));
        return naming->qualified[index];
}

/* ---- what stays the same ---- */

static int64_t hash_of(Naming *naming, const char *qualified, unsigned kind, unsigned ordinal)
{
        uint8_t out[crypto_shorthash_BYTES];
        int64_t hash;

        g_string_assign(naming->text, naming->path);
        g_string_append_c(naming->text, '\0');
        g_string_append(naming->text, qualified);
        g_string_append_c(naming->text, '\0');
        g_string_append_printf(naming->text, "%u %u", kind, ordinal);
        (void)crypto_shorthash(out, (const uint8_t *)naming->text->str, naming->text->len,
                               naming->key);
        memcpy(&hash, out, sizeof(hash));
        return hash;
}

/* What has the name of others is told by its ordinal among them. A stranger's file may have any number of them. */
static int64_t unique_hash(Naming *naming, const char *qualified, unsigned kind)
{
        int64_t first = hash_of(naming, qualified, kind, 0), hash = first;
        unsigned ordinal = GPOINTER_TO_UINT(g_hash_table_lookup(naming->seen, &first));

        if (ordinal > 0)
                hash = hash_of(naming, qualified, kind, ordinal);
        while (g_hash_table_contains(naming->seen, &hash))
                hash = hash_of(naming, qualified, kind, ++ordinal);
        g_hash_table_insert(naming->seen, g_memdup2(&first, sizeof(first)),
                            GUINT_TO_POINTER(ordinal + 1));
        if (hash != first)
                g_hash_table_insert(naming->seen, g_memdup2(&hash, sizeof(hash)), NULL);
        return hash;
}

static uint32_t index_for(Naming *naming, uint32_t decl, int64_t hash)
{
        Symbols *symbols = naming->symbols;
        void *known;

        if (!naming->before)
                return decl <= SYMBOL_INDEX_MAX ? decl : UNIT_NONE;
        if (g_hash_table_lookup_extended(naming->before, &hash, NULL, &known))
                return GPOINTER_TO_UINT(known);
        return symbols->next <= SYMBOL_INDEX_MAX ? symbols->next++ : UNIT_NONE;
}

/* ---- rows ---- */

/* The nearest symbol around a declaration. */
static uint32_t parent_of(const Naming *naming, const UnitDecl *decl)
{
        const Unit *unit = naming->unit;
        uint32_t at = decl->container;
        uint32_t outer = named_after(unit, decl);

        for (unsigned i = 0; i < PARENTS_MAX; i++) {
                if (outer != UNIT_NONE && unit->exprs[outer].op == UNIT_EXPR_DECL)
                        at = unit->exprs[outer].a;
                if (at == UNIT_NONE || unit_is_symbol(&unit->decls[at]))
                        return at;
                outer = named_after(unit, &unit->decls[at]);
                at = unit->decls[at].container;
        }
        return UNIT_NONE;
}

static void add_row(Naming *naming, uint32_t index)
{
        const UnitDecl *decl = &naming->unit->decls[index];
        SymbolRow row = {.decl = index, .name = name_of(naming->unit, decl)};

        row.qualified = qualified_name(naming, index);
        row.hash = unique_hash(naming, row.qualified, decl->kind);
        row.index = index_for(naming, index, row.hash);
        if (row.index == UNIT_NONE)
                return;
        naming->symbols->places[index] = row.index;
        naming->symbols->identity &= row.index == index;
        g_array_append_val(naming->symbols->rows, row);
}

/* Parents may come after their members (outer), so they are named when all have their index. */
static void set_parents(const Naming *naming)
{
        Symbols *symbols = naming->symbols;

        for (unsigned i = 0; i < symbols->rows->len; i++) {
                SymbolRow *row = &g_array_index(symbols->rows, SymbolRow, i);
                uint32_t parent = parent_of(naming, &naming->unit->decls[row->decl]);

                row->parent = parent == UNIT_NONE || parent == row->decl ? UNIT_NONE
                                                                         : symbols->places[parent];
        }
}

static const char *separator_of(const Unit *unit)
{
        uint32_t language = unit->header->language;

        return language == UNIT_RUST || language == UNIT_CPP ? "::" : ".";
}

Symbols *symbols_new(const Unit *unit, const SymbolsOf *of)
{
        uint32_t decls = unit->header->decls;
        Symbols *symbols = g_new0(Symbols, 1);
        g_autofree const char **qualified = g_new0(const char *, decls);
        Naming naming = {.unit = unit,
                         .symbols = symbols,
                         .qualified = qualified,
                         .separator = separator_of(unit),
                         .before = of->before,
                         .path = of->path,
                         .text = g_string_new(NULL),
                         .seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};

        (void)crypto_generichash(naming.key, sizeof(naming.key), (const uint8_t *)of->repository_id,
                                 strlen(of->repository_id), NULL, 0);
        symbols->rows = g_array_new(FALSE, FALSE, sizeof(SymbolRow));
        symbols->texts = g_string_chunk_new(1024);
        symbols->decls = decls;
        symbols->identity = true;
        symbols->next = of->before ? of->next : MIN(decls, SYMBOL_INDEX_MAX + 1);
        symbols->places = g_new(uint32_t, MAX(decls, 1));
        memset(symbols->places, 0xff, sizeof(uint32_t) * decls);
        for (uint32_t i = 0; i < decls; i++)
                if (unit_is_symbol(&unit->decls[i]))
                        add_row(&naming, i);
        set_parents(&naming);
        g_hash_table_unref(naming.seen);
        g_string_free(naming.text, TRUE);
        return symbols;
}

Symbols *symbols_free(Symbols *symbols)
{
        if (!symbols)
                return NULL;
        g_array_unref(symbols->rows);
        g_string_chunk_free(symbols->texts);
        g_free(symbols->places);
        g_free(symbols);
        return NULL;
}
