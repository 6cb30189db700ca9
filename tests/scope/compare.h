/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as texts that are the same if what they tell is: ids that were made by the calls compared are numbered in the order
 * in which each world names them, and what measures time is left out. */
#pragma once

#include "scope/world.h"

typedef struct Compare Compare;

Compare *compare_new(const World *one, const World *two);
void compare_free(Compare *compare);

/* The answer of a world (0 or 1), or if there is none its error. */
char *compare_text(Compare *compare, unsigned world, JsonNode *answer, const GError *error);

/* Where two texts part, with what stands around it. */
char *compare_difference(const char *one, const char *two);
