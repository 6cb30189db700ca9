/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "rekey" and "unlock": the vault's key. */
#include "manager.h"
#include "verbs.h"

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
