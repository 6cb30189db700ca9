/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of types. A type's lineage is a list of what it gets members from, nearest first: each an atom LINK_ATOM_DECL, with what its
 * type parameters stand for in terms of those of the type, or LINK_ATOM_EXTERNAL, _UNKNOWN for bases that are not at hand. */
#include "code/link-meaning.h"
#include "code/link-order.h"

#include <string.h>

#define LINK_PARTS_MAX 32 /* parts of one declaration that are looked at */

typedef struct Lineage {
        LinkSet items[LINK_LINEAGE_MAX];
        uint32_t count;
} Lineage;

/* ---- lineage ---- */

static bool lineage_has(Linker *linker, const Lineage *lineage, LinkAtom atom)
{
        for (uint32_t i = 0; i < lineage->count; i++) {
                LinkAtom item = link_set_at(linker->values, lineage->items[i], 0);
                if (item.kind == atom.kind && item.module == atom.module && item.decl == atom.decl)
                        return true;
        }
        return false;
}

static void add_item(Linker *linker, Lineage *lineage, LinkAtom atom)
{
        if (lineage->count < LINK_LINEAGE_MAX && !lineage_has(linker, lineage, atom))
                lineage->items[lineage->count++] = link_atom(linker, atom);
}

static uint32_t lineage_of(Linker *linker, LinkAtom atom)
{
        return link_ask(linker, (LinkNode){LINK_NODE_LINEAGE, atom.module, atom.decl, 0});
}

/* The type parameters of one part of a declaration as those of another. */
static LinkEnv env_of_part(Linker *linker, const LinkModule *module, uint32_t first, uint32_t part)
{
        const uint32_t *parameters;
        LinkSet sets[LINK_ENV_MAX];
        uint32_t count =
                unit_list(module->unit, link_decl(module, first)->type_parameters, &parameters);
        count = MIN(count, LINK_ENV_MAX);
        for (uint32_t i = 0; i < count; i++)
                sets[i] = link_decl_atom(linker, LINK_ATOM_INSTANCE, module->number, parameters[i],
                                         LINK_ENV_NONE);
        return link_apply(linker, module->number, part, sets, count);
}

/* The type parameters of a part in another file, in order, as those of the first. */
static LinkEnv env_of_other(Linker *linker, const LinkModule *module, uint32_t first,
                            LinkPlace part)
{
        const uint32_t *parameters;
        LinkSet sets[LINK_ENV_MAX];
        uint32_t count =
                unit_list(module->unit, link_decl(module, first)->type_parameters, &parameters);
        count = MIN(count, LINK_ENV_MAX);
        for (uint32_t i = 0; i < count; i++)
                sets[i] = link_decl_atom(linker, LINK_ATOM_INSTANCE, module->number, parameters[i],
                                         LINK_ENV_NONE);
        return link_apply(linker, part.module, part.decl, sets, count);
}

static void add_other_parts(Linker *linker, Lineage *lineage, const LinkModule *module,
                            uint32_t index)
{
        LinkPlace places[LINK_PARTS_MAX];
        if (!(link_decl(module, index)->flags & UNIT_PARTIAL) || !module->language->parts)
                return;
        uint32_t count = module->language->parts(linker, module, index, places, LINK_PARTS_MAX);
        for (uint32_t i = 0; i < count; i++) {
                LinkEnv env = env_of_other(linker, module, index, places[i]);
                linker_consult(linker, linker_load(linker, places[i].module), places[i].decl);
                add_item(linker, lineage,
                         (LinkAtom){LINK_ATOM_DECL, places[i].module, places[i].decl, env});
        }
}

/* Where parts are marked as such, types of one name that differ in how many they take are different types. */
static bool is_other_type(const LinkModule *module, uint32_t a, uint32_t b)
{
        const uint32_t *items;
        return module->language->parts &&
               unit_list(module->unit, link_decl(module, a)->type_parameters, &items) !=
                       unit_list(module->unit, link_decl(module, b)->type_parameters, &items);
}

