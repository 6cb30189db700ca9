/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fact as rules see it: what they infer from. */
#pragma once

#include "graph/rule.h"

typedef struct Basis {
        char *id, *subject, *predicate, *object, *qualifiers, *agent;
        double number, confidence; /* NaN: none */
        int64_t observed_at;
        bool is_active, is_current;
} Basis;
Basis *basis_free(Basis *basis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Basis, basis_free)

/* A fact as it is; NULL without an error if it is not there. */
Basis *basis_read(Db *db, const char *fact_id, GError **error);

/* A fact as it was before the journal entry seq; NULL without an error if it was not there. */
Basis *basis_before(Db *db, int64_t seq, GError **error);

/* Would a rule infer the same from both? Either may be NULL. */
bool basis_same(const Basis *a, const Basis *b);

/* At most limit of the current facts of a subject and predicate, oldest id first, but for
 * those that the rule has inferred itself. */
GPtrArray *basis_of(Db *db, const Rule *rule, const char *subject, unsigned i, unsigned limit,
                    GError **error);

/* The same by object: facts of the rule's predicate i whose object is this entity, also by way of its document. */
GPtrArray *basis_to(Db *db, const Rule *rule, const char *entity_id, unsigned i, unsigned limit,
                    GError **error);

/* The same by document, whatever entity stands for it, if any. */
GPtrArray *basis_to_document(Db *db, const Rule *rule, const char *document_id, unsigned i,
                             unsigned limit, GError **error);

/* The entity that the object of predicate i leads to: itself, or the one that stands for a document. *ret is NULL if
 * it leads nowhere. */
bool basis_target(Db *db, const Rule *rule, const Basis *basis, char **ret, GError **error);

/* The document that an entity stands for; *ret is NULL if it is none. */
bool basis_document(Db *db, const char *entity_id, char **ret, GError **error);

/* Which of the rule's predicates this one is; -1: none. */
int rule_index(const Rule *rule, const char *predicate);
