/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "execute/processes.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Source {
        Processes *processes;
        Isolate *isolate;
        unsigned begun, alive; /* processes */
} Source;

struct Process {
        Processes *processes;
        Source *source; /* NULL once it is dead */
        uint32_t serial;
        bool is_taken;
        Wire *wire;
        void (*ended)(const char *how, void *data);
        void *data;
        char *how; /* it died before anybody asked */
};

struct Processes {
        ProcessesOptions options;
        char *program;
        GPtrArray *sources;    /* Source; the last one is asked for more, unless it is used up */
        GHashTable *by_serial; /* Process that live, ready or taken */
        GQueue ready;          /* Process */
        unsigned taken;
        uint32_t serial;
        bool wanted; /* somebody waits for turn() */
        sd_event_source *idle, *patience, *later;
        GError *trouble; /* for turn() */
};

/* ---- coming and going ---- */

static void source_free(void *data)
{
        Source *source = data;

        isolate_free(source->isolate);
        g_free(source);
}

/* The newest that has processes to give and is ready, or that will be. */
static Source *current(Processes *processes)
{
        Source *coming = NULL;

        for (guint i = processes->sources->len; i > 0; i--) {
                Source *source = g_ptr_array_index(processes->sources, i - 1);

                if (source->begun >= PROCESSES_PER_ISOLATE)
                        continue;
                if (isolate_is_ready(source->isolate))
                        return source;
                coming = coming ? coming : source;
        }
        return coming;
}

/* Is the fresh one started, which takes over from the current one? */
static bool has_successor(const Processes *processes, const Source *source)
{
        return g_ptr_array_index(processes->sources, processes->sources->len - 1) != source;
}

/* A source that is used up goes with its last process. */
static void let_go(Processes *processes, Source *source)
{
        if (source->alive == 0 && source != current(processes))
                g_ptr_array_remove(processes->sources, source);
}

/* Forgets that it lives, and tells its user, who may give it back. */
static void process_died(Process *process, const char *how)
{
        Source *source = g_steal_pointer(&process->source);
        void (*ended)(const char *, void *) = process->ended;

        g_hash_table_remove(process->processes->by_serial, GUINT_TO_POINTER(process->serial));
        source->alive--;
        process->ended = NULL;
        if (!process->is_taken)
                process_give_back(process);
        else if (ended)
                ended(how, process->data);
        else
                process->how = g_strdup(how);
}

static void process_free(Process *process)
{
        wire_free(process->wire);
        g_free(process->how);
        g_free(process);
}

