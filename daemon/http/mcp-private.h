/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the protocol know of each other. A Turn is the handling of one message; a Call is what of it goes
 * on afterwards: a tool that runs, a client that listens. */
#pragma once

#include "http/mcp.h"

struct Mcp {
        HttpOptions options;
        GHashTable *sessions;  /* id → Session, those of HTTP */
        GHashTable *attached;  /* set of Session, those of the socket */
        GHashTable *calls;     /* set of Call */
        GHashTable *listed;    /* name → ListedTool, made when first listed */
        GHashTable *interests; /* set of Interest */
        sd_event_source *sweep;
        char *server_info; /* an object, as text */
};

typedef struct Turn {
        Mcp *mcp;
        const McpInput *input;
        const Message *message;
        JsonObject *params; /* never NULL */
        Era era;
        unsigned can_ask;   /* bits 1u << AskKind */
        int level;          /* of log messages that the client wants */
        JsonNode *progress; /* its token, or NULL */
        Call *call;         /* what goes on, or NULL */
} Turn;

/* ---- answering: each turn of a request is answered once, or begins a call ---- */

/* The answer up to the members of its result, of which the stateless era has some already; turn_end() closes and says
 * it. */
GString *turn_begin(Turn *turn);
void turn_end(Turn *turn, GString *out);

/* For results that a client may keep: for how long, and whether others than its connection may have them (never). */
void turn_cache(const Turn *turn, GString *out, int ttl_sec);
void mcp_cache(GString *out, Era era, int ttl_sec);

/* status 0: what the code has; data (taken) may be NULL. */
void turn_fail(Turn *turn, int code, JsonObject *data, const char *format, ...) G_GNUC_PRINTF(4, 5);
void turn_fail_error(Turn *turn, const GError *error);

