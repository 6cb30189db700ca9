/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "rekey" and "unlock": the vault's key. */
#include "manager.h"
#include "verbs.h"

static bool run_rekey(Cli *cli, GError **error)
{
        if (!manager_call(cli, "Rekey", NULL, "Encrypting anew", NULL, error))
                return false;
        if (!output_is_json(cli->output))
                output_print(cli->output,
                             "The vault has a new key. Backups made before need the old one.\n");
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

static bool run_unlock(Cli *cli, GError **error)
{
        if (!manager_call(cli, "Unlock", NULL, "Waiting for the keyring", NULL, error))
                return false;
        if (!output_is_json(cli->output))
                output_print(cli->output, "The keyring is unlocked.\n");
        return true;
}

const Verb verb_unlock = {
        .name = "unlock",
        .words = "",
        .summary = "Ask the keyring for the vault's key; it may ask you for its password",
        .writes = true,
        .no_pager = true,
        .run = run_unlock,
};
