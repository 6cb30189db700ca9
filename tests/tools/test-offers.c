/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources, prompts and completion. Seen to fail: with a list that ends with its first shelf, with a cursor that loses
 * its shelf, without a limit of the text, with a version that the facts are left out of, with prompts that take the
 * first of several documents, with completion without the scope. */
#include <string.h>

#include "fixture.h"

static char *add_entity(Fixture *fixture, const char *name)
{
        g_autoptr(JsonObject) entity = fixture_call(fixture, fixture->human, "propose_entity",
                                                    "{'name': '%s', 'type': 'organization'}", name);

        return g_strdup(
                json_member_string(entity, "entity_id", json_member_string(entity, "id", NULL)));
}

static void test_resources_are_listed_page_by_page(Fixture *fixture, const void *data)
{
        g_autofree char *a = fixture_document(fixture, "a.txt", "The lease ends.");
        g_autofree char *b = fixture_document(fixture, "b.txt", "The lease begins.");
        g_autofree char *acme = add_entity(fixture, "Acme");
        g_autoptr(GString) seen = g_string_new(NULL);
        g_autofree char *after = g_strdup("");
        unsigned pages = 0;

        while (after) {
                g_autoptr(JsonObject) page = fixture_call(fixture, fixture->human, "list_resources",
                                                          "{'limit': 1, 'after': '%s'}", after);
                JsonArray *rows = json_member_array(page, "resources");

                g_assert_cmpuint(json_array_get_length(rows), <=, 1);
                if (json_array_get_length(rows) == 1)
                        g_string_append_printf(
                                seen, "%s ",
                                json_member_string(json_array_get_object_element(rows, 0), "name",
                                                   ""));
                g_free(after);
                after = g_strdup(json_member_string(page, "next", NULL));
                g_assert_cmpuint(pages++, <, 10);
        }
        g_assert_cmpstr(seen->str, ==, "a.txt b.txt Acme ");
        fixture_fail(fixture, fixture->human, "list_resources", "{'after': 'x'}", "STALE ");
}

static char *read_version(Fixture *fixture, const char *uri)
{
        g_autoptr(JsonObject) answer = fixture_call(fixture, fixture->human, "read_resource",
                                                    "{'uri': '%s', 'version_only': true}", uri);

        g_assert_false(json_object_has_member(answer, "text"));
        return g_strdup(json_member_string(answer, "version", NULL));
}

static void test_a_document_is_read_whole(Fixture *fixture, const void *data)
{
        g_autofree char *text = g_strnfill(300000, 'a');
        g_autofree char *doc = fixture_document(fixture, "long.txt", text);
        g_autoptr(JsonObject) answer = fixture_call(fixture, fixture->human, "read_resource",
                                                    "{'uri': 'ouroboros://document/%s'}", doc);

        g_assert_cmpstr(json_member_string(answer, "text", NULL), ==, text);
        g_assert_cmpstr(json_member_string(answer, "mime_type", NULL), ==, "text/plain");
        g_autofree char *huge = g_strnfill(RESOURCE_TEXT_BYTES_MAX + 1, 'b');
        g_autofree char *other = fixture_document(fixture, "huge.txt", huge);
        g_autofree char *args = g_strdup_printf("{'uri': 'ouroboros://document/%s'}", other);
        fixture_fail(fixture, fixture->human, "read_resource", args,
                     "LIMIT RESOURCE_TEXT_BYTES_MAX");
}

static void test_an_entity_is_another_with_another_fact(Fixture *fixture, const void *data)
{
        g_autofree char *acme = add_entity(fixture, "Acme");
        g_autofree char *uri = g_strdup_printf("ouroboros://entity/%s", acme);
        g_autofree char *before = read_version(fixture, uri);
        g_autofree char *again = read_version(fixture, uri);

        g_assert_cmpstr(before, ==, again);
        g_autoptr(JsonObject) fact =
                fixture_call(fixture, fixture->human, "remember_fact",
                             "{'entity_id': '%s', 'predicate': 'note', 'object': 'moved'}", acme);
        g_autofree char *after = read_version(fixture, uri);
        g_assert_cmpstr(before, !=, after);
        g_autoptr(JsonObject) answer =
                fixture_call(fixture, fixture->human, "read_resource", "{'uri': '%s'}", uri);
        g_assert_nonnull(strstr(json_member_string(answer, "text", ""), "moved"));
}

