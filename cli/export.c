/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "export", "import": the journal as JSON lines. The daemon writes and reads through our descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "progress.h"
#include "render.h"
#include "verbs.h"

static const Option export_options[] = {
        {"ops", 0, OPTION_FLAG, NULL,
         "The journal of the daemon's own affairs rather than the vault's"},
        {"table", 't', OPTION_TEXT, "NAME", "Only changes of this table"},
        {"row", 0, OPTION_TEXT, "ID", "Only changes of this row"},
        {"actor", 'a', OPTION_TEXT, "KIND", "Only changes by human, agent or system"},
        {"connection", 0, OPTION_TEXT, "ID", "Only changes by this connection"},
        {"session", 0, OPTION_TEXT, "ID", "Only changes of this session"},
        {"group", 'g', OPTION_TEXT, "ID", "Only changes of this group"},
        {"since", 'S', OPTION_TEXT, "TIME", "Not older than this (ISO 8601)"},
        {"until", 'U', OPTION_TEXT, "TIME", "Not newer than this"},
        {NULL},
};

static JsonObject *build_filter(Cli *cli)
{
        static const char *const filters[][2] = {
                {"table_name", "table"},      {"row_id", "row"},      {"actor_kind", "actor"},
                {"connection", "connection"}, {"session", "session"}, {"group_id", "group"},
                {"since", "since"},           {"until", "until"},
        };
        JsonObject *filter = json_object_new();
        for (size_t i = 0; i < G_N_ELEMENTS(filters); i++)
                cli_set_option(cli, filter, filters[i][0], filters[i][1]);
        json_object_set_string_member(filter, "database",
                                      args_has(cli->args, "ops") ? "ops" : "vault");
        return filter;
}

static void print_exported(Cli *cli, const char *path, JsonObject *report)
{
        g_autofree char *count = cli_count(json_member_int(report, "count", 0), "entry", "entries");
        g_autofree char *size = render_bytes(json_member_int(report, "bytes", 0));
        output_print(cli->output, "%s (%s) in %s, in plain text.\n", count, size, path);
        if (!json_member_bool(report, "complete", false))
                output_print(cli->output,
                             "It is a part of the journal: only a whole one can be imported.\n");
}

static bool report(Cli *cli, JsonNode *answer, void (*print)(Cli *, const char *, JsonObject *))
{
        if (output_is_json(cli->output))
                output_json(cli->output, answer);
        else if (JSON_NODE_HOLDS_OBJECT(answer))
                print(cli, args_word(cli->args, 0), json_node_get_object(answer));
        return true;
}

static bool run_export(Cli *cli, GError **error)
{
        const char *path = args_word(cli->args, 0);
        g_autoptr(JsonArray) values = json_array_new();
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0) {
                error_set_errno(error, errno, "Cannot make the file %s", path);
                return false;
        }
        json_array_add_object_element(values, build_filter(cli));
        client_carry(cli->client, fd);
        g_autoptr(JsonNode) answer =
                client_call_json(cli->client, "Journal", "Export", "a{sv}", values, error);
        close(fd);
        if (!answer)
                (void)g_unlink(path);
        return answer && report(cli, answer, print_exported);
}

const Verb verb_export = {
        .name = "export",
        .words = "FILE",
        .min = 1,
        .max = 1,
        .summary = "Write the journal, or a cut of it, into a new file as JSON lines",
        .details =
                "It is plain text with all that was ever written: keep it as you keep what it tells. A whole one can "
                "be imported into an empty home; the documents' bytes are not in it.",
        .options = export_options,
        .no_pager = true,
        .run = run_export,
};

static void print_imported(Cli *cli, const char *path, JsonObject *answer)
{
        g_autofree char *count = cli_count(json_member_int(answer, "count", 0), "entry", "entries");
        output_print(cli->output, "%s from %s: everything is as it was there.\n", count, path);
}

static bool run_import(Cli *cli, GError **error)
{
        const char *path = args_word(cli->args, 0);
        g_autoptr(JsonArray) none = json_array_new();
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
                error_set_errno(error, errno, "Cannot open the file %s", path);
                return false;
        }
        client_carry(cli->client, fd);
        g_autoptr(JsonNode) answer =
                client_call_json(cli->client, "Journal", "Import", "", none, error);
        close(fd);
        return answer && report(cli, answer, print_imported);
}

const Verb verb_import = {
        .name = "import",
        .words = "FILE",
        .min = 1,
        .max = 1,
        .summary = "Read an exported journal into an empty home",
        .details =
                "Every entry is checked against the hash chain, and all of it is taken or nothing.",
        .writes = true,
        .no_pager = true,
        .run = run_import,
};
