/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.ouroboros.Ouroboros1.Approvals: what waits for the human, and deciding it. What is pending is also an object each
 * below …/approval, with the interface Approval, under an ObjectManager: it comes and goes with its decision. */
#include <string.h>

#include "bus/bus-private.h"

#define APPROVAL_PATH BUS_PATH "/approval"

/* One that waits, as list_approvals tells it; the userdata of its object. */
typedef struct Pending {
        Bus *bus;
        JsonObject *row;
} Pending;

/* All that wait; loop thread only. */
struct BusApprovals {
        Bus *bus;
        GHashTable *pending; /* id → Pending */
        bool reading, stale; /* a job is under way; it has to be done again */
};

/* ---- methods ---- */

/* Said as two arguments on the bus, as one by the tool. */
static JsonObject *resolve(void *room, const Access *access, JsonObject *args, GError **error)
{
        bool approve = json_member_bool(args, "approve", false);
        const char *text = json_member_string(args, "json", "");
        g_autoptr(JsonObject) payload = text[0] != '\0' ? json_parse_object(text, -1, error) : NULL;

        if (text[0] != '\0' && !payload)
                return NULL;
        json_object_remove_member(args, "approve");
        json_object_remove_member(args, "json");
        json_object_set_string_member(args, "decision", approve ? "approve" : "deny");
        if (payload)
                json_object_set_object_member(args, "payload", g_steal_pointer(&payload));
        return tools_call(((Bus *)room)->options.tools, access, "resolve_approval", args, error);
}

/* Who asked may take it back; others deny it. */
static JsonObject *withdraw(void *room, const Access *access, JsonObject *args, GError **error)
{
        Gate *gate = ((Bus *)room)->options.gate;
        const char *id = json_member_string(args, "approval_id", "");
        g_autoptr(Approval) approval = gate_approval(gate, id, error);

        if (!approval)
                return NULL;
        if (g_strcmp0(approval->asked_by, access_actor(access)->name) != 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "%s was asked by \"%s\", who alone may withdraw it; deny it instead",
                            id, approval->asked_by);
                return NULL;
        }
        return gate_withdraw(gate, id, error) ? json_object_new() : NULL;
}

