/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of others made fit for a terminal: no control characters, cut or wrapped to columns, times and
 * sizes as people read them. All results are freed by the caller. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Columns a text takes; wide characters count two, combining ones none. */
unsigned render_width(const char *text);

/* One line: white space runs become one space, other control characters U+FFFD, so that a document cannot
 * write to the terminal. */
char *render_line(const char *text);

/* A line cut to at most width columns, with "…" where it was cut. */
char *render_fit(const char *text, unsigned width);

/* A text as lines of at most width columns, each after the first begun with indent. */
char *render_wrap(const char *text, unsigned width, const char *indent);

/* "2026-04-12T18:22:14.3Z" as local "2026-04-12 20:22:14"; another text as it is. */
char *render_time(const char *iso);

/* "12.3 MB"; "1,234". */
char *render_bytes(int64_t bytes);
char *render_count(int64_t count);
