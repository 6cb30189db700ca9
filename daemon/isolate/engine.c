/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/engine.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isolate/bytecode.h"
#include "isolate/limits.h"
#include "isolate/stream.h"
#include "isolate/typescript.h"

#define SNIPPET_FILE       "snippet.ts"
#define GC_THRESHOLD_BYTES (16 * 1024 * 1024) /* below it cycles are left where they are */

struct Engine {
        Heap heap;
        JSRuntime *runtime;
        JSContext *context;
        JSValue control; /* what bootstrap.js returns */
        Typescript *typescript;
        bool rehearses;  /* nothing is sent */
        size_t output;   /* bytes sent */
        uint64_t random; /* state of Math.random */
};

/* ---- what bootstrap.js asks of us ---- */

static void count_output(Engine *engine, size_t bytes)
{
        engine->output += bytes;
        if (engine->output > ISOLATE_OUTPUT_BYTES_MAX)
                stream_fail(ISOLATE_OUTPUT_LIMIT, limits_message(ISOLATE_OUTPUT_LIMIT));
}

/* Sends a string value as a frame. */
static JSValue send_string(JSContext *context, uint32_t kind, JSValueConst value)
{
        Engine *engine = JS_GetContextOpaque(context);
        size_t bytes;
        const char *text = JS_ToCStringLen(context, &bytes, value);

        if (!text)
                return JS_EXCEPTION;
        if (!engine->rehearses) {
                if (kind == ISOLATE_RESULT && bytes > ISOLATE_RESULT_BYTES_MAX)
                        stream_fail(ISOLATE_RESULT_LIMIT, limits_message(ISOLATE_RESULT_LIMIT));
                count_output(engine, bytes);
                stream_send(kind, 0, text, bytes);
                if (kind == ISOLATE_RESULT || kind == ISOLATE_FAILED)
                        _exit(0);
        }
        JS_FreeCString(context, text);
        return JS_UNDEFINED;
}

static JSValue host_log(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
        return send_string(context, ISOLATE_LOG, argv[0]);
}

static JSValue host_result(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
        return send_string(context, ISOLATE_RESULT, argv[0]);
}

static JSValue host_failed(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
        return send_string(context, ISOLATE_FAILED, argv[0]);
}

/* call(id, tool, arguments as JSON or ""); the arguments that are too long are refused. */
static JSValue host_call(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
        Engine *engine = JS_GetContextOpaque(context);
        uint32_t id;
        const char *tool = JS_ToCString(context, argv[1]);
        const char *args = JS_ToCString(context, argv[2]);

        if (!tool || !args || JS_ToUint32(context, &id, argv[0]) < 0)
                return JS_EXCEPTION;
        g_autofree char *text = g_strconcat(tool, "\n", args, NULL);
        JS_FreeCString(context, tool);
        JS_FreeCString(context, args);
        size_t bytes = strlen(text);
        if (!engine->rehearses) {
                count_output(engine, bytes);
                stream_send(ISOLATE_CALL, id, text, bytes);
        }
        return JS_UNDEFINED;
}

/* bytes(text): how long it is in UTF-8. */
static JSValue host_bytes(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
        size_t bytes;
        const char *text = JS_ToCStringLen(context, &bytes, argv[0]);

        if (!text)
                return JS_EXCEPTION;
        JS_FreeCString(context, text);
        return JS_NewInt64(context, (int64_t)bytes);
}

/* SplitMix64: forks share the engine's own state. */
static JSValue host_random(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
        Engine *engine = JS_GetContextOpaque(context);
        uint64_t z = engine->random += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        return JS_NewFloat64(context, (double)(z >> 11) * 0x1.0p-53);
}

/* ---- making it ---- */

static int on_interrupt(JSRuntime *runtime, void *data)
{
        return limits_reached();
}

/* All of the language but what has no use here: no SharedArrayBuffer and Atomics to wait on, no performance. */
static JSContext *make_context(JSRuntime *runtime)
{
        JSContext *context = JS_NewContextRaw(runtime);

        if (!context)
                return NULL;
        JS_AddIntrinsicBaseObjects(context);
        JS_AddIntrinsicDate(context);
        JS_AddIntrinsicEval(context); /* for us; bootstrap.js takes it from the snippet */
        JS_AddIntrinsicStringNormalize(context);
        JS_AddIntrinsicRegExpCompiler(context);
        JS_AddIntrinsicRegExp(context);
        JS_AddIntrinsicJSON(context);
        JS_AddIntrinsicProxy(context);
        JS_AddIntrinsicMapSet(context);
        JS_AddIntrinsicTypedArrays(context);
        JS_AddIntrinsicPromise(context);
        JS_AddIntrinsicWeakRef(context);
        return context;
}

