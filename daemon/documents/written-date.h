/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates as people and programs write them. */
#pragma once

/* As ISO 8601 ("2026-03-05", or with a time and its zone if both are told): from ISO 8601 itself, "5 March 2026",
 * "March 5th, 2026", "Thu, 05 Mar 2026 10:00:00 +0100", "2026/03/05", "05.03.2026", and "25/03/2026" where only one
 * reading is possible. NULL for anything else. The caller frees. */
char *written_date(const char *text);
