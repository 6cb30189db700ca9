/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads and the way back from them.
 * A job is handed straight to the thread that fell idle last, so that under a trickle of work the same
 * warm thread runs and the others end. A mailbox wakes the loop once for any number of letters. */
#include "base/worker.h"

#include "base/error.h"
#include "base/log.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define THREAD_IDLE_US (30 * G_USEC_PER_SEC)

typedef struct Letter {
        WorkerFunc func;
        void *data;
} Letter;

struct Mailbox {
        GMutex lock;
        GArray *letters; /* guarded by lock */
        int fd;
        sd_event_source *source;
};

/* Runs what is waiting now; letters posted meanwhile come with the next turn. */
static void mailbox_deliver(Mailbox *mailbox)
{
        g_autoptr(GArray) letters = NULL;

        g_mutex_lock(&mailbox->lock);
        if (mailbox->letters->len > 0) {
                letters = mailbox->letters;
                mailbox->letters = g_array_new(FALSE, FALSE, sizeof(Letter));
        }
        g_mutex_unlock(&mailbox->lock);
        for (unsigned i = 0; letters && i < letters->len; i++) {
                Letter letter = g_array_index(letters, Letter, i);

                letter.func(letter.data);
        }
}

/* The source is edge-triggered: each write wakes once and nothing needs to be read. */
static int on_letters(sd_event_source *source, int fd, uint32_t events, void *data)
{
        mailbox_deliver(data);
        return 0;
}

Mailbox *mailbox_new(sd_event *loop, GError **error)
{
        g_autoptr(Mailbox) mailbox = g_new0(Mailbox, 1);
        int r;

        g_mutex_init(&mailbox->lock);
        mailbox->letters = g_array_new(FALSE, FALSE, sizeof(Letter));
        mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (mailbox->fd < 0) {
                error_set_errno(error, errno, "cannot make an eventfd");
                return NULL;
        }
        r = sd_event_add_io(loop, &mailbox->source, mailbox->fd, EPOLLIN | EPOLLET, on_letters,
                            mailbox);
        if (r < 0) {
                error_set_errno(error, -r, "cannot watch an eventfd");
                return NULL;
        }
        return g_steal_pointer(&mailbox);
}

void mailbox_post(Mailbox *mailbox, WorkerFunc func, void *data)
{
        Letter letter = {func, data};
        bool first;

        g_mutex_lock(&mailbox->lock);
        first = mailbox->letters->len == 0;
        g_array_append_val(mailbox->letters, letter);
        g_mutex_unlock(&mailbox->lock);
        if (first) /* after the lock, or the loop would wake up only to wait for it */
                (void)eventfd_write(mailbox->fd, 1); /* EAGAIN only after 2^64 wakes, ignoring */
}

static bool mailbox_is_empty(Mailbox *mailbox)
{
        g_mutex_lock(&mailbox->lock);
        bool empty = mailbox->letters->len == 0;
        g_mutex_unlock(&mailbox->lock);
        return empty;
}

Mailbox *mailbox_free(Mailbox *mailbox)
{
        if (!mailbox)
                return NULL;
        while (!mailbox_is_empty(mailbox))
                mailbox_deliver(mailbox);
        sd_event_source_disable_unref(mailbox->source);
        if (mailbox->fd >= 0)
                close(mailbox->fd);
        g_array_unref(mailbox->letters);
        g_mutex_clear(&mailbox->lock);
        g_free(mailbox);
        return NULL;
}

typedef struct Work {
        WorkerPool *pool;
        WorkerFunc work, done;
        void *job;
} Work;

typedef struct Thread {
        WorkerPool *pool;
        GThread *handle;
        GCond wake;
        Work *work;   /* what it was handed; guarded by the pool's lock */
        bool is_idle; /* on the idle stack */
        struct Thread *next_idle;
} Thread;

