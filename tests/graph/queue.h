/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the discovered queue have in common: names that an extractor comes across, and what the human
 * decides on them. */
#pragma once

#include <string.h>

#include "graph/table.h"

#define TEXT "Zoë Blanc met Ada Byron in 1953. Zoë Blanc works for Acme.\n"

typedef struct Case {
        Table table;
        char *document, *other;
} Case;

static inline void case_up(Case *test, gconstpointer data)
{
        table_init(&test->table);
        test->document = fixture_document(test->table.fixture, "a.txt", TEXT);
        test->other = fixture_document(test->table.fixture, "b.txt", "Again: " TEXT);
        fixture_entity(test->table.fixture, "Acme");
}

static inline void case_down(Case *test, gconstpointer data)
{
        table_clear(&test->table);
        g_free(test->document);
        g_free(test->other);
}

#define AGENT(test)         (test)->table.fixture->agent
#define OTHER(test)         (test)->table.fixture->other
#define HUMAN(test)         (test)->table.fixture->human
#define COUNT(answer, name) json_member_int(answer, name, -1)

/* What an extractor claims of a name; type NULL: none given. */
typedef struct Mined {
        const Access *access;
        const char *document, *name, *type, *object;
} Mined;

static inline JsonObject *mine(const Case *test, Mined mined)
{
        g_autofree char *type =
                mined.type ? g_strdup_printf(",'entity_type':'%s'", mined.type) : g_strdup("");

        return table_call(&test->table, mined.access ?: AGENT(test), "submit_claim_graph",
                          "{'doc_id':'%s','claims':[{'entity':'%s'%s,'predicate':'note',"
                          "'object':'%s','quote':'in 1953'}]}",
                          mined.document ?: test->document, mined.name, type, mined.object ?: "x");
}

static inline char *result_member(JsonObject *answer, const char *name)
{
        JsonObject *result = json_array_get_object_element(json_member_array(answer, "results"), 0);

        return g_strdup(json_member_string(result, name, NULL));
}

/* Mines and expects a status; returns the entry's id, NULL if nothing waits. */
static inline char *expect_mined(const Case *test, Mined mined, const char *status)
{
        g_autoptr(JsonObject) answer = mine(test, mined);
        g_autofree char *found = result_member(answer, "status");

        if (strcmp(found, status) != 0)
                g_error("%s %s: %s, not %s", mined.name, mined.type ?: "-", found, status);
        return result_member(answer, "discovered_id");
}

static inline JsonObject *decide(const Case *test, const char *tool, const char *id,
                                 const char *rest)
{
        return table_call(&test->table, HUMAN(test), tool, "{'discovered_id':'%s'%s}", id, rest);
}

static inline void revert(const Case *test, const Access *access, JsonObject *answer)
{
        g_autoptr(JsonObject) undone =
                table_call(&test->table, access, "revert_group", "{'group_id':'%s'}",
                           json_member_string(answer, "group_id", "?"));

        g_assert_true(json_member_bool(undone, "reverted", false));
}

static inline char *dump(const Case *test)
{
        return fixture_dump(test->table.fixture->vault);
}
