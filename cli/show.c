/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "show": a journal entry whole. "diff": only the fields that it changed. */
#include "journal.h"
#include "render.h"
#include "verbs.h"

static bool fetch(Cli *cli, JsonObject **ret, GError **error)
{
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "mutation_id", args_word(cli->args, 0));
        return cli_tool(cli, "get_mutation", args, ret, error);
}

static JsonObject *entry_of(JsonObject *answer)
{
        JsonObject *entry = json_member_object(answer, "mutation");
        return entry ? entry : answer;
}

static void print_field(Cli *cli, const char *title, JsonObject *entry, const char *member)
{
        g_autofree char *text = cli_member_text(entry, member);
        g_autofree char *line = render_line(text);
        if (*line)
                output_print(cli->output, "%10s: %s\n", title, line);
}

static bool run_show(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        if (!fetch(cli, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonObject *entry = entry_of(answer);
        journal_print(cli, entry);
        print_field(cli, "Entry", entry, "seq");
        print_field(cli, "Row", entry, "row_id");
        print_field(cli, "Session", entry, "session_id");
        print_field(cli, "Reverts", entry, "reverts");
        journal_print_diff(cli, json_member_array(answer, "diff"));
        return true;
}

static bool run_diff(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        if (!fetch(cli, &answer, error))
                return false;
        if (answer)
                journal_print_diff(cli, json_member_array(answer, "diff"));
        return true;
}

const Verb verb_show = {
        .name = "show",
        .words = "ENTRY",
        .min = 1,
        .max = 1,
        .summary = "Show one journal entry (mut-…) whole",
        .run = run_show,
};

const Verb verb_diff = {
        .name = "diff",
        .words = "ENTRY",
        .min = 1,
        .max = 1,
        .summary = "Show which fields a journal entry (mut-…) changed",
        .run = run_diff,
};
