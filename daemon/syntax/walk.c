/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/walk.h"

#include "base/base.h"

#define WALK_MEMO_KEEP   200000 /* nodes; a larger memo is given back */
#define WALK_CLOCK_NODES 512    /* after so many nodes the clock is looked at */

void walk_init(Walk *walk, Tree *tree, Builder *builder)
{
        *walk = (Walk){.tree = tree, .builder = builder};
        scopes_init(&walk->scopes);
}

void walk_clear(Walk *walk)
{
        scopes_clear(&walk->scopes);
        g_clear_pointer(&walk->memo, g_free);
}

/* ---- the first pass ---- */

UnitString walk_string_inside(Walk *walk, Node node, unsigned n)
{
        size_t length;
        const char *text = tree_text(walk->tree, node, &length);
        if (length <= 2 * n || length - 2 * n > UNIT_NAME_BYTES_MAX)
                return 0;
        return builder_string(walk->builder, text + n, length - 2 * n);
}

UnitString walk_string(Walk *walk, Node node)
{
        return walk_string_inside(walk, node, 0);
}

void walk_bind(Walk *walk, uint32_t scope, uint32_t spaces, UnitString name, uint32_t expr)
{
        scopes_bind(&walk->scopes, walk->builder, &(Binding){scope, spaces, name, expr});
}

void walk_bind_inside(Walk *walk, uint32_t spaces, UnitString name, uint32_t expr)
{
        if (walk->inside_count < WALK_INSIDE_MAX)
                walk->inside[walk->inside_count++] = (Binding){0, spaces, name, expr};
}

uint32_t walk_function_scope(const Walk *walk, uint32_t scope)
{
        while (scope && walk->scopes.items[scope].kind != SCOPE_FUNCTION)
                scope = walk->scopes.items[scope].parent;
        return scope;
}

static bool is_function(UnitKind kind)
{
        return kind == UNIT_FUNCTION || kind == UNIT_METHOD || kind == UNIT_CONSTRUCTOR ||
               kind == UNIT_PROPERTY || kind == UNIT_LAMBDA;
}

/* Variables of functions are no symbols, nor what is in a record there, nor all that is in a record that is none. */
static bool is_local(const Walk *walk, const Definition *definition, uint32_t container)
{
        UnitKind kind = definition->kind;
        bool local = walk->scopes.items[walk->scope].local;
        if (kind == UNIT_VARIABLE || kind == UNIT_CONSTANT)
                return local;
        if (kind != UNIT_FIELD && kind != UNIT_PROPERTY && kind != UNIT_METHOD)
                return false;
        const UnitDecl *outer =
                container == UNIT_NONE ? NULL : builder_decl_at(walk->builder, container);
        if (!outer || outer->kind != UNIT_RECORD)
                return false;
        return (outer->flags & UNIT_LOCAL) ||
               (local && kind != UNIT_METHOD && !definition->outside);
}

static void set_lines(const Walk *walk, const Definition *definition, UnitDecl *decl)
{
        const Tree *tree = walk->tree;
        Node first = definition->outer ? definition->outer : definition->node;
        Node name = definition->name ? definition->name : definition->node;
        decl->first_line = tree->nodes[first].row + 1;
        uint32_t end = tree->nodes[definition->node].end;
        decl->last_line = MAX(decl->first_line, tree_line(tree, end ? end - 1 : 0));
        decl->name_line = tree->nodes[name].row + 1;
        decl->name_column = tree_column(tree, name);
}

uint32_t walk_define(Walk *walk, const Definition *definition)
{
        const Scope *scope = &walk->scopes.items[walk->scope];
        UnitDecl decl = {
                .kind = (uint8_t)definition->kind,
                .visibility =
                        (uint8_t)(definition->visibility ? definition->visibility : UNIT_PUBLIC),
                .flags = definition->flags | walk->decl_flags,
                .name = definition->word || !definition->name ? definition->word
                                                              : walk_string(walk, definition->name),
                .container = definition->container ? definition->container - 1 : scope->decl,
                .outer = UNIT_NONE,
                .type = UNIT_NONE,
                .value = UNIT_NONE,
                .bases = UNIT_NONE,
                .parameters = UNIT_NONE,
                .type_parameters = UNIT_NONE,
        };
        if (is_local(walk, definition, decl.container))
                decl.flags |= UNIT_LOCAL;
        set_lines(walk, definition, &decl);
        if (unit_is_symbol(&decl)) {
                decl.signature = comment_signature(walk, definition);
                decl.doc = comment_doc(walk, definition);
        }
        uint32_t index = builder_decl(walk->builder, &decl);
        walk->tree->nodes[definition->node].decl = index;
        if (definition->spaces && index != UNIT_NONE)
                walk_bind(walk, walk->scope, definition->spaces, decl.name,
                          walk_expr_decl(walk, index));
        return index;
}

