/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's part: a code or a refresh token for new tokens (RFC 6749, section 4.1.3 and 6; OAuth 2.1), and giving
 * tokens back (RFC 7009). A code is good once: a second try says that somebody has stolen it, and ends what the first
 * one got. */
#include <sodium.h>
#include <string.h>

#include "http/form.h"
#include "http/oauth-private.h"

#define VERIFIER_CHARS_MIN 43 /* RFC 7636, section 4.1 */
#define VERIFIER_CHARS_MAX 128

typedef struct TokenClaim {
        GHashTable *form;
        const char *client, *resource;
} TokenClaim;

static const char *field(GHashTable *form, const char *name)
{
        return g_hash_table_lookup(form, name);
}

static bool fits(const char *challenge, const char *verifier)
{
        uint8_t hash[crypto_hash_sha256_BYTES];
        char text[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
        size_t length = verifier ? strlen(verifier) : 0;

        if (length < VERIFIER_CHARS_MIN || length > VERIFIER_CHARS_MAX)
                return false;
        crypto_hash_sha256(hash, (const uint8_t *)verifier, length);
        sodium_bin2base64(text, sizeof text, hash, sizeof hash,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        return strlen(challenge) == strlen(text) &&
               sodium_memcmp(challenge, text, strlen(text)) == 0;
}

/* ---- answers ---- */

static void answer_tokens(Request *request, const Grant *grant)
{
        g_autoptr(JsonObject) body = json_object_new();

        json_object_set_string_member(body, "access_token", grant->access);
        json_object_set_string_member(body, "token_type", "Bearer");
        json_object_set_int_member(body, "expires_in", grant->access_sec);
        json_object_set_string_member(body, "refresh_token", grant->refresh);
        request_answer_json(request, 200, body);
}

static void refuse_reuse(Oauth *oauth, Request *request, Pending *pending);

static void on_granted(OauthJob *job)
{
        Pending *pending = job->id ? g_hash_table_lookup(job->oauth->pending, job->id) : NULL;

        if (pending && !job->error)
                pending->family = g_strdup(job->grant.family);
        if (pending && pending->is_stolen && !job->error) {
                refuse_reuse(job->oauth, job->request, pending);
                return;
        }
        if (!job->request)
                return;
        if (!job->error)
                answer_tokens(job->request, &job->grant);
        else if (error_code(job->error) == OUROBOROS_ERROR_DENIED)
                oauth_answer_error(job->request, 400, "invalid_grant", job->error->message);
        else
                request_answer_error(job->request, job->error);
}

/* ---- a code ---- */

static void grant(OauthJob *job)
{
        GrantRequest request = {
                .connection = job->in[0], .client = job->in[1], .audience = job->in[2]};

        (void)gate_grant(job->gate, &request, &job->grant, &job->error);
}

static void end_family(OauthJob *job)
{
        (void)gate_end_grants(job->gate, job->in[0], &job->error);
}

static void on_family_ended(OauthJob *job)
{
        if (job->error)
                log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, job->error,
                          "The tokens of a code that was used twice could not be ended");
        if (job->request && job->error)
                request_answer_error(job->request, job->error);
        else if (job->request)
                oauth_answer_error(job->request, 400, "invalid_grant",
                                   "The code was used before; what it gave is void now");
}

static Pending *find_code(Oauth *oauth, const char *hash)
{
        GHashTableIter iter;
        void *value;

        g_hash_table_iter_init(&iter, oauth->pending);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
                Pending *pending = value;
                if (g_strcmp0(pending->code, hash) == 0 || g_strcmp0(pending->spent, hash) == 0)
                        return pending;
        }
        return NULL;
}

static void refuse_reuse(Oauth *oauth, Request *request, Pending *pending)
{
        pending->is_stolen = true; /* what is being given now ends once it is */
        if (!pending->family) {
                oauth_answer_error(request, 400, "invalid_grant", "The code was used before");
                return;
        }
        OauthJob *job = oauth_job_new(oauth, request);
        job->in[0] = g_strdup(pending->family);
        job->work = end_family;
        job->done = on_family_ended;
        oauth_job_start(job);
}

static bool is_same_request(const Pending *pending, const TokenClaim *claim)
{
        const char *redirect = field(claim->form, "redirect_uri");

        return g_strcmp0(claim->client, pending->client->id) == 0 &&
               (!redirect || g_str_equal(redirect, pending->redirect)) &&
               (!claim->resource || !pending->resource ||
                g_str_equal(claim->resource, pending->resource));
}

