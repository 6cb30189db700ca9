/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The authorization server, over HTTP, with a real gate behind it.
 * Seen to fail: a code taken twice; a verifier not compared; a redirect to an address that was not registered; a code given
 * before the approval; state left out; the code of one client redeemed by another; iss left out; another resource taken;
 * every client's document fetched at once; a code used twice at once that left tokens which let in; images of strange
 * pages that asked the person; a client that could not come again; a bearer in a file that nobody asked for. */
#include <gio/gio.h>
#include <sodium.h>

#include "client.h"
#include "gate/fixture.h"
#include "http/form.h"
#include "http/oauth-private.h"

#define VERIFIER "a-verifier-that-is-long-enough-to-be-one-0123456789"
#define REDIRECT "http://127.0.0.1:4711/cb"

typedef struct World {
        Fixture gate;
        Place place;
        Oauth *oauth;
} World;

static void world_up(World *world, const void *data)
{
        fixture_up(&world->gate, NULL);
        HttpOptions options = {.gate = world->gate.gate, .pool = world->gate.pool};

        place_open(&world->place, &options);
        options.service = world->place.service;
        world->oauth = oauth_new(&options, world->place.server);
        place_start(&world->place);
        g_autofree char *resource = g_strconcat(server_url(world->place.server), "/mcp", NULL);
        gate_set_resource(world->gate.gate, resource);
}

static void world_down(World *world, const void *data)
{
        fixture_turn(&world->gate);
        oauth_free(world->oauth);
        place_close(&world->place);
        fixture_down(&world->gate, NULL);
}

/* ---- talking ---- */

/* The answer to a request in which @HOST is ours; both loops run meanwhile. The caller frees. */
static char *talk(World *world, const char *text)
{
        g_autoptr(GString) request = g_string_new(text), heard = g_string_new(NULL);
        g_autofree char *host = g_strdup_printf("Host: 127.0.0.1:%u", world->place.port);
        int fd = client_open(&world->place);
        int64_t end = g_get_monotonic_time() + PATIENCE_US * 3;

        g_string_replace(request, "@HOST", host, 0);
        client_say(fd, request->str);
        while (!client_is_whole(heard) && g_get_monotonic_time() < end) {
                char buffer[65536];
                place_turn(&world->place);
                while (sd_event_run(world->gate.loop, 0) > 0)
                        ;
                ssize_t n = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
                if (n > 0)
                        g_string_append_len(heard, buffer, n);
        }
        close(fd);
        g_assert_true(client_is_whole(heard));
        return g_string_free(g_steal_pointer(&heard), FALSE);
}

static char *get(World *world, const char *path)
{
        g_autofree char *text = g_strdup_printf("GET %s HTTP/1.1\r\n@HOST\r\n\r\n", path);

        return talk(world, text);
}

static char *post(World *world, const char *path, const char *type, const char *body)
{
        g_autofree char *text = g_strdup_printf("POST %s HTTP/1.1\r\n@HOST\r\nContent-Type: %s\r\n"
                                                "Content-Length: %zu\r\n\r\n%s",
                                                path, type, strlen(body), body);

        return talk(world, text);
}

static void has_status(const char *answer, unsigned status)
{
        g_autofree char *line = g_strdup_printf("HTTP/1.1 %u ", status);

        if (!g_str_has_prefix(answer, line))
                g_error("not %u: %s", status, answer);
}

static JsonObject *json_of(const char *answer)
{
        g_autoptr(GError) error = NULL;
        JsonObject *object = json_parse_object(strstr(answer, "\r\n\r\n") + 4, -1, &error);

        g_assert_no_error(error);
        return object;
}

/* A member of a JSON answer, which the caller frees. */
static char *member(const char *answer, const char *name)
{
        g_autoptr(JsonObject) object = json_of(answer);

        return g_strdup(json_member_string(object, name, NULL));
}

static char *location(const char *answer)
{
        const char *begin = strstr(answer, "\r\nLocation: ");

        g_assert_nonnull(begin);
        begin += strlen("\r\nLocation: ");
        return g_strndup(begin, strcspn(begin, "\r"));
}

/* A part of the query of where the browser is sent; the caller frees. */
static char *part(const char *url, const char *name)
{
        const char *query = strchr(url, '?');
        g_autoptr(GHashTable) form = query ? form_parse(query + 1, strlen(query + 1), NULL) : NULL;

        return form ? g_strdup(g_hash_table_lookup(form, name)) : NULL;
}

/* ---- steps ---- */

