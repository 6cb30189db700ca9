/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking up names. Claims of a batch come in runs about few names, so each answer is kept; that a name is
 * undeclared is not, since the next claim may declare it in another spelling. */
#include "graph/mention.h"

#include "graph/decision.h"

static void mention_free(void *data)
{
        Mention *mention = data;

        g_free(mention->entity_id);
        (void)discovered_free(mention->waiting);
        g_free(mention);
}

void mentions_clear(Mentions *mentions)
{
        g_clear_pointer(&mentions->known, g_hash_table_unref);
}

static char *key_of(const EntityRef *ref)
{
        return ref->id ? g_strdup(ref->id) : g_strconcat(ref->type ?: "", "\n", ref->name, NULL);
}

/* Takes entity_id or waiting. */
static const Mention *keep(Mentions *mentions, const EntityRef *ref, char *entity_id,
                           Discovered *waiting)
{
        Mention *mention = g_new0(Mention, 1);

        if (!mentions->known)
                mentions->known =
                        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mention_free);
        mention->entity_id = entity_id;
        mention->waiting = waiting;
        g_hash_table_replace(mentions->known, key_of(ref), mention);
        return mention;
}

/* An entity that was found; it is freed. */
static const Mention *keep_entity(Mentions *mentions, const EntityRef *ref, Entity *entity,
                                  GError **error)
{
        g_autoptr(Entity) found = entity;

        if (found->is_active)
                return keep(mentions, ref, g_steal_pointer(&found->said_of), NULL);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "entity %s is no longer active", found->id);
        return NULL;
}

/* What the queue says of a name that no entity bears. */
static const Mention *find_in_queue(Mentions *mentions, Db *db, const EntityRef *ref,
                                    GError **error)
{
        g_autoptr(Discovered) discovered = discovered_find(db, ref, error);
        Entity *entity;

        if (!discovered)
                return NULL;
        if (discovered_is(discovered, "dismissed")) {
                if (!mentions->human || mentions->hold)
                        discovered_set_dismissed(discovered, error);
                return NULL;
        }
        if (!discovered->entity_id)
                return mentions->hold ? keep(mentions, ref, NULL, g_steal_pointer(&discovered))
                                      : NULL;
        entity = entity_get(db, mentions->scope, discovered->entity_id, error);
        return entity ? keep_entity(mentions, ref, entity, error) : NULL;
}

const Mention *mentions_find(Mentions *mentions, Db *db, const EntityRef *ref, GError **error)
{
        g_autofree char *key = mentions->known ? key_of(ref) : NULL;
        const Mention *known = key ? g_hash_table_lookup(mentions->known, key) : NULL;
        g_autoptr(GError) problem = NULL;
        Entity *entity;

        if (known)
                return known;
        entity = entity_find(db, mentions->scope, ref, &problem);
        if (entity)
                return keep_entity(mentions, ref, entity, error);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        /* what waits is not for a scoped caller to know */
        return mentions->scope ? NULL : find_in_queue(mentions, db, ref, error);
}

/* Makes an entity. What the human declares need not wait any more: its claims are recorded too. */
static bool make(const Mentions *mentions, Db *db, const EntityRef *ref, Entity **ret,
                 GError **error)
{
        bool human = mentions->human && !mentions->scope;
        g_autoptr(GError) problem = NULL;
        g_autoptr(Discovered) entry = human ? discovered_declared(db, ref, &problem) : NULL;
        EntityRef wanted = *ref;
        HeldTally tally = {0};
        bool ok;

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (entry && !discovered_is(entry, "waiting"))
                g_clear_pointer(&entry, discovered_free);
        if (entry && !ref->type && *entry->type)
                wanted.type = entry->type;
        *ret = entity_make(db, mentions->scope, &wanted, error);
        ok = *ret && (!entry || decision_adopt(db, entry, (*ret)->id, &tally, error));
        held_tally_clear(&tally);
        return ok;
}

const Mention *mentions_declare(Mentions *mentions, Db *db, const EntityRef *ref,
                                const Finding *finding, GError **error)
{
        g_autoptr(Discovered) added = NULL;
        g_autoptr(Entity) made = NULL;
        g_autofree char *id = NULL;

        if (mentions->hold && !mentions->scope) {
                id = discovered_add(db, ref, finding, error);
                added = id ? discovered_get(db, id, error) : NULL;
                return added ? keep(mentions, ref, NULL, g_steal_pointer(&added)) : NULL;
        }
        if (!make(mentions, db, ref, &made, error))
                return NULL;
        return made ? keep(mentions, ref, g_steal_pointer(&made->id), NULL) : NULL;
}
