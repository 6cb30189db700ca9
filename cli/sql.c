/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "sql": one SELECT over the documented views, as a table. Projections are shown in the same way. */
#include "grid.h"
#include "render.h"
#include "table.h"
#include "verbs.h"

static const Option options[] = {
        {"limit", 'n', OPTION_NUMBER, "COUNT", "At most so many rows"},
        {"timeout", 0, OPTION_NUMBER, "MS", "At most so many milliseconds"},
        {NULL},
};

static const Column view_columns[] = {{"VIEW"}, {"COLUMN"}, {"TYPE"}, {"MEANING", .shrink = true}};

static void add_view(Table *table, JsonObject *view)
{
        JsonArray *rows = json_member_array(view, "columns");
        const char *title[] = {json_member_string(view, "name", ""), "", "",
                               json_member_string(view, "description", "")};
        JsonObject *row = NULL;
        table_add(table, title);
        for (unsigned i = 0; (row = cli_element(rows, i)); i++) {
                const char *cells[] = {"", json_member_string(row, "name", ""),
                                       json_member_string(row, "type", ""),
                                       json_member_string(row, "description", "")};
                table_add(table, cells);
        }
}

static bool list_views(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *view = NULL;
        if (!cli_tool(cli, "list_sql_views", NULL, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(view_columns, G_N_ELEMENTS(view_columns));
        JsonArray *views = json_member_array(answer, "views");
        for (unsigned i = 0; (view = cli_element(views, i)); i++)
                add_view(table, view);
        table_print(table, cli->output);
        return true;
}

/* Rows of arrays. */
static void print_rows(Cli *cli, JsonObject *answer)
{
        JsonArray *rows = json_member_array(answer, "rows");
        g_autoptr(Grid) grid = grid_new(json_member_array(answer, "columns"));
        for (unsigned i = 0; rows && i < json_array_get_length(rows); i++) {
                JsonArray *row = json_array_get_array_element(rows, i);
                for (unsigned j = 0; j < json_array_get_length(row); j++)
                        grid_set(grid, j, json_array_get_element(row, j));
                grid_end_row(grid);
        }
        grid_print(grid, cli->output);
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        if (!args_word(cli->args, 0))
                return list_views(cli, error);
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "sql", args_word(cli->args, 0));
        cli_set_number(cli, args, "limit", "limit");
        cli_set_number(cli, args, "timeout_ms", "timeout");
        if (!cli_tool(cli, "sql_query", args, &answer, error))
                return false;
        if (!answer)
                return true;
        const char *truncated = json_member_string(answer, "truncated", NULL);
        g_autofree char *count = cli_count(json_member_int(answer, "row_count", 0), "row", "rows");
        print_rows(cli, answer);
        output_styled(cli->output, STYLE_DIM, "%s, %.1f ms\n", count,
                      json_member_double(answer, "elapsed_ms", 0));
        if (truncated)
                output_styled(cli->output, STYLE_YELLOW, "There is more: cut by %s\n", truncated);
        return true;
}

const Verb verb_sql = {
        .name = "sql",
        .words = "[STATEMENT]",
        .max = 1,
        .summary = "Read by one SELECT; without one, list the views and their columns",
        .details =
                "It runs on an empty database in memory, in which the views stand for what is known: nothing can be "
                "written, and time, steps, rows and bytes have limits.",
        .options = options,
        .run = run,
};
