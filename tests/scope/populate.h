/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worlds are filled with. */
#pragma once

#include "scope/world.h"

typedef struct Populace {
        World *world;
        Service *service;
        GRand *rand;
        const char *files; /* folder of the files that both worlds know */
} Populace;

/* Entities, aliases, merges, documents, claims, rules, contradictions, queues: a little of everything. */
void populate_build(Populace *populace);

/* A scope: ids of some entities, some of them of documents, some merged with others. */
char **populate_scope(Populace *populace);

/* Much more of everything, all of it outside of the scope, which is as populate_scope() gave it; hidden is a folder for files
 * that only this world knows. */
void populate_burst(Populace *populace, char **scope, const char *hidden);

/* A name that one of the world's may be near to; the caller frees. */
char *populate_name(GRand *rand);

#define POPULATE_WORDS 40
extern const char *const populate_words[POPULATE_WORDS];
