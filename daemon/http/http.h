/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door for agents: the UNIX socket, which speaks MCP's JSON-RPC, a message on each line, and HTTP on a loopback
 * port. Loop thread only. */
#pragma once

#include "base/base.h"
#include "tools/tools.h"

#define HTTP_LINE_BYTES_MAX 1048576 /* one message of a client */
#define HTTP_LINES_AT_ONCE  8       /* answered before other clients have their turn */
#define HTTP_CLIENTS_MAX    64
#define HTTP_IDLE_SEC       600 /* a client that neither says nor reads anything for so long is closed */

typedef struct Http Http;

typedef struct HttpOptions {
        Instance instance;
        Service *service; /* held while a client is connected */
        Tools *tools;
        const Offers *offers; /* what there is besides tools */
        Store *vault;         /* whose changes are told to who watches resources */
        Runner *runner;
        Gate *gate;
        Care *care;
        const Config *config;
        const Paths *paths;
        WorkerPool *pool;
        Settings *settings;
        Metrics *metrics; /* or NULL */
        void (*exit)(int status, void *data);
        void *data;
} HttpOptions;

/* Takes the sockets that systemd passed: those named "mcp" are UNIX sockets, those named "http" are of TCP. Both wait for
 * http_start(). Without any it does nothing. */
Http *http_new(const HttpOptions *options, GError **error);

/* Once it is known whether the vault opens: answers what waits at the sockets. */
bool http_start(Http *http, GError **error);

/* Closes the listening sockets' sources and every client. */
Http *http_free(Http *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Http, http_free)
