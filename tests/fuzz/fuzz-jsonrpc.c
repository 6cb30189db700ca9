/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent may send on the socket: one line. Every answer is a JSON object of one line. */
#include "fuzz.h"

#include <string.h>

#include "http/jsonrpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static Tools *tools; /* made once: its schemas are compiled */

        if (!tools)
                tools = tools_new(NULL, 0);
        g_autofree char *answer = jsonrpc_answer(tools, (const char *)data, size);
        g_autoptr(JsonObject) parsed = answer ? json_parse_object(answer, -1, NULL) : NULL;
        g_assert_true(!answer || (parsed && !strchr(answer, '\n')));
        g_assert_true(!parsed || json_object_has_member(parsed, "result") !=
                                         json_object_has_member(parsed, "error"));
        return 0;
}
