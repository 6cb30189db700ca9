/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "reload", "restart" and "panic": the daemon itself. */
#include "manager.h"
#include "verbs.h"

static bool call(Cli *cli, const char *member, const char *done, GError **error)
{
        if (!manager_call(cli, member, NULL, NULL, NULL, error))
                return false;
        if (!output_is_json(cli->output))
                output_print(cli->output, "%s\n", done);
        return true;
}

static bool run_reload(Cli *cli, GError **error)
{
        return call(cli, "Reload", "The settings were read again.", error);
}

static bool run_restart(Cli *cli, GError **error)
{
        return call(cli, "Restart", "The daemon ends and starts anew.", error);
}

static bool run_panic(Cli *cli, GError **error)
{
        return call(cli, "Panic", "Stopped.", error);
}

const Verb verb_reload = {
        .name = "reload",
        .words = "",
        .summary = "Have the daemon read its settings again",
        .writes = true,
        .no_pager = true,
        .run = run_reload,
};

const Verb verb_restart = {
        .name = "restart",
        .words = "",
        .summary = "End the daemon; it starts anew when it is needed",
        .writes = true,
        .no_pager = true,
        .run = run_restart,
};

const Verb verb_panic = {
        .name = "panic",
        .words = "",
        .summary = "End the daemon at once; what was acknowledged stays",
        .writes = true,
        .no_pager = true,
        .run = run_panic,
};
