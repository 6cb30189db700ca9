/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that wait for a snippet, some of them begun ahead, and the isolate that they come from: started when needed,
 * replaced now and then (its children share its memory's layout), ended when idle. Loop thread. */
#pragma once

#include "execute/isolate.h"
#include "execute/wire.h"

#define PROCESSES_READY       2   /* begun ahead */
#define PROCESSES_PER_ISOLATE 300 /* then a fresh one takes over */
#define PROCESSES_LAST_ONES   30  /* before them the fresh one is started, which takes a while */
#define PROCESSES_IDLE_SEC    120 /* without a snippet, after which the isolate ends */
#define PROCESSES_START_SEC   20  /* an isolate that is not ready by then is given up */

typedef struct Processes Processes;
typedef struct Process Process;

typedef struct ProcessesOptions {
        sd_event *loop;
        const char *program;
        /* A process can be taken, or there is none to be had (error). */
        void (*turn)(const GError *error, void *data);
        /* What stands between snippets and the machine, each time an isolate is ready; problem: errno or 0. */
        void (*walls)(uint32_t walls, int problem, void *data);
        void *data;
} ProcessesOptions;

Processes *processes_new(const ProcessesOptions *options);
Processes *processes_free(Processes *processes); /* all processes must have been given back */

/* One that waits, or NULL: turn() will be called. */
Process *processes_take(Processes *processes);

Wire *process_wire(Process *process);

/* Told how it died: "SIGSYS", "status 1" …. Once, unless it is given back before. */
void process_watch(Process *process, void (*ended)(const char *how, void *data), void *data);

/* Kills it if it lives. */
void process_give_back(Process *process);
