/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STUB: approvals, budgets and the read log come next. */
#include "gate/gate.h"

static bool not_yet(GError **error)
{
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE, "Not yet");
        return false;
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
