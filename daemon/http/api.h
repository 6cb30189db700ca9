/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP API: /api/health, /api/ready, /api/state, /api/settings, /api/command and /metrics. */
#pragma once

#include "http/server.h"

/* Adds its routes, and what /metrics asks the rooms for; options lives as long as the server. */
void api_add(Server *server, const HttpOptions *options);
