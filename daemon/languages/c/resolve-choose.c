/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a site may name to what it goes to: constructors of classes, overloads by the number of arguments, definitions of what
 * is only declared where it is named. */
#include <string.h>

#include "languages/c/resolve.h"

static const UnitDecl *decl_at(Linker *linker, LinkPlace place)
{
        return link_decl(linker_load(linker, place.module), place.decl);
}

static void add(CChoices *choices, LinkPlace place)
{
        for (uint32_t i = 0; i < choices->count; i++)
                if (choices->items[i].module == place.module &&
                    choices->items[i].decl == place.decl)
                        return;
        if (choices->count < C_CHOICES_MAX)
                choices->items[choices->count++] = place;
}

/* ---- overloads ---- */

static uint32_t parameter_count(const LinkModule *module, const UnitDecl *decl)
{
        const uint32_t *items;
        return unit_list(module->unit, decl->parameters, &items);
}

static bool takes(const LinkModule *module, const UnitDecl *decl, unsigned arguments)
{
        const uint32_t *parameters;
        uint32_t count = unit_list(module->unit, decl->parameters, &parameters), needed = 0;
        bool any = false;
        if (arguments == 255 || !c_is_function(decl->kind))
                return true;
        for (uint32_t i = 0; i < count; i++) {
                uint32_t flags = link_decl(module, parameters[i])->flags;
                any |= (flags & UNIT_VARIADIC) != 0;
                needed += !(flags & (UNIT_VARIADIC | UNIT_OPTIONAL));
        }
        return arguments >= needed && (any || arguments <= count);
}

/* All of the name in its class or namespace of that file. */
static void add_overloads(Linker *linker, CChoices *choices, LinkPlace place)
{
        const LinkModule *module = linker_load(linker, place.module);
        const UnitDecl *decl = link_decl(module, place.decl);
        uint32_t word = link_word(linker->words, link_text(module, decl->name)), probe = 0, other;
        if (!(module->marks[place.decl] & LINK_MARK_MERGED) || !c_is_function(decl->kind)) {
                add(choices, place);
                return;
        }
        while ((other = link_module_next(module, decl->container, word, &probe)) != UNIT_NONE)
                if (c_is_function(link_decl(module, other)->kind) &&
                    link_decl(module, other)->outer == UNIT_NONE)
                        add(choices, (LinkPlace){place.module, other});
}

/* The constructors of a class; the class itself if it declares none. */
static void add_constructors(Linker *linker, CChoices *choices, LinkPlace class)
{
        const LinkModule *module = linker_load(linker, class.module);
        const UnitDecl *decl = link_decl(module, class.decl);
        uint32_t word = link_word(linker->words, link_text(module, decl->name)), probe = 0, other,
                 before = choices->count;
        while ((other = link_module_next(module, class.decl, word, &probe)) != UNIT_NONE)
                if (link_decl(module, other)->kind == UNIT_CONSTRUCTOR)
                        add(choices, (LinkPlace){class.module, other});
        if (choices->count == before)
                add(choices, class);
}

static void keep_fitting(Linker *linker, CChoices *choices, unsigned arguments)
{
        CChoices kept = {.count = 0};
        for (uint32_t i = 0; i < choices->count; i++)
                if (takes(linker_load(linker, choices->items[i].module),
                          decl_at(linker, choices->items[i]), arguments))
                        add(&kept, choices->items[i]);
        if (kept.count)
                *choices = kept;
}

/* ---- definitions ---- */

/* Is a definition that stands outside of its class a member of this class? */
static bool is_of_class(Linker *linker, LinkPlace place, uint32_t module, uint32_t class)
{
        uint32_t outer = decl_at(linker, place)->outer;
        LinkSet denoted =
                outer == UNIT_NONE ? LINK_EMPTY : link_denoted(linker, place.module, outer);
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, denoted, i);
                if (atom.kind == LINK_ATOM_DECL && atom.module == module && atom.decl == class)
                        return true;
        }
        return false;
}

