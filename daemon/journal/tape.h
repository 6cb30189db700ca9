/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journals of both databases as one, in the order of time: two reels, of which the one whose turn it is shows its
 * entry. */
#pragma once

#include "journal/reel.h"

typedef struct TapeOptions {
        Db *vault;
        Db *ops;  /* NULL: not looked at */
        Db *seen; /* as in ReelOptions */
        const Filter *filter;
        bool oldest_first;
        const char *place; /* from tape_place() of a tape with the same seen; "": the beginning */
        unsigned looks;    /* in each journal */
} TapeOptions;

typedef struct Tape Tape;
Tape *tape_new(const TapeOptions *options, GError **error);
Tape *tape_free(Tape *tape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tape, tape_free)

/* As of a reel. Where one journal stops, the tape does: what comes next is not known. */
const Entry *tape_entry(const Tape *tape);
Db *tape_db(const Tape *tape); /* of the journal that the entry is in */
bool tape_next(Tape *tape, GError **error);
bool tape_stopped(const Tape *tape);

/* For a cursor; the caller frees. */
char *tape_place(const Tape *tape);

/* How many entries there are from where it stands on; it stops or ends there. -1: it stopped. */
bool tape_count(Tape *tape, int64_t *ret, GError **error);
