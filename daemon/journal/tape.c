/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two reels as one. */
#include "journal/tape.h"

struct Tape {
        Db *dbs[2];
        Reel *reels[2]; /* of the vault and of ops, or NULL */
        bool oldest_first;
};

static void read_places(const char *text, int64_t ret[2])
{
        g_auto(GStrv) parts = g_strsplit(text, " ", 2);
        bool both = g_strv_length(parts) == 2;

        for (unsigned i = 0; i < 2; i++)
                ret[i] = both ? g_ascii_strtoll(parts[i], NULL, 10) : REEL_START;
}

Tape *tape_new(const TapeOptions *options, GError **error)
{
        g_autoptr(Tape) tape = g_new0(Tape, 1);
        Db *dbs[2] = {options->vault, options->ops};
        int64_t places[2];

        tape->oldest_first = options->oldest_first;
        read_places(options->place, places);
        for (unsigned i = 0; i < 2; i++) {
                ReelOptions reel = {.db = dbs[i],
                                    .seen = options->seen,
                                    .filter = options->filter,
                                    .oldest_first = options->oldest_first,
                                    .place = places[i],
                                    .looks = options->looks};

                if (!dbs[i] ||
                    (i == 1 && options->filter->entity)) /* only the vault has entities */
                        continue;
                tape->dbs[i] = dbs[i];
                tape->reels[i] = reel_new(&reel, error);
                if (!tape->reels[i])
                        return NULL;
        }
        return g_steal_pointer(&tape);
}

Tape *tape_free(Tape *tape)
{
        if (!tape)
                return NULL;
        (void)reel_free(tape->reels[0]);
        (void)reel_free(tape->reels[1]);
        g_free(tape);
        return NULL;
}

/* The reel whose entry comes next. */
static Reel *turn(const Tape *tape)
{
        const Entry *vault = tape->reels[0] ? reel_entry(tape->reels[0]) : NULL;
        const Entry *ops = tape->reels[1] ? reel_entry(tape->reels[1]) : NULL;

        if (tape_stopped(tape))
                return NULL;
        if (!vault || !ops)
                return vault ? tape->reels[0] : ops ? tape->reels[1] : NULL;
        if (tape->oldest_first)
                return tape->reels[vault->time_us <= ops->time_us ? 0 : 1];
        return tape->reels[vault->time_us >= ops->time_us ? 0 : 1];
}

const Entry *tape_entry(const Tape *tape)
{
        const Reel *reel = turn(tape);

        return reel ? reel_entry(reel) : NULL;
}

Db *tape_db(const Tape *tape)
{
        return tape->dbs[turn(tape) == tape->reels[0] ? 0 : 1];
}

bool tape_next(Tape *tape, GError **error)
{
        Reel *reel = turn(tape);

        return !reel || reel_next(reel, error);
}

bool tape_stopped(const Tape *tape)
{
        for (unsigned i = 0; i < 2; i++)
                if (tape->reels[i] && reel_stopped(tape->reels[i]))
                        return true;
        return false;
}

char *tape_place(const Tape *tape)
{
        int64_t places[2] = {REEL_START, REEL_START};

        for (unsigned i = 0; i < 2; i++)
                if (tape->reels[i])
                        places[i] = reel_place(tape->reels[i]);
        return g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, places[0], places[1]);
}

bool tape_count(Tape *tape, int64_t *ret, GError **error)
{
        int64_t count = 0;

        for (; tape_entry(tape); count++)
                if (!tape_next(tape, error))
                        return false;
        *ret = tape_stopped(tape) ? -1 : count;
        return true;
}