static JSValue make_host(JSContext *context)
{
        static const struct {
                const char *name;
                JSCFunction *function;
                int length;
        } functions[] = {
                {"call", host_call, 3},     {"bytes", host_bytes, 1},   {"log", host_log, 1},
                {"result", host_result, 1}, {"failed", host_failed, 1},
        };
        JSValue host = JS_NewObject(context);

        for (size_t i = 0; i < G_N_ELEMENTS(functions); i++)
                JS_SetPropertyStr(context, host, functions[i].name,
                                  JS_NewCFunction(context, functions[i].function, functions[i].name,
                                                  functions[i].length));
        return host;
}

static JSValue make_limits(JSContext *context)
{
        static const struct {
                const char *name;
                int32_t value;
        } limits[] = {
                {"calls", ISOLATE_CALLS_MAX},           {"waiting", ISOLATE_WAITING_MAX},
                {"call", ISOLATE_CALL_BYTES_MAX},       {"logs", ISOLATE_LOGS_MAX},
                {"logBytes", ISOLATE_LOG_BYTES_MAX},    {"stack", ISOLATE_STACK_CHARS_MAX},
                {"failure", ISOLATE_FAILURE_CHARS_MAX},
        };
        JSValue object = JS_NewObject(context);

        for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
                JS_SetPropertyStr(context, object, limits[i].name,
                                  JS_NewInt32(context, limits[i].value));
        return object;
}

static void replace_random(JSContext *context)
{
        JSValue global = JS_GetGlobalObject(context);
        JSValue math = JS_GetPropertyStr(context, global, "Math");

        JS_SetPropertyStr(context, math, "random",
                          JS_NewCFunction(context, host_random, "random", 0));
        JS_FreeValue(context, math);
        JS_FreeValue(context, global);
}

Engine *engine_new(void)
{
        Engine *engine = g_new0(Engine, 1);

        engine->runtime = heap_new_runtime(&engine->heap);
        JS_SetMaxStackSize(engine->runtime, ISOLATE_STACK_BYTES_MAX);
        JS_SetInterruptHandler(engine->runtime, on_interrupt, NULL);
        JS_SetGCThreshold(engine->runtime, GC_THRESHOLD_BYTES);
        engine->context = make_context(engine->runtime);
        JS_SetContextOpaque(engine->context, engine);
        replace_random(engine->context);
        JSValue bootstrap = bytecode_run(engine->context, &bytecode_bootstrap);
        JSValue arguments[] = {make_host(engine->context), make_limits(engine->context)};
        engine->control = JS_Call(engine->context, bootstrap, JS_UNDEFINED, 2, arguments);
        if (JS_IsException(engine->control))
                bytecode_give_up(engine->context, bytecode_bootstrap.name);
        engine->typescript = typescript_new();
        return engine;
}

JSContext *engine_context(Engine *engine)
{
        return engine->context;
}

/* ---- running a snippet ---- */

/* Calls a method of the control object; what it throws ends the process. Takes the arguments. */
static JSValue control(Engine *engine, const char *name, int argc, JSValue *argv)
{
        JSValue method = JS_GetPropertyStr(engine->context, engine->control, name);
        JSValue value = JS_Call(engine->context, method, JS_UNDEFINED, argc, argv);

        limits_check();
        if (JS_IsException(value))
                stream_fail(ISOLATE_SCRIPT_ERROR,
                            "The snippet failed in a way that cannot be described");
        for (int i = 0; i < argc; i++)
                JS_FreeValue(engine->context, argv[i]);
        JS_FreeValue(engine->context, method);
        return value;
}

static bool is(Engine *engine, const char *question)
{
        return JS_ToBool(engine->context, control(engine, question, 0, NULL)) > 0;
}

/* Runs what is due; a job that throws has nobody who could catch it. */
static void run_jobs(Engine *engine)
{
        JSContext *context;

        for (int r; (r = JS_ExecutePendingJob(engine->runtime, &context)) != 0;) {
                limits_check();
                if (r < 0)
                        JS_FreeValue(context, JS_GetException(context));
        }
        limits_check();
}

