/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What agents try and must not get: to write to what they do not see, to learn that it is there, and to undo what others
 * wrote. Each is really tried through tools_call(). Seen to fail: is noted with each test. */
#include <string.h>

#include "scope/place.h"
#include "scope/tick.h"

/* ---- writes to what is not seen ---- */

/* A call with an id of something that is there and is not seen must come out as with one that is not. */
typedef struct Attack {
        const char *tool,
                *args; /* %s: the id; $DOC, $ENT: of the document and entity that are seen */
        char kind;     /* of the id: e, d, f, l(ease), r(oot) */
} Attack;

#define QUOTED "\"document_id\":\"$DOC\",\"quote\":\"a lantern of copper\""

static const Attack attacks[] = {
        {"remember_fact",
         "{\"entity_id\":\"%s\",\"predicate\":\"note\",\"object\":\"x\"," QUOTED "}", 'e'},
        {"remember_fact",
         "{\"entity_id\":\"$ENT\",\"predicate\":\"knows\",\"object\":\"%s\"," QUOTED "}", 'e'},
        {"remember_fact",
         "{\"entity_id\":\"$ENT\",\"predicate\":\"described_in\",\"object\":\"%s\"," QUOTED "}",
         'd'},
        {"remember_fact",
         "{\"entity_id\":\"$ENT\",\"predicate\":\"note\",\"object\":\"x\","
         "\"document_id\":\"%s\",\"quote\":\"a secret of granite\"}",
         'd'},
        {"remember_fact",
         "{\"entity_id\":\"$ENT\",\"predicate\":\"note\",\"object\":\"x\"," QUOTED
         ",\"supersedes\":[\"%s\"]}",
         'f'},
        {"submit_claim_graph",
         "{\"claims\":[{\"entity_id\":\"%s\",\"predicate\":\"note\",\"object\":\"x\"," QUOTED "}]}",
         'e'},
        {"submit_claim_graph",
         "{\"claims\":[{\"entity_id\":\"$ENT\",\"predicate\":\"note\",\"object\":\"x\","
         "\"document_id\":\"%s\",\"quote\":\"a secret of granite\"}]}",
         'd'},
        {"submit_claim_graph",
         "{\"lease_id\":\"%s\",\"claims\":[{\"entity_id\":\"$ENT\",\"predicate\":\"note\","
         "\"object\":\"x\"," QUOTED "}]}",
         'l'},
        {"add_entity_alias", "{\"entity_id\":\"%s\",\"alias\":\"Nearer\"}", 'e'},
        {"get_document_for_mining", "{\"document_id\":\"%s\"}", 'd'},
        {"enqueue_mining", "{\"document_id\":\"%s\"}", 'd'},
        {"enqueue_mining", "{\"root_id\":\"%s\"}", 'r'},
        {"cancel_mining", "{\"document_id\":\"%s\"}", 'd'},
        {"renew_mining", "{\"lease_id\":\"%s\"}", 'l'},
        {"finish_mining", "{\"lease_id\":\"%s\"}", 'l'},
        {"propose_autolink",
         "{\"entity_id\":\"%s\",\"document_id\":\"$DOC\",\"quote\":\"a lantern\"}", 'e'},
        {"propose_autolink",
         "{\"entity_id\":\"$ENT\",\"document_id\":\"%s\",\"quote\":\"a secret\"}", 'd'},
        {"find_autolinks", "{\"entity_id\":\"%s\"}", 'e'},
        {"find_autolinks", "{\"document_id\":\"%s\"}", 'd'},
        {"rescan_root", "{\"root_id\":\"%s\"}", 'r'},
        {"get_entity", "{\"entity_id\":\"%s\"}", 'e'},
        {"query_knowledge", "{\"entity_id\":\"%s\"}", 'e'},
        {"query_knowledge", "{\"document_id\":\"%s\"}", 'd'},
        {"predicates_in_use", "{\"entity_id\":\"%s\"}", 'e'},
        {"query_projection", "{\"name\":\"shape\",\"entity_id\":\"%s\"}", 'e'},
        {"as_of", "{\"entity_id\":\"%s\",\"at\":\"2040-01-01T00:00:00Z\"}", 'e'},
        {"as_of", "{\"table_name\":\"facts\",\"row_id\":\"%s\",\"at\":\"2040-01-01T00:00:00Z\"}",
         'f'},
        {"trace_belief", "{\"fact_id\":\"%s\"}", 'f'},
        {"verify_quote", "{\"fact_id\":\"%s\"}", 'f'},
        {"verify_quotes", "{\"document_id\":\"%s\"}", 'd'},
        {"row_history", "{\"table_name\":\"facts\",\"row_id\":\"%s\"}", 'f'},
        {"list_mutations", "{\"entity_id\":\"%s\"}", 'e'},
        {"get_document", "{\"document_id\":\"%s\"}", 'd'},
        {"get_document_text", "{\"document_id\":\"%s\"}", 'd'},
        {"search_documents", "{\"query\":\"granite\",\"root_id\":\"%s\"}", 'r'},
        {"list_documents", "{\"root_id\":\"%s\"}", 'r'},
};

