/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "mine": which documents agents are to go through, and how far they are. */
#include "table.h"
#include "verbs.h"

/* ---- list ---- */

static const Option list_options[] = {
        {"state", 0, OPTION_TEXT, "STATE", "Only those that are queued, mined, failed or dropped"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Column columns[] = {{"STATE"},
                                 {"DONE", .right = true},
                                 {"PATH", .shrink = true},
                                 {"BY", .shrink = true},
                                 {"DOCUMENT", .dim = true}};

static void add_row(Table *table, JsonObject *row)
{
        g_autofree char *done = g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                                                json_member_int(row, "done", 0),
                                                json_member_int(row, "windows", 0));
        const char *reason = json_member_string(row, "reason", NULL);
        g_autofree char *state = g_strdup_printf("%s%s%s", json_member_string(row, "state", ""),
                                                 reason ? ": " : "", reason ? reason : "");
        const char *cells[] = {state, done, json_member_string(row, "path", ""),
                               json_member_string(row, "requested_by", ""),
                               json_member_string(row, "document_id", "")};
        table_add(table, cells);
}

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *row = NULL;
        cli_set_option(cli, args, "state", "state");
        if (!cli_tool(cli, "list_mining", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "jobs");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                add_row(table, row);
        table_print(table, cli->output);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "Nothing is to be mined.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_mine_list = {
        .name = "mine list",
        .words = "",
        .summary = "List what is to be mined by agents, and how far it is",
        .options = list_options,
        .run = run_list,
};

/* ---- add, cancel ---- */

static const Option add_options[] = {
        {"priority", 0, OPTION_NUMBER, "NUMBER", "Those with a higher one go first"},
        {"profile", 'p', OPTION_TEXT, "NAME", "general, legal, code-doc or paper"},
        {"feature", 0, OPTION_LIST, "NAME", "What to look for; may be given again"},
        {"again", 0, OPTION_FLAG, NULL, "Even if it was mined as it is"},
        {NULL},
};

static void set_what(JsonObject *args, const char *given)
{
        json_object_set_string_member(args, id_is_valid(given, "root") ? "root_id" : "document_id",
                                      given);
}

static bool run_add(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        set_what(args, args_word(cli->args, 0));
        cli_set_number(cli, args, "priority", "priority");
        cli_set_option(cli, args, "profile", "profile");
        cli_set_list(cli, args, "features", "feature");
        cli_set_flag(cli, args, "again", "again");
        if (!cli_tool(cli, "enqueue_mining", args, &answer, error))
                return false;
        if (answer)
                output_print(cli->output,
                             "%" G_GINT64_FORMAT " to be mined, %" G_GINT64_FORMAT
                             " are already, %" G_GINT64_FORMAT
                             " were mined before or have no text.\n",
                             json_member_int(answer, "enqueued", 0),
                             json_member_int(answer, "already", 0),
                             json_member_int(answer, "skipped", 0));
        return true;
}

const Verb verb_mine_add = {
        .name = "mine add",
        .words = "DOCUMENT|ROOT",
        .min = 1,
        .max = 1,
        .summary = "Have a document mined by agents, or all of a folder",
        .options = add_options,
        .writes = true,
        .no_pager = true,
        .run = run_add,
};

static const Option cancel_options[] = {{"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
                                        {NULL}};

static bool run_cancel(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "document_id", args_word(cli->args, 0));
        cli_set_option(cli, args, "reason", "reason");
        if (!cli_tool(cli, "cancel_mining", args, &answer, error))
                return false;
        if (answer)
                output_print(cli->output, json_member_bool(answer, "cancelled", false)
                                                  ? "It is no longer to be mined.\n"
                                                  : "It was not to be mined.\n");
        return true;
}

const Verb verb_mine_cancel = {
        .name = "mine cancel",
        .words = "DOCUMENT",
        .min = 1,
        .max = 1,
        .summary = "Take a document out of that queue",
        .options = cancel_options,
        .writes = true,
        .no_pager = true,
        .run = run_cancel,
};
