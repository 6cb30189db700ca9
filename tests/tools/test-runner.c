/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls from the loop. The tools here are of the tests (tests/tools/schema) and do what their argument says.
 * Seen to fail: with a caller who keeps his place in the ring, without each of the limits (slow calls, one caller, queue,
 * held, at once), with done called by runner_start(), with progress told as it comes, with the last progress dropped,
 * with cancelled runs that stay in the queue, are told of, or whose handlers are not, with decisions forgotten that come
 * while the handler is at work, with held runs that keep their thread, with notes lost, with lines that nobody counts. */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "tools/runner.h"

#define WRONG "longer than the forty characters that it may have"

typedef struct Fixture {
        sd_event *loop;
        WorkerPool *pool;
        Tools *tools;
        Runner *runner;
        Access *ada, *ben, *cleo;
        int gate;         /* atomic: handlers that are told to wait go on when it is 1 */
        int passes;       /* atomic: as many of them go on before that */
        int heard;        /* atomic: progress that was told */
        int inside;       /* atomic: handlers at work */
        int calls;        /* atomic: handlers that were called */
        unsigned stopped; /* tasks */
        unsigned on_loop; /* handlers that ran on the loop's thread */
        GThread *loop_thread;
        GString *order; /* a letter for each end */
} Fixture;

typedef struct Call {
        Fixture *fixture;
        ToolRun *run;
        unsigned done, told, lines;
        int line; /* the last that was said */
        double last;
        char letter;
        char *answer; /* value of the answer, error's code, or "asks" */
        char *note;
        GError *error;
} Call;

/* ---- handlers ---- */

static JsonObject *answer_with(const char *value)
{
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "value", value);
        return answer;
}

static bool take_pass(Fixture *fixture)
{
        int passes = g_atomic_int_get(&fixture->passes);

        return passes > 0 &&
               g_atomic_int_compare_and_exchange(&fixture->passes, passes, passes - 1);
}

static JsonObject *wait_for_gate(Fixture *fixture, const Access *access, GError **error)
{
        while (!g_atomic_int_get(&fixture->gate) && !take_pass(fixture)) {
                if (!access_check_cancelled(access, error))
                        return NULL;
                g_usleep(200);
        }
        return answer_with("waited");
}

/* The first is heard before there is more, however late the loop comes round. */
static JsonObject *report(Fixture *fixture, const Access *access, GError **error)
{
        access_progress(access, 0.5, 2000, "begun");
        while (!g_atomic_int_get(&fixture->heard)) {
                if (!access_check_cancelled(access, error))
                        return NULL;
                g_usleep(200);
        }
        for (unsigned i = 1; i <= 2000; i++) {
                access_progress(access, i, 2000, "on the way");
                if (i % 20 == 0)
                        g_usleep(1000);
        }
        return answer_with("reported");
}

/* More than is kept at once. */
static JsonObject *talk(const Access *access)
{
        for (unsigned i = 0; i < 5000; i++) {
                g_autofree char *line = g_strdup_printf("%u", i);
                access_say(access, LOG_NOTICE, line);
        }
        return answer_with("said");
}

static JsonObject *ask(const Access *access, GError **error)
{
        JsonObject *reply = access_reply(access, "name");

        if (reply)
                return answer_with(json_member_string(reply, "is", "?"));
        g_autoptr(JsonObject) params = json_object_new();
        json_object_set_string_member(params, "message", "Your name?");
        access_ask(access, "name", ASK_FORM, params);
        access_pause(access, "asked once", error);
        return NULL;
}

/* The value names the approval, and how long in milliseconds after a slash. */
static JsonObject *await(Fixture *fixture, const Access *access, JsonObject *args, GError **error)
{
        g_auto(GStrv) parts = g_strsplit(args_string(args, "value"), "/", 2);

        if (access_note(access))
                return answer_with(access_note(access));
        if (g_str_equal(parts[0], "appr-raced"))
                wait_for_gate(fixture, access, NULL);
        access_await(access, parts[0], parts[1] ? g_ascii_strtoll(parts[1], NULL, 10) * 1000 : 0);
        access_pause(access, "awaited", error);
        return NULL;
}

