/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STUB to be replaced by the gate's engineer: declared in gate.h, nobody is let in yet. */
#include "gate/gate.h"

struct Connection {
        gatomicrefcount references;
};
struct Gate {
        GateOptions options;
};

static bool not_yet(GError **error)
{
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED, "No such connection");
        return false;
}

const char *profile_to_string(Profile profile)
{
        return "full";
}
bool profile_from_string(const char *text, Profile *ret, GError **error)
{
        return not_yet(error);
}
const char *tool_listing_to_string(ToolListing listing)
{
        return "essential";
}
Connection *connection_ref(const Connection *connection)
{
        return (Connection *)connection;
}
Connection *connection_unref(Connection *connection)
{
        return NULL;
}
const char *connection_id(const Connection *connection)
{
        return NULL;
}
const char *connection_short(const Connection *connection)
{
        return NULL;
}
const Terms *connection_terms(const Connection *connection)
{
        return NULL;
}
const Scope *connection_scope(const Connection *connection)
{
        return NULL;
}
ToolListing connection_listing(const Connection *connection)
{
        return TOOL_LISTING_ESSENTIAL;
}
const char *const *connection_listed(const Connection *connection)
{
        return NULL;
}
ConnectionState connection_state(const Connection *connection)
{
        return CONNECTION_REVOKED;
}
Gate *gate_new(const GateOptions *options, GError **error)
{
        Gate *gate = g_new0(Gate, 1);
        gate->options = *options;
        return gate;
}
bool gate_load(Gate *gate, GError **error)
{
        return true;
}
void gate_stop(Gate *gate)
{
}
Gate *gate_free(Gate *gate)
{
        g_free(gate);
        return NULL;
}
ToolTable gate_tools(Gate *gate)
{
        return (ToolTable){NULL, gate};
}
Connection *gate_authenticate(Gate *gate, const char *bearer, const char *peer, GError **error)
{
        not_yet(error);
        return NULL;
}
Connection *gate_connection(Gate *gate, const char *id, GError **error)
{
        not_yet(error);
        return NULL;
}
char *gate_session(Gate *gate, const char *connection)
{
        return id_new("sess");
}
void gate_add_feed(Gate *gate, GateFeed feed, void *data)
{
}
void gate_remove_feed(Gate *gate, GateFeed feed, void *data)
{
}
unsigned gate_unread(Gate *gate, const char *connection)
{
        return 0;
}
const char *approval_state_to_string(ApprovalState state)
{
        return "pending";
}
Approval *approval_free(Approval *approval)
{
        return NULL;
}
void gate_add_approval_kind(Gate *gate, const char *kind, ApprovalKind approve, void *data)
{
}
char *gate_request(Gate *gate, const Access *access, const Approval *request, GError **error)
{
        not_yet(error);
        return NULL;
}
Approval *gate_approval(Gate *gate, const char *id, GError **error)
{
        not_yet(error);
        return NULL;
}
bool gate_resolve(Gate *gate, const Access *human, const char *id, bool approve,
                  JsonObject *payload, GError **error)
{
        return not_yet(error);
}
bool gate_withdraw(Gate *gate, const char *id, GError **error)
{
        return not_yet(error);
}
void gate_add_approval_feed(Gate *gate, ApprovalFeed feed, void *data)
{
}
void gate_remove_approval_feed(Gate *gate, ApprovalFeed feed, void *data)
{
}
bool gate_admit(Gate *gate, const Access *access, const Tool *tool, GError **error)
{
        return true;
}
void gate_record(Gate *gate, const GateCall *call)
{
}
