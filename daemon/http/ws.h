/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /ws: a WebSocket (RFC 6455) with chat, commands and the log, as JSON texts.
 * From the client: {"type": "chat", "content"}, {"type": "command", "cmd"}. To it: {"type": "chat", "role": "assistant",
 * "content"}, {"type": "typing", "action": "typing"}, {"type": "log", "data": {"type", "ts", …}}, {"type": "error", "data":
 * {"code", "message"}}. An observer sees the log of all, others their own calls. */
#pragma once

#include "http/server.h"

#define WS_CLIENTS_MAX       64
#define WS_MESSAGE_BYTES_MAX 65536 /* of what a client says at once */
#define WS_WAITING_BYTES_MAX                                                                       \
        (1024 * 1024)      /* said to a client that does not read: then it is closed */
#define WS_COMMANDS_MAX 8  /* of one client under way */
#define WS_PING_SEC     30 /* a client that leaves two unanswered is closed */
#define WS_CLOSE_SEC    5  /* for the client's half of a close */
#define WS_PROTOCOL     "ouroboros"
#define WS_PROTOCOL_BEARER                                                                         \
        "ouroboros.bearer." /* for browsers, which cannot set headers: a protocol offered that
                                                     begins so and ends in the bearer */

typedef struct Ws Ws;

/* Adds the route; options lives as long. */
Ws *ws_new(Server *server, const HttpOptions *options, GError **error);

/* Closes every client (1001). */
Ws *ws_free(Ws *ws);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ws, ws_free)
