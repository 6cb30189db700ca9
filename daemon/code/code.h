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

/* Makes the graph anew from the files; returns when it is there. Worker thread. CANCELLED when the daemon stops meanwhile. */
bool code_rebuild(Code *code, GError **error);
