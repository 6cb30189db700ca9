/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connections in memory.
 *
 * A change is read by a derivation, inside the write that makes it, and published by the feed when it is committed: so
 * the loop never reads, and an undone write is never seen. Whoever changed something himself reads it at once. Each
 * reading has the number of the journal's last entry; an older one never replaces a newer. */
#include "gate/registry.h"

#include "gate/bearer.h"

#define STAGED_MAX 1000 /* of rehearsals, which are never committed */

typedef struct Slot {
        Connection *connection; /* NULL: gone */
        int64_t seq;
} Slot;

typedef struct Staged {
        char *id;
        Slot slot;
} Staged;

struct Registry {
        GMutex lock;         /* guards all */
        GHashTable *slots;   /* id → Slot */
        GHashTable *bearers; /* BearerEntry of a connection in slots (its hash) → that Connection */
        GHashTable *staged; /* mut-…, the last change that was read → Staged */
        bool loaded;
};

/* ---- life ---- */

static void slot_free(void *data)
{
        Slot *slot = data;

        connection_unref(slot->connection);
        g_free(slot);
}

static void staged_free(void *data)
{
        Staged *staged = data;

        connection_unref(staged->slot.connection);
        g_free(staged->id);
        g_free(staged);
}

Registry *registry_new(void)
{
        Registry *registry = g_new0(Registry, 1);

        g_mutex_init(&registry->lock);
        registry->slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, slot_free);
        registry->bearers = g_hash_table_new(bearer_key_hash, bearer_key_equal);
        registry->staged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, staged_free);
        return registry;
}

Registry *registry_free(Registry *registry)
{
        if (!registry)
                return NULL;
        g_hash_table_unref(registry->staged);
        g_hash_table_unref(registry->bearers);
        g_hash_table_unref(registry->slots);
        g_mutex_clear(&registry->lock);
        g_free(registry);
        return NULL;
}

/* ---- putting in ---- */

static void forget_bearers(Registry *registry, const Connection *connection)
{
        const GArray *bearers = connection ? connection_bearers(connection) : NULL;

        for (unsigned i = 0; bearers && i < bearers->len; i++)
                g_hash_table_remove(registry->bearers, g_array_index(bearers, BearerEntry, i).hash);
}

/* Takes the connection. */
static bool put(Registry *registry, const char *id, Connection *connection, int64_t seq)
{
        Slot *slot = g_hash_table_lookup(registry->slots, id);

        if (slot && slot->seq > seq) {
                connection_unref(connection);
                return false;
        }
        if (!slot) {
                slot = g_new0(Slot, 1);
                g_hash_table_insert(registry->slots, g_strdup(id), slot);
        }
        forget_bearers(registry, slot->connection);
        connection_unref(slot->connection);
        *slot = (Slot){connection, seq};
        const GArray *bearers = connection ? connection_bearers(connection) : NULL;
        for (unsigned i = 0; bearers && i < bearers->len; i++)
                g_hash_table_insert(registry->bearers, g_array_index(bearers, BearerEntry, i).hash,
                                    connection);
        return true;
}

static bool read_seq(Db *db, int64_t *ret, GError **error)
{
        Statement *row = db_statement(db, "SELECT coalesce(max(seq), 0) FROM mutations", error);

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0);
        return true;
}

