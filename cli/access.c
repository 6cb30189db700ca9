/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "connection config": what an agent's program is told, so that it finds its bearer. "connection log": what agents
 * called, and how much they were given. */
#include "connection.h"

#include <string.h>

#include "render.h"
#include "table.h"
#include "verbs.h"

/* ---- config ---- */

static const Option config_options[] = {
        {"http", 0, OPTION_FLAG, NULL, "Over HTTP, in place of the bridge that the client starts"},
        {NULL},
};

static void print_config(Cli *cli, JsonObject *answer)
{
        const char *file = json_member_string(answer, "file", NULL);
        const char *command = json_member_string(answer, "command", NULL);
        const char *environment = json_member_string(answer, "environment", NULL);
        const char *text = json_member_string(answer, "text", "");
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        /* what is to be copied stands alone on standard output where that is no terminal */
        bool remarks = output_width(cli->output) > 0 && !args_has(cli->args, "quiet");
        if (file && remarks)
                output_styled(cli->output, STYLE_DIM, "Put this into %s:\n\n", file);
        for (char **line = lines; *line; line++) {
                g_autofree char *indent = g_strndup(*line, strspn(*line, " "));
                g_autofree char *clean = render_line(*line);
                if (*clean || line[1])
                        output_print(cli->output, "%s%s\n", indent, g_strchug(clean));
        }
        if (command && remarks)
                output_styled(cli->output, STYLE_DIM, "\nOr run: %s\n", command);
        if (environment && remarks)
                output_styled(cli->output, STYLE_DIM, "\nIts environment must have: %s\n",
                              environment);
}

static bool run_config(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        g_autofree char *id = connection_find(cli, args_word(cli->args, 0), error);
        const char *client = args_word(cli->args, 1);
        JsonObject *args = NULL;
        if (!id)
                return false;
        args = json_object_new();
        json_object_set_string_member(args, "connection_id", id);
        if (client)
                json_object_set_string_member(args, "client", client);
        if (args_has(cli->args, "http"))
                json_object_set_string_member(args, "transport", "http");
        if (!cli_tool(cli, "connection_config", args, &answer, error))
                return false;
        if (answer)
                print_config(cli, answer);
        return true;
}

const Verb verb_connection_config = {
        .name = "connection config",
        .words = "CONNECTION [CLIENT]",
        .min = 1,
        .max = 2,
        .summary = "Print the configuration of an agent's program: claude-code, codex, cursor or "
                   "generic",
        .details = "The bearer is not in it: it says where the bearer is.",
        .options = config_options,
        .no_pager = true,
        .run = run_config,
};

/* ---- log ---- */

static const Option log_options[] = {
        {"tool", 0, OPTION_TEXT, "NAME", "Only calls of this tool"},
        {"session", 0, OPTION_TEXT, "SESSION", "Only in this session"},
        {"row", 0, OPTION_TEXT, "ID", "Only calls that were shown this fact, entity or document"},
        {"since", 0, OPTION_TEXT, "TIME", "Not older"},
        {"until", 0, OPTION_TEXT, "TIME", "Not younger"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Column columns[] = {{"TIME"},
                                 {"AGENT", .shrink = true},
                                 {"TOOL"},
                                 {"ROWS", .right = true},
                                 {"BYTES", .right = true},
                                 {"OUTCOME"}};

static void add_row(Table *table, JsonObject *row)
{
        g_autofree char *time = render_time(json_member_string(row, "ts", ""));
        g_autofree char *rows = render_count(json_member_int(row, "rows", 0));
        g_autofree char *bytes = render_bytes(json_member_int(row, "bytes", 0));
        const char *agent = json_member_string(row, "connection_name", NULL);
        const char *cells[] = {time,
                               agent ? agent : json_member_string(row, "connection_id", ""),
                               json_member_string(row, "tool", ""),
                               rows,
                               bytes,
                               json_member_string(row, "outcome", "")};
        table_add(table, cells);
}

static JsonObject *log_args(Cli *cli, GError **error)
{
        const char *given = args_word(cli->args, 0);
        g_autofree char *id = given ? connection_find(cli, given, error) : NULL;
        JsonObject *args = NULL;
        if (given && !id)
                return NULL;
        args = cli_list_args(cli, 50);
        if (id)
                json_object_set_string_member(args, "connection_id", id);
        cli_set_option(cli, args, "tool", "tool");
        cli_set_option(cli, args, "session_id", "session");
        cli_set_option(cli, args, "row_id", "row");
        cli_set_option(cli, args, "since", "since");
        cli_set_option(cli, args, "until", "until");
        return args;
}

static bool run_log(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = log_args(cli, error), *row = NULL;
        if (!args || !cli_tool(cli, "read_log", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "reads");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                add_row(table, row);
        table_print(table, cli->output);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "Nothing was called.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_connection_log = {
        .name = "connection log",
        .words = "[CONNECTION]",
        .max = 1,
        .summary = "Show what agents called, and how much they were given",
        .options = log_options,
        .run = run_log,
};
