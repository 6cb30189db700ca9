/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of ours that were compiled to bytecode by the build (compile.c) and lie in the program's read-only data. */
#pragma once

#include <quickjs.h>

typedef struct Bytecode {
        const unsigned char *begin, *end;
        const char *name;
} Bytecode;

extern const Bytecode bytecode_bootstrap, bytecode_strip;

/* Evaluates it. Ends the process, saying why, if it throws. */
JSValue bytecode_run(JSContext *context, const Bytecode *bytecode);

/* Says what was thrown, on standard error, and ends the process. For what is ours. */
_Noreturn void bytecode_give_up(JSContext *context, const char *name);
