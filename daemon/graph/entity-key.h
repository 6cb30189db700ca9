/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of entities' names: a projection, kept by a derivation. Kinds of keys: */
#pragma once

#include "graph/name-form.h"

#define KEY_SORTED   "c" /* words of the core in order of the alphabet */
#define KEY_SQUASHED "s" /* the same without spaces, in their own order */
#define KEY_BRIEF    "b" /* an initial and the last word */
#define KEY_ACRONYM  "a"
#define KEY_WORD     "t" /* each word */
#define KEY_REVERSED "r" /* each word from behind, for what is mistyped in front */

#define KEY_REVERSED_MIN 4 /* letters: shorter words are not taken for mistyped */

/* Derivation for the tables of entities and of aliases; data: NameRules. */
bool entity_key_derive(Db *db, const Change *changes, unsigned count, void *data, GError **error);

/* Makes the keys of the entities after this id (NULL: all) anew, up to a number of them, inside a write; *ret_last is
 * the last one done, NULL if that was all. */
bool entity_key_rebuild(Db *db, const NameRules *rules, const char *after, char **ret_last,
                        GError **error);

/* Are there names, and no keys? So it is after the migration that brought them. */
bool entity_key_missing(Db *db, bool *ret, GError **error);

/* A word from behind. */
char *entity_key_reverse(const char *word);