/* For what every request must have: INVALID_PARAMS, and 400 over HTTP. */
void turn_refuse(Turn *turn, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* An answer to id with its result opened, in the manner of an era. type: "complete" … */
GString *mcp_result(const Mcp *mcp, Era era, JsonNode *id, const char *type);
unsigned mcp_status(Era era, int code);

/* params.<name> as a string of 1 to max bytes; fails the turn if it is none. */
const char *turn_text(Turn *turn, const char *name, size_t max);

/* What the client gave as its cursor, or NULL; of what is no text a text that is no cursor. */
const char *turn_cursor_text(const Turn *turn);

/* The key after which a list goes on, by params.cursor; NULL after failing the turn. The caller frees. */
char *turn_cursor(Turn *turn, const char *list, const char *filters);

/* ---- calls ---- */

typedef struct CallType {
        void (*stop)(Call *call);  /* ends what it does; nothing is called for it any more */
        void (*expel)(Call *call); /* its connection is no more: it answers and ends */
        void (*free)(Call *call);
        bool is_endless; /* it is answered only when it is ended */
} CallType;

struct Call {
        const CallType *type;
        Mcp *mcp;
        Session *session; /* or NULL */
        Outlet *outlet;
        Era era;
        JsonNode *id;
        char *key;        /* of id, in the session's table */
        char *connection; /* conn-… */
};

/* Registers a call that the caller has allocated; false after failing the turn: the id is under way already, or there
 * are MCP_CALLS_MAX. */
bool call_init(Call *call, const CallType *type, Turn *turn);

/* Each of these ends the call and frees it. */
void call_answer(Call *call, GString *out);
void call_fail(Call *call, int code, JsonObject *data, const char *text);
void call_drop(Call *call);

/* ---- requests that a tool answers ---- */

/* The member of an answer that is shown as it is: an array of MCP's content. */
#define MCP_CONTENT "_content"

typedef struct RunResult {
        JsonObject *answer;
        const Call *call;
        const char *uri; /* that the run began with, or NULL */
        Era era;
} RunResult;

typedef struct RunKind {
        void (*write)(GString *out,
                      const RunResult *result); /* the members of the result; NULL: of tools/call */
} RunKind;

typedef struct RunStart {
        const RunKind *kind;
        const char *tool;
        JsonObject *args; /* or NULL */
        const char *uri;  /* of the resource that it is about, for failures, or NULL */
} RunStart;

/* Begins the call of the tool, or fails the turn. */
void run_begin(Turn *turn, const RunStart *start);

/* ---- sessions ---- */

struct Session {
        Mcp *mcp;
        char *id, *connection;
        char *journal;       /* sess-… of what it writes */
        const char *version; /* NULL: not initialized */
        unsigned can_ask;
        int level;
        bool is_ready;    /* notifications/initialized came */
        bool is_attended; /* somebody listens to its own stream */
        Outlet *outlet;
        GHashTable *calls; /* key of id → Call */
        GHashTable *asks;  /* number of a request of ours → Ask */
        GHashTable *uris;  /* resource → Interest */
        uint64_t last_ask;
        char *listing;   /* what it was last shown of tools, as a digest */
        int64_t used_us; /* monotonic */
        void *data;
        GDestroyNotify free_data;
};

/* Says a notification that belongs to no request, if there is where and the client is ready. */
void session_say(Session *session, const char *message);
void session_sweep(Mcp *mcp);

/* ---- resources that clients watch ---- */

typedef struct Interest Interest;
typedef void (*InterestTold)(const char *uri, void *data);

typedef struct InterestOptions {
        Mcp *mcp;
        const char *connection, *uri;
        const char *version; /* now; NULL: to be looked up */
        InterestTold told;   /* called when it is another */
        void *data;
} InterestOptions;

Interest *interest_new(const InterestOptions *options);
void interest_free(void *interest);
const char *interest_uri(const Interest *interest);

/* Of type StoreFeed. */
void interest_on_changes(const Change *changes, unsigned count, void *mcp);

/* ---- requests of ours to a client of the older era ---- */

typedef void (*AskDone)(JsonObject *result, JsonObject *error, void *data);

/* Sends it on the outlet; done is called once, with neither of the two if the client did not answer in time. The caller
 * of session_forget() is not called any more. Returns its number. */
uint64_t session_ask(Session *session, Outlet *outlet, JsonObject *ask, AskDone done, void *data);
void session_forget(Session *session, uint64_t number);
void session_on_reply(Session *session, const Message *message);

/* ---- methods ---- */

typedef void (*Method)(Turn *turn);

void tools_list_turn(Turn *turn);
void tools_call_turn(Turn *turn);
void resources_list_turn(Turn *turn);
void resources_templates_turn(Turn *turn);
void resources_read_turn(Turn *turn);
void resources_subscribe_turn(Turn *turn);
void resources_unsubscribe_turn(Turn *turn);
void prompts_list_turn(Turn *turn);
void prompts_get_turn(Turn *turn);
void complete_turn(Turn *turn);
void listen_turn(Turn *turn);

/* Which tools a connection is shown now, as a digest; the caller frees. */
char *listing_digest(Mcp *mcp, const Connection *connection);
void listing_free(void *listed);

/* The input schema of a tool that repeats arguments in headers, borrowed; NULL for all others. */
JsonObject *listing_annotated(Mcp *mcp, const char *tool);

/* What a connection is shown, or who it is, has changed: tells clients that want to know, or ends them. */
void listen_on_gate(const char *connection, void *mcp);

/* ---- the checks of one message ---- */

/* Reads _meta of the stateless era into the turn; false after failing it. */
bool meta_read(Turn *turn);
const char *meta_version(const Turn *turn);

/* The same of the older era, of its session. */
bool meta_read_session(Turn *turn);

/* Of HTTP: do the headers say what the body says? False after failing the turn. */
bool header_check(Turn *turn);

/* ---- requestState ---- */

/* What stands in it, sealed for the connection and the request that it answers. */
typedef struct State {
        char *note;          /* or NULL */
        JsonObject *replies; /* or NULL */
} State;
void state_clear(State *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(State, state_clear)

/* The request is its method and what it asks for (canonical text). LIMIT over MCP_STATE_BYTES_MAX,
 * UNAVAILABLE while the stores are closed. The caller frees. */
char *state_seal(const Mcp *mcp, const char *connection, const char *request, const State *state,
                 GError **error);

/* INVALID for what was not sealed here, for this connection and request, or is older than MCP_STATE_SEC.
 * UNAVAILABLE as above. */
bool state_open(const Mcp *mcp, const char *connection, const char *request, const char *text,
                State *ret, GError **error);
