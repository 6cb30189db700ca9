/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "manager.h"
#include "render.h"
#include "verbs.h"

static void print_store(Cli *cli, const char *title, JsonObject *report, const char *name)
{
        g_autofree char *text = cli_member_text(report, name);
        g_autoptr(JsonObject) store = json_parse_object(text, -1, NULL);
        if (!store)
                return;
        g_autofree char *entries =
                cli_count(json_member_int(store, "entries", 0), "journal entry", "journal entries");
        output_print(cli->output,
                     "%10s: %s, %" G_GINT64_FORMAT " bad pages, %" G_GINT64_FORMAT " bad rows\n",
                     title, entries, json_member_int(store, "pages_bad", 0),
                     json_member_int(store, "rows_bad", 0));
}

static void print_report(Cli *cli, JsonObject *report)
{
        g_autofree char *files = cli_count(json_member_int(report, "files", 0), "file", "files");
        g_autofree char *quotes =
                cli_count(json_member_int(report, "quotes", 0), "quote", "quotes");
        print_store(cli, "Vault", report, "vault.db");
        print_store(cli, "Operations", report, "ops.db");
        output_print(cli->output, "%10s: %s, %" G_GINT64_FORMAT " bad", "Facts", quotes,
                     json_member_int(report, "quotes_bad", 0));
        if (json_member_int(report, "quotes_unread", 0) > 0)
                output_print(cli->output, ", %" G_GINT64_FORMAT " whose text is not kept here",
                             json_member_int(report, "quotes_unread", 0));
        output_print(cli->output, "\n");
        output_print(cli->output, "%10s: %s, %" G_GINT64_FORMAT " bad\n", "Files", files,
                     json_member_int(report, "files_bad", 0));
}

static bool run(Cli *cli, GError **error)
{
        bool json = output_is_json(cli->output);
        g_autoptr(JsonNode) answer = manager_ask(cli, "Verify", NULL, "Verifying", error);
        if (!answer)
                return false;
        JsonObject *report = JSON_NODE_HOLDS_OBJECT(answer) ? json_node_get_object(answer) : NULL;
        if (json)
                output_json(cli->output, answer);
        else if (report)
                print_report(cli, report);
        if (!report || !json_member_bool(report, "ok", false)) {
                g_set_error_literal(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                        report ? json_member_string(report, "problem", "the check failed")
                               : "the check gave no report");
                return false;
        }
        if (!json)
                output_styled(cli->output, STYLE_GREEN, "All is well.\n");
        return true;
}

const Verb verb_verify = {
        .name = "verify",
        .words = "",
        .summary = "Check every page, the journal's whole hash chain and every row against it",
        .no_pager = true,
        .run = run,
};
