/* SPDX-License-Identifier: GPL-3.0-or-later */
/* use declarations, extern crate, and modules that are other files. What is imported is kept as its whole path, for whether its last name
 * is a module or something in one is known elsewhere. */
#include "languages/rust/front.h"

#define USE_DEPTH_MAX 50 /* of lists in lists; deeper ones are left out */

typedef struct Use {
        UnitImport import; /* what all of the declaration share */
        GString *path;     /* up to here */
        unsigned depth;
} Use;

static void add_import(Walk *walk, Use *use, UnitImportKind kind, UnitString local, Node node)
{
        UnitImport import = use->import;
        import.kind = (uint8_t)kind;
        import.module = builder_string(walk->builder, use->path->str, use->path->len);
        import.local = local;
        import.line = walk->tree->nodes[node].row + 1;
        if (!import.module || use->path->len > UNIT_NAME_BYTES_MAX)
                return;
        uint32_t index = builder_import(walk->builder, &import);
        if (index != UNIT_NONE && local && !tree_is(walk->tree, node, "_"))
                walk_bind(walk, walk->scope, SPACE_VALUE | SPACE_TYPE | SPACE_OTHER, local,
                          builder_expr(walk->builder, UNIT_EXPR_IMPORT, index, UNIT_NONE));
}

/* Adds a path's text without white space; "self" at the end of a list's item means the path before it. */
static void add_path(Walk *walk, Use *use, Node path)
{
        size_t length;
        const char *text = tree_text(walk->tree, path, &length);
        if (use->path->len && length == 4 && memcmp(text, "self", 4) == 0)
                return;
        if (use->path->len)
                g_string_append(use->path, "::");
        for (size_t i = 0; i < length && use->path->len <= UNIT_NAME_BYTES_MAX; i++)
                if (!g_ascii_isspace(text[i]))
                        g_string_append_c(use->path, text[i]);
}

/* The name that a path is known by: its last one. */
static UnitString last_of(Walk *walk, const Use *use)
{
        const char *colon = g_strrstr(use->path->str, "::");
        return builder_word(walk->builder, colon ? colon + 2 : use->path->str);
}

static void use_tree(Walk *walk, Use *use, Node node);

static void use_list(Walk *walk, Use *use, Node list)
{
        TREE_FOREACH(walk->tree, list, child)
        use_tree(walk, use, child);
}

static void use_alias(Walk *walk, Use *use, Node node)
{
        const Tree *tree = walk->tree;
        Node alias = tree_child(tree, node, FIELD_ALIAS);
        add_path(walk, use, tree_child(tree, node, FIELD_PATH));
        add_import(walk, use, UNIT_IMPORT_MODULE,
                   tree_is(tree, alias, "_") ? 0 : walk_string(walk, alias), node);
}

static void use_one(Walk *walk, Use *use, Node node)
{
        const Tree *tree = walk->tree;
        Node path = tree_child(tree, node, FIELD_PATH);
        switch (tree_kind(tree, node)) {
        case USE_LIST:
                use_list(walk, use, node);
                break;
        case SCOPED_USE_LIST:
                if (path)
                        add_path(walk, use, path);
                use_list(walk, use, tree_child(tree, node, FIELD_LIST));
                break;
        case USE_AS_CLAUSE:
                use_alias(walk, use, node);
                break;
        case USE_WILDCARD:
                if (tree_first(tree, node))
                        add_path(walk, use, tree_first(tree, node));
                add_import(walk, use, UNIT_IMPORT_ALL, 0, node);
                break;
        default:
                add_path(walk, use, node);
                add_import(walk, use, UNIT_IMPORT_MODULE, last_of(walk, use), node);
        }
}

static void use_tree(Walk *walk, Use *use, Node node)
{
        size_t length = use->path->len;
        if (use->depth >= USE_DEPTH_MAX)
                return;
        use->depth++;
        use_one(walk, use, node);
        use->depth--;
        g_string_truncate(use->path, length);
}

static void extern_crate(Walk *walk, Use *use, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), alias = tree_child(tree, node, FIELD_ALIAS);
        if (!name)
                return;
        add_path(walk, use, name);
        g_string_prepend(use->path, "::"); /* a crate, whatever else has that name */
        add_import(walk, use, UNIT_IMPORT_MODULE, walk_string(walk, alias ? alias : name), node);
}

void rust_import(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Use use = {.path = g_string_new(NULL)};
        uint32_t container = walk->scopes.items[walk->scope].decl;
        use.import.container = container;
        if (tree_child_of_kind(tree, node, VISIBILITY_MODIFIER))
                use.import.flags = UNIT_IMPORT_REEXPORT;
        if (rust_attributes(walk, node) & ATTRIBUTE_UNUSUAL)
                use.import.flags |= UNIT_IMPORT_UNUSUAL;
        if (tree_kind(tree, node) == EXTERN_CRATE)
                extern_crate(walk, &use, node);
        else if (tree_child(tree, node, FIELD_ARGUMENT))
                use_tree(walk, &use, tree_child(tree, node, FIELD_ARGUMENT));
        g_string_free(use.path, TRUE);
}
