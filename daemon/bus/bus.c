/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection to the bus, the registered interfaces and the name. */
#include <errno.h>

#include "bus/bus-private.h"

const BusInterface *const bus_interfaces[] = {
        &bus_manager,   &bus_documents, &bus_code,     &bus_graph, &bus_journal, &bus_gate,
        &bus_approvals, &bus_approval,  &bus_settings, &bus_tools, NULL,
};

static int on_disconnected(sd_bus_message *message, void *data, sd_bus_error *ret)
{
        Bus *bus = data;

        log_debug("The bus has gone");
        bus->options.exit(/* status= */ 0, bus->options.data);
        return 0;
}

static int connect_bus(Bus *bus)
{
        int r = bus->options.instance == INSTANCE_SYSTEM ? sd_bus_open_system(&bus->bus)
                                                         : sd_bus_open_user(&bus->bus);

        if (r < 0)
                return r;
        return sd_bus_match_signal_async(bus->bus, NULL, "org.freedesktop.DBus.Local", NULL,
                                         "org.freedesktop.DBus.Local", "Disconnected",
                                         on_disconnected, NULL, bus);
}

static bool name_is_taken(GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "Another process has the name %s on this bus", BUS_NAME);
        return false;
}

/* Looked at before anything is opened, so that a second daemon ends at once; taken later. */
static bool check_name_is_free(Bus *bus, GError **error)
{
        int r = sd_bus_get_name_creds(bus->bus, BUS_NAME, /* mask= */ 0, NULL);

        if (r == -ENXIO)
                return true;
        if (r >= 0)
                return name_is_taken(error);
        error_set_errno(error, -r, "Cannot ask the bus for the name %s", BUS_NAME);
        return false;
}

const sd_bus_vtable *bus_door_vtable(Door *door)
{
        if (door->interface->vtable)
                return door->interface->vtable;
        if (!door->made)
                door->made = door->interface->make_vtable();
        return door->made;
}

static int add_interfaces(Bus *bus)
{
        bus->doors = g_new0(Door, G_N_ELEMENTS(bus_interfaces));
        for (size_t i = 0; bus_interfaces[i]; i++) {
                bus->doors[i] = (Door){.bus = bus, .interface = bus_interfaces[i]};
                if (bus_interfaces[i]->below)
                        continue;
                int r = sd_bus_add_object_vtable(bus->bus, NULL, BUS_PATH, bus_interfaces[i]->name,
                                                 bus_door_vtable(&bus->doors[i]), &bus->doors[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

Bus *bus_new(const BusOptions *options, GError **error)
{
        g_autoptr(Bus) bus = g_new0(Bus, 1);
        sd_event *loop = service_loop(options->service);

        bus->options = *options;
        bus->settings = settings_config(options->settings);
        bus->peers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, bus_peer_free);
        bus->arrivals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        bus->calls = g_hash_table_new(NULL, NULL);
        int r = connect_bus(bus);
        if (r < 0) {
                error_set_errno(error, -r, "Cannot connect to the %s bus",
                                options->instance == INSTANCE_SYSTEM ? "system" : "session");
                return NULL;
        }
        if (!check_name_is_free(bus, error))
                return NULL;
        if ((r = bus_watch_clients(bus)) < 0 || (r = add_interfaces(bus)) < 0 ||
            (r = bus_watch_approvals(bus)) < 0 ||
            (r = sd_bus_attach_event(bus->bus, loop, SD_EVENT_PRIORITY_NORMAL)) < 0) {
                error_set_errno(error, -r, "Cannot serve on the bus");
                return NULL;
        }
        bus->polkit = polkit_new(loop, bus->bus, options->instance);
        bus_watch_journal(bus);
        bus_watch_documents(bus);
        bus_watch_code(bus);
        bus_watch_gate(bus);
        return g_steal_pointer(&bus);
}

bool bus_claim(Bus *bus, GError **error)
{
        int r = sd_bus_request_name(bus->bus, BUS_NAME, /* flags= */ 0);

        if (r >= 0)
                return true;
        if (r == -EEXIST)
                return name_is_taken(error);
        error_set_errno(error, -r, "Cannot take the name %s", BUS_NAME);
        return false;
}

void bus_release(Bus *bus)
{
        int r = sd_bus_release_name(bus->bus, BUS_NAME);

        if (r < 0 && r != -ESRCH && r != -ENOTCONN)
                log_debug("Cannot release the name: %s, ignoring", g_strerror(-r));
}

bool bus_is_quiet(Bus *bus)
{
        uint64_t queued = 0;

        (void)sd_bus_get_n_queued_read(bus->bus, &queued); /* a closed bus has none, ignoring */
        return queued == 0 && bus->running == 0;
}

static void drop_calls(Bus *bus)
{
        g_autoptr(GList) calls = g_hash_table_get_keys(bus->calls);

        for (GList *call = calls; call; call = call->next)
                bus_call_free(call->data);
}

Bus *bus_free(Bus *bus)
{
        if (!bus)
                return NULL;
        bus_unwatch_journal(bus);
        bus_unwatch_gate(bus);
        bus_unwatch_approvals(bus);
        polkit_free(bus->polkit);
        drop_calls(bus);
        g_hash_table_unref(bus->calls);
        g_hash_table_unref(bus->peers);
        g_hash_table_unref(bus->arrivals);
        sd_bus_flush_close_unref(bus->bus);
        for (size_t i = 0; bus->doors && bus_interfaces[i]; i++)
                g_free(bus->doors[i].made);
        g_free(bus->doors);
        bus_free_approvals(bus);
        config_unref(bus->settings);
        g_free(bus->vault_reason);
        g_free(bus->key_source);
        g_free(bus);
        return NULL;
}
