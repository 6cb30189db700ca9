/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "as-of": the past, as the journal tells it. */
#include "fact.h"
#include "journal.h"
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"type", 't', OPTION_TEXT, "TYPE", "The entity's type, where the name alone is not enough"},
        {"predicate", 'p', OPTION_TEXT, "NAME", "Only facts with this predicate"},
        {"all", 'a', OPTION_FLAG, NULL, "Facts that were superseded by then, too"},
        {"table", 0, OPTION_TEXT, "NAME", "A row of this table rather than an entity (with --row)"},
        {"row", 0, OPTION_TEXT, "ID", "The id of that row"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static void print_row(Cli *cli, JsonObject *row)
{
        if (!row) {
                output_print(cli->output, "It was not there.\n");
                return;
        }
        g_autoptr(GList) names = json_object_get_members(row);
        for (GList *l = names; l; l = l->next) {
                g_autofree char *text = cli_member_text(row, l->data);
                g_autofree char *line = render_line(text);
                output_print(cli->output, "%20s: %s\n", (const char *)l->data, line);
        }
}

static void print_entity(Cli *cli, JsonObject *answer, JsonObject *entity)
{
        JsonArray *facts = json_member_array(answer, "knowledge_facts");
        g_autofree char *name = render_line(json_member_string(entity, "name", ""));
        output_styled(cli->output, STYLE_BOLD, "%s", name);
        output_styled(cli->output, STYLE_DIM, "  %s  %s%s\n",
                      json_member_string(entity, "type", ""), json_member_string(entity, "id", ""),
                      json_member_bool(entity, "is_active", true) ? "" : "  (not active)");
        fact_print_all(cli, facts);
        if (!facts || json_array_get_length(facts) == 0)
                output_print(cli->output, "No facts.\n");
}

static void print_answer(Cli *cli, JsonObject *answer)
{
        JsonObject *when = json_member_object(answer, "as_of"),
                   *entity = json_member_object(answer, "entity");
        g_autofree char *time = render_time(json_member_string(when, "ts", ""));
        output_styled(cli->output, STYLE_DIM, "As of %s, entry %" G_GINT64_FORMAT "\n", time,
                      json_member_int(when, "seq", 0));
        if (entity)
                print_entity(cli, answer, entity);
        else
                print_row(cli, json_member_object(answer, "row"));
        cli_say_next(cli, answer);
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        bool row = args_has(cli->args, "row") || args_has(cli->args, "table");
        JsonObject *args = row ? json_object_new() : cli_list_args(cli, 50);
        json_object_set_string_member(args, "at", args_word(cli->args, 0));
        if (args_word(cli->args, 1))
                cli_set_entity(args, args_word(cli->args, 1));
        cli_set_option(cli, args, "entity_type", "type");
        cli_set_option(cli, args, "predicate", "predicate");
        cli_set_option(cli, args, "table_name", "table");
        cli_set_option(cli, args, "row_id", "row");
        cli_set_flag(cli, args, "include_superseded", "all");
        if (!cli_tool(cli, "as_of", args, &answer, error))
                return false;
        if (answer)
                print_answer(cli, answer);
        return true;
}

const Verb verb_as_of = {
        .name = "as-of",
        .words = "TIME|ENTRY [ENTITY]",
        .min = 1,
        .max = 2,
        .summary = "Show an entity and its facts, or a row, as they stood at a time",
        .details =
                "A time is ISO 8601 (2026-03-01, 2026-03-01T12:00:00Z); an entry (mut-…) shows what was there when "
                "it had been written.",
        .options = options,
        .run = run,
};
