/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clients. What the bus says of a client (pid and uid, taken when it connected) is asked for once and kept
 * until it leaves; calls that come before the answer wait for it. Names of other users are looked up on a
 * worker, because that may ask a server. */
#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include "bus/bus-private.h"

#define DBUS "org.freedesktop.DBus"

void bus_peer_free(void *data)
{
        Peer *peer = data;

        sd_bus_slot_unref(peer->query);
        g_ptr_array_unref(peer->waiting);
        access_unref(peer->access);
        if (peer->process.pidfd >= 0)
                close(peer->process.pidfd);
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

/* ---- who comes and leaves ---- */

static void on_left(Bus *bus, const char *name)
{
        Peer *peer = g_hash_table_lookup(bus->peers, name);

        g_hash_table_remove(bus->arrivals, name);
        if (!peer)
                return;
        peer->gone = true;
        peer->calls++; /* held meanwhile */
        bus_calls_drop(peer);
        peer->calls--;
        drop_if_gone(peer);
}

static int on_name(sd_bus_message *message, void *data, sd_bus_error *ret)
{
        const char *name, *before, *after;
        Bus *bus = data;

        if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0 || name[0] != ':')
                return 0;
        if (after[0] == '\0') {
                on_left(bus, name);
        } else {
                uint64_t now = process_clock();
                g_hash_table_insert(bus->arrivals, g_strdup(name), g_memdup2(&now, sizeof now));
        }
        return 0;
}

int bus_watch_clients(Bus *bus)
{
        /* one match for all: a bus limits their number */
        int r = sd_bus_match_signal(bus->bus, NULL, DBUS, "/org/freedesktop/DBus", DBUS,
                                    "NameOwnerChanged", on_name, bus);

        bus->since = process_clock();
        return r;
}

/* When the peer connected at the latest. */
static uint64_t connected_by(const Peer *peer)
{
        const uint64_t *when = g_hash_table_lookup(peer->bus->arrivals, peer->name);

        return when ? *when : peer->bus->since;
}

/* ---- who it is ---- */

/* The peer is held by the call that waits for it, and may be gone all the same once the bus is. */
typedef struct Lookup {
        Bus *bus;
        char *peer, *user;
        uid_t uid;
} Lookup;

static void look_up(void *data)
{
        struct passwd entry, *found = NULL;
        Lookup *lookup = data;
        char buffer[16384];

        if (getpwuid_r(lookup->uid, &entry, buffer, sizeof buffer, &found) == 0 && found)
                lookup->user = g_strdup(entry.pw_name);
        else
                lookup->user = g_strdup_printf("uid %u", lookup->uid);
}

static void admit(Peer *peer, const char *user)
{
        g_autofree char *session = g_strconcat("dbus-", peer->name, NULL);

        peer->known = true;
        peer->user = g_strdup(user);
        peer->access = access_new_human(user, session);
        wake(peer, NULL);
}

static void on_looked_up(void *data)
{
        Lookup *lookup = data;
        Peer *peer = g_hash_table_lookup(lookup->bus->peers, lookup->peer);

        if (peer && !peer->known)
                admit(peer, lookup->user);
        g_free(lookup->peer);
        g_free(lookup->user);
        g_free(lookup);
}

static void name_user(Peer *peer)
{
        if (peer->uid == geteuid()) {
                admit(peer, g_get_user_name());
                return;
        }
        Lookup *lookup = g_new0(Lookup, 1);
        *lookup = (Lookup){.bus = peer->bus, .peer = g_strdup(peer->name), .uid = peer->uid};
        worker_pool_push(peer->bus->options.pool, look_up, on_looked_up, lookup);
}

/* The descriptor belongs to the message. */
static int read_pidfd(sd_bus_message *message, Peer *peer)
{
        int pidfd, r = sd_bus_message_read(message, "v", "h", &pidfd);

        if (r >= 0 && peer->process.pidfd < 0)
                peer->process.pidfd = fcntl(pidfd, F_DUPFD_CLOEXEC, 3);
        return r;
}

static int read_credential(sd_bus_message *message, Peer *peer, bool *has_uid)
{
        const char *name;
        uint32_t value;
        int r = sd_bus_message_read_basic(message, 's', &name);

        if (r < 0)
                return r;
        bool is_uid = g_str_equal(name, "UnixUserID"), is_pid = g_str_equal(name, "ProcessID");
        if (g_str_equal(name, "ProcessFD"))
                return read_pidfd(message, peer);
        if (!is_uid && !is_pid)
                return sd_bus_message_skip(message, "v");
        r = sd_bus_message_read(message, "v", "u", &value);
        if (r < 0)
                return r;
        if (is_pid)
                peer->process.pid = (pid_t)value;
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
                if (peer->bus->options.instance == INSTANCE_USER)
                        process_meet(&peer->process, connected_by(peer));
                name_user(peer);
                return 0;
        }
        wake(peer, error);
        return 0;
}

static bool begin(Peer *peer)
{
        int r = sd_bus_call_method_async(peer->bus->bus, &peer->query, DBUS,
                                         "/org/freedesktop/DBus", DBUS, "GetConnectionCredentials",
                                         on_credentials, peer, "s", peer->name);

        if (r < 0)
                log_debug("Cannot ask the bus about %s: %s", peer->name, g_strerror(-r));
        return r >= 0;
}

static gboolean is_idle(void *name, void *value, void *data)
{
        return ((Peer *)value)->calls == 0;
}

static Peer *peer_new(Bus *bus, const char *sender)
{
        Peer *peer = g_new0(Peer, 1);

        peer->bus = bus;
        peer->name = g_strdup(sender);
        peer->process.pidfd = -1;
        peer->waiting = g_ptr_array_new();
        return peer;
}

Peer *bus_peer(Bus *bus, const char *sender, GError **error)
{
        Peer *peer = g_hash_table_lookup(bus->peers, sender);

        if (peer)
                return peer;
        if (g_hash_table_size(bus->peers) >= BUS_PEERS_MAX)
                g_hash_table_foreach_remove(bus->peers, is_idle, NULL);
        if (g_hash_table_size(bus->peers) >= BUS_PEERS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "BUS_PEERS_MAX (%d) clients have calls under way; try again later",
                            BUS_PEERS_MAX);
                return NULL;
        }
        peer = peer_new(bus, sender);
        if (!begin(peer)) {
                bus_peer_free(peer);
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "The bus cannot be asked who %s is", sender);
                return NULL;
        }
        g_hash_table_insert(bus->peers, peer->name, peer);
        return peer;
}
