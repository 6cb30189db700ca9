/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call of a connection passes, what is counted, and what is kept of it.
 * Seen to fail: with the terms of an old access, with writing allowed to read-only, with counts not read back, calls not
 * given back or bytes not counted, with arguments digested in the order they came, with entries dropped from a full queue,
 * with nothing pruned. */
#include "gate/fixture.h"
#include "gate/read-log.h"

#define FACT(digit) "fact-" digit "0000000000000000000000000000000"

static const Tool reader = {"query_knowledge", TOOL_READ, TOOL_CHEAP};
static const Tool writer = {"remember_fact", TOOL_WRITE, TOOL_CHEAP};
static const Tool persons = {"mint_connection", TOOL_HUMAN, TOOL_CHEAP};

static bool admit(Fixture *fixture, const Access *access, const Tool *tool, OuroborosError code,
                  const char *words)
{
        g_autoptr(GError) error = NULL;
        bool ok = gate_admit(fixture->gate, access, tool, &error);

        if (!words) {
                g_assert_no_error(error);
                g_assert_true(ok);
                return true;
        }
        g_assert_false(ok);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        if (!strstr(error->message, words))
                g_error("\"%s\" does not say \"%s\"", error->message, words);
        return false;
}

static void record(Fixture *fixture, const Access *access, const char *args, const char *answer)
{
        g_autoptr(JsonObject) asked = fixture_args(args);
        g_autoptr(JsonObject) answered = answer ? fixture_args(answer) : NULL;
        g_autoptr(GError) error = NULL;
        GateCall call = {.access = access,
                         .tool = &reader,
                         .args = asked,
                         .answer = answered,
                         .began_us = g_get_monotonic_time()};

        if (!answer)
                error = g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "x");
        call.error = error;
        gate_record(fixture->gate, &call);
}

static Access *enter(Fixture *fixture, const char *args)
{
        g_autofree char *id = mint(fixture, args);

        return fixture_access(fixture, id, "sess-1");
}

/* ---- admission ---- */

static void test_a_profile_allows_what_it_says(Fixture *fixture, const void *data)
{
        g_autoptr(Access) full = enter(fixture, "{'name':'Full'}");
        g_autoptr(Access) reads = enter(fixture, "{'name':'Reads','profile':'read-only'}");
        g_autoptr(Access) custom =
                enter(fixture, "{'name':'Custom','profile':'custom','tools':['remember_fact']}");

        admit(fixture, full, &reader, 0, NULL);
        admit(fixture, full, &writer, 0, NULL);
        admit(fixture, full, &persons, OUROBOROS_ERROR_DENIED, "Only the human");
        admit(fixture, reads, &reader, 0, NULL);
        admit(fixture, reads, &writer, OUROBOROS_ERROR_DENIED, "read-only");
        admit(fixture, custom, &writer, 0, NULL);
        admit(fixture, custom, &reader, OUROBOROS_ERROR_DENIED, "custom");
        admit(fixture, fixture->human, &persons, 0, NULL);
}

static void test_what_was_taken_back_holds_for_an_old_access(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder'}");
        const char *id = access_actor(access)->connection;

        admit(fixture, access, &writer, 0, NULL);
        g_autoptr(JsonObject) narrowed =
                call_on(fixture, "set_connection_terms",
                        "{'connection_id':'%s','profile':'read-only'}", id);
        admit(fixture, access, &writer, OUROBOROS_ERROR_DENIED, "read-only");
        g_autoptr(JsonObject) revoked =
                call_on(fixture, "revoke_connection", "{'connection_id':'%s'}", id);
        admit(fixture, access, &reader, OUROBOROS_ERROR_DENIED, "No active connection");
}

/* ---- budget ---- */

