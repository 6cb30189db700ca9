/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access: the token that says who calls and what he may see. Made by a door when a call comes in, handed
 * down by reference, freed with the last one; never changed, so any thread may read it. */
#include "gate/gate.h"

struct Access {
        gatomicrefcount references;
        Actor actor;
        Scope *scope; /* NULL: everything */
        char *observer;
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
