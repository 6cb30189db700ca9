/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compile NAME IN.js OUT.bin OUT.S: bytecode of a script, and assembly that puts it into a program's read-only data as
 * isolate_NAME_begin and _end. Part of the build. Line numbers stay only where NAME is "bootstrap": its frames are told
 * from those of a snippet by their file. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include <quickjs.h>

static uint8_t *compile(JSContext *context, const char *name, const char *file, size_t *ret_bytes)
{
        g_autofree char *code = NULL;
        gsize bytes;

        if (!g_file_get_contents(file, &code, &bytes, NULL))
                return NULL;
        g_autofree char *shown = g_strdup_printf("<%s>", name);
        JSValue function = JS_Eval(context, code, bytes, shown,
                                   JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY);
        if (JS_IsException(function)) {
                JSValue thrown = JS_GetException(context);

                fprintf(stderr, "%s: %s\n", file, JS_ToCString(context, thrown));
                return NULL;
        }
        return JS_WriteObject(context, ret_bytes, function, JS_WRITE_OBJ_BYTECODE);
}

int main(int argc, char **argv)
{
        if (argc != 5)
                return 2;
        const char *name = argv[1];
        JSRuntime *runtime = JS_NewRuntime();
        JS_SetStripInfo(runtime, strcmp(name, "bootstrap") == 0 ? JS_STRIP_SOURCE : JS_STRIP_DEBUG);
        JS_SetMaxStackSize(runtime, 0); /* what it compiles is ours */
        JSContext *context = JS_NewContext(runtime);
        size_t bytes;
        uint8_t *code = compile(context, name, argv[2], &bytes);
        if (!code || !g_file_set_contents(argv[3], (const char *)code, (gssize)bytes, NULL))
                return 1;
        g_autofree char *path = g_canonicalize_filename(argv[3], NULL);
        g_autofree char *text =
                g_strdup_printf(".section .rodata\n.balign 16\n"
                                ".global isolate_%1$s_begin\nisolate_%1$s_begin:\n"
                                ".incbin \"%2$s\"\n"
                                ".global isolate_%1$s_end\nisolate_%1$s_end:\n.byte 0\n"
                                ".section .note.GNU-stack,\"\",%%progbits\n",
                                name, path);
        return g_file_set_contents(argv[4], text, -1, NULL) ? 0 : 1;
}
