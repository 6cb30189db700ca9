/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MCP over HTTP: POST, GET and DELETE of /mcp, for both eras. Loop thread only. */
#pragma once

#include "http/mcp.h"
#include "http/server.h"

#define MCP_PATH             "/mcp"
#define MCP_STREAM_AFTER_SEC 5 /* a call that has no answer by then goes on as a stream */

typedef struct McpHttp McpHttp;

/* Adds its routes; before server_start(). */
McpHttp *mcp_http_new(Mcp *mcp, Server *server, GError **error);

/* After mcp_free(), before server_free(). */
McpHttp *mcp_http_free(McpHttp *door);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McpHttp, mcp_http_free)
