/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "contradictions": where observations disagree. "contradiction acknowledge|reopen": letting them stand. */
#include "fact.h"
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"predicate", 'p', OPTION_TEXT, "NAME", "Only contradictions about this predicate"},
        {"state", 0, OPTION_TEXT, "STATE",
         "unresolved (the default), resolved, acknowledged or all"},
        {"all", 'a', OPTION_FLAG, NULL, "The same as --state=all"},
        {"overridden", 0, OPTION_FLAG, NULL,
         "Facts that one of a higher tier overrode, each with that one"},
        CLI_LIST_OPTIONS,
        {NULL}};

static void print_one(Cli *cli, JsonObject *row)
{
        g_autofree char *entity = cli_member_text(row, "entity");
        g_autofree char *predicate = cli_member_text(row, "predicate");
        g_autofree char *title = g_strdup_printf("%s: %s", entity, predicate);
        g_autofree char *clean = render_line(title);
        g_autofree char *resolution = render_line(json_member_string(row, "resolution", ""));
        g_autofree char *note = render_line(json_member_string(row, "note", ""));
        output_styled(cli->output, STYLE_YELLOW, "%s", clean);
        output_styled(cli->output, STYLE_DIM, "  %s%s%s\n", resolution, *note ? ": " : "", note);
        fact_print_all(cli, json_member_array(row, "observations"));
        output_print(cli->output, "\n");
}

static void print_all(Cli *cli, JsonObject *answer)
{
        JsonArray *rows = json_member_array(answer, "contradictions");
        JsonObject *row = NULL;
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                print_one(cli, row);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "No contradictions.\n");
}

/* Both facts of each row, what was overridden first. */
static void print_overridden(Cli *cli, JsonObject *answer)
{
        JsonArray *rows = json_member_array(answer, "contradicted_facts");
        g_autoptr(JsonArray) facts = json_array_new();
        JsonObject *row = NULL;
        for (unsigned i = 0; (row = cli_element(rows, i)); i++) {
                json_array_add_element(facts, json_node_copy(json_object_get_member(row, "fact")));
                json_array_add_element(
                        facts, json_node_copy(json_object_get_member(row, "superseded_by")));
        }
        fact_print_all(cli, facts);
        if (json_array_get_length(facts) == 0)
                output_print(cli->output, "Nothing was overridden.\n");
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        bool overridden = args_has(cli->args, "overridden");
        JsonObject *args = cli_list_args(cli, 50);
        if (args_word(cli->args, 0))
                cli_set_entity(args, args_word(cli->args, 0));
        cli_set_option(cli, args, "predicate", "predicate");
        cli_set_option(cli, args, "state", "state");
        if (args_has(cli->args, "all"))
                json_object_set_string_member(args, "state", "all");
        if (!cli_tool(cli, overridden ? "list_contradicted_facts" : "find_contradictions", args,
                      &answer, error))
                return false;
        if (!answer)
                return true;
        if (overridden)
                print_overridden(cli, answer);
        else
                print_all(cli, answer);
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_contradictions = {
        .name = "contradictions",
        .words = "[ENTITY]",
        .max = 1,
        .summary = "Show where observations disagree, with all of them and their quotes",
        .details =
                "To decide one, remember what is right: the word of a human is of the highest tier. To let both "
                "stand: contradiction acknowledge.",
        .options = options,
        .run = run,
};

static const Option resolve_options[] = {
        {"type", 't', OPTION_TEXT, "TYPE", "The entity's type, where the name alone is not enough"},
        {"note", 0, OPTION_TEXT, "TEXT", "Why both may stand"},
        {NULL},
};

static bool resolve(Cli *cli, const char *resolution, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        cli_set_entity(args, args_word(cli->args, 0));
        json_object_set_string_member(args, "predicate", args_word(cli->args, 1));
        json_object_set_string_member(args, "resolution", resolution);
        cli_set_option(cli, args, "entity_type", "type");
        cli_set_option(cli, args, "note", "note");
        if (!cli_tool(cli, "resolve_contradiction", args, &answer, error))
                return false;
        if (answer)
                print_one(cli, answer);
        return true;
}

static bool run_acknowledge(Cli *cli, GError **error)
{
        return resolve(cli, "acknowledged", error);
}

static bool run_reopen(Cli *cli, GError **error)
{
        return resolve(cli, "unresolved", error);
}

const Verb verb_contradiction_acknowledge = {
        .name = "contradiction acknowledge",
        .words = "ENTITY PREDICATE",
        .min = 2,
        .max = 2,
        .summary = "Let observations that disagree stand side by side",
        .options = resolve_options,
        .writes = true,
        .no_pager = true,
        .run = run_acknowledge,
};

const Verb verb_contradiction_reopen = {
        .name = "contradiction reopen",
        .words = "ENTITY PREDICATE",
        .min = 2,
        .max = 2,
        .summary = "Take that back",
        .options = resolve_options,
        .writes = true,
        .no_pager = true,
        .run = run_reopen,
};
