/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of one method call: read → who is it → may it → do it on a worker → reply. Each step goes on from
 * where the step before was answered; nothing blocks the loop. A caller who leaves costs nothing but the
 * reply that nobody reads. */
#include <errno.h>
#include <unistd.h>

#include "bus/bus-private.h"

struct Call {
        Bus *bus;
        sd_bus_message *message;
        const BusMethod *method;
        Peer *peer; /* counted in its calls */
        Access *access;
        JsonObject *args, *answer;
        sd_bus_message *reply; /* or NULL: made of answer */
        GError *error;
        ToolRun *run; /* of a tool that waits rather than computes, or NULL */
};

static int send_error(sd_bus_message *message, const GError *error)
{
        const ErrorRow *row = error_row(error_code(error));
        int r = sd_bus_reply_method_errorf(message, row->dbus_name, "%s", error->message);

        if (r < 0)
                log_debug("Cannot send an error: %s, ignoring", g_strerror(-r));
        return 1;
}

void bus_call_free(void *data)
{
        Call *call = data;

        g_hash_table_remove(call->bus->calls, call);
        if (call->run)
                runner_cancel(call->run);
        sd_bus_message_unref(call->message);
        sd_bus_message_unref(call->reply);
        access_unref(call->access);
        g_clear_pointer(&call->args, json_object_unref);
        g_clear_pointer(&call->answer, json_object_unref);
        g_clear_error(&call->error);
        call->bus->running--;
        service_release(call->bus->options.service);
        g_free(call);
}

/* Ends a call, and with it what is known of a peer that has left. */
static void finish(Call *call)
{
        Bus *bus = call->bus;
        Peer *peer = call->peer;

        bus_call_free(call);
        if (--peer->calls == 0 && peer->gone)
                g_hash_table_remove(bus->peers, peer->name);
}

void bus_calls_drop(Peer *peer)
{
        g_autoptr(GList) calls = g_hash_table_get_keys(peer->bus->calls);

        for (GList *link = calls; link; link = link->next) {
                Call *call = link->data;

                if (call->peer == peer && call->run)
                        finish(call);
        }
}

static void log_failure(const Call *call, const GError *error)
{
        const char *member = call->method->member;

        if (error_code(error) == OUROBOROS_ERROR_DENIED)
                log_event(LOG_DENIED_EVENT, LOG_NOTICE, NULL, error, "Refused %s to %s (%s)",
                          member, call->peer->user ? call->peer->user : "somebody",
                          call->peer->name);
        else if (error_code(error) == OUROBOROS_ERROR_FAILED ||
                 error_code(error) == OUROBOROS_ERROR_CORRUPT)
                log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, error, "%s failed", member);
}

static void fail(Call *call, const GError *error)
{
        log_failure(call, error);
        send_error(call->message, error);
        finish(call);
}

static void close_file(const Call *call)
{
        for (const BusAnswer *part = call->method->answers; part->kind != ANSWER_END; part++)
                if (part->kind == ANSWER_FILE && call->answer)
                        close((int)json_member_int(call->answer, part->member, -1));
}

static int make_reply(Call *call)
{
        int r = sd_bus_message_new_method_return(call->message, &call->reply);

        return r < 0 ? r : bus_append_answer(call->reply, call->method, call->answer);
}

static int send_answer(Call *call)
{
        g_autoptr(GError) error = NULL;
        int r = call->reply ? 0 : make_reply(call);

        if (r >= 0)
                r = sd_bus_send(call->bus->bus, call->reply, NULL);
        if (r >= 0)
                return 0;
        error_set_errno(&error, -r, "The answer of %s cannot be sent", call->method->member);
        return send_error(call->message, error);
}

static void on_done(void *data)
{
        Call *call = data;
        Bus *bus = call->bus;
        void (*after)(Bus *) = call->error ? NULL : call->method->after;

        if (call->error) {
                fail(call, call->error);
                return;
        }
        send_answer(call);
        close_file(call);
        finish(call);
        if (after)
                after(bus);
}

static void work(void *data)
{
        Call *call = data;
        const BusMethod *method = call->method;

        call->answer = method->tool
                               ? tools_call(call->bus->options.tools, call->access, method->tool,
                                            call->args, &call->error)
                               : method->verb(call->bus, call->access, call->args, &call->error);
}

/* Writes the reply while the answer is read: no JSON is made of it. On the loop only, where messages live. */
static void tell(Call *call)
{
        BusSink sink;
        int r = sd_bus_message_new_method_return(call->message, &call->reply);

        if (r >= 0) {
                bus_sink_init(&sink, call->reply, call->method);
                if (tools_tell(call->bus->options.tools, call->access, call->method->tool,
                               call->args, &sink.sink, &call->error))
                        r = bus_sink_finish(&sink);
        }
        if (r < 0)
                error_set_errno(&call->error, -r, "The answer of %s cannot be written",
                                call->method->member);
        if (call->error)
                call->reply = sd_bus_message_unref(call->reply);
}

/* The tool that the call is, NULL if it is none. */
static const Tool *tool_of(const Call *call)
{
        const char *name = call->method->tool;

        if (!name && g_str_equal(call->method->action, "tool"))
                name = json_member_string(call->args, "name", "");
        return name ? tools_find(call->bus->options.tools, name) : NULL;
}

static void work_or_tell(void *data)
{
        Call *call = data;
        const Tool *tool = tool_of(call);

        if (call->method->tool && tool->teller)
                tell(call);
        else
                work(call);
}