static JsonObject *handle(void *room, const Access *access, JsonObject *args, GError **error)
{
        Fixture *fixture = room;
        const char *does = args_string(args, "does");
        JsonObject *answer = NULL;

        g_atomic_int_inc(&fixture->calls);
        g_atomic_int_inc(&fixture->inside);
        if (g_str_equal(does, "wait"))
                answer = wait_for_gate(fixture, access, error);
        else if (g_str_equal(does, "talk"))
                answer = talk(access);
        else if (g_str_equal(does, "report"))
                answer = report(fixture, access, error);
        else if (g_str_equal(does, "ask"))
                answer = ask(access, error);
        else if (g_str_equal(does, "await"))
                answer = await(fixture, access, args, error);
        else
                answer = answer_with(args_string(args, "value") ?: "answered");
        if (g_thread_self() == fixture->loop_thread)
                fixture->on_loop++;
        g_atomic_int_add(&fixture->inside, -1);
        return answer;
}

/* A tool that is begun: makes TASK_CALLS inner calls and has its answer when they have theirs. */
#define TASK_CALLS 20

typedef struct Task Task;

typedef struct Inner {
        Task *task;
        ToolRun *run;
} Inner;

struct Task {
        Fixture *fixture;
        ToolDone done;
        void *data;
        unsigned left;
        Inner inner[TASK_CALLS];
};

static void on_inner(const ToolOutcome *outcome, void *data)
{
        Inner *inner = data;
        Task *task = inner->task;

        g_assert_nonnull(outcome->answer);
        inner->run = NULL;
        if (--task->left > 0)
                return;
        g_autoptr(JsonObject) answer = answer_with("all of them");
        task->done(answer, NULL, task->data);
        g_free(task);
}

static void *begin_task(void *room, const Access *access, JsonObject *args, ToolDone done,
                        void *data)
{
        Fixture *fixture = room;
        Task *task = g_new0(Task, 1);

        task->fixture = fixture;
        task->done = done;
        task->data = data;
        task->left = TASK_CALLS;
        for (unsigned i = 0; i < TASK_CALLS; i++) {
                ToolRequest request = {.access = access,
                                       .name = "fake_cheap",
                                       .args = args,
                                       .inner = true,
                                       .done = on_inner,
                                       .data = &task->inner[i]};

                task->inner[i].task = task;
                task->inner[i].run = runner_start(fixture->runner, &request);
        }
        return task;
}

static void stop_task(void *data)
{
        Task *task = data;

        task->fixture->stopped++;
        for (unsigned i = 0; i < TASK_CALLS; i++)
                if (task->inner[i].run)
                        runner_cancel(task->inner[i].run);
        g_free(task);
}

static const Tool table[] = {
        {.name = "fake_task", .cost = TOOL_SLOW, .start = begin_task, .stop = stop_task},
        {"fake_slow", TOOL_READ, TOOL_SLOW, handle},
        {"fake_cheap", TOOL_READ, TOOL_CHEAP, handle},
        {"fake_instant", TOOL_READ, TOOL_INSTANT, handle},
        {NULL},
};

/* ---- the fixture ---- */

static void set_up(Fixture *fixture, const void *threads)
{
        ToolTable tables[] = {{table, fixture}};
        g_autoptr(GError) error = NULL;

        fixture->loop_thread = g_thread_self();
        fixture->order = g_string_new(NULL);
        g_assert_cmpint(sd_event_new(&fixture->loop), >=, 0);
        fixture->pool = worker_pool_new(fixture->loop, "test", GPOINTER_TO_UINT(threads), &error);
        g_assert_no_error(error);
        fixture->tools = tools_new(tables, 1);
        fixture->runner = runner_new(fixture->tools, fixture->pool, fixture->loop, &error);
        g_assert_no_error(error);
        fixture->ada = access_new_agent("conn-ada", "Ada's agent", "sess-1", NULL);
        fixture->ben = access_new_agent("conn-ben", "Ben's agent", "sess-2", NULL);
        fixture->cleo = access_new_agent("conn-cleo", "Cleo's agent", "sess-3", NULL);
}

static void tear_down(Fixture *fixture, const void *data)
{
        worker_pool_free(fixture->pool);
        runner_free(fixture->runner);
        tools_free(fixture->tools);
        access_unref(fixture->ada);
        access_unref(fixture->ben);
        access_unref(fixture->cleo);
        sd_event_unref(fixture->loop);
        g_string_free(fixture->order, TRUE);
}

