/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the change of a file means to others. What a file says under a name at its top is written out as numbers: the declarations
 * of that name with all that they consist of, and whatever is local to them and reached through them; what is named at the top
 * itself, or a member of such, by its name only, for who looks at that consults it too; of a name that the file does not bind, the
 * imports by which its language may find it. Lines, texts, comments and sites do not count. Two such writings are compared by their hashes. */
#include "code/language.h"
#include "code/link-key.h"
#include "code/link-module.h"
#include "code/link.h"

#include <stdlib.h>
#include <string.h>

/* A name and a hash of what it means. */
typedef struct Meaning {
        uint32_t name;
        uint32_t count; /* of declarations, where it matters */
        uint64_t hash;
} Meaning;

typedef struct Writing {
        const Unit *unit;
        uint32_t *first_member, *next_member; /* by declaration */
        uint32_t *
                paths; /* by declaration: hash of its names from the top; 0: it cannot be named from the top */
        uint32_t *decl_numbers,
                *expr_numbers; /* in the order of being met, from 1; valid if met in this round */
        uint32_t *decl_rounds, *expr_rounds;
        uint32_t *inner; /* by declaration: hash of the imports that stand in it */
        uint32_t round, met;
        GHashTable *
                imports; /* hash of a name → of the imports that may bring it; NULL: names that are not bound mean nothing of files */
        GArray *queue; /* what was met and is to be written: declarations, and expressions with the highest bit */
        uint64_t hash;
} Writing;

#define IS_EXPR         0x80000000u
#define OUTER_DEPTH_MAX 16  /* names in the name of what a member belongs to */
#define NAMES_DEPTH_MAX 256 /* names before a name: a receiver may lie in itself */

static void put(Writing *writing, uint32_t number)
{
        writing->hash = (writing->hash ^ number) * 0x9e3779b97f4a7c15u;
        writing->hash ^= writing->hash >> 29;
}

static void put_string(Writing *writing, UnitString string)
{
        put(writing, link_hash(unit_string(writing->unit, string)));
}

/* ---- the shape of a unit ---- */

static void find_members(Writing *writing)
{
        const Unit *unit = writing->unit;
        for (uint32_t i = unit->header->decls; i-- > 0;) {
                uint32_t container = unit->decls[i].container;
                if (container == UNIT_NONE)
                        continue;
                writing->next_member[i] = writing->first_member[container];
                writing->first_member[container] = i + 1;
        }
}

static void find_paths(Writing *writing)
{
        const Unit *unit = writing->unit;
        for (uint32_t i = 0; i < unit->header->decls; i++) {
                const UnitDecl *decl = &unit->decls[i];
                uint32_t outer = 1;
                if (decl->container != UNIT_NONE)
                        outer = link_kind_has_members(unit->decls[decl->container].kind)
                                        ? writing->paths[decl->container]
                                        : 0;
                if (!decl->name || !outer || decl->kind >= UNIT_PARAMETER)
                        continue;
                writing->paths[i] =
                        link_mix(outer, link_hash(unit_string(unit, decl->name)), decl->kind) | 1;
        }
}

static void add_import(Writing *writing, const char *name, uint32_t hash)
{
        void *key = GUINT_TO_POINTER(link_hash(name));
        uint32_t before = GPOINTER_TO_UINT(g_hash_table_lookup(writing->imports, key));
        g_hash_table_insert(writing->imports, key, GUINT_TO_POINTER(link_mix(before, hash, 0)));
}

static uint32_t import_hash(const Unit *unit, const UnitImport *import)
{
        uint32_t hash = link_mix(link_hash(unit_string(unit, import->module)),
                                 link_hash(unit_string(unit, import->local)), import->kind);
        return link_mix(hash, link_hash(unit_string(unit, import->name)), import->flags);
}

/* By the name that they bind, "" for those that bring whatever another file has, and by the first part of what they name. */
static void find_imports(Writing *writing)
{
        const Unit *unit = writing->unit;
        const LinkLanguage *language = link_language(unit->header->language);
        if (language && language->name_of)
                writing->imports = g_hash_table_new(NULL, NULL);
        for (uint32_t i = 0; i < unit->header->imports; i++) {
                const UnitImport *import = &unit->imports[i];
                const char *module = unit_string(unit, import->module);
                g_autofree char *first = g_strndup(module, strcspn(module, ".:/"));
                uint32_t hash = import_hash(unit, import), container = import->container;
                if (container != UNIT_NONE) {
                        writing->inner[container] = link_mix(writing->inner[container], hash, 0);
                        hash = link_mix(hash, writing->paths[container], 1);
                }
                if (!writing->imports)
                        continue;
                add_import(writing, unit_string(unit, import->local), hash);
                if (import->local)
                        add_import(writing, first, hash);
        }
}

