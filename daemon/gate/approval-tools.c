/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools by which people ask for connections and decide what waits, and agents read what was decided. */
#include <unistd.h>

#include "gate/approvals.h"
#include "gate/mint.h"
#include "gate/request.h"

/* ---- asking ---- */

static JsonObject *answer_status(Gate *gate, const char *id, GError **error)
{
        g_autoptr(Approval) approval = gate_approval(gate, id, error);
        const char *connection = approval_minted(approval);

        if (!approval)
                return NULL;
        g_autofree char *file = connection ? bearer_path(gate->options.paths, connection) : NULL;
        JsonObject *answer = json_object_new();
        json_object_set_string_member(answer, "approval_id", approval->id);
        json_object_set_string_member(answer, "state", approval_state_to_string(approval->state));
        json_set_time(answer, "expires", approval->expires_us);
        json_set_string(answer, "connection_id", connection);
        json_set_string(answer, "bearer_file", file && access(file, F_OK) == 0 ? file : NULL);
        json_set_string(answer, "reason",
                        approval->decision ? args_string(approval->decision, "reason") : NULL);
        return answer;
}

static JsonObject *request_connection(void *room, const Access *access, JsonObject *args,
                                      GError **error)
{
        g_autofree char *id = request_make(room, access, args, error);

        return id ? answer_status(room, id, error) : NULL;
}

static JsonObject *request_status(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        const char *id = args_string(args, "approval_id");

        return args_check_id(args, "approval_id", "appr", error) ? answer_status(room, id, error)
                                                                 : NULL;
}

/* ---- deciding ---- */

static JsonObject *get(void *room, const Access *access, JsonObject *args, GError **error)
{
        if (!args_check_id(args, "approval_id", "appr", error))
                return NULL;
        g_autoptr(Approval) approval = gate_approval(room, args_string(args, "approval_id"), error);
        return approval ? approval_to_json(approval) : NULL;
}

static JsonObject *resolve(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "approval_id");
        bool approve = g_str_equal(json_member_string(args, "decision", "deny"), "approve");
        g_autoptr(JsonObject) denial = NULL;
        JsonObject *payload = json_member_object(args, "payload");
        const char *reason = args_string(args, "reason");

        if ((payload && !approval_check_payload(payload, error)) ||
            !args_check_id(args, "approval_id", "appr", error) || !args_check_reason(args, error))
                return NULL;
        if (!approve) {
                denial = json_object_new();
                json_set_string(denial, "reason", reason);
                payload = denial;
        }
        return gate_resolve(room, access, id, approve, payload, error)
                       ? get(room, access, args, error)
                       : NULL;
}

static bool read_page(Db *db, const char *state, const char *after, unsigned limit,
                      JsonArray *ret_rows, GError **error)
{
        Statement *rows = db_statement(db,
                                       "SELECT " APPROVAL_COLUMNS " FROM approvals"
                                       " WHERE (:state = 'all' OR state = :state)"
                                       " AND (:after = '' OR id < :after)"
                                       " ORDER BY id DESC LIMIT :limit",
                                       error);
        StepResult r;

        if (!rows)
                return false;
        statement_bind_text(rows, ":state", state);
        statement_bind_text(rows, ":after", after);
        statement_bind_int(rows, ":limit", (int64_t)limit + 1);
        while ((r = statement_step(rows, error)) == STEP_ROW) {
                g_autoptr(Approval) approval = approval_from_row(rows);

                json_array_add_object_element(ret_rows, approval_to_json(approval));
        }
        return r == STEP_DONE;
}

/* One row more than asked for was read if there are more. */
static char *cut_page(JsonArray *rows, const char *state, unsigned limit)
{
        if (json_array_get_length(rows) <= limit)
                return NULL;
        json_array_remove_element(rows, limit);
        JsonObject *last = json_array_get_object_element(rows, limit - 1);
        return cursor_new("approvals", state, json_member_string(last, "approval_id", ""));
}

static JsonObject *list(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *state = json_member_string(args, "state", "pending");
        g_autofree char *after = cursor_key("approvals", state, args_string(args, "after"), error);
        g_autoptr(JsonArray) rows = json_array_new();
        unsigned limit;

        if (!after || !args_limit(args, APPROVALS_PAGE_MAX, "APPROVALS_PAGE_MAX", &limit, error))
                return NULL;
        g_autoptr(Db) db = store_reader(((Gate *)room)->options.ops, /* scope= */ NULL, error);
        if (!db || !read_page(db, state, after, limit, rows, error))
                return NULL;
        g_autofree char *next = cut_page(rows, state, limit);
        JsonObject *answer = json_object_new();
        json_object_set_array_member(answer, "approvals", g_steal_pointer(&rows));
        json_set_string(answer, "next", next);
        return answer;
}

/* ---- for who asked ---- */

static JsonObject *read_answers(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *connection = access_actor(access)->connection;
        unsigned limit;

        if (!args_limit(args, APPROVALS_PAGE_MAX, "APPROVALS_PAGE_MAX", &limit, error))
                return NULL;
        JsonArray *answers = gate_answers(room, access, limit, error);
        if (!answers)
                return NULL;
        JsonObject *answer = json_object_new();
        json_object_set_array_member(answer, "answers", answers);
        json_object_set_int_member(answer, "unread",
                                   connection ? gate_unread(room, connection) : 0);
        return answer;
}

const Tool approval_tools[] = {
        {"request_connection", TOOL_HUMAN, TOOL_SLOW, request_connection, .action = "read"},
        {"request_status", TOOL_HUMAN, TOOL_CHEAP, request_status, .action = "read"},
        {"list_approvals", TOOL_HUMAN, TOOL_CHEAP, list, .action = "read"},
        {"get_approval", TOOL_HUMAN, TOOL_CHEAP, get, .action = "read"},
        {"resolve_approval", TOOL_HUMAN, TOOL_SLOW, resolve, .action = "approval.resolve"},
        {"read_answers", TOOL_READ, TOOL_CHEAP, read_answers},
        {NULL},
};
