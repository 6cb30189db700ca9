/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The code graph: repositories that a person added, kept as modules, symbols and edges, and questions to them. */
#pragma once

#include "gate/gate.h"
#include "reading/reading.h"
#include "store/store.h"

typedef struct Code Code;

typedef struct CodeOptions {
        Store *vault;
        Gate *gate; /* agents ask it for repositories; or NULL */
        const Paths *paths;
        const Config *config;
        Service *service; /* its loop; held while work is under way or a repository is watched */
        Reading *reading; /* must outlive the room */
} CodeOptions;

Code *code_new(const CodeOptions *options, GError **error);

/* The daemon is about to stop: whoever waits here is let go with CANCELLED. Loop thread. */
void code_stop(Code *code);

/* Stops watching, ends the processes, lets the write under way finish. Loop thread. */
Code *code_free(Code *code);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Code, code_free)

ToolTable code_tools(Code *code);
ToolTable code_repository_tools(Code *code);

/* Once the vault is open: looks at all repositories, watches them, resumes what a stop interrupted. Loop thread. */
bool code_start(Code *code, GError **error);

/* Documents may have been read anew: what they say of code is looked for. Loop thread. */
void code_look_at_documents(Code *code);

/* How much of what a caller may see there is; errors: files that could not be read. Worker thread. */
typedef struct CodeCounts {
        int64_t repositories, modules, symbols, edges, errors;
} CodeCounts;
bool code_counts(Code *code, const Access *access, CodeCounts *ret, GError **error);

/* Looks at repositories since the daemon began, those of them that failed, and how long the last one took. Any thread. */
typedef struct CodeSyncs {
        uint64_t count, failed;
        int64_t last_usec;
} CodeSyncs;
void code_syncs(Code *code, CodeSyncs *ret);

/* Called on the loop while much is read, at most 5 times a second, and once when it ends. */
typedef struct CodeProgress {
        const char *repository_id;
        const char *phase;    /* "reading", "linking", "done" or "failed" */
        unsigned read, files; /* of those that are to be read */
} CodeProgress;
typedef void (*CodeProgressed)(const CodeProgress *progress, void *data);
void code_set_progress(Code *code, CodeProgressed progressed, void *data);

/* Makes the graph anew from the files; returns when it is there. Worker thread. CANCELLED when the daemon stops meanwhile. */
bool code_rebuild(Code *code, GError **error);
