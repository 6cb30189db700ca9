/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "tools": every operation of the daemon by its own name, as agents call it. */
#include "render.h"
#include "table.h"
#include "verbs.h"

static const Column columns[] = {{"TOOL"}, {"NEEDS"}, {"SUMMARY", .shrink = true}};

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonNode) answer = client_call(cli->client, "Tools", "List", NULL, error);
        JsonObject *tool = NULL;
        if (!answer)
                return false;
        if (output_is_json(cli->output)) {
                output_json(cli->output, answer);
                return true;
        }
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *tools = JSON_NODE_HOLDS_ARRAY(answer) ? json_node_get_array(answer) : NULL;
        for (unsigned i = 0; (tool = cli_element(tools, i)); i++) {
                const char *cells[] = {json_member_string(tool, "name", ""),
                                       json_member_string(tool, "needs", ""),
                                       json_member_string(tool, "summary", "")};
                table_add(table, cells);
        }
        table_print(table, cli->output);
        return true;
}

const Verb verb_tools_list = {
        .name = "tools list",
        .words = "",
        .summary = "List the tools that agents can call",
        .run = run_list,
};

/* An answer that is a JSON text, as JSON. */
static JsonNode *parse_answer(JsonNode *answer, GError **error)
{
        if (json_node_get_value_type(answer) != G_TYPE_STRING)
                return json_node_ref(answer);
        return json_parse_text(json_node_get_string(answer), -1, error);
}

static void print_pretty(Cli *cli, JsonNode *node)
{
        g_autofree char *text = json_print_pretty(node);
        output_print(cli->output, "%s\n", text);
}

static bool print_answer(Cli *cli, JsonNode *answer, GError **error)
{
        g_autoptr(JsonNode) node = answer ? parse_answer(answer, error) : NULL;
        if (!node)
                return false;
        if (output_is_json(cli->output))
                output_json(cli->output, node);
        else
                print_pretty(cli, node);
        return true;
}

static bool run_describe(Cli *cli, GError **error)
{
        const char *strings[] = {args_word(cli->args, 0), NULL};
        g_autoptr(JsonNode) answer = client_call(cli->client, "Tools", "Describe", strings, error);
        return print_answer(cli, answer, error);
}

const Verb verb_tools_describe = {
        .name = "tools describe",
        .words = "TOOL",
        .min = 1,
        .max = 1,
        .summary = "Show what a tool does, takes and gives",
        .run = run_describe,
};

static bool run_call(Cli *cli, GError **error)
{
        const char *json = args_word(cli->args, 1);
        const char *strings[] = {args_word(cli->args, 0), json ? json : "{}", NULL};
        g_autoptr(JsonNode) answer = client_call(cli->client, "Tools", "Call", strings, error);
        return print_answer(cli, answer, error);
}

const Verb verb_tools_call = {
        .name = "tools call",
        .words = "TOOL [JSON]",
        .min = 1,
        .max = 2,
        .summary = "Call a tool with a JSON object",
        .writes = true,
        .run = run_call,
};
