/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fact.h"
#include "verbs.h"

static const Option options[] = {
        {"predicate", 'p', OPTION_TEXT, "NAME", "Only facts with this predicate"},
        {"type", 't', OPTION_TEXT, "TYPE", "The entity's type, where the name alone is not enough"},
        {"tier", 0, OPTION_TEXT, "TIER",
         "Only facts of this trust tier: human, extracted or inferred"},
        {"document", 'd', OPTION_TEXT, "ID", "Only facts whose quote stands in this document"},
        {"all", 'a', OPTION_FLAG, NULL, "Superseded facts too"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50);
        const char *entity = args_word(cli->args, 0);
        if (entity)
                cli_set_entity(args, entity);
        cli_set_option(cli, args, "predicate", "predicate");
        cli_set_option(cli, args, "entity_type", "type");
        cli_set_option(cli, args, "trust_tier", "tier");
        cli_set_option(cli, args, "document_id", "document");
        if (args_has(cli->args, "all"))
                json_object_set_boolean_member(args, "include_superseded", true);
        if (!cli_tool(cli, "query_knowledge", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *facts = json_member_array(answer, "knowledge_facts");
        fact_print_all(cli, facts);
        if (!facts || json_array_get_length(facts) == 0)
                output_print(cli->output, "No facts.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_query = {
        .name = "query",
        .words = "[ENTITY]",
        .max = 1,
        .summary = "Show facts, each with its quote and source",
        .details =
                "Without an entity, facts of all entities are shown. What is shown is what is current: the "
                "highest trust tier, and within it the latest observation of each observer.",
        .options = options,
        .run = run,
};