static bool defines(Linker *linker, LinkPlace place, LinkPlace declared)
{
        const LinkModule *module = linker_load(linker, place.module),
                         *other = linker_load(linker, declared.module);
        const UnitDecl *decl = link_decl(module, place.decl),
                       *prototype = link_decl(other, declared.decl);
        if (decl->flags & UNIT_BODILESS ||
            !c_is_function(decl->kind) == c_is_function(prototype->kind))
                return false;
        bool shared =
                prototype->flags & UNIT_FILE_LOCAL && c_is_header(other); /* by who includes both */
        if ((decl->flags | prototype->flags) & UNIT_FILE_LOCAL && module != other && !shared)
                return false;
        if (prototype->container != UNIT_NONE &&
            !c_is_space(link_decl(other, prototype->container)->kind))
                return is_of_class(linker, place, declared.module, prototype->container);
        CSpace one, two;
        c_space_of(linker, module, place.decl, &one);
        c_space_of(linker, other, declared.decl, &two);
        return decl->outer == UNIT_NONE && g_str_equal(one.text, two.text) &&
               (decl->container == UNIT_NONE ||
                c_is_space(link_decl(module, decl->container)->kind));
}

/* Of definitions of one name those that take what the declaration takes, if some do. */
static void keep_same(Linker *linker, LinkPlace declared, CChoices *choices)
{
        CChoices kept = {.count = 0};
        for (uint32_t i = 0; i < choices->count && choices->count > 1; i++)
                if (c_same_signature(linker, declared, choices->items[i]))
                        add(&kept, choices->items[i]);
        if (kept.count)
                *choices = kept;
}

/* What is only declared goes to where it is defined, with as many parameters; to itself if that is nowhere. */
static void add_definitions(Linker *linker, const LinkModule *from, CChoices *choices,
                            LinkPlace declared)
{
        const LinkModule *module = linker_load(linker, declared.module);
        const UnitDecl *prototype = link_decl(module, declared.decl);
        LinkPlace places[C_PLACES_MAX];
        uint32_t before = choices->count,
                 word = link_word(linker->words, link_text(module, prototype->name));
        size_t count = prototype->flags & UNIT_BODILESS
                               ? linker_named(linker, from, word, places, C_PLACES_MAX)
                               : 0;
        CChoices found = {.count = 0};
        for (size_t i = 0; i < count && count <= C_PLACES_MAX; i++) {
                const LinkModule *other = linker_load(linker, places[i].module);
                bool same = module->unit->header->language == UNIT_C ||
                            parameter_count(other, link_decl(other, places[i].decl)) ==
                                    parameter_count(module, prototype);
                if (same && defines(linker, places[i], declared))
                        add(&found, places[i]);
        }
        if (module->unit->header->language != UNIT_C)
                keep_same(linker, declared, &found);
        for (uint32_t i = 0; i < found.count; i++)
                add(choices, found.items[i]);
        if (choices->count == before)
                add(choices, declared);
}

/* ---- what can be called ---- */

/* #define f(x), not #define f. */
static bool takes_arguments(Linker *linker, LinkPlace place)
{
        const UnitDecl *decl = decl_at(linker, place);
        return decl->kind == UNIT_MACRO && decl->shape & SHAPE_ARGUMENTS;
}

static bool is_called(UnitKind kind)
{
        return c_is_function(kind) || kind == UNIT_CLASS || kind == UNIT_STRUCT;
}

/* What can be called hides what cannot; macros hide functions. */
static void keep_callable(Linker *linker, CChoices *choices)
{
        CChoices kept = {.count = 0}, macros = {.count = 0}, others = {.count = 0};
        for (uint32_t i = 0; i < choices->count; i++) {
                UnitKind kind = decl_at(linker, choices->items[i])->kind;
                if (takes_arguments(linker, choices->items[i]))
                        add(&macros, choices->items[i]);
                else if (is_called(kind))
                        add(&kept, choices->items[i]);
                else if (kind != UNIT_MACRO)
                        add(&others, choices->items[i]);
        }
        *choices = macros.count ? macros : kept.count ? kept : others;
}

static bool is_defined(Linker *linker, LinkPlace place)
{
        return !(decl_at(linker, place)->flags & UNIT_BODILESS);
}