static void writing_init(Writing *writing, const Unit *unit)
{
        uint32_t decls = unit->header->decls, exprs = unit->header->exprs;
        *writing = (Writing){.unit = unit};
        writing->first_member = g_new0(uint32_t, decls);
        writing->next_member = g_new0(uint32_t, decls);
        writing->paths = g_new0(uint32_t, decls);
        writing->inner = g_new0(uint32_t, decls);
        writing->decl_numbers = g_new0(uint32_t, decls);
        writing->decl_rounds = g_new0(uint32_t, decls);
        writing->expr_numbers = g_new0(uint32_t, exprs);
        writing->expr_rounds = g_new0(uint32_t, exprs);
        writing->queue = g_array_new(false, false, sizeof(uint32_t));
        find_members(writing);
        find_paths(writing);
        find_imports(writing);
}

static void writing_clear(Writing *writing)
{
        g_free(writing->first_member);
        g_free(writing->next_member);
        g_free(writing->paths);
        g_free(writing->inner);
        g_free(writing->decl_numbers);
        g_free(writing->decl_rounds);
        g_free(writing->expr_numbers);
        g_free(writing->expr_rounds);
        g_clear_pointer(&writing->imports, g_hash_table_unref);
        g_array_unref(writing->queue);
}

/* ---- writing ---- */

static void put_content(Writing *writing, uint32_t decl)
{
        if (writing->decl_rounds[decl] != writing->round) {
                writing->decl_rounds[decl] = writing->round;
                writing->decl_numbers[decl] = ++writing->met;
                g_array_append_val(writing->queue, decl);
        }
        put(writing, writing->decl_numbers[decl]);
}

static void put_decl(Writing *writing, uint32_t decl)
{
        if (decl == UNIT_NONE || !writing->paths[decl]) {
                if (decl == UNIT_NONE)
                        put(writing, 0);
                else
                        put_content(writing, decl);
                return;
        }
        put(writing, writing->paths[decl]);
}

static void put_expr(Writing *writing, uint32_t expr)
{
        if (expr == UNIT_NONE) {
                put(writing, 0);
                return;
        }
        if (writing->expr_rounds[expr] != writing->round) {
                uint32_t item = expr | IS_EXPR;
                writing->expr_rounds[expr] = writing->round;
                writing->expr_numbers[expr] = ++writing->met;
                g_array_append_val(writing->queue, item);
        }
        put(writing, writing->expr_numbers[expr]);
}

static void put_exprs(Writing *writing, uint32_t list)
{
        const uint32_t *items;
        uint32_t count = unit_list(writing->unit, list, &items);
        put(writing, list == UNIT_NONE ? UINT32_MAX : count);
        for (uint32_t i = 0; i < count; i++)
                put_expr(writing, items[i]);
}

static void put_contents(Writing *writing, uint32_t list)
{
        const uint32_t *items;
        uint32_t count = unit_list(writing->unit, list, &items);
        put(writing, count);
        for (uint32_t i = 0; i < count; i++)
                put_content(writing, items[i]);
}

static void put_import(Writing *writing, const UnitImport *import)
{
        put(writing, (uint32_t)import->kind << 8 | import->flags);
        put_string(writing, import->module);
        put_string(writing, import->name);
        put_string(writing, import->local);
}

static void put_imports_of(Writing *writing, const char *name)
{
        put(writing, GPOINTER_TO_UINT(g_hash_table_lookup(writing->imports,
                                                          GUINT_TO_POINTER(link_hash(name)))));
}

/* Of a name as resolvers are asked for it: "f()", "List`1". */
static void put_name(Writing *writing, UnitString name)
{
        put_string(writing, name);
        if (!writing->imports)
                return;
        const char *text = unit_string(writing->unit, name);
        g_autofree char *plain = g_strndup(text, strcspn(text, "(`"));
        put_imports_of(writing, plain);
        put_imports_of(writing, "");
}

