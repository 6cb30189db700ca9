/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MCP, whatever carries it: a message comes in with the client's session, its connection and an outlet; answers,
 * notifications and requests of ours go out through outlets. Two eras are told apart by each message: since 2026-07-28
 * a request says in its _meta all that is to be known of the client; before, initialize begins a session.
 * Loop thread only. What a call costs is done by tools' runner; nothing here blocks. */
#pragma once

#include "http/http.h"
#include "http/message.h"

#define MCP_SESSIONS_MAX                1024 /* of HTTP clients of the older era */
#define MCP_SESSIONS_PER_CONNECTION_MAX 256
#define MCP_SESSION_IDLE_SEC                                                                       \
        3600 /* a session that was not used for so long, and has no stream, ends */
#define MCP_CALLS_MAX         256 /* under way, of one connection or client: calls and listening */
#define MCP_ASK_SEC           3600 /* that a client of the older era has to answer a request of ours */
#define MCP_STATE_SEC         3600                         /* that a requestState is taken back */
#define MCP_STATE_BYTES_MAX   262144                       /* of a requestState as text */
#define MCP_SUBSCRIPTIONS_MAX 256                          /* resources that one client watches */
#define MCP_URI_BYTES_MAX     (4 * RESOURCE_URI_CHARS_MAX) /* read_resource counts the characters */
#define MCP_NAME_BYTES_MAX    256                          /* of a tool or prompt */
#define MCP_LIST_PAGE         50                           /* rows of one answer of a list */
#define MCP_TOKEN_BYTES_MAX   256                          /* of an id, or of a progress token */

#define MCP_VERSION "2026-07-28"

/* Errors that the protocol names. */
#define MCP_HEADER_MISMATCH     (-32020)
#define MCP_MISSING_CAPABILITY  (-32021)
#define MCP_UNSUPPORTED_VERSION (-32022)
#define MCP_RESOURCE_NOT_FOUND  (-32002) /* of the older era only */

#define MCP_META_PREFIX "io.modelcontextprotocol/"

typedef struct Mcp Mcp;
typedef struct Session Session;
typedef struct Call Call;

/* ---- outlets: where what belongs to one message of a client goes; they belong to the door ---- */

typedef struct Outlet Outlet;

typedef struct OutletType {
        /* A message before the answer: a notification, or a request of ours. */
        void (*say)(Outlet *outlet, const char *message);
        /* The answer, with the status that HTTP has for it; the outlet is not used by the call any more. */
        void (*answer)(Outlet *outlet, unsigned status, const char *message, size_t length);
        /* There is no answer: the call was cancelled. Likewise. */
        void (*drop)(Outlet *outlet);
        /* The client is to go, once it has what was said; NULL: it cannot be told. */
        void (*close)(Outlet *outlet);
} OutletType;

struct Outlet {
        const OutletType *type;
};

/* ---- what a client can and wants, of its session or of one message ---- */

typedef enum Era { ERA_SESSION, ERA_STATELESS } Era;

/* Of a log message: debug (7) to emergency (0), as syslog counts. */
#define MCP_LEVEL_NONE (-1)
int mcp_level_from_string(const char *name); /* MCP_LEVEL_NONE: no such level */

/* The bits 1u << AskKind of what capabilities (NULL: none) say that a client answers. */
unsigned mcp_can_ask(JsonObject *capabilities);

/* Which AskKind a request of ours is, by its method and params. */
AskKind mcp_ask_kind(JsonObject *ask);

/* The capability that a client needs for it, as {"elicitation": {"url": {}}}. */
void mcp_add_capability(JsonObject *capabilities, AskKind kind);

/* ---- the protocol ---- */

Mcp *mcp_new(const HttpOptions *options, GError **error);

/* Ends every session and call. */
Mcp *mcp_free(Mcp *mcp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mcp, mcp_free)

const HttpOptions *mcp_options(const Mcp *mcp);

/* An error of ours as JSON-RPC has it; the caller frees. */
char *mcp_error(JsonNode *id, const GError *error, int *ret_code);

/* Which era a message belongs to; version: of its header MCP-Protocol-Version, NULL where there is none. */
Era mcp_era(const Message *message, const char *version);

/* Is it a version of the older era that we speak? */
bool mcp_is_session_version(const char *version);

typedef struct McpInput {
        const Message *message;
        Session *session;             /* NULL: over HTTP, of the stateless era */
        const Connection *connection; /* as it is now; NULL: not authenticated */
        Outlet *outlet;
        const char *(*header)(const char *name, void *data); /* of HTTP, or NULL; trimmed */
        void *data;
} McpInput;

/* The call, if it goes on after this returns; NULL: it was answered, or has no answer. */
Call *mcp_handle(Mcp *mcp, const McpInput *input);

/* The client does not want the answer any more. */
void mcp_cancel(Call *call);

/* ---- sessions ---- */

/* A client's session: one that HTTP clients find by its id (bound to the connection; LIMIT), or one that lives as long
 * as a client of the socket. outlet: where goes what belongs to no request, or NULL for now. */
Session *mcp_begin_session(Mcp *mcp, const char *connection, GError **error);
Session *mcp_attach_session(Mcp *mcp, Outlet *outlet);

/* NULL: there is none of that id, or it is another connection's. */
Session *mcp_find_session(Mcp *mcp, const char *id, const char *connection);

/* Ends what it has under way, and frees it. */
void session_end(Session *session);

const char *session_id(const Session *session);         /* NULL: of the socket */
const char *session_connection(const Session *session); /* NULL: not authenticated */
const char *session_version(const Session *session);    /* NULL: not initialized */
void session_set_outlet(Session *session, Outlet *outlet);

/* Does somebody listen to what belongs to no request? Then it is not idle. */
void session_attend(Session *session, bool is_attended);
void session_touch(Session *session);

/* Is a call under way that will be answered by itself? */
bool session_is_waited_for(const Session *session);

/* The connection that a client of the socket has shown the bearer of; once. */
void session_authenticate(Session *session, const char *connection);

/* Kept by a door with the session and freed with it. */
void session_set_data(Session *session, void *data, GDestroyNotify free);
void *session_data(const Session *session);
