/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "mcp": what an agent's client starts to reach the daemon over stdio. It finds the bearer of a connection, connects
 * to the daemon's socket, shows the bearer there and copies lines both ways. Nothing but messages goes to standard
 * output. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "bridge.h"
#include "verbs.h"

#define BEARER_FILE "OUROBOROS_BEARER_FILE"

static const Option options[] = {
        {"connection", 'c', OPTION_TEXT, "ID|NAME", "Which connection, if there are several"},
        {NULL},
};

static char *bearers_folder(const Cli *cli)
{
        const char *data = getenv("XDG_DATA_HOME");

        if (cli->instance == INSTANCE_SYSTEM)
                return g_strdup("/var/lib/ouroboros/bearers");
        if (data && g_path_is_absolute(data))
                return g_build_filename(data, "ouroboros", "bearers", NULL);
        return g_build_filename(g_get_home_dir(), ".local", "share", "ouroboros", "bearers", NULL);
}

static char *socket_path(const Cli *cli)
{
        const char *runtime = getenv("XDG_RUNTIME_DIR");
        g_autofree char *usual = g_strdup_printf("/run/user/%u", (unsigned)geteuid());

        if (cli->instance == INSTANCE_SYSTEM)
                return g_strdup("/run/ouroboros/mcp.sock");
        return g_build_filename(runtime && *runtime ? runtime : usual, "ouroboros", "mcp.sock",
                                NULL);
}

/* The one bearer that there is; the caller frees. */
static char *only_bearer(const char *folder, GError **error)
{
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        g_autofree char *found = NULL;
        const char *name;
        unsigned count = 0;

        while (dir && (name = g_dir_read_name(dir)))
                if (id_is_valid(name, "conn") && count++ == 0)
                        found = g_build_filename(folder, name, NULL);
        if (count == 1)
                return g_steal_pointer(&found);
        g_set_error(
                error, OUROBOROS_ERROR, count ? OUROBOROS_ERROR_INVALID : OUROBOROS_ERROR_NOT_FOUND,
                count ? "there are %u connections; say which one with --connection, see "
                        "\"ouroborosctl connection list\""
                      : "there are %u connections for agents of yours; ask for one with \"ouroborosctl connection "
                        "request\"",
                count);
        return NULL;
}

/* The id of a connection that was given by its name, as the daemon knows it; the caller frees. */
static char *find_by_name(Cli *cli, const char *name, GError **error)
{
        g_autoptr(Client) client = client_new(cli->instance, error);
        JsonObject *row;

        if (!client)
                return NULL;
        g_autoptr(JsonObject) answer =
                client_tool(client, "list_connections", json_object_new(), error);
        if (!answer)
                return NULL;
        JsonArray *rows = json_member_array(answer, "connections");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                if (g_str_equal(json_member_string(row, "name", ""), name))
                        return g_strdup(json_member_string(row, "connection_id", NULL));
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "no connection is named \"%s\"; see \"ouroborosctl connection list\"", name);
        return NULL;
}

/* The file of the bearer; the caller frees. */
static char *bearer_file(Cli *cli, GError **error)
{
        const char *given = args_text(cli->args, "connection"), *file = getenv(BEARER_FILE);
        g_autofree char *folder = bearers_folder(cli), *id = NULL;

        if (!given && file && *file)
                return g_strdup(file);
        if (!given)
                return only_bearer(folder, error);
        id = id_is_valid(given, "conn") ? g_strdup(given) : find_by_name(cli, given, error);
        return id ? g_build_filename(folder, id, NULL) : NULL;
}

static bool run_mcp(Cli *cli, GError **error)
{
        g_autofree char *file = bearer_file(cli, error);
        g_autofree char *socket = socket_path(cli);

        return file && bridge_run(socket, file, error);
}

const Verb verb_mcp = {
        .name = "mcp",
        .words = "",
        .summary = "Speak MCP on standard input and output, for an agent's client to start",
        .details =
                "The connection is the one whose bearer is in the file that OUROBOROS_BEARER_FILE names, or the "
                "one named with --connection, or the only one there is. Its bearer's file must be yours, and "
                "readable by you alone.",
        .options = options,
        .no_pager = true,
        .no_client = true,
        .run = run_mcp,
};
