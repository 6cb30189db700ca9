/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking and deciding: the writes of approvals. */
#include <string.h>

#include "gate/approvals.h"
#include "gate/mint.h"

#define APPROVAL_US ((int64_t)APPROVAL_DAYS * 24 * 3600 * G_USEC_PER_SEC)

static void log_about(LogEvent event, const Approval *approval, const char *who, const char *what)
{
        g_autofree char *id = g_strconcat("OUROBOROS_APPROVAL=", approval->id, NULL);
        g_autofree char *kind = g_strconcat("OUROBOROS_KIND=", approval->kind, NULL);
        const char *fields[] = {id, kind, NULL};

        log_event(event, LOG_NOTICE, fields, NULL, "%s %s: %s (%s)", who, what, approval->title,
                  approval->id);
}

/* ---- asking ---- */

/* Who asks over a door that anybody may use is not yet the human with polkit's word for it. */
static Actor asking_actor(const Access *access)
{
        const Actor *actor = access_actor(access);

        return actor->kind == ACTOR_HUMAN
                       ? (Actor){.kind = ACTOR_SYSTEM, .name = "gate", .session = actor->session}
                       : *actor;
}

static bool count_pending(Db *db, const Approval *new, int64_t *ret_all, int64_t *ret_own,
                          GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT count(*), total(connection_id IS :connection AND"
                                      " (connection_id IS NOT NULL OR asked_by = :name))"
                                      " FROM approvals WHERE state = 'pending'",
                                      error);

        if (!row)
                return false;
        statement_bind_text(row, ":connection", new->connection);
        statement_bind_text(row, ":name", new->asked_by);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        *ret_all = statement_int(row, 0);
        *ret_own = statement_int(row, 1);
        return true;
}

static bool check_pending(Db *db, const Approval *new, GError **error)
{
        int64_t all, own;

        if (!count_pending(db, new, &all, &own, error))
                return false;
        if (own >= APPROVALS_PENDING_PER_CONNECTION_MAX)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%s has APPROVALS_PENDING_PER_CONNECTION_MAX (%d) requests waiting for "
                            "the human already",
                            new->asked_by, APPROVALS_PENDING_PER_CONNECTION_MAX);
        else if (all >= APPROVALS_PENDING_MAX)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "APPROVALS_PENDING_MAX (%d) requests wait for the human already",
                            APPROVALS_PENDING_MAX);
        else
                return true;
        return false;
}

static bool insert(Db *db, void *data, GError **error)
{
        const Approval *new = data;
        Statement *row;

        if (!check_pending(db, new, error))
                return false;
        row = db_statement(db,
                           "INSERT INTO approvals (id, kind, connection_id, asked_by, title,"
                           " payload, state, created_at, expires_at) VALUES (:id, :kind,"
                           " :connection, :name, :title, :payload, 'pending', :now, :expires)",
                           error);
        g_autofree char *payload = json_print_object(new->payload);
        if (!row)
                return false;
        statement_bind_text(row, ":id", new->id);
        statement_bind_text(row, ":kind", new->kind);
        statement_bind_text(row, ":connection", new->connection);
        statement_bind_text(row, ":name", new->asked_by);
        statement_bind_text(row, ":title", new->title);
        statement_bind_text(row, ":payload", payload);
        statement_bind_int(row, ":now", new->created_us);
        statement_bind_int(row, ":expires", new->expires_us);
        return statement_run(row, error);
}

static bool check_request(Gate *gate, const Approval *request, GError **error)
{
        if (!approvals_has_kind(gate->approvals, request->kind)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "Nothing of the kind \"%.40s\" is put to the human", request->kind);
                return false;
        }
        return text_check("title", request->title, APPROVAL_TITLE_CHARS_MAX,
                          "APPROVAL_TITLE_CHARS_MAX", error) &&
               approval_check_payload(request->payload, error);
}

char *gate_request(Gate *gate, const Access *access, const Approval *request, GError **error)
{
        const Actor actor = asking_actor(access);
        WriteOptions options = {.actor = &actor};
        int64_t now = clock_now();
        Approval new = *request;
        char id[ID_MAX];

        if (!gate_is_ready(gate, error) || !check_request(gate, request, error))
                return NULL;
        id_write("appr", id);
        new.id = id;
        new.connection = access_actor(access)->connection;
        new.asked_by = access_actor(access)->name;
        new.created_us = now;
        new.expires_us = request->expires_us ? request->expires_us : now + APPROVAL_US;
        if (!store_write(gate->options.ops, &options, insert, &new, error))
                return NULL;
        log_about(LOG_APPROVAL_ASKED_EVENT, &new, new.asked_by, "asks");
        return g_strdup(id);
}

