/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runner: calls from the loop. A run waits with its caller; the callers stand in a ring and take turns. It then goes
 * to a worker, or is tried at once, or is begun if its tool has a starter; and it is held, without a thread, while an
 * approval that it waits for is not decided. Everything here happens on the loop but work(), and what a relay does. */
#include "tools/relay.h"
#include "tools/runner.h"
#include "tools/table.h"

typedef enum RunState {
        RUN_WAITING, /* in its caller's queue */
        RUN_WORKING, /* a worker has it */
        RUN_BEGUN,   /* its tool calls back */
        RUN_HELD,    /* for an approval */
        RUN_ENDING,  /* a letter that ends it is on its way */
} RunState;

/* Whoever has runs here: a connection, the human, the daemon; the snippets of each of them stand by themselves, since
 * a call that waits for its own inner ones must not stand before them. */
typedef struct Caller {
        char *key;
        GQueue waiting; /* ToolRun */
        unsigned working, begun, held;
        bool in_ring; /* something waits */
} Caller;

struct Runner {
        Tools *tools;
        WorkerPool *pool;
        sd_event *loop;
        Mailbox *mailbox;
        Metric *queued;      /* calls that wait for their turn */
        GHashTable *callers; /* key → Caller */
        GQueue ring;         /* Caller, in order of their turns */
        GHashTable *runs;    /* all of them */
        Trial trial;
        unsigned working, working_max, slow, slow_max;
        unsigned caller_max; /* of one at work: never all threads */
        unsigned at_once;    /* carried out on the loop since it last came round */
};

struct ToolRun {
        Runner *runner;
        Caller *caller; /* not while it is ending */
        RunState state;
        ToolRequest
                request; /* its texts and objects are the run's own; the access is of the caller alone */
        bool is_slow, is_task, is_cancelled;
        Exchange *exchange; /* of this round */
        Access *access;
        Relay *relay;   /* or NULL */
        ToolTask *task; /* while it is begun */
        JsonObject *answer;
        GError *error;
        GPtrArray *decided;     /* approvals that were decided while it was at work */
        sd_event_source *timer; /* while it is held */
};

/* ---- runs and callers come and go ---- */

static void caller_free(void *data)
{
        Caller *caller = data;

        g_queue_clear(&caller->waiting);
        g_free(caller->key);
        g_free(caller);
}

static Caller *get_caller(Runner *runner, const ToolRequest *request)
{
        g_autofree char *key = g_strconcat(access_observer(request->access),
                                           request->inner ? " (its snippets)" : NULL, NULL);
        Caller *caller = g_hash_table_lookup(runner->callers, key);

        if (caller)
                return caller;
        caller = g_new0(Caller, 1);
        caller->key = g_steal_pointer(&key);
        g_queue_init(&caller->waiting);
        g_hash_table_insert(runner->callers, caller->key, caller);
        return caller;
}

static void drop_round(ToolRun *run)
{
        g_clear_pointer(&run->access, access_unref);
        g_clear_pointer(&run->exchange, exchange_unref);
        g_clear_pointer(&run->answer, json_object_unref);
        g_clear_error(&run->error);
}

static void run_free(ToolRun *run)
{
        Runner *runner = run->runner;

        g_hash_table_remove(runner->runs, run);
        drop_round(run);
        relay_free(run->relay);
        sd_event_source_disable_unref(run->timer);
        access_unref((Access *)run->request.access);
        g_clear_pointer(&run->request.args, json_object_unref);
        g_clear_pointer(&run->request.replies, json_object_unref);
        g_free((char *)run->request.name);
        g_free((char *)run->request.note);
        g_ptr_array_unref(run->decided);
        g_free(run);
}

/* Forgets a caller that has nothing here any more. */
static void let_go(Caller *caller, Runner *runner)
{
        if (caller->in_ring && g_queue_is_empty(&caller->waiting)) {
                g_queue_remove(&runner->ring, caller);
                caller->in_ring = false;
        }
        if (!caller->in_ring && caller->working == 0 && caller->begun == 0 && caller->held == 0)
                g_hash_table_remove(runner->callers, caller->key);
}

static void on_progress(double done, double total, const char *message, void *data)
{
        ToolRun *run = data;

        run->request.progress(done, total, message, run->request.data);
}

static void on_said(int level, const char *text, void *data)
{
        ToolRun *run = data;

        run->request.say(level, text, run->request.data);
}