static void on_progress(double done, double total, const char *message, void *data)
{
        Call *call = data;

        g_assert_cmpuint(call->done, ==, 0);
        g_assert_cmpfloat(done, >, call->last);
        call->last = done;
        call->told++;
        g_atomic_int_inc(&call->fixture->heard);
}

static void on_said(int level, const char *text, void *data)
{
        Call *call = data;

        g_assert_true(g_thread_self() == call->fixture->loop_thread);
        g_assert_cmpuint(call->done, ==, 0);
        g_assert_cmpint(level, ==, LOG_NOTICE);
        g_assert_cmpint(atoi(text), >, call->line);
        call->line = atoi(text);
        call->lines++;
}

static void on_done(const ToolOutcome *outcome, void *data)
{
        Call *call = data;

        g_assert_true(g_thread_self() == call->fixture->loop_thread);
        g_assert_cmpuint(call->done++, ==, 0);
        if (outcome->answer)
                call->answer = g_strdup(json_member_string(outcome->answer, "value", NULL));
        else if (outcome->error)
                call->answer = g_strdup(error_row(error_code(outcome->error))->name);
        else
                call->answer = g_strdup("asks");
        call->error = outcome->error ? g_error_copy(outcome->error) : NULL;
        call->note = g_strdup(outcome->note);
        g_string_append_c(call->fixture->order, call->letter ?: '?');
}

typedef struct Want {
        const Access *access;
        const char *tool, *does, *value;
        unsigned can_ask;
        JsonObject *replies;
        bool inner;
        char letter;
} Want;

static Call *begin(Fixture *fixture, Want want)
{
        Call *call = g_new0(Call, 1);
        g_autoptr(JsonObject) args = json_object_new();

        if (want.does)
                json_object_set_string_member(args, "does", want.does);
        if (want.value)
                json_object_set_string_member(args, "value", want.value);
        call->fixture = fixture;
        call->letter = want.letter;
        ToolRequest request = {
                .access = want.access ?: fixture->ada,
                .name = want.tool ?: "fake_cheap",
                .args = args,
                .inner = want.inner,
                .can_ask = want.can_ask,
                .replies = want.replies,
                .progress = on_progress,
                .say = on_said,
                .done = on_done,
                .data = call,
        };
        call->run = runner_start(fixture->runner, &request);
        g_assert_cmpuint(call->done, ==, 0);
        return call;
}

static void call_free(Call *call)
{
        g_free(call->answer);
        g_free(call->note);
        g_clear_error(&call->error);
        g_free(call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_free)

static void turn(Fixture *fixture, uint64_t usec)
{
        g_assert_cmpint(sd_event_run(fixture->loop, usec), >=, 0);
}

static void finish(Fixture *fixture, const Call *call)
{
        int64_t limit = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

        while (!call->done) {
                g_assert_cmpint(g_get_monotonic_time(), <, limit);
                turn(fixture, 100000);
        }
}

static void run_for(Fixture *fixture, int64_t usec)
{
        int64_t end = g_get_monotonic_time() + usec;

        while (g_get_monotonic_time() < end)
                turn(fixture, 2000);
}

static void until_inside(Fixture *fixture, int count)
{
        int64_t limit = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

        while (g_atomic_int_get(&fixture->inside) < count) {
                g_assert_cmpint(g_get_monotonic_time(), <, limit);
                turn(fixture, 1000);
        }
}

/* ---- tests ---- */

static void test_done_never_comes_before_start_returns(Fixture *fixture, const void *data)
{
        static const char *const names[] = {"fake_instant", "fake_cheap", "fake_slow", "no_such"};

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autoptr(Call) call = begin(fixture, (Want){.tool = names[i], .value = "x"});

                finish(fixture, call);
                g_assert_cmpstr(call->answer, ==, i < 3 ? "x" : "NOT_FOUND");
        }
}

static void test_an_instant_tool_runs_on_the_loop(Fixture *fixture, const void *data)
{
        g_autoptr(Call) cheap = begin(fixture, (Want){.tool = "fake_cheap"});
        finish(fixture, cheap);
        g_assert_cmpuint(fixture->on_loop, ==, 0);
        g_autoptr(Call) instant = begin(fixture, (Want){.tool = "fake_instant"});
        finish(fixture, instant);
        g_assert_cmpuint(fixture->on_loop, ==, 1);
}

