/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: the words of what is erased, looked for wherever else they may stand. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define ERASE_WORDS_MAX 200000 /* different words of one erasure */

typedef struct EraseWords EraseWords;

EraseWords *erase_words_new(void);
EraseWords *erase_words_free(EraseWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EraseWords, erase_words_free)

/* Adds a text to look for, as it is and as it stands in JSON, and in JSON within JSON. Not if it is an id or a hash, or
 * has fewer than min letters and digits; of a JSON object or array it is the texts in it that are added. False: there are
 * ERASE_WORDS_MAX already. */
bool erase_words_add(EraseWords *words, const char *text, unsigned min);

/* Says which of the words was found (its number); true: go on. */
typedef bool (*EraseFound)(unsigned word, void *data);

/* Calls found for words in the text: whole ones, no matter which case ASCII letters have. False if found ended it. */
bool erase_words_scan(const EraseWords *words, const char *text, size_t length, EraseFound found,
                      void *data);

/* Is any of them there? */
bool erase_words_any(const EraseWords *words, const char *text);

/* Does not look for this one any more. */
void erase_words_drop(EraseWords *words, unsigned word);

/* How many are looked for. */
unsigned erase_words_count(const EraseWords *words);

/* Is the text an id of ours (prefix-…) or a hash in hex? Those may stay. */
bool erase_is_name(const char *text);
