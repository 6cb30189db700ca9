/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that draw arguments share. */
#pragma once

#include "scope/draw.h"

#define CHANCE(draw, percent) (g_rand_int_range((draw)->rand, 0, 100) < (percent))
#define RANGE(draw, from, to) g_rand_int_range((draw)->rand, from, to)
#define ONE_OF(draw, list)    (list)[RANGE(draw, 0, G_N_ELEMENTS(list))]

/* The same text for both worlds (taken); a copy. Whoever gets a Pair frees its texts. */
Pair pair_both(char *text);
Pair pair_copied(const Pair *pair);

/* One of a kind, of what the scope has more often than it is; a name, whole, cut or changed; a time; a word. */
Pair draw_known(Draw *draw, const char *kind);
Pair draw_name(Draw *draw);
Pair draw_time(Draw *draw);
const char *draw_word(Draw *draw);

/* Is the name one of those between commas? The kind of what a member of arguments is, or NULL. */
bool draw_is_among(const char *names, const char *name);
const char *draw_meaning(const char *member);

/* Has the schema such a member? Takes members out, names with blanks between. */
bool draw_has_rule(JsonObject *schema, const char *name);
void draw_unsay(JsonObject *args[2], const char *members);

/* draw-fit.c: makes arguments of a tool such that they may be good. */
void draw_fit(Draw *draw, const char *tool, JsonObject *schema, JsonObject *args[2]);