static void redeem_code(Oauth *oauth, Request *request, const TokenClaim *claim)
{
        const char *code = field(claim->form, "code");
        g_autofree char *hash = oauth_hash(code ? code : "");
        Pending *pending = find_code(oauth, hash);

        if (!pending || !is_same_request(pending, claim) ||
            !fits(pending->challenge, field(claim->form, "code_verifier"))) {
                oauth_answer_error(request, 400, "invalid_grant",
                                   "The code is not known, is over, or is another client's; or "
                                   "code_verifier, redirect_uri or resource do not fit it");
                return;
        }
        if (pending->spent) {
                refuse_reuse(oauth, request, pending);
                return;
        }
        pending->spent = g_steal_pointer(&pending->code);
        OauthJob *job = oauth_job_new(oauth, request);
        job->id = g_strdup(pending->id);
        job->in[0] = g_strdup(pending->connection);
        job->in[1] = g_strdup(claim->client);
        job->in[2] = g_strconcat(server_url(oauth->server), "/mcp", NULL);
        job->work = grant;
        job->done = on_granted;
        oauth_job_start(job);
}

/* ---- a refresh token ---- */

static void renew(OauthJob *job)
{
        (void)gate_renew(job->gate, job->in[0], job->in[1], &job->grant, &job->error);
}

static void redeem_refresh(Oauth *oauth, Request *request, const TokenClaim *claim)
{
        const char *token = field(claim->form, "refresh_token");

        if (!token || !claim->client) {
                oauth_answer_error(request, 400, "invalid_request",
                                   "refresh_token and client_id are required");
                return;
        }
        OauthJob *job = oauth_job_new(oauth, request);
        job->in[0] = g_strdup(token);
        job->in[1] = g_strdup(claim->client);
        job->work = renew;
        job->done = on_granted;
        oauth_job_start(job);
}

/* ---- the endpoints ---- */

/* The fields of the body; answers itself if there are none. */
static GHashTable *read_form(Request *request)
{
        const char *type = request_header(request, "Content-Type");
        g_autoptr(GError) error = NULL;
        size_t size;
        const char *body = request_body(request, &size);

        if (!type || !g_str_has_prefix(type, "application/x-www-form-urlencoded")) {
                oauth_answer_error(request, 400, "invalid_request",
                                   "The body must be application/x-www-form-urlencoded");
                return NULL;
        }
        GHashTable *form = form_parse(body, size, &error);
        if (!form)
                oauth_answer_error(request, 400, "invalid_request", error->message);
        return form;
}

void oauth_on_token(Request *request, void *data)
{
        Oauth *oauth = data;

        oauth_prune(oauth);
        g_autoptr(GHashTable) form = read_form(request);
        if (!form)
                return;
        TokenClaim claim = {form, field(form, "client_id"), field(form, "resource")};
        const char *type = field(form, "grant_type");
        if (!oauth_is_our_resource(oauth, claim.resource))
                oauth_answer_error(request, 400, "invalid_target",
                                   "Tokens are given for this daemon's /mcp only");
        else if (g_strcmp0(type, "authorization_code") == 0)
                redeem_code(oauth, request, &claim);
        else if (g_strcmp0(type, "refresh_token") == 0)
                redeem_refresh(oauth, request, &claim);
        else
                oauth_answer_error(request, 400, "unsupported_grant_type",
                                   "grant_type must be authorization_code or refresh_token");
}

static void give_back(OauthJob *job)
{
        (void)gate_return_grant(job->gate, job->in[0], job->in[1], &job->error);
}

static void on_given_back(OauthJob *job)
{
        if (!job->request)
                return;
        if (job->error)
                request_answer_error(job->request, job->error);
        else
                request_answer(job->request, &(Answer){.status = 200});
}

/* A token that is not known is as good as given back (RFC 7009, section 2.2). */
void oauth_on_revoke(Request *request, void *data)
{
        Oauth *oauth = data;
        g_autoptr(GHashTable) form = read_form(request);

        if (!form)
                return;
        if (!field(form, "token") || !field(form, "client_id")) {
                oauth_answer_error(request, 400, "invalid_request",
                                   "token and client_id are required");
                return;
        }
        OauthJob *job = oauth_job_new(oauth, request);
        job->in[0] = g_strdup(field(form, "token"));
        job->in[1] = g_strdup(field(form, "client_id"));
        job->work = give_back;
        job->done = on_given_back;
        oauth_job_start(job);
}