static char *replace_all(const char *text, const char *old, const char *new)
{
        GString *string = g_string_new(text);

        g_string_replace(string, old, new, 0);
        return g_string_free(string, FALSE);
}

static char *hidden_id(Place *place, char kind)
{
        switch (kind) {
        case 'e':
                return g_strdup(place->far);
        case 'd':
                return g_strdup(place->far_doc);
        case 'f':
                return g_strdup(place->far_fact);
        case 'l':
                return g_strdup(place->far_lease);
        default:
                return place_get(place, "SELECT id FROM roots WHERE path LIKE '%%/empty'");
        }
}

/* One of the same kind that never was. */
static char *absent_id(const char *like)
{
        const char *dash = strchr(like, '-');

        return g_strdup_printf("%.*s-00000000000000000000000000000abc", (int)(dash - like), like);
}

/* Ids that calls make, and times that they take, are taken out. */
static char *without_noise(const char *text, const char *id)
{
        g_autoptr(GRegex) noise = g_regex_new("(timing_ms|elapsed_ms|search_us)[^,}]*", 0, 0, NULL);
        g_autofree char *plain = replace_all(text, id, "(id)");

        return g_regex_replace_literal(noise, plain, -1, 0, "", 0, NULL);
}

static char *try_attack(Place *place, const Attack *attack, const char *id)
{
        g_autofree char *with_id = replace_all(attack->args, "%s", id);
        g_autofree char *with_doc = replace_all(with_id, "$DOC", place->near_doc);
        g_autofree char *args = replace_all(with_doc, "$ENT", place->near);
        g_autofree char *got = place_call(place, place->scoped, attack->tool, "%s", args);

        return without_noise(got, id);
}

/* Seen to fail: lease_use() without seen_document(); seen_fact() always true; roots with the scope '1'; check_version()
 * without seen_document() passes (the reader has looked before), which is what it is a second lock for. */
static void test_what_is_hidden_is_as_if_it_were_not(void)
{
        Place *place = place_new();
        g_autofree char *empty = g_build_filename(place->folder, "empty", NULL);

        g_assert_cmpint(g_mkdir_with_parents(empty, 0700), ==, 0);
        json_object_unref(world_call(place->world, place->world->human, "register_root",
                                     "{\"path\":\"%s\"}", empty));
        json_object_unref(world_call(place->world, place->world->human, "define_projection",
                                     "{\"name\":\"shape\",\"columns\":[{\"name\":\"notes\","
                                     "\"predicates\":[\"note\"]}]}"));
        for (unsigned i = 0; i < G_N_ELEMENTS(attacks); i++) {
                g_autofree char *hidden = hidden_id(place, attacks[i].kind);
                g_autofree char *absent = absent_id(hidden);

                tick_set(TICK_CALLS + 2 * (int64_t)i);
                g_autofree char *one = try_attack(place, &attacks[i], absent);
                g_autofree char *two = try_attack(place, &attacks[i], hidden);
                if (strcmp(one, two) != 0)
                        g_error("%s %s: \"%s\" is not \"%s\"", attacks[i].tool, attacks[i].args,
                                two, one);
                g_assert_null(strstr(two, "granite"));
        }
        place_free(place);
}

/* Seen to fail: entity_make(), and what propose_entity decides by, without a look at the scope. */
static void test_a_name_that_is_taken_out_of_sight_is_as_one_that_is_free(void)
{
        static const struct {
                const char *tool, *args;
        } calls[] = {
                {"propose_entity", "{\"name\":\"%s\"}"},
                {"resolve_entity", "{\"name\":\"%s\"}"},
                {"remember_fact", "{\"entity_name\":\"%s\",\"predicate\":\"note\",\"object\":\"x\","
                                  "\"document_id\":\"$DOC\",\"quote\":\"a lantern of copper\"}"},
        };
        Place *place = place_new();

        for (unsigned i = 0; i < G_N_ELEMENTS(calls); i++) {
                g_autofree char *args = replace_all(calls[i].args, "$DOC", place->near_doc);
                g_autofree char *of_taken = replace_all(args, "%s", "Far");
                g_autofree char *of_free = replace_all(args, "%s", "Fat");
                g_autofree char *taken =
                        place_call(place, place->scoped, calls[i].tool, "%s", of_taken);
                g_autofree char *free_one =
                        place_call(place, place->scoped, calls[i].tool, "%s", of_free);
                g_autofree char *one = replace_all(taken, "Far", "(name)");
                g_autofree char *two = replace_all(free_one, "Fat", "(name)");

                g_test_message("%s: %s", calls[i].tool, taken);
                g_assert_cmpstr(one, ==, two);
        }
        g_autofree char *alias =
                place_call(place, place->scoped, "add_entity_alias",
                           "{\"entity_id\":\"%s\",\"alias\":\"Far\"}", place->near);
        place_expect("an alias that is another's hidden name", alias, "{");
        place_free(place);
}

