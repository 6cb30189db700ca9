/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bar on standard error while something long goes on; nothing where that is no terminal. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Progress Progress;

/* label says what goes on; quiet: never shown. */
Progress *progress_new(const char *label, bool quiet);

/* fraction 0…1, or negative: not known, something moves. note (or NULL) stands behind the bar. */
void progress_set(Progress *progress, double fraction, const char *note);

/* Wipes the bar away. */
Progress *progress_free(Progress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)

/* The bar as text of width columns, for progress_set() and its test; the caller frees. */
char *progress_bar(double fraction, unsigned width, unsigned step);
