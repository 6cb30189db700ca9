/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <string.h>

#include "base/base.h"
#include "extract/flow.h"
#include "extract/items.h"
#include "extract/scan.h"

#define MARKDOWN_QUOTES_MAX                                                                        \
        100 /* blockquotes in one another; the parser's time is quadratic in it */

#define MARKDOWN_COLUMNS_MAX 500 /* with more, no table of the document is read as one */

typedef struct Markdown {
        Output *output;
        const char *text;
        GArray *lines; /* size_t: where each line of the body begins; a last one for the end */
        cmark_node *root;
        char *heading;          /* the last one */
        size_t body;            /* where it begins, behind front matter */
        size_t scanned;         /* prose up to here was scanned */
        cmark_node *link_block; /* … and the block in which links are being found */
        size_t link_from;
} Markdown;

static size_t line_start(const Markdown *markdown, int line)
{
        guint last = markdown->lines->len - 1;
        guint index = line < 1 ? 0 : MIN((guint)line - 1, last);
        return g_array_index(markdown->lines, size_t, index);
}

/* Without its line end. */
static size_t line_end(const Markdown *markdown, int line)
{
        size_t start = line_start(markdown, line), end = line_start(markdown, line + 1);
        return end > start && markdown->text[end - 1] == '\n' ? end - 1 : end;
}

static size_t node_start(const Markdown *markdown, cmark_node *node)
{
        int line = cmark_node_get_start_line(node), column = cmark_node_get_start_column(node);
        return MIN(line_start(markdown, line) + (size_t)MAX(column - 1, 0),
                   line_end(markdown, line));
}

/* The text of a node's inlines. The iterator does not recurse. */
static char *node_text(cmark_node *node, size_t max)
{
        g_autoptr(GString) text = g_string_new(NULL);
        cmark_iter *iter = cmark_iter_new(node);
        cmark_event_type event;
        while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE && text->len < max) {
                cmark_node *at = cmark_iter_get_node(iter);
                cmark_node_type type = cmark_node_get_type(at);
                if (event != CMARK_EVENT_ENTER)
                        continue;
                if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
                        g_string_append(text, cmark_node_get_literal(at) ?: "");
                else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
                        g_string_append_c(text, ' ');
        }
        cmark_iter_free(iter);
        return output_collapse(text->str, text->len, max);
}

static void scan_prose(Markdown *markdown, size_t end)
{
        if (end > markdown->scanned)
                scan(markdown->output, markdown->scanned, end, SCAN_MARKDOWN);
        markdown->scanned = MAX(markdown->scanned, end);
}

static void on_heading(Markdown *markdown, cmark_node *node)
{
        int line = cmark_node_get_start_line(node);
        size_t start = node_start(markdown, node), end = line_end(markdown, line);
        while (start < end && strchr("# \t", markdown->text[start]))
                start++;
        while (end > start && strchr("# \t", markdown->text[end - 1]))
                end--;
        g_autofree char *text = node_text(node, ITEMS_TEXT_BYTES);
        unsigned level = (unsigned)cmark_node_get_heading_level(node);
        char number[2] = {(char)('0' + CLAMP(level, 1, 6)), 0};
        output_item(markdown->output, &(Item){.kind = "heading",
                                              .start = start,
                                              .end = end,
                                              .name = {"level", "text"},
                                              .value = {number, text}});
        /* one of another level is the title if the text begins with it */
        size_t first = markdown->body;
        while (first < start && strchr("# \t\n", markdown->text[first]))
                first++;
        if (level == 1 || first == start)
                output_title(markdown->output, text, strlen(text));
        g_free(markdown->heading);
        markdown->heading = g_steal_pointer(&text);
}

static void on_code(Markdown *markdown, cmark_node *node)
{
        int first = cmark_node_get_start_line(node), last = cmark_node_get_end_line(node);
        int length, offset;
        char fence;
        bool fenced = cmark_node_get_fenced(node, &length, &offset, &fence);
        scan_prose(markdown, line_start(markdown, first));
        markdown->scanned = MAX(markdown->scanned, line_end(markdown, last));
        size_t start = line_start(markdown, first + (fenced ? 1 : 0));
        size_t end = line_end(markdown, last);
        const char *literal = cmark_node_get_literal(node);
        size_t content = literal ? strlen(literal) : 0;
        if (fenced && content == 0)
                return;
        /* the closing fence, if it is there, is not of the code */
        const char *close = markdown->text + line_start(markdown, last);
        const char *stop = markdown->text + end;
        while (fenced && close < stop && strchr(" >\t", *close))
                close++;
        if (fenced && last > first && stop - close >= 3 && close[0] == fence && close[1] == fence &&
            close[2] == fence)
                end = line_start(markdown, last);
        while (start < end && strchr(" >\t\n", markdown->text[start]))
                start++;
        if (end > start)
                items_code(markdown->output, start, end, cmark_node_get_fence_info(node), literal);
}

