/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the names in claims stand for: an entity, or an entry of the discovered queue that waits. */
#pragma once

#include "graph/discovered.h"

/* One of the two is set. */
typedef struct Mention {
        char *entity_id;
        Discovered *waiting;
} Mention;

/* The names of one batch, looked up once each; for use inside one write. */
typedef struct Mentions {
        const Scope *scope;
        bool human; /* whose word makes even what was dismissed */
        bool hold;  /* undeclared names wait instead of becoming entities */
        GHashTable *known;
} Mentions;
void mentions_clear(Mentions *mentions);

/* What a reference stands for; NULL without an error: it is undeclared. DENIED: it was dismissed. */
const Mention *mentions_find(Mentions *mentions, Db *db, const EntityRef *ref, GError **error);

/* Makes an undeclared name an entity or an entry that waits. DENIED to a scoped caller. */
const Mention *mentions_declare(Mentions *mentions, Db *db, const EntityRef *ref,
                                const Finding *finding, GError **error);