static void test_what_is_no_resource_is_not_found(Fixture *fixture, const void *data)
{
        static const char *const uris[] = {
                "ouroboros://document/doc-00000000000000000000000000000009",
                "ouroboros://entity/ent-00000000000000000000000000000009",
                "ouroboros://tool/no_such", "ouroboros://page/x", "file:///etc/passwd"};

        for (unsigned i = 0; i < G_N_ELEMENTS(uris); i++) {
                g_autofree char *args = g_strdup_printf("{'uri': '%s'}", uris[i]);

                fixture_fail(fixture, fixture->human, "read_resource", args, "NOT_FOUND ");
        }
}

static void test_changes_touch_what_they_may_have_changed(void)
{
        const Change document = {.table = "documents", .row_id = "{\"id\":\"doc-1\"}"};
        const Change fact = {.table = "facts", .row_id = "{\"id\":\"fact-1\"}"};
        const Change mined = {
                .table = "facts", .row_id = "{\"id\":\"fact-2\"}", .actor_kind = ACTOR_SYSTEM};
        const Change entity = {.table = "entities", .row_id = "{\"id\":\"ent-1\"}"};
        const Change session = {.table = "writes", .row_id = "{\"id\":1}"};

        g_assert_true(resource_is_touched("ouroboros://document/doc-1", &document, 1));
        g_assert_false(resource_is_touched("ouroboros://document/doc-2", &document, 1));
        g_assert_false(resource_is_touched("ouroboros://document/doc-1", &entity, 1));
        g_assert_true(resource_is_touched("ouroboros://document/doc-1", &mined, 1));
        g_assert_true(resource_is_touched("ouroboros://entity/ent-1", &fact, 1));
        g_assert_true(resource_is_touched("ouroboros://entity/ent-1", &entity, 1));
        g_assert_false(resource_is_touched("ouroboros://entity/ent-2", &entity, 1));
        g_assert_false(resource_is_touched("ouroboros://entity/ent-1", &session, 1));
        g_assert_false(resource_is_touched("ouroboros://tool/whoami", &fact, 1));
}

static void test_prompts_are_written_of_what_is_there(Fixture *fixture, const void *data)
{
        g_autofree char *doc = fixture_document(fixture, "lease.txt", "The lease ends.");
        g_autofree char *other = fixture_document(fixture, "old/lease.txt.bak", "The lease began.");
        g_autofree char *text =
                fixture_ask(fixture, fixture->human, "get_prompt",
                            "{'name': 'mine-document', 'arguments': {'document': 'lease.txt'}}");

        g_assert_nonnull(strstr(text, doc));
        g_assert_nonnull(strstr(text, "submit_claim_graph"));
        fixture_fail(fixture, fixture->human, "get_prompt", "{'name': 'mine-document'}",
                     "INVALID document");
        fixture_fail(fixture, fixture->human, "get_prompt",
                     "{'name': 'mine-document', 'arguments': {'document': 'lease'}}",
                     "INVALID Several");
        fixture_fail(fixture, fixture->human, "get_prompt",
                     "{'name': 'mine-document', 'arguments': {'document': 'rent'}}",
                     "NOT_FOUND rent");
        fixture_fail(fixture, fixture->human, "get_prompt", "{'name': 'mine'}",
                     "NOT_FOUND mine-document");
        g_autofree char *orient =
                fixture_ask(fixture, fixture->human, "get_prompt", "{'name': 'orient'}");
        g_assert_nonnull(strstr(orient, "next_calls"));
        g_autofree char *review = fixture_ask(fixture, fixture->human, "get_prompt",
                                              "{'name': 'review-contradictions'}");
        g_assert_nonnull(strstr(review, "contradictions"));
}

/* What is completed, as "prompt NAME ARGUMENT" or "resource URI ARGUMENT". */
static char *complete(Fixture *fixture, const Access *access, const char *what, const char *value)
{
        g_auto(GStrv) words = g_strsplit(what, " ", 3);
        g_autoptr(JsonObject) answer =
                fixture_call(fixture, access, "complete_argument",
                             "{'of': '%s', 'name': '%s', 'argument': '%s', 'value': '%s'}",
                             words[0], words[1], words[2], value);
        g_autoptr(GString) all = g_string_new(NULL);
        JsonArray *values = json_member_array(answer, "values");

        for (unsigned i = 0; i < json_array_get_length(values); i++)
                g_string_append_printf(all, "%s%s", i ? " " : "",
                                       json_array_get_string_element(values, i));
        return g_strdup(all->str);
}