static GPtrArray *row_cells(cmark_node *row)
{
        GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
        for (cmark_node *cell = cmark_node_first_child(row); cell; cell = cmark_node_next(cell))
                g_ptr_array_add(cells, node_text(cell, ITEMS_TEXT_BYTES));
        return cells;
}

static void on_table(Markdown *markdown, cmark_node *table)
{
        g_autoptr(GPtrArray) header = NULL;
        for (cmark_node *row = cmark_node_first_child(table); row; row = cmark_node_next(row)) {
                g_autoptr(GPtrArray) cells = row_cells(row);
                if (!header) {
                        header = g_steal_pointer(&cells);
                        continue;
                }
                int line = cmark_node_get_start_line(row);
                size_t start = line_start(markdown, line), end = line_end(markdown, line);
                while (start < end && strchr("| \t>", markdown->text[start]))
                        start++;
                while (end > start && strchr("| \t", markdown->text[end - 1]))
                        end--;
                items_row(markdown->output, start, end, &(ItemsRow){header, cells, NULL});
        }
}

static void on_list(Markdown *markdown, cmark_node *list)
{
        if (cmark_node_get_list_type(list) != CMARK_ORDERED_LIST)
                return;
        g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(g_free);
        for (cmark_node *item = cmark_node_first_child(list); item && steps->len < ITEMS_STEPS_MAX;
             item = cmark_node_next(item)) {
                /* its paragraphs, not what is nested in it */
                cmark_node *first = cmark_node_first_child(item);
                char *text = first && cmark_node_get_type(first) == CMARK_NODE_PARAGRAPH
                                     ? node_text(first, ITEMS_TEXT_BYTES)
                                     : NULL;
                if (text && *text)
                        g_ptr_array_add(steps, text);
                else
                        g_free(text);
        }
        items_procedure(markdown->output, node_start(markdown, list),
                        line_end(markdown, cmark_node_get_end_line(list)), markdown->heading,
                        steps);
}

static cmark_node *block_of(cmark_node *node)
{
        while (node && (cmark_node_get_type(node) & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_INLINE)
                node = cmark_node_parent(node);
        return node;
}

/* Where the source of a link is: its position if a bracket stands there, else the next place in its block
 * where its label (or its address) does. Positions inside tables and continued lines are not exact. */
static bool find_link(Markdown *markdown, cmark_node *link, const char *label, Item *item)
{
        cmark_node *block = block_of(link);
        size_t start = node_start(markdown, link);
        size_t limit = block ? line_end(markdown, cmark_node_get_end_line(block)) : start;
        if (block != markdown->link_block) {
                markdown->link_block = block;
                markdown->link_from =
                        block ? line_start(markdown, cmark_node_get_start_line(block)) : 0;
        }
        g_autofree char *opening = g_strdup_printf("[%s]", label);
        if (!g_str_has_prefix(markdown->text + start, opening) || start < markdown->link_from) {
                size_t from = markdown->link_from;
                const char *at = from < limit ? g_strstr_len(markdown->text + from,
                                                             (gssize)(limit - from), opening)
                                              : NULL;
                if (!at && (start >= limit || markdown->text[start] != '['))
                        return false;
                start = at ? (size_t)(at - markdown->text) : start;
        }
        size_t end = start + strlen(opening);
        const char *text = markdown->text;
        if (!g_str_has_prefix(text + start, opening)) {
                const char *close = memchr(text + start, ']', limit - start);
                end = close ? (size_t)(close + 1 - text) : limit;
        }
        if (end < limit && (text[end] == '(' || text[end] == '[')) {
                const char *close = memchr(text + end, text[end] == '(' ? ')' : ']', limit - end);
                end = close ? (size_t)(close + 1 - text) : end;
        }
        item->start = start;
        item->end = end;
        markdown->link_from = end;
        return true;
}

static void on_link(Markdown *markdown, cmark_node *link)
{
        const char *url = cmark_node_get_url(link);
        if (!flow_is_external(url) || !g_utf8_validate(url, -1, NULL))
                return;
        size_t start = node_start(markdown, link);
        if (markdown->text[start] == '<')
                return; /* the scan of the prose finds it */
        g_autofree char *label = node_text(link, ITEMS_TEXT_BYTES);
        Item item = {.kind = "external_ref", .name = {"url", "label"}, .value = {url, label}};
        if (find_link(markdown, link, label, &item))
                output_item(markdown->output, &item);
}

static void on_node(Markdown *markdown, cmark_node *node)
{
        cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_HEADING)
                on_heading(markdown, node);
        else if (type == CMARK_NODE_CODE_BLOCK)
                on_code(markdown, node);
        else if (type == CMARK_NODE_LIST)
                on_list(markdown, node);
        else if (type == CMARK_NODE_LINK)
                on_link(markdown, node);
        else if (strcmp(cmark_node_get_type_string(node), "table") == 0)
                on_table(markdown, node);
}

