/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that must not wait, the loop's, may try a read and give it up. The state is the thread's own:
 * nothing but the store has to know of it, so any tool can be tried. */
#include "store/impatience.h"

typedef struct Impatience {
        uint64_t steps; /* 0: this thread may wait */
        bool gave_up;
} Impatience;

static _Thread_local Impatience impatience;

void store_impatient_begin(uint64_t steps)
{
        g_assert(steps > 0 && impatience.steps == 0);
        impatience = (Impatience){.steps = steps};
}

bool store_impatient_end(void)
{
        bool gave_up = impatience.gave_up;

        impatience = (Impatience){0};
        return gave_up;
}

uint64_t impatience_steps(void)
{
        return impatience.steps;
}

void impatience_note(void)
{
        if (impatience.steps > 0)
                impatience.gave_up = true;
}

bool store_gives_up(GError **error)
{
        return impatience_refuses(error);
}

bool store_gave_up(void)
{
        return impatience.gave_up;
}

bool impatience_refuses(GError **error)
{
        if (impatience.steps == 0)
                return false;
        impatience.gave_up = true;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "this would have to wait");
        return true;
}