static ToolRun *run_new(Runner *runner, const ToolRequest *request)
{
        ToolRun *run = g_new0(ToolRun, 1);
        const Tool *tool = tools_find(runner->tools, request->name);

        run->runner = runner;
        run->is_task = tool && tool->start;
        run->is_slow = tool && tool->cost == TOOL_SLOW && !run->is_task;
        run->request = *request;
        run->request.access = access_ref(request->access);
        run->request.name = g_strdup(request->name);
        run->request.note = g_strdup(request->note);
        run->request.args = request->args ? json_copy_object(request->args) : json_object_new();
        run->request.replies = request->replies ? json_copy_object(request->replies) : NULL;
        run->decided = g_ptr_array_new_with_free_func(g_free);
        if (request->progress || request->say) {
                RelayFuncs funcs = {request->progress ? on_progress : NULL,
                                    request->say ? on_said : NULL, run};
                run->relay = relay_new(runner->loop, runner->mailbox, &funcs);
        }
        g_hash_table_add(runner->runs, run);
        return run;
}

/* ---- a round: the handler is called once ---- */

static void begin_round(ToolRun *run)
{
        ExchangeOptions options = {
                .can_ask = run->request.can_ask,
                .can_wait = !run->request.inner,
                .replies = run->request.replies,
                .note = run->request.note,
                .progress = run->relay ? relay_report : NULL,
                .say = run->relay ? relay_say : NULL,
                .data = run->relay,
        };

        drop_round(run);
        run->exchange = exchange_new(&options);
        run->access = access_for_call(run->request.access, run->exchange);
}

static void work(void *data)
{
        ToolRun *run = data;

        run->answer = tools_call(run->runner->tools, run->access, run->request.name,
                                 run->request.args, &run->error);
}

/* The last that a run does. */
static void end(ToolRun *run)
{
        ToolOutcome outcome = {.answer = run->answer, .error = run->error};

        if (!run->answer && !run->request.inner && exchange_is_paused(run->exchange)) {
                outcome.error = NULL;
                outcome.asks = exchange_asks(run->exchange);
                outcome.note = exchange_note(run->exchange);
        }
        if (run->relay)
                relay_flush(run->relay);
        if (!run->is_cancelled)
                run->request.done(&outcome, run->request.data);
        run_free(run);
}

static void on_letter(void *data)
{
        ToolRun *run = data;

        run->runner->at_once = 0;
        end(run);
}

/* done is not called before runner_start() has returned, so by a letter. */
static void end_later(ToolRun *run)
{
        run->state = RUN_ENDING;
        run->caller = NULL;
        mailbox_post(run->runner->mailbox, on_letter, run);
}

static void dispatch(Runner *runner);
static bool hold(ToolRun *run);

static void on_worked(void *data)
{
        ToolRun *run = data;
        Runner *runner = run->runner;
        Caller *caller = run->caller;
        bool goes_on;

        caller->working--;
        runner->working--;
        runner->slow -= run->is_slow;
        goes_on = !run->is_cancelled && hold(run);
        let_go(caller, runner);
        dispatch(runner);
        if (!goes_on)
                end(run);
}

/* ---- turns ---- */

static bool may_start(const ToolRun *run)
{
        const Runner *runner = run->runner;

        if (run->is_task)
                return run->caller->begun < RUNS_PER_CONNECTION_MAX;
        return run->caller->working < runner->caller_max && runner->working < runner->working_max &&
               (!run->is_slow || runner->slow < runner->slow_max);
}

static ToolRun *next_of(Caller *caller)
{
        for (GList *link = caller->waiting.head; link; link = link->next) {
                ToolRun *run = link->data;

                if (may_start(run)) {
                        g_queue_delete_link(&caller->waiting, link);
                        metric_add(run->runner->queued, -1);
                        return run;
                }
        }
        return NULL;
}

static void on_task_done(JsonObject *answer, const GError *error, void *data)
{
        ToolRun *run = data;
        Runner *runner = run->runner;

        run->task = NULL;
        run->answer = answer ? json_object_ref(answer) : NULL;
        run->error = error ? g_error_copy(error) : NULL;
        run->caller->begun--;
        let_go(run->caller, runner);
        dispatch(runner);
        end(run);
}

/* A tool that waits rather than computes needs no thread. */
static void begin_task(ToolRun *run)
{
        ToolStart start = {run->access, run->request.name, run->request.args, on_task_done, run};

        run->state = RUN_BEGUN;
        run->caller->begun++;
        run->task = tools_start(run->runner->tools, &start, &run->error);
        if (run->task)
                return;
        run->caller->begun--;
        end_later(run);
}

static void start(ToolRun *run)
{
        Runner *runner = run->runner;

        begin_round(run);
        if (run->is_task) {
                begin_task(run);
                return;
        }
        run->state = RUN_WORKING;
        run->caller->working++;
        runner->working++;
        runner->slow += run->is_slow;
        worker_pool_push(runner->pool, work, on_worked, run);
}