static void find_lines(Markdown *markdown, size_t from, size_t length)
{
        markdown->lines = g_array_new(FALSE, FALSE, sizeof(size_t));
        for (size_t at = from;;) {
                g_array_append_val(markdown->lines, at);
                if (at >= length)
                        return;
                const char *next = memchr(markdown->text + at, '\n', length - at);
                at = next ? (size_t)(next + 1 - markdown->text) : length;
        }
}

/* One line can open a thousand blockquotes. */
static bool too_deep(const char *text, size_t length)
{
        for (const char *line = text, *end = text + length; line < end;) {
                unsigned quotes = 0;
                const char *at = line;
                for (; at < end && strchr(" >\t", *at) && *at; at++)
                        quotes += *at == '>';
                if (quotes > MARKDOWN_QUOTES_MAX)
                        return true;
                at = memchr(at, '\n', (size_t)(end - at));
                line = at ? at + 1 : end;
        }
        return false;
}

/* The parser fills every row of a table up to the columns of its header: a short text can ask for millions of
 * cells. */
static bool has_wide_table(const char *text, size_t length)
{
        for (const char *line = text, *end = text + length; line < end;) {
                const char *stop = memchr(line, '\n', (size_t)(end - line));
                unsigned bars = 0;
                stop = stop ?: end;
                while (line < stop && (line = memchr(line, '|', (size_t)(stop - line)))) {
                        line++;
                        bars++;
                }
                if (bars > MARKDOWN_COLUMNS_MAX)
                        return true;
                line = stop + 1;
        }
        return false;
}

static cmark_node *parse_tree(const char *text, size_t length)
{
        static const char *const extensions[] = {"table", "strikethrough", "tasklist"};
        cmark_gfm_core_extensions_ensure_registered();
        cmark_parser *parser = cmark_parser_new(CMARK_OPT_FOOTNOTES);
        for (size_t i = has_wide_table(text, length) ? 1 : 0; i < G_N_ELEMENTS(extensions); i++)
                cmark_parser_attach_syntax_extension(parser,
                                                     cmark_find_syntax_extension(extensions[i]));
        cmark_parser_feed(parser, text, length);
        cmark_node *root = cmark_parser_finish(parser);
        cmark_parser_free(parser);
        return root;
}

/* The title of the front matter, if it tells one. */
static void take_title(Output *output)
{
        unsigned n;
        const Item *items = output_items(output, &n);
        for (unsigned i = 0; i < n; i++)
                if (items[i].value[0] && strcmp(items[i].value[0], "title") == 0 &&
                    items[i].value[1])
                        output_title(output, items[i].value[1], strlen(items[i].value[1]));
}

void markdown_parse(Output *output)
{
        size_t body = frontmatter_parse(output), length = output_length(output);
        Markdown markdown = {
                .output = output, .text = output_get(output), .scanned = body, .body = body};
        take_title(output);
        if (too_deep(markdown.text + body, length - body)) {
                output_fail(output, OUROBOROS_ERROR_LIMIT,
                            "blockquotes are nested deeper than %d (MARKDOWN_QUOTES_MAX)",
                            MARKDOWN_QUOTES_MAX);
                return;
        }
        find_lines(&markdown, body, length);
        markdown.root = parse_tree(markdown.text + body, length - body);
        cmark_iter *iter = cmark_iter_new(markdown.root);
        cmark_event_type event;
        while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
                if (event == CMARK_EVENT_ENTER)
                        on_node(&markdown, cmark_iter_get_node(iter));
        scan_prose(&markdown, length);
        cmark_iter_free(iter);
        cmark_node_free(markdown.root);
        g_array_unref(markdown.lines);
        g_free(markdown.heading);
}
