/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ReaderPool: read-only handles, the one used last handed out first, so that its cache is warm and the
 * others can be closed. A handle lives in the pool, or is out with one reader in one transaction. */
#include "store/reader.h"

#include <sodium.h>
#include <string.h>

#include "store/impatience.h"
#include "store/view.h"

#define SMALL_PART 8 /* of a large cache: the others' */

struct ReaderPool {
        GMutex lock;
        GCond changed;
        char *path;
        unsigned cache_kb;
        uint8_t *key;        /* sodium_malloc(); NULL: closed */
        bool hold;           /* for a moment: takers wait */
        bool closing;        /* for good: takers fail */
        bool writing;        /* no snapshot is kept meanwhile */
        uint64_t generation; /* counts what makes older snapshots stale */
        GPtrArray *idle;     /* Db; the last one is the warmest */
        unsigned in_use;
        unsigned large; /* handles with a large cache, idle or in use */
};

ReaderPool *reader_pool_new(const char *path, unsigned cache_kb)
{
        ReaderPool *pool = g_new0(ReaderPool, 1);

        g_mutex_init(&pool->lock);
        g_cond_init(&pool->changed);
        pool->path = g_strdup(path);
        pool->cache_kb = cache_kb;
        pool->idle = g_ptr_array_new();
        return pool;
}

ReaderPool *reader_pool_free(ReaderPool *pool)
{
        if (!pool)
                return NULL;
        reader_pool_close(pool);
        g_ptr_array_unref(pool->idle);
        g_mutex_clear(&pool->lock);
        g_cond_clear(&pool->changed);
        g_free(pool->path);
        g_free(pool);
        return NULL;
}

static uint8_t *copy_key(const uint8_t *key)
{
        uint8_t *copy = sodium_malloc(STORE_KEY_BYTES);

        g_assert(copy);
        memcpy(copy, key, STORE_KEY_BYTES);
        return copy;
}

/* sodium_free() wipes. */
void reader_key_free(uint8_t *key)
{
        sodium_free(key);
}

uint8_t *reader_pool_copy_key(ReaderPool *pool)
{
        g_mutex_lock(&pool->lock);
        uint8_t *copy = pool->key ? copy_key(pool->key) : NULL;
        g_mutex_unlock(&pool->lock);
        return copy;
}

void reader_pool_open(ReaderPool *pool, const uint8_t key[STORE_KEY_BYTES])
{
        uint8_t *copy = copy_key(key);

        g_mutex_lock(&pool->lock);
        g_assert(!pool->key);
        pool->key = copy;
        pool->hold = false;
        g_cond_broadcast(&pool->changed);
        g_mutex_unlock(&pool->lock);
}

static void close_idle(ReaderPool *pool)
{
        for (unsigned i = 0; i < pool->idle->len; i++) {
                Db *db = g_ptr_array_index(pool->idle, i);

                pool->large -= db->large;
                (void)db_close(db);
        }
        g_ptr_array_set_size(pool->idle, 0);
}

/* With the lock held and no handle out. */
static uint8_t *end(ReaderPool *pool)
{
        close_idle(pool);
        g_cond_broadcast(&pool->changed);
        return g_steal_pointer(&pool->key);
}

void reader_pool_close(ReaderPool *pool)
{
        g_mutex_lock(&pool->lock);
        pool->closing = true;
        while (pool->in_use > 0)
                g_cond_wait(&pool->changed, &pool->lock);
        pool->closing = false;
        uint8_t *key = end(pool);
        g_mutex_unlock(&pool->lock);
        reader_key_free(key);
}

bool reader_pool_hold(ReaderPool *pool, int64_t timeout_us)
{
        int64_t deadline = g_get_monotonic_time() + timeout_us;
        uint8_t *key = NULL;

        g_mutex_lock(&pool->lock);
        pool->hold = true;
        while (pool->in_use > 0 && g_cond_wait_until(&pool->changed, &pool->lock, deadline))
                ;
        bool ok = pool->in_use == 0;
        if (ok) {
                key = end(pool);
        } else {
                pool->hold = false;
                g_cond_broadcast(&pool->changed);
        }
        g_mutex_unlock(&pool->lock);
        reader_key_free(key);
        return ok;
}

void reader_pool_trim(ReaderPool *pool)
{
        g_mutex_lock(&pool->lock);
        close_idle(pool);
        g_mutex_unlock(&pool->lock);
}

const uint8_t *reader_pool_key(ReaderPool *pool)
{
        g_mutex_lock(&pool->lock);
        const uint8_t *key = pool->key;
        g_mutex_unlock(&pool->lock);
        return key;
}

/* How well a handle suits: 0 not at all; else best one that was last used under the same scope, and among
 * equals one with a large cache. */
static int suits(const Db *db, const Scope *scope)
{
        if (!db->scope != !scope)
                return 0;
        return (db->scope == scope ? 4 : 2) + (db->large ? 1 : 0);
}

/* Of those that suit best the one used last. */
static Db *take_idle(ReaderPool *pool, const Scope *scope)
{
        int best = 0;
        unsigned at = 0;

        for (unsigned i = pool->idle->len; i > 0; i--) {
                int suited = suits(g_ptr_array_index(pool->idle, i - 1), scope);

                if (suited > best) {
                        best = suited;
                        at = i - 1;
                }
        }
        return best ? g_ptr_array_remove_index(pool->idle, at) : NULL;
}

/* Few handles are at work most of the time, so few get a cache in which a large graph stays warm. */
static bool claim_large(ReaderPool *pool)
{
        g_mutex_lock(&pool->lock);
        bool large = pool->large < STORE_READERS_LARGE;
        pool->large += large;
        g_mutex_unlock(&pool->lock);
        return large;
}

