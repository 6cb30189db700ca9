/* SPDX-License-Identifier: GPL-3.0-or-later */
/* orient and get_briefing. Seen to fail: without trimming, with parts given up in another order, with corrections of
 * agents shown as the human's, with what a profile does not allow, with entities beyond the scope. */
#include <string.h>

#include "fixture.h"
#include "tools/briefing.h"

static char *add_entity(Fixture *fixture, const char *name)
{
        g_autoptr(JsonObject) entity = fixture_call(fixture, fixture->human, "propose_entity",
                                                    "{'name': '%s', 'type': 'organization'}", name);

        return g_strdup(
                json_member_string(entity, "entity_id", json_member_string(entity, "id", NULL)));
}

/* What an agent remembers has a quote of a document; the human's word is enough. */
static void remember(Fixture *fixture, const Access *access, const char *entity, const char *said)
{
        g_auto(GStrv) parts = g_strsplit(said, "=", 2);
        bool is_agent = access_actor(access)->kind == ACTOR_AGENT;
        g_autofree char *path = id_new("file");
        g_autofree char *doc = is_agent ? fixture_document(fixture, path, "It says so.") : NULL;
        g_autofree char *proof =
                g_strdup_printf(", 'document_id': '%s', 'quote': 'It says so'", doc ?: "");
        g_autofree char *answer =
                fixture_ask(fixture, access, "remember_fact",
                            "{'entity_id': '%s', 'predicate': '%s', 'object': '%s'%s}", entity,
                            parts[0], parts[1], is_agent ? proof : "");
}

static unsigned tokens_of(JsonObject *answer)
{
        g_autofree char *text = json_print_object(answer);

        return orient_tokens(text);
}

static void test_tokens_are_counted_from_above(void)
{
        g_assert_cmpuint(orient_tokens(""), ==, 0);
        g_assert_cmpuint(orient_tokens("hello world"), >=, 3);
        /* hexadecimal digits: about two of them a token */
        g_assert_cmpuint(orient_tokens("ent-0199c0de0199c0de0199c0de0199c0de"), >=, 21);
        g_assert_cmpuint(orient_tokens("2026-11-20"), >=, 6);
        g_assert_cmpuint(orient_tokens("日本"), >=, 3);
}

static void test_an_empty_vault_is_told_of(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        g_autoptr(JsonObject) answer = fixture_call(fixture, agent, "orient", "{}");

        g_assert_false(json_member_bool(answer, "trimmed", true));
        g_assert_cmpstr(json_member_string(json_member_object(answer, "caller"), "name", ""), ==,
                        "agent");
        g_assert_cmpint(json_member_int(answer, "unread", -1), ==, 0);
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "next_calls")), >=, 3);
        g_assert_cmpuint(tokens_of(answer), <=, ORIENT_TOKENS_MAX);
}

static void test_what_happened_is_in_it(Fixture *fixture, const void *data)
{
        g_autofree char *acme = add_entity(fixture, "Acme");
        g_autofree char *quiet = add_entity(fixture, "Quiet");
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        g_autoptr(Access) other = fixture_connect(fixture, "other", "");

        remember(fixture, agent, acme, "effective_date=2026-01-01");
        remember(fixture, other, acme, "effective_date=2026-02-02");
        remember(fixture, agent, quiet, "starts_on=2026-01-01");
        remember(fixture, fixture->human, quiet, "starts_on=2026-03-03");
        remember(fixture, agent, acme, "ends_on=2026-05-05");
        remember(fixture, fixture->human, acme, "ends_on=2026-06-06");
        fixture_sql(fixture, "UPDATE facts SET agent = 'somebody' WHERE object = '2026-06-06'");
        g_autoptr(JsonObject) answer = fixture_call(fixture, agent, "orient", "{}");
        g_autofree char *hot = json_print_node(json_object_get_member(answer, "hot_entities"));
        g_autofree char *corrected =
                json_print_node(json_object_get_member(answer, "recent_corrections"));
        g_autofree char *open = json_print_node(json_object_get_member(answer, "open_questions"));
        g_autofree char *calls = json_print_node(json_object_get_member(answer, "next_calls"));

        g_assert_nonnull(strstr(hot, "\"Acme\""));
        g_assert_nonnull(strstr(hot, acme));
        g_assert_nonnull(strstr(corrected, "\"was\":\"2026-01-01\",\"is\":\"2026-03-03\""));
        g_assert_null(strstr(corrected, "2026-06-06"));
        g_assert_nonnull(strstr(open, "\"contradictions\":1"));
        g_assert_nonnull(strstr(open, "effective_date"));
        g_assert_nonnull(strstr(calls, "find_contradictions"));
        g_autoptr(JsonObject) deep = fixture_call(fixture, agent, "get_briefing", "{}");
        g_assert_cmpuint(json_array_get_length(json_member_array(deep, "recent_facts")), ==, 4);
}

