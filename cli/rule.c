/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "rule": what follows from facts. */
#include "render.h"
#include "table.h"
#include "verbs.h"

/* ---- list ---- */

static const Option list_options[] = {
        {"state", 0, OPTION_TEXT, "STATE", "Only those that are active, proposed or retired"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Column columns[] = {{"RULE"},
                                 {"KIND"},
                                 {"INFERS"},
                                 {"STATE"},
                                 {"FACTS", .right = true},
                                 {"MEANING", .shrink = true}};

static void add_row(Table *table, JsonObject *row)
{
        g_autofree char *facts = cli_member_text(row, "facts");
        const char *problem = json_member_string(row, "problem", NULL);
        const char *cells[] = {json_member_string(row, "name", ""),
                               json_member_string(row, "kind", ""),
                               json_member_string(row, "predicate", ""),
                               json_member_string(row, "state", ""),
                               facts,
                               problem ? problem : json_member_string(row, "description", "")};
        table_add(table, cells);
}

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *row = NULL;
        cli_set_option(cli, args, "state", "state");
        if (!cli_tool(cli, "list_rules", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "rules");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                add_row(table, row);
        table_print(table, cli->output);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "No rules.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_rule_list = {
        .name = "rule list",
        .words = "",
        .summary = "List the rules by which facts follow from facts",
        .options = list_options,
        .run = run_list,
};

/* ---- add ---- */

static const Option add_options[] = {
        {"description", 0, OPTION_TEXT, "TEXT", "What it is for"},
        {"max-depth", 0, OPTION_NUMBER, "COUNT", "closure: at most so many steps"},
        {"function", 0, OPTION_TEXT, "NAME", "aggregate: sum, count, min, max, avg or latest"},
        {"window", 0, OPTION_TEXT, "NAME",
         "aggregate: all (the default), day, week, month, quarter or year"},
        {"days", 0, OPTION_NUMBER, "COUNT", "aggregate: the window is so many days up to each"},
        {"time", 0, OPTION_TEXT, "NAME", "aggregate: the qualifier that tells the time of a fact"},
        {"group-by", 0, OPTION_LIST, "NAME", "aggregate: one for each value of this qualifier"},
        {"cumulative", 0, OPTION_FLAG, NULL, "aggregate: each window counts those before it too"},
        {NULL},
};

static void set_window(Cli *cli, JsonObject *args)
{
        if (!args_has(cli->args, "days")) {
                cli_set_option(cli, args, "window", "window");
                return;
        }
        JsonObject *window = json_object_new();
        json_object_set_int_member(window, "days", args_number(cli->args, "days", 0));
        json_object_set_object_member(args, "window", window);
}

/* "part_of_all from part_of, owns", for who says nothing better. */
static char *default_description(Cli *cli)
{
        const char *const *words = args_words(cli->args);
        g_autofree char *sources = g_strjoinv(", ", (char **)words + 3);
        return g_strdup_printf("%s of %s", words[1], sources);
}

static void print_rule(Cli *cli, JsonObject *answer)
{
        const char *problem = json_member_string(answer, "problem", NULL);
        g_autofree char *facts = cli_count(json_member_int(answer, "facts", 0), "fact", "facts");
        output_print(cli->output, "%s is %s; %s inferred.\n",
                     json_member_string(answer, "name", ""),
                     json_member_string(answer, "state", ""), facts);
        if (problem)
                output_styled(cli->output, STYLE_YELLOW, "%s\n", problem);
}

static bool run_add(Cli *cli, GError **error)
{
        static const char *const members[] = {"name", "kind", "predicate"};
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        JsonArray *predicates = json_array_new();
        const char *description = args_text(cli->args, "description");
        g_autofree char *made = description ? NULL : default_description(cli);
        for (unsigned i = 0; i < G_N_ELEMENTS(members); i++)
                json_object_set_string_member(args, members[i], args_word(cli->args, i));
        for (unsigned i = 3; i < args_count(cli->args); i++)
                json_array_add_string_element(predicates, args_word(cli->args, i));
        json_object_set_array_member(args, "predicates", predicates);
        json_object_set_string_member(args, "description", description ? description : made);
        cli_set_number(cli, args, "max_depth", "max-depth");
        cli_set_option(cli, args, "function", "function");
        cli_set_option(cli, args, "time", "time");
        cli_set_list(cli, args, "group_by", "group-by");
        cli_set_flag(cli, args, "cumulative", "cumulative");
        set_window(cli, args);
        if (!cli_tool(cli, "define_rule", args, &answer, error))
                return false;
        if (answer)
                print_rule(cli, answer);
        return true;
}

const Verb verb_rule_add = {
        .name = "rule add",
        .words = "NAME KIND INFERRED FROM…",
        .min = 4,
        .max = G_MAXUINT,
        .summary = "Declare that facts with one predicate follow from those with others",
        .details =
                "KIND is closure (all that is reached in one step or more), inverse (the other way round) or aggregate "
                "(a number out of numbers or dates). INFERRED is the predicate of what follows, FROM those that are read.",
        .options = add_options,
        .writes = true,
        .no_pager = true,
        .run = run_add,
};

/* ---- deciding ---- */

static bool decide(Cli *cli, const char *decision, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        json_object_set_string_member(args, "decision", decision);
        if (!cli_tool(cli, "decide_rule", args, &answer, error))
                return false;
        if (answer)
                print_rule(cli, answer);
        return true;
}

static bool run_confirm(Cli *cli, GError **error)
{
        return decide(cli, "confirm", error);
}

static bool run_retire(Cli *cli, GError **error)
{
        return decide(cli, "retire", error);
}

static bool run_reinstate(Cli *cli, GError **error)
{
        return decide(cli, "reinstate", error);
}

const Verb verb_rule_confirm = {
        .name = "rule confirm",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Let a rule work that an agent proposed",
        .writes = true,
        .no_pager = true,
        .run = run_confirm,
};

const Verb verb_rule_retire = {
        .name = "rule retire",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "End a rule, and retire what was inferred by it",
        .writes = true,
        .no_pager = true,
        .run = run_retire,
};

const Verb verb_rule_reinstate = {
        .name = "rule reinstate",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Let a retired rule work again",
        .writes = true,
        .no_pager = true,
        .run = run_reinstate,
};
