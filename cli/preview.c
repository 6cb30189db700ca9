/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "preview": what would be known if something had never been written. */
#include "journal.h"
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"entity", 'e', OPTION_TEXT, "NAME", "Only what this entity would be"},
        {"since", 'S', OPTION_TEXT, "TIME", "Of a connection: not older than this (ISO 8601)"},
        {"until", 'U', OPTION_TEXT, "TIME", "Of a connection: not newer than this"},
        {"limit", 'n', OPTION_NUMBER, "COUNT", "At most so many entities and rows"},
        {NULL},
};

static bool has_fact(JsonArray *facts, const char *id)
{
        JsonObject *fact = NULL;
        for (unsigned i = 0; (fact = cli_element(facts, i)); i++)
                if (g_str_equal(json_member_string(fact, "id", ""), id))
                        return true;
        return false;
}

/* The facts of one side that the other has not. */
static void print_side(Cli *cli, JsonArray *facts, JsonArray *others, Style style, const char *sign)
{
        JsonObject *fact = NULL;
        for (unsigned i = 0; (fact = cli_element(facts, i)); i++) {
                if (has_fact(others, json_member_string(fact, "id", "")))
                        continue;
                const char *name = json_member_string(fact, "object_name", NULL);
                g_autofree char *text =
                        g_strdup_printf("%s = %s", json_member_string(fact, "predicate", ""),
                                        name ? name : json_member_string(fact, "object", ""));
                g_autofree char *line = render_fit(text, output_text_width(cli->output) - 30);
                output_styled(cli->output, style, "  %s %s", sign, line);
                output_styled(cli->output, STYLE_DIM, "  %s\n",
                              json_member_string(fact, "trust_tier", ""));
        }
}

static void print_entity(Cli *cli, JsonObject *row)
{
        JsonObject *entity = json_member_object(row, "entity");
        JsonArray *now = json_member_array(row, "facts_now"),
                  *then = json_member_array(row, "facts_then");
        const char *name = entity ? json_member_string(entity, "name", NULL) : NULL;
        g_autofree char *line = render_line(name ? name : json_member_string(entity, "id", "?"));
        bool gone = json_member_bool(row, "there_now", true) &&
                    !json_member_bool(row, "there_then", true);
        output_styled(cli->output, STYLE_BOLD, "%s", line);
        output_styled(cli->output, STYLE_RED, gone ? "  (would not be there)\n" : "\n");
        print_side(cli, now, then, STYLE_RED, "-");
        print_side(cli, then, now, STYLE_GREEN, "+");
}

static void print_answer(Cli *cli, JsonObject *answer)
{
        JsonArray *entities = json_member_array(answer, "entities"),
                  *dropped = json_member_array(answer, "dropped");
        JsonObject *would = json_member_object(answer, "would_change"), *row = NULL;
        g_autofree char *tables =
                cli_counts_text(would ? json_member_object(would, "tables") : NULL);
        g_autofree char *entries =
                cli_count(json_member_int(json_member_object(answer, "without"), "entries", 0),
                          "entry", "entries");
        output_print(cli->output, "Without %s these rows would be otherwise: %s.\n\n", entries,
                     tables);
        for (unsigned i = 0; (row = cli_element(entities, i)); i++)
                print_entity(cli, row);
        for (unsigned i = 0; (row = cli_element(dropped, i)); i++) {
                g_autofree char *why = render_line(json_member_string(row, "why", ""));
                output_styled(cli->output, STYLE_YELLOW, "Of %s a row could not be there: %s\n",
                              json_member_string(row, "table_name", ""), why);
        }
        if (json_member_bool(answer, "truncated", false))
                output_styled(cli->output, STYLE_DIM, "There is more: a higher --limit\n");
        output_print(cli->output, "Nothing was changed.\n");
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        journal_set_cohort(args, args_word(cli->args, 0));
        cli_set_option(cli, args, "entity", "entity");
        cli_set_option(cli, args, "since", "since");
        cli_set_option(cli, args, "until", "until");
        cli_set_number(cli, args, "limit", "limit");
        if (!cli_tool(cli, "branch_preview", args, &answer, error))
                return false;
        if (answer)
                print_answer(cli, answer);
        return true;
}

const Verb verb_preview = {
        .name = "preview",
        .words = "ENTRY|GROUP|SESSION|CONNECTION",
        .min = 1,
        .max = 1,
        .summary = "Show what would be known if something had never been written",
        .details =
                "What came later and does not rest on it stands. It is worked out on a copy, which is thrown "
                "away; \"revert --preview\" says what a revert would do.",
        .options = options,
        .run = run,
};
