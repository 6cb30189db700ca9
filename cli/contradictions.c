/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fact.h"
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"predicate", 'p', OPTION_TEXT, "NAME", "Only contradictions about this predicate"},
        CLI_LIST_OPTIONS,
        {NULL}};

static void print_one(Cli *cli, JsonObject *row)
{
        g_autofree char *entity = cli_member_text(row, "entity");
        g_autofree char *predicate = cli_member_text(row, "predicate");
        g_autofree char *title = g_strdup_printf("%s: %s", entity, predicate);
        g_autofree char *clean = render_line(title);
        JsonArray *facts = json_member_array(row, "observations");
        output_styled(cli->output, STYLE_YELLOW, "%s\n", clean);
        fact_print_all(cli, facts);
        g_autofree char *resolution = render_line(json_member_string(row, "resolution", ""));
        output_styled(cli->output, STYLE_DIM, "  %s\n", resolution);
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *row = NULL;
        if (args_word(cli->args, 0))
                json_object_set_string_member(args, "entity_name", args_word(cli->args, 0));
        cli_set_option(cli, args, "predicate", "predicate");
        if (!cli_tool(cli, "find_contradictions", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *rows = json_member_array(answer, "contradictions");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                print_one(cli, row);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "No contradictions.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_contradictions = {
        .name = "contradictions",
        .words = "[ENTITY]",
        .max = 1,
        .summary = "Show where observers of one trust tier disagree",
        .options = options,
        .run = run,
};
