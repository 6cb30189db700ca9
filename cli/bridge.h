/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bridge between standard input and output and the daemon's socket. */
#pragma once

#include "base/base.h"

#define BRIDGE_LINE_BYTES_MAX                                                                      \
        1048576 /* one message of the client; the daemon takes no longer ones */
#define BRIDGE_HELD_BYTES_MAX   16777216 /* of a longer one, to tell the client which it was */
#define BRIDGE_BEARER_BYTES_MAX 512      /* of the bearer's file */
#define BRIDGE_CONNECT_SEC      15       /* that the daemon has to come up and let us in */
#define BRIDGE_LINGER_SEC       10 /* that answers are waited for once the client says no more */

/* Copies lines until standard input ends. When the daemon ends meanwhile, requests under way are answered with an
 * error, and the next line connects anew, replaying what began the client's session, if it does not begin one. A message
 * over BRIDGE_LINE_BYTES_MAX is refused by itself, one over BRIDGE_HELD_BYTES_MAX (LIMIT) ends it. DENIED: the bearer is not (or no
 * longer) one of a connection. */
bool bridge_run(const char *socket, const char *bearer_file, GError **error);
