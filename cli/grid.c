/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "grid.h"

#include "base/base.h"
#include "table.h"

struct Grid {
        unsigned count;
        Column *columns;
        char **titles;
        bool *texts;     /* of each column: was there anything but numbers? */
        GPtrArray *rows; /* char ** of count cells; the last is being filled */
};

static void row_free(gpointer row)
{
        g_strfreev(row);
}

static void begin_row(Grid *grid)
{
        char **row = g_new0(char *, grid->count + 1);
        for (unsigned i = 0; i < grid->count; i++)
                row[i] = g_strdup("");
        g_ptr_array_add(grid->rows, row);
}

Grid *grid_new(JsonArray *titles)
{
        Grid *grid = g_new0(Grid, 1);
        grid->count = titles ? json_array_get_length(titles) : 0;
        grid->columns = g_new0(Column, grid->count + 1);
        grid->titles = g_new0(char *, grid->count + 1);
        grid->texts = g_new0(bool, grid->count + 1);
        grid->rows = g_ptr_array_new_with_free_func(row_free);
        for (unsigned i = 0; i < grid->count; i++)
                grid->titles[i] = g_strdup(json_array_get_string_element(titles, i));
        begin_row(grid);
        return grid;
}

Grid *grid_free(Grid *grid)
{
        if (!grid)
                return NULL;
        g_ptr_array_unref(grid->rows);
        g_strfreev(grid->titles);
        g_free(grid->columns);
        g_free(grid->texts);
        g_free(grid);
        return NULL;
}

void grid_set(Grid *grid, unsigned column, JsonNode *value)
{
        if (column >= grid->count || !value || JSON_NODE_HOLDS_NULL(value))
                return;
        GType type =
                JSON_NODE_HOLDS_VALUE(value) ? json_node_get_value_type(value) : G_TYPE_INVALID;
        char **row = grid->rows->pdata[grid->rows->len - 1];
        g_free(row[column]);
        row[column] = type == G_TYPE_STRING ? g_strdup(json_node_get_string(value))
                                            : json_print_node(value);
        if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
                grid->texts[column] = true;
}

void grid_end_row(Grid *grid)
{
        begin_row(grid);
}

void grid_print(Grid *grid, Output *output)
{
        for (unsigned i = 0; i < grid->count; i++)
                grid->columns[i] = (Column){
                        .title = grid->titles[i], .right = !grid->texts[i], .shrink = true};
        g_autoptr(Table) table = table_new(grid->columns, grid->count);
        for (unsigned i = 0; i + 1 < grid->rows->len; i++)
                table_add(table, grid->rows->pdata[i]);
        table_print(table, output);
}
