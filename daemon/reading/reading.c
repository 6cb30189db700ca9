/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Job waits, is given to a Child (one at a time), and ends: with the reply, with the death of the child, or with its time. A
 * child that failed us is killed, and its job ends when the kernel says how it died. */
#include "reading/reading.h"

#include <unistd.h>

#include "reading/child.h"

typedef struct Job {
        Reading *reading;
        void *bytes;
        size_t length;
        int fds[READING_FDS_MAX];
        unsigned fd_count;
        uint64_t timeout_us;
        char *name;
        const void *owner;
        ReadingDone done;
        void *data;
        unsigned kills; /* of processes that had it, by somebody else */
} Job;

struct Reading {
        sd_event *loop;
        char *program;
        const char *label;
        unsigned processes;
        uint64_t idle_us;
        GPtrArray *children; /* Child, the dying ones too */
        GQueue waiting;      /* Job */
        bool ending;
        sd_event_source *turn; /* looks at the queue, off the caller's stack */
};

static void finish(Job *job, ReadingReply *reply)
{
        job->done(reply, job->data);
        g_free(job->bytes);
        g_free(job->name);
        g_free(job);
}

static void finish_with(Job *job, const GError *error)
{
        ReadingReply reply = {.memfd = -1, .error = error};

        finish(job, &reply);
}

static void cancel(Job *job)
{
        g_autoptr(GError) error = g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                                                      "reading it was stopped");

        finish_with(job, error);
}

static void look_again(Reading *reading)
{
        if (!reading->ending)
                (void)sd_event_source_set_enabled(reading->turn, SD_EVENT_ONESHOT);
}

/* ---- processes ---- */

static void on_reply(Child *child, ChildReply *reply, void *data);

/* Another process may have the job of one that somebody else killed, a few times. */
static bool try_again(Reading *reading, Job *job, GError *why)
{
        if (!g_error_matches(why, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE))
                return false;
        why->code = OUROBOROS_ERROR_FAILED;
        if (++job->kills >= READING_KILLS_MAX)
                return false;
        g_queue_push_head(&reading->waiting, job);
        return true;
}

/* The kernel has told how it died; its job, if any, died with it. */
static void on_death(Child *child, void *job_data, GError *why, void *data)
{
        Reading *reading = data;
        const char *fields[] = {NULL};
        Job *job = job_data;

        g_ptr_array_remove_fast(reading->children, child);
        look_again(reading);
        if (!job || try_again(reading, job, why))
                return;
        log_event(LOG_EXTRACTOR_DIED_EVENT, LOG_WARNING, fields, why,
                  "A helper failed on what is called %s", job->name);
        finish_with(job, why);
}

static Child *find_child(Reading *reading, GError **error)
{
        static const ChildHandlers handlers = {on_reply, on_death};
        unsigned alive = 0;

        for (guint i = 0; i < reading->children->len; i++) {
                Child *child = g_ptr_array_index(reading->children, i);

                if (child_is_idle(child))
                        return child;
                alive += child_is_alive(child);
        }
        if (alive >= reading->processes)
                return NULL;
        Child *child = child_spawn(reading->loop, reading->program, &handlers, reading, error);
        if (!child)
                return NULL;
        child_set_idle(child, reading->idle_us);
        child_set_label(child, reading->label);
        g_ptr_array_add(reading->children, child);
        return child;
}

static void give(Child *child, Job *job)
{
        ChildRequest request = {job->bytes, job->length, job->fds, job->fd_count};

        child_give(child, &request, job, job->timeout_us);
}

static void serve_queue(Reading *reading)
{
        while (!g_queue_is_empty(&reading->waiting)) {
                g_autoptr(GError) error = NULL;
                Child *child = find_child(reading, &error);

                if (!child && !error)
                        return; /* all are at work */
                Job *job = g_queue_pop_head(&reading->waiting);
                if (child)
                        give(child, job);
                else
                        finish_with(job, error);
        }
}

static int on_turn(sd_event_source *source, void *data)
{
        serve_queue(data);
        return 0;
}

/* A child's answer; it is idle again when this is called, and works on while its answer is looked at. */
static void on_reply(Child *child, ChildReply *reply, void *data)
{
        ReadingReply told = {
                .memfd = reply->memfd, .process = child_pid(child), .error = reply->error};
        Job *job = reply->job;

        serve_queue(data);
        finish(job, &told);
        reply->memfd = told.memfd;
}

