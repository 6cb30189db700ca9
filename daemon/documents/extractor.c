/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Job waits, is given to a Child (one at a time), and ends: with the reply, with the death of the child,
 * or with its time. A child that failed us is killed, and its job ends when the kernel says how it died. */
#include "documents/extractor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "documents/extraction.h"
#include "documents/extractor-child.h"
#include "extract/protocol.h"

/* Larger results are checked on a thread: the loop must not be held for longer than some milliseconds. */
#define CHECK_INLINE_BYTES (64 * 1024)

typedef struct Job {
        Extractor *extractor;
        int fd, memfd;
        pid_t child; /* that answered */
        char *name;
        ExtractorDone done;
        void *data;
        Extraction *extraction;
        GError *error;
} Job;

struct Extractor {
        sd_event *loop;
        char *program;
        unsigned processes;
        uint64_t timeout_us, idle_us;
        GPtrArray *children; /* Child, the dying ones too */
        GQueue waiting;      /* Job */
        unsigned pending;
        bool ending;
        sd_event_source *turn; /* looks at the queue, off the caller's stack */
        WorkerPool *checks;
};

static void job_finish(Job *job)
{
        Extractor *extractor = job->extractor;
        extractor->pending--;
        if (extractor->ending && !job->extraction && !job->error)
                g_set_error(&job->error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                            "the extractor is being stopped");
        job->done(g_steal_pointer(&job->extraction), job->error, job->data);
        if (job->fd >= 0)
                close(job->fd);
        if (job->memfd >= 0)
                close(job->memfd);
        g_free(job->name);
        g_clear_error(&job->error);
        g_free(job);
}

static void check_work(void *data)
{
        Job *job = data;
        job->extraction = extraction_from_memfd(job->memfd, &job->error);
}

static void look_again(Extractor *extractor)
{
        if (!extractor->ending)
                (void)sd_event_source_set_enabled(extractor->turn, SD_EVENT_ONESHOT);
}

/* A helper that sends what cannot be believed is not asked again; what it is at now another one does. */
static void distrust(Extractor *extractor, pid_t pid)
{
        for (guint i = 0; !extractor->ending && i < extractor->children->len; i++) {
                Child *child = g_ptr_array_index(extractor->children, i);
                Job *job = child_pid(child) == pid ? child_discard(child) : NULL;
                if (job)
                        g_queue_push_head(&extractor->waiting, job);
        }
        look_again(extractor);
}

static void check_done(void *data)
{
        Job *job = data;
        if (job->error)
                distrust(job->extractor, job->child);
        job_finish(job);
}

static void check(Job *job)
{
        struct stat st;
        if (fstat(job->memfd, &st) == 0 && st.st_size > CHECK_INLINE_BYTES &&
            !job->extractor->ending) {
                worker_pool_push(job->extractor->checks, check_work, check_done, job);
                return;
        }
        check_work(job);
        check_done(job);
}

static void on_reply(Child *child, ChildReply *reply, void *data);

/* The kernel has told how it died; its job, if any, died with it. */
static void on_death(Child *child, void *job_data, GError *why, void *data)
{
        Extractor *extractor = data;
        g_ptr_array_remove_fast(extractor->children, child);
        look_again(extractor);
        if (!job_data)
                return;
        Job *job = job_data;
        const char *fields[] = {NULL};
        log_event(LOG_EXTRACTOR_DIED_EVENT, LOG_WARNING, fields, why,
                  "The extractor failed on a file of the name %s", job->name);
        job->error = g_error_copy(why);
        job_finish(job);
}

static Child *find_child(Extractor *extractor, GError **error)
{
        unsigned alive = 0;
        for (guint i = 0; i < extractor->children->len; i++) {
                Child *child = g_ptr_array_index(extractor->children, i);
                if (child_is_idle(child))
                        return child;
                alive += child_is_alive(child);
        }
        if (alive >= extractor->processes)
                return NULL;
        static const ChildHandlers handlers = {on_reply, on_death};
        Child *child =
                child_spawn(extractor->loop, extractor->program, &handlers, extractor, error);
        if (!child)
                return NULL;
        child_set_idle(child, extractor->idle_us);
        g_ptr_array_add(extractor->children, child);
        return child;
}

/* A second more for each MiB: a book of ten thousand pages takes its time. */
static uint64_t time_for(const Extractor *extractor, const Job *job)
{
        struct stat st;
        if (fstat(job->fd, &st) < 0 || st.st_size < 0)
                return extractor->timeout_us;
        return extractor->timeout_us +
               (uint64_t)MIN(st.st_size, EXTRACT_INPUT_BYTES_MAX) / (1024 * 1024) * G_USEC_PER_SEC;
}

