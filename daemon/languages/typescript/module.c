/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Imports and exports, of TypeScript's modules and of JavaScript's older ones. */
#include "languages/typescript/front.h"

#define BOTH_SPACES (SPACE_VALUE | SPACE_TYPE)

/* A name in an import or export clause, which may be a string. */
static UnitString clause_name(Walk *walk, Node node)
{
        return tree_kind(walk->tree, node) == STRING ? walk_string_inside(walk, node, 1)
                                                     : walk_string(walk, node);
}

static UnitImport import_of(Walk *walk, Node statement)
{
        const Tree *tree = walk->tree;
        walk->state[STATE_MODULE] = 1;
        return (UnitImport){
                .module = walk_string_inside(walk, tree_child(tree, statement, FIELD_SOURCE), 1),
                .container = walk->scopes.items[walk->scope].decl,
                .flags = tree_child_of_kind(tree, statement, T_TYPE) ? UNIT_IMPORT_TYPE_ONLY : 0,
                .line = tree->nodes[statement].row + 1};
}

static void add(Walk *walk, const UnitImport *import)
{
        uint32_t index = builder_import(walk->builder, import);
        if (index != UNIT_NONE && import->local)
                walk_bind(walk, walk->scope, BOTH_SPACES, import->local,
                          builder_expr(walk->builder, UNIT_EXPR_IMPORT, index, UNIT_NONE));
}

/* {a, b as c, type T, default as d} */
static void import_names(Walk *walk, Node named, const UnitImport *base)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, named, specifier)
        {
                Node name = tree_child(tree, specifier, FIELD_NAME),
                     alias = tree_child(tree, specifier, FIELD_ALIAS);
                UnitImport import = *base;
                if (!name)
                        continue;
                import.kind =
                        tree_is(tree, name, "default") ? UNIT_IMPORT_DEFAULT : UNIT_IMPORT_NAME;
                import.name = clause_name(walk, name);
                import.local = alias ? walk_string(walk, alias) : import.name;
                import.line = tree->nodes[specifier].row + 1;
                if (tree_child_of_kind(tree, specifier, T_TYPE))
                        import.flags |= UNIT_IMPORT_TYPE_ONLY;
                add(walk, &import);
        }
}

static void import_clause(Walk *walk, Node clause, const UnitImport *base)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, clause, child)
        {
                UnitImport import = *base;
                switch (tree_kind(tree, child)) {
                case IDENTIFIER:
                        import.kind = UNIT_IMPORT_DEFAULT;
                        import.local = walk_string(walk, child);
                        add(walk, &import);
                        break;
                case NAMESPACE_IMPORT:
                        import.kind = UNIT_IMPORT_MODULE;
                        import.local = walk_string(walk, tree_first(tree, child));
                        add(walk, &import);
                        break;
                case NAMED_IMPORTS:
                        import_names(walk, child, &import);
                        break;
                default:
                        break;
                }
        }
}

/* import x = require("m") */
static void import_require(Walk *walk, Node clause, UnitImport *import)
{
        const Tree *tree = walk->tree;
        import->kind = UNIT_IMPORT_MODULE;
        import->module = walk_string_inside(walk, tree_child(tree, clause, FIELD_SOURCE), 1);
        import->local = walk_string(walk, tree_first(tree, clause));
        add(walk, import);
}

void typescript_import(Walk *walk, Node statement)
{
        const Tree *tree = walk->tree;
        UnitImport import = import_of(walk, statement);
        Node clause = tree_child_of_kind(tree, statement, IMPORT_CLAUSE);
        Node require = tree_child_of_kind(tree, statement, IMPORT_REQUIRE_CLAUSE);
        if (clause)
                import_clause(walk, clause, &import);
        else if (require)
                import_require(walk, require, &import);
        else {
                import.kind = UNIT_IMPORT_EFFECT;
                builder_import(walk->builder, &import);
        }
}

/* ---- exports ---- */

/* export {a as b} from "m": an import whose local name is what it is exported as. It binds nothing here. */
static void reexport_names(Walk *walk, Node clause, const UnitImport *base)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, clause, specifier)
        {
                Node name = tree_child(tree, specifier, FIELD_NAME),
                     alias = tree_child(tree, specifier, FIELD_ALIAS);
                UnitImport import = *base;
                if (!name)
                        continue;
                import.kind =
                        tree_is(tree, name, "default") ? UNIT_IMPORT_DEFAULT : UNIT_IMPORT_NAME;
                import.name = clause_name(walk, name);
                import.local = clause_name(walk, alias ? alias : name);
                import.line = tree->nodes[specifier].row + 1;
                builder_import(walk->builder, &import);
        }
}

