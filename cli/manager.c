/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "manager.h"

#include <stdio.h>
#include <unistd.h>

#include "progress.h"

typedef struct Watching {
        Progress *bar;
        double fraction;
        char *operation;
} Watching;

static void on_progress(JsonNode *arguments, void *data)
{
        Watching *watching = data;
        JsonArray *array = JSON_NODE_HOLDS_ARRAY(arguments) ? json_node_get_array(arguments) : NULL;
        if (!array || json_array_get_length(array) < 2)
                return;
        g_free(watching->operation);
        watching->operation = g_strdup(json_array_get_string_element(array, 0));
        watching->fraction = json_array_get_double_element(array, 1);
        progress_set(watching->bar, watching->fraction, watching->operation);
}

static void on_tick(void *data)
{
        Watching *watching = data;
        progress_set(watching->bar, watching->fraction, watching->operation);
}

JsonNode *manager_ask(Cli *cli, const char *member, const char *const *strings, const char *label,
                      GError **error)
{
        if (!label)
                return client_call(cli->client, "Manager", member, strings, error);
        g_autoptr(Progress) bar =
                progress_new(label, args_has(cli->args, "quiet") || output_is_json(cli->output));
        Watching watching = {.bar = bar, .fraction = -1};
        if (!client_listen(cli->client, "Manager", "Progress", on_progress, &watching, error))
                return NULL;
        client_set_tick(cli->client, on_tick, &watching);
        JsonNode *answer = client_call(cli->client, "Manager", member, strings, error);
        client_set_tick(cli->client, NULL, NULL);
        g_free(watching.operation);
        return answer;
}

bool manager_call(Cli *cli, const char *member, const char *const *strings, const char *label,
                  JsonNode **ret, GError **error)
{
        g_autoptr(JsonNode) answer = manager_ask(cli, member, strings, label, error);
        if (ret)
                *ret = NULL;
        if (!answer)
                return false;
        if (output_is_json(cli->output))
                output_json(cli->output, answer);
        else if (ret)
                *ret = g_steal_pointer(&answer);
        return true;
}

bool manager_confirm(Cli *cli, const char *question, GError **error)
{
        char line[16] = "";
        if (args_has(cli->args, "yes"))
                return true;
        if (!isatty(STDIN_FILENO)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s Nobody can be asked here: give --yes if it is meant", question);
                return false;
        }
        (void)fprintf(stderr, "%s [y/N] ", question);
        if (fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y'))
                return true;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED, "nothing was done");
        return false;
}
