/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QuickJS with what a snippet sees of its host. One engine is made in the zygote, before anything of a stranger is
 * there, and used up by the one snippet of the forked process. */
#pragma once

#include <stddef.h>

#include "isolate/heap.h"
#include "isolate/protocol.h"

typedef struct Engine Engine;

/* Ends the process, saying why, if the code that is built in cannot run (a bug of ours). */
Engine *engine_new(void);

/* The global object of snippets, for the attacks of tests; owned by the caller. */
JSContext *engine_context(Engine *engine);

/* Runs a snippet of ours that calls nobody and leaves nothing behind. In the zygote it makes what is made when first
 * needed; in a process that waits it makes its own copy of the pages of the zygote that any snippet writes to. */
void engine_rehearse(Engine *engine);

/* Runs the snippet of an ISOLATE_RUN frame to its end, sends how it ended, and ends the process. text: tools, then code,
 * bytes long together. */
_Noreturn void engine_run(Engine *engine, const IsolateRun *run, const char *text, size_t bytes);
