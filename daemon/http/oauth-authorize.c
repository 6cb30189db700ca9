/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The browser's part: /oauth/authorize asks the human through the gate and sends the browser to wait; /oauth/wait looks
 * whether it is decided, and sends the browser back to the client with a code, or with the refusal. Nothing is ever sent
 * to an address before it is known to be the client's. */
#include <sodium.h>
#include <string.h>

#include "http/form.h"
#include "http/oauth-private.h"
#include "provider/provider.h"

#define WAIT_REFRESH_SEC 2
#define CHALLENGE_CHARS  43 /* SHA-256 as base64url */
#define DOCUMENTS_MAX    32
#define DOCUMENT_SEC     300

void oauth_pending_free(void *data)
{
        Pending *pending = data;

        g_free(pending->id);
        oauth_client_free(pending->client);
        g_free(pending->redirect);
        g_free(pending->state);
        g_free(pending->challenge);
        g_free(pending->resource);
        g_free(pending->issuer);
        g_free(pending->approval);
        g_free(pending->code);
        g_free(pending->spent);
        g_free(pending->connection);
        g_free(pending->family);
        g_free(pending);
}

static gboolean is_over(void *id, void *pending, void *now)
{
        return ((Pending *)pending)->expires_us <= *(int64_t *)now;
}

void oauth_prune(Oauth *oauth)
{
        int64_t now = g_get_monotonic_time();

        g_hash_table_foreach_remove(oauth->pending, is_over, &now);
}

/* ---- back to the client ---- */

static void add_part(GString *url, const char *name, const char *value)
{
        if (!value)
                return;
        g_autofree char *escaped = form_escape(value);
        g_string_append_printf(url, "%c%s=%s", strchr(url->str, '?') ? '&' : '?', name, escaped);
}

/* Sends the browser to the client's address with the parts that are not NULL (RFC 6749, section 4.1.2; RFC 9207). */
static void send_back(Request *request, const Pending *pending, const char *code,
                      const char *refusal)
{
        g_autoptr(GString) url = g_string_new("Location: ");

        g_string_append(url, pending->redirect);
        add_part(url, "code", code);
        add_part(url, "error", refusal);
        add_part(url, "state", pending->state);
        add_part(url, "iss", pending->issuer);
        const char *headers[] = {url->str, "Referrer-Policy: no-referrer", NULL};
        request_answer(request, &(Answer){.status = 302, .headers = headers});
}

/* ---- waiting ---- */

static void show_waiting(Request *request, const Pending *pending)
{
        g_autofree char *place = oauth_redirect_place(pending->redirect);
        g_autofree char *vouched =
                pending->client->host ? g_strdup_printf("It says so on %s.", pending->client->host)
                                      : g_strdup("Nobody vouches for this name.");
        g_autofree char *text = g_strdup_printf(
                "\xe2\x80\x9c%s\xe2\x80\x9d asks to be connected with your memory. %s The answer goes to %s.\n\n"
                "Look at Ouroboros in your panel: there you see what it would be allowed to do, and "
                "decide. Or in a terminal:\n\nouroborosctl approve %s\nouroborosctl deny %s\n\n"
                "This page goes on by itself.",
                pending->client->name, vouched, place, pending->approval, pending->approval);

        oauth_answer_page(request, 200, "Ouroboros asks you", text, WAIT_REFRESH_SEC);
}

static void look(OauthJob *job)
{
        job->approval = gate_approval(job->gate, job->in[0], &job->error);
}

/* The last page before the code is a redirect, so that the code stands in no page. */
static void give_code(Request *request, Pending *pending, JsonObject *decision)
{
        g_autofree char *code = oauth_random_code();

        g_free(pending->connection);
        pending->connection = g_strdup(json_member_string(decision, "connection_id", NULL));
        g_free(pending->code);
        pending->code = oauth_hash(code);
        pending->expires_us = g_get_monotonic_time() + OAUTH_CODE_SEC * G_USEC_PER_SEC;
        send_back(request, pending, code, NULL);
        sodium_memzero(code, strlen(code));
}

static void on_looked(OauthJob *job)
{
        Pending *pending = g_hash_table_lookup(job->oauth->pending, job->id);

        if (!job->request)
                return;
        if (!pending || !job->approval || pending->spent) {
                oauth_answer_page(job->request, 404, "This request is over",
                                  "Begin anew in the program that sent you here.", 0);
        } else if (job->approval->state == APPROVAL_PENDING) {
                show_waiting(job->request, pending);
        } else if (job->approval->state == APPROVAL_APPROVED) {
                give_code(job->request, pending, job->approval->decision);
        } else {
                send_back(job->request, pending, NULL, "access_denied");
                g_hash_table_remove(job->oauth->pending, job->id);
        }
}