static void test_instant_calls_let_the_loop_go_on(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < RUNS_AT_ONCE_MAX + 10; i++)
                g_ptr_array_add(calls, begin(fixture, (Want){.tool = "fake_instant"}));
        g_assert_cmpuint(fixture->on_loop, ==, RUNS_AT_ONCE_MAX);
        for (unsigned i = 0; i < calls->len; i++)
                finish(fixture, g_ptr_array_index(calls, i));
}

/* Two flood, as many as are at work at once with one thread. Calls end one by one, by passes: places are counted in them,
 * not in the order in which threads happen to come along. */
static void test_a_flood_of_one_does_not_delay_another(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) flood = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < 2 * RUNS_QUEUED_MAX; i++)
                g_ptr_array_add(
                        flood, begin(fixture, (Want){.access = i % 2 ? fixture->ada : fixture->cleo,
                                                     .does = "wait"}));
        g_autoptr(Call) other = begin(fixture, (Want){.access = fixture->ben});
        g_atomic_int_set(&fixture->passes, RUNS_PER_CONNECTION_MAX);
        finish(fixture, other);
        g_assert_cmpuint(fixture->order->len, <=, RUNS_PER_CONNECTION_MAX + 1);
        g_atomic_int_set(&fixture->gate, 1);
        for (unsigned i = 0; i < flood->len; i++)
                finish(fixture, g_ptr_array_index(flood, i));
}

static void test_turns_go_round_the_connections(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < 20; i++)
                g_ptr_array_add(calls,
                                begin(fixture, (Want){.access = i % 2 ? fixture->ada : fixture->ben,
                                                      .letter = 'a'}));
        g_autoptr(Call) last = begin(fixture, (Want){.access = fixture->cleo, .letter = 'c'});
        for (unsigned i = 0; i < calls->len; i++)
                finish(fixture, g_ptr_array_index(calls, i));
        const char *place = strchr(fixture->order->str, 'c');
        g_assert_nonnull(place);
        g_assert_cmpint(place - fixture->order->str, <=, 4);
}

static void test_a_connection_has_a_named_number_under_way(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < RUNS_PER_CONNECTION_MAX + 5; i++)
                g_ptr_array_add(calls, begin(fixture, (Want){.does = "wait"}));
        until_inside(fixture, RUNS_PER_CONNECTION_MAX);
        run_for(fixture, 50000);
        g_assert_cmpint(fixture->calls, ==, RUNS_PER_CONNECTION_MAX);
        g_autoptr(Call) other = begin(fixture, (Want){.access = fixture->ben});
        finish(fixture, other);
        g_atomic_int_set(&fixture->gate, 1);
        for (unsigned i = 0; i < calls->len; i++)
                finish(fixture, g_ptr_array_index(calls, i));
}

static void test_a_connection_never_has_all_threads(Fixture *fixture, const void *data)
{
        g_autoptr(Call) first = begin(fixture, (Want){.does = "wait"});
        g_autoptr(Call) second = begin(fixture, (Want){.does = "wait"});
        g_autoptr(Call) other = begin(fixture, (Want){.access = fixture->ben});

        until_inside(fixture, 1);
        finish(fixture, other);
        g_assert_cmpint(fixture->calls, ==, 2);
        g_atomic_int_set(&fixture->gate, 1);
        finish(fixture, first);
        finish(fixture, second);
}

static void test_a_full_queue_is_a_limit_with_a_name(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < 2 + RUNS_QUEUED_MAX; i++)
                g_ptr_array_add(calls, begin(fixture, (Want){.does = "wait"}));
        g_autoptr(Call) over = begin(fixture, (Want){.does = "wait"});
        finish(fixture, over);
        g_assert_cmpstr(over->answer, ==, "LIMIT");
        g_assert_nonnull(strstr(over->error->message, "RUNS_QUEUED_MAX"));
        g_atomic_int_set(&fixture->gate, 1);
        for (unsigned i = 0; i < calls->len; i++) {
                Call *call = g_ptr_array_index(calls, i);

                finish(fixture, call);
                g_assert_cmpstr(call->answer, ==, "waited");
        }
}

