/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of an agent in a world as its client makes them, with a model that it lends and with snippets. */
#pragma once

#include "scope/draw.h"

/* Arguments for the two worlds of a snippet that makes a few calls of other tools, failures included, and returns what
 * they answered. inputs: tool → JsonObject, its input schema; tools: their names. */
void ask_draw_snippet(Draw *draw, GHashTable *inputs, GPtrArray *tools, JsonObject *ret[2]);

/* Calls a tool to its end: a snippet is run; a client's model that is asked says reply (of a window: claims), and what it was
 * asked is a part of the answer. What is a matter of time is not. */
JsonObject *ask_tool(World *world, const Access *access, const char *tool, JsonObject *args,
                     const char *reply, GError **error);
