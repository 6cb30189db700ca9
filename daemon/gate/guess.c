/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guesses: a bounded table of peers, each with the guesses of its current minute. */
#include "gate/guess.h"

typedef struct Guess {
        int64_t began_us, last_us;
        unsigned count;
} Guess;

struct Guesses {
        GHashTable *peers; /* text → Guess */
};

Guesses *guesses_new(void)
{
        Guesses *guesses = g_new0(Guesses, 1);

        guesses->peers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        return guesses;
}

Guesses *guesses_free(Guesses *guesses)
{
        if (!guesses)
                return NULL;
        g_hash_table_unref(guesses->peers);
        g_free(guesses);
        return NULL;
}

static void forget_quietest(Guesses *guesses)
{
        int64_t oldest_us = INT64_MAX;
        const char *quietest = NULL;
        GHashTableIter iter;
        void *peer, *value;

        g_hash_table_iter_init(&iter, guesses->peers);
        while (g_hash_table_iter_next(&iter, &peer, &value)) {
                const Guess *guess = value;

                if (guess->last_us < oldest_us) {
                        oldest_us = guess->last_us;
                        quietest = peer;
                }
        }
        if (quietest)
                g_hash_table_remove(guesses->peers, quietest);
}

unsigned guesses_note_at(Guesses *guesses, const char *peer, int64_t now_us)
{
        Guess *guess = g_hash_table_lookup(guesses->peers, peer);

        if (!guess) {
                if (g_hash_table_size(guesses->peers) >= GUESS_PEERS_MAX)
                        forget_quietest(guesses);
                guess = g_new0(Guess, 1);
                g_hash_table_insert(guesses->peers, g_strdup(peer), guess);
        }
        if (guess->count == 0 || now_us - guess->began_us >= GATE_GUESSES_SEC * G_USEC_PER_SEC)
                *guess = (Guess){.began_us = now_us};
        guess->last_us = now_us;
        return ++guess->count;
}

unsigned guesses_note(Guesses *guesses, const char *peer)
{
        return guesses_note_at(guesses, peer, g_get_monotonic_time());
}
