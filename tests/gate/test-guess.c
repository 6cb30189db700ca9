/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guesses are counted for each peer, for a time, in a table that does not grow. */
#include "gate/guess.h"

#define WINDOW (GATE_GUESSES_SEC * G_USEC_PER_SEC)

static void test_guesses_are_forgotten_after_their_time(void)
{
        Guesses *guesses = guesses_new();

        g_assert_cmpuint(guesses_note_at(guesses, "a", 1000), ==, 1);
        g_assert_cmpuint(guesses_note_at(guesses, "a", 2000), ==, 2);
        g_assert_cmpuint(guesses_note_at(guesses, "b", 2000), ==, 1);
        g_assert_cmpuint(guesses_note_at(guesses, "a", 1000 + WINDOW - 1), ==, 3);
        g_assert_cmpuint(guesses_note_at(guesses, "a", 1000 + WINDOW), ==, 1);
        guesses_free(guesses);
}

static void test_who_has_been_quiet_longest_is_forgotten(void)
{
        Guesses *guesses = guesses_new();

        for (unsigned i = 0; i < GUESS_PEERS_MAX; i++) {
                g_autofree char *peer = g_strdup_printf("peer-%u", i);
                guesses_note_at(guesses, peer, 1000 + i);
        }
        g_assert_cmpuint(guesses_note_at(guesses, "peer-0", 5000), ==, 2);
        g_assert_cmpuint(guesses_note_at(guesses, "one more", 6000), ==, 1);
        g_assert_cmpuint(guesses_note_at(guesses, "peer-0", 7000), ==, 3);
        g_assert_cmpuint(guesses_note_at(guesses, "peer-1", 8000), ==, 1);
        guesses_free(guesses);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/gate/guess/guesses-are-forgotten-after-their-time",
                        test_guesses_are_forgotten_after_their_time);
        g_test_add_func("/gate/guess/who-has-been-quiet-longest-is-forgotten",
                        test_who_has_been_quiet_longest_is_forgotten);
        return g_test_run();
}