static bool read_ids(Db *db, GPtrArray *ids, GError **error)
{
        Statement *rows = db_statement(db, "SELECT id FROM connections", error);
        StepResult r;

        if (!rows)
                return false;
        while ((r = statement_step(rows, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(rows, 0)));
        return r == STEP_DONE;
}

static void let_go(void *connection)
{
        connection_unref(connection);
}

static void forget_all(Registry *registry)
{
        g_hash_table_remove_all(registry->bearers);
        g_hash_table_remove_all(registry->slots);
        g_hash_table_remove_all(registry->staged);
}

bool registry_load(Registry *registry, Db *db, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(let_go);
        int64_t seq;

        if (!read_seq(db, &seq, error) || !read_ids(db, ids, error))
                return false;
        for (unsigned i = 0; i < ids->len; i++) {
                Connection *connection;

                if (!connection_read(db, g_ptr_array_index(ids, i), &connection, error))
                        return false;
                g_ptr_array_add(found, connection);
        }
        g_mutex_lock(&registry->lock);
        forget_all(registry);
        for (unsigned i = 0; i < ids->len; i++)
                put(registry, g_ptr_array_index(ids, i),
                    connection_ref(g_ptr_array_index(found, i)), seq);
        registry->loaded = true;
        g_mutex_unlock(&registry->lock);
        return true;
}

bool registry_is_loaded(Registry *registry)
{
        g_mutex_lock(&registry->lock);
        bool loaded = registry->loaded;
        g_mutex_unlock(&registry->lock);
        return loaded;
}

bool registry_refresh(Registry *registry, Store *ops, const char *id, GError **error)
{
        g_autoptr(Db) db = store_reader(ops, /* scope= */ NULL, error);
        Connection *connection;
        int64_t seq;

        if (!db || !read_seq(db, &seq, error) || !connection_read(db, id, &connection, error))
                return false;
        g_mutex_lock(&registry->lock);
        put(registry, id, connection, seq);
        g_mutex_unlock(&registry->lock);
        return true;
}

/* ---- looking up ---- */

static Connection *find(Registry *registry, const char *id)
{
        const Slot *slot = g_hash_table_lookup(registry->slots, id);

        return slot && slot->connection ? connection_ref(slot->connection) : NULL;
}

Connection *registry_find(Registry *registry, const char *id)
{
        g_mutex_lock(&registry->lock);
        Connection *connection = find(registry, id);
        g_mutex_unlock(&registry->lock);
        return connection;
}

/* Also of a bearer whose connection is as it should be. */
static ConnectionState bearer_state(const BearerEntry *entry)
{
        if (entry->revoked_us)
                return CONNECTION_REVOKED;
        return entry->expires_us && entry->expires_us <= clock_now() ? CONNECTION_EXPIRED
                                                                     : CONNECTION_ACTIVE;
}

Connection *registry_find_bearer(Registry *registry, const uint8_t hash[BEARER_HASH_BYTES],
                                 ConnectionState *ret_bearer)
{
        void *key, *found;

        g_mutex_lock(&registry->lock);
        Connection *connection = NULL;
        if (g_hash_table_lookup_extended(registry->bearers, hash, &key, &found)) {
                connection = connection_ref(found);
                /* the hash is the first member of its entry */
                *ret_bearer = bearer_state(key);
        }
        g_mutex_unlock(&registry->lock);
        return connection;
}

static bool has_ended(const Connection *connection)
{
        return connection_state(connection) != CONNECTION_ACTIVE;
}

char **registry_ids(Registry *registry, bool ended)
{
        g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
        GHashTableIter iter;
        void *id, *slot;

        g_mutex_lock(&registry->lock);
        g_hash_table_iter_init(&iter, registry->slots);
        while (g_hash_table_iter_next(&iter, &id, &slot)) {
                const Connection *connection = ((Slot *)slot)->connection;

                if (connection ? has_ended(connection) == ended : ended)
                        g_strv_builder_add(builder, id);
        }
        g_mutex_unlock(&registry->lock);
        return g_strv_builder_end(builder);
}

int64_t registry_next_end(Registry *registry)
{
        GHashTableIter iter;
        int64_t next = 0;
        void *slot;

        g_mutex_lock(&registry->lock);
        g_hash_table_iter_init(&iter, registry->slots);
        while (g_hash_table_iter_next(&iter, NULL, &slot)) {
                const Connection *connection = ((Slot *)slot)->connection;
                int64_t end = connection && !has_ended(connection)
                                      ? connection_terms(connection)->expires_us
                                      : 0;

                if (end && (!next || end < next))
                        next = end;
        }
        g_mutex_unlock(&registry->lock);
        return next;
}

/* ---- changes ---- */

static bool is_ours(const Change *change)
{
        static const char *const tables[] = {"connections", "connection_entities",
                                             "connection_listings", "bearers", NULL};

        return g_strv_contains(tables, change->table);
}

/* The key of each of these tables begins with the id of its connection. */
static char *id_of_change(const Change *change)
{
        const char *id = strstr(change->row_id, "\"conn-");

        return id ? g_strndup(id + 1, strcspn(id + 1, "\"")) : NULL;
}

static void stage(Registry *registry, const char *change, Staged *staged)
{
        g_mutex_lock(&registry->lock);
        if (g_hash_table_size(registry->staged) >= STAGED_MAX)
                g_hash_table_remove_all(registry->staged);
        g_hash_table_insert(registry->staged, g_strdup(change), staged);
        g_mutex_unlock(&registry->lock);
}

bool registry_stage(Registry *registry, Db *db, const Change *changes, unsigned count,
                    GError **error)
{
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        /* the last change of each connection stands for all */
        for (unsigned i = count; i > 0; i--) {
                const Change *change = &changes[i - 1];
                g_autofree char *id = is_ours(change) ? id_of_change(change) : NULL;

                if (!id || g_hash_table_contains(seen, id))
                        continue;
                Staged *staged = g_new0(Staged, 1);
                staged->id = g_strdup(id);
                staged->slot.seq = changes[count - 1].seq;
                g_hash_table_add(seen, g_steal_pointer(&id));
                if (!connection_read(db, staged->id, &staged->slot.connection, error)) {
                        staged_free(staged);
                        return false;
                }
                stage(registry, change->id, staged);
        }
        return true;
}

static void publish_one(Registry *registry, const Change *change, GHashTable *ids)
{
        Staged *staged = g_hash_table_lookup(registry->staged, change->id);

        if (!staged)
                return;
        put(registry, staged->id, g_steal_pointer(&staged->slot.connection), staged->slot.seq);
        g_hash_table_add(ids, g_strdup(staged->id));
}

/* What has the number of an entry that was committed without it never will be. */
static gboolean is_over(void *change, void *staged, void *seq)
{
        return ((Staged *)staged)->slot.seq <= *(const int64_t *)seq;
}

GHashTable *registry_publish(Registry *registry, const Change *changes, unsigned count)
{
        g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        int64_t seq = count ? changes[count - 1].seq : 0;

        g_mutex_lock(&registry->lock);
        if (g_hash_table_size(registry->staged) > 0) {
                for (unsigned i = 0; i < count; i++)
                        publish_one(registry, &changes[i], ids);
                g_hash_table_foreach_remove(registry->staged, is_over, &seq);
        }
        g_mutex_unlock(&registry->lock);
        return g_hash_table_size(ids) ? g_steal_pointer(&ids) : NULL;
}
