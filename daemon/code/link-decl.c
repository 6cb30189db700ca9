/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What declarations stand for: the values of variables, the results of functions, the types behind aliases and parameters. */
#include "code/link-meaning.h"

static bool is_type(UnitKind kind)
{
        switch (kind) {
        case UNIT_CLASS:
        case UNIT_INTERFACE:
        case UNIT_STRUCT:
        case UNIT_ENUM:
        case UNIT_TYPE:
        case UNIT_TYPE_PARAMETER:
        case UNIT_RECORD:
        case UNIT_LAMBDA:
                return true;
        default:
                return false;
        }
}

static bool is_value(UnitKind kind)
{
        return kind != UNIT_INTERFACE && kind != UNIT_TYPE && kind != UNIT_TYPE_PARAMETER;
}

static bool is_variable(const UnitDecl *decl)
{
        switch (decl->kind) {
        case UNIT_VARIABLE:
        case UNIT_CONSTANT:
        case UNIT_FIELD:
        case UNIT_PROPERTY:
        case UNIT_ENUM_MEMBER:
        case UNIT_PARAMETER:
                return true;
        default:
                return (decl->flags & UNIT_GETTER) != 0;
        }
}

/* How well a declaration stands for what is asked for: a namespace only where there is nothing else. */
static unsigned fitness(const UnitDecl *decl, bool type)
{
        if (decl->kind == UNIT_NAMESPACE)
                return 1;
        return (type ? is_type(decl->kind) : is_value(decl->kind)) ? 2 : 0;
}

LinkAtom link_pick(Linker *linker, LinkAtom atom, bool type)
{
        const LinkModule *module = linker_load(linker, atom.module);
        const UnitDecl *decl = link_decl(module, atom.decl);
        if (!(module->marks[atom.decl] & LINK_MARK_MERGED) || fitness(decl, type) == 2)
                return atom;
        uint32_t word = link_word(linker->words, link_text(module, decl->name)), probe = 0, other,
                 best = atom.decl;
        while ((other = link_module_next(module, decl->container, word, &probe)) != UNIT_NONE)
                if (fitness(link_decl(module, other), type) >
                    fitness(link_decl(module, best), type))
                        best = other;
        return (LinkAtom){atom.kind, atom.module, best, atom.env};
}

/* ---- from one manner of sets to another ---- */

static LinkSet value_of_decl(Linker *linker, LinkAtom atom)
{
        LinkSet values = link_ask(linker, (LinkNode){LINK_NODE_VALUE, atom.module, atom.decl, 0});
        return link_substitute(linker, values, atom.env);
}

static LinkSet read_atom(Linker *linker, LinkAtom atom)
{
        if (atom.kind != LINK_ATOM_DECL)
                return link_atom(linker, atom);
        atom = link_pick(linker, atom, /* type= */ false);
        if (!is_variable(link_atom_decl(linker, atom)))
                return link_atom(linker, atom);
        return value_of_decl(linker, atom);
}

LinkSet link_read(Linker *linker, LinkSet denoted)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkSet one = read_atom(linker, link_set_at(linker->values, denoted, i));
                result = link_union(linker, result, one);
        }
        return result;
}

static LinkSet instance_of(Linker *linker, LinkAtom atom)
{
        if (atom.kind == LINK_ATOM_TYPEOF)
                return link_decl_atom(linker, LINK_ATOM_DECL, atom.module, atom.decl, atom.env);
        if (atom.kind != LINK_ATOM_DECL)
                return link_atom(linker, atom);
        atom = link_pick(linker, atom, /* type= */ true);
        const UnitDecl *decl = link_atom_decl(linker, atom);
        if (decl->kind == UNIT_LAMBDA)
                return link_atom(linker, atom); /* a function type's values are like itself */
        if (is_type(decl->kind))
                return link_decl_atom(linker, LINK_ATOM_INSTANCE, atom.module, atom.decl, atom.env);
        if (decl->kind == UNIT_ENUM_MEMBER)
                return value_of_decl(linker, atom);
        if (is_variable(decl)) /* a type under another name: Python's aliases */
                return link_instances(linker, value_of_decl(linker, atom));
        return link_plain(linker, LINK_ATOM_UNKNOWN);
}