static bool is_overload(Linker *linker, LinkPlace a, LinkPlace b)
{
        bool c = linker_load(linker, a.module)->unit->header->language == UNIT_C;
        return !c && c_is_function(decl_at(linker, a)->kind) &&
               c_is_function(decl_at(linker, b)->kind) && !c_same_signature(linker, a, b);
}

/* What is declared several times is one thing; functions of C++ are if they take the same. */
static void keep_first(Linker *linker, CChoices *choices)
{
        CChoices kept = {.count = 0};
        for (uint32_t i = 0; i < choices->count; i++) {
                bool known = false;
                for (uint32_t k = 0; k < kept.count && !known; k++)
                        known = !is_overload(linker, choices->items[i], kept.items[k]);
                if (!known)
                        add(&kept, choices->items[i]);
        }
        *choices = kept;
}

/* Where something is defined, its declarations are none; what the file itself defines comes first. */
static void keep_defined(Linker *linker, const LinkModule *from, CChoices *choices)
{
        CChoices kept = {.count = 0}, own = {.count = 0};
        for (uint32_t i = 0; i < choices->count; i++) {
                if (!is_defined(linker, choices->items[i]))
                        continue;
                add(&kept, choices->items[i]);
                if (choices->items[i].module == from->number)
                        add(&own, choices->items[i]);
        }
        if (own.count)
                *choices = own;
        else if (kept.count)
                *choices = kept;
        else
                keep_first(linker, choices);
}

/* ---- what is included ---- */

/* Which files' declarations of a name come to a file by its includes. */
LinkSet c_included(Linker *linker, const LinkModule *from, uint32_t word)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0; i < from->unit->header->imports; i++)
                if (from->unit->imports[i].flags & UNIT_IMPORT_REEXPORT)
                        result = link_union(
                                linker, result,
                                link_exported(linker, link_targets(linker, from->number, i), word));
        return result;
}

bool c_has_module(Linker *linker, LinkSet set, uint32_t module)
{
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, set, i);
                if (atom.kind == LINK_ATOM_DECL && atom.module == module)
                        return true;
        }
        return false;
}

/* Of the same name in several files those that the file includes; all if it includes none of them. */
static bool keep_included(Linker *linker, const LinkModule *from, CChoices *choices,
                          UnitString name)
{
        CChoices kept = {.count = 0};
        LinkSet set = c_included(linker, from, link_word(linker->words, link_text(from, name)));
        for (uint32_t i = 0; i < choices->count; i++)
                if (choices->items[i].module == from->number ||
                    c_has_module(linker, set, choices->items[i].module))
                        add(&kept, choices->items[i]);
        if (!kept.count || kept.count == choices->count)
                return false;
        *choices = kept;
        return true;
}

/* A macro of a file that is not included is none here; a header may count on what is included before it. */
static void drop_strange_macros(Linker *linker, const LinkModule *from, CChoices *choices,
                                UnitString name)
{
        CChoices kept = {.count = 0};
        LinkSet set = LINK_EMPTY;
        bool asked = false;
        if (c_is_header(from))
                return;
        for (uint32_t i = 0; i < choices->count; i++) {
                LinkPlace place = choices->items[i];
                bool strange =
                        place.module != from->number && decl_at(linker, place)->kind == UNIT_MACRO;
                if (strange && !asked) {
                        set = c_included(linker, from,
                                         link_word(linker->words, link_text(from, name)));
                        asked = true;
                }
                if (!strange || c_has_module(linker, set, place.module))
                        add(&kept, place);
        }
        *choices = kept;
}

/* Of macros that a file defines one after the other the last before a site. */
static void keep_last(Linker *linker, const LinkModule *from, const UnitSite *site,
                      CChoices *choices)
{
        uint32_t last = UINT32_MAX;
        for (uint32_t i = 0; i < choices->count; i++) {
                const UnitDecl *decl = decl_at(linker, choices->items[i]);
                if (choices->items[i].module != from->number || decl->kind != UNIT_MACRO ||
                    decl->flags & UNIT_CONDITIONAL)
                        return;
                if (decl->name_line < site->line &&
                    (last == UINT32_MAX ||
                     decl->name_line > decl_at(linker, choices->items[last])->name_line))
                        last = i;
        }
        if (last != UINT32_MAX)
                *choices = (CChoices){.items = {choices->items[last]}, .count = 1};
}

