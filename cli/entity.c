/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fact.h"
#include "render.h"
#include "table.h"
#include "verbs.h"

static bool print_facts(Cli *cli, const char *id, GError **error)
{
        JsonObject *args = cli_list_args(cli, 50);
        json_object_set_string_member(args, "entity_id", id);
        g_autoptr(JsonObject) answer = client_tool(cli->client, "query_knowledge", args, error);
        if (!answer)
                return false;
        fact_print_all(cli, json_member_array(answer, "knowledge_facts"));
        cli_say_next(cli, answer);
        return true;
}

static bool run_one(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        cli_set_entity(args, args_word(cli->args, 0));
        if (!cli_tool(cli, "get_entity", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonObject *entity = json_member_object(answer, "entity");
        entity = entity ? entity : answer;
        JsonArray *aliases = json_member_array(entity, "aliases");
        const char *id = json_member_string(entity, "id", "");
        output_styled(cli->output, STYLE_DIM, "%s  %s", json_member_string(entity, "type", ""), id);
        for (unsigned i = 0; aliases && i < json_array_get_length(aliases); i++) {
                g_autofree char *alias = render_line(json_array_get_string_element(aliases, i));
                output_styled(cli->output, STYLE_DIM, "%s%s", i == 0 ? "  also: " : ", ", alias);
        }
        output_print(cli->output, "\n");
        return print_facts(cli, id, error);
}

static const Option one_options[] = {CLI_LIST_OPTIONS, {NULL}};

const Verb verb_entity = {
        .name = "entity",
        .words = "NAME|ID",
        .min = 1,
        .max = 1,
        .summary = "Show an entity, its other names and its facts",
        .options = one_options,
        .run = run_one,
};

static const Column columns[] = {{"NAME", .shrink = true},
                                 {"TYPE", .shrink = true},
                                 {"FACTS", .right = true},
                                 {"ID", .dim = true}};

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *entity = NULL;
        cli_set_option(cli, args, "type", "type");
        if (args_word(cli->args, 0))
                json_object_set_string_member(args, "name_prefix", args_word(cli->args, 0));
        if (!cli_tool(cli, "list_entities", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *entities = json_member_array(answer, "entities");
        for (unsigned i = 0; (entity = cli_element(entities, i)); i++) {
                g_autofree char *facts = cli_member_text(entity, "facts");
                const char *cells[] = {json_member_string(entity, "name", ""),
                                       json_member_string(entity, "type", ""), facts,
                                       json_member_string(entity, "id", "")};
                table_add(table, cells);
        }
        table_print(table, cli->output);
        if (!entities || json_array_get_length(entities) == 0)
                output_print(cli->output, "No entities.\n");
        cli_say_next(cli, answer);
        return true;
}

static const Option list_options[] = {
        {"type", 't', OPTION_TEXT, "TYPE", "Only entities of this type"}, CLI_LIST_OPTIONS, {NULL}};

const Verb verb_entities = {
        .name = "entities",
        .words = "[PREFIX]",
        .max = 1,
        .summary = "List entities, all or those whose name begins with a prefix",
        .options = list_options,
        .run = run_list,
};
