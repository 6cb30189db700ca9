/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/typescript.h"

#include <glib.h>
#include <string.h>

#include "isolate/bytecode.h"
#include "isolate/heap.h"
#include "isolate/limits.h"
#include "isolate/protocol.h"
#include "isolate/stream.h"

struct Typescript {
        Heap heap;
        JSRuntime *runtime;
        JSContext *context;
        JSValue strip, explain;
};

static int on_interrupt(JSRuntime *runtime, void *data)
{
        return limits_reached();
}

Typescript *typescript_new(void)
{
        Typescript *typescript = g_new0(Typescript, 1);

        typescript->runtime = heap_new_runtime(&typescript->heap);
        /* looking for garbage would touch, and so copy, every page that the zygote shares */
        JS_SetGCThreshold(typescript->runtime, (size_t)-1);
        JS_SetMaxStackSize(typescript->runtime, ISOLATE_STACK_BYTES_MAX);
        JS_SetInterruptHandler(typescript->runtime, on_interrupt, NULL);
        typescript->context = JS_NewContext(typescript->runtime);
        JS_FreeValue(typescript->context, bytecode_run(typescript->context, &bytecode_strip));
        JSValue global = JS_GetGlobalObject(typescript->context);
        typescript->strip = JS_GetPropertyStr(typescript->context, global, "strip");
        typescript->explain = JS_GetPropertyStr(typescript->context, global, "explain");
        JS_FreeValue(typescript->context, global);
        return typescript;
}

/* The result of strip(): text, or an object that says what is wrong, as JSON. */
static char *member(JSContext *context, JSValue object, const char *name)
{
        JSValue value = JS_GetPropertyStr(context, object, name);
        const char *text = JS_IsString(value) ? JS_ToCString(context, value) : NULL;
        char *copy = g_strdup(text);

        if (text)
                JS_FreeCString(context, text);
        JS_FreeValue(context, value);
        return copy;
}

char *typescript_strip(Typescript *typescript, const char *code, size_t bytes, char **ret_failure)
{
        JSContext *context = typescript->context;

        heap_limit(&typescript->heap, ISOLATE_HEAP_BYTES_MAX);
        JSValue argument = JS_NewStringLen(context, code, bytes);
        JSValue result = JS_Call(context, typescript->strip, JS_UNDEFINED, 1, &argument);
        limits_check();
        char *text = JS_IsException(result) ? NULL : member(context, result, "text");
        if (!text)
                *ret_failure = JS_IsException(result) ? NULL : member(context, result, "failure");
        if (!text && !*ret_failure)
                stream_fail(ISOLATE_SYNTAX_ERROR, "The snippet cannot be read");
        return text;
}

char *typescript_explain(Typescript *typescript, const char *code, size_t bytes)
{
        JSContext *context = typescript->context;
        JSValue argument = JS_NewStringLen(context, code, bytes);
        JSValue result = JS_Call(context, typescript->explain, JS_UNDEFINED, 1, &argument);

        limits_check();
        return JS_IsException(result) ? NULL : member(context, result, "failure");
}
