/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from strangers: checks, limits, normal forms. Offsets at the doors are in characters (Unicode
 * code points); inside they are in bytes of UTF-8. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Checks that value is UTF-8 without NUL of 1…max_chars characters; what names the argument in the
 * message, limit the limit. INVALID or LIMIT. */
bool text_check(const char *what, const char *value, size_t max_chars, const char *limit,
                GError **error);

/* Checks that value, of valid UTF-8, is what can stand in one line beside other words: it has letters or digits, and nothing
 * that hides, ends or turns round what follows. INVALID. */
bool text_check_line(const char *what, const char *value, GError **error);

/* Valid UTF-8 with U+FFFD for each character that hides, ends or turns round what follows. The caller frees. */
char *text_make_line(const char *value);

/* The key under which names are the same however people write them: NFKC, case folded, accents and strokes
 * (Łódź, Øre) removed, white space collapsed and trimmed. The caller frees. */
char *text_key(const char *name);

/* Up to count nearest of candidates (NULL-terminated) by Damerau-Levenshtein distance, nearest first,
 * as "a, b, c"; NULL if none is near (distance over half the length). The caller frees. */
char *text_nearest(const char *name, const char *const *candidates, unsigned count);

/* That distance between two texts as they are; max + 1 if it is over max, or one is longer than 64 characters. */
unsigned text_distance(const char *a, const char *b, unsigned max);

/* Byte offset of character offset chars in text of length bytes, and back; clamps to the end. */
size_t text_bytes(const char *text, size_t length, size_t chars);
size_t text_chars(const char *text, size_t bytes);

/* Widens a piece of text (from, to) by what stands around it in its line, at most so many characters on each side, cut
 * between words. */
void text_around(const char *text, int64_t chars, const char **from, const char **to);
