/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Approval: one row of what waits for the human. */
#pragma once

#include "gate/gate.h"

#define APPROVAL_COLUMNS                                                                           \
        "id, kind, connection_id, asked_by, title, payload, decision, state, created_at,"          \
        " expires_at, decided_at"

bool approval_state_from_string(const char *text, ApprovalState *ret, GError **error);

/* From a row of APPROVAL_COLUMNS; the caller frees. */
Approval *approval_from_row(Statement *row);

/* By its id. NOT_FOUND. */
Approval *approval_read(Db *db, const char *id, GError **error);

/* The connection that came of a request for one; NULL: none did, or approval is NULL. Borrowed. */
const char *approval_minted(const Approval *approval);

/* {"approval_id", "kind", "connection_id", "asked_by", "title", "payload", "decision", "state", "created", "expires",
 * "decided"}. */
JsonObject *approval_to_json(const Approval *approval);

/* Is it such as may be asked? INVALID, LIMIT. */
bool approval_check_payload(JsonObject *payload, GError **error);
