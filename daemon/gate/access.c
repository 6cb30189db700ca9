/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access: the token that says who calls and what he may see. Made by a door when a call comes in, handed
 * down by reference, freed with the last one; never changed, so any thread may read it. */
#include "gate/exchange.h"

struct Access {
        gatomicrefcount references;
        Actor actor;
        Scope *scope; /* NULL: everything */
        char *observer;
        Connection *connection; /* of an agent that came through the gate */
        Exchange *exchange;     /* of the call, or NULL */
};

static Access *access_new(ActorKind kind, const char *observer, const char *name,
                          const char *session)
{
        Access *access = g_new0(Access, 1);

        g_atomic_ref_count_init(&access->references);
        access->actor.kind = kind;
        access->actor.name = g_strdup(name);
        access->actor.session = g_strdup(session);
        access->observer = g_strdup(observer);
        return access;
}

Access *access_new_human(const char *name, const char *session)
{
        g_assert(name);
        return access_new(ACTOR_HUMAN, "human", name, session);
}

Access *access_new_system(const char *name)
{
        g_assert(name);
        return access_new(ACTOR_SYSTEM, name, name, /* session= */ NULL);
}

Access *access_new_agent(const char *connection, const char *name, const char *session,
                         Scope *scope)
{
        Access *access;

        g_assert(connection && name);
        access = access_new(ACTOR_AGENT, connection, name, session);
        access->actor.connection = g_strdup(connection);
        access->scope = scope ? scope_ref(scope) : NULL;
        return access;
}

Access *access_new_connection(const Connection *connection, const char *session)
{
        Access *access =
                access_new_agent(connection_id(connection), connection_terms(connection)->name,
                                 session, (Scope *)connection_scope(connection));

        access->connection = connection_ref(connection);
        return access;
}

Access *access_for_call(const Access *access, Exchange *exchange)
{
        Access *copy = access_new(access->actor.kind, access->observer, access->actor.name,
                                  access->actor.session);

        copy->actor.connection = g_strdup(access->actor.connection);
        copy->scope = access->scope ? scope_ref(access->scope) : NULL;
        copy->connection = access->connection ? connection_ref(access->connection) : NULL;
        copy->exchange = exchange ? exchange_ref(exchange) : NULL;
        return copy;
}

Access *access_ref(const Access *access)
{
        Access *counted = (Access *)access; /* only the count changes */

        g_atomic_ref_count_inc(&counted->references);
        return counted;
}

Access *access_unref(Access *access)
{
        if (!access || !g_atomic_ref_count_dec(&access->references))
                return NULL;
        g_free(access->actor.connection);
        g_free(access->actor.name);
        g_free(access->actor.session);
        g_free(access->observer);
        scope_unref(access->scope);
        connection_unref(access->connection);
        exchange_unref(access->exchange);
        g_free(access);
        return NULL;
}

const Actor *access_actor(const Access *access)
{
        return &access->actor;
}

const Scope *access_scope(const Access *access)
{
        return access->scope;
}

const char *access_observer(const Access *access)
{
        return access->observer;
}

const Connection *access_connection(const Access *access)
{
        return access->connection;
}

/* ---- while a call runs ---- */

bool access_check_cancelled(const Access *access, GError **error)
{
        return exchange_check_cancelled(access->exchange, error);
}

void access_progress(const Access *access, double done, double total, const char *message)
{
        exchange_progress(access->exchange, done, total, message);
}

void access_say(const Access *access, int level, const char *text)
{
        exchange_say(access->exchange, level, text);
}

bool access_can_wait(const Access *access)
{
        return exchange_can_wait(access->exchange);
}

bool access_can_ask(const Access *access, AskKind kind)
{
        return exchange_can_ask(access->exchange, kind);
}

JsonObject *access_reply(const Access *access, const char *key)
{
        return exchange_reply(access->exchange, key);
}

const char *access_note(const Access *access)
{
        return exchange_old_note(access->exchange);
}

void access_ask(const Access *access, const char *key, AskKind kind, JsonObject *params)
{
        exchange_ask(access->exchange, key, kind, params);
}

void access_await(const Access *access, const char *approval, int64_t wait_us)
{
        exchange_await(access->exchange, approval, wait_us);
}

bool access_pause(const Access *access, const char *note, GError **error)
{
        return exchange_pause(access->exchange, note, error);
}

bool access_is_paused(const Access *access)
{
        return exchange_is_paused(access->exchange);
}

JsonObject *access_asks(const Access *access)
{
        return access->exchange ? exchange_asks(access->exchange) : NULL;
}