static void give_up_large(ReaderPool *pool)
{
        g_mutex_lock(&pool->lock);
        pool->large--;
        g_mutex_unlock(&pool->lock);
}

static Db *open_reader(ReaderPool *pool, const uint8_t *key, GError **error)
{
        bool large = claim_large(pool);
        DbOptions options = {.path = pool->path,
                             .key = key,
                             .role = DB_READER,
                             .cache_kb = large ? pool->cache_kb : pool->cache_kb / SMALL_PART};
        Db *db = db_open(&options, error);

        if (db) {
                db->pool = pool;
                db->large = large;
        } else if (large) {
                give_up_large(pool);
        }
        return db;
}

/* ---- snapshots ----
 * SQLite keeps the snapshot of the first read until the last statement of the handle is reset, so one that
 * stays in the middle of its rows does what BEGIN and ROLLBACK would. An idle handle keeps its snapshot until
 * the next write begins: until then it is the newest, it holds up no checkpoint, and the next reader spares
 * the locks of a new one. */

static void let_go(Db *db)
{
        if (db->held)
                (void)sqlite3_reset(db->snapshot);
        db->held = false;
}

static bool begin(Db *db, GError **error)
{
        static const char sql[] = "SELECT 1 FROM main.table_kinds";

        if (db->held)
                return true;
        if ((db->snapshot || sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                                &db->snapshot, NULL) == SQLITE_OK) &&
            sqlite3_step(db->snapshot) == SQLITE_ROW) {
                db->held = true;
                return true;
        }
        db_set_error(db, error, "begin to read");
        (void)sqlite3_reset(db->snapshot);
        return false;
}

void reader_pool_write_begins(ReaderPool *pool)
{
        g_mutex_lock(&pool->lock);
        pool->writing = true;
        pool->generation++;
        for (unsigned i = 0; i < pool->idle->len; i++)
                let_go(g_ptr_array_index(pool->idle, i));
        g_mutex_unlock(&pool->lock);
}

void reader_pool_write_ended(ReaderPool *pool)
{
        g_mutex_lock(&pool->lock);
        pool->writing = false;
        pool->generation++;
        g_mutex_unlock(&pool->lock);
}

/* ---- taking and giving back ---- */

static void give_back(ReaderPool *pool, Db *db, bool keep)
{
        g_mutex_lock(&pool->lock);
        pool->in_use--;
        if (db && (pool->writing || db->generation != pool->generation))
                let_go(db);
        if (keep && pool->key && pool->idle->len < STORE_READERS_IDLE)
                g_ptr_array_add(pool->idle, g_steal_pointer(&db));
        pool->large -= db && db->large;  /* it is closed below */
        if (pool->hold || pool->closing) /* nobody waits but for these */
                g_cond_broadcast(&pool->changed);
        g_mutex_unlock(&pool->lock);
        (void)db_close(db);
}

/* Waits out a rekey; then an idle handle, or NULL and the right to open one (in_use is counted). */
static bool reserve(ReaderPool *pool, const Scope *scope, Db **ret, GError **error)
{
        *ret = NULL;
        g_mutex_lock(&pool->lock);
        if ((pool->hold || pool->idle->len == 0) && impatience_refuses(error)) {
                g_mutex_unlock(&pool->lock);
                return false;
        }
        while (pool->hold)
                g_cond_wait(&pool->changed, &pool->lock);
        bool open = pool->key && !pool->closing;
        bool ok = open && pool->in_use < STORE_READERS_MAX;
        if (ok) {
                pool->in_use++;
                *ret = take_idle(pool, scope);
                if (*ret)
                        (*ret)->generation = pool->generation;
        } else if (open) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "more than STORE_READERS_MAX (%d) readers at the same time",
                            STORE_READERS_MAX);
        }
        g_mutex_unlock(&pool->lock);
        return ok;
}

/* The scope's rows are written: not under a snapshot. */
static bool set_scope(Db *db, Scope *scope, GError **error)
{
        if (db->scope == scope)
                return true;
        let_go(db);
        return view_set_scope(db, scope, error);
}

/* Under the scope, in a snapshot, and as it is seen there. */
static bool prepare(Db *db, Scope *scope, GError **error)
{
        return (!scope || set_scope(db, scope, error)) && begin(db, error) &&
               (!scope || view_refresh(db, error));
}

Db *reader_pool_take(ReaderPool *pool, Scope *scope, GError **error)
{
        Db *db;

        if (!reserve(pool, scope, &db, error))
                return NULL;
        /* The key stays while a handle is out: reader_pool_close() waits for in_use. */
        if (!db)
                db = open_reader(pool, pool->key, error);
        if (db && prepare(db, scope, error)) {
                if (impatience_steps() > 0)
                        db_set_limit(db, impatience_steps());
                return db;
        }
        /* nothing is wrong with a handle that was given up for lack of time */
        give_back(pool, db, /* keep= */ db && store_gave_up());
        return NULL;
}

void db_release(Db *db)
{
        if (!db)
                return;
        g_assert(db->role == DB_READER);
        db_reset_statements(db);
        db_set_limit(db, 0);
        histogram_observe(db->time, g_get_monotonic_time() - db->taken_us);
        /* after a failure SQLite may have ended the transaction of its own accord */
        if (sqlite3_txn_state(db->sqlite, "main") != SQLITE_TXN_READ)
                let_go(db);
        give_back(db->pool, db, /* keep= */ true);
}
