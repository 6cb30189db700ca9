/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/flow.h"

#include <string.h>

#include "extract/items.h"
#include "extract/scan.h"

#define FLOW_COLUMNS_MAX 200

typedef struct Range {
        size_t start, end;
} Range;

typedef struct List {
        bool ordered, item_open;
        unsigned number;
        size_t start, item_start, item_end; /* item_end: where a nested list began, 0 if none */
        GArray *steps;                      /* Range, of ordered lists */
} List;

typedef struct Table {
        bool implicit_header, row_is_header;
        size_t cell_start;
        GPtrArray *header; /* column names or NULL */
        GArray *cells;     /* Range of the row under way */
        char *caption;
        unsigned rows;
} Table;

struct Flow {
        Output *output;
        bool cell_lines;
        FlowBreak pending;
        unsigned pre_depth;
        bool pre_code;
        char *pre_language;
        size_t pre_start;
        unsigned heading; /* level, 0: none */
        size_t heading_start;
        char *last_heading;
        char *link;
        size_t link_start, caption_start;
        GArray *lists;                    /* List */
        GArray *tables;                   /* Table */
        unsigned lists_over, tables_over; /* open ones beyond FLOW_DEPTH_MAX */
};

static void list_clear(void *data)
{
        List *list = data;
        g_clear_pointer(&list->steps, g_array_unref);
}

static void table_clear(void *data)
{
        Table *table = data;
        g_clear_pointer(&table->header, g_ptr_array_unref);
        g_clear_pointer(&table->cells, g_array_unref);
        g_clear_pointer(&table->caption, g_free);
}

Flow *flow_new(Output *output, bool cell_lines)
{
        Flow *flow = g_new0(Flow, 1);
        flow->output = output;
        flow->cell_lines = cell_lines;
        flow->lists = g_array_new(FALSE, TRUE, sizeof(List));
        g_array_set_clear_func(flow->lists, list_clear);
        flow->tables = g_array_new(FALSE, TRUE, sizeof(Table));
        g_array_set_clear_func(flow->tables, table_clear);
        return flow;
}

Flow *flow_free(Flow *flow)
{
        if (!flow)
                return NULL;
        flow_end_link(flow);
        if (flow->heading)
                flow_end_heading(flow);
        flow->pre_depth = MIN(flow->pre_depth, 1);
        flow_end_pre(flow);
        while (flow->lists->len)
                flow_end_list(flow);
        while (flow->tables->len)
                flow_end_table(flow);
        g_array_unref(flow->lists);
        g_array_unref(flow->tables);
        g_free(flow->last_heading);
        g_free(flow->link);
        g_free(flow->pre_language);
        g_free(flow);
        return NULL;
}

static size_t here(const Flow *flow)
{
        return output_length(flow->output);
}

static List *top_list(Flow *flow)
{
        return flow->lists->len && !flow->lists_over
                       ? &g_array_index(flow->lists, List, flow->lists->len - 1)
                       : NULL;
}

static Table *top_table(Flow *flow)
{
        return flow->tables->len && !flow->tables_over
                       ? &g_array_index(flow->tables, Table, flow->tables->len - 1)
                       : NULL;
}

void flow_break(Flow *flow, FlowBreak kind)
{
        Table *table = top_table(flow);
        bool in_cell = kind > FLOW_SPACE && table && table->cell_start;
        if (in_cell && here(flow) + 1 <= table->cell_start)
                return; /* a paragraph is the first thing in its cell */
        if (in_cell && !flow->cell_lines)
                kind = FLOW_SPACE;
        flow->pending = MAX(flow->pending, kind);
}

static void write_pending(Flow *flow)
{
        static const char *const marks[] = {"", " ", "\n", "\n\n"};
        FlowBreak pending = flow->pending;
        flow->pending = FLOW_NONE;
        size_t length = here(flow);
        if (pending == FLOW_NONE || length == 0)
                return;
        char last = output_get(flow->output)[length - 1];
        if (last == '\n' && pending == FLOW_PARAGRAPH)
                output_text(flow->output, "\n",
                            length > 1 && output_get(flow->output)[length - 2] != '\n');
        else if (last != '\n' && !(last == ' ' && pending == FLOW_SPACE))
                output_text(flow->output, marks[pending], strlen(marks[pending]));
}

static void write_raw(Flow *flow, const char *text, size_t length)
{
        if (length == 0)
                return;
        write_pending(flow);
        output_text(flow->output, text, length);
}

/* A carriage return, which only a character reference can have brought here, goes. */
static void write_pre(Flow *flow, const char *text, size_t length)
{
        const char *end = text + length;
        for (const char *cr; (cr = memchr(text, '\r', (size_t)(end - text))); text = cr + 1)
                write_raw(flow, text, (size_t)(cr - text));
        write_raw(flow, text, (size_t)(end - text));
}

