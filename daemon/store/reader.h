/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: the pool of read-only handles. */
#pragma once

#include "store/db.h"

#define STORE_READERS_MAX   64 /* handles at work at the same time */
#define STORE_READERS_IDLE  6  /* handles kept open for the next reader */
#define STORE_READERS_LARGE 2  /* handles whose cache is as large as the writer's */

/* A closed pool. cache_kb is of a large cache. */
ReaderPool *reader_pool_new(const char *path, unsigned cache_kb);
ReaderPool *reader_pool_free(ReaderPool *pool);

/* From now on handles are opened with this key, which is copied into locked memory. */
void reader_pool_open(ReaderPool *pool, const uint8_t key[STORE_KEY_BYTES]);

/* Waits until every handle is back, closes them all and wipes the key. */
void reader_pool_close(ReaderPool *pool);

/* The same for a moment: takers wait until the pool is opened again. Waits at most timeout_us; if a
 * handle is still out then, the pool is as before and it is false. */
bool reader_pool_hold(ReaderPool *pool, int64_t timeout_us);

/* A handle in a snapshot of its own. NULL without an error: the pool is closed. */
Db *reader_pool_take(ReaderPool *pool, Scope *scope, GError **error);

/* The key, for other handles on the same file; NULL while closed. Valid until the pool is closed. */
const uint8_t *reader_pool_key(ReaderPool *pool);

/* A copy of the key in locked memory; NULL while closed. */
uint8_t *reader_pool_copy_key(ReaderPool *pool);
void reader_key_free(uint8_t *key);

/* Around every commit and checkpoint: snapshots kept by idle handles end, none is kept in between. Whoever
 * takes a handle after the end sees what was written. */
void reader_pool_write_begins(ReaderPool *pool);
void reader_pool_write_ended(ReaderPool *pool);

/* Closes the handles that are not in use. */
void reader_pool_trim(ReaderPool *pool);
