/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.ouroboros.Ouroboros1.Manager: the daemon and the care of its stores. */
#include <unistd.h>

#include "bus/bus-private.h"
#include "config.h"

static JsonObject *status(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_status(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *verify(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_verify(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *backup(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_backup(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *restore(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_restore(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *rebuild(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_rebuild(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *rekey(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_rekey(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *import_key(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_import_key(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *export_key(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_export_key(((Bus *)room)->options.care, access, args, error);
}

static JsonObject *unlock(void *room, const Access *access, JsonObject *args, GError **error)
{
        return care_unlock(((Bus *)room)->options.care, access, args, error);
}

/* Restart, Reload and Panic do nothing on the worker: they act on the loop once they are answered. */
static JsonObject *nothing(void *room, const Access *access, JsonObject *args, GError **error)
{
        return json_object_new();
}

static void restart(Bus *bus)
{
        bus->options.exit(BUS_EXIT_RESTART, bus->options.data);
}

static void reload(Bus *bus)
{
        bus->options.reload(bus->options.data);
}

/* Does not wait for anything: what was acknowledged is on disk, and the rest is to be stopped. */
static void panic(Bus *bus)
{
        (void)sd_bus_flush(bus->bus);
        _exit(BUS_EXIT_PANIC);
}

static int get_property(sd_bus *connection, const char *path, const char *interface,
                        const char *property, sd_bus_message *reply, void *data,
                        sd_bus_error *error)
{
        Bus *bus = ((Door *)data)->bus;
        const char *value = "";

        if (g_str_equal(property, "Version"))
                value = OUROBOROS_VERSION;
        else if (g_str_equal(property, "Instance"))
                value = bus->options.instance == INSTANCE_USER ? "user" : "system";
        else if (g_str_equal(property, "VaultState"))
                value = vault_state_to_string(bus->vault_state);
        else if (g_str_equal(property, "VaultReason"))
                value = bus->vault_reason;
        else if (g_str_equal(property, "KeySource"))
                value = bus->key_source;
        return sd_bus_message_append_basic(reply, 's', value ? value : "");
}

static const BusMethod methods[] = {
        {
                .member = "Status",
                .action = "read",
                .verb = status,
                .answers = {{ANSWER_DICT, NULL}},
        },
        {.member = "Restart", .action = "write", .verb = nothing, .after = restart},
        {.member = "Reload", .action = "write", .verb = nothing, .after = reload},
        {.member = "Panic", .action = "agent.panic", .verb = nothing, .after = panic},
        {
                .member = "Verify",
                .action = "read",
                .verb = verify,
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Backup",
                .action = "write",
                .verb = backup,
                .args = {{ARG_TEXT, "folder"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "BackupTo",
                .action = "write",
                .verb = backup,
                .args = {{ARG_FOLDER, "folder"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Restore",
                .action = "data.restore",
                .verb = restore,
                .args = {{ARG_TEXT, "folder"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {
                .member = "Rebuild",
                .action = "write",
                .verb = rebuild,
                .args = {{ARG_TEXT, "what"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {.member = "Rekey", .action = "settings.change", .verb = rekey},
        {
                .member = "ImportKey",
                .action = "settings.change",
                .verb = import_key,
                .args = {{ARG_FILE, "file"}},
                .answers = {{ANSWER_TEXT, "key_id"}},
        },
        {
                .member = "ExportKey",
                .action = "data.restore",
                .verb = export_key,
                .args = {{ARG_FILE, "file"}},
                .answers = {{ANSWER_TEXT, "key_id"}},
        },
        {.member = "Unlock", .action = "write", .verb = unlock},
        {NULL},
};

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Version", "s", get_property, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Instance", "s", get_property, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("VaultState", "s", get_property, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("VaultReason", "s", get_property, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("KeySource", "s", get_property, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_METHOD_WITH_ARGS("Status", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", status),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Restart", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Reload", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Panic", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Verify", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", report),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Backup", SD_BUS_ARGS("s", folder), SD_BUS_RESULT("a{sv}", report),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("BackupTo", SD_BUS_ARGS("h", folder),
                                SD_BUS_RESULT("a{sv}", report), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Restore", SD_BUS_ARGS("s", folder), SD_BUS_RESULT("a{sv}", report),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Rebuild", SD_BUS_ARGS("s", what), SD_BUS_RESULT("a{sv}", report),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Rekey", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ImportKey", SD_BUS_ARGS("h", file), SD_BUS_RESULT("s", key_id),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ExportKey", SD_BUS_ARGS("h", file), SD_BUS_RESULT("s", key_id),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Unlock", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("Progress", SD_BUS_ARGS("s", operation, "d", fraction), 0),
        SD_BUS_VTABLE_END,
};

const BusInterface bus_manager = {BUS_NAME ".Manager", vtable, methods};

void bus_progress(Bus *bus, const char *operation, double fraction)
{
        int r = sd_bus_emit_signal(bus->bus, BUS_PATH, bus_manager.name, "Progress", "sd",
                                   operation, fraction);

        if (r < 0)
                log_debug("Cannot send Progress: %s, ignoring", g_strerror(-r));
}

static void refresh(Bus *bus)
{
        g_free(bus->vault_reason);
        g_free(bus->key_source);
        bus->vault_state = care_state(bus->options.care, &bus->vault_reason);
        bus->key_source = g_strdup(key_source_to_string(care_key_source(bus->options.care)));
}

void bus_vault_changed(Bus *bus)
{
        refresh(bus);
        if (bus->vault_state == VAULT_OPEN)
                bus_read_approvals(bus);
        int r = sd_bus_emit_properties_changed(bus->bus, BUS_PATH, bus_manager.name, "VaultState",
                                               "VaultReason", "KeySource", NULL);
        if (r < 0)
                log_debug("Cannot send PropertiesChanged: %s, ignoring", g_strerror(-r));
}
