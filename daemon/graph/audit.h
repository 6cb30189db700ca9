/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Re-verification of quotes in bulk: each against the stored text of the content version that it was taken from. */
#pragma once

#include "graph/graph.h"

#define AUDIT_FACTS_DEFAULT 10000
#define AUDIT_FACTS_MAX     100000 /* facts of one call */
#define AUDIT_INVALID_MAX   500    /* told by one call, which ends with the last of them */

typedef struct AuditQuery {
        const char *document_id; /* or NULL: of all */
        const char *entity_id;   /* or NULL: of all */
        bool search; /* search each quote in the whole text, whatever its place; else only if it is not there */
        unsigned limit;    /* facts */
        const char *after; /* cursor or NULL */
} AuditQuery;

/* bytes_scanned counts the bytes of stored text that were really gone over, not the sizes of the texts: for a quote that is
 * compared at its place its length; for one that is searched all from the beginning of the text to the end of where
 * it was found, or to the end of the text. search_us is the time that took, without reading rows and loading texts. */
typedef struct AuditReport {
        int64_t checked, valid; /* what is neither valid nor unread is invalid */
        int64_t unread;         /* whose text is not kept here, as after an import of a journal */
        int64_t texts, bytes_scanned, search_us;
        JsonArray *invalid; /* of {"fact_id", "document_id", "reason"} */
        char *next;         /* cursor, NULL at the end */
} AuditReport;
void audit_report_clear(AuditReport *report);

/* Checks the quotes of active facts, superseded ones too, in order of documents and versions, so that each text is loaded
 * once. False only if they could not be checked. ret is cleared by the caller. */
bool audit_quotes(Db *db, const AuditQuery *query, AuditReport *ret, GError **error);
