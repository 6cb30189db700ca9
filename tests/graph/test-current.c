/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is current after which observations. Seen to fail with tiers ranked alike, with the document left out
 * of the voice, with late arrivals not looked at again, with explicit supersession ignored, and with the
 * human's documents making voices of their own. tests/journal/test-history.c compares random histories with
 * the rule written out plainly. */
#include <math.h>
#include <string.h>

#include "graph/fixture.h"

#define DAY (24LL * 3600 * G_USEC_PER_SEC)

typedef struct Case {
        Fixture *fixture;
        char *first, *second; /* documents */
} Case;

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        test->first = fixture_document(test->fixture, "1.txt", "alpha beta gamma delta\n");
        test->second = fixture_document(test->fixture, "2.txt", "alpha beta gamma delta epsilon\n");
}

static void case_down(Case *test, gconstpointer data)
{
        fixture_free(test->fixture);
        g_free(test->first);
        g_free(test->second);
}

/* One observation: "title" has one value, "tag" many. */
typedef struct Saying {
        const Access *access;
        const char *document, *predicate, *object;
        int day; /* 0: now; else days before today, negative */
        const char *supersedes;
} Saying;

static bool submit(Case *test, const Saying *saying, ClaimResult *result)
{
        const char *const supersedes[] = {saying->supersedes, NULL};
        Claim claim = {.entity_name = "Thing",
                       .predicate = saying->predicate,
                       .object = saying->object,
                       .quote = saying->document ? "alpha" : NULL,
                       .quote_hint = -1,
                       .document_id = saying->document,
                       .observed_at = saying->day ? clock_now() + saying->day * DAY : 0,
                       .confidence = NAN,
                       .supersedes = saying->supersedes ? supersedes : NULL};
        g_autoptr(GError) error = NULL;

        graph_submit(test->fixture->graph, saying->access, &claim, 1, NULL, result, &error);
        g_assert_no_error(error);
        return !result->error;
}

static char *say(Case *test, Saying saying)
{
        ClaimResult result = {0};

        submit(test, &saying, &result);
        g_assert_no_error(result.error);
        return result.fact_id;
}

static void expect(Case *test, const char *predicate, const char *objects)
{
        g_autofree char *sql = g_strdup_printf(
                "SELECT coalesce(group_concat(object, ' '), '') FROM (SELECT object FROM facts"
                " WHERE predicate = '%s' AND superseded_at IS NULL AND is_active = 1"
                " ORDER BY object)",
                predicate);
        g_autofree char *found = fixture_select(test->fixture->vault, sql);

        g_assert_cmpstr(found, ==, objects);
}

static void expect_by(Case *test, const char *fact, const char *by)
{
        g_autofree char *sql =
                g_strdup_printf("SELECT superseded_by FROM facts WHERE id = '%s'", fact);
        g_autofree char *found = fixture_select(test->fixture->vault, sql);

        g_assert_cmpstr(found, ==, by);
}

static void test_human_outranks_what_comes_later(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "title", "a"});
        g_autofree char *b = say(test, (Saying){f->human, NULL, "title", "b", -300});
        g_autofree char *c = say(test, (Saying){f->pipeline, test->first, "title", "c"});

        expect(test, "title", "b");
        expect_by(test, a, b);
        expect_by(test, c, b);
}

static void test_later_word_of_one_voice_supersedes(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "title", "a"});
        g_autofree char *b = say(test, (Saying){f->agent, test->first, "title", "b"});
        g_autofree char *c = say(test, (Saying){f->agent, test->first, "title", "c"});

        expect(test, "title", "c");
        expect_by(test, a, b); /* each by the first that superseded it */
        expect_by(test, b, c);
}

static void test_older_observation_that_comes_late_is_superseded(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "title", "a", -1});
        g_autofree char *b = say(test, (Saying){f->agent, test->first, "title", "b", -5});

        expect(test, "title", "a");
        expect_by(test, b, a);
}

