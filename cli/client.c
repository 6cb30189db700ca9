/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>

#include "message.h"

#define NAME    "org.ouroboros.Ouroboros1"
#define PATH    "/org/ouroboros/Ouroboros1"
#define TICK_US (200 * 1000)

struct Client {
        sd_bus *bus;
        Instance instance;
        GPid agent; /* pkttyagent */
        bool questions, retry;
        bool carried_behind; /* after the arguments */
        int carried;         /* descriptor for the next call, -1: none */
        GPtrArray *listeners;
        void (*tick)(void *data);
        void *tick_data;
};

typedef struct Listener {
        ClientHeard heard;
        void *data;
} Listener;

Client *client_new(Instance instance, GError **error)
{
        g_autoptr(Client) client = g_new0(Client, 1);
        client->instance = instance;
        client->carried = -1;
        client->listeners = g_ptr_array_new_with_free_func(g_free);
        int r = instance == INSTANCE_SYSTEM ? sd_bus_open_system(&client->bus)
                                            : sd_bus_open_user(&client->bus);
        if (r >= 0)
                return g_steal_pointer(&client);
        if (instance == INSTANCE_SYSTEM)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_OFFLINE,
                            "cannot connect to the system bus: %s", g_strerror(-r));
        else
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_OFFLINE,
                        "cannot connect to your session bus: %s\n"
                        "(under sudo or su there is none; log in as the user, or use --system for "
                        "the machine's instance)",
                        g_strerror(-r));
        return NULL;
}

static void stop_agent(Client *client)
{
        if (client->agent <= 0)
                return;
        (void)kill(client->agent, SIGTERM);
        (void)kill(client->agent, SIGCONT);
        while (waitpid(client->agent, NULL, 0) < 0 && errno == EINTR)
                ;
        client->agent = 0;
}

Client *client_free(Client *client)
{
        if (!client)
                return NULL;
        stop_agent(client);
        sd_bus_flush_close_unref(client->bus);
        g_ptr_array_unref(client->listeners);
        g_free(client);
        return NULL;
}

static void die_with_parent(gpointer data)
{
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
}

/* polkit finds a fallback agent only by way of the caller's session; without one (a lingering user's
 * multiplexer, a user unit) ours must be the process's own. With one, the desktop's agent goes first. */
static bool has_session(void)
{
        g_autofree char *own = NULL, *display = NULL;
        return sd_pid_get_session(0, &own) >= 0 || sd_uid_get_display(getuid(), &display) >= 0;
}

void client_allow_questions(Client *client)
{
        g_autofree char *fd_text = NULL, *pid_text = g_strdup_printf("%d", (int)getpid());
        int ready[2];
        client->questions = true;
        if (geteuid() == 0 || !isatty(STDIN_FILENO) || client->agent > 0 || pipe(ready) < 0)
                return;
        (void)fcntl(ready[0], F_SETFD, FD_CLOEXEC); /* the other end is the agent's */
        fd_text = g_strdup_printf("%d", ready[1]);
        const char *argv[] = {"pkttyagent",  "--process", pid_text,
                              "--notify-fd", fd_text,     has_session() ? "--fallback" : NULL,
                              NULL};
        if (g_spawn_async(NULL, (char **)argv, NULL,
                          G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                  G_SPAWN_CHILD_INHERITS_STDIN | G_SPAWN_LEAVE_DESCRIPTORS_OPEN |
                                  G_SPAWN_STDERR_TO_DEV_NULL,
                          die_with_parent, NULL, &client->agent, NULL)) {
                struct pollfd wait = {.fd = ready[0], .events = POLLIN};
                close(ready[1]);
                (void)poll(&wait, 1,
                           2000); /* it closes its end when it is registered, or has given up */
        } else {
                close(ready[1]);
        }
        close(ready[0]);
}

void client_allow_retry(Client *client)
{
        client->retry = true;
}

/* ---- errors ---- */

static bool name_starts(const sd_bus_error *error, const char *prefix)
{
        return error->name && g_str_has_prefix(error->name, prefix);
}

static void set_unreachable(const Client *client, const sd_bus_error *bus_error, GError **error)
{
        bool system = client->instance == INSTANCE_SYSTEM;
        g_set_error(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_OFFLINE,
                "the %s instance of ouroborosd does not run, and the bus cannot start it: %s\n"
                "Look at: systemctl %sstatus ouroborosd.service; journalctl %s-u ouroborosd.service",
                system ? "system" : "user",
                bus_error->message ? bus_error->message : "no reason given",
                system ? "" : "--user ", system ? "" : "--user ");
}

