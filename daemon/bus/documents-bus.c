/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.ouroboros.Ouroboros1.Documents: roots, their documents, search. */
#include "bus/bus-private.h"

/* The descriptor travels as a number in the answer and is closed once the reply holds a copy of it. */
static JsonObject *open_document(void *room, const Access *access, JsonObject *args, GError **error)
{
        int fd = documents_open(((Bus *)room)->options.documents, access,
                                json_member_string(args, "document_id", ""), error);

        if (fd < 0)
                return NULL;
        JsonObject *answer = json_object_new();
        json_object_set_int_member(answer, "file", fd);
        return answer;
}

static const BusMethod methods[] = {
        {
                .member = "AddRoot",
                .action = "write",
                .tool = "register_root",
                .args = {{ARG_TEXT, "path"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_TEXT, "root_id"}},
        },
        {
                .member = "RemoveRoot",
                .action = "write",
                .tool = "remove_root",
                .args = {{ARG_TEXT, "root_id"}},
        },
        {
                .member = "Roots",
                .action = "read",
                .tool = "list_roots",
                .answers = {{ANSWER_ROWS, "roots"}},
        },
        {
                .member = "Counts",
                .action = "read",
                .tool = "ingest_status",
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Rescan",
                .action = "write",
                .tool = "rescan_root",
                .args = {{ARG_OPTIONAL_TEXT, "root_id"}},
        },
        {
                .member = "Search",
                .action = "read",
                .tool = "search_documents",
                .args = {{ARG_TEXT, "query"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "results"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "List",
                .action = "read",
                .tool = "list_documents",
                .args = {{ARG_OPTIONAL_TEXT, "root_id"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "documents"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Text",
                .action = "read",
                .tool = "get_document_text",
                .args = {{ARG_TEXT, "document_id"},
                         {ARG_OFFSET, "char_start"},
                         {ARG_OFFSET, "char_end"}},
                .answers = {{ANSWER_TEXT, "text"},
                            {ANSWER_NUMBER, "total_chars"},
                            {ANSWER_NUMBER, "next_start"}},
        },
        {
                .member = "Open",
                .action = "read",
                .verb = open_document,
                .args = {{ARG_TEXT, "document_id"}},
                .answers = {{ANSWER_FILE, "file"}},
        },
        {
                .member = "Discovered",
                .action = "read",
                .tool = "list_discovered",
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONAL_TEXT, "after"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "discovered"},
                            {ANSWER_NUMBER, "total"},
                            {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Promote",
                .action = "write",
                .tool = "promote_discovered",
                .args = {{ARG_TEXT, "discovered_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Merge",
                .action = "write",
                .tool = "merge_discovered",
                .args = {{ARG_TEXT, "discovered_id"}, {ARG_ENTITY, "entity"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Dismiss",
                .action = "write",
                .tool = "dismiss_discovered",
                .args = {{ARG_TEXT, "discovered_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Undismiss",
                .action = "write",
                .tool = "restore_discovered",
                .args = {{ARG_TEXT, "discovered_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Mine",
                .action = "write",
                .tool = "enqueue_mining",
                .args = {{ARG_OPTIONAL_TEXT, "document_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_NUMBER, "enqueued"},
                            {ANSWER_NUMBER, "already"},
                            {ANSWER_NUMBER, "skipped"}},
        },
        {
                .member = "Mining",
                .action = "read",
                .tool = "list_mining",
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONAL_TEXT, "after"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "jobs"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "CancelMining",
                .action = "write",
                .tool = "cancel_mining",
                .args = {{ARG_TEXT, "document_id"}, {ARG_OPTIONS}},
        },
        {
                .member = "Autolinks",
                .action = "read",
                .tool = "list_autolinks",
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONAL_TEXT, "after"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "links"},
                            {ANSWER_NUMBER, "total"},
                            {ANSWER_TEXT, "next"}},
        },
        {
                .member = "DecideAutolink",
                .action = "write",
                .tool = "decide_autolink",
                .args = {{ARG_TEXT, "link_id"}, {ARG_TEXT, "decision"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_TEXT, "state"},
                            {ANSWER_TEXT, "fact_id"},
                            {ANSWER_TEXT, "group_id"}},
        },
        {NULL},
};

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("AddRoot", SD_BUS_ARGS("s", path, "a{sv}", options),
                                SD_BUS_RESULT("s", root_id), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RemoveRoot", SD_BUS_ARGS("s", root_id), SD_BUS_NO_RESULT,
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Roots", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", roots),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Counts", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", counts),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Rescan", SD_BUS_ARGS("s", root_id), SD_BUS_NO_RESULT,
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Search",
                                SD_BUS_ARGS("s", query, "u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", results, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("List",
                                SD_BUS_ARGS("s", root_id, "u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", documents, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Text",
                                SD_BUS_ARGS("s", document_id, "t", char_start, "t", char_end),
                                SD_BUS_RESULT("s", text, "t", total_chars, "t", next_start),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Open", SD_BUS_ARGS("s", document_id), SD_BUS_RESULT("h", file),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Discovered", SD_BUS_ARGS("u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", discovered, "t", total, "s", next),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Promote", SD_BUS_ARGS("s", discovered_id, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", report), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "Merge", SD_BUS_ARGS("s", discovered_id, "s", entity, "a{sv}", options),
                SD_BUS_RESULT("a{sv}", report), bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Dismiss", SD_BUS_ARGS("s", discovered_id, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", report), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Undismiss", SD_BUS_ARGS("s", discovered_id, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", report), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Mine", SD_BUS_ARGS("s", document_id, "a{sv}", options),
                                SD_BUS_RESULT("t", enqueued, "t", already, "t", skipped),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Mining", SD_BUS_ARGS("u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", jobs, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("CancelMining", SD_BUS_ARGS("s", document_id, "a{sv}", options),
                                SD_BUS_NO_RESULT, bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Autolinks", SD_BUS_ARGS("u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", links, "t", total, "s", next),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("DecideAutolink",
                                SD_BUS_ARGS("s", link_id, "s", decision, "a{sv}", options),
                                SD_BUS_RESULT("s", state, "s", fact_id, "s", group_id),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("Progress", SD_BUS_ARGS("a{sv}", counts), 0),
        SD_BUS_VTABLE_END,
};

const BusInterface bus_documents = {BUS_NAME ".Documents", vtable, methods};

static int send_progress(Bus *bus, const DocumentCounts *counts)
{
        sd_bus_message *signal = NULL;
        int r = sd_bus_message_new_signal(bus->bus, &signal, BUS_PATH, bus_documents.name,
                                          "Progress");

        if (r >= 0)
                r = sd_bus_message_append(signal, "a{sv}", 7, "documents", "x", counts->documents,
                                          "scanned", "x", counts->scanned, "searchable", "x",
                                          counts->searchable, "indexed", "x", counts->indexed,
                                          "errors", "x", counts->errors, "unsupported", "x",
                                          counts->unsupported, "pending", "x", counts->pending);
        if (r >= 0)
                r = sd_bus_send(bus->bus, signal, NULL);
        sd_bus_message_unref(signal);
        return r;
}

static void on_progress(const DocumentCounts *counts, void *data)
{
        int r = send_progress(data, counts);

        if (r < 0)
                log_debug("Cannot send Progress: %s, ignoring", g_strerror(-r));
}

void bus_watch_documents(Bus *bus)
{
        documents_set_progress(bus->options.documents, on_progress, bus);
}
