/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carrying out decisions. The names that an entry was found by become aliases of its entity, so that whatever is
 * mined later by those names is about it at once. */
#include "graph/decision.h"

#include <string.h>

void decision_clear(Decision *decision)
{
        g_clear_pointer(&decision->entry, discovered_free);
        g_clear_pointer(&decision->entity_id, g_free);
        g_clear_pointer(&decision->queued_id, g_free);
        g_clear_pointer(&decision->covered, json_array_unref);
        g_clear_pointer(&decision->group, g_free);
        held_tally_clear(&decision->tally);
}

/* ---- names ---- */

static bool insert_alias(Db *db, const Entity *entity, const char *alias, GError **error)
{
        g_autofree char *key = text_key(alias), *own = text_key(entity->name);
        Statement *statement;

        if (strcmp(key, own) == 0)
                return true;
        statement =
                db_statement(db,
                             "INSERT OR IGNORE INTO entity_aliases (entity_id, alias_key, alias)"
                             " VALUES (:id, :key, :alias)",
                             error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", entity->id);
        statement_bind_text(statement, ":key", key);
        statement_bind_text(statement, ":alias", alias);
        return statement_run(statement, error);
}

/* The names in a JSON array, or none. */
static bool insert_aliases(Db *db, const Entity *entity, const char *aliases, GError **error)
{
        g_autoptr(JsonNode) node = aliases ? json_parse_text(aliases, -1, NULL) : NULL;
        JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

        for (unsigned i = 0; array && i < json_array_get_length(array); i++)
                if (!insert_alias(db, entity, json_array_get_string_element(array, i), error))
                        return false;
        return true;
}

/* CONFLICT if there is an entity of just this name and type. */
static bool check_free(Db *db, const EntityRef *ref, GError **error)
{
        g_autofree char *key = text_key(ref->name);
        StepResult step;
        Statement *statement =
                db_statement(db,
                             "SELECT id FROM entities WHERE name_key = :key AND type = :type"
                             " AND is_active = 1 AND merged_into IS NULL AND document_id IS NULL",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":key", key);
        statement_bind_text(statement, ":type", ref->type);
        step = statement_step(statement, error);
        if (step == STEP_ROW)
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                        "%s of type %s is an entity already: %s; merge_discovered merges into it",
                        ref->name, ref->type, statement_text(statement, 0));
        return step == STEP_DONE;
}

/* ---- beginning ---- */

static bool begin(Db *db, Decision *decision, GError **error)
{
        decision_clear(decision); /* the work may be done twice */
        decision->changed = false;
        decision->claims = 0;
        decision->group = g_strdup(db_group(db));
        decision->entry = discovered_get(db, decision->discovered_id, error);
        if (!decision->entry)
                return false;
        decision->state = g_intern_string(decision->entry->state);
        decision->entity_id = g_strdup(decision->entry->entity_id);
        return true;
}

static bool refuse(const Discovered *entry, const char *advice, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "%s (%s) was %s%s%s already; %s", entry->id, entry->name, entry->state,
                    entry->entity_id ? ", as " : "", entry->entity_id ?: "", advice);
        return false;
}

/* ---- promote, merge ---- */

bool decision_adopt(Db *db, const Discovered *entry, const char *entity_id, HeldTally *tally,
                    GError **error)
{
        return discovered_set(db, entry, "promoted", entity_id, error) &&
               held_settle(db, entry, tally, error);
}

static bool promote(Db *db, Decision *decision, const EntityRef *ref, GError **error)
{
        const Discovered *entry = decision->entry;
        g_autoptr(Entity) entity = entity_make(db, /* scope= */ NULL, ref, error);

        if (!entity || !insert_alias(db, entity, entry->name, error) ||
            !insert_aliases(db, entity, entry->aliases, error) ||
            !insert_aliases(db, entity, decision->aliases, error) ||
            !decision_adopt(db, entry, entity->id, &decision->tally, error))
                return false;
        g_free(decision->entity_id);
        decision->entity_id = g_steal_pointer(&entity->id);
        decision->state = "promoted";
        decision->changed = true;
        return true;
}

bool decision_promote(Db *db, void *data, GError **error)
{
        Decision *decision = data;
        EntityRef ref = decision->ref;
        const Discovered *entry;

        if (!begin(db, decision, error))
                return false;
        entry = decision->entry;
        if (discovered_is(entry, "dismissed"))
                return refuse(entry, "restore_discovered brings it back", error);
        if (!discovered_is(entry, "waiting"))
                return refuse(entry, "revert that first", error);
        ref.name = ref.name ?: entry->name;
        ref.type = ref.type ?: *entry->type ? entry->type : ENTITY_TYPE_DEFAULT;
        return check_free(db, &ref, error) && promote(db, decision, &ref, error);
}

static Entity *find_target(Db *db, const Decision *decision, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Entity) entity = entity_find(db, /* scope= */ NULL, &decision->ref, &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        if (entity && entity->is_active)
                return g_steal_pointer(&entity);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no active entity %s",
                    decision->ref.id ?: decision->ref.name);
        return NULL;
}

