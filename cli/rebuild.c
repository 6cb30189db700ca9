/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "manager.h"
#include "verbs.h"

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonNode) answer = NULL;
        const char *what = args_word(cli->args, 0);
        const char *strings[] = {what ? what : "all", NULL};
        if (!manager_call(cli, "Rebuild", strings, "Rebuilding", &answer, error))
                return false;
        if (answer)
                output_print(cli->output, "Made anew: %s.\n", strings[0]);
        return true;
}

const Verb verb_rebuild = {
        .name = "rebuild",
        .words = "[WHAT]",
        .max = 1,
        .summary = "Make what can be derived anew: documents, graph, journal, search, code or all",
        .details =
                "Nothing that anybody wrote is touched: only what follows from it is thrown away and made again.",
        .writes = true,
        .no_pager = true,
        .run = run,
};