static bool try_at_once(Call *call)
{
        if (trial_run(&call->bus->trial, tool_of(call), work_or_tell, call))
                return true;
        g_clear_error(&call->error);
        g_clear_pointer(&call->answer, json_object_unref);
        call->reply = sd_bus_message_unref(call->reply);
        return false;
}

static void on_outcome(const ToolOutcome *outcome, void *data)
{
        Call *call = data;

        call->run = NULL;
        call->answer = outcome->answer ? json_object_ref(outcome->answer) : NULL;
        if (outcome->error)
                call->error = g_error_copy(outcome->error);
        else if (!outcome->answer)
                g_set_error_literal(&call->error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                    "This needs an answer of the client, who cannot be asked here");
        on_done(call);
}

/* A tool that waits rather than computes: no thread waits with it. The call stays among those that end with the bus. */
static void start(Call *call, const Tool *tool)
{
        g_autoptr(JsonObject) args = NULL;
        const char *text = json_member_string(call->args, "json", "");

        if (text[0] != '\0')
                args = json_parse_object(text, -1, &call->error);
        if (call->error) {
                fail(call, call->error);
                return;
        }
        ToolRequest request = {.access = call->access,
                               .name = tool->name,
                               .args = args,
                               .done = on_outcome,
                               .data = call};
        call->run = runner_start(call->bus->options.runner, &request);
}

static void carry_out(Call *call)
{
        const Tool *tool = tool_of(call);

        call->access = access_ref(call->peer->access);
        if (tool && tool->start) {
                start(call, tool);
                return;
        }
        /* from here on it is the pool's, which is emptied before the bus is freed */
        g_hash_table_remove(call->bus->calls, call);
        if (try_at_once(call)) {
                on_done(call);
                return;
        }
        worker_pool_push(call->bus->options.pool, work, on_done, call);
}

static void on_authorised(const GError *error, void *data)
{
        if (error)
                fail(data, error);
        else
                carry_out(data);
}

/* The action of the call; Tools.Call needs what its tool needs. */
static const char *action_of(const Call *call)
{
        const char *action = call->method->action;

        if (call->method->choose)
                return call->method->choose(call->bus, call->args);
        if (!g_str_equal(action, "tool"))
                return action;
        const Tool *tool = tool_of(call);
        if (tool && g_str_equal(tool->name, "resolve_approval"))
                return bus_approval_action(call->bus, call->args);
        if (tool && tool->action)
                return tool->action;
        return tool && tool->needs != TOOL_READ ? "write" : "read";
}

static bool check_owner(const Call *call, GError **error)
{
        if (call->bus->options.instance == INSTANCE_SYSTEM || call->peer->uid == geteuid())
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "This instance serves its own user (uid %u) only, not uid %u", geteuid(),
                    call->peer->uid);
        return false;
}

void bus_call_identified(Call *call, const GError *problem)
{
        g_autoptr(GError) error = NULL;
        const char *action = action_of(call);

        if (problem || !check_owner(call, &error)) {
                fail(call, problem ? problem : error);
                return;
        }
        /* one's own instance may be read without asking: no other uid comes this far */
        if (g_str_equal(action, "read") && call->bus->options.instance == INSTANCE_USER) {
                carry_out(call);
                return;
        }
        PolkitQuery query = {
                .action = action,
                .method = call->method->member,
                .peer = call->peer,
                .interactive =
                        sd_bus_message_get_allow_interactive_authorization(call->message) > 0,
        };
        polkit_check(call->bus->polkit, &query, on_authorised, call);
}

/* Counts the call against its peer's limit. */
static Peer *admit(Bus *bus, const char *sender, GError **error)
{
        if (!sender) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    "A call without a sender is not served");
                return NULL;
        }
        Peer *peer = bus_peer(bus, sender, error);
        if (!peer)
                return NULL;
        if (peer->calls < BUS_CALLS_PER_PEER_MAX) {
                peer->calls++;
                return peer;
        }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "%s has BUS_CALLS_PER_PEER_MAX (%d) calls under way; wait for an answer",
                    sender, BUS_CALLS_PER_PEER_MAX);
        return NULL;
}

const BusMethod *bus_method_find(const BusInterface *interface, const char *member)
{
        for (const BusMethod *method = interface->methods; method->member; method++)
                if (g_str_equal(method->member, member))
                        return method;
        return NULL;
}

int bus_on_method(sd_bus_message *message, void *data, sd_bus_error *ret)
{
        Door *door = data;
        const BusMethod *method =
                bus_method_find(door->interface, sd_bus_message_get_member(message));
        g_autoptr(GError) error = NULL;

        g_autoptr(JsonObject) args = bus_read_args(message, method, &error);
        if (!args)
                return send_error(message, error);
        Peer *peer = admit(door->bus, sd_bus_message_get_sender(message), &error);
        if (!peer)
                return send_error(message, error);
        Call *call = g_new0(Call, 1);
        *call = (Call){
                .bus = door->bus,
                .message = sd_bus_message_ref(message),
                .method = method,
                .peer = peer,
                .args = g_steal_pointer(&args),
        };
        service_hold(door->bus->options.service);
        door->bus->running++;
        g_hash_table_add(door->bus->calls, call);
        if (peer->known)
                bus_call_identified(call, NULL);
        else
                g_ptr_array_add(peer->waiting, call);
        return 1;
}
