/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that goes out over the network. All of it blocks: worker threads only. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/base.h"

/* ---- small documents of strangers ---- */

#define FETCH_URL_BYTES_MAX      2048
#define FETCH_DOCUMENT_BYTES_MAX 65536
#define FETCH_TIMEOUT_MS         5000

typedef struct FetchOptions {
        const char *type; /* what it must be, "application/json"; a suffix "+json" counts as well */
        const char *
                authority; /* file of certificates to trust instead of the system's; NULL: the system's. For tests */
        bool may_be_local; /* also from addresses of this machine and of private networks. For tests */
} FetchOptions;

/* Is it an https URL of a host, with a path, without user, fragment and dot segments? INVALID. */
bool fetch_check_url(const char *url, GError **error);

/* The document at an https URL, as text with a NUL after it, which the caller frees. It is fetched from the address
 * itself: no redirects, no proxy, no cookies, and never from an address that is not public, whatever the name resolves
 * to. INVALID, DENIED (the address), LIMIT, OFFLINE, TIMEOUT; NOT_FOUND if the server has none. */
char *fetch_document(const char *url, const FetchOptions *options, GError **error);
