/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small world for attacks: what an agent sees, and the like of it that it does not. */
#pragma once

#include "scope/world.h"

typedef struct Place {
        char *folder;
        Service *service;
        World *world;
        Access *scoped;   /* sees Near and its document */
        Access *agent;    /* sees everything; another connection than world->other */
        char *near, *far; /* entities */
        char *near_doc, *far_doc;
        char *near_fact, *far_fact; /* said by the human, notes */
        char *far_lease;            /* of world->other, on far_doc */
} Place;

Place *place_new(void);
void place_free(Place *place);

/* The first column of the only row, which must be there. */
char *place_get(Place *place, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What comes of a call: the answer as JSON, or "!CODE: message". */
char *place_call(Place *place, const Access *access, const char *tool, const char *format, ...)
        G_GNUC_PRINTF(4, 5);

/* Fails unless a text begins so. */
void place_expect(const char *what, const char *got, const char *expected);