Approval *gate_approval(Gate *gate, const char *id, GError **error)
{
        g_autoptr(Db) db = store_reader(gate->options.ops, /* scope= */ NULL, error);

        return db ? approval_read(db, id, error) : NULL;
}

/* ---- deciding ---- */

typedef struct Resolving {
        Gate *gate;
        const char *id;
        ApprovalState state;
        JsonObject *given;    /* what the human changes, or NULL: nothing; borrowed */
        JsonObject *payload;  /* what is carried out */
        JsonObject *decision; /* what came of it */
        Approval *approval;   /* as it was */
} Resolving;

static void resolving_clear(Resolving *resolving)
{
        g_clear_pointer(&resolving->payload, json_object_unref);
        g_clear_pointer(&resolving->decision, json_object_unref);
        approval_free(resolving->approval);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Resolving, resolving_clear)

static bool check_waits(const Approval *approval, GError **error)
{
        g_autofree char *when = clock_to_iso(approval->decided_us);

        if (approval->state != APPROVAL_PENDING)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s does not wait any more: it was %s at %s", approval->id,
                            approval_state_to_string(approval->state), when);
        else if (approval->expires_us && approval->expires_us <= clock_now())
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s does not wait any more: it has expired", approval->id);
        else
                return true;
        return false;
}

static bool update(Db *db, const Resolving *resolving, GError **error)
{
        JsonObject *payload = resolving->payload ?: resolving->approval->payload;
        g_autofree char *shown = json_print_object(payload);
        g_autofree char *decision =
                resolving->decision ? json_print_object(resolving->decision) : NULL;
        Statement *row = db_statement(db,
                                      "UPDATE approvals SET state = :state, payload = :payload,"
                                      " decision = :decision, decided_at = :now WHERE id = :id",
                                      error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", resolving->id);
        statement_bind_text(row, ":state", approval_state_to_string(resolving->state));
        statement_bind_text(row, ":payload", shown);
        statement_bind_text(row, ":decision", decision);
        statement_bind_int(row, ":now", clock_now());
        return statement_run(row, error);
}

/* Why it was denied, if the human says so in the payload. */
static JsonObject *denial(JsonObject *payload)
{
        const char *reason = payload ? json_member_string(payload, "reason", NULL) : NULL;
        JsonObject *decision = json_object_new();

        if (reason)
                json_object_set_string_member(decision, "reason", reason);
        return decision;
}

static void copy_members(JsonObject *from, JsonObject *to)
{
        g_autoptr(GList) names = json_object_get_members(from);

        for (GList *name = names; name; name = name->next)
                json_object_set_member(to, name->data,
                                       json_node_copy(json_object_get_member(from, name->data)));
}

/* What the human does not name stays as it was asked for: leaving out never widens. */
static bool merge(Resolving *resolving, GError **error)
{
        resolving->payload = json_object_new();
        copy_members(resolving->approval->payload, resolving->payload);
        if (!resolving->given)
                return true;
        copy_members(resolving->given, resolving->payload);
        return approval_check_payload(resolving->payload, error);
}

static bool resolve(Db *db, void *data, GError **error)
{
        Resolving *resolving = data;

        resolving->approval = approval_read(db, resolving->id, error);
        if (!resolving->approval || !check_waits(resolving->approval, error))
                return false;
        if (resolving->state == APPROVAL_APPROVED) {
                if (!merge(resolving, error))
                        return false;
                resolving->decision =
                        approvals_approve(resolving->gate->approvals, db, resolving->approval,
                                          resolving->payload, error);
                if (!resolving->decision)
                        return false;
        } else if (resolving->state == APPROVAL_DENIED) {
                resolving->decision = denial(resolving->given);
        }
        return update(db, resolving, error);
}

/* What the decision changed holds, and is counted, before it is answered. */
static void take_up(Gate *gate, const Resolving *resolving)
{
        const char *connection = resolving->approval->connection;
        const char *minted =
                resolving->decision ? json_member_string(resolving->decision, "connection_id", NULL)
                                    : NULL;
        g_autoptr(GError) error = NULL;

        if (connection)
                approvals_count(gate->approvals, connection);
        if (minted && !registry_refresh(gate->registry, gate->options.ops, minted, &error))
                log_debug("Cannot read %s back: %s, ignoring", minted, error->message);
}

/* Bearer files may be made meanwhile, so none is tidied up but after a failure. */
static bool run(Gate *gate, const WriteOptions *options, Resolving *resolving, GError **error)
{
        resolving->gate = gate;
        g_mutex_lock(&gate->minting);
        bool ok = store_write(gate->options.ops, options, resolve, resolving, error);
        if (ok)
                take_up(gate, resolving);
        else if (resolving->state == APPROVAL_APPROVED)
                mint_tidy(gate);
        g_mutex_unlock(&gate->minting);
        return ok;
}

bool gate_resolve(Gate *gate, const Access *human, const char *id, bool approve,
                  JsonObject *payload, GError **error)
{
        const Actor *actor = access_actor(human);
        WriteOptions options = {.actor = actor};
        g_auto(Resolving) resolving = {
                .id = id, .state = approve ? APPROVAL_APPROVED : APPROVAL_DENIED, .given = payload};

        if (actor->kind != ACTOR_HUMAN) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    "Only the human decides what waits for him");
                return false;
        }
        if (!gate_is_ready(gate, error) || (payload && !approval_check_payload(payload, error)) ||
            !run(gate, &options, &resolving, error))
                return false;
        log_about(LOG_APPROVAL_DECIDED_EVENT, resolving.approval, actor->name,
                  approve ? "approved" : "denied");
        return true;
}

