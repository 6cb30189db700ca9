/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journal entries as people read them. */
#pragma once

#include "cli.h"

/* When, who, what was done to what; its id and group; then what it reverts and why, if there is that. */
void journal_print(Cli *cli, JsonObject *entry);

/* What a row is about in a few words ("founded = 2011", a name, a path); the caller frees. */
char *journal_summary(JsonObject *row);

/* What an entry changed, from its diff. */
void journal_print_diff(Cli *cli, JsonArray *changes);

/* Entries one below the other, with their diffs if they have them; then how to see the rest. "No entries." if there
 * are none. */
void journal_print_all(Cli *cli, JsonObject *answer);

/* Sets what a cohort is given by: an entry (mut-…), a group (grp-…), a connection (conn-…), else a session. */
void journal_set_cohort(JsonObject *args, const char *given);

/* "conn-…, 12 entries, …": the arguments that revert takes for a cohort; the caller frees. */
char *journal_cohort_text(JsonObject *cohort);
