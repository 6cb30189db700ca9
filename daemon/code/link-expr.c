/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an expression denotes, operation by operation. */
#include "code/link-meaning.h"

LinkSet link_denoted(Linker *linker, uint32_t module, uint32_t expr)
{
        if (expr == UNIT_NONE)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        return link_ask(linker, (LinkNode){LINK_NODE_EXPR, module, expr, 0});
}

LinkSet link_evaluate(Linker *linker, uint32_t module, uint32_t expr)
{
        return link_read(linker, link_denoted(linker, module, expr));
}

LinkSet link_evaluate_type(Linker *linker, uint32_t module, uint32_t expr)
{
        return link_instances(linker, link_denoted(linker, module, expr));
}

static uint32_t word_of(Linker *linker, const LinkModule *module, UnitString string)
{
        return link_word(linker->words, link_text(module, string));
}

static LinkSet denote_name(Linker *linker, const LinkModule *module, const UnitExpr *expr)
{
        LinkSet found = LINK_EMPTY;
        if (module->language->name_of)
                found = module->language->name_of(linker, module, expr->b,
                                                  word_of(linker, module, expr->a));
        if (found != LINK_EMPTY)
                return found;
        return link_builtin(linker, module->language, link_text(module, expr->a));
}

/* A method that gives its receiver gives what it is called on. */
static LinkSet replace_self(Linker *linker, LinkSet set, LinkSet receivers)
{
        if (!(link_set_flags(linker->values, set) & LINK_HAS_SELF))
                return set;
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, set, i);
                LinkSet one = atom.kind == LINK_ATOM_SELF ? receivers : link_atom(linker, atom);
                result = link_union(linker, result, one);
        }
        return result;
}

/* The values of what stands before the last name of an expression; LINK_EMPTY: there is no such thing. */
static LinkSet receivers_of(Linker *linker, const LinkModule *module, uint32_t expr)
{
        const UnitExpr *exprs = module->unit->exprs;
        if (exprs[expr].op == UNIT_EXPR_APPLY)
                expr = exprs[expr].a;
        if (exprs[expr].op != UNIT_EXPR_MEMBER || exprs[exprs[expr].a].op == UNIT_EXPR_SUPER)
                return LINK_EMPTY;
        return link_evaluate(linker, module->number, exprs[expr].a);
}

static LinkSet denote_call(Linker *linker, const LinkModule *module, const UnitExpr *expr)
{
        LinkArguments arguments = {module->number, expr->b};
        LinkSet result =
                link_call(linker, link_evaluate(linker, module->number, expr->a), &arguments);
        if (!(link_set_flags(linker->values, result) & LINK_HAS_SELF))
                return result;
        LinkSet receivers = receivers_of(linker, module, expr->a);
        return receivers ? replace_self(linker, result, receivers) : result;
}

static bool is_declared(Linker *linker, LinkSet set)
{
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++)
                if (link_set_at(linker->values, set, i).kind == LINK_ATOM_DECL)
                        return true;
        return false;
}

static LinkSet denote_member(Linker *linker, const LinkModule *module, const UnitExpr *expr)
{
        const UnitExpr *of = &module->unit->exprs[expr->a];
        uint32_t word = word_of(linker, module, expr->b);
        if (of->op == UNIT_EXPR_SUPER)
                return link_member_of_super(linker, module->number, of->a, word);
        LinkSet values = link_evaluate(linker, module->number, expr->a);
        LinkSet found = link_member(linker, values, word);
        if (!module->language->extension || is_declared(linker, found))
                return found;
        LinkSet extended = module->language->extension(linker, module, values, word);
        return extended != LINK_EMPTY ? extended : found;
}

static bool is_known(Linker *linker, LinkSet set)
{
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++)
                if (link_set_at(linker->values, set, i).kind >= LINK_ATOM_MODULE)
                        return true;
        return false;
}