/* A declaration in several parts (interfaces, namespaces and classes of one name) has the members of all. */
static void add_parts(Linker *linker, Lineage *lineage, const LinkModule *module, uint32_t index)
{
        const UnitDecl *decl = link_decl(module, index);
        add_item(linker, lineage, (LinkAtom){LINK_ATOM_DECL, module->number, index, LINK_ENV_NONE});
        add_other_parts(linker, lineage, module, index);
        if (!(module->marks[index] & LINK_MARK_MERGED))
                return;
        uint32_t word = link_word(linker->words, link_text(module, decl->name)), probe = 0, part;
        while ((part = link_module_next(module, decl->container, word, &probe)) != UNIT_NONE) {
                UnitKind kind = link_decl(module, part)->kind;
                if (part == index || kind == UNIT_TYPE || !link_kind_has_members(kind) ||
                    (decl->flags ^ link_decl(module, part)->flags) & UNIT_UNUSUAL ||
                    is_other_type(module, index, part))
                        continue;
                LinkEnv env = env_of_part(linker, module, index, part);
                add_item(linker, lineage, (LinkAtom){LINK_ATOM_DECL, module->number, part, env});
        }
}

/* A base that is written as an expression or an alias comes as values: the types of those. */
static LinkSet types_of_base(Linker *linker, LinkAtom atom)
{
        if (atom.kind == LINK_ATOM_DECL) {
                LinkAtom type = link_pick(linker, atom, /* type= */ true);
                switch ((UnitKind)link_atom_decl(linker, type)->kind) {
                case UNIT_CLASS:
                case UNIT_INTERFACE:
                case UNIT_STRUCT:
                case UNIT_ENUM:
                case UNIT_RECORD:
                        return link_atom(linker, type);
                default:
                        break;
                }
        }
        LinkSet values = atom.kind == LINK_ATOM_DECL
                                 ? link_instances(linker, link_atom(linker, atom))
                                 : link_atom(linker, atom);
        LinkSet types = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkSet one = link_types(
                        linker, link_expand(linker, link_set_at(linker->values, values, i)));
                types = link_union(linker, types, one);
        }
        return types;
}

static void add_base(Linker *linker, Lineage *lineage, LinkAtom base)
{
        if (base.kind != LINK_ATOM_DECL && base.kind != LINK_ATOM_TYPEOF) {
                add_item(linker, lineage, base);
                return;
        }
        uint32_t list = lineage_of(linker, base);
        for (uint32_t i = 0, n = link_list_size(linker->values, list); i < n; i++) {
                LinkSet item =
                        link_substitute(linker, link_list_at(linker->values, list, i), base.env);
                add_item(linker, lineage, link_set_at(linker->values, item, 0));
        }
}

static void add_bases(Linker *linker, Lineage *lineage, LinkAtom part)
{
        const LinkModule *module = linker_load(linker, part.module);
        const uint32_t *bases;
        for (uint32_t i = 0,
                      n = unit_list(module->unit, link_decl(module, part.decl)->bases, &bases);
             i < n; i++) {
                LinkSet denoted = link_denoted(linker, module->number, bases[i]);
                for (uint32_t k = 0, m = link_set_size(linker->values, denoted); k < m; k++) {
                        LinkSet types =
                                types_of_base(linker, link_set_at(linker->values, denoted, k));
                        types = link_substitute(linker, types, part.env);
                        for (uint32_t j = 0, s = link_set_size(linker->values, types); j < s; j++)
                                add_base(linker, lineage, link_set_at(linker->values, types, j));
                }
        }
}