static void test_a_scope_hides_what_is_beyond(Fixture *fixture, const void *data)
{
        g_autofree char *acme = add_entity(fixture, "Acme");
        g_autofree char *other = add_entity(fixture, "Hidden");
        g_autofree char *more = g_strdup_printf(", 'entities': ['%s']", acme);
        g_autoptr(Access) scoped = fixture_connect(fixture, "scoped", more);
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");

        remember(fixture, agent, other, "effective_date=2026-01-01");
        remember(fixture, fixture->human, other, "effective_date=2026-02-02");
        remember(fixture, agent, acme, "note=moved");
        g_autofree char *text = fixture_ask(fixture, scoped, "get_briefing", "{}");
        g_assert_nonnull(strstr(text, "Acme"));
        g_assert_null(strstr(text, "Hidden"));
        g_assert_null(strstr(text, "2026-02-02"));
        g_assert_nonnull(strstr(text, "\"scope\":[\"Acme\"]"));
}

static void test_a_profile_leaves_out_what_it_does_not_have(Fixture *fixture, const void *data)
{
        g_autofree char *acme = add_entity(fixture, "Acme");
        g_autoptr(Access) custom = fixture_connect(
                fixture, "custom", ", 'profile': 'custom', 'tools': ['orient', 'whoami']");

        remember(fixture, fixture->human, acme, "note=moved");
        g_autofree char *text = fixture_ask(fixture, custom, "orient", "{}");
        g_assert_null(strstr(text, "Acme"));
        g_assert_null(strstr(text, "search_documents"));
        g_assert_nonnull(strstr(text, "\"state\":\"unknown\""));
}

/* Much of everything, with long names, as a vault has it after a year. */
static void fill(Fixture *fixture, const Access *agent, const Access *other)
{
        for (unsigned i = 0; i < 60; i++) {
                g_autofree char *name = g_strdup_printf(
                        "Gesellschaft für internationale Zusammenarbeit und Entwicklung Nr. %u", i);
                g_autofree char *id = add_entity(fixture, name);

                remember(fixture, agent, id, "effective_date=2026-01-01");
                remember(fixture, i % 2 ? other : fixture->human, id, "effective_date=2026-02-02");
                remember(
                        fixture, agent, id,
                        "note=a note that is rather longer than what anybody would want to read in an "
                        "overview of all that there is, with 1234567890 digits in it");
        }
}

static void test_a_big_graph_fits(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(
                fixture, "an agent with a name that is as long as the names of agents may be, yes",
                "");
        g_autoptr(Access) other = fixture_connect(fixture, "other", "");

        fill(fixture, agent, other);
        g_autoptr(JsonObject) answer = fixture_call(fixture, agent, "orient", "{}");
        g_test_message("%u tokens", tokens_of(answer));
        g_assert_cmpuint(tokens_of(answer), <=, ORIENT_TOKENS_MAX);
        g_assert_cmpuint(tokens_of(answer), >=, ORIENT_TOKENS_MAX * 3 / 4);
        g_assert_true(json_member_bool(answer, "trimmed", false));
        /* what is given up first, and last */
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "next_calls")), ==, 4);
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "hot_entities")), >=, 4);
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "recent_corrections")), ==,
                         10);
        g_assert_cmpint(
                json_member_int(json_member_object(answer, "open_questions"), "contradictions", 0),
                ==, 30);
        g_autoptr(JsonObject) deep = fixture_call(fixture, agent, "get_briefing", "{}");
        g_assert_cmpuint(json_array_get_length(json_member_array(deep, "hot_entities")), ==, 30);
        g_assert_cmpuint(json_array_get_length(json_member_array(deep, "recent_corrections")), ==,
                         30);
}

#define ADD(name, func) g_test_add("/orient/" name, Fixture, NULL, fixture_up, func, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/orient/tokens-are-counted-from-above",
                        test_tokens_are_counted_from_above);
        ADD("an-empty-vault-is-told-of", test_an_empty_vault_is_told_of);
        ADD("what-happened-is-in-it", test_what_happened_is_in_it);
        ADD("a-scope-hides-what-is-beyond", test_a_scope_hides_what_is_beyond);
        ADD("a-profile-leaves-out-what-it-does-not-have",
            test_a_profile_leaves_out_what_it_does_not_have);
        ADD("a-big-graph-fits", test_a_big_graph_fits);
        return g_test_run();
}
