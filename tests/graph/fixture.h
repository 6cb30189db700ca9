/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A vault with a graph in a temporary folder, documents with a text, and short ways to claim. */
#pragma once

#include "graph/graph.h"

typedef struct Fixture {
        char *folder;
        Store *vault, *ops;
        Graph *graph;
        Access *human, *pipeline, *agent, *other;
        char *root_id;
} Fixture;

Fixture *fixture_new(void);
void fixture_free(Fixture *fixture);

/* Enters a document with a text in lines; returns its id. */
char *fixture_document(Fixture *fixture, const char *path, const char *text);

/* Gives a document a newer text, as the pipeline would, marking stale facts. */
void fixture_rewrite(Fixture *fixture, const char *document_id, const char *text);

/* Declares an entity as the human, as long as it is not there; what agents say of others waits in the queue. */
void fixture_entity(Fixture *fixture, const char *name);

/* Calls a tool of a table; the format makes its arguments, JSON. */
JsonObject *fixture_call(ToolTable table, const Access *access, const char *tool,
                         const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Makes a call, "tool {arguments}", that must fail with code and say words. */
void fixture_fail(ToolTable table, const Access *access, const char *call, OuroborosError code,
                  const char *words);

/* Runs one statement as an actor; fails the test if it fails. */
void fixture_sql(Store *store, const Access *access, const char *sql);

/* The first column of the first row as text, NULL if there is none. */
char *fixture_select(Store *store, const char *sql);

/* All rows of the user tables but for the journal's, as text, ordered: equal texts are equal states. */
char *fixture_dump(Store *store);
