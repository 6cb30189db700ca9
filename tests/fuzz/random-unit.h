/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units that are valid and otherwise say whatever the bytes say: declarations within each other, types and values that lead in circles,
 * imports of each other, calls of anything. */
#pragma once

#include "syntax/builder.h"

/* Bytes that choices are taken from; beyond the end choices go on at random, as the bytes before have it, so that short inputs make
 * whole repositories. */
typedef struct Feed {
        const uint8_t *at, *end;
        uint32_t state;
        uint32_t taken;     /* choices so far */
        uint32_t twist, by; /* this one of them (from 1) comes out otherwise */
} Feed;

uint32_t feed_take(Feed *feed, uint32_t below);

#define RANDOM_PATHS   5
#define RANDOM_MODULES 6

/* The paths of a small repository of one family of languages; the last is a manifest's. */
typedef struct RandomFamily {
        UnitLanguage language;
        const char *paths[RANDOM_PATHS];
        const char *modules[RANDOM_MODULES]; /* as imports call them */
} RandomFamily;
const RandomFamily *random_family(Feed *feed);

/* Makes the unit of a file; the caller frees the block. */
void *random_unit(Builder *builder, Feed *feed, const RandomFamily *family, bool manifest,
                  size_t *ret_bytes);
