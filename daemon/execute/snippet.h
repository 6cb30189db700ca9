/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One snippet from its turn to its answer: what its process says, the calls it makes, its deadline, how it ended. */
#pragma once

#include "execute/execute-room.h"
#include "execute/processes.h"

typedef struct Snippet Snippet;

typedef struct SnippetOptions {
        const Host *host; /* outlives it */
        const Access *access;
        const char *code;
        uint32_t timeout_ms;
        /* With an answer that fits the output schema, which the callee may keep by reference. The snippet may be freed. */
        void (*done)(Snippet *snippet, JsonObject *answer, void *data);
        void *data;
} SnippetOptions;

Snippet *snippet_new(const SnippetOptions *options);

/* Kills its process, cancels its calls; nothing is called any more. */
Snippet *snippet_free(Snippet *snippet);

/* Gives it the process in which it runs. done is not called before this returns. */
void snippet_run(Snippet *snippet, Process *process);

/* Whose snippet it is, as limits count; borrowed. */
const char *snippet_caller(const Snippet *snippet);