static char *registered(World *world)
{
        g_autofree char *answer = post(world, "/oauth/register", "application/json",
                                       "{\"client_name\": \"Te<b>st\", \"redirect_uris\": "
                                       "[\"" REDIRECT "\"]}");

        has_status(answer, 201);
        return member(answer, "client_id");
}

static char *challenge(void)
{
        uint8_t hash[crypto_hash_sha256_BYTES];
        char text[64];

        crypto_hash_sha256(hash, (const uint8_t *)VERIFIER, strlen(VERIFIER));
        sodium_bin2base64(text, sizeof text, hash, sizeof hash,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        return g_strdup(text);
}

/* The answer to the authorization request, with more (which begins with "&") at its end. */
static char *authorize(World *world, const char *client, const char *redirect, const char *more)
{
        g_autofree char *id = form_escape(client), *to = form_escape(redirect),
                        *proof = challenge();
        g_autofree char *path = g_strdup_printf(
                "/oauth/authorize?response_type=code&client_id=%s&redirect_uri=%s&state=st%%20ate"
                "&code_challenge=%s&code_challenge_method=S256%s",
                id, to, proof, more);

        return get(world, path);
}

/* The page that waits for the person. */
static char *waiting_page(World *world, const char *client)
{
        g_autofree char *answer = authorize(world, client, REDIRECT, "");

        has_status(answer, 303);
        return location(answer);
}

static void decide(World *world, bool approve)
{
        g_autofree char *id = read_text(world->gate.ops, NULL,
                                        "SELECT id FROM approvals WHERE state = 'pending'");
        g_autoptr(GError) error = NULL;

        gate_resolve(world->gate.gate, world->gate.human, id, approve, NULL, &error);
        g_assert_no_error(error);
        fixture_turn(&world->gate);
}

/* The code after the person has said yes. */
static char *code_for(World *world, const char *client)
{
        g_autofree char *page = waiting_page(world, client);

        decide(world, true);
        g_autofree char *answer = get(world, page);
        has_status(answer, 302);
        g_autofree char *url = location(answer);
        g_assert_true(g_str_has_prefix(url, REDIRECT "?"));
        g_autofree char *state = part(url, "state");
        g_assert_cmpstr(state, ==, "st ate");
        return part(url, "code");
}

static char *redeem(World *world, const char *client, const char *code, const char *verifier)
{
        g_autofree char *id = form_escape(client);
        g_autofree char *body = g_strdup_printf(
                "grant_type=authorization_code&client_id=%s&code=%s&code_verifier=%s"
                "&redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A4711%%2Fcb",
                id, code, verifier);

        return post(world, "/oauth/token", "application/x-www-form-urlencoded", body);
}

static char *renew(World *world, const char *client, const char *refresh)
{
        g_autofree char *id = form_escape(client);
        g_autofree char *body = g_strdup_printf(
                "grant_type=refresh_token&client_id=%s&refresh_token=%s", id, refresh);

        return post(world, "/oauth/token", "application/x-www-form-urlencoded", body);
}

static void has_error(const char *answer, const char *code)
{
        has_status(answer, 400);
        g_autofree char *found = member(answer, "error");
        g_assert_cmpstr(found, ==, code);
}

/* ---- tests ---- */

static void test_the_whole_way_leads_in(World *world, const void *data)
{
        g_autofree char *client = registered(world);
        g_autofree char *code = code_for(world, client);
        g_autofree char *answer = redeem(world, client, code, VERIFIER);
        g_autoptr(GError) error = NULL;

        has_status(answer, 200);
        g_autofree char *access = member(answer, "access_token");
        g_autofree char *refresh = member(answer, "refresh_token");
        g_autoptr(Connection) connection =
                gate_authenticate(world->gate.gate, access, "peer", &error);
        g_assert_no_error(error);
        g_assert_cmpstr(connection_terms(connection)->name, ==, "Te<b>st");
        g_autofree char *again = renew(world, client, refresh);
        has_status(again, 200);
        g_autofree char *fresh = member(again, "access_token");
        is_let_in(&world->gate, fresh);
        g_autofree char *stolen = renew(world, client, refresh);
        has_error(stolen, "invalid_grant");
        g_free(is_refused(&world->gate, fresh, "peer", OUROBOROS_ERROR_DENIED));
}

static void test_no_code_before_the_person_says_yes(World *world, const void *data)
{
        g_autofree char *client = registered(world);
        g_autofree char *page = waiting_page(world, client);
        g_autofree char *waits = get(world, page);

        has_status(waits, 200);
        g_assert_nonnull(strstr(waits, "http-equiv=\"refresh\""));
        g_assert_nonnull(strstr(waits, "Te&lt;b&gt;st"));
        g_assert_null(strstr(waits, "<b>st"));
        g_assert_null(strstr(waits, "code="));
        decide(world, false);
        g_autofree char *answer = get(world, page);
        has_status(answer, 302);
        g_autofree char *url = location(answer);
        g_autofree char *refusal = part(url, "error"), *code = part(url, "code");
        g_assert_cmpstr(refusal, ==, "access_denied");
        g_assert_null(code);
        g_autofree char *after = get(world, page);
        has_status(after, 404);
}

static void ask_as_page(World *world, const char *client, const char *fetched, unsigned status)
{
        g_autofree char *id = form_escape(client), *proof = challenge();
        g_autofree char *text = g_strdup_printf(
                "GET /oauth/authorize?response_type=code&client_id=%s&code_challenge=%s"
                "&code_challenge_method=S256 HTTP/1.1\r\n@HOST\r\n%s\r\n\r\n",
                id, proof, fetched);
        g_autofree char *answer = talk(world, text);

        has_status(answer, status);
        fixture_turn(&world->gate);
}

static void test_only_a_page_of_its_own_asks_the_person(World *world, const void *data)
{
        g_autofree char *client = registered(world);

        ask_as_page(world, client, "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image", 403);
        ask_as_page(world, client, "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty", 403);
        ask_as_page(world, client, "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe", 403);
        ask_as_page(world, client,
                    "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
                    "Sec-Purpose: prefetch;prerender",
                    403);
        ask_as_page(world, "https://localhost:1/client.json", "Sec-Fetch-Dest: image", 403);
        assert_reads(world->gate.ops, "SELECT count(*) FROM approvals", "0");
        ask_as_page(world, client,
                    "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n"
                    "Sec-Fetch-Dest: document",
                    303);
        /* a program's fetch() is no browser's */
        ask_as_page(world, client, "Sec-Fetch-Mode: cors", 303);
}

static void test_a_client_that_comes_again_is_given_a_free_name(World *world, const void *data)
{
        g_autofree char *client = registered(world);

        for (int i = 0; i < 3; i++) {
                g_autofree char *code = code_for(world, client);
                g_autofree char *answer = redeem(world, client, code, VERIFIER);
                has_status(answer, 200);
        }
        assert_reads(
                world->gate.ops,
                "SELECT group_concat(name, ', ') FROM (SELECT name FROM connections ORDER BY 1)",
                "Te<b>st, Te<b>st 2, Te<b>st 3");
        assert_reads(world->gate.ops,
                     "SELECT group_concat(payload ->> 'name', ', ') FROM (SELECT payload FROM"
                     " approvals ORDER BY created_at)",
                     "Te<b>st, Te<b>st 2, Te<b>st 3");
        /* the bearers of these are tokens */
        assert_reads(world->gate.ops, "SELECT count(*) FROM bearers", "0");
        g_autofree char *folder = g_build_filename(world->gate.folder, "bearers", NULL);
        g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
}

static void test_a_code_is_good_once(World *world, const void *data)
{
        g_autofree char *client = registered(world);
        g_autofree char *code = code_for(world, client);
        g_autofree char *first = redeem(world, client, code, VERIFIER);
        g_autofree char *access = member(first, "access_token");

        is_let_in(&world->gate, access);
        g_autofree char *second = redeem(world, client, code, VERIFIER);
        has_error(second, "invalid_grant");
        g_free(is_refused(&world->gate, access, "peer", OUROBOROS_ERROR_DENIED));
}

/* Says it without waiting for the answer. */
static int begin_redeeming(World *world, const char *client, const char *code)
{
        g_autofree char *id = form_escape(client);
        g_autofree char *body = g_strdup_printf(
                "grant_type=authorization_code&client_id=%s&code=%s&code_verifier=" VERIFIER, id,
                code);
        g_autofree char *text = g_strdup_printf(
                "POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: "
                "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
                world->place.port, strlen(body), body);
        int fd = client_open(&world->place);

        client_say(fd, text);
        return fd;
}

static void test_a_code_that_is_used_twice_at_once_gives_nothing(World *world, const void *data)
{
        g_autofree char *client = registered(world);
        g_autofree char *code = code_for(world, client);
        int one = begin_redeeming(world, client, code),
            other = begin_redeeming(world, client, code);

        /* both have come in before the first of them is done, which the gate's loop would tell */
        for (int i = 0; i < 50; i++)
                place_turn(&world->place);
        for (int i = 0; i < 3; i++)
                g_free(get(world, "/oauth/wait?id=none"));
        fixture_turn(&world->gate);
        place_turn(&world->place);
        fixture_turn(&world->gate);
        assert_reads(world->gate.ops, "SELECT count(*) FROM oauth_tokens", "2");
        assert_reads(world->gate.ops, "SELECT count(*) FROM oauth_tokens WHERE spent_at IS NULL",
                     "0");
        close(one);
        close(other);
}

static void test_a_code_is_for_who_asked(World *world, const void *data)
{
        g_autofree char *client = registered(world);
        g_autofree char *answer =
                post(world, "/oauth/register", "application/json",
                     "{\"client_name\": \"Thief\", \"redirect_uris\": [\"" REDIRECT "\"]}");
        g_autofree char *thief = member(answer, "client_id");
        g_autofree char *code = code_for(world, client);
        g_autofree char *guessed =
                redeem(world, client, code, "another-verifier-that-is-long-enough-0123456789");
        g_autofree char *bare = redeem(world, client, code, "short");
        g_autofree char *other = redeem(world, thief, code, VERIFIER);
        g_autofree char *unknown = redeem(world, client, "nonsense", VERIFIER);

        has_error(guessed, "invalid_grant");
        has_error(bare, "invalid_grant");
        has_error(other, "invalid_grant");
        has_error(unknown, "invalid_grant");
        g_autofree char *good = redeem(world, client, code, VERIFIER);
        has_status(good, 200);
}

static void test_nobody_is_sent_where_the_client_did_not_say(World *world, const void *data)
{
        g_autofree char *client = registered(world);
        g_autofree char *evil = authorize(world, client, "https://evil.example/cb", "");
        g_autofree char *unknown = authorize(world, "nobody", "https://evil.example/cb", "");

        has_status(evil, 400);
        has_status(unknown, 400);
        g_assert_null(strstr(evil, "Location:"));
        g_assert_null(strstr(unknown, "Location:"));
        assert_reads(world->gate.ops, "SELECT count(*) FROM approvals", "0");
}

static void is_sent_back_with(World *world, const char *client, const char *more, const char *code)
{
        g_autofree char *answer = authorize(world, client, REDIRECT, more);

        has_status(answer, 302);
        g_autofree char *url = location(answer);
        g_autofree char *refusal = part(url, "error"), *issuer = part(url, "iss");
        g_assert_cmpstr(refusal, ==, code);
        g_assert_cmpstr(issuer, ==, server_url(world->place.server));
}

static void test_a_bad_request_is_told_to_the_client(World *world, const void *data)
{
        g_autofree char *client = registered(world);
        g_autofree char *id = form_escape(client);
        g_autofree char *plain =
                g_strdup_printf("/oauth/authorize?response_type=code&client_id=%s&code_challenge=%s"
                                "&code_challenge_method=plain",
                                id, VERIFIER);
        g_autofree char *answer = get(world, plain);
        g_autofree char *url = location(answer);
        g_autofree char *refusal = part(url, "error");

        g_assert_cmpstr(refusal, ==, "invalid_request");
        is_sent_back_with(world, client, "&resource=https%3A%2F%2Fother.example%2Fmcp",
                          "invalid_target");
        is_sent_back_with(world, client, "&resource=http%3A%2F%2F127.0.0.1%3A1%2Fmcp",
                          "invalid_target");
}

static void test_waiting_has_a_limit(World *world, const void *data)
{
        g_autofree char *client = registered(world);

        for (unsigned i = 0; i < OAUTH_PENDING_MAX; i++) {
                g_autofree char *page = waiting_page(world, client);
        }
        is_sent_back_with(world, client, "", "temporarily_unavailable");
}

static void test_a_token_can_be_given_back(World *world, const void *data)
{
        g_autofree char *client = registered(world);
        g_autofree char *code = code_for(world, client);
        g_autofree char *answer = redeem(world, client, code, VERIFIER);
        g_autofree char *access = member(answer, "access_token");
        g_autofree char *id = form_escape(client);
        g_autofree char *body = g_strdup_printf("token=%s&client_id=%s", access, id);

        is_let_in(&world->gate, access);
        g_autofree char *done =
                post(world, "/oauth/revoke", "application/x-www-form-urlencoded", body);
        has_status(done, 200);
        g_free(is_refused(&world->gate, access, "peer", OUROBOROS_ERROR_DENIED));
}

static void test_it_says_what_it_is(World *world, const void *data)
{
        g_autofree char *answer = get(world, "/.well-known/oauth-protected-resource/mcp");
        g_autofree char *resource = member(answer, "resource");
        g_autofree char *metadata = get(world, "/.well-known/oauth-authorization-server");
        g_autofree char *issuer = member(metadata, "issuer");
        g_autofree char *wanted = g_strconcat(server_url(world->place.server), "/mcp", NULL);

        g_assert_cmpstr(resource, ==, wanted);
        g_assert_cmpstr(issuer, ==, server_url(world->place.server));
        g_assert_nonnull(strstr(metadata, "\"code_challenge_methods_supported\":[\"S256\"]"));
        g_assert_nonnull(
                strstr(metadata, "\"authorization_response_iss_parameter_supported\":true"));
}

/* ---- clients with a document ---- */

static void test_a_client_is_known_by_its_document(World *world, const void *data)
{
        g_autofree char *script = g_test_build_filename(G_TEST_DIST, "provider", "https.py", NULL);
        g_autofree char *folder = g_dir_make_tmp("oauth-XXXXXX", NULL);
        g_autofree char *authority = g_build_filename(folder, "cert.pem", NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GSubprocess) server = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                         "/usr/bin/python3", script, folder, NULL);
        g_autoptr(GDataInputStream) lines =
                g_data_input_stream_new(g_subprocess_get_stdout_pipe(server));
        g_autofree char *port = g_data_input_stream_read_line(lines, NULL, NULL, &error);
        g_autofree char *url = g_strdup_printf("https://localhost:%s/client.json", port);
        g_autofree char *lie = g_strdup_printf("https://localhost:%s/good", port);

        g_autofree char *inside = authorize(world, url, REDIRECT, "");
        has_status(inside, 400);
        g_assert_nonnull(strstr(inside, "not public"));
        world->oauth->fetch.authority = authority;
        world->oauth->fetch.may_be_local = true;
        g_autofree char *other = authorize(world, lie, REDIRECT, "");
        has_status(other, 400);
        g_autofree char *page = waiting_page(world, url);
        g_autofree char *waits = get(world, page);
        g_assert_nonnull(strstr(waits, "It says so on localhost"));
        g_subprocess_force_exit(server);
        g_subprocess_wait(server, NULL, NULL);
        g_autofree char *kept = waiting_page(world, url);
        g_autofree char *key = g_build_filename(folder, "key.pem", NULL);
        g_unlink(authority);
        g_unlink(key);
        g_rmdir(folder);
}

