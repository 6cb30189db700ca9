/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random arguments for every tool, from its input schema, of values that are in one or both worlds. A value is a pair: what
 * is said to the one world, and what to the other. */
#pragma once

#include "scope/populate.h"

typedef struct Pair {
        char *text[2];
} Pair;

typedef struct Draw {
        GRand *rand;
        GHashTable *pools;    /* kind → GPtrArray of Pair */
        JsonArray *sql_views; /* as list_sql_views tells them */
} Draw;

Draw *draw_new(GRand *rand, World *one, World *two, char **scope);
void draw_free(Draw *draw);

/* From now on the value may be drawn; kind is the prefix of an id, "name", … */
void draw_learn(Draw *draw, const char *kind, const char *one, const char *two);

/* A random value of the kind, NULL if there is none. */
const Pair *draw_pair(Draw *draw, const char *kind);

/* Everything that an answer names; the answers are alike. */
void draw_harvest(Draw *draw, const char *tool, JsonNode *one, JsonNode *two);

/* Arguments of a tool for the two worlds. */
void draw_arguments(Draw *draw, const char *tool, JsonObject *schema, JsonObject *ret[2]);

/* draw-sql.c: a statement over the documented views. */
char *draw_sql(Draw *draw);