void process_give_back(Process *process)
{
        Processes *processes = process->processes;
        Source *source = process->source;

        g_queue_remove(&processes->ready, process);
        processes->taken -= process->is_taken;
        if (source) {
                g_hash_table_remove(processes->by_serial, GUINT_TO_POINTER(process->serial));
                isolate_kill(source->isolate, process->serial);
                source->alive--;
                let_go(processes, source);
        }
        process_free(process);
        if (processes->taken == 0)
                (void)sd_event_source_set_time_relative(
                        processes->idle, (uint64_t)PROCESSES_IDLE_SEC * G_USEC_PER_SEC);
        (void)sd_event_source_set_enabled(processes->idle,
                                          processes->taken == 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

/* ---- begun ahead ---- */

static void turn_later(Processes *processes, GError *trouble)
{
        g_clear_error(&processes->trouble);
        processes->trouble = trouble;
        (void)sd_event_source_set_enabled(processes->later, SD_EVENT_ONESHOT);
}

static int on_turn(sd_event_source *event, void *data)
{
        Processes *processes = data;
        g_autoptr(GError) trouble = g_steal_pointer(&processes->trouble);

        if (!processes->wanted)
                return 0;
        processes->wanted = false;
        processes->options.turn(trouble, processes->options.data);
        return 0;
}

static bool begin(Processes *processes, Source *source, GError **error)
{
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
                error_set_errno(error, errno, "Cannot make a socket for a snippet");
                return false;
        }
        Process *process = g_new0(Process, 1);
        *process = (Process){.processes = processes, .source = source};
        process->serial = ++processes->serial ?: ++processes->serial;
        process->wire = wire_new(processes->options.loop, pair[0], error);
        bool done =
                process->wire && isolate_begin(source->isolate, process->serial, pair[1], error);
        close(pair[1]);
        if (!done) {
                process_free(process);
                return false;
        }
        source->begun++;
        source->alive++;
        g_hash_table_insert(processes->by_serial, GUINT_TO_POINTER(process->serial), process);
        g_queue_push_tail(&processes->ready, process);
        return true;
}

/* ---- the isolate ---- */

static void on_ready(Isolate *isolate, void *data);
static void on_ended(Isolate *isolate, const IsolateNews *news, void *data);
static void on_died(Isolate *isolate, const char *why, void *data);

static bool spawn(Processes *processes, GError **error)
{
        static const IsolateHandlers handlers = {on_ready, on_ended, on_died};
        Source *source = g_new0(Source, 1);

        source->processes = processes;
        source->isolate = isolate_spawn(processes->options.loop, processes->program, &handlers,
                                        source, error);
        if (!source->isolate) {
                g_free(source);
                return false;
        }
        g_ptr_array_add(processes->sources, source);
        (void)sd_event_source_set_time_relative(processes->patience,
                                                (uint64_t)PROCESSES_START_SEC * G_USEC_PER_SEC);
        (void)sd_event_source_set_enabled(processes->patience, SD_EVENT_ONESHOT);
        return true;
}

/* Keeps PROCESSES_READY begun, or their isolate starting. */
static void fill(Processes *processes)
{
        GError *error = NULL;
        Source *source = current(processes);

        if (!source && spawn(processes, &error))
                return; /* on_ready() goes on */
        while (!error && source && isolate_is_ready(source->isolate) &&
               g_queue_get_length(&processes->ready) < PROCESSES_READY)
                (void)begin(processes, source, &error);
        if (!error && source && source->begun >= PROCESSES_PER_ISOLATE - PROCESSES_LAST_ONES &&
            !has_successor(processes, source))
                (void)spawn(processes, &error);
        if (error)
                turn_later(processes, error);
}

static void on_ready(Isolate *isolate, void *data)
{
        Source *source = data;
        Processes *processes = source->processes;
        int problem;
        uint32_t walls = isolate_walls(isolate, &problem);

        (void)sd_event_source_set_enabled(processes->patience, SD_EVENT_OFF);
        processes->options.walls(walls, problem, processes->options.data);
        fill(processes);
        turn_later(processes, NULL);
}

static char *describe_end(const IsolateNews *news)
{
        if (news->event == ISOLATE_REFUSED)
                return g_strdup_printf("it could not be started: %s", g_strerror(news->value));
        if (news->detail == CLD_EXITED)
                return g_strdup_printf("status %d", news->value);
        const char *name = sigabbrev_np(news->value);
        return g_strdup_printf("SIG%s", name ? name : "?");
}

static void on_ended(Isolate *isolate, const IsolateNews *news, void *data)
{
        Source *source = data;
        Processes *processes = source->processes;
        Process *process =
                g_hash_table_lookup(processes->by_serial, GUINT_TO_POINTER(news->serial));

        if (!process || process->source != source)
                return; /* was given back and killed */
        g_autofree char *how = describe_end(news);
        bool was_waiting = !process->is_taken;
        process_died(process, how);
        let_go(processes, source);
        if (was_waiting && processes->wanted && g_queue_is_empty(&processes->ready))
                turn_later(processes,
                           g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                       "A process for the snippet died before it came: %s", how));
}