void reading_distrust(Reading *reading, pid_t process)
{
        for (guint i = 0; !reading->ending && i < reading->children->len; i++) {
                Child *child = g_ptr_array_index(reading->children, i);
                Job *job = child_pid(child) == process ? child_discard(child) : NULL;

                if (job)
                        g_queue_push_head(&reading->waiting, job);
        }
        look_again(reading);
}

/* ---- requests ---- */

void reading_submit(Reading *reading, const ReadingRequest *request, ReadingDone done, void *data)
{
        Job *job = g_new0(Job, 1);

        g_assert(request->fd_count <= READING_FDS_MAX);
        *job = (Job){.reading = reading,
                     .bytes = g_memdup2(request->bytes, request->length),
                     .length = request->length,
                     .fd_count = request->fd_count,
                     .timeout_us = request->timeout_us,
                     .name = g_strdup(request->name),
                     .owner = request->owner,
                     .done = done,
                     .data = data};
        for (unsigned i = 0; i < request->fd_count; i++)
                job->fds[i] = request->fds[i];
        g_queue_push_tail(&reading->waiting, job);
        look_again(reading);
}

/* Takes the jobs of an owner (NULL: of all) away from those who have them. */
static GPtrArray *take_jobs(Reading *reading, const void *owner)
{
        GPtrArray *taken = g_ptr_array_new();

        for (guint i = 0; i < reading->children->len; i++) {
                Child *child = g_ptr_array_index(reading->children, i);
                const Job *job = child_job(child);

                if (job && (!owner || job->owner == owner))
                        g_ptr_array_add(taken, child_discard(child));
        }
        for (GList *link = reading->waiting.head, *next; link; link = next) {
                Job *job = link->data;

                next = link->next;
                if (owner && job->owner != owner)
                        continue;
                g_ptr_array_add(taken, job);
                g_queue_delete_link(&reading->waiting, link);
        }
        return taken;
}

static void cancel_jobs(Reading *reading, const void *owner)
{
        g_autoptr(GPtrArray) jobs = take_jobs(reading, owner);

        for (guint i = 0; i < jobs->len; i++)
                cancel(jobs->pdata[i]);
}

void reading_cancel(Reading *reading, const void *owner)
{
        cancel_jobs(reading, owner);
        look_again(reading);
}

/* ---- life ---- */

static void drop_child(void *data)
{
        child_free(data);
}

Reading *reading_new(sd_event *loop, const char *program, unsigned processes, GError **error)
{
        g_autoptr(Reading) reading = g_new0(Reading, 1);

        reading->loop = sd_event_ref(loop);
        reading->program = g_strdup(program);
        reading->label = "the extractor";
        reading->processes = processes ? processes
                                       : (unsigned)CLAMP(sysconf(_SC_NPROCESSORS_ONLN), 1,
                                                         READING_PROCESSES_MAX);
        reading->idle_us = READING_IDLE_MS * UINT64_C(1000);
        reading->children = g_ptr_array_new_with_free_func(drop_child);
        g_queue_init(&reading->waiting);
        int r = sd_event_add_defer(loop, &reading->turn, on_turn, reading);
        if (r < 0) {
                error_set_errno(error, -r, "Cannot watch the extractor");
                return NULL;
        }
        (void)sd_event_source_set_enabled(reading->turn, SD_EVENT_OFF);
        return g_steal_pointer(&reading);
}

Reading *reading_free(Reading *reading)
{
        if (!reading)
                return NULL;
        reading->ending = true;
        reading->turn = sd_event_source_disable_unref(reading->turn);
        cancel_jobs(reading, NULL);
        g_clear_pointer(&reading->children, g_ptr_array_unref);
        sd_event_unref(reading->loop);
        g_free(reading->program);
        g_free(reading);
        return NULL;
}

unsigned reading_processes(const Reading *reading)
{
        return reading->processes;
}

void reading_set_label(Reading *reading, const char *label)
{
        reading->label = label;
}

void reading_set_idle(Reading *reading, uint64_t idle_ms)
{
        reading->idle_us = idle_ms * 1000;
}