static void test_slow_calls_leave_a_thread_to_others(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) slow = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < 8; i++)
                g_ptr_array_add(slow,
                                begin(fixture, (Want){.access = i % 2 ? fixture->ada : fixture->ben,
                                                      .tool = "fake_slow",
                                                      .does = "wait"}));
        until_inside(fixture, 1);
        g_autoptr(Call) quick = begin(fixture, (Want){.value = "quick"});
        finish(fixture, quick);
        g_assert_cmpstr(quick->answer, ==, "quick");
        g_assert_cmpint(fixture->inside, ==, 1);
        g_atomic_int_set(&fixture->gate, 1);
        for (unsigned i = 0; i < slow->len; i++)
                finish(fixture, g_ptr_array_index(slow, i));
}

static void test_progress_is_throttled_and_the_last_is_told(Fixture *fixture, const void *data)
{
        int64_t began = g_get_monotonic_time();
        g_autoptr(Call) call = begin(fixture, (Want){.does = "report"});

        finish(fixture, call);
        g_assert_cmpfloat(call->last, ==, 2000);
        g_assert_cmpuint(call->told, >=, 2);
        g_assert_cmpuint(call->told, <=, (g_get_monotonic_time() - began) / 100000 + 2);
}

static void test_lines_come_in_order_and_are_limited(Fixture *fixture, const void *data)
{
        int64_t began = g_get_monotonic_time();
        g_autoptr(Call) call = begin(fixture, (Want){.does = "talk"});

        call->line = -1;
        finish(fixture, call);
        g_assert_cmpstr(call->answer, ==, "said");
        g_assert_cmpuint(call->lines, >=, 100);
        g_assert_cmpuint(call->lines, <=, 100 * ((g_get_monotonic_time() - began) / 100000 + 2));
}

static void test_a_call_that_waits_for_its_turn_is_cancelled(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < 2; i++)
                g_ptr_array_add(calls, begin(fixture, (Want){.does = "wait"}));
        g_autoptr(Call) waiting = begin(fixture, (Want){.does = "wait"});
        runner_cancel(waiting->run);
        g_atomic_int_set(&fixture->gate, 1);
        for (unsigned i = 0; i < calls->len; i++)
                finish(fixture, g_ptr_array_index(calls, i));
        run_for(fixture, 20000);
        g_assert_cmpuint(waiting->done, ==, 0);
        g_assert_cmpint(fixture->calls, ==, 2);
}

static void test_a_call_at_work_is_cancelled(Fixture *fixture, const void *data)
{
        g_autoptr(Call) call = begin(fixture, (Want){.does = "wait"});
        g_autoptr(Call) reporting = begin(fixture, (Want){.does = "report"});

        until_inside(fixture, 2);
        runner_cancel(call->run);
        runner_cancel(reporting->run);
        while (worker_pool_pending(fixture->pool) > 0)
                turn(fixture, 10000);
        g_assert_cmpuint(call->done, ==, 0);
        g_assert_cmpuint(reporting->done, ==, 0);
}

static void test_a_call_that_has_its_answer_is_cancelled(Fixture *fixture, const void *data)
{
        g_autoptr(Call) call = begin(fixture, (Want){.tool = "fake_instant"});

        g_assert_cmpint(fixture->calls, ==, 1);
        runner_cancel(call->run);
        run_for(fixture, 20000);
        g_assert_cmpuint(call->done, ==, 0);
}

static void test_a_client_is_asked_and_its_reply_taken(Fixture *fixture, const void *data)
{
        static const char *const tools[] = {"fake_cheap", "fake_instant"};
        g_autoptr(JsonObject) replies = json_object_new();
        JsonObject *name = json_object_new();

        json_object_set_string_member(name, "is", "Ada");
        json_object_set_object_member(replies, "name", name);
        for (unsigned i = 0; i < G_N_ELEMENTS(tools); i++) {
                Want want = {.tool = tools[i], .does = "ask", .can_ask = 1u << ASK_FORM};
                g_autoptr(Call) first = begin(fixture, want);
                finish(fixture, first);
                g_assert_cmpstr(first->answer, ==, "asks");
                g_assert_cmpstr(first->note, ==, "asked once");
                want.replies = replies;
                g_autoptr(Call) second = begin(fixture, want);
                finish(fixture, second);
                g_assert_cmpstr(second->answer, ==, "Ada");
        }
}

