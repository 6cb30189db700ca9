/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only place with threads. A pool takes a job off the loop and brings its result back to it. */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <systemd/sd-event.h>

typedef struct WorkerPool WorkerPool;
typedef struct Mailbox Mailbox;

typedef void (*WorkerFunc)(void *job);

/* A pool of at most threads threads, started when needed, ended after 30 s without work. */
WorkerPool *worker_pool_new(sd_event *loop, const char *name, unsigned threads, GError **error);

/* Another time than 30 s after which a thread without work ends; before the first push. For tests. */
void worker_pool_set_idle(WorkerPool *pool, int64_t idle_us);

/* Runs work(job) on a thread, then done(job) on the loop; done owns the job. done may be NULL. Jobs
 * start in the order of pushing. Any thread may push. */
void worker_pool_push(WorkerPool *pool, WorkerFunc work, WorkerFunc done, void *job);

/* At most so many run at the same time. */
unsigned worker_pool_threads(const WorkerPool *pool);

/* Jobs pushed and not yet done; 0 means idle. Loop thread only. */
unsigned worker_pool_pending(const WorkerPool *pool);

/* Carries out all that was pushed, calls every done still due, ends the threads. Returns NULL. */
WorkerPool *worker_pool_free(WorkerPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerPool, worker_pool_free)

/* A way from any thread to the loop: func(data) runs there, in the order of posting. The
 * mailbox must outlive the threads that post. */
Mailbox *mailbox_new(sd_event *loop, GError **error);
void mailbox_post(Mailbox *mailbox, WorkerFunc func, void *data);
Mailbox *mailbox_free(Mailbox *mailbox); /* runs what is still waiting; returns NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mailbox, mailbox_free)
