/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request says of where it goes, where it comes from and who sends it. Strict: what is not plainly right is
 * refused, so that a page of the web in the person's browser cannot speak to the daemon under another name. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define OWN_PORTS_MAX           8
#define TARGET_QUERY_NAMES_MAX  64
#define TARGET_BEARER_CHARS_MAX 4096

/* The ports that we listen on. */
typedef struct OwnPorts {
        uint16_t ports[OWN_PORTS_MAX];
        unsigned count;
} OwnPorts;

/* Is it 127.0.0.1, localhost or [::1], with one of our ports or none? */
bool address_is_own_host(const char *host, const OwnPorts *ports);

/* Is it http:// with such a host? */
bool address_is_own_origin(const char *origin, const OwnPorts *ports);

/* Takes a request target apart: its path as it stands, and its query, decoded (name → value; NULL without one). A
 * target may be absolute if its host is ours. INVALID, DENIED (another host, a token in the query). */
bool address_parse_target(const char *target, const OwnPorts *ports, char **ret_path,
                          GHashTable **ret_query, GError **error);

/* The token of "Bearer …"; NULL in *ret for another scheme. INVALID if it is no well-formed one. */
bool address_parse_bearer(const char *authorization, char **ret, GError **error);
