/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of tools: collects what the rooms declare, validates, dispatches. And the care of the
 * stores behind them: opening, verifying, backing up. */
#pragma once

#include "gate/gate.h"
#include "tools/approved.h"
#include "tools/care.h"
#include "tools/offers.h"
#include "tools/settings.h"

typedef struct Tools Tools;

/* tables: count of them, to which the room's own tools are added. Aborts on a tool without a schema
 * resource, with one that says more than can be checked, or named twice (bugs of ours). */
Tools *tools_new(const ToolTable *tables, unsigned count);
Tools *tools_free(Tools *tools);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tools, tools_free)

/* Holds every answer to its output schema too: one that does not fit is FAILED. For tests. Before the
 * first call. */
void tools_check_outputs(Tools *tools);

/* Where calls are admitted, counted and logged; without one every caller may do what the tool needs. Before the
 * first call. */
void tools_set_gate(Tools *tools, Gate *gate);

/* Where calls are counted and timed by tool and outcome. Before the first call. */
void tools_set_metrics(Tools *tools, Metrics *metrics);

/* Told of every call when it is over, on the thread of the call, which it must not hold up. One; NULL: none any more, and
 * nobody is being told when this returns. */
typedef void (*ToolsWatcher)(const GateCall *call, void *data);
void tools_set_watcher(Tools *tools, ToolsWatcher watcher, void *data);

/* NULL if there is none. */
const Tool *tools_find(const Tools *tools, const char *name);

/* Of all tools, in order, then NULL; they last as long as the tools. */
const char *const *tools_names(const Tools *tools);

/* Names and first sentence, in order of name, as {"tools": [{"name","summary","needs"}]}. */
JsonObject *tools_list(const Tools *tools);

/* {"name","title","description","needs","cost","hints","input_schema","output_schema"}; hints: {"read_only",
 * "destructive","idempotent"}. NOT_FOUND names the nearest. */
JsonObject *tools_describe(const Tools *tools, const char *name, GError **error);

/* The same in few bytes, for a list that a model always has before it: {"name","title","description","hints",
 * "input_schema"}, with one sentence and a schema that says no more than names and types. */
JsonObject *tools_brief(const Tools *tools, const char *name, GError **error);

#define TOOLS_ESSENTIAL_MAX       15
#define TOOLS_ESSENTIAL_BYTES_MAX 8192 /* of their entries in tools/list, each in brief */

/* Is it among those that every connection is shown at first? */
bool tool_is_essential(const Tool *tool);

/* Is the connection shown it, by its listing, and may call it? Whether it is shown changes nothing about calling. */
bool tool_is_listed(const Tool *tool, const Connection *connection);

/* Validates args (NULL: {}) against the input schema (INVALID or LIMIT, saying where) and fills in its
 * defaults, refuses what access may not do (DENIED), and runs the handler in the calling thread, which
 * must not be the loop's. */
JsonObject *tools_call(const Tools *tools, const Access *access, const char *name, JsonObject *args,
                       GError **error);

/* The same for a tool that has a teller, into a sink. */
bool tools_tell(const Tools *tools, const Access *access, const char *name, JsonObject *args,
                Sink *sink, GError **error);

/* One call of a tool that has a starter. */
typedef struct ToolTask ToolTask;
typedef struct ToolStart {
        const Access *access;
        const char *name;
        JsonObject *args; /* or NULL */
        ToolDone done;
        void *data;
} ToolStart;

/* Loop thread. Admits, checks and begins it; it is recorded when it is done. NULL with an error: it was refused, and
 * nothing will be called. For runner.c, which knows when its turn is. */
ToolTask *tools_start(const Tools *tools, const ToolStart *start, GError **error);

/* Nothing is called for it any more. */
void tools_stop(ToolTask *task);

/* ---- calls from the loop ----
 * One way for every door of agents: the call waits for its turn (each connection has RUNS_PER_CONNECTION_MAX under way, but
 * never all threads, and RUNS_QUEUED_MAX waiting; turns go round the connections; calls of slow tools leave a thread
 * to others), runs on a worker or, if it is TOOL_INSTANT, is tried at
 * once, is made anew when an approval it waits for is decided, and comes back on the loop. */

#define RUNS_PER_CONNECTION_MAX 4
#define RUNS_QUEUED_MAX         256
#define RUNS_HELD_MAX           16 /* of a connection, waiting for the human; they have no thread */
#define RUN_HELD_SEC_MAX        3600 /* a call that waits for longer ends with TIMEOUT */
#define RUNS_AT_ONCE_MAX        16   /* tried on the loop before it goes on with other things */

typedef struct Runner Runner;
typedef struct ToolRun ToolRun; /* a call under way */

/* How a call ended. One of answer and error, or neither: the client is to be asked. */
typedef struct ToolOutcome {
        JsonObject *answer;
        GError *error;
        JsonObject *asks; /* {"key": {"method", "params"}} */
        const char *note; /* to be given back with the replies; or NULL */
} ToolOutcome;

typedef struct ToolRequest {
        const Access *access;
        const char *name;
        JsonObject *args; /* or NULL; copied, as replies are */
        bool inner; /* made by a snippet: takes no turn of its connection, since the call of the snippet has one, and ends
                       in UNAVAILABLE where it would wait for somebody */
        unsigned can_ask;    /* bits 1u << AskKind */
        JsonObject *replies; /* of the client, or NULL; note: of the round before, or NULL */
        const char *note;
        void (*progress)(double done, double total, const char *message, void *data); /* or NULL */
        void (*say)(int level, const char *text, void *data); /* at a level of syslog; or NULL */
        void (*done)(const ToolOutcome *outcome, void *data); /* what it shows is borrowed */
        void *data;
} ToolRequest;

Runner *runner_new(Tools *tools, WorkerPool *pool, sd_event *loop, GError **error);

/* Ends no run: cancel them first. */
Runner *runner_free(Runner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Runner, runner_free)

/* Loop thread. progress, say and done are called on the loop, done last, once, and never before this returns. A queue that
 * is full ends in LIMIT like every other failure. */
ToolRun *runner_start(Runner *runner, const ToolRequest *request);

/* Before done was called, and not by it: nothing is called for the run any more, and its handler is told to end. */
void runner_cancel(ToolRun *run);

/* ---- trying a call on the loop ---- */

#define TRIAL_STEPS 4000 /* of SQLite: well under a millisecond */
#define TRIAL_SKIP  16   /* calls that go to a worker at once, after one was tried in vain */

typedef struct Trial {
        unsigned skip;
} Trial;

/* Loop thread: runs work(call), which makes a call of tool (NULL: of none), if the tool is TOOL_INSTANT and nothing was
 * tried in vain of late. False: it was not run, or gave up where it would have held the loop; then what came of it is
 * to be forgotten and the call to be made on a worker. */
bool trial_run(Trial *trial, const Tool *tool, WorkerFunc work, void *call);
