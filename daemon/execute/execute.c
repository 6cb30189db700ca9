/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Task is one call of execute_code: it waits, in turn with those of other callers, until a process is there, runs as a
 * Snippet, and is answered. The room begins nothing on the stack of who calls it. */
#include <errno.h>
#include <string.h>

#include "execute/processes.h"
#include "execute/snippet.h"

#define PROGRAM "ouroboros-isolate"

typedef struct Task {
        Execute *execute;
        Snippet *snippet;
        bool runs;
        GError *refusal; /* it is not to run; told when its turn comes */
        ToolDone done;
        void *data;
} Task;

/* A character has at most four bytes. */
G_STATIC_ASSERT(4 * EXECUTE_CODE_CHARS_MAX <= ISOLATE_CODE_BYTES_MAX);

struct Execute {
        ExecuteOptions options;
        Host host;
        Processes *processes;
        GQueue waiting; /* Task */
        GQueue running; /* Task */
        sd_event_source *turn;
        bool is_stopping, told_weak;
};

/* ---- how a call ends ---- */

static void task_free(Task *task)
{
        Execute *execute = task->execute;

        g_queue_remove(task->runs ? &execute->running : &execute->waiting, task);
        snippet_free(task->snippet);
        g_clear_error(&task->refusal);
        service_release(execute->options.service);
        g_free(task);
}

static void look_again(Execute *execute)
{
        if (!execute->is_stopping)
                (void)sd_event_source_set_enabled(execute->turn, SD_EVENT_ONESHOT);
}

static void end_task(Task *task, JsonObject *answer, const GError *error)
{
        Execute *execute = task->execute;
        ToolDone done = task->done;
        void *data = task->data;

        if (answer)
                json_object_ref(answer);
        task_free(task);
        look_again(execute);
        done(answer, error, data);
        if (answer)
                json_object_unref(answer);
}

static void on_snippet_done(Snippet *snippet, JsonObject *answer, void *data)
{
        end_task(data, answer, NULL);
}

static void fail_waiting(Execute *execute, const GError *error)
{
        while (!g_queue_is_empty(&execute->waiting))
                end_task(g_queue_peek_head(&execute->waiting), NULL, error);
}

/* ---- whose turn it is ---- */

static unsigned count_of(const GQueue *tasks, const char *caller)
{
        unsigned count = 0;

        for (GList *link = tasks->head; link; link = link->next)
                count += g_str_equal(snippet_caller(((Task *)link->data)->snippet), caller);
        return count;
}

static Task *next_task(Execute *execute)
{
        if (g_queue_get_length(&execute->running) >= EXECUTE_RUNNING_MAX)
                return NULL;
        for (GList *link = execute->waiting.head; link; link = link->next) {
                Task *task = link->data;

                if (!task->refusal && count_of(&execute->running, snippet_caller(task->snippet)) <
                                              EXECUTE_RUNNING_PER_CALLER_MAX)
                        return task;
        }
        return NULL;
}

static void end_refused(Execute *execute)
{
        for (GList *link = execute->waiting.head, *next; link; link = next) {
                Task *task = link->data;
                g_autoptr(GError) refusal = g_steal_pointer(&task->refusal);

                next = link->next;
                if (refusal)
                        end_task(task, NULL, refusal);
        }
}

static int on_turn(sd_event_source *source, void *data)
{
        Execute *execute = data;
        Task *task;

        end_refused(execute);
        while ((task = next_task(execute))) {
                Process *process = processes_take(execute->processes);

                if (!process)
                        return 0; /* on_process() goes on */
                g_queue_remove(&execute->waiting, task);
                g_queue_push_tail(&execute->running, task);
                task->runs = true;
                snippet_run(task->snippet, process);
        }
        return 0;
}

static void on_process(const GError *error, void *data)
{
        Execute *execute = data;

        if (error)
                fail_waiting(execute, error);
        else
                look_again(execute);
}

/* ---- the tool ---- */

