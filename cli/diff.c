/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an entry changed, field by field: of texts the words that went and came, of JSON the places, of the rest before
 * and after. Without colours as "git diff --word-diff" has it: [-went-]{+came+}. */
#include <string.h>

#include "journal.h"
#include "render.h"

#define CONTEXT 48 /* characters shown of what stayed, on either side of a change */

static void print_value(Cli *cli, Style style, const char *sign, JsonNode *node)
{
        if (!node || JSON_NODE_HOLDS_NULL(node))
                return;
        bool is_text =
                JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
        g_autofree char *value =
                is_text ? g_strdup(json_node_get_string(node)) : json_print_node(node);
        g_autofree char *wrapped = render_wrap(value, output_text_width(cli->output) - 6, "      ");
        output_styled(cli->output, style, "    %s %s\n", sign, wrapped);
}

/* A piece that stayed: its end before a change, its beginning after one. */
static char *cut(const char *text, bool first, bool last)
{
        glong length = g_utf8_strlen(text, -1);
        g_autofree char *begin = g_utf8_substring(text, 0, MIN(length, CONTEXT));
        g_autofree char *end = g_utf8_substring(text, MAX(0, length - CONTEXT), length);
        if (length <= (first || last ? CONTEXT : 2 * CONTEXT))
                return g_strdup(text);
        return g_strconcat(first ? "" : begin, "…", last ? "" : end, NULL);
}

/* Spaces at the ends count: words stand apart by them. */
static char *clean(const char *text)
{
        g_autofree char *line = render_line(text);
        size_t length = strlen(text);
        bool before = length > 0 && g_ascii_isspace(text[0]);
        bool after = length > 1 && g_ascii_isspace(text[length - 1]);
        return g_strconcat(before ? " " : "", line, after && *line ? " " : "", NULL);
}

static void print_hunk(Cli *cli, JsonObject *hunk, bool first, bool last)
{
        const char *op = json_member_string(hunk, "op", "equal");
        const char *given = json_member_string(hunk, "text", "");
        bool colours = output_has_colours(cli->output);
        g_autofree char *part =
                g_str_equal(op, "equal") ? cut(given, first, last) : g_strdup(given);
        g_autofree char *text = clean(part);
        if (g_str_equal(op, "delete"))
                output_styled(cli->output, STYLE_RED, colours ? "%s" : "[-%s-]", text);
        else if (g_str_equal(op, "insert"))
                output_styled(cli->output, STYLE_GREEN, colours ? "%s" : "{+%s+}", text);
        else
                output_print(cli->output, "%s", text);
}

static void print_hunks(Cli *cli, JsonArray *hunks)
{
        JsonObject *hunk = NULL;
        unsigned count = json_array_get_length(hunks);
        output_print(cli->output, "    ");
        for (unsigned i = 0; (hunk = cli_element(hunks, i)); i++)
                print_hunk(cli, hunk, i == 0, i + 1 == count);
        output_print(cli->output, "\n");
}

static void print_paths(Cli *cli, JsonArray *paths)
{
        JsonObject *place = NULL;
        for (unsigned i = 0; (place = cli_element(paths, i)); i++) {
                g_autofree char *path = render_line(json_member_string(place, "path", ""));
                output_styled(cli->output, STYLE_DIM, "    %s\n", path);
                print_value(cli, STYLE_RED, "  -", json_object_get_member(place, "before"));
                print_value(cli, STYLE_GREEN, "  +", json_object_get_member(place, "after"));
        }
}

void journal_print_diff(Cli *cli, JsonArray *changes)
{
        JsonObject *change = NULL;
        for (unsigned i = 0; (change = cli_element(changes, i)); i++) {
                JsonArray *hunks = json_member_array(change, "hunks");
                JsonArray *paths = json_member_array(change, "paths");
                output_styled(cli->output, STYLE_BOLD, "  %s\n",
                              json_member_string(change, "field", ""));
                if (hunks && json_array_get_length(hunks) > 0) {
                        print_hunks(cli, hunks);
                } else if (paths && json_array_get_length(paths) > 0) {
                        print_paths(cli, paths);
                } else {
                        print_value(cli, STYLE_RED, "-", json_object_get_member(change, "before"));
                        print_value(cli, STYLE_GREEN, "+", json_object_get_member(change, "after"));
                }
        }
}
