/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first pass: types, enumerators, namespaces. */
#include "languages/c/front.h"

/* typedef struct {…} name; gives the struct that name. */
static Node typedef_name(const Tree *tree, Node specifier)
{
        if (tree_parent_kind(tree, specifier) != TYPE_DEFINITION)
                return 0;
        Node name = tree_child(tree, tree_parent(tree, specifier), FIELD_DECLARATOR);
        return tree_kind(tree, name) == TYPE_IDENTIFIER ? name : 0;
}

/* struct {…}; in a struct: its members are those of that. */
static bool is_transparent(const Tree *tree, Node specifier)
{
        Node declaration = tree_parent(tree, specifier);
        return tree_kind(tree, declaration) == FIELD_DECLARATION &&
               !tree_child(tree, declaration, FIELD_DECLARATOR);
}

static Node definition_outer(const Tree *tree, Node specifier)
{
        switch (tree_parent_kind(tree, specifier)) {
        case TYPE_DEFINITION:
        case DECLARATION:
        case FIELD_DECLARATION:
        case TEMPLATE_DECLARATION:
                return c_template(tree, tree_parent(tree, specifier));
        default:
                return specifier;
        }
}

void c_declare_type(Walk *walk, Node node, UnitKind kind)
{
        const Tree *tree = walk->tree;
        Node name = c_declared_name(tree, tree_child(tree, node, FIELD_NAME));
        if (!name)
                name = typedef_name(tree, node);
        if (!name && (kind == UNIT_ENUM || is_transparent(tree, node)))
                return;
        Definition definition = {.node = node,
                                 .outer = name ? definition_outer(tree, node) : node,
                                 .name = name,
                                 .body = tree_child(tree, node, FIELD_BODY),
                                 .kind = name ? kind : UNIT_RECORD,
                                 .visibility = c_visibility(walk, tree_parent(tree, node)),
                                 .flags = UNIT_EXPORTED,
                                 .spaces = c_is_local(walk) ? SPACE_TYPE | SPACE_VALUE : 0};
        walk_define(walk, &definition);
}

/* The names of a plain enum stand beside it. */
void c_declare_enumerator(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node specifier = tree_parent(tree, tree_parent(tree, node));
        bool scoped = tree_child_of_kind(tree, specifier, T_CLASS) ||
                      tree_child_of_kind(tree, specifier, T_STRUCT);
        uint32_t scope = walk->scope;
        if (!scoped && walk->scopes.items[scope].node == specifier)
                walk->scope = walk->scopes.items[scope].parent;
        walk_define(walk, &(Definition){.node = node,
                                        .name = tree_child(tree, node, FIELD_NAME),
                                        .kind = UNIT_ENUM_MEMBER,
                                        .flags = UNIT_EXPORTED,
                                        .spaces = scoped || c_is_local(walk) ? SPACE_VALUE : 0});
        walk->scope = scope;
}

void c_declare_typedef(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE);
        TREE_FOREACH(tree, node, declarator)
        {
                Node name = tree->nodes[declarator].field == FIELD_DECLARATOR
                                    ? c_declared_name(tree, declarator)
                                    : 0;
                bool taken = walk_decl(walk, type) != UNIT_NONE && declarator == name &&
                             !tree_child(tree, type, FIELD_NAME);
                bool early = tree_child(tree, type, FIELD_BODY) &&
                             !tree_child(tree, type, FIELD_NAME) &&
                             typedef_name(tree, type) == name;
                if (name && !taken && !early)
                        walk_define(walk,
                                    &(Definition){.node = declarator,
                                                  .outer = node,
                                                  .name = name,
                                                  .kind = UNIT_TYPE,
                                                  .visibility = c_visibility(walk, node),
                                                  .flags = UNIT_EXPORTED,
                                                  .spaces = c_is_local(walk) ? SPACE_TYPE : 0});
        }
}

/* using T = …; concept T = …; */
void c_declare_alias(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        walk_define(walk, &(Definition){.node = node,
                                        .outer = c_template(tree, node),
                                        .name = tree_child(tree, node, FIELD_NAME),
                                        .kind = UNIT_TYPE,
                                        .visibility = c_visibility(walk, node),
                                        .flags = UNIT_EXPORTED,
                                        .spaces = c_is_local(walk) ? SPACE_TYPE | SPACE_VALUE : 0});
}

/* A namespace that a macro opens: which one that says is told by the macro. */
static void declare_opened(Walk *walk, Node node)
{
        const char *text = walk->tree->text + walk->tree->nodes[node].start;
        size_t length = 0;
        while (g_ascii_isalnum(text[length]) || text[length] == '_')
                length++;
        uint32_t index =
                walk_define(walk, &(Definition){.node = node,
                                                .body = tree_child(walk->tree, node, FIELD_BODY),
                                                .kind = UNIT_IMPLEMENTATION});
        UnitString macro = builder_string(walk->builder, text, length);
        uint32_t name = builder_expr(walk->builder, UNIT_EXPR_NAME, macro, UNIT_NONE);
        if (index != UNIT_NONE)
                builder_decl_at(walk->builder, index)->value = name;
}

void c_declare_namespace(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t start = tree->nodes[node].start;
        if (tree->text[start] != 'n' && tree->text[start] != 'i') { /* inline */
                declare_opened(walk, node);
                return;
        }
        Node name = tree_child(tree, node, FIELD_NAME);
        walk_define(walk,
                    &(Definition){
                            .node = node,
                            .name = name,
                            .word = name ? 0 : builder_word(walk->builder, "(anonymous namespace)"),
                            .body = tree_child(tree, node, FIELD_BODY),
                            .kind = UNIT_NAMESPACE,
                            .flags = UNIT_EXPORTED});
}