/* Are they in several files, or is one of them a macro among others? */
static bool are_apart(Linker *linker, const CChoices *choices)
{
        for (uint32_t i = 1; i < choices->count; i++)
                if (choices->items[i].module != choices->items[0].module ||
                    decl_at(linker, choices->items[i])->kind !=
                            decl_at(linker, choices->items[0])->kind)
                        return true;
        return false;
}

static bool has_macro(Linker *linker, const CChoices *choices)
{
        for (uint32_t i = 0; i < choices->count; i++)
                if (decl_at(linker, choices->items[i])->kind == UNIT_MACRO)
                        return true;
        return false;
}

/* ---- the whole ---- */

/* Only declared, and that under a condition: where it does not hold, it is something outside. So is what is there for other
 * systems, for those that are not. */
static bool is_outside(Linker *linker, const LinkModule *from, const UnitSite *site,
                       const CChoices *choices)
{
        bool strange =
                c_is_elsewhere(from) || (site->source != UNIT_NONE &&
                                         link_decl(from, site->source)->shape & SHAPE_ELSEWHERE);
        for (uint32_t i = 0; i < choices->count; i++) {
                const UnitDecl *decl = decl_at(linker, choices->items[i]);
                uint32_t flags = decl->flags;
                if (decl->kind == UNIT_METHOD || decl->kind == UNIT_CONSTRUCTOR)
                        return false; /* of a class that is here */
                if ((!(flags & UNIT_BODILESS) || !(flags & UNIT_CONDITIONAL)) &&
                    (strange || !c_is_strange(linker, choices->items[i])))
                        return false;
        }
        return choices->count > 0;
}

/* A class is called by its constructors, a function by all of its name. */
static void add_called(Linker *linker, CChoices *choices, LinkPlace place, bool call)
{
        UnitKind kind = decl_at(linker, place)->kind;
        if (call && (kind == UNIT_CLASS || kind == UNIT_STRUCT))
                add_constructors(linker, choices, place);
        else
                add_overloads(linker, choices, place);
}

/* What a call is given, and what it is called on, chooses. */
static void keep_suiting(Linker *linker, const LinkModule *from, const UnitSite *site,
                         CChoices *choices)
{
        keep_fitting(linker, choices, site->arguments);
        const UnitExpr *expr = &from->unit->exprs[site->expr];
        bool whole = site->flags & UNIT_SITE_OVERLOADED;
        CCall call = {whole ? expr->a : site->expr, whole ? expr->b : UNIT_NONE, site->source, 0};
        if (whole || !site->arguments)
                c_keep_best(linker, from, &call, choices);
}

/* What a plain name means in the namespaces of the classes that the call is given. */
static LinkSet find_by_given(Linker *linker, const LinkModule *module, const CCall *call)
{
        const UnitExpr *callee = &module->unit->exprs[call->callee];
        const uint32_t *items;
        LinkSet result = LINK_EMPTY;
        if (callee->op != UNIT_EXPR_NAME || call->given == UNIT_NONE || callee->b == UNIT_NONE)
                return result;
        uint32_t word = link_word(linker->words, link_text(module, callee->a));
        for (uint32_t i = 0, n = unit_list(module->unit, call->given, &items); i < n; i++) {
                CSpace space;
                if (c_space_of_given(linker, module, call, i, &space))
                        result = link_union(linker, result,
                                            c_in_space(linker, module, space.text, word));
        }
        return result;
}

static bool has_declaration(Linker *linker, LinkSet set)
{
        return link_set_has(linker->values, set, LINK_ATOM_DECL);
}