static void test_first_recorded_is_named_however_late_one_comes(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "title", "a", -2});
        g_autofree char *b = say(test, (Saying){f->agent, test->first, "title", "b", -1});
        g_autofree char *c = say(test, (Saying){f->agent, test->first, "title", "c", -5});

        expect(test, "title", "b");
        expect_by(test, c, a); /* as if all were derived anew: a was recorded before b */
}

static void test_documents_that_disagree_both_stay(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->pipeline, test->first, "title", "a"});
        g_autofree char *b = say(test, (Saying){f->pipeline, test->second, "title", "b"});

        expect(test, "title", "a b");
        expect_by(test, a, NULL);
        expect_by(test, b, NULL);
}

static void test_observers_that_disagree_both_stay(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "title", "a"});
        g_autofree char *b = say(test, (Saying){f->other, test->first, "title", "b"});

        expect(test, "title", "a b");
}

static void test_human_is_one_voice_whatever_he_points_at(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->human, test->first, "title", "a"});
        g_autofree char *b = say(test, (Saying){f->human, test->second, "title", "b"});
        g_autofree char *c = say(test, (Saying){f->human, NULL, "title", "c"});

        expect(test, "title", "c");
}

static void test_human_may_return_to_a_former_word(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->human, NULL, "title", "a"});
        g_autofree char *b = say(test, (Saying){f->human, NULL, "title", "b"});
        g_autofree char *c = say(test, (Saying){f->human, NULL, "title", "a"});

        expect(test, "title", "a");
        g_assert_cmpstr(a, !=, c);
}

static void test_many_values_stand_beside_each_other(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "tag", "a"});
        g_autofree char *b = say(test, (Saying){f->agent, test->first, "tag", "b"});
        g_autofree char *c = say(test, (Saying){f->human, NULL, "tag", "c"});
        g_autofree char *d = say(test, (Saying){f->human, NULL, "tag", "a"});

        expect(test, "tag", "a b c");
        expect_by(test, a, d); /* the same value, by a higher tier */
        expect_by(test, b, NULL);
}

static void test_explicit_word_supersedes_whatever_the_predicate(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "tag", "a"});
        g_autofree char *b = say(test, (Saying){f->other, test->first, "title", "b", 0, a});
        g_autofree char *c = say(test, (Saying){f->human, NULL, "note", "c", -5, b});

        expect(test, "tag", "");
        expect(test, "title", "");
        expect_by(test, a, b);
        expect_by(test, b, c);
}

static void test_lower_tier_never_supersedes_the_human(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->human, NULL, "title", "a"});
        Saying saying = {f->agent, test->first, "title", "b", 0, a};
        ClaimResult result = {0};

        g_assert_false(submit(test, &saying, &result));
        g_assert_error(result.error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
        claim_result_clear(&result);
        /* not even when somebody writes the link past the check */
        g_autofree char *b = say(test, (Saying){f->agent, test->first, "title", "b"});
        g_autofree char *sql =
                g_strdup_printf("INSERT INTO fact_supersedes VALUES ('%s', '%s')", b, a);
        fixture_sql(f->vault, f->agent, sql);
        expect(test, "title", "a");
}

static void test_retired_fact_gives_way_to_what_it_superseded(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "title", "a"});
        g_autofree char *b = say(test, (Saying){f->human, NULL, "title", "b"});
        g_autofree char *off = g_strdup_printf("UPDATE facts SET is_active = 0 WHERE id = '%s'", b);
        g_autofree char *on = g_strdup_printf("UPDATE facts SET is_active = 1 WHERE id = '%s'", b);
        g_autofree char *gone = g_strdup_printf("DELETE FROM facts WHERE id = '%s'", b);

        fixture_sql(f->vault, f->agent, off);
        expect(test, "title", "a");
        fixture_sql(f->vault, f->agent, on);
        expect(test, "title", "b");
        fixture_sql(f->vault, f->human, gone);
        expect(test, "title", "a");
}

