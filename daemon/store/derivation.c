/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listeners: the derivations and feeds of a store, registered before it is opened. */
#include "store/derivation.h"

#define ROUNDS_MAX 16 /* derivations that set each other off this often never come to an end */

typedef struct Feed {
        StoreFeed feed;
        void *data;
} Feed;

typedef struct Derivation {
        char *table;
        StoreDerivation derive;
        void *data;
} Derivation;

struct Listeners {
        Mailbox *mailbox; /* NULL: no loop, no feeds */
        GMutex lock;      /* for feeds: added on any thread, called on the loop */
        GArray *feeds;
        GArray *derivations;
};

static void derivation_clear(void *data)
{
        g_free(((Derivation *)data)->table);
}

Listeners *listeners_new(sd_event *loop, GError **error)
{
        g_autoptr(Listeners) listeners = g_new0(Listeners, 1);

        g_mutex_init(&listeners->lock);
        listeners->feeds =
                g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE, sizeof(Feed));
        listeners->derivations = g_array_new(FALSE, FALSE, sizeof(Derivation));
        g_array_set_clear_func(listeners->derivations, derivation_clear);
        if (loop) {
                listeners->mailbox = mailbox_new(loop, error);
                if (!listeners->mailbox)
                        return NULL;
        }
        return g_steal_pointer(&listeners);
}

Listeners *listeners_free(Listeners *listeners)
{
        if (!listeners)
                return NULL;
        (void)mailbox_free(listeners->mailbox);
        g_array_unref(listeners->feeds);
        g_array_unref(listeners->derivations);
        g_mutex_clear(&listeners->lock);
        g_free(listeners);
        return NULL;
}

void listeners_add_feed(Listeners *listeners, StoreFeed feed, void *data)
{
        Feed added = {.feed = feed, .data = data};

        g_mutex_lock(&listeners->lock);
        g_array_append_val(listeners->feeds, added);
        g_mutex_unlock(&listeners->lock);
}

void listeners_remove_feed(Listeners *listeners, StoreFeed feed, void *data)
{
        g_mutex_lock(&listeners->lock);
        for (unsigned i = listeners->feeds->len; i > 0; i--) {
                const Feed *added = &g_array_index(listeners->feeds, Feed, i - 1);

                if (added->feed == feed && added->data == data)
                        g_array_remove_index(listeners->feeds, i - 1);
        }
        g_mutex_unlock(&listeners->lock);
}

void listeners_add_derivation(Listeners *listeners, const char *table, StoreDerivation derive,
                              void *data)
{
        Derivation added = {.table = g_strdup(table), .derive = derive, .data = data};

        g_array_append_val(listeners->derivations, added);
}

static GArray *changes_of(const ChangeList *changes, unsigned first, const char *table)
{
        GArray *found =
                g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE, sizeof(Change));

        for (unsigned i = first; i < change_list_count(changes); i++) {
                const Change *change = change_list_get(changes, i);

                if (g_str_equal(change->table, table))
                        g_array_append_vals(found, change, 1);
        }
        return found;
}

/* One derivation over what it has not seen; *seen moves past what it did itself. */
static bool derive_one(const Derivation *derivation, Db *db, const ChangeList *changes,
                       unsigned *seen, GError **error)
{
        g_autoptr(GArray) found = changes_of(changes, *seen, derivation->table);
        bool ok = true;

        if (found->len)
                ok = derivation->derive(db, (const Change *)(void *)found->data, found->len,
                                        derivation->data, error);
        *seen = change_list_count(changes);
        return ok;
}

bool listeners_derive(Listeners *listeners, Db *db, const ChangeList *changes, unsigned first,
                      GError **error)
{
        unsigned count = listeners->derivations->len;
        g_autofree unsigned *seen = g_new(unsigned, count + 1);
        bool settled = false;

        for (unsigned i = 0; i < count; i++)
                seen[i] = first;
        for (unsigned round = 0; round < ROUNDS_MAX && !settled; round++) {
                settled = true;
                for (unsigned i = 0; i < count; i++) {
                        const Derivation *derivation =
                                &g_array_index(listeners->derivations, Derivation, i);

                        if (seen[i] == change_list_count(changes))
                                continue;
                        settled = false;
                        if (!derive_one(derivation, db, changes, &seen[i], error))
                                return false;
                }
        }
        if (!settled)
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                        "derivations still change each other's tables after ROUNDS_MAX (%d) rounds",
                        ROUNDS_MAX);
        return settled;
}

typedef struct Delivery {
        Listeners *listeners;
        ChangeList *changes;
} Delivery;

static void deliver(void *data)
{
        Delivery *delivery = data;
        Listeners *listeners = delivery->listeners;

        for (unsigned i = 0;; i++) {
                g_mutex_lock(&listeners->lock);
                bool end = i >= listeners->feeds->len;
                Feed feed = end ? (Feed){0} : g_array_index(listeners->feeds, Feed, i);
                g_mutex_unlock(&listeners->lock);
                if (end)
                        break;
                feed.feed(change_list_all(delivery->changes), change_list_count(delivery->changes),
                          feed.data);
        }
        (void)change_list_free(delivery->changes);
        g_free(delivery);
}

void listeners_feed(Listeners *listeners, ChangeList *changes)
{
        if (!listeners->mailbox || change_list_count(changes) == 0) {
                (void)change_list_free(changes);
                return;
        }
        Delivery *delivery = g_new0(Delivery, 1);
        delivery->listeners = listeners;
        delivery->changes = changes;
        mailbox_post(listeners->mailbox, deliver, delivery);
}
