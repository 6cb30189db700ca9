/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the human: who may ask, who decides, and what deciding does.
 * Seen to fail: with decisions that look neither at the actor nor at what was decided before, with the payload taken as
 * it was asked for, without limits, with entities looked up when somebody asks, with answers that are never marked read, with
 * bearers handed to anybody or twice, or into
 * a file that is not empty, with no timer for what expires, with a payload whose members nobody looked at, with a payload
 * in place of all that was asked for. */
#include "gate/fixture.h"
#include "gate/mint.h"

static char *ask(Fixture *fixture, const Access *access, const char *payload)
{
        g_autoptr(JsonObject) object = fixture_args(payload);
        g_autoptr(GError) error = NULL;
        Approval request = {.kind = (char *)"question", .title = (char *)"Q", .payload = object};
        char *id = gate_request(fixture->gate, access, &request, &error);

        g_assert_no_error(error);
        return id;
}

static ApprovalState state_of(Fixture *fixture, const char *id)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Approval) approval = gate_approval(fixture->gate, id, &error);

        g_assert_no_error(error);
        return approval->state;
}

static void test_a_request_becomes_a_connection(Fixture *fixture, const void *data)
{
        add_entity(fixture, ENT("1"), "Heron");
        g_autoptr(JsonObject) asked =
                call(fixture, "request_connection",
                     "{'name':'Coder','profile':'full','entities':null,'purpose':'tests'}");
        const char *id = json_member_string(asked, "approval_id", NULL);

        g_assert_cmpstr(json_member_string(asked, "state", NULL), ==, "pending");
        assert_reads(fixture->ops, "SELECT count(*) FROM connections", "0");
        /* the human narrows it */
        g_autoptr(JsonObject) decided =
                call_on(fixture, "resolve_approval",
                        "{'approval_id':'%s','decision':'approve','payload':{'name':'Critic',"
                        "'profile':'read-only','entities':['Heron'],'calls_per_day':5}}",
                        id);
        g_autoptr(JsonObject) status =
                call_on(fixture, "request_status", "{'approval_id':'%s'}", id);
        const char *connection = json_member_string(status, "connection_id", NULL);
        g_autofree char *bearer = bearer_of(fixture, connection);
        g_autoptr(Access) access = fixture_access(fixture, connection, "sess-1");
        const Terms *terms = connection_terms(access_connection(access));

        is_let_in(fixture, bearer);
        g_assert_cmpstr(terms->name, ==, "Critic");
        g_assert_cmpint(terms->profile, ==, PROFILE_READ_ONLY);
        g_assert_cmpuint(terms->calls_per_day, ==, 5);
        g_assert_true(scope_allows(access_scope(access), ENT("1")));
        g_assert_false(scope_allows(access_scope(access), ENT("2")));
        assert_reads(fixture->ops,
                     "SELECT (payload ->> 'name') || ' ' || (decision ->> 'connection_id' =="
                     " (SELECT id FROM connections)) FROM approvals",
                     "Critic 1");
}

static void test_what_cannot_be_carried_out_still_waits(Fixture *fixture, const void *data)
{
        g_autoptr(JsonObject) asked =
                call(fixture, "request_connection", "{'name':'Coder','entities':['Nobody']}");
        const char *id = json_member_string(asked, "approval_id", NULL);
        g_autofree char *args = g_strdup_printf("{'approval_id':'%s','decision':'approve'}", id);

        call_fails(fixture, "resolve_approval", args, OUROBOROS_ERROR_NOT_FOUND, "Nobody");
        g_assert_cmpint(state_of(fixture, id), ==, APPROVAL_PENDING);
        assert_reads(fixture->ops, "SELECT count(*) FROM connections", "0");
        g_autofree char *folder = g_build_filename(fixture->folder, "bearers", NULL);
        g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
}

