/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ActorKind: the names under which the journal knows who wrote. */
#include "store/store.h"

static const char *const kinds[] = {
        [ACTOR_HUMAN] = "human",
        [ACTOR_AGENT] = "agent",
        [ACTOR_SYSTEM] = "system",
};

const char *actor_kind_to_string(ActorKind kind)
{
        return (unsigned)kind < G_N_ELEMENTS(kinds) ? kinds[kind] : NULL;
}