static void test_calls_of_a_day_are_limited_over_a_restart(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Coder','calls_per_day':3}");
        g_autoptr(Access) before = fixture_access(fixture, id, "sess-1");

        usage_set_day(fixture->gate->usage, 20000);
        admit(fixture, before, &reader, 0, NULL);
        admit(fixture, before, &reader, 0, NULL);
        fixture_close(fixture);
        fixture_open(fixture);
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(fixture->ops, NULL, &error);
        usage_set_day(fixture->gate->usage, 20000);
        g_assert_true(usage_load(fixture->gate->usage, db, &error));
        g_autoptr(Access) after = fixture_access(fixture, id, "sess-1");
        admit(fixture, after, &reader, 0, NULL);
        admit(fixture, after, &reader, OUROBOROS_ERROR_LIMIT, "calls_per_day = 3");
        admit(fixture, after, &reader, OUROBOROS_ERROR_LIMIT, "2024-10-05T00:00:00");
        usage_set_day(fixture->gate->usage, 20001);
        admit(fixture, after, &reader, 0, NULL);
}

static void test_bytes_of_a_day_are_limited(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder','bytes_per_day':20}");

        admit(fixture, access, &reader, 0, NULL);
        record(fixture, access, "{}", "{'text':'0123456789'}");
        admit(fixture, access, &reader, OUROBOROS_ERROR_LIMIT, "bytes_per_day = 20");
}

static void test_a_refused_call_costs_nothing(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access =
                enter(fixture, "{'name':'Coder','profile':'read-only','calls_per_day':1}");

        admit(fixture, access, &writer, OUROBOROS_ERROR_DENIED, "read-only");
        admit(fixture, access, &reader, 0, NULL);
        admit(fixture, access, &reader, OUROBOROS_ERROR_LIMIT, "calls_per_day");
}

static void test_what_is_made_anew_counts_once(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder','calls_per_day':1}");
        g_autoptr(GError) error = NULL;

        store_impatient_begin(1);
        admit(fixture, access, &reader, 0, NULL);
        g_assert_true(store_gives_up(&error));
        record(fixture, access, "{}", NULL);
        g_assert_true(store_impatient_end());
        admit(fixture, access, &reader, 0, NULL);
        record(fixture, access, "{}", "{}");
        fixture_turn(fixture);
        g_autoptr(GError) problem = NULL;
        g_assert_true(read_log_flush(fixture->gate->read_log, &problem));
        assert_reads(fixture->ops, "SELECT count(*) FROM reads", "1");
        assert_reads(fixture->ops, "SELECT calls FROM connection_usage", "1");
}

/* ---- the log ---- */

static JsonObject *entry(JsonObject *log, unsigned index)
{
        return json_array_get_object_element(json_member_array(log, "reads"), index);
}

static void test_a_call_is_kept_without_its_arguments(Fixture *fixture, const void *data)
{
        static const char *const answer = "{'facts':[{'id':'" FACT("1") "','n':1.5},{'id':'" FACT(
                "2") "','b':true}],"
                     "'entity':'" ENT("1") "','again':'" FACT(
                             "1") "','text':'a\\nb','none':null,'i':-7}";
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder'}");
        g_autoptr(JsonObject) answered = fixture_args(answer);
        g_autofree char *printed = json_print_object(answered);

        record(fixture, access, "{'b':2,'a':'secret'}", answer);
        record(fixture, access, "{'a':'secret','b':2}", NULL);
        record(fixture, access, "{'a':'secret','b':3}", "{}");
        g_autoptr(JsonObject) log = call(fixture, "read_log", "{'limit':50,'show_rows':true}");
        JsonObject *third = entry(log, 0), *second = entry(log, 1), *first = entry(log, 2);
        const char *digest = json_member_string(first, "digest", NULL);
        g_assert_cmpuint(strlen(digest), ==, 32);
        g_assert_cmpstr(digest, ==, json_member_string(second, "digest", NULL));
        g_assert_cmpstr(digest, !=, json_member_string(third, "digest", NULL));
        g_assert_cmpint(json_member_int(first, "rows", 0), ==, 2);
        g_assert_cmpint(json_member_int(first, "bytes", 0), ==, (gint64)strlen(printed));
        g_assert_cmpint(json_member_int(first, "shown", 0), ==, 3);
        g_assert_cmpuint(json_array_get_length(json_member_array(first, "row_ids")), ==, 3);
        g_assert_cmpstr(json_member_string(first, "outcome", NULL), ==, "OK");
        g_assert_cmpstr(json_member_string(second, "outcome", NULL), ==, "NOT_FOUND");
        g_assert_cmpstr(json_member_string(first, "connection_name", NULL), ==, "Coder");
        g_assert_cmpstr(json_member_string(first, "session_id", NULL), ==, "sess-1");
        g_assert_cmpstr(json_member_string(first, "tool", NULL), ==, "query_knowledge");
        assert_reads(fixture->ops,
                     "SELECT count(*) FROM reads WHERE instr(tool || digest || outcome ||"
                     " session_id, 'secret') > 0",
                     "0");
}

