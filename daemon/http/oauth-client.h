/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clients of the authorization server. Nothing is kept about them: one that registers is given an id that holds what
 * it said, sealed with a key of ours (RFC 7591 lets ids be anything); one that has a page of its own is known by the
 * URL of its metadata document (draft-ietf-oauth-client-id-metadata-document). All clients are public. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

#define OAUTH_KEY_BYTES          32
#define OAUTH_NAME_CHARS_MAX     80
#define OAUTH_REDIRECTS_MAX      10
#define OAUTH_REDIRECT_BYTES_MAX 1000
#define OAUTH_CLIENT_BYTES_MAX   4096 /* of an id */

typedef struct OauthClient {
        char *id, *name;
        char *host; /* whose document it is; NULL: it registered, so nobody vouches for its name */
        char **redirects; /* where its codes may be sent */
} OauthClient;

OauthClient *oauth_client_free(OauthClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OauthClient, oauth_client_free)

/* A new client from what it says of itself (RFC 7591). INVALID, LIMIT. */
OauthClient *oauth_client_register(const uint8_t key[OAUTH_KEY_BYTES], JsonObject *metadata,
                                   GError **error);

/* The client whose id we gave it. INVALID: it is not one of ours. */
OauthClient *oauth_client_open(const uint8_t key[OAUTH_KEY_BYTES], const char *id, GError **error);

/* Is the id the URL of a document? */
bool oauth_client_is_url(const char *id);

/* The client that the document at url describes. INVALID, LIMIT. */
OauthClient *oauth_client_from_document(const char *url, const char *text, GError **error);

/* May codes be sent there? It must be one of its redirects to the letter, but for the port of this machine's own
 * addresses, which a program gets anew each time (RFC 8252, section 7.3). */
bool oauth_client_allows(const OauthClient *client, const char *redirect);

/* What a person should know of the place that the code goes to: "this machine", a host, or "the program for cursor:". The
 * caller frees. */
char *oauth_redirect_place(const char *redirect);
