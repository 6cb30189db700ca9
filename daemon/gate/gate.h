/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is calling, what they may see, and what a callable operation looks like. Only this room makes an
 * Access; every verb of a higher room that reads or writes content takes one: no token, no call. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

#include "base/base.h"
#include "store/store.h"

typedef struct Access Access; /* immutable, reference counted */

/* The human, as attested by a door that had polkit's word for it; session names the CLI run or client. */
Access *access_new_human(const char *name, const char *session);

/* The daemon itself: pipeline, sweeper, migration. */
Access *access_new_system(const char *name);

/* An agent by its connection (conn-…); scope NULL: everything. */
Access *access_new_agent(const char *connection, const char *name, const char *session,
                         Scope *scope);

Access *access_ref(const Access *access);
Access *access_unref(Access *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Access, access_unref)

const Actor *access_actor(const Access *access);
const Scope *access_scope(const Access *access); /* NULL: everything */

/* The observer's name as facts record it: conn-…, "human" or "pipeline". */
const char *access_observer(const Access *access);

/* ---- tools ---- */

typedef enum ToolNeeds { TOOL_READ, TOOL_WRITE, TOOL_HUMAN } ToolNeeds;
const char *tool_needs_to_string(ToolNeeds needs);

typedef enum ToolCost {
        TOOL_INSTANT, /* a few index lookups: doors may try it on the loop first */
        TOOL_CHEAP,
        TOOL_SLOW,
} ToolCost;
const char *tool_cost_to_string(ToolCost cost);

/* Carries out one call on a worker thread. room is the table's; args fit the input schema. Returns a new
 * object that fits the output schema, or NULL with an error. */
typedef JsonObject *(*ToolHandler)(void *room, const Access *access, JsonObject *args,
                                   GError **error);

/* The same, said member by member while it is read, for answers of many rows that a door can write as they
 * come. Members stand in the order of the output schema. On failure the sink holds a part of the answer. */
typedef bool (*ToolTeller)(void *room, const Access *access, JsonObject *args, Sink *sink,
                           GError **error);

/* One operation that agents and doors can call. Its schemas and the words an agent reads are in the
 * resource /org/ouroboros/schema/<name>.json: {"description", "input", "output"}. */
typedef struct Tool {
        const char *name; /* snake_case, without the sophia. prefix */
        ToolNeeds needs;
        ToolCost cost;
        ToolHandler handler; /* one of the two */
        ToolTeller teller;
        const char *action; /* of polkit, below org.ouroboros.; NULL: read or write, as it needs */
} Tool;

/* What a room exports: its tools (ended by a NULL name) and itself. */
typedef struct ToolTable {
        const Tool *tools;
        void *room;
} ToolTable;

/* ---- arguments of a call ----
 * Read with the checks that are the same in every room. The input schema has been checked before: types fit,
 * what is required is there. */

#define ARGS_LIMIT_DEFAULT    50 /* rows of a list when limit is not given */
#define ARGS_REASON_CHARS_MAX 1000

/* A string member, NULL if it is absent; borrowed. */
const char *args_string(JsonObject *args, const char *name);

/* The strings of an array member, NULL if it is absent; the caller frees. */
char **args_strings(JsonObject *args, const char *name);

/* limit: between 1 and max, whose name is max_name. LIMIT. */
bool args_limit(JsonObject *args, unsigned max, const char *max_name, unsigned *ret,
                GError **error);

/* Is the member absent or an id with this prefix? INVALID. */
bool args_check_id(JsonObject *args, const char *name, const char *prefix, GError **error);

/* Is reason absent or of at most ARGS_REASON_CHARS_MAX characters? INVALID, LIMIT. */
bool args_check_reason(JsonObject *args, GError **error);

/* A time in ISO 8601 as microseconds; *ret stays as it is if the member is absent. INVALID. */
bool args_time(JsonObject *args, const char *name, int64_t *ret, GError **error);
