/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may mention symbols: the text of a document, what a person or an agent said in a fact. Documents that are source code
 * themselves do not: their names are the graph's already; facts that the pipeline made do not: their words are the document's. */
#pragma once

#include "code/mention.h"
#include "store/store.h"

typedef struct MentionSource {
        char *id;     /* doc-…, fact-… */
        char *sha256; /* content version; "" of a fact */
        struct {
                const char *field; /* text, object, quote */
                char *text;
                GPtrArray *words; /* of Mention */
        } parts[2];               /* ended by a NULL field */
        bool cut;                 /* MENTION_WORDS_MAX was reached */
} MentionSource;
MentionSource *mention_source_free(MentionSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MentionSource, mention_source_free)

/* As it stands now; NULL without an error: it is not there any more, or says nothing that counts. */
MentionSource *mention_source_load(Db *db, const char *id, GError **error);

/* Where it mentions a word; *ret_part: in which part. NULL: nowhere. */
const Mention *mention_source_find(const MentionSource *source, const char *word,
                                   unsigned *ret_part);