static void write_decl(Writing *writing, uint32_t index)
{
        const UnitDecl *decl = &writing->unit->decls[index];
        put(writing, decl->kind);
        put(writing, decl->flags);
        put(writing, decl->shape);
        put_string(writing, decl->name);
        put_expr(writing, decl->outer);
        put_expr(writing, decl->type);
        put_expr(writing, decl->value);
        put_exprs(writing, decl->bases);
        put_contents(writing, decl->parameters);
        put_contents(writing, decl->type_parameters);
        if (!link_kind_has_members(decl->kind))
                return;
        put(writing, writing->inner[index]);
        for (uint32_t member = writing->first_member[index]; member;
             member = writing->next_member[member - 1])
                put_content(writing, member - 1);
}

static void write_expr(Writing *writing, uint32_t index)
{
        const UnitExpr *expr = &writing->unit->exprs[index];
        put(writing, expr->op);
        switch ((UnitOp)expr->op) {
        case UNIT_EXPR_DECL:
        case UNIT_EXPR_SELF:
        case UNIT_EXPR_SUPER:
                put_decl(writing, expr->a);
                return;
        case UNIT_EXPR_IMPORT:
                put_import(writing, &writing->unit->imports[expr->a]);
                return;
        case UNIT_EXPR_NAME:
                put_name(writing, expr->a);
                put_decl(writing, expr->b);
                return;
        case UNIT_EXPR_BUILTIN:
                put_string(writing, expr->a);
                return;
        case UNIT_EXPR_MEMBER:
                put_expr(writing, expr->a);
                put_string(writing, expr->b);
                return;
        case UNIT_EXPR_ELEMENT:
                put_expr(writing, expr->a);
                if (expr->b != UNIT_NONE)
                        put_string(writing, expr->b);
                return;
        case UNIT_EXPR_ANY:
        case UNIT_EXPR_TUPLE:
                put(writing, expr->a);
                put_exprs(writing, expr->b);
                return;
        case UNIT_EXPR_CALL:
        case UNIT_EXPR_NEW:
        case UNIT_EXPR_APPLY:
                put_expr(writing, expr->a);
                put_exprs(writing, expr->b);
                return;
        case UNIT_EXPR_PARAMETER: {
                const uint32_t *numbers;
                put_expr(writing, expr->a);
                for (uint32_t i = 0, n = unit_list(writing->unit, expr->b, &numbers); i < n; i++)
                        put(writing, numbers[i]);
                return;
        }
        case UNIT_EXPR_VALUE:
                put_expr(writing, expr->a);
                put(writing, expr->b);
                return;
        default:
                put_expr(writing, expr->a);
        }
}

static void write_queue(Writing *writing)
{
        for (unsigned i = 0; i < writing->queue->len; i++) {
                uint32_t item = g_array_index(writing->queue, uint32_t, i);
                if (item & IS_EXPR)
                        write_expr(writing, item & ~IS_EXPR);
                else
                        write_decl(writing, item);
        }
        g_array_set_size(writing->queue, 0);
}

/* ---- what a unit says under each name ---- */

typedef enum Part { PART_DECL, PART_IMPORT, PART_EXPORT } Part;

typedef struct Piece {
        uint32_t name, part, index;
} Piece;

static int compare_pieces(const void *a, const void *b)
{
        const Piece *left = a, *right = b;
        if (left->name != right->name)
                return left->name < right->name ? -1 : 1;
        if (left->part != right->part)
                return left->part < right->part ? -1 : 1;
        return left->index < right->index ? -1 : left->index > right->index;
}

static void add_piece(GArray *pieces, const Unit *unit, UnitString name, Part part, uint32_t index)
{
        Piece piece = {link_hash(unit_string(unit, name)), part, index};
        g_array_append_val(pieces, piece);
}

/* By name, those of one name in the order of the file. */
static GArray *pieces_of(const Unit *unit)
{
        GArray *pieces = g_array_new(false, false, sizeof(Piece));
        for (uint32_t i = 0; i < unit->header->decls; i++) {
                const UnitDecl *decl = &unit->decls[i];
                if (decl->container != UNIT_NONE)
                        continue;
                add_piece(pieces, unit, decl->name, PART_DECL, i);
                if (decl->flags & UNIT_DEFAULT) {
                        Piece piece = {link_hash("default"), PART_DECL, i};
                        g_array_append_val(pieces, piece);
                }
        }
        for (uint32_t i = 0; i < unit->header->imports; i++)
                if (unit->imports[i].container == UNIT_NONE)
                        add_piece(pieces, unit, unit->imports[i].local, PART_IMPORT, i);
        for (uint32_t i = 0; i < unit->header->exports; i++)
                add_piece(pieces, unit, unit->exports[i].name, PART_EXPORT, i);
        g_array_sort(pieces, compare_pieces);
        return pieces;
}

