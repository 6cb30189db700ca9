/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "connection request": an agent, or who sets it up, asks to be let in and waits for the person's decision. Of the
 * machine's instance, which has no files of its users, it then collects the bearer by a descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connection.h"
#include "render.h"
#include "verbs.h"

#define LOOK_AGAIN_MS 15000 /* if no signal came */

static const Option options[] = {
        CONNECTION_TERMS,
        CONNECTION_SCOPE,
        {"purpose", 0, OPTION_TEXT, "TEXT", "What it is for, for the person to read"},
        {"no-wait", 0, OPTION_FLAG, NULL, "Return as soon as it is asked"},
        {"wait", 0, OPTION_FLAG, NULL, "Wait for the decision (the default)"},
        {NULL},
};

static JsonObject *status_of(Cli *cli, const char *id, GError **error)
{
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "approval_id", id);
        return client_tool(cli->client, "request_status", args, error);
}

static void on_heard(JsonNode *arguments, void *data)
{
        *(bool *)data = true;
}

static bool is_pending(JsonObject *status)
{
        return g_str_equal(json_member_string(status, "state", "pending"), "pending");
}

/* The signal may have been given before it was listened to, so it is looked at first. */
static JsonObject *wait_for_decision(Cli *cli, const char *id, GError **error)
{
        bool heard = true;
        if (!client_listen(cli->client, "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved",
                           on_heard, &heard, error))
                return NULL;
        for (;;) {
                g_autoptr(JsonObject) status = status_of(cli, id, error);
                if (!status || !is_pending(status))
                        return g_steal_pointer(&status);
                heard = false;
                for (unsigned waited = 0; !heard && waited < LOOK_AGAIN_MS; waited += 1000)
                        if (!client_wait(cli->client, 1000, error))
                                return NULL;
        }
}

/* ---- collecting ---- */

/* A new file for the bearer, 0600 in a folder 0700, where the daemon's connection_config says it is; -1 on failure. */
static int make_file(const char *connection, char **ret_path, GError **error)
{
        g_autofree char *folder =
                g_build_filename(g_get_user_data_dir(), "ouroboros", "system-bearers", NULL);
        g_autofree char *path = g_build_filename(folder, connection, NULL);
        int fd = g_mkdir_with_parents(folder, 0700) < 0
                         ? -1
                         : open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                error_set_errno(error, errno, "Cannot make %s", path);
        else
                *ret_path = g_steal_pointer(&path);
        return fd;
}

static char *collect(Cli *cli, const char *id, const char *connection, GError **error)
{
        g_autofree char *path = NULL;
        const char *strings[] = {id, NULL};
        int fd = make_file(connection, &path, error);
        if (fd < 0)
                return NULL;
        client_carry_behind(cli->client, fd);
        g_autoptr(JsonNode) answer =
                client_call(cli->client, "Gate", "CollectBearer", strings, error);
        close(fd);
        if (answer)
                return g_steal_pointer(&path);
        (void)unlink(path); /* it is empty */
        return NULL;
}

/* ---- what came of it ---- */

static bool refused(JsonObject *status, GError **error)
{
        const char *reason = json_member_string(status, "reason", NULL);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED, "the request was %s%s%s",
                    json_member_string(status, "state", ""), reason ? ": " : "",
                    reason ? reason : "");
        return false;
}

static bool let_in(Cli *cli, const char *id, JsonObject *status, GError **error)
{
        const char *connection = json_member_string(status, "connection_id", "");
        g_autofree char *file = g_strdup(json_member_string(status, "bearer_file", NULL));
        if (!file && !(file = collect(cli, id, connection, error)))
                return false;
        json_object_set_string_member(status, "bearer_file", file);
        if (output_is_json(cli->output)) {
                output_json_object(cli->output, status);
                return true;
        }
        g_autofree char *clean = render_line(file);
        output_print(cli->output, "Approved: it is the connection %s.\n", connection);
        output_print(cli->output, "Its bearer is in %s, which only you can read.\n", clean);
        return true;
}

static bool follow(Cli *cli, JsonObject *asked, GError **error)
{
        const char *id = json_member_string(asked, "approval_id", "");
        bool quiet = args_has(cli->args, "quiet") || output_is_json(cli->output);
        if (args_has(cli->args, "no-wait") && output_is_json(cli->output)) {
                output_json_object(cli->output, asked);
                return true;
        }
        if (!quiet || args_has(cli->args, "no-wait"))
                output_print(cli->output, "Asked. The person decides: ouroborosctl approve %s\n",
                             id);
        if (args_has(cli->args, "no-wait"))
                return true;
        output_flush(cli->output);
        g_autoptr(JsonObject) status = wait_for_decision(cli, id, error);
        if (!status)
                return false;
        if (g_str_equal(json_member_string(status, "state", ""), "approved"))
                return let_in(cli, id, status, error);
        return refused(status, error);
}

static bool run_request(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        cli_set_option(cli, args, "purpose", "purpose");
        if (!connection_set_terms(cli, args, error) || !connection_set_scope(cli, args, error))
                return false;
        g_autoptr(JsonObject) asked =
                client_tool(cli->client, "request_connection", json_object_ref(args), error);
        return asked && follow(cli, asked, error);
}

const Verb verb_connection_request = {
        .name = "connection request",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Ask the person to let an agent in, and wait for the decision",
        .details =
                "Whoever runs as you may ask; nothing is granted by it. On approval it says where "
                "the bearer is, which is shown to nobody. With --system the bearer is collected into a "
                "new file below ~/.local/share/ouroboros/system-bearers.",
        .options = options,
        .writes = true,
        .no_pager = true,
        .run = run_request,
};

/* ---- collect ---- */

static bool run_collect(Cli *cli, GError **error)
{
        const char *id = args_word(cli->args, 0);
        g_autoptr(JsonObject) status = status_of(cli, id, error);
        if (!status)
                return false;
        if (g_str_equal(json_member_string(status, "state", ""), "approved"))
                return let_in(cli, id, status, error);
        if (!is_pending(status))
                return refused(status, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "%s is not decided yet; the person decides: ouroborosctl approve %s", id, id);
        return false;
}

const Verb verb_connection_collect = {
        .name = "connection collect",
        .words = "APPROVAL",
        .min = 1,
        .max = 1,
        .summary = "After a request with --no-wait: get the bearer, if it was approved",
        .details = "Who asked collects it, once; with --system into a new file below "
                   "~/.local/share/ouroboros/system-bearers.",
        .writes = true,
        .no_pager = true,
        .run = run_collect,
};
