/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table from inside the room: its entries, for those who show them or make one tool of others. */
#pragma once

#include "tools/schema.h"
#include "tools/tools.h"

typedef struct Entry {
        const Tool *tool;
        void *room;
        JsonObject *
                resource; /* {"description", "input", "output"} and what else is said of the tool: see showing.c */
        Schema *input, *output;
} Entry;

struct Tools {
        GHashTable *entries; /* name → Entry */
        GPtrArray *names;    /* sorted, NULL-terminated; they belong to the entries */
        Gate *gate;          /* or NULL */
        Store *vault;        /* or NULL */
        Metrics *metrics;    /* or NULL */
        GRWLock watching;    /* for the two below */
        ToolsWatcher watcher;
        void *watcher_data;
        bool check_outputs;
};

/* NOT_FOUND names the nearest. */
const Entry *tools_entry(const Tools *tools, const char *name, GError **error);

/* names.c: arguments under the names that other tools have for the same get the names of this one. */
void names_settle(const Entry *entry, JsonObject *args);

/* For tools that are made of others: runs one as part of the call under way, which alone is counted and logged. args
 * (NULL: {}) is filled with its defaults. DENIED as in tools_call(). */
JsonObject *tools_ask(const Tools *tools, const Access *access, const char *name, JsonObject *args,
                      GError **error);

/* Is the connection shown it once it has chosen so? */
bool tool_would_be_listed(const Tool *tool, const Connection *connection, ToolListing listing,
                          const char *const *listed);

/* What tools_set_gate() was given, or NULL. */
Gate *tools_gate(const Tools *tools);
Metrics *tools_metrics(const Tools *tools); /* the same of tools_set_metrics() */

/* The room's own tools by theme, each ended by a NULL name. Their room is the Tools. */
extern const Tool about_tools[], resource_tools[], prompt_tools[], completion_tools[],
        orient_tools[], ask_human_tools[], mine_tools[];
