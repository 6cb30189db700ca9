/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "key export", "key import", "rekey" and "unlock": the vault's key. */
#include "manager.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "verbs.h"

/* Calls with an open file, which is closed; the answer is the key's id. */
static bool call_with_file(Cli *cli, const char *member, int fd, const char *said, GError **error)
{
        g_autoptr(JsonNode) answer = NULL;
        client_carry(cli->client, fd);
        bool done = manager_call(cli, member, NULL, NULL, &answer, error);
        close(fd);
        if (done && answer && JSON_NODE_HOLDS_VALUE(answer))
                output_print(cli->output, said, json_node_get_string(answer));
        return done;
}

static bool run_key_export(Cli *cli, GError **error)
{
        const char *path = args_word(cli->args, 0);
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno == EEXIST) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s exists already, and nothing is written over: give another name",
                            path);
                return false;
        }
        if (fd < 0) {
                error_set_errno(error, errno, "Cannot make %s", path);
                return false;
        }
        if (call_with_file(cli, "ExportKey", fd,
                           "The key %s is in the file. Whoever has it can read the vault and its "
                           "backups: keep it safe, apart from them.\n",
                           error))
                return true;
        (void)unlink(path);
        return false;
}

const Verb verb_key_export = {
        .name = "key export",
        .words = "FILE",
        .min = 1,
        .max = 1,
        .summary =
                "Write the vault's key into a new file, to keep or to restore a backup elsewhere",
        .writes = true,
        .no_pager = true,
        .run = run_key_export,
};

static bool run_key_import(Cli *cli, GError **error)
{
        const char *path = args_word(cli->args, 0);
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0) {
                error_set_errno(error, errno, "Cannot open %s", path);
                return false;
        }
        return call_with_file(cli, "ImportKey", fd,
                              "The key %s is kept; backups made with it can be restored.\n", error);
}

const Verb verb_key_import = {
        .name = "key import",
        .words = "FILE",
        .min = 1,
        .max = 1,
        .summary = "Take in the key of a backup that was made elsewhere",
        .writes = true,
        .no_pager = true,
        .run = run_key_import,
};

static bool run_rekey(Cli *cli, GError **error)
{
        if (!manager_call(cli, "Rekey", NULL, "Encrypting anew", NULL, error))
                return false;
        if (!output_is_json(cli->output))
                output_print(
                        cli->output,
                        "The vault has a new key. The old one is kept for the backups made before.\n");
        return true;
}

const Verb verb_rekey = {
        .name = "rekey",
        .words = "",
        .summary = "Encrypt the vault with a new key",
        .writes = true,
        .no_pager = true,
        .run = run_rekey,
};

/* What is true now, wherever the key is kept. */
static void say_unlocked(Cli *cli, JsonObject *properties)
{
        const char *key = json_member_string(properties, "KeySource", "");
        const char *state = json_member_string(properties, "VaultState", "?");
        const char *reason = json_member_string(properties, "VaultReason", "");
        if (g_str_equal(key, "file"))
                output_print(cli->output, "The key is in a file: there is no keyring to unlock.\n");
        else if (g_str_equal(key, "credential"))
                output_print(cli->output,
                             "The key is a systemd credential: there is no keyring to unlock.\n");
        else if (g_str_equal(key, "secret-service") && g_str_equal(state, "open"))
                output_print(cli->output, "The keyring is unlocked.\n");
        if (!g_str_equal(state, "open"))
                output_print(cli->output, "The vault is not open: %s%s%s\n", state,
                             *reason ? ": " : "", reason);
}

static bool run_unlock(Cli *cli, GError **error)
{
        if (!manager_call(cli, "Unlock", NULL, "Waiting for the keyring", NULL, error))
                return false;
        if (output_is_json(cli->output))
                return true;
        g_autoptr(JsonObject) properties = client_properties(cli->client, "Manager", error);
        if (properties)
                say_unlocked(cli, properties);
        return properties != NULL;
}

const Verb verb_unlock = {
        .name = "unlock",
        .words = "",
        .summary =
                "Ask the keyring for the vault's key, if it is there; it may ask you for its password",
        .writes = true,
        .no_pager = true,
        .run = run_unlock,
};
