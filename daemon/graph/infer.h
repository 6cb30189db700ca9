/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inferred facts follow from declared rules. They are kept in step with their sources by derivations, in the
 * transaction of the change itself: what a rule wants of an entity is a function of what is current, so equal states
 * have equal inferred facts.
 *
 * An inferred fact and its derivation (fact_sources) never change. When a source goes or says something else, what was
 * inferred from it is retired (is_active = 0), and all that was inferred from that; then the rules are asked again for
 * the entities that are concerned, and what is missing is brought back, if it was there once with the same
 * derivation, or inserted. So every inferred fact that stands has nothing but current sources, none of which was
 * inferred from it. What somebody takes back himself stays away until one of its sources changes.
 *
 * A limit that is reached never fails a write: what was inferred stays true and is no longer complete, and the rule
 * bears the problem. */
#pragma once

#include "graph/basis.h"

#define RULE_NODES_MAX    1000  /* things that one entity is found to reach by a closure */
#define RULE_EDGES_MAX    10000 /* facts read to find them, or for the aggregates of one entity */
#define RULE_SOURCES_MAX  1000  /* of one aggregate */
#define RULE_SUBJECTS_MAX 2000  /* entities that one changed fact may concern by a closure */
#define RULE_ROWS_MAX     40000 /* facts and sources that one rule enters in one write */
#define RULE_ROUNDS_MAX   8     /* that one entity is asked about by one rule in one write */

/* ---- what a rule wants ---- */

typedef struct Wanted {
        char *object, *qualifiers; /* qualifiers: NULL if there are none */
        double number;             /* NaN: none */
        GPtrArray *sources;        /* fact ids, in order */
        bool follows;              /* the fact before it in the list is its first source */
        bool fresh;                /* something that it depends on is new */
        int64_t observed_at;       /* the latest of its sources' */
        double confidence;         /* the least of its sources', NaN: none was given */
        char *fact_id;             /* once it stands */
        bool is_back;              /* it was there before, retired */
        bool is_new;               /* it did not stand */
} Wanted;

typedef struct WantList {
        const GHashTable *fresh; /* ids of facts that are new, a set */
        GPtrArray *wanted;       /* Wanted */
        char *problem;           /* the limit that was reached, or NULL */
        bool open;               /* there may be more than are wanted here */
} WantList;

void want_list_init(WantList *list, const GHashTable *fresh);
void want_list_clear(WantList *list);

/* Adds what is wanted; object and qualifiers (or NULL) are taken. */
Wanted *want_add(WantList *list, char *object, char *qualifiers);

/* Adds a source to it. */
void want_source(WantList *list, Wanted *wanted, const Basis *basis);

/* Notes the first limit that was reached. */
void want_problem(WantList *list, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What the rules of each kind infer of one entity. */
bool closure_want(Db *db, const Rule *rule, const char *subject, WantList *list, GError **error);
bool inverse_want(Db *db, const Rule *rule, const char *subject, WantList *list, GError **error);
bool aggregate_want(Db *db, const Rule *rule, const char *subject, WantList *list, GError **error);

/* Adds to subjects (a set) the entities that a closure leads from to this one, itself included. *ret_all is false if
 * they are more than RULE_SUBJECTS_MAX. */
bool closure_reaching(Db *db, const Rule *rule, const char *entity_id, GHashTable *subjects,
                      bool *ret_all, GError **error);

/* ---- keeping in step ---- */

typedef struct Inference Inference; /* the rules, kept from write to write */
Inference *inference_new(void);
Inference *inference_free(Inference *inference);

/* The vault may be another file from here on; any thread. */
void inference_forget(Inference *inference);

/* Registers the derivations; call it when what is current has been registered. */
void infer_register(Inference *inference, Store *vault);