/* The bases of a type, each with its own lineage, in one order. */
static void add_bases_ordered(Linker *linker, Lineage *lineage, const LinkModule *module,
                              uint32_t decl)
{
        const uint32_t *bases;
        g_autoptr(LinkOrder) order = link_order_new();
        Lineage *one = g_new(Lineage, 2), *heads = one + 1;
        heads->count = 0;
        for (uint32_t i = 0, n = unit_list(module->unit, link_decl(module, decl)->bases, &bases);
             i < n; i++) {
                LinkSet denoted = link_denoted(linker, module->number, bases[i]);
                for (uint32_t k = 0, m = link_set_size(linker->values, denoted); k < m; k++) {
                        LinkSet types =
                                types_of_base(linker, link_set_at(linker->values, denoted, k));
                        for (uint32_t j = 0, s = link_set_size(linker->values, types); j < s; j++) {
                                one->count = 0;
                                add_base(linker, one, link_set_at(linker->values, types, j));
                                link_order_add(order, one->items, one->count);
                                if (one->count)
                                        add_item(linker, heads,
                                                 link_set_at(linker->values, one->items[0], 0));
                        }
                }
        }
        link_order_add(order, heads->items, heads->count);
        g_free(one);
        for (LinkSet next; link_order_next(linker, order, &next);)
                add_item(linker, lineage, link_set_at(linker->values, next, 0));
}

static void add_root(Linker *linker, Lineage *lineage, const LinkModule *module)
{
        if (!module->language || !module->language->root)
                return;
        LinkSet root = link_builtin(linker, module->language, module->language->root);
        LinkAtom atom = link_set_at(linker->values, root, 0);
        if (atom.kind == LINK_ATOM_DECL)
                add_item(linker, lineage, atom);
}

uint32_t link_answer_lineage(Linker *linker, uint32_t number, uint32_t decl)
{
        const LinkModule *module = linker_load(linker, number);
        g_autofree Lineage *lineage = g_new(Lineage, 1);
        lineage->count = 0;
        linker_consult(linker, module, decl);
        add_parts(linker, lineage, module, decl);
        bool ordered = module->language && module->language->flags & LINK_LINEAGE_C3;
        for (uint32_t i = 0, parts = lineage->count; i < parts && !ordered; i++)
                add_bases(linker, lineage, link_set_at(linker->values, lineage->items[i], 0));
        if (ordered)
                add_bases_ordered(linker, lineage, module, decl);
        add_root(linker, lineage, module);
        return link_values_list(linker->values, lineage->items, lineage->count);
}

/* ---- members ---- */

static bool fits(const LinkModule *module, const UnitDecl *decl, bool of_type)
{
        if (decl->kind == UNIT_TYPE_PARAMETER)
                return false;
        if (!(module->language->flags & LINK_STATICS_APART))
                return true;
        UnitKind container = decl->container == UNIT_NONE
                                     ? UNIT_NAMESPACE
                                     : link_decl(module, decl->container)->kind;
        if (container == UNIT_NAMESPACE || container == UNIT_ENUM)
                return of_type;
        return container == UNIT_RECORD || of_type == ((decl->flags & UNIT_STATIC) != 0);
}

/* A name as members have it: of "name()" without the brackets, where what is called has names of its own. */
typedef struct Wanted {
        uint32_t word;
        bool called, of_type;
} Wanted;

static Wanted wanted_by(Linker *linker, const LinkNode *node)
{
        Wanted wanted = {.word = node->b, .of_type = node->kind == LINK_NODE_STATIC};
        const char *text = link_word_text(linker->words, node->b);
        size_t length = strlen(text);
        if (length <= 2 || strcmp(text + length - 2, "()") != 0 ||
            !(linker_load(linker, node->module)->language->flags & LINK_CALLED_APART))
                return wanted;
        g_autofree char *plain = g_strndup(text, length - 2);
        wanted.word = linker_word(linker, plain);
        wanted.called = true;
        return wanted;
}

static uint32_t member_in(const LinkModule *module, uint32_t container, const Wanted *wanted)
{
        uint32_t probe = 0, found;
        bool apart = module->language->flags & LINK_CALLED_APART,
             overloads = module->language->flags & LINK_OVERLOADS;
        while ((found = link_module_next(module, container, wanted->word, &probe)) != UNIT_NONE) {
                const UnitDecl *decl = link_decl(module, found);
                bool hidden = (overloads && link_is_hidden(decl)) ||
                              (apart && link_is_function(decl) != wanted->called);
                if (!hidden && fits(module, decl, wanted->of_type))
                        return found;
        }
        return UNIT_NONE;
}

