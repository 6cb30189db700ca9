/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which connection a request is from. */
#pragma once

#include "http/server.h"

/* The active connection whose bearer the request has. NULL: there is none, and the request has been answered so: 401
 * with WWW-Authenticate, 429 for a peer that guesses, 503 while the connections are not known. The caller unrefs. */
Connection *bearer_connection(Request *request, const HttpOptions *options);

/* The same with a bearer that came another way, or NULL. */
Connection *bearer_connection_of(Request *request, const HttpOptions *options, const char *bearer);

/* The same of an observer, who may see what others do; else 403. */
Connection *bearer_observer(Request *request, const HttpOptions *options);
