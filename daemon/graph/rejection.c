/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of dropped claims. */
#include "graph/rejection.h"

#include "graph/page.h"

/* What can be kept of anything that was sent. */
static char *keepable(const char *text)
{
        g_autofree char *cut = text ? g_strndup(text, REJECTION_CHARS_MAX * 4) : NULL;
        g_autofree char *valid = cut ? g_utf8_make_valid(cut, -1) : NULL;

        if (!valid)
                return NULL;
        return g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), REJECTION_CHARS_MAX));
}

bool rejection_enter(Db *db, const char *observer, const Claim *claim, const GError *reason,
                     GError **error)
{
        g_autofree char *entity = keepable(claim->entity_id ?: claim->entity_name);
        g_autofree char *predicate = keepable(claim->predicate);
        g_autofree char *object = keepable(claim->object);
        g_autofree char *quote = keepable(claim->quote);
        g_autofree char *document = keepable(claim->document_id);
        g_autofree char *why = keepable(reason->message);
        Statement *statement = db_statement(
                db,
                "INSERT INTO rejections (ts, agent, document_id, entity, predicate, object, quote,"
                " reason) VALUES (:now, :agent, :document, :entity, :predicate, :object, :quote,"
                " :reason)",
                error);

        if (!statement)
                return false;
        statement_bind_int(statement, ":now", clock_now());
        statement_bind_text(statement, ":agent", observer);
        statement_bind_text(statement, ":document", document);
        statement_bind_text(statement, ":entity", entity);
        statement_bind_text(statement, ":predicate", predicate);
        statement_bind_text(statement, ":object", object);
        statement_bind_text(statement, ":quote", quote);
        statement_bind_text(statement, ":reason", why);
        return statement_run(statement, error);
}

void rejection_log(const Actor *actor, const Claim *claim, const GError *reason)
{
        int priority = actor->kind == ACTOR_SYSTEM ? LOG_DEBUG : LOG_INFO;
        g_autofree char *id = keepable(claim->document_id);
        g_autofree char *document = g_strdup_printf("OUROBOROS_DOCUMENT=%s", id ?: "");
        g_autofree char *by = g_strdup_printf("OUROBOROS_ACTOR=%s", actor->name);
        const char *fields[] = {document, by, NULL};

        log_event(LOG_CLAIM_REJECTED_EVENT, priority, fields, reason, "Dropped a claim of %s",
                  actor->name);
}

static JsonObject *rejection_to_json(Statement *row)
{
        static const char *const names[] = {"observer", "document_id", "entity", "predicate",
                                            "object",   "quote",       "reason"};
        JsonObject *object = json_object_new();

        json_object_set_int_member(object, "id", statement_int(row, 0));
        json_set_time(object, "ts", statement_int(row, 1));
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (!statement_is_null(row, (int)i + 2))
                        json_set_string(object, names[i], statement_text(row, (int)i + 2));
        return object;
}

JsonObject *rejection_list(Db *db, unsigned limit, const char *after, GError **error)
{
        g_autofree char *key = cursor_key("rejections", NULL, after, error);
        g_autoptr(Page) page = NULL;
        Statement *statement;
        StepResult step;

        if (!key)
                return NULL;
        statement = db_statement(db,
                                 "SELECT id, ts, agent, document_id, entity, predicate, object,"
                                 " quote, reason FROM rejections WHERE id < :after ORDER BY id DESC"
                                 " LIMIT :limit",
                                 error);
        if (!statement)
                return NULL;
        page = page_new("rejections", NULL, limit);
        statement_bind_int(statement, ":after", *key ? g_ascii_strtoll(key, NULL, 10) : G_MAXINT64);
        statement_bind_int(statement, ":limit", (int64_t)limit + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW && page_has_room(page))
                page_add(page, rejection_to_json(statement), statement_text(statement, 0));
        return step == STEP_ERROR ? NULL : page_to_json(page, "rejections");
}
