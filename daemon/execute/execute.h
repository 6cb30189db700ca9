/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door execute_code: TypeScript of an agent, run in a process that has nothing, calls tools as the agent itself. Its
 * calls go the way of every door's, by runner_start() with the caller's own access, so that scope, profile, budget and
 * read log hold for each of them. Loop thread only. */
#pragma once

#include "base/base.h"
#include "tools/tools.h"

#define EXECUTE_RUNNING_MAX            4     /* snippets at once */
#define EXECUTE_RUNNING_PER_CALLER_MAX 2     /* … of one connection, or of the human */
#define EXECUTE_WAITING_MAX            64    /* snippets that wait for their turn */
#define EXECUTE_TIMEOUT_MS             10000 /* if the caller does not say */
#define EXECUTE_TIMEOUT_MS_MAX         60000
#define EXECUTE_CODE_CHARS_MAX         65536
#define EXECUTE_CALLS_MAX              1000 /* of one snippet */
#define EXECUTE_CALLS_AT_ONCE_MAX      4    /* of one snippet; the others under way wait here */

typedef struct Execute Execute;

typedef struct ExecuteOptions {
        Service *service;
        WorkerPool *pool;
        const Paths *paths;
        /* What get_status says of it; any text is ours and static. */
        void (*report)(const char *state, void *data);
        void *data;
} ExecuteOptions;

Execute *execute_new(const ExecuteOptions *options);

/* The table with execute_code; made before there are the tools that snippets call. */
ToolTable execute_tools(Execute *execute);
void execute_connect(Execute *execute, Tools *tools, Runner *runner, Gate *gate);

/* Ends every snippet with CANCELLED, and their processes. Before the pool and the runner go. */
void execute_stop(Execute *execute);
Execute *execute_free(Execute *execute);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Execute, execute_free)
