/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "predicate": the vocabulary is the human's to decide. */
#include "verbs.h"

static void print_predicate(Cli *cli, JsonObject *answer)
{
        output_print(cli->output, "%s is %s: %s, %s.\n", json_member_string(answer, "name", ""),
                     json_member_string(answer, "state", ""),
                     json_member_string(answer, "cardinality", ""),
                     json_member_string(answer, "object_kind", ""));
}

static const Option propose_options[] = {
        {"one", 0, OPTION_FLAG, NULL, "An entity has but one; default: many"}, {NULL}};

static bool run_propose(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        json_object_set_string_member(args, "object_kind", args_word(cli->args, 1));
        json_object_set_string_member(args, "description", args_word(cli->args, 2));
        json_object_set_string_member(args, "cardinality",
                                      args_has(cli->args, "one") ? "one" : "many");
        if (!cli_tool(cli, "propose_predicate", args, &answer, error))
                return false;
        if (answer)
                print_predicate(cli, answer);
        return true;
}

const Verb verb_predicate_propose = {
        .name = "predicate propose",
        .words = "NAME KIND MEANING",
        .min = 3,
        .max = 3,
        .summary = "Add a predicate: text, number, date, bool, entity, document or json",
        .options = propose_options,
        .writes = true,
        .no_pager = true,
        .run = run_propose,
};

static const Option decide_options[] = {{"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
                                        {NULL}};

static bool decide(Cli *cli, const char *decision, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        json_object_set_string_member(args, "decision", decision);
        cli_set_option(cli, args, "reason", "reason");
        if (!cli_tool(cli, "decide_predicate", args, &answer, error))
                return false;
        if (answer)
                print_predicate(cli, answer);
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

const Verb verb_predicate_confirm = {
        .name = "predicate confirm",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Accept a predicate that an agent proposed",
        .options = decide_options,
        .writes = true,
        .no_pager = true,
        .run = run_confirm,
};

const Verb verb_predicate_retire = {
        .name = "predicate retire",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Make no new facts with it; those that are there stay",
        .options = decide_options,
        .writes = true,
        .no_pager = true,
        .run = run_retire,
};

const Verb verb_predicate_reinstate = {
        .name = "predicate reinstate",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Take a retired one into use again",
        .options = decide_options,
        .writes = true,
        .no_pager = true,
        .run = run_reinstate,
};