struct WorkerPool {
        char *name;
        unsigned max;
        int64_t idle_us;
        Mailbox *mailbox;
        int pending; /* atomic */
        GMutex lock; /* guards all below */
        GQueue waiting;
        Thread *idle;     /* stack: the thread that fell idle last is on top */
        GPtrArray *alive; /* Thread, running or idle */
        GPtrArray *ended; /* Thread, left to be joined */
        bool is_ending;
};

static void thread_free(Thread *thread)
{
        g_cond_clear(&thread->wake);
        g_free(thread);
}

static void threads_join(GPtrArray *threads)
{
        for (unsigned i = 0; i < threads->len; i++) {
                Thread *thread = g_ptr_array_index(threads, i);

                g_thread_join(thread->handle);
                thread_free(thread);
        }
}

static void on_work_done(void *data)
{
        Work *work = data;

        if (work->done)
                work->done(work->job);
        g_atomic_int_add(&work->pool->pending, -1);
        g_free(work);
}

static void idle_remove(WorkerPool *pool, Thread *thread)
{
        Thread **link = &pool->idle;

        while (*link != thread)
                link = &(*link)->next_idle;
        *link = thread->next_idle;
        thread->is_idle = false;
}

static void idle_push(WorkerPool *pool, Thread *thread)
{
        thread->next_idle = pool->idle;
        thread->is_idle = true;
        pool->idle = thread;
}

/* Waits on the idle stack until work is handed over, for a while. With the lock held. */
static void idle_wait(WorkerPool *pool, Thread *thread)
{
        gint64 deadline = g_get_monotonic_time() + pool->idle_us;

        while (!thread->work && !pool->is_ending)
                if (!g_cond_wait_until(&thread->wake, &pool->lock, deadline))
                        break;
        if (thread->is_idle)
                idle_remove(pool, thread);
}

/* The next work of a thread, NULL when the thread is to end. With the lock held. What was done before
 * is posted only once this thread can be handed the next work: a reply often brings the next request
 * at once, which would start another thread otherwise. */
static Work *thread_next(Thread *thread, Work *done)
{
        WorkerPool *pool = thread->pool;

        if (!thread->work)
                thread->work = g_queue_pop_head(&pool->waiting);
        if (!thread->work && !pool->is_ending)
                idle_push(pool, thread);
        if (done) {
                g_mutex_unlock(&pool->lock);
                mailbox_post(pool->mailbox, on_work_done, done);
                g_mutex_lock(&pool->lock);
        }
        if (thread->is_idle)
                idle_wait(pool, thread);
        return g_steal_pointer(&thread->work);
}

static void *thread_run(void *data)
{
        Thread *thread = data;
        WorkerPool *pool = thread->pool;
        Work *work = NULL;
        bool was_last;

        g_mutex_lock(&pool->lock);
        while ((work = thread_next(thread, /* done= */ work))) {
                g_mutex_unlock(&pool->lock);
                work->work(work->job);
                g_mutex_lock(&pool->lock);
        }
        g_ptr_array_remove_fast(pool->alive, thread);
        g_ptr_array_add(pool->ended, thread);
        was_last = pool->alive->len == 0 && !pool->is_ending;
        g_mutex_unlock(&pool->lock);
        if (was_last) /* the daemon fell idle: give the memory of the work back */
                malloc_trim(0);
        return NULL;
}

WorkerPool *worker_pool_new(sd_event *loop, const char *name, unsigned threads, GError **error)
{
        g_autoptr(Mailbox) mailbox = mailbox_new(loop, error);
        WorkerPool *pool;

        if (!mailbox)
                return NULL;
        pool = g_new0(WorkerPool, 1);
        pool->name = g_strdup(name);
        pool->max = MAX(threads, 1);
        pool->idle_us = THREAD_IDLE_US;
        pool->mailbox = g_steal_pointer(&mailbox);
        g_mutex_init(&pool->lock);
        g_queue_init(&pool->waiting);
        pool->alive = g_ptr_array_new();
        pool->ended = g_ptr_array_new();
        return pool;
}

