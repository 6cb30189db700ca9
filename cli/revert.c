/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal.h"
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"preview", 0, OPTION_FLAG, NULL, "Only say what would be reverted (groups)"},
        {"force", 'f', OPTION_FLAG, NULL, "Even if the row was changed again since"},
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {NULL},
};

/* "facts 2, entities 1"; the caller frees. */
static char *tables_text(JsonObject *answer)
{
        JsonObject *tables = json_member_object(answer, "tables");
        g_autoptr(GList) names = tables ? json_object_get_members(tables) : NULL;
        GString *text = g_string_new(NULL);
        for (GList *l = names; l; l = l->next)
                g_string_append_printf(text, "%s%s %" G_GINT64_FORMAT, text->len > 0 ? ", " : "",
                                       (const char *)l->data, json_member_int(tables, l->data, 0));
        return g_string_free(text, FALSE);
}

static void print_group(Cli *cli, JsonObject *answer)
{
        g_autofree char *count =
                cli_count(json_member_int(answer, "count", 0), "change", "changes");
        g_autofree char *tables = tables_text(answer);
        bool preview = args_has(cli->args, "preview");
        output_print(cli->output, preview ? "%s would be reverted: %s.\n" : "%s reverted: %s.\n",
                     count, tables);
        if (!preview)
                output_print(cli->output, "As group %s, which can be reverted too.\n",
                             json_member_string(answer, "group_id", ""));
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
        bool group = g_str_has_prefix(id, "grp-");
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, group ? "group_id" : "mutation_id", id);
        cli_set_option(cli, args, "reason", "reason");
        if (args_has(cli->args, "force"))
                json_object_set_boolean_member(args, "force", true);
        if (args_has(cli->args, "preview"))
                json_object_set_boolean_member(args, "preview", true);
        if (!cli_tool(cli, group ? "revert_group" : "revert_mutation", args, &answer, error))
                return false;
        if (answer && group)
                print_group(cli, answer);
        else if (answer)
                print_entry(cli, answer);
        return true;
}

const Verb verb_revert = {
        .name = "revert",
        .words = "ENTRY|GROUP",
        .min = 1,
        .max = 1,
        .summary = "Undo a change (mut-…) or all changes of a group (grp-…)",
        .details =
                "The state before is written back as a new entry: nothing is erased, and the revert can be reverted. "
                "If the row was changed again since, that is said, and --force does it all the same.",
        .options = options,
        .writes = true,
        .no_pager = true,
        .run = run,
};
