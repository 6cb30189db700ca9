/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

#include "render.h"

#define GAP          2
#define COLUMN_FLOOR 8 /* a cut column keeps at least this, and its title */
#define PAD_MAX                                                                                    \
        60 /* without a limit nothing is cut, but one long cell does not make all rows wide */

struct Table {
        const Column *columns;
        unsigned count;
        GPtrArray *rows; /* char ** of count cells */
};

static void row_free(gpointer row)
{
        g_strfreev(row);
}

Table *table_new(const Column *columns, unsigned count)
{
        Table *table = g_new0(Table, 1);
        table->columns = columns;
        table->count = count;
        table->rows = g_ptr_array_new_with_free_func(row_free);
        return table;
}

Table *table_free(Table *table)
{
        if (!table)
                return NULL;
        g_ptr_array_unref(table->rows);
        g_free(table);
        return NULL;
}

void table_add(Table *table, const char *const *cells)
{
        char **row = g_new0(char *, table->count + 1);
        for (unsigned i = 0; i < table->count; i++)
                row[i] = render_line(cells[i] ? cells[i] : "");
        g_ptr_array_add(table->rows, row);
}

/* A cut column keeps its title whole, or there would be no telling what it is. */
static unsigned column_floor(const Column *column)
{
        return MAX(COLUMN_FLOOR, render_width(column->title));
}

/* The widest column that may still be cut; count if there is none. */
static unsigned widest(const Table *table, const unsigned *widths)
{
        unsigned best = table->count;
        for (unsigned i = 0; i < table->count; i++)
                if (table->columns[i].shrink && widths[i] > column_floor(&table->columns[i]) &&
                    (best == table->count || widths[i] > widths[best]))
                        best = i;
        return best;
}

void table_fit(const Table *table, unsigned width, unsigned *ret_widths)
{
        unsigned total = table->count > 0 ? GAP * (table->count - 1) : 0;
        for (unsigned i = 0; i < table->count; i++) {
                bool capped = width == 0 && table->columns[i].shrink;
                ret_widths[i] = render_width(table->columns[i].title);
                for (unsigned r = 0; r < table->rows->len; r++) {
                        char **row = table->rows->pdata[r];
                        unsigned wanted = render_width(row[i]);
                        ret_widths[i] = MAX(ret_widths[i], capped ? MIN(wanted, PAD_MAX) : wanted);
                }
                total += ret_widths[i];
        }
        for (unsigned i;
             width > 0 && total > width && (i = widest(table, ret_widths)) < table->count; total--)
                ret_widths[i]--;
}

static void print_cell(const Table *table, Output *output, unsigned i, const char *text,
                       unsigned width)
{
        g_autofree char *cell =
                output_width(output) == 0 ? g_strdup(text) : render_fit(text, width);
        unsigned pad = width - MIN(width, render_width(cell));
        bool last = i + 1 == table->count;
        const Column *column = &table->columns[i];
        if (column->right)
                output_print(output, "%*s", (int)pad, "");
        if (column->dim)
                output_styled(output, STYLE_DIM, "%s", cell);
        else
                output_print(output, "%s", cell);
        if (!last)
                output_print(output, "%*s", (int)(GAP + (column->right ? 0 : pad)), "");
}

void table_print(const Table *table, Output *output)
{
        if (table->rows->len == 0)
                return;
        g_autofree unsigned *widths = g_new0(unsigned, table->count);
        table_fit(table, output_width(output), widths);
        for (unsigned i = 0; i < table->count; i++) {
                unsigned pad = widths[i] - render_width(table->columns[i].title);
                bool right = table->columns[i].right;
                output_print(output, "%*s", right ? (int)pad : 0, "");
                output_styled(output, STYLE_BOLD, "%s", table->columns[i].title);
                if (i + 1 < table->count)
                        output_print(output, "%*s", (int)(GAP + (right ? 0 : pad)), "");
        }
        output_print(output, "\n");
        for (unsigned r = 0; r < table->rows->len; r++) {
                char **row = table->rows->pdata[r];
                for (unsigned i = 0; i < table->count; i++)
                        print_cell(table, output, i, row[i], widths[i]);
                output_print(output, "\n");
        }
}