static void test_a_payload_that_is_not_understood_lets_nobody_in(Fixture *fixture, const void *data)
{
        static const char *const bad[] = {"'profile':5",         "'profil':'read-only'",
                                          "'entities':'Heron'",  "'entities':[7]",
                                          "'expires':5",         "'calls_per_day':'3'",
                                          "'calls_per_day':3.5", "'observer':'no'",
                                          "'profile':null",      "'tools':{'whoami':true}"};
        g_autoptr(JsonObject) asked =
                call(fixture, "request_connection", "{'name':'Coder','profile':'read-only'}");
        const char *id = json_member_string(asked, "approval_id", NULL);

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autofree char *args = g_strdup_printf(
                        "{'approval_id':'%s','decision':'approve','payload':{'name':'Coder',%s}}",
                        id, bad[i]);
                call_fails(fixture, "resolve_approval", args, OUROBOROS_ERROR_INVALID, "payload: ");
        }
        g_assert_cmpint(state_of(fixture, id), ==, APPROVAL_PENDING);
        assert_reads(fixture->ops, "SELECT count(*) FROM connections", "0");
}

/* What is written about the connection that came of the request, after the payload, as one text. */
static void becomes(Fixture *fixture, const char *payload, const char *expected)
{
        g_autoptr(JsonObject) asked =
                call(fixture, "request_connection",
                     "{'name':'Coder','profile':'custom','tools':['whoami'],'entities':['Heron'],"
                     "'expires':'2222-01-01','calls_per_day':7}");
        g_autofree char *args =
                g_strdup_printf("{'approval_id':'%s','decision':'approve','payload':%s}",
                                json_member_string(asked, "approval_id", NULL), payload);
        g_autoptr(JsonObject) decided = call(fixture, "resolve_approval", args);

        assert_reads(fixture->ops,
                     "SELECT name || ' ' || profile || ' ' || coalesce(tools, 'all') || ' ' ||"
                     " scoped || ' ' || (expires_at IS NOT NULL) || ' ' || calls_per_day"
                     " FROM connections ORDER BY id DESC LIMIT 1",
                     expected);
}

static void test_what_the_human_does_not_name_stays_as_it_was_asked(Fixture *fixture,
                                                                    const void *data)
{
        add_entity(fixture, ENT("1"), "Heron");
        becomes(fixture, "{'name':'A'}", "A custom [\"whoami\"] 1 1 7");
        assert_reads(
                fixture->ops,
                "SELECT (payload ->> 'profile') || (payload ->> 'calls_per_day') FROM approvals",
                "custom7");
        becomes(fixture, "{'name':'B','profile':'read-only'}", "B read-only all 1 1 7");
        becomes(fixture, "{'name':'C','entities':null}", "C custom [\"whoami\"] 0 1 7");
        becomes(fixture,
                "{'name':'D','profile':'full','entities':null,'expires':null,'calls_per_day':0}",
                "D full all 0 0 0");
}

static void test_asking_tells_nothing_of_the_vault(Fixture *fixture, const void *data)
{
        add_entity(fixture, ENT("1"), "Heron");
        g_autoptr(JsonObject) there =
                call(fixture, "request_connection", "{'name':'One','entities':['Heron']}");
        g_autoptr(JsonObject) missing =
                call(fixture, "request_connection", "{'name':'Two','entities':['Nobody']}");

        g_assert_cmpstr(json_member_string(there, "state", NULL), ==,
                        json_member_string(missing, "state", NULL));
}

static void test_it_is_decided_once(Fixture *fixture, const void *data)
{
        g_autoptr(JsonObject) asked = call(fixture, "request_connection", "{'name':'Coder'}");
        const char *id = json_member_string(asked, "approval_id", NULL);
        g_autofree char *yes = g_strdup_printf("{'approval_id':'%s','decision':'approve'}", id);

        g_autoptr(JsonObject) denied =
                call_on(fixture, "resolve_approval",
                        "{'approval_id':'%s','decision':'deny','reason':'no'}", id);
        call_fails(fixture, "resolve_approval", yes, OUROBOROS_ERROR_CONFLICT, "denied");
        assert_reads(fixture->ops, "SELECT count(*) FROM connections", "0");
        g_autoptr(JsonObject) status =
                call_on(fixture, "request_status", "{'approval_id':'%s'}", id);
        g_assert_cmpstr(json_member_string(status, "reason", NULL), ==, "no");
}