void oauth_on_wait(Request *request, void *data)
{
        Oauth *oauth = data;
        const char *id = request_query(request, "id");

        oauth_prune(oauth);
        const Pending *pending = id ? g_hash_table_lookup(oauth->pending, id) : NULL;
        if (!pending || !pending->approval) {
                oauth_answer_page(
                        request, 404, "There is no such request",
                        "It is over, or it never was. Begin anew in the program that sent "
                        "you here.",
                        0);
                return;
        }
        OauthJob *job = oauth_job_new(oauth, request);
        job->id = g_strdup(id);
        job->in[0] = g_strdup(pending->approval);
        job->work = look;
        job->done = on_looked;
        oauth_job_start(job);
}

/* ---- asking the human ---- */

/* The gate's words for a connection that is asked for. A client that asks to read only gets no more offered. */
static JsonObject *describe(const Pending *pending, const char *scope)
{
        JsonObject *payload = json_object_new();
        g_autofree char *place = oauth_redirect_place(pending->redirect);

        json_object_set_string_member(payload, "name", pending->client->name);
        json_object_set_string_member(payload, "profile",
                                      g_strcmp0(scope, "read") == 0 ? "read-only" : "full");
        json_object_set_string_member(payload, "delivery", "oauth");
        json_object_set_string_member(payload, "answer_goes_to", place);
        json_set_string(payload, "vouched_by", pending->client->host);
        return payload;
}

static void ask(OauthJob *job)
{
        g_autoptr(Access) access = access_new_system("oauth");
        g_autofree char *title =
                g_strdup_printf("\xe2\x80\x9c%s\xe2\x80\x9d asks to be connected", job->in[0]);
        Approval request = {
                .kind = "connection",
                .title = title,
                .payload = job->ask,
                .expires_us = clock_now() + OAUTH_PENDING_SEC * G_USEC_PER_SEC,
        };

        job->out = gate_request(job->gate, access, &request, &job->error);
}

static void on_asked(OauthJob *job)
{
        Pending *pending = g_hash_table_lookup(job->oauth->pending, job->id);

        if (job->error && pending) {
                log_debug("Cannot ask the human for %s: %s", pending->client->name,
                          job->error->message);
                if (job->request)
                        send_back(job->request, pending, NULL, "temporarily_unavailable");
                g_hash_table_remove(job->oauth->pending, job->id);
                return;
        }
        if (pending)
                pending->approval = g_steal_pointer(&job->out);
        if (!job->request)
                return;
        g_autofree char *location = g_strconcat("Location: /oauth/wait?id=", job->id, NULL);
        const char *headers[] = {location, NULL};
        request_answer(job->request, &(Answer){.status = 303, .headers = headers});
}

static void start_asking(Oauth *oauth, Request *request, Pending *pending)
{
        OauthJob *job = oauth_job_new(oauth, request);

        g_hash_table_insert(oauth->pending, pending->id, pending);
        job->id = g_strdup(pending->id);
        job->in[0] = g_strdup(pending->client->name);
        job->ask = describe(pending, request_query(request, "scope"));
        job->work = ask;
        job->done = on_asked;
        oauth_job_start(job);
}

/* ---- what is asked ---- */

/* The error of RFC 6749, section 4.1.2.1, that the request deserves, or NULL. */
static const char *judge(const Oauth *oauth, const Request *request)
{
        const char *challenge = request_query(request, "code_challenge");
        const char *method = request_query(request, "code_challenge_method");
        const char *state = request_query(request, "state");

        if (g_strcmp0(request_query(request, "response_type"), "code") != 0)
                return "unsupported_response_type";
        /* plain is not offered: it shows the verifier to whoever sees the request */
        if (!challenge || strlen(challenge) != CHALLENGE_CHARS || g_strcmp0(method, "S256") != 0 ||
            (state && strlen(state) > OAUTH_VALUE_BYTES_MAX))
                return "invalid_request";
        if (!oauth_is_our_resource(oauth, request_query(request, "resource")))
                return "invalid_target";
        return g_hash_table_size(oauth->pending) >= OAUTH_PENDING_MAX ? "temporarily_unavailable"
                                                                      : NULL;
}

/* The client is known; it is taken over. */
static void go_on(Oauth *oauth, Request *request, OauthClient *client)
{
        const char *redirect = request_query(request, "redirect_uri");
        Pending *pending;

        if (!redirect && client->redirects[0] && !client->redirects[1])
                redirect = client->redirects[0];
        if (!redirect || !oauth_client_allows(client, redirect)) {
                oauth_client_free(client);
                oauth_answer_page(request, 400, "This cannot go on",
                                  "The program that sent you here wants its answer at an address "
                                  "that is not among those it named before (redirect_uri).",
                                  0);
                return;
        }
        pending = g_new0(Pending, 1);
        *pending = (Pending){
                .id = oauth_random_id(),
                .client = client,
                .redirect = g_strdup(redirect),
                .state = g_strdup(request_query(request, "state")),
                .challenge = g_strdup(request_query(request, "code_challenge")),
                .resource = g_strdup(request_query(request, "resource")),
                .issuer = oauth_issuer(request),
                .expires_us = g_get_monotonic_time() + OAUTH_PENDING_SEC * G_USEC_PER_SEC,
        };
        const char *refusal = judge(oauth, request);
        if (!refusal) {
                start_asking(oauth, request, pending);
                return;
        }
        send_back(request, pending, NULL, refusal);
        oauth_pending_free(pending);
}