static const BusMethod methods[] = {
        {
                .member = "List",
                .action = "read",
                .tool = "list_approvals",
                .args = {{ARG_COUNT, "limit"}, {ARG_OPTIONAL_TEXT, "after"}, {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "approvals"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Show",
                .action = "read",
                .tool = "get_approval",
                .args = {{ARG_TEXT, "approval_id"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Resolve",
                .action = "approval.resolve",
                .verb = resolve,
                .choose = bus_approval_action,
                .args = {{ARG_TEXT, "approval_id"},
                         {ARG_FLAG, "approve"},
                         {ARG_TEXT, "json"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Withdraw",
                .action = "read",
                .verb = withdraw,
                .args = {{ARG_TEXT, "approval_id"}},
        },
        {NULL},
};

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("List", SD_BUS_ARGS("u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", approvals, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Show", SD_BUS_ARGS("s", id), SD_BUS_RESULT("a{sv}", approval),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "Resolve", SD_BUS_ARGS("s", id, "b", approve, "s", payload, "a{sv}", options),
                SD_BUS_RESULT("a{sv}", approval), bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Withdraw", SD_BUS_ARGS("s", id), SD_BUS_NO_RESULT, bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

const BusInterface bus_approvals = {BUS_NAME ".Approvals", vtable, methods};

/* ---- which question polkit is asked ---- */

/* The whole call, whichever method it came by. NULL: it cannot be read. */
static JsonObject *call_of(JsonObject *args)
{
        const char *text = json_member_string(args, "json", "");

        if (json_object_has_member(args, "approval_id"))
                return json_object_ref(args);
        return json_parse_object(text, -1, NULL); /* the call itself says what is wrong with it */
}

/* Letting an agent in is the same however it is said, and it is asked about once. What is not known to be something
 * else is taken for that. */
const char *bus_approval_action(Bus *bus, JsonObject *args)
{
        g_autoptr(JsonObject) call = call_of(args);

        if (!call)
                return "connection.mint";
        if (!json_member_bool(call, "approve",
                              g_str_equal(json_member_string(call, "decision", ""), "approve")))
                return "approval.resolve";
        const Pending *pending = g_hash_table_lookup(bus->approvals->pending,
                                                     json_member_string(call, "approval_id", ""));
        if (!pending || g_str_equal(json_member_string(pending->row, "kind", ""), "connection"))
                return "connection.mint";
        return "approval.resolve";
}

/* ---- objects ---- */

static void pending_free(void *data)
{
        Pending *pending = data;

        json_object_unref(pending->row);
        g_free(pending);
}

static char *path_of(const char *id)
{
        char *path = g_strconcat(APPROVAL_PATH "/", id, NULL);

        return g_strdelimit(path, "-", '_');
}

static int find_object(sd_bus *connection, const char *path, const char *interface, void *data,
                       void **ret, sd_bus_error *error)
{
        BusApprovals *approvals = data;
        bool below = g_str_has_prefix(path, APPROVAL_PATH "/");
        g_autofree char *id = g_strdup(below ? path + strlen(APPROVAL_PATH "/") : "");

        *ret = g_hash_table_lookup(approvals->pending, g_strdelimit(id, "_", '-'));
        return *ret != NULL;
}

static int list_objects(sd_bus *connection, const char *prefix, void *data, char ***ret,
                        sd_bus_error *error)
{
        BusApprovals *approvals = data;
        g_autoptr(GStrvBuilder) paths = g_strv_builder_new();
        GHashTableIter iter;
        void *id;

        g_hash_table_iter_init(&iter, approvals->pending);
        while (g_hash_table_iter_next(&iter, &id, NULL)) {
                g_autofree char *path = path_of(id);
                g_strv_builder_add(paths, path);
        }
        *ret = g_strv_builder_end(paths); /* GLib's memory is malloc()'s, which sd-bus frees */
        return 0;
}

/* Properties are not guarded by polkit: on the system bus anybody may read them, so what is asked for, and by whom, is
 * told there by List and Show only. */
static bool may_tell(const Pending *pending, const char *member)
{
        static const char *const everybodys[] = {"approval_id", "kind",    "state",
                                                 "created",     "expires", NULL};

        return pending->bus->options.instance == INSTANCE_USER ||
               g_strv_contains(everybodys, member);
}

static int get_text(sd_bus *connection, const char *path, const char *interface,
                    const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
        static const struct {
                const char *property, *member;
        } members[] = {
                {"Id", "approval_id"},   {"Kind", "kind"},       {"Title", "title"},
                {"AskedBy", "asked_by"}, {"State", "state"},     {"Connection", "connection_id"},
                {"Created", "created"},  {"Expires", "expires"},
        };
        const Pending *pending = data;
        const char *text = "";

        for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
                if (g_str_equal(members[i].property, property) &&
                    may_tell(pending, members[i].member))
                        text = json_member_string(pending->row, members[i].member, "");
        return sd_bus_message_append_basic(reply, 's', text);
}

static int get_payload(sd_bus *connection, const char *path, const char *interface,
                       const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
        const Pending *pending = data;
        JsonObject *payload = json_member_object(pending->row, "payload");
        g_autofree char *text =
                payload && may_tell(pending, "payload") ? json_print_object(payload) : NULL;

        return sd_bus_message_append_basic(reply, 's', text ? text : "");
}

static const BusMethod no_methods[] = {{NULL}};

static const sd_bus_vtable object_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Id", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Kind", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Title", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("AskedBy", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Connection", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Payload", "s", get_payload, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("State", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Created", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Expires", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_VTABLE_END,
};

const BusInterface bus_approval = {BUS_NAME ".Approval", object_vtable, no_methods,
                                   .below = APPROVAL_PATH};

/* ---- coming and going ---- */

static void say_failure(const char *what, int r)
{
        if (r < 0)
                log_debug("Cannot send %s: %s, ignoring", what, g_strerror(-r));
}

static void add(BusApprovals *approvals, JsonObject *row)
{
        const char *id = json_member_string(row, "approval_id", "");
        g_autofree char *path = path_of(id);
        Pending *pending = g_new(Pending, 1);

        *pending = (Pending){approvals->bus, json_object_ref(row)};
        g_hash_table_insert(approvals->pending, g_strdup(id), pending);
        say_failure("InterfacesAdded", sd_bus_emit_object_added(approvals->bus->bus, path));
}

/* Told while it can still be found, then it is gone. */
static void end(BusApprovals *approvals, const char *id, const char *state)
{
        Pending *pending = g_hash_table_lookup(approvals->pending, id);
        g_autofree char *path = path_of(id), *key = g_strdup(id);
        sd_bus *connection = approvals->bus->bus;

        if (!pending)
                return;
        json_object_set_string_member(pending->row, "state", state);
        say_failure(
                "PropertiesChanged",
                sd_bus_emit_properties_changed(connection, path, bus_approval.name, "State", NULL));
        say_failure("InterfacesRemoved", sd_bus_emit_object_removed(connection, path));
        g_hash_table_remove(approvals->pending, key);
}

typedef struct Reading {
        BusApprovals *approvals;
        JsonObject *answer; /* NULL: the store is closed, and things stay as they were */
} Reading;

static void read_pending(void *data)
{
        Reading *reading = data;
        Bus *bus = reading->approvals->bus;
        g_autoptr(Access) access = access_new_human("bus", /* session= */ "bus");
        g_autoptr(JsonObject) args = json_object_new();
        g_autoptr(GError) error = NULL;

        json_object_set_int_member(args, "limit", APPROVALS_PAGE_MAX);
        reading->answer = tools_call(bus->options.tools, access, "list_approvals", args, &error);
        if (!reading->answer)
                log_debug("Cannot read what waits: %s, ignoring", error->message);
}

/* What is not in the list any more was decided while nobody listened. */
static void take_over(BusApprovals *approvals, JsonArray *rows)
{
        g_autoptr(GHashTable) listed = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GList) known = NULL;

        for (guint i = 0; rows && i < json_array_get_length(rows); i++) {
                JsonObject *row = json_array_get_object_element(rows, i);
                const char *id = json_member_string(row, "approval_id", "");
                g_hash_table_add(listed, (char *)id);
                if (!g_hash_table_contains(approvals->pending, id))
                        add(approvals, row);
        }
        known = g_hash_table_get_keys(approvals->pending);
        for (GList *id = known; id; id = id->next)
                if (!g_hash_table_contains(listed, id->data))
                        end(approvals, id->data, approval_state_to_string(APPROVAL_WITHDRAWN));
}

static void on_read(void *data)
{
        Reading *reading = data;
        BusApprovals *approvals = reading->approvals;

        approvals->reading = false;
        if (reading->answer && !approvals->stale)
                take_over(approvals, json_member_array(reading->answer, "approvals"));
        g_clear_pointer(&reading->answer, json_object_unref);
        g_free(reading);
        if (approvals->stale)
                bus_read_approvals(approvals->bus);
}

void bus_read_approvals(Bus *bus)
{
        BusApprovals *approvals = bus->approvals;

        approvals->stale = approvals->reading;
        if (approvals->reading)
                return;
        Reading *reading = g_new0(Reading, 1);
        reading->approvals = approvals;
        approvals->reading = true;
        worker_pool_push(bus->options.pool, read_pending, on_read, reading);
}

static void on_approval(const char *id, ApprovalState state, void *data)
{
        Bus *bus = data;

        if (state != APPROVAL_PENDING)
                end(bus->approvals, id, approval_state_to_string(state));
        bus_read_approvals(bus);
}

int bus_watch_approvals(Bus *bus)
{
        BusApprovals *approvals = g_new0(BusApprovals, 1);
        int r;

        bus->approvals = approvals;
        approvals->bus = bus;
        approvals->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, pending_free);
        gate_add_approval_feed(bus->options.gate, on_approval, bus);
        if ((r = sd_bus_add_object_manager(bus->bus, NULL, BUS_PATH)) < 0 ||
            (r = sd_bus_add_node_enumerator(bus->bus, NULL, APPROVAL_PATH, list_objects,
                                            approvals)) < 0)
                return r;
        return sd_bus_add_fallback_vtable(bus->bus, NULL, APPROVAL_PATH, bus_approval.name,
                                          bus_approval.vtable, find_object, approvals);
}

void bus_unwatch_approvals(Bus *bus)
{
        gate_remove_approval_feed(bus->options.gate, on_approval, bus);
}

void bus_free_approvals(Bus *bus)
{
        if (!bus->approvals)
                return;
        g_hash_table_unref(bus->approvals->pending);
        g_free(bus->approvals);
}
