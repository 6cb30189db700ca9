/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"
#include "verbs.h"

static const Option options[] = {
        {"type", 't', OPTION_TEXT, "TYPE", "Only entities of this type"},
        {"order", 0, OPTION_TEXT, "ORDER", "weakest (the default), strongest, recent or contested"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Column columns[] = {{"ENTITY", .shrink = true}, {"TYPE", .shrink = true},
                                 {"SEEN", .right = true},    {"BY", .right = true},
                                 {"DOCS", .right = true},    {"HUMAN", .right = true},
                                 {"OPEN", .right = true},    {"WEAK SPOTS", .shrink = true}};

/* "size (low_confidence), …" */
static char *spots_text(JsonObject *row)
{
        JsonArray *spots = json_member_array(row, "weak_spots");
        GString *text = g_string_new(NULL);
        JsonObject *spot = NULL;
        for (unsigned i = 0; (spot = cli_element(spots, i)); i++)
                g_string_append_printf(text, "%s%s (%s)", i > 0 ? ", " : "",
                                       json_member_string(spot, "predicate", ""),
                                       json_member_string(spot, "why", ""));
        return g_string_free(text, FALSE);
}

static void add_row(Table *table, JsonObject *row)
{
        JsonObject *tiers = json_member_object(row, "tiers"),
                   *open = json_member_object(row, "contradictions");
        g_autofree char *seen = cli_member_text(row, "observations");
        g_autofree char *by = cli_member_text(row, "observers");
        g_autofree char *documents = cli_member_text(row, "documents");
        g_autofree char *unresolved = cli_member_text(open, "unresolved");
        g_autofree char *spots = spots_text(row);
        g_autofree char *human = g_strdup_printf(
                "%.0f%%", 100 * (tiers ? json_member_double(tiers, "human", 0) : 0));
        const char *cells[] = {json_member_string(row, "entity", ""),
                               json_member_string(row, "type", ""),
                               seen,
                               by,
                               documents,
                               human,
                               unresolved,
                               spots};
        table_add(table, cells);
}

static void print_summary(Cli *cli, JsonObject *summary)
{
        if (!summary)
                return;
        g_autofree char *entities =
                cli_count(json_member_int(summary, "entities", 0), "entity", "entities");
        g_autofree char *observations = cli_count(json_member_int(summary, "observations", 0),
                                                  "observation", "observations");
        output_styled(cli->output, STYLE_DIM,
                      "\n%s, %s; %" G_GINT64_FORMAT " open contradictions, %" G_GINT64_FORMAT
                      " weak spots, %" G_GINT64_FORMAT " seen less than others of their type.\n",
                      entities, observations, json_member_int(summary, "unresolved", 0),
                      json_member_int(summary, "weak_spots", 0),
                      json_member_int(summary, "sparse", 0));
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 20), *row = NULL;
        if (args_word(cli->args, 0))
                cli_set_entity(args, args_word(cli->args, 0));
        cli_set_option(cli, args, "type", "type");
        cli_set_option(cli, args, "order", "order");
        if (!cli_tool(cli, "confidence_topology", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "entities");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                add_row(table, row);
        table_print(table, cli->output);
        print_summary(cli, json_member_object(answer, "summary"));
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_topology = {
        .name = "topology",
        .words = "[ENTITY]",
        .max = 1,
        .summary = "Show how well things are known, the weakest first",
        .options = options,
        .run = run,
};
