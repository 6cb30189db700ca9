/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is calling, what they may see, and what a callable operation looks like. Only this room makes an
 * Access; every verb of a higher room that reads or writes content takes one: no token, no call.
 *
 * An agent has a connection, which the human minted. What it may do stands in ops.db; the room holds the
 * current state of every connection in memory, so that a door can ask on the loop, for each call anew. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

#include "base/base.h"
#include "store/store.h"

typedef struct Gate Gate;
typedef struct Connection Connection; /* a connection as it is now: immutable, reference counted */
typedef struct Exchange Exchange;     /* what a door lends a call while it runs */

typedef struct Access Access; /* immutable, reference counted */

/* ---- tools ---- */

typedef enum ToolNeeds { TOOL_READ, TOOL_WRITE, TOOL_HUMAN } ToolNeeds;
const char *tool_needs_to_string(ToolNeeds needs);

typedef enum ToolCost {
        TOOL_INSTANT, /* a few index lookups: doors may try it on the loop first */
        TOOL_CHEAP,
        TOOL_SLOW,
} ToolCost;
const char *tool_cost_to_string(ToolCost cost);

/* Carries out one call on a worker thread. room is the table's; args fit the input schema. Returns a new
 * object that fits the output schema, or NULL with an error. */
typedef JsonObject *(*ToolHandler)(void *room, const Access *access, JsonObject *args,
                                   GError **error);

/* The same, said member by member while it is read, for answers of many rows that a door can write as they
 * come. Members stand in the order of the output schema. On failure the sink holds a part of the answer. */
typedef bool (*ToolTeller)(void *room, const Access *access, JsonObject *args, Sink *sink,
                           GError **error);

/* Begins a call on the loop thread, for what waits rather than computes; never blocks. done is called on the loop, once,
 * never before this returns, with an answer or an error, which are borrowed. Returns what the tool's stop() takes. */
typedef void (*ToolDone)(JsonObject *answer, const GError *error, void *data);
typedef void *(*ToolStarter)(void *room, const Access *access, JsonObject *args, ToolDone done,
                             void *data);

/* One operation that agents and doors can call. Its schemas and the words an agent reads are in the
 * resource /org/ouroboros/schema/<name>.json: {"description", "input", "output"}. */
typedef struct Tool {
        const char *name; /* snake_case, without the sophia. prefix */
        ToolNeeds needs;
        ToolCost cost;
        ToolHandler handler; /* one of handler, teller and start */
        ToolTeller teller;
        const char *action; /* of polkit, below org.ouroboros.; NULL: read or write, as it needs */
        ToolStarter start;  /* such a tool is called by runner_start() only */
        void (*stop)(void *task); /* its caller has gone: done is not called any more */
} Tool;

/* What a room exports: its tools (ended by a NULL name) and itself. */
typedef struct ToolTable {
        const Tool *tools;
        void *room;
} ToolTable;

/* ---- access ---- */

/* The human, as attested by a door that had polkit's word for it; session names the CLI run or client. */
Access *access_new_human(const char *name, const char *session);

/* The daemon itself: pipeline, sweeper, migration. */
Access *access_new_system(const char *name);

/* An agent by its connection (conn-…); scope NULL: everything. */
Access *access_new_agent(const char *connection, const char *name, const char *session,
                         Scope *scope);

/* The same for a connection of the gate, with all that its human allowed. session: sess-… */
Access *access_new_connection(const Connection *connection, const char *session);

/* The same caller for one call, with what its door lends it; exchange may be NULL. */
Access *access_for_call(const Access *access, Exchange *exchange);

Access *access_ref(const Access *access);
Access *access_unref(Access *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Access, access_unref)

const Actor *access_actor(const Access *access);
const Scope *access_scope(const Access *access); /* NULL: everything */

/* The observer's name as facts record it: conn-…, "human" or "pipeline". */
const char *access_observer(const Access *access);

/* The connection of an agent that came through the gate, else NULL; borrowed. */
const Connection *access_connection(const Access *access);

/* ---- connections ---- */

#define CONNECTION_NAME_CHARS_MAX 80
#define CONNECTION_TOOLS_MAX      200   /* of an allow-list */
#define CONNECTION_ENTITIES_MAX   10000 /* of a scope */
#define CONNECTIONS_MAX           1000  /* that are not revoked */
#define CONNECTIONS_PAGE_MAX      200   /* rows of one list call */
#define BEARER_BYTES              32    /* random; as text: "ouro_" and base64url without padding */
#define BEARER_PREFIX             "ouro_"

