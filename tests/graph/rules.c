/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See rules.h. */
#include "graph/rules.h"

void rules_predicates(Fixture *fixture)
{
        static const char *const rows[] = {
                "\"name\":\"linked\",\"object_kind\":\"entity\"",
                "\"name\":\"tied\",\"object_kind\":\"entity\"",
                "\"name\":\"reaches\",\"object_kind\":\"entity\"",
                "\"name\":\"reached_by\",\"object_kind\":\"entity\"",
                "\"name\":\"sum_of\",\"object_kind\":\"number\"",
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
                json_object_unref(fixture_call(
                        graph_tools(fixture->graph), fixture->human, "propose_predicate",
                        "{%s,\"cardinality\":\"many\",\"description\":\"Of the tests.\"}",
                        rows[i]));
}

char *rules_define(Fixture *fixture, const Access *access, const char *members)
{
        g_autoptr(JsonObject) answer =
                fixture_call(graph_tools(fixture->graph), access, "define_rule",
                             "{%s,\"description\":\"A rule of the tests.\"}", members);

        return g_strdup(json_object_get_string_member(answer, "state"));
}

char *rules_say(Fixture *fixture, const char *subject, const char *predicate, const char *object)
{
        g_autoptr(JsonObject) answer =
                fixture_call(graph_tools(fixture->graph), fixture->human, "remember_fact",
                             "{\"entity_name\":\"%s\",\"predicate\":\"%s\",\"object\":\"%s\"}",
                             subject, predicate, object);

        return g_strdup(json_object_get_string_member(answer, "fact_id"));
}

char *rules_inferred(Fixture *fixture, const char *predicate)
{
        g_autofree char *sql = g_strdup_printf(
                "SELECT coalesce(group_concat(t, ' '), '') FROM (SELECT s.name || '>' ||"
                " coalesce(o.name, f.object) AS t FROM facts f"
                " JOIN entities s ON s.id = coalesce(f.subject_id, f.entity_id)"
                " LEFT JOIN entities o ON o.id = coalesce(f.object_as, f.object)"
                " WHERE f.predicate = '%s' AND f.trust_tier = 'inferred' AND f.is_active = 1"
                " AND f.superseded_at IS NULL ORDER BY t)",
                predicate);

        return fixture_select(fixture->vault, sql);
}

void rules_expect(Fixture *fixture, const char *predicate, const char *expected)
{
        g_autofree char *found = rules_inferred(fixture, predicate);

        g_assert_cmpstr(found, ==, expected);
        rules_check_sound(fixture);
}

void rules_sql(Fixture *fixture, const char *format, const char *id)
{
        g_auto(GStrv) parts = g_strsplit(format, "%s", -1);
        g_autofree char *sql = g_strjoinv(id, parts);

        fixture_sql(fixture->vault, fixture->human, sql);
}

void rules_check_sound(Fixture *fixture)
{
        g_autofree char *bad = fixture_select(
                fixture->vault,
                "SELECT group_concat(f.id) FROM facts f WHERE f.agent GLOB 'rule:*'"
                " AND f.is_active = 1 AND (NOT EXISTS (SELECT 1 FROM fact_sources s"
                " WHERE s.fact_id = f.id) OR EXISTS (SELECT 1 FROM fact_sources s LEFT JOIN facts o"
                " ON o.id = s.source_id AND o.is_active = 1 AND o.superseded_at IS NULL"
                " WHERE s.fact_id = f.id AND (o.id IS NULL OR s.is_active = 0)))");

        g_assert_cmpstr(bad, ==, NULL);
}

char *rules_entries(Fixture *fixture)
{
        return fixture_select(fixture->vault, "SELECT count(*) FROM mutations");
}