static void refuse_client(Request *request, const GError *error)
{
        g_autofree char *text = g_strdup_printf(
                "The program that sent you here is not known (client_id). %s", error->message);

        oauth_answer_page(request, 400, "This cannot go on", text, 0);
}

/* ---- clients with a document ---- */

typedef struct Document {
        int64_t expires_us; /* monotonic */
        char text[];
} Document;

static gboolean is_stale(void *url, void *document, void *now)
{
        return ((Document *)document)->expires_us <= *(int64_t *)now;
}

static void remember(Oauth *oauth, const char *url, const char *text)
{
        int64_t now = g_get_monotonic_time();
        size_t size = strlen(text) + 1;
        Document *document = g_malloc(sizeof *document + size);

        document->expires_us = now + DOCUMENT_SEC * G_USEC_PER_SEC;
        memcpy(document->text, text, size);
        g_hash_table_foreach_remove(oauth->documents, is_stale, &now);
        if (g_hash_table_size(oauth->documents) >= DOCUMENTS_MAX)
                g_hash_table_remove_all(oauth->documents);
        g_hash_table_insert(oauth->documents, g_strdup(url), document);
}

static void fetch(OauthJob *job)
{
        job->out = fetch_document(job->in[0], &job->fetch, &job->error);
}

static void use_document(Oauth *oauth, Request *request, const char *url, const char *text)
{
        g_autoptr(GError) error = NULL;
        OauthClient *client = oauth_client_from_document(url, text, &error);

        if (client)
                go_on(oauth, request, client);
        else
                refuse_client(request, error);
}

static void on_fetched(OauthJob *job)
{
        job->oauth->fetches--;
        if (job->out)
                remember(job->oauth, job->in[0], job->out);
        if (!job->request)
                return;
        if (job->out)
                use_document(job->oauth, job->request, job->in[0], job->out);
        else
                refuse_client(job->request, job->error);
}

static void refuse_busy(Request *request)
{
        g_autofree char *text = g_strdup_printf(
                "OAUTH_FETCHES_MAX (%d) other programs are being looked up. Try again in a moment.",
                OAUTH_FETCHES_MAX);

        oauth_answer_page(request, 503, "This cannot go on now", text, 0);
}

static void look_document_up(Oauth *oauth, Request *request, const char *url)
{
        const Document *known = g_hash_table_lookup(oauth->documents, url);

        if (known && known->expires_us > g_get_monotonic_time()) {
                use_document(oauth, request, url, known->text);
                return;
        }
        /* whoever opens this page makes us fetch: that must not take the threads of others */
        if (oauth->fetches >= OAUTH_FETCHES_MAX) {
                refuse_busy(request);
                return;
        }
        OauthJob *job = oauth_job_new(oauth, request);
        oauth->fetches++;
        job->in[0] = g_strdup(url);
        job->fetch = oauth->fetch;
        job->work = fetch;
        job->done = on_fetched;
        oauth_job_start(job);
}

/* A browser says what it wants a page for: only as the page that the person looks at may it put anything to him. An
 * image or a script of a strange page, a frame, or what is fetched ahead gets nothing. Others than browsers say nothing,
 * or a mode alone, as Node does. */
static bool is_for_person(const Request *request)
{
        const char *mode = request_header(request, "Sec-Fetch-Mode");
        const char *destination = request_header(request, "Sec-Fetch-Dest");
        const char *purpose = request_header(request, "Sec-Purpose");

        return (!destination || (g_str_equal(destination, "document") &&
                                 (!mode || g_str_equal(mode, "navigate")))) &&
               !(purpose && strstr(purpose, "prefetch"));
}

static void refuse_hidden(Request *request)
{
        oauth_answer_page(request, 403, "This cannot go on",
                          "This page asks a person, so it is only shown as a page of its own "
                          "(Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document).",
                          0);
}

void oauth_on_authorize(Request *request, void *data)
{
        Oauth *oauth = data;
        const char *id = request_query(request, "client_id");
        uint8_t key[OAUTH_KEY_BYTES];
        g_autoptr(GError) error = NULL;

        oauth_prune(oauth);
        if (!is_for_person(request)) {
                refuse_hidden(request);
                return;
        }
        if (id && oauth_client_is_url(id)) {
                look_document_up(oauth, request, id);
                return;
        }
        if (!gate_key(oauth->options.gate, OAUTH_KEY_PURPOSE, key, &error)) {
                request_answer_error(request, error);
                return;
        }
        OauthClient *client = oauth_client_open(key, id ? id : "", &error);
        sodium_memzero(key, sizeof key);
        if (client)
                go_on(oauth, request, client);
        else
                refuse_client(request, error);
}