/* The first in the ring who can go on does so, and goes to its end. */
static bool take_turn(Runner *runner)
{
        for (GList *link = runner->ring.head; link; link = link->next) {
                Caller *caller = link->data;
                ToolRun *run = next_of(caller);

                if (!run)
                        continue;
                g_queue_unlink(&runner->ring, link);
                caller->in_ring = !g_queue_is_empty(&caller->waiting);
                if (caller->in_ring)
                        g_queue_push_tail_link(&runner->ring, link);
                else
                        g_list_free(link);
                start(run);
                let_go(caller, runner);
                return true;
        }
        return false;
}

static void dispatch(Runner *runner)
{
        while (take_turn(runner))
                ;
}

static void enqueue(ToolRun *run)
{
        Caller *caller = run->caller;

        run->state = RUN_WAITING;
        g_queue_push_tail(&caller->waiting, run);
        metric_add(run->runner->queued, 1);
        if (!caller->in_ring)
                g_queue_push_tail(&run->runner->ring, caller);
        caller->in_ring = true;
}

/* ---- held for an approval ---- */

/* The caller as he is now: his connection may have been changed or revoked meanwhile. */
static bool renew_access(ToolRun *run, GError **error)
{
        const Connection *old = access_connection(run->request.access);
        Gate *gate = tools_gate(run->runner->tools);

        if (!old || !gate)
                return true;
        g_autoptr(Connection) now = gate_connection(gate, connection_id(old), error);
        if (!now)
                return false;
        Access *access = access_new_connection(now, access_actor(run->request.access)->session);
        access_unref((Access *)run->request.access);
        run->request.access = access;
        return true;
}

/* What the handler noted is there for it when it is called anew. */
static void keep_note(ToolRun *run)
{
        char *note = g_strdup(exchange_note(run->exchange));

        g_free((char *)run->request.note);
        run->request.note = note;
}

static void call_anew(ToolRun *run)
{
        drop_round(run);
        if (renew_access(run, &run->error))
                enqueue(run);
        else
                end_later(run);
}

static void release(ToolRun *run)
{
        run->timer = sd_event_source_disable_unref(run->timer);
        run->caller->held--;
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
        ToolRun *run = data;
        Runner *runner = run->runner;
        Caller *caller = run->caller;
        bool own = exchange_awaits_us(run->exchange) > 0;

        release(run);
        if (own) {
                call_anew(run);
        } else {
                drop_round(run);
                g_set_error(&run->error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                            "%s waited for the human for RUN_HELD_SEC_MAX (%d s); it was not "
                            "carried out",
                            run->request.name, RUN_HELD_SEC_MAX);
                end_later(run);
        }
        let_go(caller, runner);
        dispatch(runner);
        return 0;
}

static bool set_timer(ToolRun *run, GError **error)
{
        int64_t longest = (int64_t)RUN_HELD_SEC_MAX * G_USEC_PER_SEC;
        int64_t own = exchange_awaits_us(run->exchange);
        int64_t due = g_get_monotonic_time() + (own > 0 ? MIN(own, longest) : longest);
        int r = sd_event_add_time(run->runner->loop, &run->timer, CLOCK_MONOTONIC, (uint64_t)due,
                                  /* accuracy= */ 1000, on_time, run);

        if (r >= 0)
                return true;
        error_set_errno(error, -r, "Cannot wait for the human");
        return false;
}

static bool check_held(const ToolRun *run, GError **error)
{
        if (run->caller->held < RUNS_HELD_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "%s has RUNS_HELD_MAX (%d) calls waiting for the human", run->caller->key,
                    RUNS_HELD_MAX);
        return false;
}

/* Does the run go on later? Else it ends now, with what it has. */
static bool hold(ToolRun *run)
{
        const char *approval;
        g_autoptr(GError) error = NULL;

        if (run->answer || run->request.inner || !exchange_is_paused(run->exchange) ||
            exchange_asks(run->exchange))
                return false;
        approval = exchange_awaits(run->exchange);
        keep_note(run);
        if (g_ptr_array_find_with_equal_func(run->decided, approval, g_str_equal, NULL)) {
                call_anew(run);
                return true;
        }
        if (check_held(run, &error) && set_timer(run, &error)) {
                run->state = RUN_HELD;
                run->caller->held++;
                return true;
        }
        drop_round(run);
        run->error = g_steal_pointer(&error);
        return false;
}