/* The first of a lineage that has the member, from that item on. */
static LinkSet member_of_lineage(Linker *linker, uint32_t list, uint32_t from, const LinkNode *node)
{
        LinkSet other = LINK_EMPTY;
        Wanted wanted = wanted_by(linker, node);
        if (!list) /* it is just being made */
                return LINK_EMPTY;
        for (uint32_t i = from, n = link_list_size(linker->values, list); i < n; i++) {
                LinkAtom type =
                        link_set_at(linker->values, link_list_at(linker->values, list, i), 0);
                if (type.kind == LINK_ATOM_MODULE) { /* typeof a module */
                        LinkSet given = link_exported(linker, link_atom(linker, type), wanted.word);
                        if (!link_set_has(linker->values, given, LINK_ATOM_MISSING))
                                return given;
                        continue;
                }
                if (type.kind != LINK_ATOM_DECL) {
                        other = link_union(linker, other, link_atom(linker, type));
                        continue;
                }
                const LinkModule *module = linker_load(linker, type.module);
                uint32_t member = member_in(module, type.decl, &wanted);
                if (member != UNIT_NONE)
                        return link_decl_atom(linker, LINK_ATOM_DECL, type.module, member,
                                              type.env);
                LinkSet attached =
                        module->language->attached
                                ? module->language->attached(linker, module, type.decl, node->b)
                                : LINK_EMPTY;
                if (attached != LINK_EMPTY)
                        return link_substitute(linker, attached, type.env);
        }
        return other != LINK_EMPTY ? other : link_plain(linker, LINK_ATOM_MISSING);
}

LinkSet link_answer_member(Linker *linker, const LinkNode *node)
{
        LinkAtom type = {LINK_ATOM_DECL, node->module, node->a, LINK_ENV_NONE};
        uint32_t list = lineage_of(linker, type);
        LinkSet found = member_of_lineage(linker, list, 0, node);
        const char *any = linker_load(linker, node->module)->language->any;
        if (!any || node->kind != LINK_NODE_MEMBER ||
            !link_set_has(linker->values, found, LINK_ATOM_MISSING))
                return found;
        LinkNode other = {node->kind, node->module, node->a, link_word(linker->words, any)};
        return member_of_lineage(linker, list, 0, &other);
}

static LinkSet ask_member(Linker *linker, LinkNodeKind kind, LinkAtom atom, uint32_t word)
{
        LinkSet members = link_ask(linker, (LinkNode){kind, atom.module, atom.decl, word});
        return link_substitute(linker, members, atom.env);
}

static LinkSet member_of_decl(Linker *linker, LinkAtom atom, uint32_t word)
{
        switch ((UnitKind)link_atom_decl(linker, atom)->kind) {
        case UNIT_FUNCTION:
        case UNIT_METHOD:
        case UNIT_CONSTRUCTOR:
        case UNIT_LAMBDA:
        case UNIT_MACRO: {
                /* a function has what a namespace of its name has, and what all functions have */
                const LinkModule *module = linker_load(linker, atom.module);
                if (!(module->marks[atom.decl] & LINK_MARK_MERGED))
                        return link_plain(linker, LINK_ATOM_EXTERNAL);
                LinkSet found = ask_member(linker, LINK_NODE_STATIC, atom, word);
                return link_set_has(linker->values, found, LINK_ATOM_MISSING)
                               ? link_plain(linker, LINK_ATOM_EXTERNAL)
                               : found;
        }
        default:
                return ask_member(linker, LINK_NODE_STATIC, atom, word);
        }
}

static LinkSet member_of_tuple(Linker *linker, LinkAtom atom, uint32_t word)
{
        return link_plain(linker, LINK_ATOM_EXTERNAL);
}

