/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What /api/state and /metrics tell of the daemon as a whole. What no room knows is left out. */
#pragma once

#include "http/http.h"

/* Adds to options->metrics what is asked of the rooms when somebody looks. */
void figures_add(const HttpOptions *options);

/* Loop thread: notes what only the loop may ask for. */
void figures_of_loop(const HttpOptions *options);

/* Blocks. {"version", "instance", "uptime_sec", "vault", "documents", "graph", "workers", "connections", "approvals"} */
JsonObject *figures_state(const HttpOptions *options);

/* The gauges of the doors, fed by who opens and closes. */
Metric *figures_links(const HttpOptions *options);
Metric *figures_streams(const HttpOptions *options);
Metric *figures_sockets(const HttpOptions *options);
Metric *figures_sessions(const HttpOptions *options, bool is_http); /* of MCP, of one door */
