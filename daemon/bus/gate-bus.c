/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.ouroboros.Ouroboros1.Gate: the connections of agents, as the human makes, changes and ends them. */
#include "bus/bus-private.h"

/* The descriptor is good while the call lasts. */
static JsonObject *collect(void *room, const Access *access, JsonObject *args, GError **error)
{
        return gate_collect_bearer(((Bus *)room)->options.gate, access, args, error);
}

static JsonObject *rotate_into(void *room, const Access *access, JsonObject *args, GError **error)
{
        return gate_rotate_into(((Bus *)room)->options.gate, access, args, error);
}

static const BusMethod methods[] = {
        {
                .member = "RequestConnection",
                .action = "read",
                .tool = "request_connection",
                .args = {{ARG_TEXT, "name"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_TEXT, "approval_id"}},
        },
        {
                .member = "Request",
                .action = "read",
                .tool = "request_status",
                .args = {{ARG_TEXT, "approval_id"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "CollectBearer",
                .action = "read",
                .verb = collect,
                .args = {{ARG_TEXT, "approval_id"}, {ARG_FILE, "file"}},
                .answers = {{ANSWER_TEXT, "connection_id"}},
        },
        {
                .member = "Mint",
                .action = "connection.mint",
                .tool = "mint_connection",
                .args = {{ARG_TEXT, "name"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_TEXT, "connection_id"}, {ANSWER_DICT, NULL}},
        },
        {
                .member = "Rename",
                .action = "connection.scope",
                .tool = "rename_connection",
                .args = {{ARG_TEXT, "connection_id"}, {ARG_TEXT, "name"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "SetScope",
                .action = "connection.scope",
                .tool = "set_connection_scope",
                .args = {{ARG_TEXT, "connection_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "SetTerms",
                .action = "connection.scope",
                .tool = "set_connection_terms",
                .args = {{ARG_TEXT, "connection_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Revoke",
                .action = "write",
                .tool = "revoke_connection",
                .args = {{ARG_TEXT, "connection_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "RotateBearer",
                .action = "connection.mint",
                .tool = "rotate_bearer",
                .args = {{ARG_TEXT, "connection_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "RotateInto",
                .action = "connection.mint",
                .verb = rotate_into,
                .args = {{ARG_TEXT, "connection_id"}, {ARG_FILE, "file"}},
        },
        {
                .member = "Connections",
                .action = "read",
                .tool = "list_connections",
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONAL_TEXT, "after"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "connections"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Connection",
                .action = "read",
                .tool = "get_connection",
                .args = {{ARG_TEXT, "connection_id"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Config",
                .action = "read",
                .tool = "connection_config",
                .args = {{ARG_TEXT, "connection_id"}, {ARG_OPTIONAL_TEXT, "client"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_TEXT, "text"}},
        },
        {
                .member = "ReadLog",
                .action = "read",
                .tool = "read_log",
                .args = {{ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "reads"}, {ANSWER_TEXT, "next"}},
        },
        {NULL},
};

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("RequestConnection", SD_BUS_ARGS("s", name, "a{sv}", terms),
                                SD_BUS_RESULT("s", approval), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Request", SD_BUS_ARGS("s", approval),
                                SD_BUS_RESULT("a{sv}", status), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("CollectBearer", SD_BUS_ARGS("s", approval, "h", file),
                                SD_BUS_RESULT("s", connection), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Mint", SD_BUS_ARGS("s", name, "a{sv}", terms),
                                SD_BUS_RESULT("s", connection, "a{sv}", made), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Rename", SD_BUS_ARGS("s", connection, "s", name, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", now), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetScope", SD_BUS_ARGS("s", connection, "a{sv}", scope),
                                SD_BUS_RESULT("a{sv}", now), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetTerms", SD_BUS_ARGS("s", connection, "a{sv}", terms),
                                SD_BUS_RESULT("a{sv}", now), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Revoke", SD_BUS_ARGS("s", connection, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", now), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RotateBearer", SD_BUS_ARGS("s", connection, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", now), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RotateInto", SD_BUS_ARGS("s", connection, "h", file),
                                SD_BUS_NO_RESULT, bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Connections",
                                SD_BUS_ARGS("u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", connections, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Connection", SD_BUS_ARGS("s", connection),
                                SD_BUS_RESULT("a{sv}", now), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "Config", SD_BUS_ARGS("s", connection, "s", client, "a{sv}", options),
                SD_BUS_RESULT("s", text), bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ReadLog", SD_BUS_ARGS("a{sv}", filter),
                                SD_BUS_RESULT("aa{sv}", reads, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("Changed", SD_BUS_ARGS("s", connection), 0),
        SD_BUS_VTABLE_END,
};

const BusInterface bus_gate = {BUS_NAME ".Gate", vtable, methods};

static void on_changed(const char *connection, void *data)
{
        Bus *bus = data;
        int r = sd_bus_emit_signal(bus->bus, BUS_PATH, bus_gate.name, "Changed", "s",
                                   bus_told(bus, connection));

        if (r < 0)
                log_debug("Cannot send Changed: %s, ignoring", g_strerror(-r));
}

void bus_watch_gate(Bus *bus)
{
        gate_add_feed(bus->options.gate, on_changed, bus);
}

void bus_unwatch_gate(Bus *bus)
{
        gate_remove_feed(bus->options.gate, on_changed, bus);
}
