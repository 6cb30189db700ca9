/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Approval: its row as a struct and as JSON. */
#include "gate/approval.h"

#include <string.h>

static const char *const states[] = {
        [APPROVAL_PENDING] = "pending",
        [APPROVAL_APPROVED] = "approved",
        [APPROVAL_DENIED] = "denied",
        [APPROVAL_WITHDRAWN] = "withdrawn",
};

const char *approval_state_to_string(ApprovalState state)
{
        return states[state];
}

bool approval_state_from_string(const char *text, ApprovalState *ret, GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(states); i++)
                if (g_strcmp0(text, states[i]) == 0) {
                        *ret = (ApprovalState)i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "state must be pending, approved, denied or withdrawn, not \"%.40s\"",
                    text ?: "");
        return false;
}

Approval *approval_free(Approval *approval)
{
        if (!approval)
                return NULL;
        g_free(approval->id);
        g_free(approval->kind);
        g_free(approval->connection);
        g_free(approval->asked_by);
        g_free(approval->title);
        g_clear_pointer(&approval->payload, json_object_unref);
        g_clear_pointer(&approval->decision, json_object_unref);
        g_free(approval);
        return NULL;
}

Approval *approval_from_row(Statement *row)
{
        Approval *approval = g_new0(Approval, 1);
        const char *decision = statement_text(row, 6);

        approval->id = g_strdup(statement_text(row, 0));
        approval->kind = g_strdup(statement_text(row, 1));
        approval->connection = g_strdup(statement_text(row, 2));
        approval->asked_by = g_strdup(statement_text(row, 3));
        approval->title = g_strdup(statement_text(row, 4));
        approval->payload = json_parse_object(statement_text(row, 5), -1, NULL);
        if (!approval->payload)
                approval->payload = json_object_new();
        approval->decision = decision ? json_parse_object(decision, -1, NULL) : NULL;
        if (!approval_state_from_string(statement_text(row, 7), &approval->state, NULL))
                g_assert_not_reached(); /* the table checks it */
        approval->created_us = statement_int(row, 8);
        approval->expires_us = statement_int(row, 9);
        approval->decided_us = statement_int(row, 10);
        return approval;
}

Approval *approval_read(Db *db, const char *id, GError **error)
{
        Statement *row = db_statement(
                db, "SELECT " APPROVAL_COLUMNS " FROM approvals WHERE id = :id", error);
        StepResult r;

        if (!row)
                return NULL;
        statement_bind_text(row, ":id", id);
        r = statement_step(row, error);
        if (r == STEP_ROW)
                return approval_from_row(row);
        if (r == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "There is no approval %s", id);
        return NULL;
}

static void set_time(JsonObject *object, const char *name, int64_t time_us)
{
        if (time_us)
                json_set_time(object, name, time_us);
        else
                json_object_set_null_member(object, name);
}

const char *approval_minted(const Approval *approval)
{
        return approval && approval->decision
                       ? json_member_string(approval->decision, "connection_id", NULL)
                       : NULL;
}

JsonObject *approval_to_json(const Approval *approval)
{
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "approval_id", approval->id);
        json_object_set_string_member(object, "kind", approval->kind);
        json_set_string(object, "connection_id", approval->connection);
        json_object_set_string_member(object, "asked_by", approval->asked_by);
        json_object_set_string_member(object, "title", approval->title);
        json_object_set_object_member(object, "payload", json_object_ref(approval->payload));
        if (approval->decision)
                json_object_set_object_member(object, "decision",
                                              json_object_ref(approval->decision));
        else
                json_object_set_null_member(object, "decision");
        json_object_set_string_member(object, "state", states[approval->state]);
        set_time(object, "created", approval->created_us);
        set_time(object, "expires", approval->expires_us);
        set_time(object, "decided", approval->decided_us);
        return object;
}

bool approval_check_payload(JsonObject *payload, GError **error)
{
        g_autofree char *text = json_print_object(payload);

        if (strlen(text) <= APPROVAL_PAYLOAD_BYTES_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "The payload has more than APPROVAL_PAYLOAD_BYTES_MAX (%d) bytes",
                    APPROVAL_PAYLOAD_BYTES_MAX);
        return false;
}
