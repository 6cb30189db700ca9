/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two reels as one. */
#include "journal/tape.h"

#include "journal/cohort.h"

struct Tape {
        Db *dbs[2];
        const char *caller; /* under a scope */
        Reel *reels[2];     /* of the vault and of ops, or NULL */
        bool oldest_first;
};

static void read_places(const char *text, int64_t ret[2])
{
        g_auto(GStrv) parts = g_strsplit(text, " ", 2);
        bool both = g_strv_length(parts) == 2;

        for (unsigned i = 0; i < 2; i++)
                ret[i] = both ? g_ascii_strtoll(parts[i], NULL, 10) : REEL_START;
}

/* Under a scope a place is the id of an entry of the caller's: a number would count others' entries too. */
static bool read_told_place(const TapeOptions *options, int64_t ret[2], GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Entry) entry = NULL;

        ret[0] = ret[1] = REEL_START;
        if (!*options->place)
                return true;
        entry = entry_find(options->vault, options->place, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (!entry || g_strcmp0(entry->actor_connection, options->filter->connection) != 0) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                                    "after: the cursor is damaged");
                return false;
        }
        ret[0] = entry->seq + (options->oldest_first ? -1 : 1);
        return true;
}

static char *told_place(const Tape *tape)
{
        const Entry *entry = tape_entry(tape);
        g_autoptr(Entry) looked_at = NULL;

        if (entry)
                return g_strdup(entry->id);
        looked_at = cohort_entry(tape->dbs[0], reel_place(tape->reels[0]), NULL);
        return looked_at && g_strcmp0(looked_at->actor_connection, tape->caller) == 0
                       ? g_strdup(looked_at->id)
                       : g_strdup("");
}

Tape *tape_new(const TapeOptions *options, GError **error)
{
        g_autoptr(Tape) tape = g_new0(Tape, 1);
        Db *dbs[2] = {options->vault, options->ops};
        int64_t places[2];

        tape->oldest_first = options->oldest_first;
        tape->caller = options->seen ? options->filter->connection : NULL;
        if (!options->seen)
                read_places(options->place, places);
        else if (!read_told_place(options, places, error))
                return NULL;
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

        if (tape->caller)
                return told_place(tape);
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
