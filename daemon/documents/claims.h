/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a document says of itself by its form: front matter, links, tables, code, references, citations,
 * procedures. Each becomes a claim about the document's entity with a verbatim quote. No model. */
#pragma once

#include "graph/graph.h"

#define CLAIMS_PER_DOCUMENT_MAX 2000 /* further structure of a document gives no claims */

typedef enum Feature {
        FEATURE_TABLES = 1 << 0,
        FEATURE_WIKILINKS = 1 << 1,
        FEATURE_CODE_BLOCKS = 1 << 2,
        FEATURE_FRONTMATTER = 1 << 3,
        FEATURE_EXTERNAL_REFS = 1 << 4,
        FEATURE_CITATIONS = 1 << 5,
        FEATURE_PROCEDURES = 1 << 6,
} Feature;

/* The names of the features in bits, as a JSON array; the caller frees. */
char *features_to_json(unsigned features);

/* Bits of a list of names; INVALID names the unknown one and those there are. */
bool features_from_strings(const char *const *names, unsigned *ret_features, GError **error);

/* What a profile has when nothing else was asked for; false if there is no such profile. */
bool features_of_profile(const char *profile, unsigned *ret_features);

/* Where claims come from; all borrowed, and needed as long as the claims. */
typedef struct ClaimSource {
        const char *document_id, *entity_id;
        const char *text; /* UTF-8 of text_bytes bytes */
        size_t text_bytes;
        const char *title;   /* as extracted, or NULL */
        GVariant *structure; /* EXTRACT_STRUCTURE_TYPE; its offsets are not trusted */
        unsigned features;
        int64_t observed_at; /* the file's mtime */
} ClaimSource;

typedef struct ClaimList {
        GArray *claims;        /* of Claim */
        GStringChunk *strings; /* what the claims point to */
        unsigned left_out;     /* beyond CLAIMS_PER_DOCUMENT_MAX */
} ClaimList;

ClaimList *claims_from_structure(const ClaimSource *source);
ClaimList *claim_list_free(ClaimList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ClaimList, claim_list_free)