/* Not every refusal is polkit's; only a person who could have been asked is told how. */
static void set_denied(const Client *client, const sd_bus_error *bus_error, GError **error)
{
        const char *message = bus_error->message ? bus_error->message : "not allowed";
        const char *advice = NULL;
        if (strstr(message, "polkit does not allow"))
                advice = "the administrator decides by polkit rules who may do this";
        else if (strstr(message, "needs a password") && !client->questions)
                advice = "leave out --no-ask-password to be asked for it";
        else if (strstr(message, "needs a password"))
                advice = "run it on a terminal, where you can be asked for it";
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED, "%s%s%s%s", message,
                    advice ? "\n(" : "", advice ? advice : "", advice ? ")" : "");
}

static void set_bus_error(const Client *client, const sd_bus_error *bus_error, int r,
                          GError **error)
{
        static const struct {
                const char *name;
                OuroborosError code;
        } others[] = {
                {SD_BUS_ERROR_NO_REPLY, OUROBOROS_ERROR_OFFLINE},
                {SD_BUS_ERROR_DISCONNECTED, OUROBOROS_ERROR_OFFLINE},
                {SD_BUS_ERROR_TIMEOUT, OUROBOROS_ERROR_TIMEOUT},
                {"org.freedesktop.DBus.Error.TimedOut", OUROBOROS_ERROR_TIMEOUT},
                {SD_BUS_ERROR_INVALID_ARGS, OUROBOROS_ERROR_INVALID},
                {SD_BUS_ERROR_LIMITS_EXCEEDED, OUROBOROS_ERROR_LIMIT},
        };
        OuroborosError code = OUROBOROS_ERROR_FAILED;
        if (name_starts(bus_error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
            name_starts(bus_error, SD_BUS_ERROR_NAME_HAS_NO_OWNER) ||
            name_starts(bus_error, "org.freedesktop.DBus.Error.Spawn") ||
            name_starts(bus_error, "org.freedesktop.systemd1.")) {
                set_unreachable(client, bus_error, error);
                return;
        }
        if (name_starts(bus_error, "org.ouroboros.Error."))
                code = error_code_from_dbus_name(bus_error->name);
        if (code == OUROBOROS_ERROR_DENIED || name_starts(bus_error, SD_BUS_ERROR_ACCESS_DENIED) ||
            name_starts(bus_error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED)) {
                set_denied(client, bus_error, error);
                return;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
                if (name_starts(bus_error, others[i].name))
                        code = others[i].code;
        g_set_error_literal(error, OUROBOROS_ERROR, code,
                            bus_error->message ? bus_error->message : g_strerror(-r));
}

/* ---- calls ---- */

typedef struct Pending {
        sd_bus_message *reply;
} Pending;

static int on_reply(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        Pending *pending = userdata;
        pending->reply = sd_bus_message_ref(message);
        return 1;
}

/* Processes what has come, or waits for it a tick long. Negative errno when the connection is lost. */
static int step(Client *client, uint64_t timeout_us)
{
        int r = sd_bus_process(client->bus, NULL);
        if (r != 0)
                return r;
        r = sd_bus_wait(client->bus, timeout_us);
        if (client->tick)
                client->tick(client->tick_data);
        return r == -EINTR ? 0 : r;
}

/* Sends a call and waits for as long as it takes: signals are heard meanwhile. Negative errno if there is no
 * reply at all. */
static int exchange(Client *client, sd_bus_message *call, sd_bus_message **ret)
{
        Pending pending = {0};
        sd_bus_slot *slot = NULL;
        (void)sd_bus_message_set_allow_interactive_authorization(call, client->questions);
        int r = sd_bus_call_async(client->bus, &slot, call, on_reply, &pending, UINT64_MAX);
        while (r >= 0 && !pending.reply)
                r = step(client, TICK_US);
        sd_bus_slot_unref(slot);
        *ret = pending.reply;
        return pending.reply ? 0 : r;
}

/* What a call says: strings, or values of a signature. */
typedef struct Body {
        const char *const *strings;
        const char *signature;
        JsonArray *values;
} Body;

static sd_bus_message *new_call(Client *client, const char *interface, const char *member,
                                const Body *body, GError **error)
{
        sd_bus_message *call = NULL;
        int r = sd_bus_message_new_method_call(client->bus, &call, NAME, PATH, interface, member);
        int carried = client->carried;
        if (r >= 0 && carried >= 0 && !client->carried_behind)
                r = sd_bus_message_append_basic(call, 'h', &carried);
        client->carried = -1;
        for (const char *const *string = body->strings; r >= 0 && string && *string; string++)
                r = sd_bus_message_append_basic(call, 's', *string);
        if (r >= 0 && body->signature)
                r = message_append_json(call, body->signature, body->values);
        if (r >= 0 && carried >= 0 && client->carried_behind)
                r = sd_bus_message_append_basic(call, 'h', &carried);
        if (r >= 0)
                return call;
        sd_bus_message_unref(call);
        error_set_errno(error, -r, "cannot build the call of %s", member);
        return NULL;
}

/* The daemon ended, or was ended, with the call in its hands: the bus starts it again for the next. */
static bool may_retry(Client *client, sd_bus_message *reply)
{
        bool retry = client->retry && sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NO_REPLY);
        client->retry = client->retry && !retry;
        return retry;
}

static JsonNode *call_full(Client *client, const char *interface, const char *member,
                           const Body *body, GError **error)
{
        sd_bus_message *reply = NULL;
        int r;
        do {
                reply = sd_bus_message_unref(reply);
                sd_bus_message *call = new_call(client, interface, member, body, error);
                if (!call)
                        return NULL;
                r = exchange(client, call, &reply);
                sd_bus_message_unref(call);
        } while (reply && may_retry(client, reply));
        if (!reply) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_OFFLINE,
                            "the connection to the bus was lost: %s", g_strerror(-r));
                return NULL;
        }
        JsonNode *node = NULL;
        if (sd_bus_message_is_method_error(reply, NULL))
                set_bus_error(client, sd_bus_message_get_error(reply), -EIO, error);
        else
                node = message_to_json(reply);
        sd_bus_message_unref(reply);
        return node;
}