static LinkSet member_of_atom(Linker *linker, LinkAtom atom, uint32_t word)
{
        switch ((LinkAtomKind)atom.kind) {
        case LINK_ATOM_MODULE:
        case LINK_ATOM_SPACE:
                return link_exported(linker, link_atom(linker, atom), word);
        case LINK_ATOM_DECL:
        case LINK_ATOM_TYPEOF:
                return member_of_decl(linker, atom, word);
        case LINK_ATOM_INSTANCE:
        case LINK_ATOM_SELF:
                return ask_member(linker, LINK_NODE_MEMBER, atom, word);
        case LINK_ATOM_TUPLE:
                return member_of_tuple(linker, atom, word);
        default:
                return link_atom(linker, atom);
        }
}

LinkSet link_member(Linker *linker, LinkSet values, uint32_t word)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkSet whole = link_expand(linker, link_set_at(linker->values, values, i));
                for (uint32_t k = 0, m = link_set_size(linker->values, whole); k < m; k++) {
                        LinkSet one =
                                member_of_atom(linker, link_set_at(linker->values, whole, k), word);
                        result = link_union(linker, result, one);
                }
        }
        return result;
}

/* ---- bases ---- */

static bool is_other_part(Linker *linker, LinkAtom item, const LinkModule *module,
                          const UnitDecl *own)
{
        const LinkModule *other = linker_load(linker, item.module);
        const UnitDecl *part = link_decl(other, item.decl);
        return own->flags & UNIT_PARTIAL && part->flags & UNIT_PARTIAL &&
               g_str_equal(link_text(other, part->name), link_text(module, own->name));
}

/* The first item of a lineage that is not a part of the declaration itself. */
static uint32_t first_base(Linker *linker, uint32_t list, uint32_t module, uint32_t decl)
{
        const LinkModule *loaded = linker_load(linker, module);
        const UnitDecl *own = link_decl(loaded, decl);
        uint32_t i = 0;
        for (uint32_t n = link_list_size(linker->values, list); i < n; i++) {
                LinkAtom item =
                        link_set_at(linker->values, link_list_at(linker->values, list, i), 0);
                if (item.kind == LINK_ATOM_DECL && item.module != module &&
                    is_other_part(linker, item, loaded, own))
                        continue;
                if (item.kind != LINK_ATOM_DECL || item.module != module)
                        break;
                const UnitDecl *part = link_decl(loaded, item.decl);
                if (part->name != own->name || part->container != own->container)
                        break;
        }
        return i;
}

LinkSet link_member_of_super(Linker *linker, uint32_t module, uint32_t decl, uint32_t word)
{
        LinkAtom type = {LINK_ATOM_DECL, module, decl, LINK_ENV_NONE};
        uint32_t list = lineage_of(linker, type), from = first_base(linker, list, module, decl);
        LinkNode node = {LINK_NODE_MEMBER, module, decl, word};
        LinkSet found = member_of_lineage(linker, list, from, &node);
        if (!link_set_has(linker->values, found, LINK_ATOM_MISSING))
                return found;
        node.kind = LINK_NODE_STATIC;
        return member_of_lineage(linker, list, from, &node);
}

LinkSet link_super(Linker *linker, uint32_t module, uint32_t decl)
{
        LinkAtom type = {LINK_ATOM_DECL, module, decl, LINK_ENV_NONE};
        uint32_t list = lineage_of(linker, type), from = first_base(linker, list, module, decl);
        if (from == link_list_size(linker->values, list))
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        return link_instances(linker, link_list_at(linker->values, list, from));
}

bool link_as_base(Linker *linker, LinkAtom atom, uint32_t module, uint32_t decl, LinkAtom *ret)
{
        *ret = atom;
        if (atom.module == module && atom.decl == decl)
                return true;
        if (!link_atom_decl(linker, atom))
                return false;
        uint32_t list = lineage_of(linker, atom);
        for (uint32_t i = 0, n = link_list_size(linker->values, list); i < n; i++) {
                LinkSet item = link_list_at(linker->values, list, i);
                LinkAtom base = link_set_at(linker->values, item, 0);
                if (base.module != module || base.decl != decl || base.kind != LINK_ATOM_DECL)
                        continue;
                base = link_set_at(linker->values, link_substitute(linker, item, atom.env), 0);
                *ret = (LinkAtom){atom.kind, module, decl, base.env};
                return true;
        }
        return false;
}
