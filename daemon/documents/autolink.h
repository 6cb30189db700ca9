/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Autolinks: a link between two things that somebody proposed for a sentence that names one in the other, and what the
 * human said of it. Accepted it is a fact; rejected it is a tombstone that no later proposal passes. */
#pragma once

#include "documents/name-set.h"
#include "graph/graph.h"

#define AUTOLINKS_PER_DOCUMENT_MAX 50 /* that wait for review, of one document */
#define AUTOLINKS_PER_ENTITY_MAX                                                                   \
        200 /* … and of one entity: a name that is a common word must not flood */
#define AUTOLINK_QUOTE_CHARS                                                                       \
        200 /* of the pipeline's evidence: the name and what stands around it */
#define AUTOLINK_REASON_CHARS_MAX 1000
#define AUTOLINK_PREDICATE        "mentioned_in" /* what an accepted one is recorded as */

typedef enum AutolinkKind {
        AUTOLINK_ENTITY_DOCUMENT,
        AUTOLINK_DOCUMENT_SYMBOL, /* found and written by the room of code, */
        AUTOLINK_FACT_SYMBOL,     /* … as this one; decided here */
        AUTOLINK_ENTITY_SYMBOL,   /* there are none */
        AUTOLINK_PAGE_PAGE,       /* its room is not there yet */
} AutolinkKind;
/* INVALID. */
bool autolink_kind_from_string(const char *text, AutolinkKind *ret, GError **error);

/* May it be proposed? INVALID for kinds that are found otherwise, UNAVAILABLE for those whose rooms are not there. */
bool autolink_check_kind(AutolinkKind kind, GError **error);

/* ---- what a text names ---- */

/* A place in a text that names an entity. */
typedef struct Evidence {
        char *entity_id, *quote;
        int64_t start, end; /* characters of the quote */
} Evidence;

/* The entities that a text names, each where it does so first, as Evidence. */
GPtrArray *autolink_find(const NameSet *names, const char *text, NameScan *ret_scan);

/* ---- rows; inside a write ---- */

typedef struct Autolink {
        const char *document_id, *sha256; /* the content version that the evidence stands in */
        const Evidence *evidence;
        const Access *access; /* NULL: the pipeline */
        const char *proposed_by;
        bool bounded; /* the limits hold: for all but what the human proposes */
} Autolink;

typedef enum AutolinkOutcome {
        AUTOLINK_NEW,
        AUTOLINK_KNOWN,    /* proposed, accepted, or recorded as a fact before */
        AUTOLINK_REJECTED, /* … by the human: it stays so */
        AUTOLINK_LIMITED,  /* as many wait already as may */
        AUTOLINK_STALE,    /* the document has another content now */
} AutolinkOutcome;

/* Proposes a link. What waits already gets the new evidence if its own stands in an older content. ret_id (or NULL, the
 * caller frees) is the link's, NULL if there is none. */
bool autolink_propose(Db *db, const Autolink *link, AutolinkOutcome *ret, char **ret_id,
                      GError **error);

/* Moves the evidence of links that wait to a newer text that still holds their quotes. */
bool autolink_refresh(Db *db, const char *document_id, const char *sha256, const char *text,
                      GError **error);

typedef struct AutolinkDecision {
        const Access *access;
        const char *link_id;
        bool accept;        /* else reject */
        const char *reason; /* or NULL */

        bool changed;   /* filled: it was not decided so before */
        char *fact_id;  /* accepted: recorded as; the caller frees */
        char *group_id; /* the caller frees */
} AutolinkDecision;

/* The work of a write (data: AutolinkDecision). NOT_FOUND; STALE: the quote is not in the document's text any more, or
 * in what the fact says. */
bool autolink_decide(Db *db, void *data, GError **error);

/* Keeps links and the facts that they were recorded as together, whoever takes back what: a link whose fact is gone waits
 * again; the fact of a link that is not accepted any more is taken back. Before the vault opens. */
void autolink_register(Store *vault);

/* ---- listing ---- */

typedef struct AutolinkQuery {
        const char *link_id, *state, *kind, *entity_id, *document_id, *fact_id,
                *symbol_id; /* or NULL */
        const char *after;  /* id of the last row of the page before; "": none */
        unsigned limit;     /* one more is read, to see whether there are more */
} AutolinkQuery;

/* Rows as list_autolinks tells them, the oldest first, as the handle sees them; links of one pair that wait show once.
 * *ret_total counts those of all pages. */
JsonArray *autolink_list(Db *db, const AutolinkQuery *query, int64_t *ret_total, GError **error);
