/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process from which those of snippets are forked: engine warm, walls around it, nothing of a stranger in it. */
#pragma once

#include <quickjs.h>

/* For the attacks of tests: gets the context of snippets before any runs. NULL in what is installed. */
typedef void (*ZygoteHook)(JSContext *context);

/* Serves ISOLATE_FD until the daemon closes it; the exit status. */
int zygote_main(ZygoteHook hook);
