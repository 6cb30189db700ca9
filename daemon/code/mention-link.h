/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links between what mentions a symbol or source file and that: rows of autolinks that wait for review. Inside a write. */
#pragma once

#include "code/mention-name.h"
#include "code/mention-source.h"

#define MENTION_LINKS_PER_SOURCE_MAX                                                               \
        200 /* that wait for review, of one document or fact in one repository */
#define MENTION_QUOTE_CHARS 200 /* of the evidence: the word and what stands around it */

typedef struct MentionLink {
        char *source_id, *sha256;
        MentionTarget target;
        char *mention;     /* as it stands in the text */
        const char *field; /* of the source */
        char *quote;
        int64_t start, end; /* characters of the quote */
} MentionLink;
void mention_link_free(void *link);

/* The link of a word of a source with what it names; takes over nothing. */
MentionLink *mention_link_new(const MentionSource *source, unsigned part, const Mention *mention,
                              const MentionTarget *target);

/* Is there a link of the two already, whatever its state, with evidence of this content (NULL: of the present one)? */
bool mention_link_is_known(Db *db, const char *source_id, const char *sha256, const char *target_id,
                           bool *ret, GError **error);

/* Proposes it, or, if it stands with evidence of an older content, gives it the new one. What the human rejected stays so.
 * *ret_full: it is left out, MENTION_LINKS_PER_SOURCE_MAX of the source wait. A link with a symbol of the same name and kind
 * that is gone from the repository moves on to this one, decided as it is; so does one with a file of the same name that is
 * gone, if the same word of the source named it, or if the source has its word no more. */
bool mention_link_write(Db *db, const MentionLink *link, bool *ret_full, GError **error);

/* Moves the evidence of links that were not rejected to a text that still has their quotes. */
bool mention_links_refresh(Db *db, const MentionSource *source, GError **error);

/* Replaces the words that are known of a source. */
bool mention_words_write(Db *db, const MentionSource *source, GError **error);
bool mention_words_forget(Db *db, const char *source_id, GError **error);