LinkSet link_instances(Linker *linker, LinkSet types)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, types); i < n; i++) {
                LinkSet one = instance_of(linker, link_set_at(linker->values, types, i));
                result = link_union(linker, result, one);
        }
        return result;
}

static LinkSet type_of_value(Linker *linker, LinkAtom atom)
{
        if (atom.kind == LINK_ATOM_INSTANCE)
                return link_decl_atom(linker, LINK_ATOM_DECL, atom.module, atom.decl, atom.env);
        if (atom.kind == LINK_ATOM_DECL)
                return link_decl_atom(linker, LINK_ATOM_TYPEOF, atom.module, atom.decl, atom.env);
        return link_atom(linker, atom);
}

LinkSet link_types(Linker *linker, LinkSet denoted)
{
        LinkSet values = link_read(linker, denoted), result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkSet one = type_of_value(linker, link_set_at(linker->values, values, i));
                result = link_union(linker, result, one);
        }
        return result;
}

/* Aliases of aliases end where they go in a circle: what a name stands for then is nothing. */
static LinkSet expand(Linker *linker, LinkAtom atom, unsigned depth)
{
        const UnitDecl *decl =
                atom.kind == LINK_ATOM_INSTANCE ? link_atom_decl(linker, atom) : NULL;
        if (!decl || (decl->kind != UNIT_TYPE && decl->kind != UNIT_TYPE_PARAMETER) ||
            decl->flags & UNIT_DISTINCT)
                return link_atom(linker, atom);
        if (depth > LINK_SUBSTITUTE_MAX)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkSet values = value_of_decl(linker, atom), result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkSet one = expand(linker, link_set_at(linker->values, values, i), depth + 1);
                result = link_union(linker, result, one);
        }
        return result;
}

LinkSet link_expand(Linker *linker, LinkAtom atom)
{
        return expand(linker, atom, 0);
}

LinkSet link_underlying(Linker *linker, LinkAtom atom)
{
        return value_of_decl(linker, atom);
}

/* ---- what a declaration gives ---- */

static LinkSet result_of(Linker *linker, const LinkModule *module, uint32_t index)
{
        const UnitDecl *decl = link_decl(module, index);
        if (decl->kind == UNIT_CONSTRUCTOR && decl->container != UNIT_NONE)
                return link_decl_atom(linker, LINK_ATOM_INSTANCE, module->number, decl->container,
                                      LINK_ENV_NONE);
        LinkSet results = decl->type != UNIT_NONE
                                  ? link_evaluate_type(linker, module->number, decl->type)
                                  : link_evaluate(linker, module->number, decl->value);
        if (decl->flags & (UNIT_ASYNC | UNIT_GENERATOR) && module->language->wrapped)
                return module->language->wrapped(linker, module, decl, results);
        return results;
}

/* What stands in the text counts more than what it is initialised with, unless it says nothing. */
static LinkSet content_of(Linker *linker, const LinkModule *module, const UnitDecl *decl)
{
        LinkSet unknown = link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkSet typed = decl->type == UNIT_NONE
                                ? unknown
                                : link_evaluate_type(linker, module->number, decl->type);
        if (typed != unknown || decl->value == UNIT_NONE)
                return typed;
        return link_evaluate(linker, module->number, decl->value);
}

LinkSet link_answer_value(Linker *linker, uint32_t number, uint32_t index)
{
        const LinkModule *module = linker_load(linker, number);
        const UnitDecl *decl = link_decl(module, index);
        linker_consult(linker, module, index);
        switch ((UnitKind)decl->kind) {
        case UNIT_TYPE:
        case UNIT_TYPE_PARAMETER:
                return link_evaluate_type(linker, number, decl->type);
        case UNIT_ENUM_MEMBER:
                if (decl->container == UNIT_NONE)
                        return link_plain(linker, LINK_ATOM_UNKNOWN);
                return link_decl_atom(linker, LINK_ATOM_INSTANCE, number, decl->container,
                                      LINK_ENV_NONE);
        case UNIT_FUNCTION:
        case UNIT_METHOD:
        case UNIT_CONSTRUCTOR:
        case UNIT_LAMBDA:
        case UNIT_MACRO:
                return result_of(linker, module, index);
        default:
                return content_of(linker, module, decl);
        }
}
