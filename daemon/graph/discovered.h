/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discovered: a name that was found and never declared. It waits for the human with the claims about it, and
 * ends as an entity, as another name of one, or dismissed for good. */
#pragma once

#include "graph/entity.h"

#define DISCOVERED_WAITING_MAX     50000 /* entries that wait at once */
#define DISCOVERED_ALIASES_MAX     32    /* other names of one */
#define DISCOVERED_SUGGESTIONS_MAX 5
#define DISCOVERED_SAMPLES_MAX     3 /* quotes that a list shows of each */
#define DISCOVERED_DOCUMENTS_MAX   5

typedef struct Discovered {
        char *id, *name, *key;
        char *type;  /* "": none was given */
        char *state; /* waiting, promoted, merged, dismissed */
        char *entity_id;
        char *aliases; /* JSON array, or NULL */
} Discovered;
Discovered *discovered_free(Discovered *discovered);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Discovered, discovered_free)

bool discovered_is(const Discovered *discovered, const char *state);

/* The entry of an id; NOT_FOUND. */
Discovered *discovered_get(Db *db, const char *id, GError **error);

/* The entry that a name and perhaps a type mean; NULL without an error if there is none. A name without a
 * type means the one of it that is not dismissed, and is dismissed if all are; a name dismissed without a type is
 * so with every type that has no entry of its own. */
Discovered *discovered_find(Db *db, const EntityRef *ref, GError **error);

/* The same for what the human declares: if there is none of the type, what waits of the name without a type, which
 * means the declared one from then on. */
Discovered *discovered_declared(Db *db, const EntityRef *ref, GError **error);

/* Who came upon a name, and where; aliases is a JSON array. Unset members are NULL. */
typedef struct Finding {
        const char *observer, *document_id, *reason, *aliases;
} Finding;

/* Puts a name into the queue, inside a write; the caller frees the id. LIMIT over DISCOVERED_WAITING_MAX. */
char *discovered_add(Db *db, const EntityRef *ref, const Finding *finding, GError **error);

/* Sets the state of an entry and what it became (NULL: nothing), inside a write. */
bool discovered_set(Db *db, const Discovered *discovered, const char *state, const char *entity_id,
                    GError **error);

/* The error that a claim about a dismissed name gets. */
void discovered_set_dismissed(const Discovered *discovered, GError **error);

/* Derivations, whoever takes back what: an entry stands as long as a claim waits for it; a claim is dismissed as
 * long as an end of it is; and waits again when its fact is gone. */
bool discovered_derive(Db *db, const Change *changes, unsigned count, void *data, GError **error);
bool discovered_derive_held(Db *db, const Change *changes, unsigned count, void *data,
                            GError **error);
bool discovered_derive_facts(Db *db, const Change *changes, unsigned count, void *data,
                             GError **error);