/* White space including the no-break space; *ret_length is how long it is, 0 if none. */
static size_t space_length(const char *text, size_t left)
{
        if (strchr(" \n\t\r\f\v", *text) && *text)
                return 1;
        return left >= 2 && (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] == 0xa0 ? 2
                                                                                             : 0;
}

void flow_text(Flow *flow, const char *text, size_t length)
{
        if (flow->pre_depth) {
                write_pre(flow, text, length);
                return;
        }
        size_t start = 0;
        for (size_t i = 0; i < length;) {
                size_t space = space_length(text + i, length - i);
                if (!space) {
                        i++;
                        continue;
                }
                write_raw(flow, text + start, i - start);
                flow_break(flow, FLOW_SPACE);
                i += space;
                start = i;
        }
        write_raw(flow, text + start, length - start);
}

void flow_begin_pre(Flow *flow, bool code, const char *language)
{
        if (flow->pre_depth++)
                return;
        flow_break(flow, FLOW_PARAGRAPH);
        write_pending(flow);
        flow->pre_code = code;
        flow->pre_start = here(flow);
        g_free(flow->pre_language);
        flow->pre_language = g_strdup(language);
}

void flow_pre_language(Flow *flow, const char *language)
{
        if (flow->pre_depth && !flow->pre_language)
                flow->pre_language = g_strdup(language);
}

void flow_end_pre(Flow *flow)
{
        if (!flow->pre_depth || --flow->pre_depth)
                return;
        if (flow->pre_code)
                items_code(flow->output, flow->pre_start, here(flow), flow->pre_language, NULL);
        flow_break(flow, FLOW_PARAGRAPH);
}

void flow_begin_heading(Flow *flow, unsigned level)
{
        if (flow->heading)
                flow_end_heading(flow);
        flow_break(flow, FLOW_PARAGRAPH);
        flow->heading = level;
        flow->heading_start = here(flow);
}

void flow_end_heading(Flow *flow)
{
        if (!flow->heading)
                return;
        size_t start = MIN(flow->heading_start, here(flow));
        items_heading(flow->output, start, here(flow), flow->heading);
        g_free(flow->last_heading);
        flow->last_heading = output_collapse(output_get(flow->output) + start, here(flow) - start,
                                             ITEMS_TEXT_BYTES);
        flow->heading = 0;
        flow_break(flow, FLOW_PARAGRAPH);
}

bool flow_is_external(const char *url)
{
        return url &&
               (g_ascii_strncasecmp(url, "http://", 7) == 0 ||
                g_ascii_strncasecmp(url, "https://", 8) == 0 ||
                g_ascii_strncasecmp(url, "ftp://", 6) == 0 ||
                g_ascii_strncasecmp(url, "mailto:", 7) == 0) &&
               scan_is_public(url);
}

void flow_begin_link(Flow *flow, const char *url)
{
        flow_end_link(flow);
        if (!flow_is_external(url))
                return;
        flow->link = g_strstrip(g_strdup(url));
        flow->link_start = here(flow);
}

void flow_end_link(Flow *flow)
{
        if (!flow->link)
                return;
        g_autofree char *url = g_steal_pointer(&flow->link);
        size_t start = MIN(flow->link_start, here(flow));
        g_autofree char *label = output_collapse(output_get(flow->output) + start,
                                                 here(flow) - start, ITEMS_TEXT_BYTES);
        output_item(flow->output, &(Item){.kind = "external_ref",
                                          .start = start,
                                          .end = here(flow),
                                          .name = {"url", "label"},
                                          .value = {url, strcmp(label, url) ? label : NULL}});
}

void flow_begin_list(Flow *flow, bool ordered, unsigned first)
{
        List *outer = top_list(flow);
        if (outer && outer->item_open && !outer->item_end)
                outer->item_end = here(flow);
        flow_break(flow, outer ? FLOW_LINE : FLOW_PARAGRAPH);
        if (flow->lists->len >= FLOW_DEPTH_MAX) {
                flow->lists_over++;
                return;
        }
        List list = {.ordered = ordered, .number = first, .start = here(flow)};
        if (ordered)
                list.steps = g_array_new(FALSE, FALSE, sizeof(Range));
        g_array_append_val(flow->lists, list);
}

void flow_begin_item(Flow *flow)
{
        flow_end_item(flow);
        flow_break(flow, FLOW_LINE);
        List *list = top_list(flow);
        if (!list)
                return;
        char marker[80];
        int indent = (int)(flow->lists->len - 1) * 2;
        int n = list->ordered ? g_snprintf(marker, sizeof(marker), "%*s%u.", MIN(indent, 40), "",
                                           list->number++)
                              : g_snprintf(marker, sizeof(marker), "%*s-", MIN(indent, 40), "");
        write_raw(flow, marker, (size_t)n);
        flow->pending = FLOW_SPACE;
        list->item_open = true;
        list->item_start = here(flow);
        list->item_end = 0;
}

