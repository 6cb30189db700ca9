/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person types, turned into what FTS5 understands; whatever was typed, the result is well-formed. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define QUERY_CHARS_MAX 1000
#define QUERY_TERMS_MAX 64
#define QUERY_KEYWORDS  4 /* more terms than this are a question, not keywords */

/* Words, "phrases", -exclusions, prefix*, title:word, heading:word, body:word. */
typedef struct Query {
        char *all;      /* FTS5 expression: every term */
        char *any;      /* … at least one; NULL if that is the same */
        char *each;     /* … at least one, or one that must not occur: those come last */
        unsigned terms; /* that have to occur */
} Query;

/* LIMIT over QUERY_CHARS_MAX or QUERY_TERMS_MAX; INVALID if there is nothing to look for. */
Query *query_parse(const char *text, GError **error);
Query *query_free(Query *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Query, query_free)
