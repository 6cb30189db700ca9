/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: a page of ranked documents, however they were ranked. */
#pragma once

#include "search/query.h"
#include "search/search-room.h"

#define QUESTION_RESULTS_MIN 10 /* documents with all words of a question that are enough */

typedef struct Found {
        char *document_id, *title, *path, *sha256;
        int64_t chunk_id;
        double score; /* bm25: lower is better */
} Found;
void found_clear(void *data);

/* From the columns piece, score, document, path, title, content and path of the root. */
Found found_from_row(Statement *row);

typedef struct Page {
        const char *key; /* of the cursor: begins behind it */
        GArray *found;   /* of Found */
        int64_t total;
        bool more;
} Page;

/* The score and document that the page begins behind. STALE. */
bool page_begin(const Page *page, double *ret_score, const char **ret_id, GError **error);

/* What the ranking gave, and by which expression its words are marked. */
typedef struct Ranking {
        Page page;
        const char *expression;
        bool all; /* they have every word */
} Ranking;

/* Documents with all words that are enough. */
static inline int64_t ranking_enough(const Query *query)
{
        return query->terms > QUERY_KEYWORDS ? QUESTION_RESULTS_MIN : 1;
}

/* scoped.c: ranks by what a scoped handle shows alone. */
bool scoped_rank(Db *db, const SearchRequest *request, const Query *query, Ranking *ranking,
                 GError **error);