static void test_explicit_word_goes_and_comes_with_its_fact(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "tag", "a"});
        g_autofree char *b = say(test, (Saying){f->other, test->first, "title", "b", 0, a});
        g_autofree char *off = g_strdup_printf("UPDATE facts SET is_active = 0 WHERE id = '%s'", b);
        g_autofree char *on = g_strdup_printf("UPDATE facts SET is_active = 1 WHERE id = '%s'", b);

        expect(test, "tag", "");
        fixture_sql(f->vault, f->agent, off);
        expect(test, "tag", "a");
        fixture_sql(f->vault, f->agent, on);
        expect(test, "tag", "");
}

static void test_batch_of_many_objects_is_derived_whole(Case *test, gconstpointer data)
{
        enum { COUNT = 100 };
        Claim claims[2 * COUNT];
        ClaimResult results[2 * COUNT];
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i < 2 * COUNT; i++) /* each object twice, with another quote */
                claims[i] = (Claim){.entity_name = "Thing",
                                    .predicate = "tag",
                                    .object = g_strdup_printf("tag %u", i % COUNT),
                                    .quote = i < COUNT ? "alpha" : "beta",
                                    .quote_hint = -1,
                                    .document_id = test->first,
                                    .confidence = NAN};
        graph_submit(test->fixture->graph, test->fixture->agent, claims, 2 * COUNT, NULL, results,
                     &error);
        g_assert_no_error(error);
        for (unsigned i = 0; i < COUNT; i++) {
                g_assert_no_error(results[i].error);
                expect_by(test, results[i].fact_id, results[i + COUNT].fact_id);
                expect_by(test, results[i + COUNT].fact_id, NULL);
        }
        for (unsigned i = 0; i < 2 * COUNT; i++) {
                claim_result_clear(&results[i]);
                g_free((char *)claims[i].object);
        }
}

static void test_nothing_is_written_needlessly(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = say(test, (Saying){f->agent, test->first, "title", "a"});
        g_autofree char *b = say(test, (Saying){f->other, test->first, "title", "b"});
        g_autofree char *c = say(test, (Saying){f->human, NULL, "tag", "c"});
        g_autofree char *updates = fixture_select(
                f->vault,
                "SELECT count(*) FROM mutations WHERE table_name = 'facts' AND op = 'update'");

        g_assert_cmpstr(updates, ==, "0");
}

#define ADD(name, function)                                                                        \
        g_test_add("/graph/current/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("human-outranks-what-comes-later", test_human_outranks_what_comes_later);
        ADD("later-word-of-one-voice-supersedes", test_later_word_of_one_voice_supersedes);
        ADD("older-observation-that-comes-late-is-superseded",
            test_older_observation_that_comes_late_is_superseded);
        ADD("first-recorded-is-named-however-late-one-comes",
            test_first_recorded_is_named_however_late_one_comes);
        ADD("documents-that-disagree-both-stay", test_documents_that_disagree_both_stay);
        ADD("observers-that-disagree-both-stay", test_observers_that_disagree_both_stay);
        ADD("human-is-one-voice", test_human_is_one_voice_whatever_he_points_at);
        ADD("human-may-return-to-a-former-word", test_human_may_return_to_a_former_word);
        ADD("many-values-stand-beside-each-other", test_many_values_stand_beside_each_other);
        ADD("explicit-word-supersedes-whatever-the-predicate",
            test_explicit_word_supersedes_whatever_the_predicate);
        ADD("lower-tier-never-supersedes-the-human", test_lower_tier_never_supersedes_the_human);
        ADD("retired-fact-gives-way", test_retired_fact_gives_way_to_what_it_superseded);
        ADD("explicit-word-goes-and-comes-with-its-fact",
            test_explicit_word_goes_and_comes_with_its_fact);
        ADD("batch-of-many-objects-is-derived-whole", test_batch_of_many_objects_is_derived_whole);
        ADD("nothing-is-written-needlessly", test_nothing_is_written_needlessly);
        return g_test_run();
}