static LinkSet denote_any(Linker *linker, const LinkModule *module, const UnitExpr *expr)
{
        const uint32_t *items;
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = unit_list(module->unit, expr->b, &items); i < n; i++) {
                LinkSet one = link_denoted(linker, module->number, items[i]);
                if (expr->a == 1 && is_known(linker, one))
                        return one;
                result = link_union(linker, result, one);
        }
        return result;
}

static LinkSet apply_atom(Linker *linker, LinkAtom atom, const LinkSet *sets, uint32_t count)
{
        if (atom.kind != LINK_ATOM_DECL && atom.kind != LINK_ATOM_TYPEOF)
                return link_atom(linker, atom);
        LinkAtom type = link_pick(linker, atom, /* type= */ true);
        const LinkModule *module = linker_load(linker, type.module);
        if (link_decl(module, type.decl)->type_parameters != UNIT_NONE)
                atom = type;
        LinkEnv env = link_apply(linker, atom.module, atom.decl, sets, count);
        atom.env = link_compose(linker, env, atom.env);
        return link_atom(linker, atom);
}

static LinkSet denote_apply(Linker *linker, const LinkModule *module, const UnitExpr *expr)
{
        const uint32_t *items;
        LinkSet sets[LINK_ENV_MAX], generic = link_denoted(linker, module->number, expr->a),
                                    result = LINK_EMPTY;
        uint32_t count = MIN(unit_list(module->unit, expr->b, &items), LINK_ENV_MAX);
        for (uint32_t i = 0; i < count; i++)
                sets[i] = link_evaluate_type(linker, module->number, items[i]);
        for (uint32_t i = 0, n = link_set_size(linker->values, generic); i < n; i++) {
                LinkSet one =
                        apply_atom(linker, link_set_at(linker->values, generic, i), sets, count);
                result = link_union(linker, result, one);
        }
        return result;
}

static LinkSet denote_tuple(Linker *linker, const LinkModule *module, const UnitExpr *expr)
{
        const uint32_t *items;
        LinkBinding bindings[LINK_ENV_MAX];
        uint32_t count = unit_list(module->unit, expr->b, &items);
        for (uint32_t i = 0; i < count && i < LINK_ENV_MAX; i++)
                bindings[i] = (LinkBinding){LINK_NONE, i,
                                            link_evaluate_type(linker, module->number, items[i])};
        LinkAtom tuple = {.kind = LINK_ATOM_TUPLE};
        tuple.env = link_values_env(linker->values, bindings, MIN(count, LINK_ENV_MAX));
        return link_atom(linker, tuple);
}

static LinkSet tuple_element(Linker *linker, LinkAtom tuple, const char *key)
{
        LinkSet result = LINK_EMPTY;
        char *end = NULL;
        guint64 wanted = key ? g_ascii_strtoull(key, &end, 10) : 0;
        bool one = key && end != key && !*end;
        for (uint32_t i = 0, n = link_env_size(linker->values, tuple.env); i < n; i++)
                if (!one || i == wanted)
                        result = link_union(linker, result,
                                            link_env_at(linker->values, tuple.env, i).set);
        return result;
}

/* Elements and what awaiting gives are told by the language, of what values are once aliases are expanded. */
static LinkSet element_of(Linker *linker, const LinkModule *module, LinkAtom atom, uint32_t key)
{
        if (atom.kind == LINK_ATOM_TUPLE)
                return tuple_element(linker, atom,
                                     key == UNIT_NONE ? NULL : link_word_text(linker->words, key));
        const LinkLanguage *language = link_atom_language(linker, atom);
        if (!language)
                language = module->language;
        if (atom.kind < LINK_ATOM_MODULE || !language->element)
                return link_atom(linker, atom);
        return language->element(linker, atom, key);
}

static LinkSet awaited(Linker *linker, const LinkModule *module, LinkAtom atom)
{
        const LinkLanguage *language = link_atom_language(linker, atom);
        if (!language || !language->awaited)
                return link_atom(linker, atom);
        return language->awaited(linker, atom);
}