void typescript_export(Walk *walk, Node statement)
{
        const Tree *tree = walk->tree;
        walk->state[STATE_MODULE] = 1;
        if (!tree_child(tree, statement, FIELD_SOURCE))
                return;
        UnitImport import = import_of(walk, statement);
        Node clause = tree_child_of_kind(tree, statement, EXPORT_CLAUSE);
        Node namespace = tree_child_of_kind(tree, statement, NAMESPACE_EXPORT);
        import.flags |= UNIT_IMPORT_REEXPORT;
        if (clause) {
                reexport_names(walk, clause, &import);
                return;
        }
        import.kind = namespace ? UNIT_IMPORT_MODULE : UNIT_IMPORT_ALL;
        import.local = namespace ? clause_name(walk, tree_first(tree, namespace)) : 0;
        builder_import(walk->builder, &import);
}

/* A name that is exported may be a value, a type, or both. */
static uint32_t exported(Walk *walk, Node name)
{
        uint32_t both[] = {walk_find(walk, name, SPACE_VALUE), walk_find(walk, name, SPACE_TYPE)};
        uint32_t any = builder_any(walk->builder, both, 2);
        return any == UNIT_NONE ? walk_name(walk, name, SPACE_VALUE) : any;
}

static void export_names(Walk *walk, Node clause)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, clause, specifier)
        {
                Node name = tree_child(tree, specifier, FIELD_NAME),
                     alias = tree_child(tree, specifier, FIELD_ALIAS);
                if (!name)
                        continue;
                uint32_t expr = exported(walk, name);
                builder_export(walk->builder, clause_name(walk, alias ? alias : name), expr);
                walk_site(walk, UNIT_SITE_REFERENCES, name, expr, 0);
        }
}

/* export default e, export = e */
void typescript_lower_export(Walk *walk, Node statement)
{
        const Tree *tree = walk->tree;
        Node clause = tree_child_of_kind(tree, statement, EXPORT_CLAUSE),
             value = tree_child(tree, statement, FIELD_VALUE);
        bool assigned = tree_child_of_kind(tree, statement, T_EQUALS);
        if (tree_child(tree, statement, FIELD_SOURCE))
                return;
        if (clause)
                export_names(walk, clause);
        if (!value && assigned)
                value = tree_first(tree, statement);
        if (!value)
                return;
        uint32_t expr = tree_kind(tree, value) == IDENTIFIER ? exported(walk, value)
                                                             : walk_expression(walk, value);
        builder_export(walk->builder, builder_word(walk->builder, assigned ? "export=" : "default"),
                       expr);
}

/* ---- module.exports = …, exports.a = … ---- */

bool typescript_is_exports(const Tree *tree, Node object)
{
        return tree_is(tree, object, "exports") || tree_is(tree, object, "module.exports");
}

/* module.exports = {a, b}: a list of names that are exported; not if anything else stands in it. */
static bool is_list_of_names(const Tree *tree, Node object)
{
        if (tree_kind(tree, object) != OBJECT || !tree_first(tree, object))
                return false;
        TREE_FOREACH(tree, object, child)
        if (tree_kind(tree, child) != SHORTHAND_PROPERTY)
                return false;
        return true;
}

static void export_listed(Walk *walk, Node object)
{
        TREE_FOREACH(walk->tree, object, child)
        builder_export(walk->builder, walk_string(walk, child),
                       walk_name(walk, child, SPACE_VALUE));
        builder_export(walk->builder, builder_word(walk->builder, "default"),
                       walk_expression(walk, object));
}

void typescript_lower_exports(Walk *walk, Node assignment)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, assignment, FIELD_LEFT),
             right = tree_child(tree, assignment, FIELD_RIGHT);
        bool whole = tree_is(tree, left, "module.exports");
        if (tree_kind(tree, left) != MEMBER_EXPRESSION ||
            (!whole && !typescript_is_exports(tree, tree_child(tree, left, FIELD_OBJECT))))
                return;
        if (whole && is_list_of_names(tree, right)) {
                export_listed(walk, right);
                return;
        }
        uint32_t written = typescript_doc_type(walk, right, "@type"),
                 expr = written != UNIT_NONE ? walk_value(walk, written)
                                             : walk_expression(walk, right);
        UnitString name = whole ? builder_word(walk->builder, "export=")
                                : walk_string(walk, tree_child(tree, left, FIELD_PROPERTY));
        builder_export(walk->builder, name, expr);
}
