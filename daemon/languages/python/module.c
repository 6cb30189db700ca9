/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Imports, and what __all__ exports. */
#include "languages/python/front.h"

#define EXPORTS_MAX 2000 /* names of one __all__ that are looked at */

static UnitImport import_of(Walk *walk, Node statement)
{
        return (UnitImport){.container = walk->scopes.items[walk->scope].decl,
                            .line = walk->tree->nodes[statement].row + 1};
}

static uint32_t add(Walk *walk, const UnitImport *import)
{
        uint32_t index = builder_import(walk->builder, import);
        if (index == UNIT_NONE)
                return UNIT_NONE;
        uint32_t expr = builder_expr(walk->builder, UNIT_EXPR_IMPORT, index, UNIT_NONE);
        if (import->local)
                walk_bind(walk, python_binding_scope(walk, walk->scope), SPACE_VALUE, import->local,
                          expr);
        return expr;
}

/* import a.b.c binds a; import a.b.c as x binds that module. */
static void import_module(Walk *walk, Node node, UnitImport import)
{
        const Tree *tree = walk->tree;
        Node name = node, alias = 0;
        if (tree_kind(tree, node) == ALIASED_IMPORT) {
                name = tree_child(tree, node, FIELD_NAME);
                alias = tree_child(tree, node, FIELD_ALIAS);
        }
        import.kind = UNIT_IMPORT_MODULE;
        import.module = walk_string(walk, name);
        if (alias) {
                import.local = walk_string(walk, alias);
        } else {
                import.local = walk_string(walk, tree_first(tree, name));
                import.flags |= UNIT_IMPORT_PARENTS;
        }
        add(walk, &import);
}

/* The name that is imported refers to what it is. */
static void import_name(Walk *walk, Node node, UnitImport import)
{
        const Tree *tree = walk->tree;
        Node name = node, alias = 0;
        if (tree_kind(tree, node) == ALIASED_IMPORT) {
                name = tree_child(tree, node, FIELD_NAME);
                alias = tree_child(tree, node, FIELD_ALIAS);
        }
        import.kind = UNIT_IMPORT_NAME;
        import.name = walk_string(walk, name);
        import.local = alias ? walk_string(walk, alias) : import.name;
        uint32_t expr = add(walk, &import);
        Node identifier = tree_first(tree, name);
        if (expr != UNIT_NONE && identifier)
                walk->memo[identifier] = expr + 2;
}

void python_import(Walk *walk, Node statement)
{
        const Tree *tree = walk->tree;
        UnitImport import = import_of(walk, statement);
        Node module = tree_child(tree, statement, FIELD_MODULE_NAME);
        import.module = module ? walk_string(walk, module) : 0;
        TREE_FOREACH(tree, statement, child)
        {
                if (tree_kind(tree, child) == WILDCARD_IMPORT) {
                        import.kind = UNIT_IMPORT_ALL;
                        add(walk, &import);
                } else if (tree->nodes[child].field == FIELD_NAME) {
                        if (module)
                                import_name(walk, child, import);
                        else
                                import_module(walk, child, import);
                }
        }
}

/* The text of a string without prefix and quotes, if it is plain. */
static UnitString plain_string(Walk *walk, Node node)
{
        Node content = tree_child_of_kind(walk->tree, node, STRING_CONTENT);
        return tree_kind(walk->tree, node) == STRING && content ? walk_string(walk, content) : 0;
}

uint32_t python_called_module(Walk *walk, Node call)
{
        const Tree *tree = walk->tree;
        Node name = python_last_name(tree, tree_child(tree, call, FIELD_FUNCTION));
        Node argument = tree_first(tree, tree_child(tree, call, FIELD_ARGUMENTS));
        bool whole = tree_is(tree, name, "import_module");
        if ((!whole && !tree_is(tree, name, "__import__")) || tree_kind(tree, argument) != STRING)
                return UNIT_NONE;
        UnitImport import = {.kind = UNIT_IMPORT_MODULE,
                             .flags = UNIT_IMPORT_DYNAMIC | (whole ? 0 : UNIT_IMPORT_PARENTS),
                             .module = plain_string(walk, argument),
                             .container = walk_scope_at(walk, call)->source,
                             .line = tree->nodes[call].row + 1};
        if (!import.module)
                return UNIT_NONE;
        uint32_t index = builder_import(walk->builder, &import);
        return index == UNIT_NONE ? UNIT_NONE
                                  : builder_expr(walk->builder, UNIT_EXPR_IMPORT, index, UNIT_NONE);
}

/* It stands among them itself, so that an empty one is seen. */
void python_exports(Walk *walk, Node list)
{
        unsigned count = 0;
        builder_export(walk->builder, builder_word(walk->builder, "__all__"),
                       python_value_of(walk, "list"));
        TREE_FOREACH(walk->tree, list, child)
        {
                UnitString name = plain_string(walk, child);
                if (!name || ++count > EXPORTS_MAX)
                        continue;
                uint32_t expr = scopes_find_in(&walk->scopes, 0, SPACE_VALUE, name);
                if (expr == UNIT_NONE)
                        expr = builder_expr(walk->builder, UNIT_EXPR_NAME, name, UNIT_NONE);
                builder_export(walk->builder, name, expr);
        }
}
