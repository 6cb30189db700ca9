/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OAuth 2.1 for clients that prefer it to a bearer in a file: this daemon is the authorization server of its own
 * resource, /mcp. The step where the person says yes is the approval in the tray or the CLI; the page that a browser shows
 * meanwhile only says so. Loop thread only. */
#pragma once

#include "http/server.h"

#define OAUTH_PENDING_MAX                                                                          \
        8 /* authorizations that wait for the person, or for their code to be fetched */
#define OAUTH_FETCHES_MAX                                                                          \
        2 /* documents of clients that are being fetched; each has a thread meanwhile */
#define OAUTH_PENDING_SEC     600
#define OAUTH_CODE_SEC        60
#define OAUTH_VALUE_BYTES_MAX 2048 /* of state, code_verifier and their like */

typedef struct Oauth Oauth;

/* Adds its routes to the server. */
Oauth *oauth_new(const HttpOptions *options, Server *server);
Oauth *oauth_free(Oauth *oauth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Oauth, oauth_free)

/* What WWW-Authenticate says beside a 401 (RFC 9728, section 5.1); the caller frees. */
char *oauth_challenge(const Request *request, bool has_bearer);