bool decision_merge(Db *db, void *data, GError **error)
{
        Decision *decision = data;
        g_autoptr(Entity) entity = NULL;
        bool waiting, same;

        if (!begin(db, decision, error))
                return false;
        entity = find_target(db, decision, error);
        if (!entity)
                return false;
        waiting = discovered_is(decision->entry, "waiting");
        same = g_strcmp0(decision->entry->entity_id, entity->id) == 0;
        if (discovered_is(decision->entry, "dismissed"))
                return refuse(decision->entry, "restore_discovered brings it back", error);
        if (!waiting && !same)
                return refuse(decision->entry, "revert that first", error);
        /* again into the same entity: for claims that a revert has made wait */
        if (!insert_alias(db, entity, decision->entry->name, error) ||
            !insert_aliases(db, entity, decision->entry->aliases, error) ||
            (waiting && !discovered_set(db, decision->entry, "merged", entity->id, error)) ||
            !held_settle(db, decision->entry, &decision->tally, error))
                return false;
        decision->changed = waiting || decision->tally.recorded || decision->tally.unchanged ||
                            json_array_get_length(decision->tally.dropped) > 0;
        decision->state = waiting ? "merged" : decision->state;
        g_free(decision->entity_id);
        decision->entity_id = g_strdup(entity->id);
        return true;
}

/* ---- dismiss, restore ---- */

static bool dismiss_one(Db *db, Decision *decision, const char *id, GError **error)
{
        Statement *statement = db_statement(db,
                                            "UPDATE discovered SET state = 'dismissed',"
                                            " reason = coalesce(:reason, reason) WHERE id = :id",
                                            error);
        unsigned claims;

        if (!statement)
                return false;
        statement_bind_text(statement, ":reason", decision->reason);
        statement_bind_text(statement, ":id", id);
        if (!statement_run(statement, error) || !held_dismiss(db, id, &claims, error))
                return false;
        decision->claims += claims;
        return true;
}

/* A name dismissed without a type is dismissed with every type. */
static bool dismiss_covered(Db *db, Decision *decision, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT id FROM discovered WHERE name_key = :key AND type <> '' AND is_active = 1"
                " AND state = 'waiting' ORDER BY id",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":key", decision->entry->key);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(statement, 0)));
        for (unsigned i = 0; i < ids->len && step == STEP_DONE; i++) {
                if (!dismiss_one(db, decision, ids->pdata[i], error))
                        return false;
                json_array_add_string_element(decision->covered, ids->pdata[i]);
        }
        return step == STEP_DONE;
}

bool decision_dismiss(Db *db, void *data, GError **error)
{
        Decision *decision = data;

        if (!begin(db, decision, error))
                return false;
        decision->covered = json_array_new();
        if (discovered_is(decision->entry, "dismissed"))
                return true;
        if (!discovered_is(decision->entry, "waiting"))
                return refuse(decision->entry, "revert that first", error);
        decision->changed = true;
        decision->state = "dismissed";
        return dismiss_one(db, decision, decision->entry->id, error) &&
               (*decision->entry->type || dismiss_covered(db, decision, error));
}

bool decision_restore(Db *db, void *data, GError **error)
{
        Decision *decision = data;

        if (!begin(db, decision, error))
                return false;
        if (discovered_is(decision->entry, "waiting"))
                return true;
        if (!discovered_is(decision->entry, "dismissed"))
                return refuse(decision->entry, "revert that instead", error);
        decision->changed = true;
        decision->state = "waiting";
        return discovered_set(db, decision->entry, "waiting", /* entity_id= */ NULL, error) &&
               held_restore(db, decision->entry->id, &decision->claims, error);
}

/* ---- propose ---- */

/* The human's word: an entity at once. */
static bool propose_at_once(Db *db, Decision *decision, GError **error)
{
        const Discovered *entry = decision->entry;
        EntityRef ref = decision->ref;
        g_autoptr(Entity) entity = NULL;

        ref.type = ref.type ?: entry && *entry->type ? entry->type : ENTITY_TYPE_DEFAULT;
        decision->changed = true;
        if (entry && discovered_is(entry, "dismissed") &&
            (!discovered_set(db, entry, "waiting", /* entity_id= */ NULL, error) ||
             !held_restore(db, entry->id, &decision->claims, error)))
                return false;
        if (entry)
                return promote(db, decision, &ref, error);
        entity = entity_make(db, /* scope= */ NULL, &ref, error);
        if (!entity || !insert_aliases(db, entity, decision->aliases, error))
                return false;
        decision->state = "promoted";
        decision->entity_id = g_steal_pointer(&entity->id);
        return true;
}

static bool propose_to_queue(Db *db, Decision *decision, GError **error)
{
        Finding finding = {.observer = access_observer(decision->access),
                           .reason = decision->reason,
                           .aliases = decision->aliases};

        decision->state = "waiting";
        if (decision->entry && discovered_is(decision->entry, "dismissed")) {
                discovered_set_dismissed(decision->entry, error);
                return false;
        }
        decision->changed = !decision->entry;
        decision->queued_id = decision->entry ? g_strdup(decision->entry->id)
                                              : discovered_add(db, &decision->ref, &finding, error);
        return decision->queued_id != NULL;
}

bool decision_propose(Db *db, void *data, GError **error)
{
        Decision *decision = data;
        const Scope *scope = access_scope(decision->access);
        bool human = access_actor(decision->access)->kind == ACTOR_HUMAN;
        g_autoptr(GError) problem = NULL;
        g_autoptr(Entity) entity = entity_find(db, scope, &decision->ref, &problem);

        decision_clear(decision); /* the work may be done twice */
        decision->group = g_strdup(db_group(db));
        if (!problem && !entity && !scope)
                decision->entry = human ? discovered_declared(db, &decision->ref, &problem)
                                        : discovered_find(db, &decision->ref, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (entity || (decision->entry && decision->entry->entity_id)) {
                decision->state = "known";
                decision->entity_id = g_strdup(entity ? entity->id : decision->entry->entity_id);
                return true;
        }
        if (scope) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                        "no entity %s in the scope of this connection, which cannot propose one",
                        decision->ref.name);
                return false;
        }
        return human ? propose_at_once(db, decision, error) : propose_to_queue(db, decision, error);
}
