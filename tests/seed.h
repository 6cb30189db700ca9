/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start of tests with random histories: the same in each run, so that a run that fails fails again; other ones
 * with OUROBOROS_LONG. A run prints its seed, and --seed= repeats one. */
#pragma once

#include <glib.h>

#define SEED "--seed=R02S5f0958d1bd0532eb6133de2fd3cb1103"

static inline void seed_test_init(int argc, char **argv)
{
        g_autoptr(GPtrArray) args = g_ptr_array_new();
        char **left;

        g_ptr_array_add(args, argv[0]);
        if (!g_getenv("OUROBOROS_LONG"))
                g_ptr_array_add(args, (char *)SEED);
        for (int i = 1; i < argc; i++)
                g_ptr_array_add(args, argv[i]);
        argc = (int)args->len;
        g_ptr_array_add(args, NULL);
        left = (char **)args->pdata;
        g_test_init(&argc, &left, NULL);
}