/* PROFILE_FULL: every tool that does not need the human; PROFILE_READ_ONLY: those that need TOOL_READ;
 * PROFILE_CUSTOM: those that are listed. */
typedef enum Profile { PROFILE_FULL, PROFILE_READ_ONLY, PROFILE_CUSTOM } Profile;
const char *profile_to_string(Profile profile); /* "full" … */
bool profile_from_string(const char *text, Profile *ret, GError **error);

/* Which tools tools/list shows at first: about fifteen, all that the profile allows, or a list. */
typedef enum ToolListing {
        TOOL_LISTING_ESSENTIAL,
        TOOL_LISTING_FULL,
        TOOL_LISTING_SOME
} ToolListing;
const char *tool_listing_to_string(ToolListing listing); /* "essential" … */

/* What the human allows. */
typedef struct Terms {
        const char *name; /* shown beside everything that the agent does */
        Profile profile;
        const char *const *tools;              /* PROFILE_CUSTOM: their names, else NULL */
        const char *const *entities;           /* the scope; NULL: everything */
        int64_t expires_us;                    /* UTC; 0: never */
        uint64_t calls_per_day, bytes_per_day; /* its budget, bytes of answers; 0: no limit */
        bool observer; /* may also read /api/state, /metrics and the log stream, which tell of others */
} Terms;

typedef enum ConnectionState {
        CONNECTION_ACTIVE,
        CONNECTION_EXPIRED,
        CONNECTION_REVOKED,
} ConnectionState;

Connection *connection_ref(const Connection *connection);
Connection *connection_unref(Connection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connection, connection_unref)
const char *connection_id(const Connection *connection); /* conn-… */
const char *connection_short(
        const Connection *connection); /* the first 8 hex digits of its random part */
const Terms *connection_terms(const Connection *connection);
const Scope *connection_scope(const Connection *connection); /* NULL: everything */
ToolListing connection_listing(const Connection *connection);

/* TOOL_LISTING_SOME: the names it chose, which are shown besides the essential ones; else NULL. */
const char *const *connection_listed(const Connection *connection);

/* Does the profile of the connection allow the tool? Whether it is active or its budget is used up is not asked. */
bool connection_allows(const Connection *connection, const Tool *tool);

/* The same for whoever calls: the human everything, the daemon and agents without a connection what does not need the
 * human. */
bool access_allows(const Access *access, const Tool *tool);
ConnectionState connection_state(const Connection *connection);

/* ---- the gate ---- */

typedef struct GateOptions {
        Store *ops, *vault; /* vault: to look entities up that a scope names */
        const Paths *paths; /* bearers are written below paths->data */
        const Config *config;
        Metrics *metrics; /* or NULL */
        sd_event *loop;
        WorkerPool *pool;
} GateOptions;

Gate *gate_new(const GateOptions *options, GError **error);

/* Reads what stands in ops.db; called on a worker each time the stores have been opened. */
bool gate_load(Gate *gate, GError **error);

/* Writes what is queued for the read log; refuses further calls. */
void gate_stop(Gate *gate);
Gate *gate_free(Gate *gate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Gate, gate_free)

/* The tools with which people and agents deal with connections and approvals. */
ToolTable gate_tools(Gate *gate);

/* Loop thread; never blocks. The active connection that has the bearer. One text for all that is wrong with a
 * bearer (DENIED); what it was goes to the log. LIMIT once peer (an address or uid, as text) has guessed
 * GATE_GUESSES_MAX times within GATE_GUESSES_SEC. */
#define GATE_GUESSES_MAX 10
#define GATE_GUESSES_SEC 60
Connection *gate_authenticate(Gate *gate, const char *bearer, const char *peer, GError **error);

/* Loop thread; never blocks. The connection as it is now, for the next call of an open session. DENIED, in the
 * words of gate_authenticate(), if it is not active any more. */
Connection *gate_connection(Gate *gate, const char *id, GError **error);

/* The session to which a call without one of its own belongs: that of the connection's last call if it was
 * less than GATE_SESSION_SEC ago, else a new one. The caller frees. */
#define GATE_SESSION_SEC 1800
char *gate_session(Gate *gate, const char *connection);