static void serve_queue(Extractor *extractor)
{
        while (!g_queue_is_empty(&extractor->waiting)) {
                g_autoptr(GError) error = NULL;
                Job *job = g_queue_peek_head(&extractor->waiting);
                Child *child = job->error ? NULL : find_child(extractor, &error);
                if (!child && !error && !job->error)
                        return; /* all are at work */
                g_queue_pop_head(&extractor->waiting);
                if (child) {
                        child_give(child, job->fd, job->name, job, time_for(extractor, job));
                        continue;
                }
                if (!job->error)
                        job->error = g_steal_pointer(&error);
                job_finish(job);
        }
}

static int on_turn(sd_event_source *source, void *data)
{
        serve_queue(data);
        return 0;
}

/* A child's answer; it is idle again when this is called. */
static void on_reply(Child *child, ChildReply *reply, void *data)
{
        Job *job = reply->job;
        Extractor *extractor = job->extractor;
        serve_queue(extractor); /* it works on while we check */
        if (reply->memfd >= 0) {
                job->memfd = reply->memfd;
                reply->memfd = -1;
                job->child = child_pid(child);
                check(job);
                return;
        }
        job->error = g_steal_pointer(&reply->error);
        job_finish(job);
}

static void drop_child(void *data)
{
        child_free(data);
}

Extractor *extractor_new(sd_event *loop, const char *program, unsigned processes, GError **error)
{
        g_autoptr(Extractor) extractor = g_new0(Extractor, 1);
        extractor->loop = sd_event_ref(loop);
        extractor->program = g_strdup(program);
        extractor->processes = MAX(processes, 1);
        extractor->timeout_us = EXTRACTOR_TIMEOUT_MS * UINT64_C(1000);
        extractor->idle_us = EXTRACTOR_IDLE_MS * UINT64_C(1000);
        extractor->children = g_ptr_array_new_with_free_func(drop_child);
        g_queue_init(&extractor->waiting);
        extractor->checks = worker_pool_new(loop, "extraction", 1, error);
        if (!extractor->checks)
                return NULL;
        int r = sd_event_add_defer(loop, &extractor->turn, on_turn, extractor);
        if (r < 0) {
                error_set_errno(error, -r, "Cannot watch the extractor");
                return NULL;
        }
        (void)sd_event_source_set_enabled(extractor->turn, SD_EVENT_OFF);
        return g_steal_pointer(&extractor);
}

Extractor *extractor_free(Extractor *extractor)
{
        if (!extractor)
                return NULL;
        extractor->ending = true;
        extractor->turn = sd_event_source_disable_unref(extractor->turn);
        extractor->checks = worker_pool_free(extractor->checks);
        for (guint i = 0; extractor->children && i < extractor->children->len; i++) {
                Job *job = child_take_job(g_ptr_array_index(extractor->children, i));
                if (job)
                        job_finish(job);
        }
        g_clear_pointer(&extractor->children, g_ptr_array_unref);
        for (Job *job; (job = g_queue_pop_head(&extractor->waiting));)
                job_finish(job);
        sd_event_unref(extractor->loop);
        g_free(extractor->program);
        g_free(extractor);
        return NULL;
}

void extractor_set_timeout(Extractor *extractor, uint64_t timeout_ms)
{
        extractor->timeout_us = timeout_ms * 1000;
}

void extractor_set_idle(Extractor *extractor, uint64_t idle_ms)
{
        extractor->idle_us = idle_ms * 1000;
}

unsigned extractor_pending(const Extractor *extractor)
{
        return extractor->pending;
}

/* A descriptor that can only read, whatever the caller's can do: the helper gets it. */
static int open_read_only(int fd, GError **error)
{
        struct stat st;
        int flags = fcntl(fd, F_GETFL), copy = -1;
        if (flags < 0 || fstat(fd, &st) < 0) {
                error_set_errno(error, errno, "Cannot look at the file");
                return -1;
        }
        if (!S_ISREG(st.st_mode)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "not a regular file");
                return -1;
        }
        if ((flags & (O_ACCMODE | O_PATH)) == O_RDONLY) {
                copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        } else {
                char path[64];
                g_snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
                copy = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        }
        if (copy < 0)
                error_set_errno(error, errno, "Cannot open the file for reading");
        return copy;
}

void extractor_submit(Extractor *extractor, int fd, const char *name, ExtractorDone done,
                      void *data)
{
        Job *job = g_new0(Job, 1);
        job->extractor = extractor;
        job->memfd = -1;
        job->name = g_utf8_make_valid(name ?: "", -1);
        job->done = done;
        job->data = data;
        job->fd = open_read_only(fd, &job->error);
        extractor->pending++;
        g_queue_push_tail(&extractor->waiting, job);
        look_again(extractor);
}