void client_carry(Client *client, int fd)
{
        client->carried = fd;
        client->carried_behind = false;
}

void client_carry_behind(Client *client, int fd)
{
        client->carried = fd;
        client->carried_behind = true;
}

JsonNode *client_call(Client *client, const char *interface, const char *member,
                      const char *const *strings, GError **error)
{
        g_autofree char *full = g_strconcat(NAME ".", interface, NULL);
        return call_full(client, full, member, &(Body){.strings = strings}, error);
}

JsonNode *client_call_json(Client *client, const char *interface, const char *member,
                           const char *signature, JsonArray *values, GError **error)
{
        g_autofree char *full = g_strconcat(NAME ".", interface, NULL);
        return call_full(client, full, member, &(Body){.signature = signature, .values = values},
                         error);
}

JsonObject *client_properties(Client *client, const char *interface, GError **error)
{
        g_autofree char *full = g_strconcat(NAME ".", interface, NULL);
        const char *strings[] = {full, NULL};
        g_autoptr(JsonNode) node = call_full(client, "org.freedesktop.DBus.Properties", "GetAll",
                                             &(Body){.strings = strings}, error);
        return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_dup_object(node) : NULL;
}

JsonObject *client_tool(Client *client, const char *tool, JsonObject *args, GError **error)
{
        g_autoptr(JsonObject) owned = args ? args : json_object_new();
        g_autofree char *text = json_print_object(owned);
        const char *strings[] = {tool, text, NULL};
        g_autoptr(JsonNode) node = client_call(client, "Tools", "Call", strings, error);
        if (!node)
                return NULL;
        if (json_node_get_value_type(node) != G_TYPE_STRING) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                            "the daemon's answer to %s is no JSON text", tool);
                return NULL;
        }
        return json_parse_object(json_node_get_string(node), -1, error);
}

/* ---- signals ---- */

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        Listener *listener = userdata;
        g_autoptr(JsonNode) arguments = message_to_json(message);
        listener->heard(arguments, listener->data);
        return 0;
}

bool client_listen(Client *client, const char *interface, const char *member, ClientHeard heard,
                   void *data, GError **error)
{
        g_autofree char *full = strchr(interface, '.') ? g_strdup(interface)
                                                       : g_strconcat(NAME ".", interface, NULL);
        Listener *listener = g_new(Listener, 1);
        *listener = (Listener){heard, data};
        g_ptr_array_add(client->listeners, listener);
        int r = sd_bus_match_signal(client->bus, NULL, NAME, PATH, full, member, on_signal,
                                    listener);
        if (r < 0)
                error_set_errno(error, -r, "cannot listen to %s", member);
        return r >= 0;
}

bool client_wait(Client *client, unsigned timeout_ms, GError **error)
{
        int64_t end = g_get_monotonic_time() + (int64_t)timeout_ms * 1000;
        int r = 0;
        while (r == 0) {
                int64_t left = end - g_get_monotonic_time();
                r = sd_bus_process(client->bus, NULL);
                if (r != 0 || left <= 0)
                        break;
                r = sd_bus_wait(client->bus, (uint64_t)left);
                if (r > 0)
                        r = sd_bus_process(client->bus, NULL);
        }
        if (r < 0 && r != -EINTR)
                error_set_errno(error, -r, "the connection to the bus was lost");
        return r >= 0 || r == -EINTR;
}

void client_set_tick(Client *client, void (*tick)(void *data), void *data)
{
        client->tick = tick;
        client->tick_data = data;
}