/* What a connection has used of its budget today. Any thread; never blocks. */
typedef struct GateSpent {
        uint64_t calls, bytes;
} GateSpent;
void gate_spent(Gate *gate, const char *connection, GateSpent *ret);

/* The same of each that called today. func must not call the gate. */
typedef void (*GateSpentFunc)(const char *connection, const GateSpent *spent, void *data);
void gate_each_spent(Gate *gate, GateSpentFunc func, void *data);

/* Told on the loop when the state of a connection has changed (its terms, its end, what it lists, its unread
 * messages), so that open sessions can be told or ended. */
typedef void (*GateFeed)(const char *connection, void *data);
void gate_add_feed(Gate *gate, GateFeed feed, void *data);
void gate_remove_feed(Gate *gate, GateFeed feed, void *data);

/* Which tools the caller's connection is shown at first: it chooses for itself, and it lasts. Its feeds are told. Blocks.
 * INVALID for whoever is no connection, LIMIT. */
bool gate_set_listing(Gate *gate, const Access *access, ToolListing listing,
                      const char *const *listed, GError **error);

/* Messages to the connection that it has not read; for _inbox_unread. Any thread; never blocks. */
unsigned gate_unread(Gate *gate, const char *connection);

/* ---- approvals: what waits for the human ---- */

#define APPROVALS_PENDING_MAX                100
#define APPROVALS_PENDING_PER_CONNECTION_MAX 10
#define APPROVAL_PAYLOAD_BYTES_MAX           65536
#define APPROVAL_TITLE_CHARS_MAX             300
#define APPROVAL_DAYS                        7 /* after which one withdraws itself that does not say */
#define APPROVALS_PAGE_MAX                   200 /* rows of one list call */

typedef enum ApprovalState {
        APPROVAL_PENDING,
        APPROVAL_APPROVED,
        APPROVAL_DENIED,
        APPROVAL_WITHDRAWN, /* by who asked, or expired */
} ApprovalState;
const char *approval_state_to_string(ApprovalState state);

/* One thing to decide. The payload is what is asked for, in the words of its kind; the human may edit it. */
typedef struct Approval {
        char *id;                       /* appr-… */
        char *kind;                     /* "connection", "question", "setting" … */
        char *connection;               /* who asks, or NULL */
        char *asked_by;                 /* the name of who asks, as its door attested it */
        char *title;                    /* one line, of ours */
        JsonObject *payload, *decision; /* decision: NULL while it waits */
        ApprovalState state;
        int64_t created_us, expires_us, decided_us;
} Approval;
Approval *approval_free(Approval *approval);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Approval, approval_free)

/* What a room does when the human has said yes: runs in the transaction of the decision, on the writer's thread of
 * ops. payload is as the human left it; what it returns is kept as the decision. */
typedef JsonObject *(*ApprovalKind)(Db *db, const Approval *approval, JsonObject *payload,
                                    void *data, GError **error);
void gate_add_approval_kind(Gate *gate, const char *kind, ApprovalKind approve, void *data);

/* All of these block. request: kind, title, payload and expires_us (0: in APPROVAL_DAYS) are taken from it, who asks from
 * access; returns appr-… INVALID for a kind that nobody added; LIMIT if too many wait. */
char *gate_request(Gate *gate, const Access *access, const Approval *request, GError **error);
Approval *gate_approval(Gate *gate, const char *id, GError **error); /* NOT_FOUND */
bool gate_resolve(Gate *gate, const Access *human, const char *id, bool approve,
                  JsonObject *payload,
                  GError **error); /* payload NULL: as asked for. CONFLICT: decided before */
bool gate_withdraw(Gate *gate, const char *id, GError **error);

/* How many wait, of whomever. */
bool gate_pending(Gate *gate, unsigned *ret, GError **error);

/* The kind "question" is the gate's: its payload is {"question", "options"?}, the person adds "answer", and the decision is
 * {"answer"}. What was decided and the connection has not read, oldest first, as approvals; read from then on. */
JsonArray *gate_answers(Gate *gate, const Access *access, unsigned limit, GError **error);

/* Whoever has shown a decision to its connection otherwise says so. */
bool gate_mark_read(Gate *gate, const char *approval, GError **error);

