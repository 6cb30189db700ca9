/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON-RPC 2.0 as MCP uses it: one message in, at most one out. */
#pragma once

#include "tools/tools.h"

/* The answer to one message, without a line feed; NULL for a notification. The caller frees. */
char *jsonrpc_answer(const Tools *tools, const char *text, size_t length);

/* An error that answers no particular message. The caller frees. */
char *jsonrpc_error(int code, const char *message);

#define JSONRPC_PARSE_ERROR      (-32700)
#define JSONRPC_INVALID_REQUEST  (-32600)
#define JSONRPC_METHOD_NOT_FOUND (-32601)
#define JSONRPC_INVALID_PARAMS   (-32602)