/* ---- undoing ---- */

static char *entry_of(Place *place, const char *fact)
{
        return place_get(place,
                         "SELECT id FROM mutations WHERE table_name = 'facts'"
                         " AND op = 'insert' AND json_extract(row_id, '$.id') = '%s'",
                         fact);
}

static char *claim(Place *place, const Access *access, const char *note)
{
        g_autofree char *said = place_call(
                place, access, "remember_fact",
                "{\"entity_id\":\"%s\",\"predicate\":\"note\",\"object\":\"%s\",\"document_id\":\"%s\","
                "\"quote\":\"a lantern of copper\"}",
                place->near, note, place->near_doc);
        g_autoptr(JsonObject) object = json_parse_object(said, -1, NULL);

        if (!object)
                g_error("%s", said);
        return g_strdup(json_member_string(object, "fact_id", NULL));
}

static void refuse(Place *place, const Access *access, const char *tool, const char *args,
                   const char *code)
{
        g_autofree char *got = place_call(place, access, tool, "%s", args);
        g_autofree char *what = g_strdup_printf("%s %s", tool, args);

        place_expect(what, got, code);
}

/* By entry, group, session and connection, each also in preview and as a branch. */
static void refuse_all(Place *place, const Access *access, const char *entry, bool scoped)
{
        g_autofree char *by_entry = g_strdup_printf("{\"mutation_id\":\"%s\"}", entry);
        g_autofree char *forced = g_strdup_printf("{\"mutation_id\":\"%s\",\"force\":true}", entry);
        g_autofree char *group =
                place_get(place, "SELECT group_id FROM mutations WHERE id = '%s'", entry);
        g_autofree char *by_group = g_strdup_printf("{\"group_id\":\"%s\"}", group);
        g_autofree char *preview = g_strdup_printf("{\"group_id\":\"%s\",\"preview\":true}", group);
        g_autofree char *session = place_get(
                place, "SELECT coalesce(session_id, 'sess-none') FROM mutations WHERE id = '%s'",
                entry);
        g_autofree char *by_session = g_strdup_printf("{\"session_id\":\"%s\"}", session);
        const char *code = scoped ? "!NOT_FOUND" : "!DENIED";

        refuse(place, access, "revert_mutation", by_entry, code);
        refuse(place, access, "revert_mutation", forced, code);
        refuse(place, access, "revert_group", by_group, code);
        refuse(place, access, "revert_group", preview, code);
        refuse(place, access, "branch_preview", by_entry, "!DENIED");
        refuse(place, access, "branch_preview", by_group, "!DENIED");
        if (strcmp(session, "sess-none") != 0) {
                refuse(place, access, "revert_group", by_session, code);
                refuse(place, access, "branch_preview", by_session, "!DENIED");
        }
}

/* Seen to fail: cohort_check_own() always true (entries); check_all_own() always true (groups, sessions); readers_tell()
 * without a look at the connection (scoped). */
static void test_agents_do_not_undo_what_others_wrote(void)
{
        Place *place = place_new();
        World *world = place->world;
        g_autofree char *of_human = entry_of(place, place->near_fact);
        g_autofree char *fact = claim(place, world->other, "of another");
        g_autofree char *of_other = entry_of(place, fact);
        g_autofree char *of_pipeline = place_get(
                place,
                "SELECT id FROM mutations WHERE table_name = 'documents' ORDER BY seq LIMIT 1");
        const char *const entries[] = {of_human, of_other, of_pipeline};

        for (unsigned i = 0; i < G_N_ELEMENTS(entries); i++) {
                refuse_all(place, place->agent, entries[i], /* scoped= */ false);
                refuse_all(place, place->scoped, entries[i], /* scoped= */ true);
        }
        refuse(place, place->agent, "revert_group",
               "{\"connection\":\"conn-0000000000000000000000000000000b\",\"since\":\"2020-01-01T00:00:00Z\"}",
               "!DENIED");
        refuse(place, place->scoped, "revert_group",
               "{\"connection\":\"conn-0000000000000000000000000000000b\",\"since\":\"2020-01-01T00:00:00Z\"}",
               "!NOT_FOUND");
        place_free(place);
}

