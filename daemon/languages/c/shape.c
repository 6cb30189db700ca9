/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands around a written type: see shape.h. It is read from the text, which says the same with and without a name. */
#include <string.h>

#include "languages/c/front.h"
#include "languages/c/shape.h"

#define SHAPE_BYTES_MAX 300 /* of a type and a declarator that are looked at */

typedef struct Reading {
        unsigned pointers, around; /* around: brackets and template arguments that are open */
        uint16_t flags;
} Reading;

static bool is_letter(char c)
{
        return g_ascii_isalnum(c) || c == '_';
}

static void see_byte(Reading *reading, const char *at, const char *end)
{
        switch (*at) {
        case '<':
        case '(':
                reading->around++;
                break;
        case '>':
        case ')':
                reading->around -= reading->around > 0;
                break;
        case '[':
        case '*':
                reading->pointers += reading->around == 0;
                break;
        case '&':
                if (!reading->around)
                        reading->flags |= at + 1 < end && at[1] == '&'   ? SHAPE_MOVED
                                          : reading->flags & SHAPE_MOVED ? 0
                                                                         : SHAPE_REFERENCE;
                break;
        case 'c':
                if (!reading->around && !reading->pointers && end - at >= 5 &&
                    memcmp(at, "const", 5) == 0 && (at + 5 == end || !is_letter(at[5])))
                        reading->flags |= SHAPE_CONST;
                break;
        default:
                break;
        }
}

/* Up to what it is initialised with. */
static void read_text(Reading *reading, const char *text, const char *end)
{
        char before = ' ';
        end = MIN(end, text + SHAPE_BYTES_MAX);
        for (; text < end && *text != '=' && *text != '{'; before = *text++)
                if (*text != 'c' || !is_letter(before))
                        see_byte(reading, text, end);
}

static uint16_t shape_of(const Reading *reading)
{
        return (uint16_t)(reading->flags | MIN(reading->pointers, SHAPE_POINTERS));
}

uint16_t c_shape_of_node(const Walk *walk, Node node)
{
        Reading reading = {0};
        size_t length;
        const char *text = tree_text(walk->tree, node, &length);
        read_text(&reading, text, text + length);
        return shape_of(&reading);
}

static Node first_declarator(const Tree *tree, Node declaration)
{
        TREE_FOREACH(tree, declaration, child)
        if (tree->nodes[child].field == FIELD_DECLARATOR)
                return child;
        return 0;
}

uint16_t c_shape(const Walk *walk, Node declaration, Node name)
{
        const Tree *tree = walk->tree;
        const TreeNode *nodes = tree->nodes;
        Reading reading = {0};
        Node first = first_declarator(tree, declaration), top = name;
        while (top && tree_parent(tree, top) && tree_parent(tree, top) != declaration)
                top = tree_parent(tree, top);
        if (!first || !top || !tree_parent(tree, top))
                return 0;
        read_text(&reading, tree->text + nodes[declaration].start, tree->text + nodes[first].start);
        read_text(&reading, tree->text + nodes[top].start, tree->text + nodes[name].start);
        reading.around = 0; /* int (*f)(); */
        if (!c_function_of(tree, name))
                read_text(&reading, tree->text + nodes[name].end, tree->text + nodes[top].end);
        return shape_of(&reading);
}