bool gate_withdraw(Gate *gate, const char *id, GError **error)
{
        const Actor actor = {.kind = ACTOR_SYSTEM, .name = "gate"};
        WriteOptions options = {.actor = &actor, .reason = "withdrawn by who asked"};
        g_auto(Resolving) resolving = {.id = id, .state = APPROVAL_WITHDRAWN};

        return gate_is_ready(gate, error) && run(gate, &options, &resolving, error);
}

/* ---- what was decided, for who asked ---- */

static bool mark(Db *db, void *data, GError **error)
{
        for (char **id = data; *id; id++) {
                Statement *row = db_statement(
                        db, "INSERT OR IGNORE INTO approval_reads VALUES (:id, :now)", error);

                if (!row)
                        return false;
                statement_bind_text(row, ":id", *id);
                statement_bind_int(row, ":now", clock_now());
                if (!statement_run(row, error))
                        return false;
        }
        return true;
}

static bool mark_all(Gate *gate, char **ids, GError **error)
{
        const Actor actor = {.kind = ACTOR_SYSTEM, .name = "gate"};
        WriteOptions options = {.actor = &actor};

        return !*ids || store_write(gate->options.ops, &options, mark, ids, error);
}

bool gate_mark_read(Gate *gate, const char *approval, GError **error)
{
        char *ids[] = {(char *)approval, NULL};
        g_autoptr(Approval) known = gate_approval(gate, approval, error);

        if (!known || !mark_all(gate, ids, error))
                return false;
        if (known->connection) {
                approvals_count(gate->approvals, known->connection);
                gate_tell(gate, known->connection);
        }
        return true;
}

static JsonArray *read_answers(Gate *gate, const char *connection, unsigned limit, char ***ret_ids,
                               GError **error)
{
        g_autoptr(Db) db = store_reader(gate->options.ops, /* scope= */ NULL, error);
        g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
        g_autoptr(JsonArray) answers = json_array_new();
        Statement *rows = db ? db_statement(db,
                                            "SELECT " APPROVAL_COLUMNS
                                            " FROM approvals a WHERE connection_id = :id AND state"
                                            " IN ('approved', 'denied') AND NOT EXISTS (SELECT 1"
                                            " FROM approval_reads WHERE approval_id = a.id)"
                                            " ORDER BY decided_at, id LIMIT :limit",
                                            error)
                             : NULL;
        StepResult r;

        if (!rows)
                return NULL;
        statement_bind_text(rows, ":id", connection);
        statement_bind_int(rows, ":limit", limit);
        while ((r = statement_step(rows, error)) == STEP_ROW) {
                g_autoptr(Approval) approval = approval_from_row(rows);

                g_strv_builder_add(ids, approval->id);
                json_array_add_object_element(answers, approval_to_json(approval));
        }
        if (r != STEP_DONE)
                return NULL;
        *ret_ids = g_strv_builder_end(ids);
        return g_steal_pointer(&answers);
}

JsonArray *gate_answers(Gate *gate, const Access *access, unsigned limit, GError **error)
{
        const char *connection = access_actor(access)->connection;
        g_auto(GStrv) ids = NULL;

        if (!connection)
                return json_array_new();
        g_autoptr(JsonArray) answers = read_answers(gate, connection, limit, &ids, error);
        if (!answers || !mark_all(gate, ids, error))
                return NULL;
        if (*ids) {
                approvals_count(gate->approvals, connection);
                gate_tell(gate, connection);
        }
        return g_steal_pointer(&answers);
}
