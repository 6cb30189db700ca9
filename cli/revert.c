/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal.h"
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"preview", 0, OPTION_FLAG, NULL,
         "Only say what would be reverted, and what else would change"},
        {"force", 'f', OPTION_FLAG, NULL, "Even if the row was changed again since"},
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {"since", 'S', OPTION_TEXT, "TIME", "Of a connection: not older than this (ISO 8601)"},
        {"until", 'U', OPTION_TEXT, "TIME", "Of a connection: not newer than this"},
        {NULL},
};

static void print_conflicts(Cli *cli, JsonObject *answer)
{
        JsonArray *conflicts = json_member_array(answer, "conflicts");
        JsonObject *row = NULL;
        for (unsigned i = 0; (row = cli_element(conflicts, i)); i++) {
                g_autofree char *by = render_line(json_member_string(row, "by", "somebody"));
                output_styled(cli->output, STYLE_YELLOW,
                              "A row of %s was changed again since by %s (%s): --force\n",
                              json_member_string(row, "table_name", ""), by,
                              json_member_string(row, "later", "?"));
        }
}

static void print_also(Cli *cli, JsonObject *answer)
{
        JsonObject *also = json_member_object(answer, "also");
        JsonObject *tables = also ? json_member_object(also, "tables") : NULL;
        JsonObject *problem = json_member_object(answer, "problem");
        g_autofree char *text = cli_counts_text(tables);
        if (tables && json_object_get_size(tables) > 0)
                output_print(cli->output, "With it would change too: %s.\n", text);
        if (problem)
                output_styled(cli->output, STYLE_RED, "It cannot be done: %s\n",
                              json_member_string(problem, "message", ""));
}

static void print_group(Cli *cli, JsonObject *answer)
{
        g_autofree char *count =
                cli_count(json_member_int(answer, "count", 0), "change", "changes");
        g_autofree char *tables = cli_counts_text(json_member_object(answer, "tables"));
        JsonArray *kept = json_member_array(answer, "kept");
        bool preview = args_has(cli->args, "preview");
        output_print(cli->output, preview ? "%s would be reverted: %s.\n" : "%s reverted: %s.\n",
                     count, tables);
        if (kept && json_array_get_length(kept) > 0)
                output_print(cli->output, "%u rows stay: only a human removes them.\n",
                             json_array_get_length(kept));
        if (preview) {
                print_conflicts(cli, answer);
                print_also(cli, answer);
        } else if (json_member_string(answer, "group_id", NULL)) {
                output_print(cli->output, "As group %s, which can be reverted too.\n",
                             json_member_string(answer, "group_id", ""));
        }
}

static void print_entry(Cli *cli, JsonObject *answer)
{
        g_autofree char *row = journal_summary(json_member_object(answer, "restored_row"));
        g_autofree char *line = render_line(row);
        output_print(cli->output, "Reverted%s%s.\nAs entry %s, which can be reverted too.\n",
                     *line ? "; the row is: " : "", line,
                     json_member_string(answer, "new_mutation_id", ""));
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        const char *id = args_word(cli->args, 0);
        bool entry = g_str_has_prefix(id, "mut-");
        JsonObject *args = json_object_new();
        journal_set_cohort(args, id);
        cli_set_option(cli, args, "reason", "reason");
        cli_set_option(cli, args, "since", "since");
        cli_set_option(cli, args, "until", "until");
        cli_set_flag(cli, args, "force", "force");
        cli_set_flag(cli, args, "preview", "preview");
        if (!cli_tool(cli, entry ? "revert_mutation" : "revert_group", args, &answer, error))
                return false;
        if (answer && entry)
                print_entry(cli, answer);
        else if (answer)
                print_group(cli, answer);
        return true;
}

const Verb verb_revert = {
        .name = "revert",
        .words = "ENTRY|GROUP|SESSION|CONNECTION",
        .min = 1,
        .max = 1,
        .summary = "Undo a change (mut-…), a group (grp-…), or all that a session wrote",
        .details =
                "The state before is written back as a new entry: nothing is erased, and the revert can be reverted. "
                "If the row was changed again since, that is said, and --force does it all the same. Of a connection "
                "(conn-…) --since says from when on.",
        .options = options,
        .writes = true,
        .no_pager = true,
        .run = run,
};