uint32_t c_called(Linker *linker, const LinkModule *module, const CCall *call, LinkPlace *ret)
{
        CChoices choices = {.count = 0};
        const uint32_t *items;
        LinkSet denoted = link_denoted(linker, module->number, call->callee);
        if (!has_declaration(linker, denoted))
                denoted = find_by_given(linker, module, call);
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, denoted, i);
                if (atom.kind == LINK_ATOM_DECL)
                        add_called(linker, &choices, (LinkPlace){atom.module, atom.decl}, true);
        }
        keep_callable(linker, &choices);
        if (call->given != UNIT_NONE)
                keep_fitting(linker, &choices, unit_list(module->unit, call->given, &items));
        c_keep_best(linker, module, call, &choices);
        memcpy(ret, choices.items, choices.count * sizeof(LinkPlace));
        return choices.count;
}

static void settle(Linker *linker, const LinkModule *from, const UnitSite *site,
                   const CChoices *choices, CChoices *ret)
{
        CChoices called = *choices;
        bool call = site->kind == UNIT_SITE_CALLS;
        ret->count = 0;
        if (call)
                keep_callable(linker, &called);
        if (call && from->unit->header->language == UNIT_CPP)
                keep_suiting(linker, from, site, &called);
        for (uint32_t i = 0; i < called.count; i++)
                add_definitions(linker, from, ret, called.items[i]);
        keep_defined(linker, from, ret);
        c_keep_here(linker, ret);
        c_keep_near(linker, from, ret);
}

static LinkSet named_by_given(Linker *linker, const LinkModule *from, const UnitSite *site)
{
        const UnitExpr *whole = &from->unit->exprs[site->expr];
        CCall call = {whole->a, whole->b, site->source, 0};
        return find_by_given(linker, from, &call);
}

LinkSet c_chosen(Linker *linker, const LinkModule *from, LinkSet denoted, const UnitSite *site)
{
        CChoices choices = {.count = 0}, found = {.count = 0};
        LinkSet result = LINK_EMPTY;
        bool call = site->kind == UNIT_SITE_CALLS;
        if (call && site->flags & UNIT_SITE_OVERLOADED && !has_declaration(linker, denoted)) {
                LinkSet beside = named_by_given(linker, from, site);
                denoted = beside != LINK_EMPTY ? beside : denoted;
        }
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, denoted, i);
                LinkPlace place = {atom.module, atom.decl};
                const UnitDecl *decl =
                        atom.kind == LINK_ATOM_DECL ? link_atom_decl(linker, atom) : NULL;
                if (!decl || !unit_is_symbol(decl) || linker_is_builtin(atom.module))
                        result = link_union(linker, result, link_atom(linker, atom));
                else
                        add_called(linker, &choices, place, call);
        }
        if (!choices.count)
                return result;
        drop_strange_macros(linker, from, &choices, site->name);
        settle(linker, from, site, &choices, &found);
        if ((are_apart(linker, &found) ||
             (are_apart(linker, &choices) && has_macro(linker, &choices))) &&
            keep_included(linker, from, &choices, site->name))
                settle(linker, from, site, &choices, &found);
        keep_last(linker, from, site, &found);
        if (call && (!choices.count || is_outside(linker, from, site, &found) ||
                     c_is_of_system(linker, from, site->name, &found)))
                return link_union(linker, result, link_plain(linker, LINK_ATOM_EXTERNAL));
        for (uint32_t i = 0; i < found.count; i++)
                result = link_union(linker, result,
                                    link_decl_atom(linker, LINK_ATOM_DECL, found.items[i].module,
                                                   found.items[i].decl, LINK_ENV_NONE));
        return result;
}

/* ---- alternatives ---- */

bool c_is_same(Linker *linker, LinkPlace a, LinkPlace b)
{
        const LinkModule *module = linker_load(linker, a.module);
        const UnitDecl *one = decl_at(linker, a), *two = decl_at(linker, b);
        if (a.module != b.module || one->container != two->container)
                return false;
        if (one->kind == UNIT_MACRO || two->kind == UNIT_MACRO)
                return true; /* a function, elsewhere a macro */
        if (!c_is_function(one->kind) || !c_is_function(two->kind))
                return one->kind == two->kind;
        return module->unit->header->language == UNIT_C ||
               (one->outer == two->outer && c_same_signature(linker, a, b));
}