void worker_pool_set_idle(WorkerPool *pool, int64_t idle_us)
{
        pool->idle_us = idle_us;
}

/* With the lock held. False: there is no thread at all and none could be started. */
static bool thread_start(WorkerPool *pool, Work *work)
{
        Thread *thread = g_new0(Thread, 1);
        g_autoptr(GError) error = NULL;

        thread->pool = pool;
        g_cond_init(&thread->wake);
        thread->work = work;
        thread->handle = g_thread_try_new(pool->name, thread_run, thread, &error);
        if (thread->handle) {
                g_ptr_array_add(pool->alive, thread);
                return true;
        }
        thread_free(thread);
        if (pool->alive->len == 0)
                return false;
        g_queue_push_tail(&pool->waiting, work);
        return true;
}

/* With the lock held. */
static bool hand_over(WorkerPool *pool, Work *work)
{
        Thread *thread = pool->idle;

        threads_join(pool->ended); /* no deadlock: they have left the lock for good */
        g_ptr_array_set_size(pool->ended, 0);
        if (thread) {
                pool->idle = thread->next_idle;
                thread->is_idle = false;
                thread->work = work;
                g_cond_signal(&thread->wake);
                return true;
        }
        if (pool->alive->len < pool->max)
                return thread_start(pool, work);
        g_queue_push_tail(&pool->waiting, work);
        return true;
}

void worker_pool_push(WorkerPool *pool, WorkerFunc func, WorkerFunc done, void *job)
{
        Work *work = g_new(Work, 1);
        bool handed;

        *work = (Work){pool, func, done, job};
        g_atomic_int_inc(&pool->pending);
        g_mutex_lock(&pool->lock);
        handed = hand_over(pool, work);
        g_mutex_unlock(&pool->lock);
        if (handed)
                return;
        /* no thread to be had (a task limit): slow is better than never */
        func(job);
        mailbox_post(pool->mailbox, on_work_done, work);
}

unsigned worker_pool_threads(const WorkerPool *pool)
{
        return pool->max;
}

unsigned worker_pool_pending(const WorkerPool *pool)
{
        return (unsigned)g_atomic_int_get(&pool->pending);
}

/* Runs what is pushed to its end without the loop. Nothing bounds how long: a thread at work cannot be stopped from
 * outside, and the job owns what it works on. The last bound is TimeoutStopSec= of the units, after which systemd kills
 * the daemon, which loses nothing that was acknowledged. */
static void pool_drain(WorkerPool *pool)
{
        struct pollfd poll_fd = {.fd = pool->mailbox->fd, .events = POLLIN};
        eventfd_t ignored;

        while (worker_pool_pending(pool) > 0) {
                mailbox_deliver(pool->mailbox);
                if (worker_pool_pending(pool) == 0)
                        break;
                if (mailbox_is_empty(pool->mailbox))
                        (void)poll(&poll_fd, 1, /* timeout= */ -1);
                (void)eventfd_read(poll_fd.fd, &ignored);
        }
}

WorkerPool *worker_pool_free(WorkerPool *pool)
{
        g_autoptr(GPtrArray) threads = g_ptr_array_new();

        if (!pool)
                return NULL;
        pool_drain(pool);
        g_mutex_lock(&pool->lock);
        pool->is_ending = true;
        for (Thread *thread = pool->idle; thread; thread = thread->next_idle)
                g_cond_signal(&thread->wake);
        g_ptr_array_extend(threads, pool->alive, NULL, NULL);
        g_ptr_array_extend(threads, pool->ended, NULL, NULL);
        g_mutex_unlock(&pool->lock);
        threads_join(threads);
        mailbox_free(pool->mailbox);
        g_ptr_array_unref(pool->alive);
        g_ptr_array_unref(pool->ended);
        g_mutex_clear(&pool->lock);
        g_free(pool->name);
        g_free(pool);
        return NULL;
}
