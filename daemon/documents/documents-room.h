/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room know of Documents. Only this folder sees this header. */
#pragma once

#include "documents/pipeline.h"

struct Documents {
        Store *vault;
        Graph *graph;
        sd_event *loop;
        Mailbox *mailbox;
        Pipeline *pipeline; /* loop thread only */
        char **private_folders;
        char *vault_folder;
        int64_t max_file_bytes; /* of new roots */
        DocumentsProgress progress;
        void *progress_data;
        void (*settled)(void *data);
        void *settled_data;
        sd_event_source *counting; /* timer for the next progress */
        bool counts_running, counts_wanted, was_idle;
        GMutex lock; /* for what follows: rebuilds wait for it on other threads */
        GCond changed;
        unsigned rebuilds, rebuilds_seen, waiters;
        unsigned asked, heard; /* requests posted to the loop, and those taken up there */
        unsigned scans;        /* still to be finished, as of the last step */
        bool idle, paused, stopping;
};

/* Asks the loop to scan a root (NULL: all), or to look whether the roots have changed. From here on
 * documents_is_busy() until that is done. Any thread. */
void documents_post_rescan(Documents *documents, const char *root_id);
void documents_post_reload(Documents *documents);

/* Is there work under way or about to begin? Not while it pauses after a failure. Any thread. */
bool documents_is_busy(Documents *documents);

/* Scans to come and under way, which no row tells. Asked before the rows are counted, so that what ends in
 * between is counted once at least. Any thread. */
unsigned documents_scans(Documents *documents);

/* ---- what can be asked of the rows (listing.c); rows as the tools give them ---- */

typedef struct DocumentFilter {
        const char *root_id, *state; /* or NULL */
        const char *matching;        /* title or path has it, or the id begins with it; or NULL */
        bool errors_only;
        const char *after_root, *after_path; /* begin behind this document; "": at the first */
        unsigned limit;
} DocumentFilter;

/* Adds rows to array; ret_more: there are others behind the last. */
bool listing_documents(Db *db, const DocumentFilter *filter, JsonArray *array, bool *ret_more,
                       GError **error);
JsonObject *listing_document(Db *db, const char *document_id, GError **error); /* NOT_FOUND */

/* Active roots with their counts. */
JsonArray *listing_roots(Db *db, GError **error);

/* Counts of one root, or of all (NULL). */
bool listing_counts(Db *db, const char *root_id, DocumentCounts *ret, GError **error);
void listing_counts_to_json(const DocumentCounts *counts, JsonObject *object);