static void test_people_are_not_logged(Fixture *fixture, const void *data)
{
        record(fixture, fixture->human, "{}", "{}");
        g_autoptr(JsonObject) log = call(fixture, "read_log", "{'limit':50}");
        g_assert_cmpuint(json_array_get_length(json_member_array(log, "reads")), ==, 0);
}

static void test_the_log_is_paged_and_filtered(Fixture *fixture, const void *data)
{
        g_autoptr(Access) one = enter(fixture, "{'name':'One'}");
        g_autoptr(Access) two = enter(fixture, "{'name':'Two'}");

        for (unsigned i = 0; i < 3; i++)
                record(fixture, one, "{}", "{'id':'" ENT("1") "'}");
        record(fixture, two, "{}", "{}");
        g_autoptr(JsonObject) page =
                call_on(fixture, "read_log", "{'connection_id':'%s','limit':2}",
                        access_actor(one)->connection);
        g_autofree char *next = g_strdup_printf("{'connection_id':'%%s','limit':2,'after':'%s'}",
                                                json_member_string(page, "next", NULL));
        g_autoptr(JsonObject) rest =
                call_on(fixture, "read_log", next, access_actor(one)->connection);
        g_assert_cmpuint(json_array_get_length(json_member_array(page, "reads")), ==, 2);
        g_assert_cmpuint(json_array_get_length(json_member_array(rest, "reads")), ==, 1);
        g_assert_null(json_member_string(rest, "next", NULL));
        g_autoptr(JsonObject) shown =
                call(fixture, "read_log", "{'row_id':'" ENT("1") "','limit':50}");
        g_assert_cmpuint(json_array_get_length(json_member_array(shown, "reads")), ==, 3);
}

static void test_too_many_rows_are_cut_and_it_says_so(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder'}");
        g_autoptr(GString) answer = g_string_new("{'facts':[");

        for (unsigned i = 0; i <= READ_ROWS_PER_CALL_MAX; i++)
                g_string_append_printf(answer, "%s'fact-%032x'", i ? "," : "", i);
        g_string_append(answer, "]}");
        record(fixture, access, "{}", answer->str);
        g_autoptr(JsonObject) log = call(fixture, "read_log", "{'limit':50}");
        g_assert_true(json_member_bool(entry(log, 0), "cut", false));
        g_assert_cmpint(json_member_int(entry(log, 0), "shown", 0), ==, READ_ROWS_PER_CALL_MAX);
        g_assert_cmpint(json_member_int(entry(log, 0), "rows", 0), ==, READ_ROWS_PER_CALL_MAX + 1);
}

static void test_it_is_written_without_being_asked_for(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder'}");

        record(fixture, access, "{}", "{}");
        assert_reads(fixture->ops, "SELECT count(*) FROM reads", "0");
        for (unsigned i = 0; i < 30; i++)
                sd_event_run(fixture->loop, 100000);
        fixture_turn(fixture);
        assert_reads(fixture->ops, "SELECT count(*) FROM reads", "1");
}

static void test_stopping_writes_what_waits(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder'}");

        record(fixture, access, "{}", "{}");
        fixture_close(fixture);
        fixture_open(fixture);
        assert_reads(fixture->ops, "SELECT count(*) FROM reads", "1");
}

