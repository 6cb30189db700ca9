/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vocabulary: which predicates there are, what their objects look like, and whether an entity has
 * one value or many of each. */
#pragma once

#include "graph/object.h"

#define PREDICATE_NAME_CHARS_MAX        64
#define PREDICATE_DESCRIPTION_CHARS_MAX 500
#define PREDICATE_PROPOSED_MAX          1000 /* proposals waiting for the human */

typedef struct Predicate {
        char *name;
        char *description;
        char *state; /* active, proposed, retired */
        ObjectKind kind;
        bool one; /* cardinality one */
} Predicate;
Predicate *predicate_free(Predicate *predicate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Predicate, predicate_free)

/* Is it [a-z][a-z0-9_]*, at most PREDICATE_NAME_CHARS_MAX long? what names the argument. INVALID. */
bool predicate_check_name(const char *what, const char *name, GError **error);

/* The predicate of a name; NULL without an error if there is none. */
Predicate *predicate_find(Db *db, const char *name, GError **error);

/* The predicate to write a fact with: INVALID, naming the nearest active ones, unless it is there and active. */
Predicate *predicate_use(Db *db, const char *name, GError **error);

/* Enters a predicate, or makes an equal proposed one active. active: the human's word. Inside a write.
 * CONFLICT if the name is taken by a different one, LIMIT over PREDICATE_PROPOSED_MAX. */
bool predicate_propose(Db *db, const Predicate *wanted, bool active, GError **error);

/* What the human says of a predicate. */
typedef enum PredicateDecision {
        PREDICATE_CONFIRM,   /* proposed → active */
        PREDICATE_RETIRE,    /* proposed or active → retired: facts stay, new ones are refused */
        PREDICATE_REINSTATE, /* retired → active */
} PredicateDecision;
bool predicate_decision_from_string(const char *text, PredicateDecision *ret, GError **error);

/* Carries it out, inside a write; nothing if it is so already. NOT_FOUND, naming the nearest; CONFLICT if another
 * decision is needed first. */
bool predicate_decide(Db *db, const char *name, PredicateDecision decision, GError **error);

/* Enters the predicates that are shipped and not yet there; one system write, none if all are. */
bool predicate_ensure_vocabulary(Store *vault, GError **error);