/* What stands in a declaration has it as container, whether names are bound in it or not. */
static void open_scope(Walk *walk, Node node, const Rule *rule)
{
        const Scope *outer = &walk->scopes.items[walk->scope];
        uint32_t index = walk->tree->nodes[node].decl;
        const UnitDecl *decl = index == UNIT_NONE ? NULL : builder_decl_at(walk->builder, index);
        bool symbol = decl && unit_is_symbol(decl);
        if (rule->scope == SCOPE_NONE && !symbol)
                return;
        Scope scope = {.node = node,
                       .parent = walk->scope,
                       .decl = decl ? index : outer->decl,
                       .source = symbol ? index : outer->source,
                       .kind = rule->scope,
                       .local = outer->local || (decl && is_function(decl->kind))};
        walk->scope = scopes_open(&walk->scopes, &scope);
}

static void bind_inside(Walk *walk)
{
        for (unsigned i = 0; i < walk->inside_count; i++) {
                Binding *binding = &walk->inside[i];
                binding->scope = walk->scope;
                scopes_bind(&walk->scopes, walk->builder, binding);
        }
        walk->inside_count = 0;
}

static bool is_late(const Walk *walk, Node node)
{
        struct timespec now;
        if (node % WALK_CLOCK_NODES)
                return false;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return now.tv_sec > walk->deadline.tv_sec ||
               (now.tv_sec == walk->deadline.tv_sec && now.tv_nsec > walk->deadline.tv_nsec);
}

/* What is only visited may bind names where it opens a scope; what is defined, where it stands. */
static void declare_one(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_OTHER)
                open_scope(walk, node, rule);
        if (rule->role != RULE_SCOPE && walk->front->declare)
                walk->front->declare(walk, node, rule);
        if (rule->role != RULE_OTHER)
                open_scope(walk, node, rule);
}

static bool declare_all(Walk *walk)
{
        Tree *tree = walk->tree;
        walk->scope = 0;
        for (Node node = 1; node < tree->count; node++) {
                if (is_late(walk, node))
                        return false;
                while (walk->scope &&
                       node >= tree->nodes[walk->scopes.items[walk->scope].node].next)
                        walk->scope = walk->scopes.items[walk->scope].parent;
                tree->nodes[node].scope = walk->scope;
                unsigned number = rules_match(walk->rules, tree, node);
                if (!number)
                        continue;
                tree->nodes[node].rule = (uint8_t)number;
                const Rule *rule = rules_get(walk->rules, number);
                if (rule->role == RULE_REFERENCE)
                        continue;
                declare_one(walk, node, rule);
                bind_inside(walk);
        }
        return true;
}

/* ---- the second pass ---- */

uint32_t walk_expression(Walk *walk, Node node)
{
        if (!node || walk->memo[node] == 1)
                return UNIT_NONE; /* or it rests on itself */
        if (walk->memo[node])
                return walk->memo[node] - 2;
        if (walk->depth >= WALK_DEPTH_MAX)
                return UNIT_NONE;
        walk->depth++;
        walk->memo[node] = 1;
        uint32_t expr = walk->front->expression(walk, node);
        walk->memo[node] = expr + 2;
        walk->depth--;
        return expr;
}

uint32_t walk_type(Walk *walk, Node node)
{
        if (!node || walk->depth >= WALK_DEPTH_MAX)
                return UNIT_NONE;
        walk->depth++;
        uint32_t expr = walk->front->type(walk, node);
        walk->depth--;
        return expr;
}

uint32_t walk_find(Walk *walk, Node node, uint32_t space)
{
        UnitString name = walk_string(walk, node);
        return name ? scopes_find(&walk->scopes, walk->tree->nodes[node].scope, space, name)
                    : UNIT_NONE;
}