void flow_end_item(Flow *flow)
{
        List *list = top_list(flow);
        if (!list || !list->item_open)
                return;
        list->item_open = false;
        Range range = {list->item_start, list->item_end ? list->item_end : here(flow)};
        if (list->ordered && range.end > range.start)
                g_array_append_val(list->steps, range);
        flow->pending = FLOW_NONE;
        flow_break(flow, FLOW_LINE);
}

void flow_end_list(Flow *flow)
{
        if (flow->lists_over) {
                flow->lists_over--;
                return;
        }
        if (!flow->lists->len)
                return;
        flow_end_item(flow);
        List *list = top_list(flow);
        if (list->ordered && list->steps->len >= ITEMS_STEPS_MIN) {
                const Range *steps = (const Range *)(void *)list->steps->data;
                g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
                for (guint i = 0; i < list->steps->len && i < ITEMS_STEPS_MAX; i++)
                        g_ptr_array_add(texts,
                                        output_collapse(output_get(flow->output) + steps[i].start,
                                                        steps[i].end - steps[i].start,
                                                        ITEMS_TEXT_BYTES));
                items_procedure(flow->output, list->start, here(flow), flow->last_heading, texts);
        }
        g_array_set_size(flow->lists, flow->lists->len - 1);
        flow_break(flow, flow->lists->len ? FLOW_LINE : FLOW_PARAGRAPH);
}

void flow_begin_table(Flow *flow, bool first_row_is_header)
{
        flow_break(flow, FLOW_PARAGRAPH);
        if (flow->tables->len >= FLOW_DEPTH_MAX) {
                flow->tables_over++;
                return;
        }
        Table table = {.implicit_header = first_row_is_header};
        table.cells = g_array_new(FALSE, FALSE, sizeof(Range));
        g_array_append_val(flow->tables, table);
}

void flow_begin_caption(Flow *flow)
{
        flow_break(flow, FLOW_LINE);
        flow->caption_start = here(flow);
}

void flow_end_caption(Flow *flow)
{
        Table *table = top_table(flow);
        size_t start = MIN(flow->caption_start, here(flow));
        if (table && !table->caption)
                table->caption = output_collapse(output_get(flow->output) + start,
                                                 here(flow) - start, ITEMS_TEXT_BYTES);
        flow_break(flow, FLOW_LINE);
}

void flow_begin_row(Flow *flow)
{
        Table *table = top_table(flow);
        if (!table)
                return;
        flow_end_row(flow);
        flow_break(flow, FLOW_LINE);
        table->row_is_header = true;
}

void flow_begin_cell(Flow *flow, bool header)
{
        Table *table = top_table(flow);
        if (!table)
                return;
        flow_end_cell(flow);
        if (table->cells->len) {
                flow->pending = FLOW_NONE;
                write_raw(flow, " |", 2);
                flow->pending = FLOW_SPACE;
        } else {
                write_pending(flow);
                table->row_is_header = true;
        }
        table->row_is_header &= header;
        table->cell_start = here(flow) + 1; /* 0 means no cell is open */
}

void flow_end_cell(Flow *flow)
{
        Table *table = top_table(flow);
        if (!table || !table->cell_start)
                return;
        Range cell = {MIN(table->cell_start - 1, here(flow)), here(flow)};
        table->cell_start = 0;
        if (table->cells->len < FLOW_COLUMNS_MAX)
                g_array_append_val(table->cells, cell);
        flow->pending = FLOW_NONE;
}

static char *cell_text(Flow *flow, const Range *cell)
{
        return output_collapse(output_get(flow->output) + cell->start, cell->end - cell->start,
                               ITEMS_TEXT_BYTES);
}

void flow_end_row(Flow *flow)
{
        Table *table = top_table(flow);
        if (!table)
                return;
        flow_end_cell(flow);
        const Range *cells = (const Range *)(void *)table->cells->data;
        guint n = table->cells->len;
        if (n == 0)
                return;
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        for (guint i = 0; i < n; i++)
                g_ptr_array_add(texts, cell_text(flow, &cells[i]));
        bool header = table->rows++ == 0 && (table->row_is_header || table->implicit_header);
        if (header && n == 1) { /* a title over all columns: the names come next */
                table->rows = 0;
                if (!table->caption)
                        table->caption = g_strdup(g_ptr_array_index(texts, 0));
        } else if (header) {
                table->header = g_steal_pointer(&texts);
        } else if (table->header && (n > 1 || table->header->len == 1))
                items_row(flow->output, cells[0].start, cells[n - 1].end,
                          &(ItemsRow){table->header, texts, table->caption});
        g_array_set_size(table->cells, 0);
        flow_break(flow, FLOW_LINE);
}

void flow_end_table(Flow *flow)
{
        if (flow->tables_over) {
                flow->tables_over--;
                return;
        }
        if (!flow->tables->len)
                return;
        flow_end_row(flow);
        g_array_set_size(flow->tables, flow->tables->len - 1);
        flow_break(flow, FLOW_PARAGRAPH);
}
