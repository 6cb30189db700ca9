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
        *ret = manager_ask(cli, "BackupTo", NULL, "Copying", error);
        close(fd);
        if (!*ret && is_new)
                (void)rmdir(folder);
        return *ret != NULL;
}

static void print_backup(Cli *cli, const char *folder, JsonObject *report)
{
        g_autofree char *files = cli_count(json_member_int(report, "files", 0), "file", "files");
        g_autofree char *size = render_bytes(json_member_int(report, "bytes", 0));
        output_print(cli->output, "Both databases and %s (%s) are in %s.\n", files, size, folder);
        output_print(
                cli->output,
                "The databases need the vault's key, which is not in the copy: keep it too.\n");
}

/* The copy stands, but what is damaged is not in it: the exit status must say so. */
static bool check_damaged(JsonObject *report, GError **error)
{
        if (json_member_int(report, "files_bad", 0) == 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT, "%s: %s",
                    json_member_string(report, "problem", "Damaged files are not in the copy"),
                    json_member_string(report, "damaged", ""));
        return false;
}

static bool run_backup(Cli *cli, GError **error)
{
        g_autoptr(JsonNode) answer = NULL;
        g_autofree char *folder = cli_folder(args_word(cli->args, 0), error);
        if (!folder || !back_up(cli, folder, &answer, error))
                return false;
        JsonObject *report = JSON_NODE_HOLDS_OBJECT(answer) ? json_node_get_object(answer) : NULL;
        if (output_is_json(cli->output))
                output_json(cli->output, answer);
        else if (report)
                print_backup(cli, folder, report);
        return !report || check_damaged(report, error);
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