static LinkSet of_each(Linker *linker, const LinkModule *module, LinkSet values,
                       const UnitExpr *expr)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, values, i);
                LinkSet whole = link_expand(linker, atom), one = LINK_EMPTY;
                for (uint32_t k = 0, m = link_set_size(linker->values, whole); k < m; k++) {
                        LinkAtom value = link_set_at(linker->values, whole, k);
                        LinkSet got = expr->op == UNIT_EXPR_AWAIT ? awaited(linker, module, value)
                                      : expr->b == UNIT_NONE
                                              ? element_of(linker, module, value, UNIT_NONE)
                                              : element_of(linker, module, value,
                                                           word_of(linker, module, expr->b));
                        one = link_union(linker, one, got);
                }
                result = link_union(linker, result, one);
        }
        return result;
}

static LinkSet denote_passed(Linker *linker, const LinkModule *module, const UnitExpr *expr)
{
        const uint32_t *numbers;
        (void)unit_list(module->unit, expr->b, &numbers);
        if (numbers[0] == UNIT_NONE)
                return link_parameter(linker, link_evaluate(linker, module->number, expr->a),
                                      numbers[1]);
        const UnitExpr *call = &module->unit->exprs[expr->a];
        if (call->op == UNIT_EXPR_AWAIT)
                call = &module->unit->exprs[call->a];
        if (call->op != UNIT_EXPR_CALL && call->op != UNIT_EXPR_NEW)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkCallback callback = {{module->number, call->b}, numbers[0], numbers[1]};
        return link_passed(linker, link_evaluate(linker, module->number, call->a), &callback);
}

static LinkSet denote_decl(Linker *linker, const LinkModule *module, LinkAtomKind kind,
                           uint32_t decl)
{
        return link_decl_atom(linker, kind, module->number, decl, LINK_ENV_NONE);
}

LinkSet link_answer_expr(Linker *linker, uint32_t number, uint32_t index)
{
        const LinkModule *module = linker_load(linker, number);
        const UnitExpr *expr = &module->unit->exprs[index];
        LinkArguments arguments = {number, expr->b};
        switch ((UnitOp)expr->op) {
        case UNIT_EXPR_DECL:
                return denote_decl(linker, module, LINK_ATOM_DECL, expr->a);
        case UNIT_EXPR_SELF:
                return denote_decl(linker, module, LINK_ATOM_SELF, expr->a);
        case UNIT_EXPR_SUPER:
                return link_super(linker, number, expr->a);
        case UNIT_EXPR_IMPORT:
                return link_ask(linker, (LinkNode){LINK_NODE_IMPORT, number, expr->a, 0});
        case UNIT_EXPR_NAME:
                return denote_name(linker, module, expr);
        case UNIT_EXPR_BUILTIN:
                return link_builtin(linker, module->language, link_text(module, expr->a));
        case UNIT_EXPR_MEMBER:
                return denote_member(linker, module, expr);
        case UNIT_EXPR_CALL:
                return denote_call(linker, module, expr);
        case UNIT_EXPR_NEW:
                return link_make(linker, link_denoted(linker, number, expr->a), &arguments);
        case UNIT_EXPR_VALUE:
                return link_evaluate_type(linker, number, expr->a);
        case UNIT_EXPR_TYPEOF:
                return link_types(linker, link_denoted(linker, number, expr->a));
        case UNIT_EXPR_ELEMENT:
        case UNIT_EXPR_AWAIT:
                return of_each(linker, module, link_evaluate(linker, number, expr->a), expr);
        case UNIT_EXPR_APPLY:
                return denote_apply(linker, module, expr);
        case UNIT_EXPR_ANY:
                return denote_any(linker, module, expr);
        case UNIT_EXPR_TUPLE:
                return denote_tuple(linker, module, expr);
        case UNIT_EXPR_PARAMETER:
                return denote_passed(linker, module, expr);
        case UNIT_EXPR_DEREF:
                return link_evaluate(linker, number, expr->a);
        case UNIT_EXPR_ADDRESS: /* a pointer has what it points to has */
                return link_denoted(linker, number, expr->a);
        default:
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        }
}
