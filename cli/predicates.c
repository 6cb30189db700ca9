/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"
#include "verbs.h"

static const Option options[] = {
        {"entity", 'e', OPTION_TEXT, "NAME", "Only those that this entity has"},
        {"all", 'a', OPTION_FLAG, NULL, "Those that no fact uses, too"},
        {NULL},
};

static const Column columns[] = {{"PREDICATE"},
                                 {"KIND"},
                                 {"HOW MANY"},
                                 {"STATE"},
                                 {"FACTS", .right = true},
                                 {"MEANING", .shrink = true}};

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new(), *row = NULL;
        cli_set_option(cli, args, "entity_name", "entity");
        if (args_has(cli->args, "all"))
                json_object_set_boolean_member(args, "all", true);
        if (!cli_tool(cli, "predicates_in_use", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "predicates");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++) {
                g_autofree char *count = cli_member_text(row, "count");
                const char *cells[] = {json_member_string(row, "name", ""),
                                       json_member_string(row, "object_kind", ""),
                                       json_member_string(row, "cardinality", ""),
                                       json_member_string(row, "state", ""),
                                       count,
                                       json_member_string(row, "description", "")};
                table_add(table, cells);
        }
        table_print(table, cli->output);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "No predicates.\n");
        return true;
}

const Verb verb_predicates = {
        .name = "predicates",
        .words = "",
        .summary = "List the predicates that facts are made with",
        .options = options,
        .run = run,
};