static Task *task_new(Execute *execute, const Access *access, JsonObject *args)
{
        Task *task = g_new0(Task, 1);
        SnippetOptions options = {
                .host = &execute->host,
                .access = access,
                .code = args_string(args, "code"),
                .timeout_ms = (uint32_t)json_member_int(args, "timeout_ms", EXECUTE_TIMEOUT_MS),
                .done = on_snippet_done,
                .data = task,
        };

        task->execute = execute;
        task->snippet = snippet_new(&options);
        if (g_queue_get_length(&execute->waiting) >= EXECUTE_WAITING_MAX)
                task->refusal = g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                            "%d snippets wait already (EXECUTE_WAITING_MAX)",
                                            EXECUTE_WAITING_MAX);
        service_hold(execute->options.service);
        g_queue_push_tail(&execute->waiting, task);
        return task;
}

static void *start(void *room, const Access *access, JsonObject *args, ToolDone done, void *data)
{
        Execute *execute = room;
        Task *task = task_new(execute, access, args);

        task->done = done;
        task->data = data;
        look_again(execute);
        return task;
}

static void stop(void *data)
{
        Task *task = data;
        Execute *execute = task->execute;

        task_free(task);
        look_again(execute);
}

/* An agent who may only read may run snippets, whose calls are checked one by one. Over D-Bus it is polkit that says what
 * a person's program may do, once for the whole snippet: so write, and nothing that is asked for by an action of its own
 * (calls.c). */
static const Tool tools[] = {
        {"execute_code", TOOL_READ, TOOL_SLOW, .action = "write", .start = start, .stop = stop},
        {NULL},
};

ToolTable execute_tools(Execute *execute)
{
        return (ToolTable){tools, execute};
}

/* ---- the room ---- */

static void on_walls(uint32_t walls, int problem, void *data)
{
        Execute *execute = data;
        bool weak = !(walls & ISOLATE_WALL_NAMESPACES);

        execute->options.report(weak ? "without namespaces" : "confined", execute->options.data);
        if (!weak || execute->told_weak)
                return;
        execute->told_weak = true;
        g_autoptr(GError) error = NULL;
        error_set_errno(&error, problem, "Namespaces were refused");
        log_event(LOG_ISOLATE_WEAK_EVENT, LOG_WARNING, NULL, error,
                  "Snippets run without namespaces of their own");
}

Execute *execute_new(const ExecuteOptions *options)
{
        Execute *execute = g_new0(Execute, 1);
        g_autofree char *program = g_build_filename(options->paths->libexec, PROGRAM, NULL);

        execute->options = *options;
        execute->host.loop = service_loop(options->service);
        execute->host.pool = options->pool;
        g_queue_init(&execute->waiting);
        g_queue_init(&execute->running);
        ProcessesOptions processes = {
                .loop = execute->host.loop,
                .program = program,
                .turn = on_process,
                .walls = on_walls,
                .data = execute,
        };
        execute->processes = processes_new(&processes);
        int r = sd_event_add_defer(execute->host.loop, &execute->turn, on_turn, execute);
        g_assert(r >= 0);
        (void)sd_event_source_set_enabled(execute->turn, SD_EVENT_OFF);
        return execute;
}

void execute_connect(Execute *execute, Tools *all, Runner *runner, Gate *gate)
{
        execute->host.tools = all;
        execute->host.runner = runner;
        execute->host.gate = gate;
}

void execute_stop(Execute *execute)
{
        g_autoptr(GError) error = g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                                                      "The daemon is stopping");

        if (execute->is_stopping)
                return;
        execute->is_stopping = true;
        execute->turn = sd_event_source_disable_unref(execute->turn);
        fail_waiting(execute, error);
        while (!g_queue_is_empty(&execute->running))
                end_task(g_queue_peek_head(&execute->running), NULL, error);
        execute->processes = processes_free(execute->processes);
}

Execute *execute_free(Execute *execute)
{
        if (!execute)
                return NULL;
        execute_stop(execute);
        g_free(execute);
        return NULL;
}
