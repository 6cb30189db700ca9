/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.ouroboros.Ouroboros1.Tools: every tool by its name, with JSON in and out. */
#include "bus/bus-private.h"

static JsonObject *list(void *room, const Access *access, JsonObject *args, GError **error)
{
        return tools_list(((Bus *)room)->options.tools);
}

static JsonObject *describe(void *room, const Access *access, JsonObject *args, GError **error)
{
        return tools_describe(((Bus *)room)->options.tools, json_member_string(args, "name", ""),
                              error);
}

static JsonObject *call(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *text = json_member_string(args, "json", "");
        g_autoptr(JsonObject) given = NULL;

        if (text[0] != '\0') {
                given = json_parse_object(text, -1, error);
                if (!given)
                        return NULL;
        }
        return tools_call(((Bus *)room)->options.tools, access,
                          json_member_string(args, "name", ""), given, error);
}

static const BusMethod methods[] = {
        {
                .member = "List",
                .action = "read",
                .verb = list,
                .answers = {{ANSWER_ROWS, "tools"}},
        },
        {
                .member = "Describe",
                .action = "read",
                .verb = describe,
                .args = {{ARG_TEXT, "name"}},
                .answers = {{ANSWER_JSON, NULL}},
        },
        {
                .member = "Call",
                .action = "tool",
                .verb = call,
                .args = {{ARG_TEXT, "name"}, {ARG_TEXT, "json"}},
                .answers = {{ANSWER_JSON, NULL}},
        },
        {NULL},
};

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("List", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", tools),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Describe", SD_BUS_ARGS("s", name), SD_BUS_RESULT("s", description),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Call", SD_BUS_ARGS("s", name, "s", json),
                                SD_BUS_RESULT("s", answer), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

const BusInterface bus_tools = {BUS_NAME ".Tools", vtable, methods};
