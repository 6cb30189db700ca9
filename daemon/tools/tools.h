/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of tools: collects what the rooms declare, validates, dispatches. And the care of the
 * stores behind them: opening, verifying, backing up. */
#pragma once

#include "gate/gate.h"
#include "tools/care.h"

typedef struct Tools Tools;

/* tables: count of them, to which the room's own tools are added. Aborts on a tool without a schema
 * resource, with one that says more than can be checked, or named twice (bugs of ours). */
Tools *tools_new(const ToolTable *tables, unsigned count);
Tools *tools_free(Tools *tools);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tools, tools_free)

/* Holds every answer to its output schema too: one that does not fit is FAILED. For tests. Before the
 * first call. */
void tools_check_outputs(Tools *tools);

/* NULL if there is none. */
const Tool *tools_find(const Tools *tools, const char *name);

/* Names and first sentence, in order of name, as {"tools": [{"name","summary","needs"}]}. */
JsonObject *tools_list(const Tools *tools);

/* {"name","description","needs","cost","input_schema","output_schema"}; NOT_FOUND names the nearest. */
JsonObject *tools_describe(const Tools *tools, const char *name, GError **error);

/* Validates args (NULL: {}) against the input schema (INVALID or LIMIT, saying where) and fills in its
 * defaults, refuses what access may not do (DENIED), and runs the handler in the calling thread, which
 * must not be the loop's. */
JsonObject *tools_call(const Tools *tools, const Access *access, const char *name, JsonObject *args,
                       GError **error);

/* The same for a tool that has a teller, into a sink. */
bool tools_tell(const Tools *tools, const Access *access, const char *name, JsonObject *args,
                Sink *sink, GError **error);