/* Verbs in the shape of a tool's handler, for doors that can hand over a descriptor: a new bearer is written into a regular
 * file, with a line feed, and {"connection_id"} answered.
 *   collect  {"approval_id", "file"}: for who asked for the connection, once. DENIED, CONFLICT.
 *   rotate   {"connection_id", "file"}: needs the action connection.mint; the bearers before are good for nothing then. */
JsonObject *gate_collect_bearer(void *gate, const Access *access, JsonObject *args, GError **error);
JsonObject *gate_rotate_into(void *gate, const Access *access, JsonObject *args, GError **error);

/* Told on the loop when an approval came up or changed its state. */
typedef void (*ApprovalFeed)(const char *approval, ApprovalState state, void *data);
void gate_add_approval_feed(Gate *gate, ApprovalFeed feed, void *data);
void gate_remove_approval_feed(Gate *gate, ApprovalFeed feed, void *data);

/* ---- grants: bearers that come and go ----
 * What OAuth gives a client for a connection that the human has approved: an access token, good for GRANT_ACCESS_SEC, and a
 * refresh token, good once within GRANT_REFRESH_SEC, for the next two. A family is what came of one approval. All of
 * these block. */

#define GRANT_ACCESS_SEC  3600
#define GRANT_REFRESH_SEC (30 * 24 * 3600)

typedef struct Grant {
        char *access, *refresh; /* wiped by grant_clear() */
        char *family;           /* grant-… */
        int64_t access_sec;     /* from now */
} Grant;
void grant_clear(Grant *grant);

typedef struct GrantRequest {
        const char *connection;
        const char *client; /* its id, which renewing must name */
        const char *
                audience; /* the resource that the tokens are for: gate_authenticate() takes them nowhere else */
} GrantRequest;

/* What tokens must be for, now; NULL: nothing. Any thread. */
void gate_set_resource(Gate *gate, const char *resource);

/* DENIED if the connection is not active. */
bool gate_grant(Gate *gate, const GrantRequest *request, Grant *ret, GError **error);

/* New tokens for a refresh token. DENIED if it is none of the client's or over; one that was used before was stolen, and
 * ends its family. */
bool gate_renew(Gate *gate, const char *refresh, const char *client, Grant *ret, GError **error);

/* Ends a family; or that of a token, which the client gives back: one that is not known is no error. */
bool gate_end_grants(Gate *gate, const char *family, GError **error);
bool gate_return_grant(Gate *gate, const char *token, const char *client, GError **error);

/* ---- keys ---- */

#define GATE_KEY_BYTES 32

/* A key for a purpose, the same for as long as ops.db lives, derived from a secret that is kept there. Any thread, never blocks;
 * UNAVAILABLE while the stores are closed. */
bool gate_key(Gate *gate, const char *purpose, uint8_t ret[GATE_KEY_BYTES], GError **error);

/* Which tools there are, of those whose names the human may allow or show. Asked on any thread; before the first call, and
 * without it every name is taken. */
typedef bool (*GateKnowsTool)(const char *name, void *data);
void gate_set_tools(Gate *gate, GateKnowsTool knows, void *data);

/* Where our HTTP door is ("http://127.0.0.1:8765"), for the configuration of clients; NULL: where it usually is. Loop
 * thread, before the first call; copied. */
void gate_set_address(Gate *gate, const char *address);

/* ---- what a call does on its way; for the room tools, which carries calls out ---- */

/* Before a call of a connection: is it still active, may it use the tool (DENIED), is its budget used up (LIMIT)? Counts the
 * call, so each is asked for once. Any thread; waits where the thread may, if the read log is full. True for whoever is
 * no connection. */
bool gate_admit(Gate *gate, const Access *access, const Tool *tool, GError **error);

/* After it, if it was admitted: counts what was answered, and puts it into the read log. answer is NULL if error is not.
 * Neither an answer nor an error: it awaits an
 * approval; that, and what was tried on the loop, is made anew and not counted. Any thread; never waits. */
#define READ_LOG_PAGE_MAX 500 /* rows of one list call */
typedef struct GateCall {
        const Access *access;
        const Tool *tool;
        JsonObject *args, *answer;
        const GError *error;
        int64_t began_us; /* monotonic */
} GateCall;
void gate_record(Gate *gate, const GateCall *call);

/* ---- while a call runs ----
 * What a handler may do with the exchange of its access; all of it works, to no effect, where there is none. A
 * handler that needs an answer of its client asks, pauses and returns NULL; it is then called anew from the beginning
 * with the reply. So a handler asks before it changes anything. */