/* The runs that wait for the approval; those at work may be about to. */
static GPtrArray *waiting_for(Runner *runner, const char *approval)
{
        GPtrArray *found = g_ptr_array_new();
        GHashTableIter iter;
        void *key;

        g_hash_table_iter_init(&iter, runner->runs);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
                ToolRun *run = key;

                if (run->state == RUN_WORKING)
                        g_ptr_array_add(run->decided, g_strdup(approval));
                else if (run->state == RUN_HELD &&
                         g_str_equal(exchange_awaits(run->exchange), approval))
                        g_ptr_array_add(found, run);
        }
        return found;
}

void runner_on_approval(const char *approval, ApprovalState state, void *data)
{
        Runner *runner = data;

        if (state == APPROVAL_PENDING)
                return;
        g_autoptr(GPtrArray) found = waiting_for(runner, approval);
        for (guint i = 0; i < found->len; i++) {
                ToolRun *run = g_ptr_array_index(found, i);
                Caller *caller = run->caller;

                release(run);
                call_anew(run);
                let_go(caller, runner);
        }
        dispatch(runner);
}

/* ---- for the doors ---- */

Runner *runner_new(Tools *tools, WorkerPool *pool, sd_event *loop, GError **error)
{
        static const MetricFamily queued = {"ouroboros_tool_calls_waiting",
                                            "Calls that wait for their turn."};
        g_autoptr(Mailbox) mailbox = mailbox_new(loop, error);
        unsigned threads = worker_pool_threads(pool);
        Runner *runner;

        if (!mailbox)
                return NULL;
        runner = g_new0(Runner, 1);
        runner->tools = tools;
        runner->pool = pool;
        runner->loop = loop;
        runner->queued = metrics_series(tools_metrics(tools), METRIC_GAUGE, &queued, NULL);
        runner->mailbox = g_steal_pointer(&mailbox);
        runner->callers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, caller_free);
        g_queue_init(&runner->ring);
        runner->runs = g_hash_table_new(NULL, NULL);
        runner->working_max = threads * 2; /* a thread that is done finds the next one there */
        runner->slow_max = MAX(threads - 1, 1);
        runner->caller_max = MIN(RUNS_PER_CONNECTION_MAX, runner->slow_max);
        if (tools_gate(tools))
                gate_add_approval_feed(tools_gate(tools), runner_on_approval, runner);
        return runner;
}

Runner *runner_free(Runner *runner)
{
        if (!runner)
                return NULL;
        if (tools_gate(runner->tools))
                gate_remove_approval_feed(tools_gate(runner->tools), runner_on_approval, runner);
        mailbox_free(runner->mailbox);
        g_assert(g_hash_table_size(runner->runs) == 0);
        g_hash_table_unref(runner->runs);
        g_queue_clear(&runner->ring);
        g_hash_table_unref(runner->callers);
        g_free(runner);
        return NULL;
}

/* Some at once, then the loop has its turn. */
static bool try_at_once(ToolRun *run)
{
        Runner *runner = run->runner;
        const Tool *tool = tools_find(runner->tools, run->request.name);

        if (runner->at_once >= RUNS_AT_ONCE_MAX || run->is_task || !tool ||
            tool->cost != TOOL_INSTANT)
                return false;
        begin_round(run);
        if (!trial_run(&runner->trial, tool, work, run))
                return false;
        runner->at_once++;
        return true;
}

/* An answer that was had at once; whoever pauses waits like others. */
static void settle(ToolRun *run)
{
        if (!hold(run))
                end_later(run);
}

ToolRun *runner_start(Runner *runner, const ToolRequest *request)
{
        ToolRun *run = run_new(runner, request);
        Caller *caller = get_caller(runner, request);

        run->caller = caller;
        if (try_at_once(run)) {
                settle(run);
        } else if (request->inner || g_queue_get_length(&caller->waiting) < RUNS_QUEUED_MAX) {
                enqueue(run);
        } else {
                drop_round(run);
                g_set_error(&run->error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%s has RUNS_QUEUED_MAX (%d) calls waiting; wait for an answer",
                            caller->key, RUNS_QUEUED_MAX);
                end_later(run);
        }
        let_go(caller, runner);
        dispatch(runner);
        return run;
}

void runner_cancel(ToolRun *run)
{
        Runner *runner = run->runner;
        Caller *caller = run->caller;

        run->is_cancelled = true;
        if (run->relay)
                relay_mute(run->relay);
        switch (run->state) {
        case RUN_WAITING:
                g_queue_remove(&caller->waiting, run);
                metric_add(runner->queued, -1);
                break;
        case RUN_HELD:
                release(run);
                break;
        case RUN_BEGUN:
                tools_stop(g_steal_pointer(&run->task));
                caller->begun--;
                break;
        case RUN_WORKING:
                exchange_cancel(run->exchange);
                return;
        case RUN_ENDING:
                return;
        }
        run_free(run);
        let_go(caller, runner);
        dispatch(runner);
}
