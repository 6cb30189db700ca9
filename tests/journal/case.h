/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What most tests of the journal begin with: a vault with a graph, its journal, and the tools of both. */
#pragma once

#include "graph/fixture.h"
#include "journal/journal.h"

typedef struct Case {
        Fixture *fixture;
        Journal *journal;
        ToolTable graph, tools;
        char *document; /* NULL: the test has none */
} Case;

static inline void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        test->journal = journal_new(test->fixture->vault, test->fixture->ops);
        test->graph = graph_tools(test->fixture->graph);
        test->tools = journal_tools(test->journal);
}

/* With a document that says when Acme was founded. */
static inline void case_up_with_document(Case *test, gconstpointer data)
{
        case_up(test, data);
        test->document = fixture_document(test->fixture, "a.txt", "Acme was founded in 1953.\n");
}

static inline void case_down(Case *test, gconstpointer data)
{
        journal_free(test->journal);
        fixture_free(test->fixture);
        g_free(test->document);
}

/* A year of Acme's, as somebody says it: the human plainly, others with a quote of the document. Returns the group. */
static inline char *case_say_year(Case *test, const Access *access, int year)
{
        g_autofree char *source =
                access == test->fixture->human
                        ? g_strdup("")
                        : g_strdup_printf(",\"quote\":\"founded in 1953\",\"document_id\":\"%s\"",
                                          test->document);
        g_autoptr(JsonObject) said = fixture_call(
                test->graph, access, "remember_fact",
                "{\"entity_name\":\"Acme\",\"predicate\":\"published_in_year\",\"object\":%d%s}",
                year, source);

        return g_strdup(json_member_string(said, "group_id", NULL));
}
