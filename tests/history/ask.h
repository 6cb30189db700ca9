/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks ouroboros-history itself, as the daemon does, and takes its answer apart. */
#pragma once

#include "history/protocol.h"

typedef struct Asked {
        HistoryRequest request;
        const char *git, *common; /* folders; common NULL: git's */
        const char *ids;          /* of blobs, as hex digits side by side; or NULL */
} Asked;

typedef struct Reply {
        void *block;
        size_t bytes;
        const HistoryAnswer *answer; /* NULL: error says why */
        GError *error;
        int status; /* of the process, as waitpid() tells */
} Reply;

Reply *ask_history(Asked *asked);
Reply *reply_free(Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)

/* "path old new" of each row, sorted, one a line; what is not there is "-". Of CHURN "path commits". The caller frees. */
char *reply_rows(const Reply *reply);
