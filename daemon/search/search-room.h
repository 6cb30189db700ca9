/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room know of Search. Only this folder sees this header. */
#pragma once

#include "search/search.h"

#define SEARCH_LIMIT_DEFAULT 10
#define SEARCH_LIMIT_MAX     500

struct Search {
        Store *vault;
};

typedef struct SearchRequest {
        const char *query;
        const char *root_id, *mime; /* or NULL; mime may end with an asterisk */
        const char *after;          /* cursor or NULL */
        unsigned limit;
        bool scoped; /* filled by search_run() */
} SearchRequest;

/* The answer of search_documents. */
JsonObject *search_run(Search *search, const Access *access, SearchRequest *request,
                       GError **error);
