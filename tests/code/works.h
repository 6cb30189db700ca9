/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A repository on disk and the graph of it in a real store. Rounds are those of the daemon; what its helper processes do is done
 * here, at once. For tests of what lies between files and answers. */
#pragma once

#include "code/query.h"
#include "code/sync-round.h"
#include "graph/graph.h"
#include "syntax/syntax.h"
#include "tree.h"

#define WORKS_FILE_BYTES_MAX 100000

typedef struct Works {
        Tree *tree; /* the repository is its top … */
        Store *vault;
        Graph *graph;
        Access *human;
        Syntax *syntax;
        Repository *repository; /* … as its row is */
        int stopping;
} Works;

/* As fixtures of g_test_add(). */
void works_setup(Works *works, const void *data);
void works_teardown(Works *works, const void *data);

/* Adds a folder below the top, or changes what is set in the request; the works' repository is then as its row is. Its id, which
 * the caller frees. */
char *works_add(Works *works, const char *folder, const RepositoryRequest *request);

/* A write as the human. */
void works_write(Works *works, StoreWork work, void *data);
void works_sql(Works *works, const char *sql);

/* The first column of the first row; that as text, which the caller frees. */
int64_t works_count(Works *works, const char *sql);
char *works_text(Works *works, const char *sql);

/* A round of the repository; only: paths that changed, or NULL. It has looked. */
Sync *works_look(Works *works, const char *const *only);

/* Reads the files of a batch. */
void works_read(Works *works, ParseBatch *batch);

/* The rest of a round, or a whole one, which goes well; what it says of itself. */
SyncReport works_finish(Works *works, Sync *sync);
SyncReport works_sync(Works *works, const char *const *only);

/* A question to the graph, with arguments as JSON, under a scope or NULL; NULL with an error. */
JsonObject *works_ask(Works *works, const Scope *scope, QueryKind ask, const char *args,
                      GError **error);

/* The unit of a source text, as a block that the caller frees. */
void *works_unit(Works *works, const char *path, const char *text, size_t *ret_bytes, Unit *ret);
