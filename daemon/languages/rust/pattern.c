/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns: what let, match, for, and parameters bind. A field of a variant or struct that is taken apart is the member "Variant.field"
 * of the value, which the resolver understands. */
#include "languages/rust/front.h"

/* A name that begins with a capital letter is a constant or variant that is compared with. */
static bool is_binding(const Tree *tree, Node node)
{
        return tree_kind(tree, node) == IDENTIFIER &&
               !g_ascii_isupper(tree->text[tree->nodes[node].start]);
}

static bool is_pattern(unsigned kind)
{
        switch (kind) {
        case TUPLE_PATTERN:
        case TUPLE_STRUCT_PATTERN:
        case STRUCT_PATTERN:
        case PATTERN_FIELD:
        case MUT_PATTERN:
        case REF_PATTERN:
        case REFERENCE_PATTERN:
        case CAPTURED_PATTERN:
        case SLICE_PATTERN:
        case OR_PATTERN:
        case MATCH_PATTERN:
                return true;
        default:
                return false;
        }
}

static void declare_name(Walk *walk, Node name, bool inside)
{
        Definition definition = {.node = name,
                                 .name = name,
                                 .kind = UNIT_VARIABLE,
                                 .flags = UNIT_LOCAL,
                                 .visibility = UNIT_PRIVATE,
                                 .spaces = inside ? 0 : SPACE_VALUE};
        uint32_t index = walk_define(walk, &definition);
        if (index != UNIT_NONE && inside)
                walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, name),
                                 walk_expr_decl(walk, index));
}

/* The nodes of a pattern stand in order of the text: its names are found without recursion. */
void rust_declare_pattern(Walk *walk, Node pattern, bool inside)
{
        const Tree *tree = walk->tree;
        for (Node node = pattern; node && node < tree->nodes[pattern].next; node++) {
                unsigned kind = tree_kind(tree, node), field = tree->nodes[node].field;
                bool named = node != pattern && (field == FIELD_TYPE || field == FIELD_CONDITION);
                if (kind == SHORTHAND_FIELD || (is_binding(tree, node) && !named))
                        declare_name(walk, node, inside);
                else if (named || !is_pattern(kind))
                        node = tree->nodes[node].next - 1;
        }
}

/* ---- values ---- */

static void set(Walk *walk, Node name, uint32_t type, uint32_t source)
{
        uint32_t index = walk_decl(walk, name);
        if (index == UNIT_NONE)
                return;
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = source;
}

static uint32_t member(Walk *walk, uint32_t source, const char *variant, const char *field)
{
        g_autofree char *word = g_strdup_printf("%s.%s", variant, field);
        return source == UNIT_NONE ? UNIT_NONE
                                   : walk_member(walk, source, builder_word(walk->builder, word));
}

/* A field of what a pattern of this type takes apart: by the value, and by the type that the pattern names. */
static uint32_t field_of(Walk *walk, Node type, uint32_t source, const char *field)
{
        const Tree *tree = walk->tree;
        Node name = rust_last_name(tree, type);
        g_autofree char *variant =
                g_strdup(builder_text(walk->builder, name ? walk_string(walk, name) : 0));
        uint32_t both[2] = {member(walk, source, variant, field), UNIT_NONE};
        Node path = tree_child(tree, type, FIELD_PATH);
        uint32_t whole = path ? rust_path(walk, path, SPACE_TYPE) : UNIT_NONE;
        if (whole != UNIT_NONE && both[0] == UNIT_NONE)
                both[1] = member(walk, walk_value(walk, whole), variant, field);
        else if (both[0] == UNIT_NONE)
                both[1] = member(walk, walk_value(walk, rust_path(walk, type, SPACE_TYPE)), variant,
                                 field);
        return builder_any(walk->builder, both, 2);
}

static void lower(Walk *walk, Node pattern, uint32_t type, uint32_t source);

unsigned rust_position(const Tree *tree, Node child)
{
        Node parent = tree_parent(tree, child);
        unsigned index = 0;
        for (Node at = parent + 1; at < child; at = tree->nodes[at].next) {
                unsigned kind = tree_kind(tree, at);
                if (tree->nodes[at].field != FIELD_TYPE &&
                    (kind == T_WILD || (kind != NODE_COMMENT && kind < tree->first_token)))
                        index++;
                if (kind == REMAINING_PATTERN)
                        return UINT_MAX;
        }
        return index;
}

static void lower_tuple(Walk *walk, Node pattern, uint32_t source)
{
        char number[16];
        TREE_FOREACH(walk->tree, pattern, child)
        {
                g_snprintf(number, sizeof(number), "%u", rust_position(walk->tree, child));
                lower(walk, child, UNIT_NONE, rust_element(walk, source, number));
        }
}

static void lower_tuple_struct(Walk *walk, Node pattern, uint32_t source)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, pattern, FIELD_TYPE);
        char number[16];
        TREE_FOREACH(tree, pattern, child)
        {
                if (child == type)
                        continue;
                g_snprintf(number, sizeof(number), "%u", rust_position(tree, child));
                lower(walk, child, UNIT_NONE, field_of(walk, type, source, number));
        }
}

static void lower_struct(Walk *walk, Node pattern, uint32_t source)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, pattern, FIELD_TYPE);
        TREE_FOREACH(tree, pattern, child)
        {
                Node name = tree_kind(tree, child) == PATTERN_FIELD
                                    ? tree_child(tree, child, FIELD_NAME)
                                    : 0;
                Node inner = tree_child(tree, child, FIELD_PATTERN);
                if (!name)
                        continue;
                g_autofree char *field =
                        g_strdup(builder_text(walk->builder, walk_string(walk, name)));
                lower(walk, inner ? inner : name, UNIT_NONE, field_of(walk, type, source, field));
        }
}

static void lower_each(Walk *walk, Node pattern, uint32_t type, uint32_t source)
{
        TREE_FOREACH(walk->tree, pattern, child)
        if (walk->tree->nodes[child].field != FIELD_CONDITION)
                lower(walk, child, type, source);
}

static void lower_kind(Walk *walk, Node pattern, uint32_t type, uint32_t source)
{
        uint32_t value = type != UNIT_NONE ? walk_value(walk, type) : source;
        switch (tree_kind(walk->tree, pattern)) {
        case IDENTIFIER:
        case SHORTHAND_FIELD:
                set(walk, pattern, type, source);
                break;
        case TUPLE_PATTERN:
                lower_tuple(walk, pattern, value);
                break;
        case TUPLE_STRUCT_PATTERN:
                lower_tuple_struct(walk, pattern, value);
                break;
        case STRUCT_PATTERN:
                lower_struct(walk, pattern, value);
                break;
        case SLICE_PATTERN:
                lower_each(walk, pattern, UNIT_NONE, rust_element(walk, value, NULL));
                break;
        case MUT_PATTERN:
        case REF_PATTERN:
        case REFERENCE_PATTERN:
        case CAPTURED_PATTERN:
        case OR_PATTERN:
        case MATCH_PATTERN:
                lower_each(walk, pattern, type, source);
                break;
        default:
                break;
        }
}

static void lower(Walk *walk, Node pattern, uint32_t type, uint32_t source)
{
        if (!pattern || walk->depth >= WALK_DEPTH_MAX)
                return;
        walk->depth++;
        lower_kind(walk, pattern, type, source);
        walk->depth--;
}

void rust_lower_pattern(Walk *walk, Node pattern, uint32_t type, uint32_t source)
{
        lower(walk, pattern, type, source);
}
