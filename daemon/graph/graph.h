/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entities, predicates and facts. A fact is a dated observation by a named observer, never edited: only
 * superseded. All verbs block; call them from a worker. */
#pragma once

#include "gate/gate.h"
#include "store/store.h"

#define GRAPH_QUOTE_CHARS_MAX  300
#define GRAPH_OBJECT_CHARS_MAX 65536
#define GRAPH_NAME_CHARS_MAX   300
#define GRAPH_PAGE_MAX         500   /* rows of one list call */
#define GRAPH_BATCH_MAX        10000 /* claims of one batch */

typedef struct Graph Graph;

/* Registers its derivation (what is current) with the vault; call before store_open(). */
Graph *graph_new(Store *vault);
Graph *graph_free(Graph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Graph, graph_free)

ToolTable graph_tools(Graph *graph);

/* Enters the predicates that are shipped and missing, once the vault is open. Blocks. The first
 * graph_submit() does it too. */
bool graph_start(Graph *graph, GError **error);

/* Forgets what is known of the vault, which may be another file when it is opened next. */
void graph_stop(Graph *graph);

/* Makes the projections anew: which entities count for others, and contradictions. Blocks writers for about two seconds per million
 * facts. */
bool graph_rebuild(Graph *graph, GError **error);

/* What JSON an object came as. Entities and documents are named by strings, and only the kind json takes
 * structures. */
typedef enum ObjectForm {
        OBJECT_AS_STRING,
        OBJECT_AS_VALUE, /* a number, true or false */
        OBJECT_AS_STRUCTURE,
} ObjectForm;

/* One claim about one entity. Unset strings are NULL; offsets are found from the quote. */
typedef struct Claim {
        const char *entity_id;   /* or … */
        const char *entity_name; /* … name and type: found by name or alias, else made */
        const char *entity_type; /* NULL: any when looking, "thing" when making */
        const char *predicate;
        const char *object; /* as text, of the predicate's kind */
        const char *
                object_name; /* of an object that is an entity: what to look for instead, or NULL … */
        const char *object_type; /* … and its type, NULL: any */
        const char *
                entity_aliases; /* JSON arrays of names that an entity has besides, in case that it is … */
        const char *object_aliases; /* … put into the queue, or NULL */
        ObjectForm object_form;
        const char *qualifiers; /* JSON object, any order of members; {} is none */
        const char *quote;      /* verbatim, at most GRAPH_QUOTE_CHARS_MAX characters */
        int64_t quote_hint;     /* character offset where the quote is expected, -1: anywhere */
        const char *document_id;
        int64_t observed_at;           /* 0: now */
        double confidence;             /* 0…1, NaN: none */
        const char *const *supersedes; /* fact ids, or NULL */
} Claim;

/* What became of one claim of a batch. */
typedef struct ClaimResult {
        char *fact_id;       /* new, or the equal fact that was there, … */
        char *discovered_id; /* … or the undeclared entity that the claim waits for */
        bool is_new;
        GError *error; /* why it was dropped, or NULL */
} ClaimResult;

/* What is current: among facts of one entity and predicate (and object and qualifiers, if the cardinality is
 * many: two payments of one amount on two days are two facts) the highest tier stands; in it the latest observation of each voice. All the human says is one voice; what
 * others extract is one voice per observer and document. Voices that disagree are a contradiction. Of one
 * document the pipeline's latest word is the one recorded last, whatever date the file bears.
 *
 * Records claims in one write, each accepted or dropped with its reason (which is logged). Idempotent:
 * the same claim by the same observer from the same document changes nothing as long as its quote stands
 * there: a fact keeps its id through later content versions. Facts that a newer version states no longer
 * stay as they are, with stale_source if their quote is gone, until another supersedes them. results has count
 * elements, filled by the call; clear each with claim_result_clear(). False only if the write failed. */
bool graph_submit(Graph *graph, const Access *access, const Claim *claims, unsigned count,
                  const char *reason, ClaimResult *results, GError **error);
