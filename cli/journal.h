/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journal entries as people read them. */
#pragma once

#include "cli.h"

/* When, who, what was done to what; its id and group; then what it reverts and why, if there is that. */
void journal_print(Cli *cli, JsonObject *entry);

/* What a row is about in a few words ("founded = 2011", a name, a path); the caller frees. */
char *journal_summary(JsonObject *row);