static void deliver(Engine *engine, uint32_t id, bool ok, const char *text, size_t bytes)
{
        JSValue arguments[] = {
                JS_NewUint32(engine->context, id),
                JS_NewBool(engine->context, ok),
                JS_NewStringLen(engine->context, text, bytes),
        };

        JS_FreeValue(engine->context, control(engine, "deliver", 3, arguments));
}

static void take_answer(Engine *engine)
{
        IsolateHeader header;
        g_autofree char *text = stream_receive(&header);
        bool ok = header.kind == ISOLATE_ANSWER;

        if (!ok && header.kind != ISOLATE_ERROR)
                _exit(1);
        deliver(engine, header.id, ok, text, header.bytes);
}

/* Until it has ended: `end` sends how and ends the process. */
static _Noreturn void run_to_end(Engine *engine)
{
        for (;;) {
                run_jobs(engine);
                if (is(engine, "ended"))
                        JS_FreeValue(engine->context, control(engine, "end", 0, NULL));
                else if (is(engine, "idle"))
                        stream_fail(ISOLATE_NEVER_SETTLED,
                                    "The snippet awaits a promise that nothing can settle");
                else
                        take_answer(engine);
        }
}

/* The engine has thrown instead of taking the text. */
static _Noreturn void tell_refusal(Engine *engine, const char *code, size_t bytes, const char *text)
{
        char *why = typescript_explain(engine->typescript, code, bytes);
        JSValue arguments[] = {JS_GetException(engine->context),
                               JS_NewString(engine->context, text)};

        if (why)
                stream_send(ISOLATE_FAILED, 0, why, strlen(why));
        else
                control(engine, "syntax", 2, arguments);
        _exit(0);
}

/* The arrow function of the wrapper. */
static JSValue compile(Engine *engine, const char *code, size_t bytes)
{
        char *failure = NULL;
        char *text = typescript_strip(engine->typescript, code, bytes, &failure);

        if (!text) {
                stream_send(ISOLATE_FAILED, 0, failure, strlen(failure));
                _exit(0);
        }
        JSValue function =
                JS_Eval(engine->context, text, strlen(text), SNIPPET_FILE, JS_EVAL_TYPE_GLOBAL);
        limits_check();
        if (JS_IsException(function))
                tell_refusal(engine, code, bytes, text);
        g_free(text);
        return function;
}

/* ---- the life of a snippet ---- */

static void prepare(Engine *engine, const char *tools, size_t bytes, bool is_rehearsal)
{
        JSValue arguments[] = {JS_NewStringLen(engine->context, tools, bytes),
                               JS_NewBool(engine->context, is_rehearsal)};

        JS_FreeValue(engine->context, control(engine, "prepare", 2, arguments));
}

static void begin(Engine *engine, const char *code, size_t bytes)
{
        JSValue function = compile(engine, code, bytes);

        JS_FreeValue(engine->context, control(engine, "run", 1, &function));
}

/* A snippet of ours with what those of others have in it: it makes the pages that they write to the process's own. */
void engine_rehearse(Engine *engine)
{
        static const char tools[] = "[\"rehearse_one\",\"rehearse_other\"]";
        static const char answer[] = "{\"a\":[{\"weight\":0.5}],\"next\":null}";
        static const char code[] =
                "interface Fact { weight?: number }\n"
                "const { a } = await sophia.rehearseOne({ b: [`${1}`] }) as { a: Fact[] };\n"
                "return { first: a?.map((fact: Fact) => fact.weight) };\n";

        engine->rehearses = true;
        prepare(engine, tools, strlen(tools), /* is_rehearsal= */ true);
        begin(engine, code, strlen(code));
        run_jobs(engine);
        deliver(engine, /* id= */ 1, /* ok= */ true, answer, strlen(answer));
        run_jobs(engine);
        g_assert(is(engine, "ended"));
        JS_FreeValue(engine->context, control(engine, "end", 0, NULL));
        JS_FreeValue(engine->context, control(engine, "forget", 0, NULL));
        engine->rehearses = false;
}

void engine_run(Engine *engine, const IsolateRun *run, const char *text, size_t bytes)
{
        engine->random = run->seed;
        prepare(engine, text, run->tools_bytes, /* is_rehearsal= */ false);
        heap_limit(&engine->heap, ISOLATE_HEAP_BYTES_MAX);
        begin(engine, text + run->tools_bytes, bytes - run->tools_bytes);
        run_to_end(engine);
}