#define CHECK(access, what, value, expected)                                                       \
        G_STMT_START                                                                               \
        {                                                                                          \
                g_autofree char *got = complete(fixture, access, what, value);                     \
                g_assert_cmpstr(got, ==, expected);                                                \
        }                                                                                          \
        G_STMT_END

static void test_arguments_are_completed(Fixture *fixture, const void *data)
{
        g_autofree char *doc = fixture_document(fixture, "Lease.txt", "The lease ends.");
        g_autofree char *acme = add_entity(fixture, "Acme");
        g_autofree char *acorn = add_entity(fixture, "Acorn");
        const Access *human = fixture->human;

        CHECK(human, "prompt mine-document document", "lea", "Lease.txt");
        CHECK(human, "prompt mine-document document", "doc-", doc);
        CHECK(human, "resource ouroboros://document/{id} id", "LEASE", doc);
        CHECK(human, "prompt review-contradictions entity", "ac", "Acme Acorn");
        CHECK(human, "resource ouroboros://entity/{id} id", "acm", acme);
        CHECK(human, "prompt review-contradictions predicate", "effective", "effective_date");
        CHECK(human, "resource ouroboros://tool/{name} name", "whoa", "whoami");
        fixture_fail(fixture, human, "complete_argument",
                     "{'of': 'prompt', 'name': 'orient', 'argument': 'x'}", "INVALID no argument");
}

static void test_completion_sees_what_its_caller_sees(Fixture *fixture, const void *data)
{
        g_autofree char *acme = add_entity(fixture, "Acme");
        g_autofree char *acorn = add_entity(fixture, "Acorn");
        g_autofree char *doc = fixture_document(fixture, "Lease.txt", "The lease ends.");
        g_autofree char *more = g_strdup_printf(", 'entities': ['%s']", acme);
        g_autoptr(Access) scoped = fixture_connect(fixture, "scoped", more);
        g_autoptr(Access) custom = fixture_connect(
                fixture, "custom", ", 'profile': 'custom', 'tools': ['complete_argument']");

        CHECK(scoped, "prompt review-contradictions entity", "ac", "Acme");
        CHECK(scoped, "prompt mine-document document", "lea", "");
        CHECK(custom, "prompt review-contradictions entity", "ac", "");
        CHECK(custom, "resource ouroboros://tool/{name} name", "", "complete_argument");
}

static void test_completion_has_a_limit_and_says_so(Fixture *fixture, const void *data)
{
        for (unsigned i = 0; i < COMPLETION_VALUES_MAX + 1; i++) {
                g_autofree char *name = g_strdup_printf("Acme %03u", i);
                g_autofree char *id = add_entity(fixture, name);
        }
        g_autoptr(JsonObject) answer =
                fixture_call(fixture, fixture->human, "complete_argument",
                             "{'of': 'prompt', 'name': 'review-contradictions', 'argument': "
                             "'entity', 'value': 'acme'}");
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "values")), ==,
                         COMPLETION_VALUES_MAX);
        g_assert_true(json_member_bool(answer, "has_more", false));
        g_assert_true(json_object_get_null_member(answer, "total"));
}

#define ADD(name, func) g_test_add("/offers/" name, Fixture, NULL, fixture_up, func, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("resources-are-listed-page-by-page", test_resources_are_listed_page_by_page);
        ADD("a-document-is-read-whole", test_a_document_is_read_whole);
        ADD("an-entity-is-another-with-another-fact", test_an_entity_is_another_with_another_fact);
        ADD("what-is-no-resource-is-not-found", test_what_is_no_resource_is_not_found);
        g_test_add_func("/offers/changes-touch-what-they-may-have-changed",
                        test_changes_touch_what_they_may_have_changed);
        ADD("prompts-are-written-of-what-is-there", test_prompts_are_written_of_what_is_there);
        ADD("arguments-are-completed", test_arguments_are_completed);
        ADD("completion-sees-what-its-caller-sees", test_completion_sees_what_its_caller_sees);
        ADD("completion-has-a-limit-and-says-so", test_completion_has_a_limit_and_says_so);
        return g_test_run();
}
