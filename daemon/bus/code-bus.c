/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.ouroboros.Ouroboros1.Code: repositories, and questions to the code graph. Each question is a kind of query_codebase. */
#include "bus/bus-private.h"

static JsonObject *ask(void *room, const Access *access, JsonObject *args, const char *kind,
                       GError **error)
{
        json_object_set_string_member(args, "kind", kind);
        return tools_call(((Bus *)room)->options.tools, access, "query_codebase", args, error);
}

static JsonObject *overview(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask(room, access, args, "overview", error);
}

static JsonObject *modules(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask(room, access, args, "modules", error);
}

static JsonObject *symbols(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask(room, access, args, "symbols", error);
}

static JsonObject *callers(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask(room, access, args, "callers", error);
}

static JsonObject *callees(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask(room, access, args, "callees", error);
}

static JsonObject *references(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask(room, access, args, "references", error);
}

static JsonObject *imports(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask(room, access, args, "imports", error);
}

static JsonObject *mentions(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask(room, access, args, "mentions", error);
}

static JsonObject *diff(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask(room, access, args, "diff", error);
}

static const BusMethod methods[] = {
        {
                .member = "AddRepository",
                .action = "write",
                .tool = "add_repository",
                .args = {{ARG_TEXT, "path"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_TEXT, "repository_id"}},
        },
        {
                .member = "RemoveRepository",
                .action = "write",
                .tool = "remove_repository",
                .args = {{ARG_TEXT, "repository"}},
        },
        {
                .member = "Repositories",
                .action = "read",
                .tool = "list_repositories",
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONAL_TEXT, "after"}},
                .answers = {{ANSWER_ROWS, "repositories"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Sync",
                .action = "write",
                .tool = "sync_repository",
                .args = {{ARG_OPTIONAL_TEXT, "repository"}},
        },
        {
                .member = "Overview",
                .action = "read",
                .verb = overview,
                .args = {{ARG_OPTIONAL_TEXT, "repository"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Modules",
                .action = "read",
                .verb = modules,
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONAL_TEXT, "after"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "rows"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Symbols",
                .action = "read",
                .verb = symbols,
                .args = {{ARG_OPTIONAL_TEXT, "name"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "rows"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Callers",
                .action = "read",
                .verb = callers,
                .args = {{ARG_TEXT, "symbol_id"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "rows"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Callees",
                .action = "read",
                .verb = callees,
                .args = {{ARG_TEXT, "symbol_id"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "rows"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "References",
                .action = "read",
                .verb = references,
                .args = {{ARG_TEXT, "symbol_id"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "rows"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Mentions",
                .action = "read",
                .verb = mentions,
                .args = {{ARG_OPTIONAL_TEXT, "symbol_id"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "rows"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Imports",
                .action = "read",
                .verb = imports,
                .args = {{ARG_TEXT, "module"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "rows"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Diff",
                .action = "read",
                .verb = diff,
                .args = {{ARG_OPTIONAL_TEXT, "from"},
                         {ARG_OPTIONAL_TEXT, "to"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "rows"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Source",
                .action = "read",
                .tool = "get_symbol_source",
                .args = {{ARG_TEXT, "symbol_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {NULL},
};

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("AddRepository", SD_BUS_ARGS("s", path, "a{sv}", options),
                                SD_BUS_RESULT("s", repository_id), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RemoveRepository", SD_BUS_ARGS("s", repository), SD_BUS_NO_RESULT,
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Repositories", SD_BUS_ARGS("u", limit, "s", after),
                                SD_BUS_RESULT("aa{sv}", repositories, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Sync", SD_BUS_ARGS("s", repository), SD_BUS_NO_RESULT,
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Overview", SD_BUS_ARGS("s", repository, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", overview), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Modules", SD_BUS_ARGS("u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", rows, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Symbols",
                                SD_BUS_ARGS("s", name, "u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", rows, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "Callers", SD_BUS_ARGS("s", symbol_id, "u", limit, "s", after, "a{sv}", options),
                SD_BUS_RESULT("aa{sv}", rows, "s", next), bus_on_method,
                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "Callees", SD_BUS_ARGS("s", symbol_id, "u", limit, "s", after, "a{sv}", options),
                SD_BUS_RESULT("aa{sv}", rows, "s", next), bus_on_method,
                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "References", SD_BUS_ARGS("s", symbol_id, "u", limit, "s", after, "a{sv}", options),
                SD_BUS_RESULT("aa{sv}", rows, "s", next), bus_on_method,
                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "Mentions", SD_BUS_ARGS("s", symbol_id, "u", limit, "s", after, "a{sv}", options),
                SD_BUS_RESULT("aa{sv}", rows, "s", next), bus_on_method,
                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Imports",
                                SD_BUS_ARGS("s", module, "u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", rows, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "Diff", SD_BUS_ARGS("s", from, "s", to, "u", limit, "s", after, "a{sv}", options),
                SD_BUS_RESULT("aa{sv}", rows, "s", next), bus_on_method,
                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Source", SD_BUS_ARGS("s", symbol_id, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", source), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS(
                "Progress", SD_BUS_ARGS("s", repository_id, "s", phase, "u", read, "u", files), 0),
        SD_BUS_VTABLE_END,
};

const BusInterface bus_code = {BUS_NAME ".Code", vtable, methods};

static void on_progress(const CodeProgress *progress, void *data)
{
        Bus *bus = data;
        int r = sd_bus_emit_signal(bus->bus, BUS_PATH, bus_code.name, "Progress", "ssuu",
                                   bus_told(bus, progress->repository_id), progress->phase,
                                   progress->read, progress->files);

        if (r < 0)
                log_debug("Cannot send Progress: %s, ignoring", g_strerror(-r));
}

/* The room goes before the bus does. */
void bus_watch_code(Bus *bus)
{
        if (bus->options.code)
                code_set_progress(bus->options.code, on_progress, bus);
}
