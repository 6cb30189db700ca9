/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roots, watching, the pipeline from file to facts, content-addressed vault. */
#pragma once

#include "gate/gate.h"
#include "graph/graph.h"
#include "reading/reading.h"
#include "store/store.h"

typedef struct Documents Documents;

typedef struct DocumentsOptions {
        Store *vault;
        Graph *graph;
        const Paths *paths;
        const Config *config;
        Service *service; /* its loop; held while work is under way or a root is watched */
        Reading *reading; /* must outlive the room */
} DocumentsOptions;

Documents *documents_new(const DocumentsOptions *options, GError **error);

/* The daemon is about to stop: whoever waits in a rebuild is let go with CANCELLED. Loop thread. */
void documents_stop(Documents *documents);

/* Stops watching, ends the extractors, lets the write under way finish. Loop thread. */
Documents *documents_free(Documents *documents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Documents, documents_free)

ToolTable documents_tools(Documents *documents);
ToolTable documents_mining_tools(Documents *documents);
ToolTable documents_autolink_tools(Documents *documents);

/* Once the vault is open: watches the roots, resumes what a stop interrupted. Loop thread. */
bool documents_start(Documents *documents, GError **error);

/* Counts per tier and work still to do; is what the Progress signal carries. unsupported counts files of types
 * that we do not read (pictures, archives): they are listed, and no errors. pending counts documents that are
 * not through and scans that are not finished, so that it is 0 only when all is done. */
typedef struct DocumentCounts {
        int64_t documents, scanned, searchable, indexed, errors, unsupported, pending;
} DocumentCounts;
bool documents_counts(Documents *documents, const Access *access, DocumentCounts *ret,
                      GError **error);

/* Called on the loop while work proceeds, at most 5 times a second, and once when all is done. */
typedef void (*DocumentsProgress)(const DocumentCounts *counts, void *data);
void documents_set_progress(Documents *documents, DocumentsProgress progress, void *data);

/* Called on the loop when the pipeline comes to rest: what was to be read is. */
void documents_set_settled(Documents *documents, void (*settled)(void *data), void *data);

/* The bytes of a document's current content version, as an O_RDONLY | O_CLOEXEC fd; -1 with NOT_FOUND for an
 * unknown or invisible document, UNAVAILABLE if the vault's file is not there. Blocks: worker thread. */
int documents_open(Documents *documents, const Access *access, const char *document_id,
                   GError **error);

/* Makes text, chunks and claims anew from the vault's files; returns when all are made. Worker thread. Texts
 * of older content versions stay as they are: facts quote them. CANCELLED when the daemon stops meanwhile. */
bool documents_rebuild(Documents *documents, GError **error);