uint32_t walk_name(Walk *walk, Node node, uint32_t space)
{
        uint32_t expr = walk_find(walk, node, space);
        UnitString name = expr == UNIT_NONE ? walk_string(walk, node) : 0;
        if (!name)
                return expr;
        uint32_t place = walk->front->places_names ? walk_scope_at(walk, node)->decl : UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_NAME, name, place);
}

static void add_site(Walk *walk, UnitSite site, Node name)
{
        site.name = walk_string(walk, name);
        if (!site.name)
                return;
        site.source = walk_scope_at(walk, name)->source;
        site.line = walk->tree->nodes[name].row + 1;
        site.column = tree_column(walk->tree, name);
        builder_site(walk->builder, &site);
}

void walk_site(Walk *walk, UnitSiteKind kind, Node name, uint32_t expr, unsigned arguments)
{
        UnitSite site = {
                .kind = (uint8_t)kind, .arguments = (uint8_t)MIN(arguments, 255), .expr = expr};
        add_site(walk, site, name);
}

void walk_call(Walk *walk, Node name, uint32_t call, unsigned arguments)
{
        UnitSite site = {.kind = UNIT_SITE_CALLS,
                         .flags = call == UNIT_NONE ? 0 : UNIT_SITE_OVERLOADED,
                         .arguments = (uint8_t)MIN(arguments, 255),
                         .expr = call};
        add_site(walk, site, name);
}

static bool lower_all(Walk *walk)
{
        const Tree *tree = walk->tree;
        for (Node node = 1; node < tree->count; node++) {
                const Rule *rule = tree->nodes[node].rule
                                           ? rules_get(walk->rules, tree->nodes[node].rule)
                                           : NULL;
                if (is_late(walk, node))
                        return false;
                if (rule && rule->role != RULE_SCOPE)
                        walk->front->lower(walk, node, rule);
        }
        return true;
}

static void begin(Walk *walk)
{
        Tree *tree = walk->tree;
        walk->depth = walk->inside_count = walk->decl_flags = 0;
        memset(walk->state, 0, sizeof(walk->state));
        scopes_reset(&walk->scopes);
        if (tree->count > walk->memo_room || walk->memo_room > WALK_MEMO_KEEP) {
                walk->memo_room = MAX(tree->count, 16384);
                walk->memo = g_realloc_n(walk->memo, walk->memo_room, sizeof(uint32_t));
        }
        memset(walk->memo, 0, tree->count * sizeof(uint32_t));
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &walk->deadline);
        walk->deadline.tv_sec += WALK_SECONDS_MAX;
}

bool walk_run(Walk *walk, const FrontEnd *front, const Rules *rules, GError **error)
{
        const Tree *tree = walk->tree;
        walk->front = front;
        walk->rules = rules;
        begin(walk);
        if (front->begin)
                front->begin(walk);
        if (!declare_all(walk) || !lower_all(walk)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                            "what it declares and refers to took more than %d s (WALK_SECONDS_MAX)",
                            WALK_SECONDS_MAX);
                return false;
        }
        if (front->finish)
                front->finish(walk);
        builder_lines(walk->builder, tree_lines(tree), tree->errors);
        builder_flag(walk->builder,
                     (tree->errors ? UNIT_HAS_ERRORS : 0) | (tree->cut ? UNIT_IS_CUT : 0));
        return true;
}

/* ---- lists ---- */

void items_add(Items *items, uint32_t item)
{
        if (!items->items) {
                items->items = items->small;
                items->room = G_N_ELEMENTS(items->small);
        }
        if (items->count == items->room) {
                uint32_t *larger = g_new(uint32_t, items->room * 2);
                memcpy(larger, items->items, items->count * sizeof(*larger));
                items_clear(items);
                items->items = larger;
                items->room *= 2;
        }
        items->items[items->count++] = item;
}

void items_clear(Items *items)
{
        if (items->items != items->small)
                g_free(items->items);
        items->items = NULL;
}

uint32_t items_list(Items *items, Builder *builder)
{
        uint32_t list =
                builder_list(builder, items->count ? items->items : items->small, items->count);
        items_clear(items);
        items->count = 0;
        return list;
}

uint32_t items_any(Items *items, Builder *builder)
{
        uint32_t expr =
                builder_any(builder, items->count ? items->items : items->small, items->count);
        items_clear(items);
        items->count = 0;
        return expr;
}
