/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in a store, for tests to compare. */
#pragma once

#include "store/store.h"

/* First column of the first row as text, NULL if there is none; the caller frees. */
static inline char *read_text(Store *store, const Scope *scope, const char *sql)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(store, scope, &error);

        g_assert_no_error(error);
        Statement *statement = db_statement(db, sql, &error);
        g_assert_no_error(error);
        StepResult r = statement_step(statement, &error);
        g_assert_no_error(error);
        return r == STEP_ROW ? g_strdup(statement_text(statement, 0)) : NULL;
}

#define assert_reads(store, sql, expected)                                                         \
        G_STMT_START                                                                               \
        {                                                                                          \
                g_autofree char *got = read_text(store, NULL, sql);                                \
                g_assert_cmpstr(got, ==, expected);                                                \
        }                                                                                          \
        G_STMT_END
