/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time: UTC microseconds since 1970 inside, ISO 8601 with Z at the doors. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Now, in UTC microseconds. */
int64_t clock_now(void);

#define CLOCK_ISO_BYTES sizeof("0000-00-00T00:00:00.000000Z")

/* "2026-04-12T18:22:14.301000Z", into text. */
void clock_write_iso(int64_t time_us, char text[CLOCK_ISO_BYTES]);

/* The same; the caller frees. */
char *clock_to_iso(int64_t time_us);

/* Parses an ISO 8601 date or date-time (a bare date is midnight UTC, no zone is UTC). INVALID otherwise. */
bool clock_from_iso(const char *text, int64_t *ret_time_us, GError **error);
