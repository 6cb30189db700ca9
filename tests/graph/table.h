/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools of graph and journal behind the one table, which holds arguments and answers to their schemas and
 * refuses to others what is the human's. */
#pragma once

#include "graph/fixture.h"
#include "journal/journal.h"
#include "tools/tools.h"

typedef struct Table {
        Fixture *fixture;
        Journal *journal;
        Tools *tools;
} Table;

static inline void table_init(Table *table)
{
        table->fixture = fixture_new();
        table->journal = journal_new(table->fixture->vault, table->fixture->ops);
        ToolTable tables[] = {graph_tools(table->fixture->graph), journal_tools(table->journal)};
        table->tools = tools_new(tables, G_N_ELEMENTS(tables));
        tools_check_outputs(table->tools);
}

static inline void table_clear(Table *table)
{
        tools_free(table->tools);
        journal_free(table->journal);
        fixture_free(table->fixture);
}

/* Calls a tool; text is its arguments, with ' for ". NULL with an error that the caller frees. */
static inline JsonObject *table_try(const Table *table, const Access *access, const char *tool,
                                    const char *text, GError **error)
{
        g_auto(GStrv) parts = g_strsplit(text, "'", -1);
        g_autofree char *json = g_strjoinv("\"", parts);
        g_autoptr(JsonObject) args = json_parse_object(json, -1, error);

        if (!args)
                g_error("%s: %s", json, (*error)->message);
        return tools_call(table->tools, access, tool, args, error);
}

/* The same for a call that must succeed. */
G_GNUC_PRINTF(4, 5)
static inline JsonObject *table_call(const Table *table, const Access *access, const char *tool,
                                     const char *format, ...)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        JsonObject *answer;
        va_list args;

        va_start(args, format);
        text = g_strdup_vprintf(format, args);
        va_end(args);
        answer = table_try(table, access, tool, text, &error);
        if (!answer)
                g_error("%s %s: %s", tool, text, error->message);
        return answer;
}

/* A call, "tool {arguments}", that must fail with code and say words. */
static inline void table_fail(const Table *table, const Access *access, const char *call,
                              OuroborosError code, const char *words)
{
        const char *args = strchr(call, ' ');
        g_autofree char *tool = g_strndup(call, (size_t)(args - call));
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) answer = table_try(table, access, tool, args, &error);

        if (answer)
                g_error("%.300s: should have failed with %s", call, error_row(code)->name);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        if (!strstr(error->message, words))
                g_error("\"%s\" does not say \"%s\"", error->message, words);
}

/* The first column of the first row, "" if there is none or it is NULL. */
static inline char *table_select(const Table *table, const char *sql)
{
        char *text = fixture_select(table->fixture->vault, sql);

        return text ? text : g_strdup("");
}

static inline void table_expect(const Table *table, const char *sql, const char *expected)
{
        g_autofree char *found = table_select(table, sql);

        if (strcmp(found, expected) != 0)
                g_error("%s: \"%s\", not \"%s\"", sql, found, expected);
}
