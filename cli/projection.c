/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "projection": views that bring predicates of several vocabularies into one shape. */
#include <string.h>

#include "grid.h"
#include "table.h"
#include "verbs.h"

/* ---- list, rm ---- */

static const Option list_options[] = {CLI_LIST_OPTIONS, {NULL}};

static const Column columns[] = {
        {"PROJECTION"}, {"MEANING", .shrink = true}, {"COLUMNS", .shrink = true}};

static char *column_names(JsonObject *row)
{
        JsonObject *spec = json_member_object(row, "spec"), *column = NULL;
        JsonArray *list = spec ? json_member_array(spec, "columns") : NULL;
        GString *text = g_string_new(NULL);
        for (unsigned i = 0; (column = cli_element(list, i)); i++)
                g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                                       json_member_string(column, "name", ""));
        return g_string_free(text, FALSE);
}

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *row = NULL;
        if (!cli_tool(cli, "list_projections", cli_list_args(cli, 50), &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "projections");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++) {
                g_autofree char *names = column_names(row);
                const char *cells[] = {json_member_string(row, "name", ""),
                                       json_member_string(row, "description", ""), names};
                table_add(table, cells);
        }
        table_print(table, cli->output);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "No projections.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_projection_list = {
        .name = "projection list",
        .words = "",
        .summary = "List the views that bring several predicates into one shape",
        .options = list_options,
        .run = run_list,
};

static bool run_rm(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        if (!cli_tool(cli, "retire_projection", args, &answer, error))
                return false;
        if (answer)
                output_print(cli->output, "%s is out of use; no fact was touched.\n",
                             args_word(cli->args, 0));
        return true;
}

const Verb verb_projection_rm = {
        .name = "projection rm",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Take a view out of use",
        .writes = true,
        .no_pager = true,
        .run = run_rm,
};

/* ---- add ---- */

static const Option add_options[] = {
        {"type", 't', OPTION_TEXT, "TYPE", "Only entities of this type"},
        {"group-by", 0, OPTION_TEXT, "NAME", "One row for each value of this qualifier"},
        {"description", 0, OPTION_TEXT, "TEXT", "What it shows"},
        {NULL},
};

/* "debt:sum=loan,mortgage" */
static JsonObject *parse_column(const char *text, GError **error)
{
        const char *equals = strchr(text, '=');
        if (!equals || equals == text || !equals[1]) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "\"%s\" is no COLUMN[:PICK]=PREDICATE[,PREDICATE…]", text);
                return NULL;
        }
        g_autofree char *name = g_strndup(text, (size_t)(equals - text));
        g_auto(GStrv) predicates = g_strsplit(equals + 1, ",", -1);
        char *pick = strchr(name, ':');
        JsonObject *column = json_object_new();
        JsonArray *array = json_array_new();
        if (pick) {
                *pick = 0;
                json_object_set_string_member(column, "pick", pick + 1);
        }
        for (char **predicate = predicates; *predicate; predicate++)
                json_array_add_string_element(array, *predicate);
        json_object_set_string_member(column, "name", name);
        json_object_set_array_member(column, "predicates", array);
        return column;
}

static JsonArray *parse_columns(Cli *cli, GError **error)
{
        g_autoptr(JsonArray) array = json_array_new();
        for (unsigned i = 1; i < args_count(cli->args); i++) {
                JsonObject *column = parse_column(args_word(cli->args, i), error);
                if (!column)
                        return NULL;
                json_array_add_object_element(array, column);
        }
        return g_steal_pointer(&array);
}

static bool run_add(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonArray *array = parse_columns(cli, error);
        if (!array)
                return false;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        json_object_set_array_member(args, "columns", array);
        cli_set_option(cli, args, "entity_type", "type");
        cli_set_option(cli, args, "group_by", "group-by");
        cli_set_option(cli, args, "description", "description");
        if (!cli_tool(cli, "define_projection", args, &answer, error))
                return false;
        if (answer)
                output_print(cli->output, "To read through it: ouroborosctl projection show %s\n",
                             args_word(cli->args, 0));
        return true;
}

const Verb verb_projection_add = {
        .name = "projection add",
        .words = "NAME COLUMN[:PICK]=PREDICATE,……",
        .min = 2,
        .max = G_MAXUINT,
        .summary = "Define such a view: columns, and the predicates that are in each",
        .details =
                "PICK says what a column shows of several facts: latest (the default), first, all, sum, count, min "
                "or max. Example: projection add balance cash:sum=cash_balance,bank_balance debt:sum=loan",
        .options = add_options,
        .writes = true,
        .no_pager = true,
        .run = run_add,
};

/* ---- show ---- */

static const Option show_options[] = {
        {"entity", 'e', OPTION_TEXT, "NAME", "Only the row of this entity"},
        {"order", 0, OPTION_TEXT, "COLUMN", "In order of this column rather than of names"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static JsonArray *titles_of(JsonArray *names, bool grouped)
{
        JsonArray *titles = json_array_new();
        json_array_add_string_element(titles, "entity");
        if (grouped)
                json_array_add_string_element(titles, "group");
        for (unsigned i = 0; names && i < json_array_get_length(names); i++)
                json_array_add_string_element(titles, json_array_get_string_element(names, i));
        return titles;
}

static void print_rows(Cli *cli, JsonObject *answer)
{
        JsonArray *rows = json_member_array(answer, "rows");
        JsonObject *row = cli_element(rows, 0);
        g_autoptr(JsonArray) titles = titles_of(json_member_array(answer, "columns"),
                                                row && json_object_has_member(row, "group"));
        g_autoptr(Grid) grid = grid_new(titles);
        for (unsigned i = 0; (row = cli_element(rows, i)); i++) {
                JsonObject *entity = json_member_object(row, "entity");
                grid_set(grid, 0, entity ? json_object_get_member(entity, "name") : NULL);
                for (unsigned j = 1; j < json_array_get_length(titles); j++)
                        grid_set(grid, j,
                                 json_object_get_member(row,
                                                        json_array_get_string_element(titles, j)));
                grid_end_row(grid);
        }
        grid_print(grid, cli->output);
}

static bool run_show(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50);
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        if (args_text(cli->args, "entity"))
                cli_set_entity(args, args_text(cli->args, "entity"));
        cli_set_option(cli, args, "order_by", "order");
        if (!cli_tool(cli, "query_projection", args, &answer, error))
                return false;
        if (!answer)
                return true;
        print_rows(cli, answer);
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_projection_show = {
        .name = "projection show",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Read through such a view",
        .options = show_options,
        .run = run_show,
};
