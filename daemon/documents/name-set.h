/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names that entities go by, made ready to be found in texts: all of them in one pass, as whole words, whatever
 * case, accents and spaces they are written with. Immutable once loaded. */
#pragma once

#include "store/store.h"

#define NAME_SET_ENTITIES_MAX 100000 /* entities whose names are looked for: those declared last */
#define NAME_SET_LETTERS_MIN  3  /* letters and digits of a name; shorter ones stand everywhere */
#define NAME_SET_WORDS_MAX    12 /* words of one */
#define NAME_SET_SAME_MAX     4  /* entities of one name; what more share tells nobody */

typedef struct NameSet NameSet;

/* The names and aliases of active entities that the handle shows, merged ones' included; documents are no such entities.
 * Of one entity alone if entity_id is not NULL. NULL without an error if there are none. */
NameSet *name_set_load(Db *db, const char *entity_id, GError **error);
NameSet *name_set_free(NameSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NameSet, name_set_free)

/* Changes whenever anybody but the daemon itself has written since. -1 with an error. */
int64_t name_set_stamp(Db *db, GError **error);

/* A name in a text: bytes from start to end, char_start characters into it. */
typedef struct NameHit {
        const char *entity_id; /* of the set: what a merged entity counts for */
        const char *start, *end;
        int64_t char_start;
} NameHit;

/* What a pass took: bounded by words, however many names there are. */
typedef struct NameScan {
        uint64_t words; /* of the text */
        uint64_t
                steps; /* words looked at in the middle of a name; at most NAME_SET_WORDS_MAX for each word */
} NameScan;

/* Calls found for each name from the text's beginning to its end, false stops. Where one begins within another the
 * longest at the first place stands; of a name that several entities share each is told. */
typedef bool (*NameFound)(const NameHit *hit, void *data);
NameScan name_set_scan(const NameSet *set, const char *text, NameFound found, void *data);

/* Names in it. */
unsigned name_set_count(const NameSet *set);
