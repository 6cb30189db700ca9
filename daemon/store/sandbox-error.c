/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong with a stranger's statement, in words by which it can be mended. */
#include "store/sandbox.h"

#include <string.h>

static bool set_over(const Sandbox *sandbox, GError **error)
{
        switch (sandbox->allowance.over) {
        case ALLOWANCE_KEPT:
                return false;
        case ALLOWANCE_STEPS:
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                        "the statement takes more than SANDBOX_STEPS_MAX (%d) steps; narrow it, "
                        "by ids or predicates first",
                        SANDBOX_STEPS_MAX);
                return true;
        case ALLOWANCE_TIME:
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                            "the statement took longer than timeout_ms (%u, at most "
                            "SANDBOX_TIMEOUT_MS_MAX, %d); narrow it, by ids or predicates first",
                            sandbox->limits.timeout_ms, SANDBOX_TIMEOUT_MS_MAX);
                return true;
        case ALLOWANCE_MEMORY:
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the statement needs more memory than SANDBOX_MEMORY_MAX (%d bytes)",
                            SANDBOX_MEMORY_MAX);
                return true;
        }
        g_assert_not_reached();
}

static void add_names(GString *text, const SandboxView *views, bool first)
{
        for (; views->name; views++, first = false)
                g_string_append_printf(text, "%s%s", first ? "" : ", ", views->name);
}

/* Columns of the views that the statement speaks of. */
static void add_columns(GString *text, const SandboxView *views, const char *sql)
{
        g_autofree char *lower = g_ascii_strdown(sql, -1);

        for (; views->name; views++) {
                if (!strstr(lower, views->name))
                        continue;
                g_string_append_printf(text, "; %s has", views->name);
                for (const SandboxColumn *column = views->columns; column->name; column++)
                        g_string_append_printf(text, "%s %s", column == views->columns ? "" : ",",
                                               column->name);
        }
}

static void add_hint(const Sandbox *sandbox, const char *sql, GString *text)
{
        if (strstr(text->str, "no such table")) {
                g_string_append(text, "; the views are ");
                add_names(text, sandbox->views, /* first= */ true);
                g_string_append(text, ", views, columns");
        } else if (strstr(text->str, "no such column")) {
                add_columns(text, sandbox->views, sql);
        } else if (strstr(text->str, "no such function")) {
                g_string_append(text, "; there are SQLite's own for text, numbers, dates, JSON, "
                                      "aggregates and windows");
        }
}

static OuroborosError code_of(int code)
{
        switch (code & 0xff) {
        case SQLITE_TOOBIG:
                return OUROBOROS_ERROR_LIMIT;
        case SQLITE_AUTH:
                return OUROBOROS_ERROR_DENIED;
        case SQLITE_NOMEM:
                return OUROBOROS_ERROR_UNAVAILABLE;
        default:
                return OUROBOROS_ERROR_INVALID;
        }
}

void sandbox_set_error(Sandbox *sandbox, const char *sql, GError **error)
{
        int code = sqlite3_extended_errcode(sandbox->sqlite);
        g_autoptr(GString) text = g_string_new(sqlite3_errmsg(sandbox->sqlite));

        if (set_over(sandbox, error))
                return;
        if (sandbox->inner) {
                g_propagate_error(error, g_steal_pointer(&sandbox->inner));
                return;
        }
        if (sandbox->denied) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    sandbox->denied);
                return;
        }
        if ((code & 0xff) == SQLITE_TOOBIG)
                g_string_printf(text, "a value would be longer than SANDBOX_VALUE_BYTES_MAX (%d)",
                                SANDBOX_VALUE_BYTES_MAX);
        add_hint(sandbox, sql, text);
        g_set_error(error, OUROBOROS_ERROR, (int)code_of(code), "sql: %s", text->str);
}