static void test_nobody_but_the_human_decides(Fixture *fixture, const void *data)
{
        g_autofree char *connection = mint(fixture, "{'name':'Coder'}");
        g_autoptr(Access) agent = fixture_access(fixture, connection, "sess-1");
        g_autoptr(Access) robot = access_new_system("pipeline");
        g_autofree char *id = ask(fixture, agent, "{'question':'why?'}");
        g_autoptr(JsonObject) payload = fixture_args("{'answer':'so'}");
        g_autoptr(GError) error = NULL;

        g_assert_false(gate_resolve(fixture->gate, agent, id, true, payload, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
        g_clear_error(&error);
        g_assert_false(gate_resolve(fixture->gate, robot, id, true, payload, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
        g_clear_error(&error);
        /* nor by way of the database */
        g_assert_false(try_sql(fixture->ops, access_actor(agent),
                               "UPDATE approvals SET state = 'approved', decision = '{}'", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
}

static void test_answers_are_unread_until_they_are_read(Fixture *fixture, const void *data)
{
        g_autofree char *mine = mint(fixture, "{'name':'One'}");
        g_autofree char *other = mint(fixture, "{'name':'Two'}");
        g_autoptr(Access) agent = fixture_access(fixture, mine, "sess-1");
        g_autoptr(Access) stranger = fixture_access(fixture, other, "sess-2");
        g_autofree char *id = ask(fixture, agent, "{'question':'why?'}");
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint(gate_unread(fixture->gate, mine), ==, 0);
        g_autoptr(JsonObject) decided =
                call_on(fixture, "resolve_approval",
                        "{'approval_id':'%s','decision':'approve','payload':"
                        "{'question':'why?','answer':'so'}}",
                        id);
        g_assert_cmpuint(gate_unread(fixture->gate, mine), ==, 1);
        g_autoptr(JsonObject) nothing = try_call(fixture, stranger, "read_answers", "{}", &error);
        g_assert_cmpuint(json_array_get_length(json_member_array(nothing, "answers")), ==, 0);
        fixture_close(fixture);
        fixture_open(fixture);
        g_assert_cmpuint(gate_unread(fixture->gate, mine), ==, 1);
        g_autoptr(JsonObject) read = try_call(fixture, agent, "read_answers", "{}", &error);
        g_assert_no_error(error);
        JsonObject *first = json_array_get_object_element(json_member_array(read, "answers"), 0);
        g_assert_cmpstr(json_member_string(json_member_object(first, "decision"), "answer", NULL),
                        ==, "so");
        g_assert_cmpuint(gate_unread(fixture->gate, mine), ==, 0);
        fixture_turn(fixture);
        g_assert_cmpuint(gate_unread(fixture->gate, mine), ==, 0);
}

static void test_a_question_is_approved_with_an_answer(Fixture *fixture, const void *data)
{
        g_autoptr(Access) system = access_new_system("test");
        g_autofree char *id = ask(fixture, system, "{'question':'why?'}");
        g_autofree char *yes = g_strdup_printf("{'approval_id':'%s','decision':'approve'}", id);

        call_fails(fixture, "resolve_approval", yes, OUROBOROS_ERROR_INVALID, "answer");
        g_assert_cmpint(state_of(fixture, id), ==, APPROVAL_PENDING);
}

static void on_approval(const char *approval, ApprovalState state, void *data)
{
        g_string_append_printf(data, "%s ", approval_state_to_string(state));
}

static void test_who_waits_is_told(Fixture *fixture, const void *data)
{
        g_autoptr(GString) told = g_string_new(NULL);
        g_autoptr(Access) system = access_new_system("test");

        gate_add_approval_feed(fixture->gate, on_approval, told);
        g_autofree char *id = ask(fixture, system, "{'question':'why?'}");
        fixture_turn(fixture);
        g_autoptr(JsonObject) decided =
                call_on(fixture, "resolve_approval", "{'approval_id':'%s','decision':'deny'}", id);
        fixture_turn(fixture);
        g_assert_cmpstr(told->str, ==, "pending denied ");
        gate_remove_approval_feed(fixture->gate, on_approval, told);
}

static void test_what_nobody_decides_is_withdrawn(Fixture *fixture, const void *data)
{
        g_autoptr(JsonObject) payload = fixture_args("{'question':'now?'}");
        g_autoptr(Access) system = access_new_system("test");
        g_autoptr(GString) told = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        Approval request = {.kind = (char *)"question",
                            .title = (char *)"Q",
                            .payload = payload,
                            .expires_us = clock_now() + 300000};

        gate_add_approval_feed(fixture->gate, on_approval, told);
        g_autofree char *id = gate_request(fixture->gate, system, &request, &error);
        g_assert_no_error(error);
        for (unsigned i = 0; i < 50 && !strstr(told->str, "withdrawn"); i++)
                sd_event_run(fixture->loop, 100000);
        g_assert_cmpstr(told->str, ==, "pending withdrawn ");
        g_autofree char *yes = g_strdup_printf(
                "{'approval_id':'%s','decision':'approve','payload':{'answer':'x'}}", id);
        call_fails(fixture, "resolve_approval", yes, OUROBOROS_ERROR_CONFLICT, "withdrawn");
        gate_remove_approval_feed(fixture->gate, on_approval, told);
}

static void test_after_its_time_it_is_too_late_at_once(Fixture *fixture, const void *data)
{
        g_autoptr(Access) system = access_new_system("test");
        g_autofree char *id = ask(fixture, system, "{'question':'now?'}");
        g_autofree char *yes = g_strdup_printf(
                "{'approval_id':'%s','decision':'approve','payload':{'answer':'x'}}", id);

        must_sql(fixture, fixture->ops, "UPDATE approvals SET expires_at = 5");
        call_fails(fixture, "resolve_approval", yes, OUROBOROS_ERROR_CONFLICT, "expired");
}

static void test_too_much_that_waits_is_refused(Fixture *fixture, const void *data)
{
        g_autofree char *connection = mint(fixture, "{'name':'Coder'}");
        g_autoptr(Access) agent = fixture_access(fixture, connection, "sess-1");
        g_autoptr(JsonObject) payload = json_object_new();
        g_autoptr(JsonObject) large = json_object_new();
        g_autofree char *text = g_strnfill(APPROVAL_PAYLOAD_BYTES_MAX, 'x');
        g_autoptr(GError) error = NULL;
        Approval request = {.kind = (char *)"question", .title = (char *)"Q", .payload = payload};

        for (unsigned i = 0; i < APPROVALS_PENDING_PER_CONNECTION_MAX; i++)
                g_free(ask(fixture, agent, "{}"));
        g_assert_null(gate_request(fixture->gate, agent, &request, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(error->message, "APPROVALS_PENDING_PER_CONNECTION_MAX"));
        g_clear_error(&error);
        json_object_set_string_member(large, "question", text);
        request.payload = large;
        g_assert_null(gate_request(fixture->gate, fixture->human, &request, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_clear_error(&error);
        request.payload = payload;
        request.kind = (char *)"nonsense";
        g_assert_null(gate_request(fixture->gate, fixture->human, &request, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
}

static void test_who_asked_may_withdraw(Fixture *fixture, const void *data)
{
        g_autoptr(Access) system = access_new_system("test");
        g_autofree char *id = ask(fixture, system, "{'question':'now?'}");
        g_autoptr(GError) error = NULL;

        g_assert_true(gate_withdraw(fixture->gate, id, &error));
        g_assert_cmpint(state_of(fixture, id), ==, APPROVAL_WITHDRAWN);
        g_assert_false(gate_withdraw(fixture->gate, id, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
}

/* ---- collecting, where the daemon has no files of the person's ---- */

static int open_file(Fixture *fixture)
{
        g_autofree char *path = g_build_filename(fixture->folder, "handed", NULL);

        return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static JsonObject *collect(Fixture *fixture, const Access *access, const char *id, int fd,
                           GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();

        json_object_set_string_member(args, "approval_id", id);
        json_object_set_int_member(args, "file", fd);
        return gate_collect_bearer(fixture->gate, access, args, error);
}

static char *read_handed(Fixture *fixture)
{
        g_autofree char *path = g_build_filename(fixture->folder, "handed", NULL);
        char *text = NULL;

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        return g_strchomp(text);
}

static void test_who_asked_collects_the_bearer_once(Fixture *fixture, const void *data)
{
        g_autoptr(JsonObject) asked = call(fixture, "request_connection", "{'name':'Coder'}");
        const char *id = json_member_string(asked, "approval_id", NULL);
        g_autoptr(Access) stranger = access_new_human("Eve", "cli-2");
        g_autoptr(GError) error = NULL;
        int fd = open_file(fixture);

        g_assert_null(collect(fixture, fixture->human, id, fd, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        g_clear_error(&error);
        g_autoptr(JsonObject) decided = call_on(fixture, "resolve_approval",
                                                "{'approval_id':'%s','decision':'approve'}", id);
        g_autofree char *folder = g_build_filename(fixture->folder, "bearers", NULL);
        g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
        g_assert_null(collect(fixture, stranger, id, fd, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
        g_clear_error(&error);
        g_assert_cmpint(write(fd, "mine", 4), ==, 4);
        g_assert_null(collect(fixture, fixture->human, id, fd, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        g_clear_error(&error);
        g_assert_cmpint(ftruncate(fd, 0) + lseek(fd, 0, SEEK_SET), ==, 0);
        g_autoptr(JsonObject) answer = collect(fixture, fixture->human, id, fd, &error);
        g_assert_no_error(error);
        g_autofree char *bearer = read_handed(fixture);
        is_let_in(fixture, bearer);
        g_assert_cmpint(ftruncate(fd, 0), ==, 0);
        g_assert_null(collect(fixture, fixture->human, id, fd, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        close(fd);
}

static void test_a_bearer_handed_out_anew_ends_the_one_before(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Coder'}");
        g_autoptr(JsonObject) args = json_object_new();
        g_autoptr(GError) error = NULL;
        int fd = open_file(fixture);

        json_object_set_string_member(args, "connection_id", id);
        json_object_set_int_member(args, "file", fd);
        g_autoptr(JsonObject) one = gate_rotate_into(fixture->gate, fixture->human, args, &error);
        g_assert_no_error(error);
        g_autofree char *first = read_handed(fixture);
        is_let_in(fixture, first);
        g_assert_cmpint(ftruncate(fd, 0), ==, 0);
        g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
        g_autoptr(JsonObject) two = gate_rotate_into(fixture->gate, fixture->human, args, &error);
        g_assert_no_error(error);
        g_autofree char *second = read_handed(fixture);
        is_let_in(fixture, second);
        g_free(is_refused(fixture, first, "p", OUROBOROS_ERROR_DENIED));
        close(fd);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/gate/approvals/a-request-becomes-a-connection",
                     test_a_request_becomes_a_connection);
        FIXTURE_TEST("/gate/approvals/what-cannot-be-carried-out-still-waits",
                     test_what_cannot_be_carried_out_still_waits);
        FIXTURE_TEST("/gate/approvals/a-payload-that-is-not-understood-lets-nobody-in",
                     test_a_payload_that_is_not_understood_lets_nobody_in);
        FIXTURE_TEST("/gate/approvals/what-the-human-does-not-name-stays-as-it-was-asked",
                     test_what_the_human_does_not_name_stays_as_it_was_asked);
        FIXTURE_TEST("/gate/approvals/asking-tells-nothing-of-the-vault",
                     test_asking_tells_nothing_of_the_vault);
        FIXTURE_TEST("/gate/approvals/it-is-decided-once", test_it_is_decided_once);
        FIXTURE_TEST("/gate/approvals/nobody-but-the-human-decides",
                     test_nobody_but_the_human_decides);
        FIXTURE_TEST("/gate/approvals/answers-are-unread-until-they-are-read",
                     test_answers_are_unread_until_they_are_read);
        FIXTURE_TEST("/gate/approvals/a-question-is-approved-with-an-answer",
                     test_a_question_is_approved_with_an_answer);
        FIXTURE_TEST("/gate/approvals/who-waits-is-told", test_who_waits_is_told);
        FIXTURE_TEST("/gate/approvals/what-nobody-decides-is-withdrawn",
                     test_what_nobody_decides_is_withdrawn);
        FIXTURE_TEST("/gate/approvals/after-its-time-it-is-too-late-at-once",
                     test_after_its_time_it_is_too_late_at_once);
        FIXTURE_TEST("/gate/approvals/too-much-that-waits-is-refused",
                     test_too_much_that_waits_is_refused);
        FIXTURE_TEST("/gate/approvals/who-asked-may-withdraw", test_who_asked_may_withdraw);
        SYSTEM_TEST("/gate/approvals/who-asked-collects-the-bearer-once",
                    test_who_asked_collects_the_bearer_once);
        SYSTEM_TEST("/gate/approvals/a-bearer-handed-out-anew-ends-the-one-before",
                    test_a_bearer_handed_out_anew_ends_the_one_before);
        return g_test_run();
}
