/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls from the loop: see tools.h. STUB of the tools' engineer: straight to a worker; no turns, no progress, nothing
 * is awaited yet. */
#include "tools/tools.h"

struct Runner {
        Tools *tools;
        WorkerPool *pool;
};

struct ToolRun {
        Runner *runner;
        ToolRequest request;
        Access *access;
        Exchange *exchange;
        char *name;
        JsonObject *args, *answer;
        GError *error;
        ToolTask *task; /* of a tool with a starter */
        bool cancelled;
};

Runner *runner_new(Tools *tools, WorkerPool *pool, sd_event *loop, GError **error)
{
        Runner *runner = g_new0(Runner, 1);

        *runner = (Runner){tools, pool};
        return runner;
}

Runner *runner_free(Runner *runner)
{
        g_free(runner);
        return NULL;
}

static void work(void *data)
{
        ToolRun *run = data;

        run->answer =
                tools_call(run->runner->tools, run->access, run->name, run->args, &run->error);
}

static void on_done(void *data)
{
        ToolRun *run = data;
        ToolOutcome outcome = {.answer = run->answer, .error = run->error};

        if (!run->answer && exchange_is_paused(run->exchange)) {
                outcome.error = NULL;
                outcome.asks = exchange_asks(run->exchange);
                outcome.note = exchange_note(run->exchange);
        }
        if (!run->cancelled)
                run->request.done(&outcome, run->request.data);
        g_clear_pointer(&run->answer, json_object_unref);
        g_clear_pointer(&run->args, json_object_unref);
        g_clear_error(&run->error);
        access_unref(run->access);
        exchange_unref(run->exchange);
        g_free(run->name);
        g_free(run);
}

static void nothing(void *data)
{
}

static void on_task_done(JsonObject *answer, const GError *error, void *data)
{
        ToolRun *run = data;

        run->task = NULL;
        run->answer = answer ? json_object_ref(answer) : NULL;
        run->error = error ? g_error_copy(error) : NULL;
        on_done(run);
}

/* A tool that waits rather than computes needs no thread. */
static void begin_task(ToolRun *run)
{
        ToolStart start = {run->access, run->name, run->args, on_task_done, run};

        run->task = tools_start(run->runner->tools, &start, &run->error);
        if (!run->task)
                worker_pool_push(run->runner->pool, nothing, on_done, run);
}

ToolRun *runner_start(Runner *runner, const ToolRequest *request)
{
        ToolRun *run = g_new0(ToolRun, 1);
        ExchangeOptions exchange = {
                .can_ask = request->can_ask, .replies = request->replies, .note = request->note};

        *run = (ToolRun){.runner = runner, .request = *request};
        run->exchange = exchange_new(&exchange);
        run->access = access_for_call(request->access, run->exchange);
        run->name = g_strdup(request->name);
        run->args = request->args ? json_object_ref(request->args) : json_object_new();
        const Tool *tool = tools_find(runner->tools, run->name);
        if (tool && tool->start)
                begin_task(run);
        else
                worker_pool_push(runner->pool, work, on_done, run);
        return run;
}

void runner_cancel(ToolRun *run)
{
        run->cancelled = true;
        exchange_cancel(run->exchange);
        if (run->task) {
                tools_stop(g_steal_pointer(&run->task));
                on_done(run);
        }
}
