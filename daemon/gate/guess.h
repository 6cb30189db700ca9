/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guesses: who has come with how many bearers that are none. Good bearers are never asked for here, so whoever guesses
 * from the address of honest clients does not lock them out. Loop thread. */
#pragma once

#include "gate/gate.h"

#define GUESS_PEERS_MAX                                                                            \
        1024 /* remembered at a time; the one that has been quiet longest is forgotten */

typedef struct Guesses Guesses;

Guesses *guesses_new(void);
Guesses *guesses_free(Guesses *guesses);

/* Notes one; how many the peer has made in the time at hand, this one included. */
unsigned guesses_note(Guesses *guesses, const char *peer);

/* The same at a time, monotonic, for tests. */
unsigned guesses_note_at(Guesses *guesses, const char *peer, int64_t now_us);