/* The loop is not turned, so nothing is written meanwhile. */
static void test_none_is_lost_when_too_many_wait(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder'}");
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i < READS_QUEUED_MAX; i++)
                record(fixture, access, "{}", "{}");
        store_impatient_begin(1);
        g_assert_false(gate_admit(fixture->gate, access, &reader, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        g_assert_true(store_impatient_end());
        admit(fixture, access, &reader, OUROBOROS_ERROR_LIMIT, "READS_QUEUED_MAX");
        fixture_turn(fixture);
        admit(fixture, access, &reader, 0, NULL);
        assert_reads(fixture->ops, "SELECT count(*) FROM reads", G_STRINGIFY(READS_QUEUED_MAX));
}

static void test_old_entries_go(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder'}");
        g_autoptr(GError) error = NULL;

        record(fixture, access, "{}", "{'id':'" FACT("1") "'}");
        record(fixture, access, "{}", "{'id':'" FACT("2") "'}");
        g_assert_true(read_log_flush(fixture->gate->read_log, &error));
        must_sql(fixture, fixture->ops, "UPDATE reads SET ts = ts - 91 * 86400000000 WHERE id = 1");
        record(fixture, access, "{}", "{}");
        g_assert_true(read_log_flush(fixture->gate->read_log, &error));
        assert_reads(fixture->ops, "SELECT group_concat(id) FROM reads", "2,3");
        assert_reads(fixture->ops, "SELECT group_concat(row_id) FROM read_rows", FACT("2"));
}

static void test_no_more_than_so_many_are_kept(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder'}");
        ReadLogOptions options = {.ops = fixture->ops,
                                  .usage = fixture->gate->usage,
                                  .loop = fixture->loop,
                                  .pool = fixture->pool,
                                  .mailbox = fixture->gate->mailbox,
                                  .days = 90,
                                  .rows_max = 2};
        ReadLog *own = fixture->gate->read_log;
        g_autoptr(GError) error = NULL;

        fixture->gate->read_log = read_log_new(&options);
        for (unsigned i = 0; i < 5; i++)
                record(fixture, access, "{}", "{}");
        g_assert_true(read_log_flush(fixture->gate->read_log, &error));
        assert_reads(fixture->ops, "SELECT group_concat(id) FROM reads", "4,5");
        fixture_turn(fixture);
        read_log_free(fixture->gate->read_log);
        fixture->gate->read_log = own;
}

/* ---- who has seen it ---- */

static void add_fact(Fixture *fixture, const char *id, const char *entity)
{
        g_autofree char *sql = g_strdup_printf(
                "INSERT INTO predicates SELECT 'note', 'text', 'many', 'x', 'active' WHERE NOT EXISTS"
                " (SELECT 1 FROM predicates WHERE name = 'note');"
                "INSERT INTO facts (id, entity_id, predicate, object, agent, observed_at,"
                " recorded_at, trust_tier, confidence) VALUES ('%s', '%s', 'note', 'x', 'human', 1, 1,"
                " 'human', 1)",
                id, entity);

        must_sql(fixture, fixture->vault, sql);
}

static void test_who_was_shown_a_fact(Fixture *fixture, const void *data)
{
        add_entity(fixture, ENT("1"), "Heron");
        add_entity(fixture, ENT("2"), "Egret");
        add_fact(fixture, FACT("1"), ENT("1"));
        g_autoptr(Access) one = enter(fixture, "{'name':'One'}");
        g_autoptr(Access) scoped = enter(fixture, "{'name':'Two','entities':['Egret']}");
        g_autoptr(GError) error = NULL;

        record(fixture, one, "{}", "{'id':'" FACT("1") "'}");
        record(fixture, one, "{}", "{'id':'" FACT("1") "'}");
        g_autoptr(JsonObject) answer =
                call(fixture, "seen_by", "{'fact_id':'" FACT("1") "','limit':50}");
        JsonArray *sessions = json_member_array(answer, "sessions");
        g_assert_cmpuint(json_array_get_length(sessions), ==, 1);
        JsonObject *session = json_array_get_object_element(sessions, 0);
        g_assert_cmpstr(json_member_string(session, "name", NULL), ==, "One");
        g_assert_cmpstr(json_member_string(session, "session_id", NULL), ==, "sess-1");
        g_assert_cmpstr(json_member_string(session, "short", NULL), ==,
                        connection_short(access_connection(one)));
        g_assert_cmpint(json_member_int(session, "calls", 0), ==, 2);
        /* who does not see the fact does not learn of it here */
        g_autoptr(JsonObject) none = try_call(fixture, scoped, "seen_by",
                                              "{'fact_id':'" FACT("1") "','limit':50}", &error);
        g_assert_null(none);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

/* Not a limit but a figure: the way of a call must not be felt. */
static void test_recording_is_quick(Fixture *fixture, const void *data)
{
        g_autoptr(Access) access = enter(fixture, "{'name':'Coder'}");
        g_autoptr(JsonObject) args = fixture_args("{'entity_name':'Heron','limit':10}");
        g_autoptr(JsonObject) answer = fixture_args("{'facts':[]}");
        const unsigned rounds = 2000;
        int64_t began = g_get_monotonic_time();

        for (unsigned i = 0; i < rounds; i++) {
                GateCall call = {.access = access, .tool = &reader, .args = args, .answer = answer};

                gate_record(fixture->gate, &call);
        }
        double each = (double)(g_get_monotonic_time() - began) / rounds;
        g_test_message("%.2f us a call", each);
        g_assert_cmpfloat(each, <, 100);
        began = g_get_monotonic_time();
        for (unsigned i = 0; i < rounds; i++)
                g_assert_true(gate_admit(fixture->gate, access, &reader, NULL));
        g_test_message("%.2f us to admit one", (double)(g_get_monotonic_time() - began) / rounds);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/gate/reads/a-profile-allows-what-it-says",
                     test_a_profile_allows_what_it_says);
        FIXTURE_TEST("/gate/reads/what-was-taken-back-holds-for-an-old-access",
                     test_what_was_taken_back_holds_for_an_old_access);
        FIXTURE_TEST("/gate/reads/calls-of-a-day-are-limited-over-a-restart",
                     test_calls_of_a_day_are_limited_over_a_restart);
        FIXTURE_TEST("/gate/reads/bytes-of-a-day-are-limited", test_bytes_of_a_day_are_limited);
        FIXTURE_TEST("/gate/reads/a-refused-call-costs-nothing", test_a_refused_call_costs_nothing);
        FIXTURE_TEST("/gate/reads/what-is-made-anew-counts-once",
                     test_what_is_made_anew_counts_once);
        FIXTURE_TEST("/gate/reads/a-call-is-kept-without-its-arguments",
                     test_a_call_is_kept_without_its_arguments);
        FIXTURE_TEST("/gate/reads/people-are-not-logged", test_people_are_not_logged);
        FIXTURE_TEST("/gate/reads/the-log-is-paged-and-filtered",
                     test_the_log_is_paged_and_filtered);
        FIXTURE_TEST("/gate/reads/too-many-rows-are-cut-and-it-says-so",
                     test_too_many_rows_are_cut_and_it_says_so);
        FIXTURE_TEST("/gate/reads/it-is-written-without-being-asked-for",
                     test_it_is_written_without_being_asked_for);
        FIXTURE_TEST("/gate/reads/stopping-writes-what-waits", test_stopping_writes_what_waits);
        FIXTURE_TEST("/gate/reads/none-is-lost-when-too-many-wait",
                     test_none_is_lost_when_too_many_wait);
        FIXTURE_TEST("/gate/reads/old-entries-go", test_old_entries_go);
        FIXTURE_TEST("/gate/reads/no-more-than-so-many-are-kept",
                     test_no_more_than_so_many_are_kept);
        FIXTURE_TEST("/gate/reads/who-was-shown-a-fact", test_who_was_shown_a_fact);
        FIXTURE_TEST("/gate/reads/recording-is-quick", test_recording_is_quick);
        return g_test_run();
}