static void test_an_approval_is_awaited_without_a_thread(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < RUNS_PER_CONNECTION_MAX + 2; i++)
                g_ptr_array_add(calls, begin(fixture, (Want){.does = "await", .value = "appr-1"}));
        while (fixture->calls < RUNS_PER_CONNECTION_MAX + 2 ||
               worker_pool_pending(fixture->pool) > 0)
                turn(fixture, 10000);
        g_autoptr(Call) other = begin(fixture, (Want){.value = "goes on"});
        finish(fixture, other);
        runner_on_approval("appr-1", APPROVAL_PENDING, fixture->runner);
        runner_on_approval("appr-2", APPROVAL_APPROVED, fixture->runner);
        run_for(fixture, 30000);
        g_assert_cmpstr(fixture->order->str, ==, "?");
        runner_on_approval("appr-1", APPROVAL_DENIED, fixture->runner);
        for (unsigned i = 0; i < calls->len; i++) {
                Call *call = g_ptr_array_index(calls, i);

                finish(fixture, call);
                g_assert_cmpstr(call->answer, ==, "awaited");
        }
}

static void test_a_decision_while_the_handler_works_is_not_missed(Fixture *fixture,
                                                                  const void *data)
{
        g_autoptr(Call) call = begin(fixture, (Want){.does = "await", .value = "appr-raced"});

        until_inside(fixture, 1);
        runner_on_approval("appr-raced", APPROVAL_APPROVED, fixture->runner);
        g_atomic_int_set(&fixture->gate, 1);
        finish(fixture, call);
        g_assert_cmpstr(call->answer, ==, "awaited");
}

static void test_a_wait_ends_after_the_time_of_the_tool(Fixture *fixture, const void *data)
{
        g_autoptr(Call) call = begin(fixture, (Want){.does = "await", .value = "appr-1/30"});

        finish(fixture, call);
        g_assert_cmpstr(call->answer, ==, "awaited");
        g_assert_cmpint(fixture->calls, ==, 2);
}

static void test_a_held_call_is_cancelled(Fixture *fixture, const void *data)
{
        g_autoptr(Call) call =
                begin(fixture, (Want){.tool = "fake_instant", .does = "await", .value = "appr-1"});

        run_for(fixture, 20000);
        runner_cancel(call->run);
        runner_on_approval("appr-1", APPROVAL_APPROVED, fixture->runner);
        run_for(fixture, 20000);
        g_assert_cmpuint(call->done, ==, 0);
        g_assert_cmpint(fixture->calls, ==, 1);
}

static void test_calls_that_are_held_have_a_limit(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < RUNS_HELD_MAX; i++)
                g_ptr_array_add(calls, begin(fixture, (Want){.does = "await", .value = "appr-1"}));
        while (fixture->calls < RUNS_HELD_MAX || worker_pool_pending(fixture->pool) > 0)
                turn(fixture, 10000);
        g_autoptr(Call) over = begin(fixture, (Want){.does = "await", .value = "appr-1"});
        finish(fixture, over);
        g_assert_cmpstr(over->answer, ==, "LIMIT");
        g_assert_nonnull(strstr(over->error->message, "RUNS_HELD_MAX"));
        for (unsigned i = 0; i < calls->len; i++)
                runner_cancel(((Call *)g_ptr_array_index(calls, i))->run);
}

static void test_begun_calls_do_not_wait_for_their_inner_ones(Fixture *fixture, const void *data)
{
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

        for (unsigned i = 0; i < 2 * RUNS_PER_CONNECTION_MAX; i++)
                g_ptr_array_add(calls, begin(fixture, (Want){.tool = "fake_task"}));
        for (unsigned i = 0; i < calls->len; i++) {
                Call *call = g_ptr_array_index(calls, i);

                finish(fixture, call);
                g_assert_cmpstr(call->answer, ==, "all of them");
        }
}