typedef enum AskKind {
        ASK_FORM,  /* a person at the client: elicitation/create, mode form */
        ASK_URL,   /* the same, mode url */
        ASK_MODEL, /* the client's model: sampling/createMessage */
        ASK_ROOTS, /* roots/list */
} AskKind;

typedef void (*ExchangeProgress)(double done, double total, const char *message, void *data);

typedef void (*ExchangeSay)(int level, const char *text, void *data);

typedef struct ExchangeOptions {
        unsigned can_ask;    /* bits 1u << AskKind: what the client can answer */
        bool can_wait;       /* a call that awaits an approval is held and made anew */
        JsonObject *replies; /* key → what the client said in the rounds before, or NULL */
        const char *note;    /* what the handler left for itself in the round before, or NULL */
        ExchangeProgress progress; /* called on the thread of the handler, or NULL */
        ExchangeSay say;           /* the same */
        void *data;
} ExchangeOptions;

Exchange *exchange_new(const ExchangeOptions *options);
Exchange *exchange_ref(Exchange *exchange);
Exchange *exchange_unref(Exchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exchange, exchange_unref)

/* Any thread: the caller does not want the answer any more. */
void exchange_cancel(Exchange *exchange);

/* After the handler: did it pause? Then what it asked ({"key": {"method", "params"}}, or NULL), the approval that it
 * waits for (or NULL), and its note (or NULL); borrowed. */
bool exchange_is_paused(const Exchange *exchange);
JsonObject *exchange_asks(const Exchange *exchange);
const char *exchange_awaits(const Exchange *exchange);
int64_t exchange_awaits_us(const Exchange *exchange); /* how long; 0: as long as the door lets it */
const char *exchange_note(const Exchange *exchange);

/* For handlers. Long ones look now and then: CANCELLED. */
bool access_check_cancelled(const Access *access, GError **error);
void access_progress(const Access *access, double done, double total, const char *message);

/* One line for whoever follows the call, at a level of syslog. */
void access_say(const Access *access, int level, const char *text);
bool access_can_ask(const Access *access, AskKind kind);
JsonObject *access_reply(const Access *access, const char *key); /* borrowed; NULL: not asked yet */
const char *access_note(const Access *access);                   /* borrowed, or NULL */
void access_ask(const Access *access, const char *key, AskKind kind, JsonObject *params);

/* Have the call made anew once the approval is decided, or after wait_us microseconds if that comes first; 0: after
 * the door's own limit it fails with TIMEOUT. The handler tells the two apart by looking at the approval and by what
 * it leaves in its note. */
void access_await(const Access *access, const char *approval, int64_t wait_us);
bool access_can_wait(const Access *access);

/* Always false: the handler returns NULL now. UNAVAILABLE for whoever cannot wait. */
bool access_pause(const Access *access, const char *note, GError **error);

/* Did the handler pause? Then the call is not over, and what it asked of the client, if anything, is all that was shown. */
bool access_is_paused(const Access *access);
JsonObject *access_asks(const Access *access); /* borrowed, or NULL */

/* ---- arguments of a call ----
 * Read with the checks that are the same in every room. The input schema has been checked before: types fit,
 * what is required is there. */

#define ARGS_LIMIT_DEFAULT    50 /* rows of a list when limit is not given */
#define ARGS_REASON_CHARS_MAX 1000

/* A string member, NULL if it is absent; borrowed. */
const char *args_string(JsonObject *args, const char *name);

/* The strings of an array member, NULL if it is absent; the caller frees. */
char **args_strings(JsonObject *args, const char *name);

/* limit: between 1 and max, whose name is max_name. LIMIT. */
bool args_limit(JsonObject *args, unsigned max, const char *max_name, unsigned *ret,
                GError **error);

/* Is the member absent or an id with this prefix? INVALID. */
bool args_check_id(JsonObject *args, const char *name, const char *prefix, GError **error);

/* Is reason absent or of at most ARGS_REASON_CHARS_MAX characters? INVALID, LIMIT. */
bool args_check_reason(JsonObject *args, GError **error);

/* A time in ISO 8601 as microseconds; *ret stays as it is if the member is absent. INVALID. */
bool args_time(JsonObject *args, const char *name, int64_t *ret, GError **error);