static void test_few_documents_are_fetched_at_once(World *world, const void *data)
{
        unsigned refused = 0;

        world->oauth->fetches = OAUTH_FETCHES_MAX - 1;
        for (int i = 0; i < 2; i++) {
                g_autofree char *answer =
                        authorize(world, "https://localhost:1/client.json", REDIRECT, "");
                refused += strstr(answer, "OAUTH_FETCHES_MAX") != NULL;
                has_status(answer, i == 0 ? 400 : 503);
                world->oauth->fetches++;
        }
        g_assert_cmpuint(refused, ==, 1);
        world->oauth->fetches = 0;
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, func) g_test_add("/http/oauth/" name, World, NULL, world_up, func, world_down)
        ADD("the-whole-way-leads-in", test_the_whole_way_leads_in);
        ADD("no-code-before-the-person-says-yes", test_no_code_before_the_person_says_yes);
        ADD("only-a-page-of-its-own-asks-the-person", test_only_a_page_of_its_own_asks_the_person);
        ADD("a-client-that-comes-again-is-given-a-free-name",
            test_a_client_that_comes_again_is_given_a_free_name);
        ADD("a-code-is-good-once", test_a_code_is_good_once);
        ADD("a-code-that-is-used-twice-at-once-gives-nothing",
            test_a_code_that_is_used_twice_at_once_gives_nothing);
        ADD("a-code-is-for-who-asked", test_a_code_is_for_who_asked);
        ADD("nobody-is-sent-where-the-client-did-not-say",
            test_nobody_is_sent_where_the_client_did_not_say);
        ADD("a-bad-request-is-told-to-the-client", test_a_bad_request_is_told_to_the_client);
        ADD("waiting-has-a-limit", test_waiting_has_a_limit);
        ADD("a-token-can-be-given-back", test_a_token_can_be_given_back);
        ADD("it-says-what-it-is", test_it_says_what_it_is);
        ADD("a-client-is-known-by-its-document", test_a_client_is_known_by_its_document);
        ADD("few-documents-are-fetched-at-once", test_few_documents_are_fetched_at_once);
        return g_test_run();
}
