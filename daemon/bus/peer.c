/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clients. What the bus says of a client (pid and uid, taken when it connected) is asked for once and kept
 * until it leaves; calls that come before the answer wait for it. */
#include <pwd.h>

#include "bus/bus-private.h"

#define DBUS "org.freedesktop.DBus"

void bus_peer_free(void *data)
{
        Peer *peer = data;

        sd_bus_slot_unref(peer->match);
        sd_bus_slot_unref(peer->query);
        g_ptr_array_unref(peer->waiting);
        access_unref(peer->access);
        g_free(peer->name);
        g_free(peer->user);
        g_free(peer);
}

/* Forgets a peer that has left, once its last call is done. */
static void drop_if_gone(Peer *peer)
{
        if (peer->gone && peer->calls == 0)
                g_hash_table_remove(peer->bus->peers, peer->name);
}

static int on_owner_changed(sd_bus_message *message, void *data, sd_bus_error *ret)
{
        Peer *peer = data;

        peer->gone = true;
        drop_if_gone(peer);
        return 0;
}

/* Lets the waiting calls go on; each may drop the last hold on the peer, so it is held meanwhile. */
static void wake(Peer *peer, const GError *error)
{
        g_autoptr(GPtrArray) waiting = g_steal_pointer(&peer->waiting);

        peer->waiting = g_ptr_array_new();
        peer->calls++;
        for (guint i = 0; i < waiting->len; i++)
                bus_call_identified(g_ptr_array_index(waiting, i), error);
        peer->calls--;
        drop_if_gone(peer);
}

static char *user_name(uid_t uid)
{
        struct passwd *entry = uid == geteuid() ? NULL : getpwuid(uid);

        if (uid == geteuid())
                return g_strdup(g_get_user_name());
        return entry ? g_strdup(entry->pw_name) : g_strdup_printf("uid %u", uid);
}

static int read_credential(sd_bus_message *message, Peer *peer, bool *has_uid)
{
        const char *name;
        uint32_t value;
        int r = sd_bus_message_read_basic(message, 's', &name);

        if (r < 0)
                return r;
        bool is_uid = g_str_equal(name, "UnixUserID"), is_pid = g_str_equal(name, "ProcessID");
        if (!is_uid && !is_pid)
                return sd_bus_message_skip(message, "v");
        r = sd_bus_message_read(message, "v", "u", &value);
        if (r < 0)
                return r;
        if (is_pid)
                peer->pid = (pid_t)value;
        else
                peer->uid = value;
        *has_uid |= is_uid;
        return 0;
}

static bool read_credentials(sd_bus_message *message, Peer *peer, GError **error)
{
        bool has_uid = false;
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                r = read_credential(message, peer, &has_uid);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        if (r >= 0 && has_uid)
                return true;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "The bus does not say who is calling");
        return false;
}

static int on_credentials(sd_bus_message *message, void *data, sd_bus_error *ret)
{
        const sd_bus_error *refusal = sd_bus_message_get_error(message);
        g_autoptr(GError) error = NULL;
        Peer *peer = data;

        peer->query = sd_bus_slot_unref(peer->query);
        if (refusal) {
                /* it has left in the meantime */
                peer->gone = true;
                g_set_error(&error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                            "The caller is not known to the bus: %s", refusal->message);
        } else if (read_credentials(message, peer, &error)) {
                g_autofree char *session = g_strconcat("dbus-", peer->name, NULL);
                peer->known = true;
                peer->user = user_name(peer->uid);
                peer->access = access_new_human(peer->user, session);
        }
        wake(peer, error);
        return 0;
}

/* Matches first, then asks: whoever leaves after the answer is noticed. */
static bool begin(Peer *peer)
{
        g_autofree char *match = g_strdup_printf("type='signal',sender='" DBUS
                                                 "',path='/org/freedesktop/DBus',interface='" DBUS
                                                 "',member='NameOwnerChanged',arg0='%s'",
                                                 peer->name);
        int r = sd_bus_add_match_async(peer->bus->bus, &peer->match, match, on_owner_changed, NULL,
                                       peer);

        if (r >= 0)
                r = sd_bus_call_method_async(
                        peer->bus->bus, &peer->query, DBUS, "/org/freedesktop/DBus", DBUS,
                        "GetConnectionCredentials", on_credentials, peer, "s", peer->name);
        if (r < 0)
                log_debug("Cannot ask the bus about %s: %s", peer->name, g_strerror(-r));
        return r >= 0;
}

static gboolean is_idle(void *name, void *value, void *data)
{
        return ((Peer *)value)->calls == 0;
}

Peer *bus_peer(Bus *bus, const char *sender)
{
        Peer *peer = g_hash_table_lookup(bus->peers, sender);

        if (peer)
                return peer;
        if (g_hash_table_size(bus->peers) >= BUS_PEERS_MAX)
                g_hash_table_foreach_remove(bus->peers, is_idle, NULL);
        peer = g_new0(Peer, 1);
        peer->bus = bus;
        peer->name = g_strdup(sender);
        peer->waiting = g_ptr_array_new();
        if (!begin(peer)) {
                bus_peer_free(peer);
                return NULL;
        }
        g_hash_table_insert(bus->peers, peer->name, peer);
        return peer;
}
