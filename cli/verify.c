/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "manager.h"
#include "render.h"
#include "verbs.h"

/* The first problem that an answer tells; it may have one per database. */
static char *find_problem(JsonObject *object)
{
        g_autoptr(GList) names = json_object_get_members(object);
        for (GList *l = names; l; l = l->next) {
                JsonNode *node = json_object_get_member(object, l->data);
                if (JSON_NODE_HOLDS_OBJECT(node)) {
                        char *inner = find_problem(json_node_get_object(node));
                        if (inner)
                                return inner;
                }
                if (!g_str_has_suffix(l->data, "problem"))
                        continue;
                g_autofree char *text = cli_member_text(object, l->data);
                if (*text)
                        return g_steal_pointer(&text);
        }
        return NULL;
}

static bool run(Cli *cli, GError **error)
{
        bool json = output_is_json(cli->output);
        g_autoptr(JsonNode) answer = manager_ask(cli, "Verify", NULL, "Verifying", error);
        if (!answer)
                return false;
        JsonObject *report = JSON_NODE_HOLDS_OBJECT(answer) ? json_node_get_object(answer) : NULL;
        g_autofree char *problem = report ? find_problem(report) : NULL;
        if (json)
                output_json(cli->output, answer);
        else if (report)
                manager_print(cli, answer);
        if (problem) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT, "%s", problem);
                return false;
        }
        if (!json)
                output_styled(cli->output, STYLE_GREEN,
                              "All is well: every page, every journal entry, every row.\n");
        return true;
}

const Verb verb_verify = {
        .name = "verify",
        .words = "",
        .summary = "Check every page, the journal's whole hash chain and every row against it",
        .no_pager = true,
        .run = run,
};
