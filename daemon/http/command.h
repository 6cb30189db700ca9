/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slash commands of agents, by POST /api/command and the WebSocket: "/status", "/panic", "/restart", "/help" … */
#pragma once

#include "http/http.h"

#define COMMAND_CHARS_MAX 200

/* How it went: an answer ({"cmd", "text"} and more) with the status of HTTP, or an error. Both are borrowed. */
typedef void (*CommandDone)(unsigned status, JsonObject *answer, const GError *error, void *data);

/* Carries out cmd for the connection. done is called once on the loop, perhaps before this returns. */
void command_start(const HttpOptions *options, const Connection *connection, const char *cmd,
                   CommandDone done, void *data);

/* Has the human asked whether what is in the payload may be done: 202 with the id of the approval. title is one line. */
void command_request(const HttpOptions *options, const Connection *connection,
                     const Approval *approval, CommandDone done, void *data);