void claim_result_clear(ClaimResult *result);

/* The entity that stands for a document, made if need be, inside a write of the caller. Its name becomes
 * this one, the former an alias, unless a human has named it. */
bool graph_document_entity(Db *db, const char *document_id, const char *name, char **ret_entity_id,
                           GError **error);

/* What is mined of a document already: {"prior_claims": [{"fact_id" or "held_id", "discovered_id", "entity_id",
 * "entity", "predicate", "object", "object_name", "quote", "quote_start", "quote_end", "observer", "trust_tier",
 * "status": current, superseded or held, "observed_at", "confidence", "stale_source"}], "next", "total"}; what is
 * not set is left out. after is a cursor or NULL. On a scoped handle nothing is held. */
JsonObject *graph_prior_claims(Db *db, const char *document_id, unsigned limit, const char *after,
                               GError **error);

#define GRAPH_MINING_ATTEMPTS_MAX 3 /* failed attempts after which a window is handed out no more */

/* How the holder of a lease (mining_windows.lease_id) ends it. */
typedef enum LeaseOutcome {
        LEASE_DONE,     /* the window is mined */
        LEASE_RELEASED, /* somebody else may have it */
        LEASE_FAILED,   /* it could not be mined */
} LeaseOutcome;

typedef struct LeaseEnd {
        const char *lease_id;
        LeaseOutcome outcome;
        const char *reason; /* or NULL */
} LeaseEnd;

/* Ends a live lease of the caller, inside a write. With the last window the document counts as indexed, and
 * its job as mined. Errors as a submit under the lease has them: NOT_FOUND, DENIED, STALE, INVALID. */
bool graph_end_lease(Db *db, const Access *access, const LeaseEnd *end, GError **error);

/* Inside a write: does the caller see the document, the entity? NOT_FOUND, as for one that is not there. */
bool graph_check_document(Db *db, const Access *access, const char *document_id, GError **error);
bool graph_check_entity(Db *db, const Access *access, const char *entity_id, GError **error);

/* Is it a live lease of the caller? The same errors. */
bool graph_check_lease(Db *db, const Access *access, const char *lease_id, GError **error);

/* One claim, judged and recorded inside a write of the caller's, as graph_submit() does it; the vocabulary must be there
 * (graph_start()). Its fact may be one that was there (is_new false). Any error is why it was not recorded. */
bool graph_claim(Db *db, const Access *access, const Claim *claim, ClaimResult *ret,
                 GError **error);

/* Takes a fact back, or gives it back, inside a write; without an effect if it is so already or gone. */
bool graph_set_fact_active(Db *db, const char *fact_id, bool active, GError **error);

/* The id of the entity that an id, or a name and perhaps a type (NULL: any), means on this handle, merges followed;
 * the caller frees. NOT_FOUND; INVALID if neither is given or several fit. */
typedef struct GraphName {
        const char *id, *name, *type;
} GraphName;
char *graph_find_entity(Db *db, const GraphName *name, GError **error);

/* Facts of a document whose quotes are not in its newer text get stale_source, inside a write. */
bool graph_mark_stale(Db *db, const char *document_id, const char *sha256, GError **error);

/* Verifies the quotes of all facts that the caller sees, each in the text that it was taken from. progress (NULL: none)
 * is called before each page and stops it by returning false (CANCELLED). */
typedef struct GraphQuotes {
        StoreProgress progress;
        void *data;
        int64_t checked, invalid; /* filled in */
        int64_t unread;           /* whose text is not kept here: neither valid nor invalid */
} GraphQuotes;
bool graph_verify_quotes(Graph *graph, const Access *access, GraphQuotes *quotes, GError **error);

/* Entities, facts (current and all) and rejections, for status. */
typedef struct GraphCounts {
        int64_t entities, facts_current, facts_all, predicates, rejections;
} GraphCounts;
bool graph_counts(Graph *graph, const Access *access, GraphCounts *ret, GError **error);
