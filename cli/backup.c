/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "backup" and "restore": copies of everything that the daemon keeps, but the key. */
#include "manager.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "render.h"
#include "verbs.h"

/* The daemon writes through our descriptor: its unit lets it write below its own folders only. */
static bool back_up(Cli *cli, const char *folder, JsonNode **ret, GError **error)
{
        bool is_new = g_mkdir(folder, 0700) == 0;
        int fd = is_new || errno == EEXIST ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

        if (fd < 0) {
                error_set_errno(error, errno, "Cannot make the folder %s", folder);
                return false;
        }
        client_carry(cli->client, fd);
        bool done = manager_call(cli, "BackupTo", NULL, "Copying", ret, error);
        close(fd);
        if (!done && is_new)
                (void)rmdir(folder);
        return done;
}

static bool run_backup(Cli *cli, GError **error)
{
        g_autoptr(JsonNode) answer = NULL;
        g_autofree char *folder = cli_folder(args_word(cli->args, 0), error);
        if (!folder || !back_up(cli, folder, &answer, error))
                return false;
        if (answer) {
                JsonObject *report =
                        JSON_NODE_HOLDS_OBJECT(answer) ? json_node_get_object(answer) : NULL;
                g_autofree char *files = cli_count(report ? json_member_int(report, "files", 0) : 0,
                                                   "file", "files");
                g_autofree char *size =
                        render_bytes(report ? json_member_int(report, "bytes", 0) : 0);
                output_print(cli->output, "Both databases and %s (%s) are in %s.\n", files, size,
                             folder);
                output_print(
                        cli->output,
                        "The databases need the vault's key, which is not in the copy: keep it too.\n");
        }
        return true;
}

const Verb verb_backup = {
        .name = "backup",
        .words = "FOLDER",
        .min = 1,
        .max = 1,
        .summary = "Copy the vault into a new folder while the daemon works on",
        .details =
                "The databases in the copy are encrypted with the vault's key (in your keyring, the credential or the key "
                "file), which is not in the copy: without it nobody can read them, you neither. The documents' bytes are "
                "plain.",
        .writes = true,
        .no_pager = true,
        .run = run_backup,
};

static const Option restore_options[] = {{"yes", 'y', OPTION_FLAG, NULL, "Do not ask"}, {NULL}};

static void print_kept(Cli *cli, JsonObject *report)
{
        const char *kept = report ? json_member_string(report, "kept", NULL) : NULL;
        output_print(cli->output, "Restored.\n");
        if (kept)
                output_print(
                        cli->output,
                        "What was there before is kept as %s;\n"
                        "delete it, with the ops.db and any -wal of the same name, when you are content.\n",
                        kept);
}

static bool run_restore(Cli *cli, GError **error)
{
        g_autofree char *folder = cli_folder(args_word(cli->args, 0), error);
        if (!folder)
                return false;
        g_autofree char *question = g_strdup_printf("Replace the vault by the copy in %s?", folder);
        const char *strings[] = {folder, NULL};
        g_autoptr(JsonNode) answer = NULL;
        if (!manager_confirm(cli, question, error) ||
            !manager_call(cli, "Restore", strings, "Restoring", &answer, error))
                return false;
        if (answer)
                print_kept(cli,
                           JSON_NODE_HOLDS_OBJECT(answer) ? json_node_get_object(answer) : NULL);
        return true;
}

const Verb verb_restore = {
        .name = "restore",
        .words = "FOLDER",
        .min = 1,
        .max = 1,
        .summary = "Replace the vault by a backup; the old one is kept beside it",
        .options = restore_options,
        .writes = true,
        .no_pager = true,
        .run = run_restore,
};
