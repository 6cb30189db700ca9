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
        worker_pool_push(runner->pool, work, on_done, run);
        return run;
}

void runner_cancel(ToolRun *run)
{
        run->cancelled = true;
        exchange_cancel(run->exchange);
}
