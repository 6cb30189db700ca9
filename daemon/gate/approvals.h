/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Approvals: asking, deciding, telling who waits. Its share of the gate is made with it and freed with it. */
#pragma once

#include "gate/approval.h"

typedef struct Approvals Approvals;

Approvals *approvals_new(Gate *gate);
Approvals *approvals_free(Approvals *approvals);

/* Registers what follows from changes of approvals; before the store is opened. */
void approvals_listen(Approvals *approvals);

/* After the opening: withdraws what has expired, counts what is unread. Blocks. */
bool approvals_load(Approvals *approvals, GError **error);

/* After a commit, on the loop. */
void approvals_changed(Approvals *approvals, const Change *changes, unsigned count);

/* No more timers. Loop thread. */
void approvals_stop(Approvals *approvals);

/* Counts anew what the connection has not read. Blocks. */
void approvals_count(Approvals *approvals, const char *connection);

bool approvals_has_kind(Approvals *approvals, const char *kind);

/* Does what approving means; inside the write of the decision. */
JsonObject *approvals_approve(Approvals *approvals, Db *db, const Approval *approval,
                              JsonObject *payload, GError **error);

/* Makes a connection of a request: the ApprovalKind "connection", with the gate as data. */
JsonObject *request_approve(Db *db, const Approval *approval, JsonObject *payload, void *data,
                            GError **error);
