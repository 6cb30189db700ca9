/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the authorization server share. */
#pragma once

#include "http/oauth-client.h"
#include "http/oauth.h"
#include "provider/provider.h"

#define OAUTH_KEY_PURPOSE "oauth-client" /* of gate_key(): what seals the ids of clients */
G_STATIC_ASSERT(OAUTH_KEY_BYTES == GATE_KEY_BYTES);

/* One authorization on its way: asked for by a browser, decided by the person, fetched once as a code. */
typedef struct Pending {
        char *id; /* the name of its page: 128 random bits, in hex */
        OauthClient *client;
        char *redirect, *state, *challenge, *resource;
        char *issuer;       /* as the client wrote it */
        char *approval;     /* appr-…; NULL: being asked for */
        char *code;         /* hash of the code, in hex; NULL: none given out, or redeemed */
        char *spent;        /* the same, once redeemed */
        char *connection;   /* once approved */
        char *family;       /* of the grants that came of the code */
        bool is_stolen;     /* the code was used again before family was known */
        int64_t expires_us; /* monotonic; of the code once there is one */
} Pending;

struct Oauth {
        HttpOptions options;
        Server *server;
        GHashTable *pending;   /* id → Pending */
        GHashTable *documents; /* url → what oauth-client-cache keeps */
        GHashTable *jobs;      /* set of OauthJob* */
        unsigned fetches;      /* of these, the ones that fetch */
        FetchOptions fetch;    /* how documents of clients are fetched */
};

/* A step on a worker thread. done goes on on the loop, unless the client has gone or the server has ended. */
typedef struct OauthJob OauthJob;
struct OauthJob {
        Oauth *oauth; /* NULL once it has ended */
        Request *request;
        Gate *gate;
        void (*work)(OauthJob *job);
        void (*done)(OauthJob *job);
        char *id;        /* of the pending one */
        char *in[3];     /* what work needs … */
        JsonObject *ask; /* … */
        FetchOptions fetch;
        char *out; /* … and what it found */
        Approval *approval;
        Grant grant;
        GError *error;
};

/* The caller sets what it needs, then starts it. */
OauthJob *oauth_job_new(Oauth *oauth, Request *request);
void oauth_job_start(OauthJob *job);

/* ---- oauth.c ---- */

/* "http://127.0.0.1:8765", by the name by which the client calls us; the caller frees. */
char *oauth_issuer(const Request *request);

/* Is the text a name of /mcp here, as RFC 8707 wants it? NULL counts as one who does not say. */
bool oauth_is_our_resource(const Oauth *oauth, const char *resource);

/* {"error", "error_description"} as RFC 6749, section 5.2, has it. */
void oauth_answer_error(Request *request, unsigned status, const char *code,
                        const char *description);

/* 128 or 256 random bits as hex or base64url, and the BLAKE2b-256 of a text in hex; the caller frees. */
char *oauth_random_id(void);
char *oauth_random_code(void);
char *oauth_hash(const char *text);

/* ---- oauth-authorize.c, oauth-token.c ---- */

void oauth_pending_free(void *pending);

/* Forgets those whose time is over. */
void oauth_prune(Oauth *oauth);

void oauth_on_authorize(Request *request, void *oauth);
void oauth_on_wait(Request *request, void *oauth);
void oauth_on_token(Request *request, void *oauth);
void oauth_on_revoke(Request *request, void *oauth);

/* ---- oauth-page.c ---- */

/* A plain page, of text that is not HTML; refresh_sec 0: it stays. */
void oauth_answer_page(Request *request, unsigned status, const char *title, const char *text,
                       unsigned refresh_sec);