static void write_piece(Writing *writing, const Piece *piece)
{
        put(writing, piece->part);
        if (piece->part == PART_DECL)
                put_content(writing, piece->index);
        else if (piece->part == PART_IMPORT)
                put_import(writing, &writing->unit->imports[piece->index]);
        else
                put_expr(writing, writing->unit->exports[piece->index].expr);
        write_queue(writing);
}

/* Meanings of the names of a unit, ascending by name. */
static GArray *meanings_of(const Unit *unit)
{
        GArray *ret = g_array_new(false, false, sizeof(Meaning));
        if (!unit)
                return ret;
        Writing writing;
        writing_init(&writing, unit);
        g_autoptr(GArray) pieces = pieces_of(unit);
        for (unsigned i = 0; i < pieces->len;) {
                uint32_t name = g_array_index(pieces, Piece, i).name;
                writing.round++;
                writing.met = 0;
                writing.hash = unit->header->language;
                put_string(&writing, unit->header->package);
                for (; i < pieces->len && g_array_index(pieces, Piece, i).name == name; i++)
                        write_piece(&writing, &g_array_index(pieces, Piece, i));
                Meaning meaning = {name, 0, writing.hash};
                g_array_append_val(ret, meaning);
        }
        writing_clear(&writing);
        return ret;
}

/* ---- names anywhere ---- */

/* By which resolvers choose: its language and package; a module or a script; of tests or not. */
static uint32_t sort_of_file(const Unit *unit)
{
        uint32_t sort = link_is_modular(unit) | (unit->header->flags & UNIT_IS_TEST ? 2 : 0) |
                        unit->header->language << 2;
        return link_mix(sort, link_hash(unit_string(unit, unit->header->package)), 0);
}

typedef struct Named {
        const Unit *unit;
        uint32_t sort; /* of file */
        GArray *meanings;
} Named;

static uint32_t text_hash(const Unit *unit, UnitString text)
{
        return link_hash(unit_string(unit, text));
}

/* What the declaration lies in, as far as the file says: its container, or what it is written for (a receiver), of which what is
 * no declaration of the file goes into the hash. */
static uint32_t step_out(const Unit *unit, const UnitDecl *decl, uint32_t *hash)
{
        uint32_t expr = decl->outer;
        for (unsigned depth = 0; expr != UNIT_NONE && depth < OUTER_DEPTH_MAX; depth++) {
                const UnitExpr *at = &unit->exprs[expr];
                switch ((UnitOp)at->op) {
                case UNIT_EXPR_DECL:
                case UNIT_EXPR_SELF:
                case UNIT_EXPR_SUPER:
                        return at->a;
                case UNIT_EXPR_IMPORT:
                        *hash = link_mix(*hash, text_hash(unit, unit->imports[at->a].local), 0);
                        return UNIT_NONE;
                case UNIT_EXPR_NAME:
                case UNIT_EXPR_BUILTIN:
                        *hash = link_mix(*hash, text_hash(unit, at->a), 0);
                        return UNIT_NONE;
                case UNIT_EXPR_MEMBER:
                        *hash = link_mix(*hash, text_hash(unit, at->b), 0);
                        break;
                case UNIT_EXPR_VALUE:
                case UNIT_EXPR_TYPEOF:
                case UNIT_EXPR_APPLY:
                case UNIT_EXPR_DEREF:
                        break;
                default:
                        return decl->container;
                }
                expr = at->a;
        }
        return decl->container;
}

/* By its names from the top, and what it is: all that its symbol is known by. */
static void add_named(const char *name, uint32_t index, void *data)
{
        Named *named = data;
        const Unit *unit = named->unit;
        uint32_t hash = named->sort, d = index;
        for (unsigned depth = 0; d != UNIT_NONE && depth < NAMES_DEPTH_MAX; depth++) {
                const UnitDecl *decl = &unit->decls[d];
                bool given = decl->outer != UNIT_NONE; /* sought elsewhere than what is not */
                hash = link_mix(hash, text_hash(unit, decl->name), decl->kind << 1 | given);
                d = step_out(unit, decl, &hash);
        }
        const uint32_t *items;
        if (index != UNIT_NONE) /* a generic type may be another one than that of its name alone */
                hash = link_mix(hash, unit_list(unit, unit->decls[index].type_parameters, &items),
                                1);
        Meaning meaning = {link_hash(name), 1, hash};
        g_array_append_val(named->meanings, meaning);
}

