/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: the writer thread and its queue. */
#pragma once

#include "store/db.h"
#include "store/derivation.h"

#define STORE_GROUP_MAX 128 /* writes that share one commit */

typedef struct Queue Queue;

/* Work on the writer thread outside of any transaction; it may close *db and put another in its place,
 * or NULL: then every later write fails with UNAVAILABLE. */
typedef bool (*QueueCall)(Db **db, void *data, GError **error);

/* Called on the writer thread: around each group of writes and each call, before anybody is told that it is
 * done; and once after work, when none has come for some seconds. */
typedef struct QueueHooks {
        void (*begins)(void *data);
        void (*ended)(void *data);
        void (*sleeps)(void *data);
        void *data;
} QueueHooks;

/* A stopped queue. listeners must outlive it. */
Queue *queue_new(Listeners *listeners, const QueueHooks *hooks);
Queue *queue_free(Queue *queue);

/* Takes the write handle and begins to work. */
bool queue_start(Queue *queue, Db *db, const char *name, GError **error);

/* Finishes what is queued, checkpoints, closes the handle. */
void queue_stop(Queue *queue);

/* False without an error if the queue is stopped. */
bool queue_write(Queue *queue, const WriteOptions *options, StoreWork work, void *data,
                 GError **error);
bool queue_call(Queue *queue, QueueCall call, void *data, GError **error);

/* What a call asks first: is there a handle? UNAVAILABLE if an earlier call has lost it. */
bool queue_has_file(const Db *db, GError **error);