static char *revert(Place *place, const Access *access, const char *entry)
{
        g_autofree char *got =
                place_call(place, access, "revert_mutation", "{\"mutation_id\":\"%s\"}", entry);
        g_autoptr(JsonObject) object = json_parse_object(got, -1, NULL);

        if (!object)
                g_error("%s: %s", entry, got);
        return g_strdup(json_member_string(object, "new_mutation_id", NULL));
}

/* Seen to fail: journal_find_entry() that finds nothing under a scope. */
static void test_agents_undo_what_they_wrote_and_their_undoing(void)
{
        Place *place = place_new();
        const Access *const agents[] = {place->agent, place->scoped};

        for (unsigned i = 0; i < G_N_ELEMENTS(agents); i++) {
                tick_set(TICK_CALLS + 100 * ((int64_t)i + 1));
                g_autofree char *fact = claim(place, agents[i], i ? "mine" : "own");
                g_autofree char *entry = entry_of(place, fact);

                tick_set(TICK_CALLS + 100 * ((int64_t)i + 1) + 1);
                g_autofree char *undone = revert(place, agents[i], entry);
                tick_set(TICK_CALLS + 100 * ((int64_t)i + 1) + 2);
                g_autofree char *redone = revert(place, agents[i], undone);
                g_autofree char *active =
                        place_get(place, "SELECT is_active FROM facts WHERE id = '%s'", fact);
                g_assert_cmpstr(active, ==, "1");
                /* the human's undoing stays the human's */
                tick_set(TICK_CALLS + 100 * ((int64_t)i + 1) + 3);
                g_autofree char *by_human = revert(place, place->world->human, entry);
                g_autofree char *args = g_strdup_printf("{\"mutation_id\":\"%s\"}", by_human);
                refuse(place, agents[i], "revert_mutation", args, i ? "!NOT_FOUND" : "!DENIED");
                g_autofree char *again =
                        g_strdup_printf("{\"mutation_id\":\"%s\",\"force\":true}", undone);
                /* the row is gone with it, and nothing that is gone is seen */
                refuse(place, agents[i], "revert_mutation", again, i ? "!NOT_FOUND" : "!DENIED");
        }
        place_free(place);
}

/* A cohort of the caller's own is undone, and told, as far as it is seen. */
static void test_a_scoped_agent_undoes_its_session(void)
{
        Place *place = place_new();
        g_autofree char *one = claim(place, place->scoped, "one");

        tick_set(TICK_CALLS + 1);
        g_autofree char *two = claim(place, place->scoped, "two");
        tick_set(TICK_CALLS + 2);
        g_autofree char *done =
                place_call(place, place->scoped, "revert_group",
                           "{\"session_id\":\"sess-0000000000000000000000000000000a\"}");
        place_expect("its session", done, "{\"count\":2,");
        g_autofree char *left = place_get(
                place, "SELECT count(*) FROM facts WHERE agent LIKE 'conn-%%' AND is_active = 1");
        g_assert_cmpstr(left, ==, "0");
        place_free(place);
}

static bool set_secret(Db *db, void *data, GError **error)
{
        return db_execute(db, "INSERT INTO settings (name, value) VALUES ('Secret', 'x')", error);
}

/* Seen to fail: ops opened for whoever has no scope. */
static void test_agents_are_told_nothing_of_who_may_do_what(void)
{
        Place *place = place_new();
        g_autoptr(GError) error = NULL;
        WriteOptions options = {.actor = access_actor(place->world->human)};

        g_assert_true(store_write(place->world->rooms->ops, &options, set_secret, NULL, &error));
        g_assert_no_error(error);
        g_autofree char *human = place_call(place, place->world->human, "list_mutations",
                                            "{\"table_name\":\"settings\"}");
        g_autofree char *agent =
                place_call(place, place->agent, "list_mutations", "{\"table_name\":\"settings\"}");
        g_assert_nonnull(strstr(human, "Secret"));
        g_assert_null(strstr(agent, "Secret"));
        place_free(place);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/scope/what-is-hidden-is-as-if-it-were-not",
                        test_what_is_hidden_is_as_if_it_were_not);
        g_test_add_func("/scope/a-name-that-is-taken-out-of-sight-is-as-one-that-is-free",
                        test_a_name_that_is_taken_out_of_sight_is_as_one_that_is_free);
        g_test_add_func("/scope/agents-do-not-undo-what-others-wrote",
                        test_agents_do_not_undo_what_others_wrote);
        g_test_add_func("/scope/agents-undo-what-they-wrote-and-their-undoing",
                        test_agents_undo_what_they_wrote_and_their_undoing);
        g_test_add_func("/scope/a-scoped-agent-undoes-its-session",
                        test_a_scoped_agent_undoes_its_session);
        g_test_add_func("/scope/agents-are-told-nothing-of-who-may-do-what",
                        test_agents_are_told_nothing_of_who_may_do_what);
        return g_test_run();
}