static int compare_meanings(const void *a, const void *b)
{
        const Meaning *left = a, *right = b;
        if (left->name != right->name)
                return left->name < right->name ? -1 : 1;
        return left->hash < right->hash ? -1 : left->hash > right->hash;
}

/* One meaning for all declarations of a name. */
static GArray *names_of(const Unit *unit)
{
        Named named = {unit, unit ? sort_of_file(unit) : 0,
                       g_array_new(false, false, sizeof(Meaning))};
        if (unit)
                link_names(unit, add_named, &named);
        g_array_sort(named.meanings, compare_meanings);
        unsigned kept = 0;
        for (unsigned i = 0; i < named.meanings->len; i++) {
                Meaning meaning = g_array_index(named.meanings, Meaning, i);
                Meaning *last = kept ? &g_array_index(named.meanings, Meaning, kept - 1) : NULL;
                if (last && last->name == meaning.name) {
                        last->hash = last->hash * 31 + meaning.hash;
                        last->count++;
                } else {
                        g_array_index(named.meanings, Meaning, kept++) = meaning;
                }
        }
        g_array_set_size(named.meanings, kept);
        return named.meanings;
}

/* ---- comparing ---- */

typedef void (*DifferenceFunc)(const Meaning *before, const Meaning *after, uint32_t path,
                               GArray *ret);

static void changed_name(const Meaning *before, const Meaning *after, uint32_t path, GArray *ret)
{
        uint32_t key = link_key_name(path, before ? before->name : after->name);
        g_array_append_val(ret, key);
}

static void changed_anywhere(const Meaning *before, const Meaning *after, uint32_t path,
                             GArray *ret)
{
        uint32_t name = before ? before->name : after->name;
        uint32_t key = link_key_anywhere(name), crowd = link_key_crowd(name);
        g_array_append_val(ret, key);
        if (!after || (before && after->count < before->count))
                g_array_append_val(ret, crowd);
}

static void compare(const GArray *before, const GArray *after, uint32_t path, DifferenceFunc func,
                    GArray *ret)
{
        unsigned i = 0, k = 0;
        while (i < before->len || k < after->len) {
                const Meaning *old = i < before->len ? &g_array_index(before, Meaning, i) : NULL;
                const Meaning *new = k < after->len ? &g_array_index(after, Meaning, k) : NULL;
                if (old && new && old->name != new->name) {
                        if (old->name < new->name)
                                new = NULL;
                        else
                                old = NULL;
                }
                if (!old || !new || old->hash != new->hash)
                        func(old, new, path, ret);
                i += old != NULL;
                k += new != NULL;
        }
}

static bool same_settings(const Unit *a, const Unit *b)
{
        if (a->header->settings != b->header->settings)
                return false;
        for (uint32_t i = 0; i < a->header->settings; i++)
                if (!g_str_equal(unit_string(a, a->settings[i].key),
                                 unit_string(b, b->settings[i].key)) ||
                    !g_str_equal(unit_string(a, a->settings[i].value),
                                 unit_string(b, b->settings[i].value)))
                        return false;
        return true;
}

static bool same_place(const Unit *a, const Unit *b)
{
        return !((a->header->flags ^ b->header->flags) & UNIT_IS_TEST) &&
               a->header->language == b->header->language &&
               g_str_equal(unit_string(a, a->header->package), unit_string(b, b->header->package));
}

static void changed_file(const char *path, GArray *ret)
{
        const char *slash = strrchr(path, '/');
        g_autofree char *folder = g_strndup(path, slash ? (gsize)(slash - path) : 0);
        uint32_t keys[] = {link_key_path(link_hash(path)), link_key_folder(link_hash(folder)),
                           link_key_file(link_hash(slash ? slash + 1 : path))};
        g_array_append_vals(ret, keys, G_N_ELEMENTS(keys));
}

void link_changes(const char *path, const Unit *before, const Unit *after, GArray *ret)
{
        if (!before != !after ||
            (before && (!same_settings(before, after) || !same_place(before, after))))
                changed_file(path, ret);
        uint32_t hash = link_hash(path);
        g_autoptr(GArray) old_meanings = meanings_of(before), new_meanings = meanings_of(after);
        compare(old_meanings, new_meanings, hash, changed_name, ret);
        g_autoptr(GArray) old_names = names_of(before), new_names = names_of(after);
        compare(old_names, new_names, 0, changed_anywhere, ret);
}
