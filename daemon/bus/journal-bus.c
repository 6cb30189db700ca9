/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.ouroboros.Ouroboros1.Journal: the Time Machine, and a signal for each entry that is committed. */
#include "bus/bus-private.h"

static JsonObject *verify(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_verify(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *export_journal(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        return care_export_journal(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *import_journal(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        return care_import_journal(((Bus *)room)->options.care, access, args, error);
}

/* Two methods of one tool, because only one of them is guarded. */
static JsonObject *preview_hard_delete(void *room, const Access *access, JsonObject *args,
                                       GError **error)
{
        json_object_set_boolean_member(args, "preview", true);
        return tools_call(((Bus *)room)->options.tools, access, "hard_delete", args, error);
}

static JsonObject *hard_delete(void *room, const Access *access, JsonObject *args, GError **error)
{
        json_object_set_boolean_member(args, "preview", false);
        return tools_call(((Bus *)room)->options.tools, access, "hard_delete", args, error);
}

static const BusMethod methods[] = {
        {
                .member = "List",
                .action = "read",
                .tool = "list_mutations",
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONAL_TEXT, "after"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "mutations"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Show",
                .action = "read",
                .tool = "get_mutation",
                .args = {{ARG_TEXT, "mutation_id"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Diff",
                .action = "read",
                .tool = "get_mutation",
                .args = {{ARG_TEXT, "mutation_id"}},
                .answers = {{ANSWER_ROWS, "diff"}},
        },
        {
                .member = "Revert",
                .action = "write",
                .tool = "revert_mutation",
                .args = {{ARG_TEXT, "mutation_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_TEXT, "new_mutation_id"}},
        },
        {
                .member = "RevertGroup",
                .action = "write",
                .tool = "revert_group",
                .args = {{ARG_OPTIONAL_TEXT, "group_id"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Verify",
                .action = "read",
                .verb = verify,
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "History",
                .action = "read",
                .tool = "row_history",
                .args = {{ARG_TEXT, "table_name"},
                         {ARG_TEXT, "row_id"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "mutations"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "BranchPreview",
                .action = "read",
                .tool = "branch_preview",
                .args = {{ARG_ID, "mut:mutation_id grp:group_id conn:connection :session_id"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, "without"},
                            {ANSWER_ROWS, "entities"},
                            {ANSWER_ROWS, "dropped"},
                            {ANSWER_DICT, "would_change"}},
        },
        {
                .member = "HardDeletePreview",
                .action = "read",
                .verb = preview_hard_delete,
                .args = {{ARG_ROWS, "targets"}},
                .answers = {{ANSWER_TEXT, "token"}, {ANSWER_ROWS, "tables"}, {ANSWER_DICT, NULL}},
        },
        {
                .member = "HardDelete",
                .action = "journal.hard-delete",
                .verb = hard_delete,
                .args = {{ARG_ROWS, "targets"}, {ARG_TEXT, "token"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Export",
                .action = "read",
                .verb = export_journal,
                .args = {{ARG_FILE, "file"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Import",
                .action = "data.restore",
                .verb = import_journal,
                .args = {{ARG_FILE, "file"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Sessions",
                .action = "read",
                .tool = "list_sessions",
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONAL_TEXT, "after"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "sessions"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Audit",
                .action = "read",
                .tool = "session_audit",
                .args = {{ARG_ID, "grp:group_id conn:connection :session_id"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "mutations"}, {ANSWER_DICT, NULL}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Anomalies",
                .action = "read",
                .tool = "anomalies",
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "anomalies"}, {ANSWER_NUMBER, "total"}},
        },
        {NULL},
};

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("List", SD_BUS_ARGS("u", limit, "s", after, "a{sv}", filter),
                                SD_BUS_RESULT("aa{sv}", entries, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Show", SD_BUS_ARGS("s", id), SD_BUS_RESULT("a{sv}", entry),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Diff", SD_BUS_ARGS("s", id), SD_BUS_RESULT("aa{sv}", fields),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Revert", SD_BUS_ARGS("s", id, "a{sv}", options),
                                SD_BUS_RESULT("s", new_id), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RevertGroup", SD_BUS_ARGS("s", group, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", report), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Verify", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", report),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "History",
                SD_BUS_ARGS("s", table, "s", row, "u", limit, "s", after, "a{sv}", options),
                SD_BUS_RESULT("aa{sv}", entries, "s", next), bus_on_method,
                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("BranchPreview", SD_BUS_ARGS("s", of, "a{sv}", options),
                                SD_BUS_RESULT("a{sv}", without, "aa{sv}", entities, "aa{sv}",
                                              dropped, "a{sv}", would_change),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("HardDeletePreview", SD_BUS_ARGS("aa{sv}", targets),
                                SD_BUS_RESULT("s", token, "aa{sv}", tables, "a{sv}", report),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "HardDelete", SD_BUS_ARGS("aa{sv}", targets, "s", token, "a{sv}", options),
                SD_BUS_RESULT("a{sv}", report), bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Export", SD_BUS_ARGS("h", file, "a{sv}", filter),
                                SD_BUS_RESULT("a{sv}", report), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Import", SD_BUS_ARGS("h", file), SD_BUS_RESULT("a{sv}", report),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Sessions", SD_BUS_ARGS("u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", sessions, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Audit",
                                SD_BUS_ARGS("s", of, "u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", entries, "a{sv}", summary, "s", next),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Anomalies", SD_BUS_ARGS("u", limit, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", anomalies, "t", total), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS(
                "Appended",
                SD_BUS_ARGS("s", id, "s", group, "s", table, "s", op, "s", actor, "x", seq), 0),
        SD_BUS_VTABLE_END,
};

const BusInterface bus_journal = {BUS_NAME ".Journal", vtable, methods};

static const char *op_to_string(ChangeOp op)
{
        switch (op) {
        case CHANGE_INSERT:
                return "insert";
        case CHANGE_UPDATE:
                return "update";
        case CHANGE_DELETE:
                return "delete";
        }
        g_assert_not_reached();
}

static void send_appended(Bus *bus, const Change *change)
{
        int r = sd_bus_emit_signal(bus->bus, BUS_PATH, bus_journal.name, "Appended", "sssssx",
                                   change->id, change->group, change->table,
                                   op_to_string(change->op), bus_told(bus, change->actor_name),
                                   change->seq);

        if (r < 0)
                log_debug("Cannot send Appended: %s, ignoring", g_strerror(-r));
}

/* A commit of thousands of entries would flood the bus: of such a one the first are sent and the last, and
 * who sees seq jump asks List for the rest. */
static void on_changes(const Change *changes, unsigned count, void *data)
{
        unsigned first = MIN(count, BUS_SIGNALS_PER_COMMIT_MAX - 1);

        for (unsigned i = 0; i < first; i++)
                send_appended(data, &changes[i]);
        if (count > first)
                send_appended(data, &changes[count - 1]);
}

void bus_watch_journal(Bus *bus)
{
        store_add_feed(bus->options.vault, on_changes, bus);
        store_add_feed(bus->options.ops, on_changes, bus);
}

void bus_unwatch_journal(Bus *bus)
{
        store_remove_feed(bus->options.vault, on_changes, bus);
        store_remove_feed(bus->options.ops, on_changes, bus);
}
