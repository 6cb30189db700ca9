/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One client of /ws, after its handshake: frames in and out, pings, limits. Loop thread only. */
#pragma once

#include "http/ws.h"

typedef struct WsClient WsClient;

typedef struct WsHandlers {
        void (*said)(WsClient *client, JsonObject *message, void *data); /* it is an object */
        void (*ended)(WsClient *client,
                      void *data); /* called once, from the loop; frees the client */
        void *data;
} WsHandlers;

/* fd is its own from now on; extra: what came with the handshake's end. */
WsClient *ws_client_new(sd_event *loop, int fd, const void *extra, size_t size,
                        const WsHandlers *handlers);
WsClient *ws_client_free(WsClient *client);

/* One text. A client that leaves too much waiting ends soon. */
void ws_client_send(WsClient *client, JsonObject *message);

/* Says goodbye with a close code of RFC 6455, and ends when the client has answered or WS_CLOSE_SEC is over. */
void ws_client_close(WsClient *client, unsigned code, const char *why);
