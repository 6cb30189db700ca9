/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What agents may read by SQL: the documented views. Their names and columns are a promise; the tables are not. */
#pragma once

#include "store/store.h"

/* Ended by a NULL name. */
extern const SandboxView sql_views[];

/* The columns of those over the code graph: sql-code-views.c. */
extern const SandboxColumn sql_code_repositories[], sql_code_modules[], sql_code_symbols[],
        sql_code_edges[];

/* As clock_write_iso() does: microseconds, so that texts sort like times. */
#define SQL_MICROSECONDS(t) "((" t " % 1000000 + 1000000) % 1000000)"
#define SQL_ISO(t)                                                                                 \
        "strftime('%Y-%m-%dT%H:%M:%S', (" t                                                        \
        " - " SQL_MICROSECONDS(t) ") / 1000000, 'unixepoch')"                                      \
                                  " || printf('.%06dZ', " SQL_MICROSECONDS(t) ")"
