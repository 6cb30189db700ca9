/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/bytecode.h"

#include <stdio.h>
#include <unistd.h>

#define DECLARE(name) extern const unsigned char isolate_##name##_begin[], isolate_##name##_end[]
DECLARE(bootstrap);
DECLARE(strip);

const Bytecode bytecode_bootstrap = {isolate_bootstrap_begin, isolate_bootstrap_end,
                                     "bootstrap.js"};
const Bytecode bytecode_strip = {isolate_strip_begin, isolate_strip_end, "strip.js"};

void bytecode_give_up(JSContext *context, const char *name)
{
        JSValue thrown = JS_GetException(context);
        const char *text = JS_ToCString(context, thrown);

        fprintf(stderr, "ouroboros-isolate: %s: %s\n", name, text ? text : "?");
        _exit(1);
}

JSValue bytecode_run(JSContext *context, const Bytecode *bytecode)
{
        size_t size = (size_t)(bytecode->end - bytecode->begin);
        JSValue function = JS_ReadObject(context, bytecode->begin, size,
                                         JS_READ_OBJ_BYTECODE | JS_READ_OBJ_ROM_DATA);

        if (JS_IsException(function))
                bytecode_give_up(context, bytecode->name);
        JSValue value = JS_EvalFunction(context, function);
        if (JS_IsException(value))
                bytecode_give_up(context, bytecode->name);
        return value;
}