static void test_a_begun_call_is_cancelled(Fixture *fixture, const void *data)
{
        g_autoptr(Call) call = begin(fixture, (Want){.tool = "fake_task", .does = "wait"});
        g_autoptr(Call) wrong = begin(fixture, (Want){.tool = "fake_task", .value = WRONG});

        until_inside(fixture, 1);
        runner_cancel(call->run);
        finish(fixture, wrong);
        g_assert_cmpstr(wrong->answer, ==, "LIMIT");
        while (worker_pool_pending(fixture->pool) > 0)
                turn(fixture, 10000);
        g_assert_cmpuint(call->done, ==, 0);
        g_assert_cmpuint(fixture->stopped, ==, 1);
}

static void test_an_inner_call_waits_for_nobody(Fixture *fixture, const void *data)
{
        g_autoptr(Call) call =
                begin(fixture, (Want){.does = "await", .value = "appr-1", .inner = true});

        finish(fixture, call);
        g_assert_cmpstr(call->answer, ==, "UNAVAILABLE");
}

#define ADD(name, func) ADD_WITH(name, func, 3)
#define ADD_WITH(name, func, threads)                                                              \
        g_test_add("/runner/" name, Fixture, GUINT_TO_POINTER(threads), set_up, func, tear_down)

int main(int argc, char **argv)
{
        g_autofree char *schemas =
                g_strdup_printf("/org/ouroboros/schema=%s/tools/schema", g_getenv("G_TEST_SRCDIR"));

        g_setenv("G_RESOURCE_OVERLAYS", schemas, TRUE);
        g_test_init(&argc, &argv, NULL);
        ADD("done-never-comes-before-start-returns", test_done_never_comes_before_start_returns);
        ADD("an-instant-tool-runs-on-the-loop", test_an_instant_tool_runs_on_the_loop);
        ADD("instant-calls-let-the-loop-go-on", test_instant_calls_let_the_loop_go_on);
        ADD("a-flood-of-one-does-not-delay-another", test_a_flood_of_one_does_not_delay_another);
        ADD_WITH("a-flood-of-one-does-not-delay-another-on-one-thread",
                 test_a_flood_of_one_does_not_delay_another, 1);
        ADD_WITH("turns-go-round-the-connections", test_turns_go_round_the_connections, 1);
        ADD_WITH("a-connection-has-a-named-number-under-way",
                 test_a_connection_has_a_named_number_under_way, 8);
        ADD_WITH("a-connection-never-has-all-threads", test_a_connection_never_has_all_threads, 2);
        ADD("a-full-queue-is-a-limit-with-a-name", test_a_full_queue_is_a_limit_with_a_name);
        ADD_WITH("slow-calls-leave-a-thread-to-others", test_slow_calls_leave_a_thread_to_others,
                 2);
        ADD("lines-come-in-order-and-are-limited", test_lines_come_in_order_and_are_limited);
        ADD("progress-is-throttled-and-the-last-is-told",
            test_progress_is_throttled_and_the_last_is_told);
        ADD("a-call-that-waits-for-its-turn-is-cancelled",
            test_a_call_that_waits_for_its_turn_is_cancelled);
        ADD("a-call-at-work-is-cancelled", test_a_call_at_work_is_cancelled);
        ADD("a-call-that-has-its-answer-is-cancelled",
            test_a_call_that_has_its_answer_is_cancelled);
        ADD("a-client-is-asked-and-its-reply-taken", test_a_client_is_asked_and_its_reply_taken);
        ADD("an-approval-is-awaited-without-a-thread",
            test_an_approval_is_awaited_without_a_thread);
        ADD("a-decision-while-the-handler-works-is-not-missed",
            test_a_decision_while_the_handler_works_is_not_missed);
        ADD("a-wait-ends-after-the-time-of-the-tool", test_a_wait_ends_after_the_time_of_the_tool);
        ADD("a-held-call-is-cancelled", test_a_held_call_is_cancelled);
        ADD_WITH("begun-calls-do-not-wait-for-their-inner-ones",
                 test_begun_calls_do_not_wait_for_their_inner_ones, 1);
        ADD("a-begun-call-is-cancelled", test_a_begun_call_is_cancelled);
        ADD("an-inner-call-waits-for-nobody", test_an_inner_call_waits_for_nobody);
        ADD("calls-that-are-held-have-a-limit", test_calls_that_are_held_have_a_limit);
        return g_test_run();
}