static void on_died(Isolate *isolate, const char *why, void *data)
{
        Source *source = data;
        Processes *processes = source->processes;
        g_autoptr(GError) error = g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                              "The isolate is gone: %s", why);
        g_autoptr(GPtrArray) lost = g_ptr_array_new();
        GHashTableIter iter;
        Process *process;

        log_event(LOG_ISOLATE_DIED_EVENT, LOG_WARNING, NULL, error,
                  "The program that runs snippets has died");
        g_hash_table_iter_init(&iter, processes->by_serial);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&process))
                if (process->source == source)
                        g_ptr_array_add(lost, process);
        for (guint i = 0; i < lost->len; i++)
                process_died(g_ptr_array_index(lost, i), "the isolate has died");
        if (!isolate_is_ready(isolate))
                turn_later(processes, g_error_copy(error));
        else if (processes->wanted)
                turn_later(processes, NULL); /* who waits asks again, and gets a new one */
        g_ptr_array_remove(processes->sources, source);
}

static int on_impatient(sd_event_source *event, uint64_t usec, void *data)
{
        Processes *processes = data;
        guint count = processes->sources->len; /* the one that is started is the last */
        Source *source = count > 0 ? g_ptr_array_index(processes->sources, count - 1) : NULL;

        if (source && !isolate_is_ready(source->isolate))
                on_died(source->isolate, "it took longer than PROCESSES_START_SEC to be ready",
                        source);
        return 0;
}

static int on_idle(sd_event_source *event, uint64_t usec, void *data)
{
        Processes *processes = data;

        if (processes->taken > 0 || processes->wanted)
                return 0;
        while (!g_queue_is_empty(&processes->ready))
                process_give_back(g_queue_peek_head(&processes->ready));
        (void)sd_event_source_set_enabled(processes->idle, SD_EVENT_OFF);
        g_ptr_array_set_size(processes->sources, 0);
        return 0;
}

Processes *processes_new(const ProcessesOptions *options)
{
        Processes *processes = g_new0(Processes, 1);
        int r;

        processes->options = *options;
        processes->program = g_strdup(options->program);
        processes->sources = g_ptr_array_new_with_free_func(source_free);
        processes->by_serial = g_hash_table_new(NULL, NULL);
        g_queue_init(&processes->ready);
        r = sd_event_add_defer(options->loop, &processes->later, on_turn, processes);
        g_assert(r >= 0);
        (void)sd_event_source_set_enabled(processes->later, SD_EVENT_OFF);
        r = sd_event_add_time_relative(options->loop, &processes->idle, CLOCK_MONOTONIC, 0,
                                       G_USEC_PER_SEC, on_idle, processes);
        g_assert(r >= 0);
        (void)sd_event_source_set_enabled(processes->idle, SD_EVENT_OFF);
        r = sd_event_add_time_relative(options->loop, &processes->patience, CLOCK_MONOTONIC, 0,
                                       G_USEC_PER_SEC, on_impatient, processes);
        g_assert(r >= 0);
        (void)sd_event_source_set_enabled(processes->patience, SD_EVENT_OFF);
        return processes;
}

Processes *processes_free(Processes *processes)
{
        if (!processes)
                return NULL;
        while (!g_queue_is_empty(&processes->ready))
                process_give_back(g_queue_peek_head(&processes->ready));
        g_ptr_array_unref(processes->sources);
        g_hash_table_unref(processes->by_serial);
        sd_event_source_disable_unref(processes->idle);
        sd_event_source_disable_unref(processes->patience);
        sd_event_source_disable_unref(processes->later);
        g_clear_error(&processes->trouble);
        g_free(processes->program);
        g_free(processes);
        return NULL;
}

Process *processes_take(Processes *processes)
{
        Process *process = g_queue_pop_head(&processes->ready);

        processes->wanted = !process;
        if (process) {
                processes->taken++;
                process->is_taken = true;
                (void)sd_event_source_set_enabled(processes->idle, SD_EVENT_OFF);
        }
        fill(processes);
        if (!process && !g_queue_is_empty(&processes->ready))
                turn_later(processes, NULL);
        return process;
}

Wire *process_wire(Process *process)
{
        return process->wire;
}

void process_watch(Process *process, void (*ended)(const char *how, void *data), void *data)
{
        g_autofree char *how = g_strdup(process->how); /* it may be given back meanwhile */

        process->ended = how ? NULL : ended;
        process->data = data;
        if (how)
                ended(how, data);
}
