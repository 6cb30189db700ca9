/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See alias.h. */
#include "graph/alias.h"

#include <string.h>

void alias_change_clear(AliasChange *change)
{
        g_clear_pointer(&change->entity, entity_free);
        g_clear_pointer(&change->group, g_free);
}

bool alias_check(const char *alias, GError **error)
{
        return entity_check_name("alias", alias, error);
}

static bool find(Db *db, AliasChange *change, GError **error)
{
        g_autoptr(GError) problem = NULL;

        alias_change_clear(change); /* the work may be done twice */
        change->is_new = false;
        change->group = g_strdup(db_group(db));
        change->entity = entity_find(db, change->scope, &change->ref, &problem);
        if (!change->entity && !problem)
                g_set_error(&problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no entity is named %s", change->ref.name);
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return change->entity != NULL;
}

static Statement *bind(Db *db, const char *sql, const AliasChange *change, const char *key,
                       GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", change->entity->id);
        statement_bind_text(statement, ":key", key);
        return statement;
}

/* Another active entity of the type that is called so: whoever names it means that one. To who cannot see that
 * one it is not there, and a refusal would say that it is. */
static bool check_free(Db *db, const AliasChange *change, const char *key, GError **error)
{
        Statement *statement =
                bind(db,
                     "SELECT e.id, e.name FROM entities e WHERE e.name_key = :key AND e.id <> :id"
                     " AND e.type = :type AND e.is_active = 1 AND e.merged_into IS NULL"
                     " AND e.document_id IS NULL",
                     change, key, error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":type", change->entity->type);
        step = statement_step(statement, error);
        if (step != STEP_ROW)
                return step == STEP_DONE;
        if (!scope_allows(change->scope, statement_text(statement, 0)))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "%s is the name of %s, another %s: an alias of %s would hide behind it",
                    change->alias, statement_text(statement, 0), change->entity->type,
                    change->entity->id);
        return false;
}

static bool count_aliases(Db *db, const AliasChange *change, const char *key, GError **error)
{
        Statement *statement = bind(db,
                                    "SELECT count(*) FROM entity_aliases WHERE entity_id = :id"
                                    " AND is_active = 1 AND alias_key <> :key",
                                    change, key, error);

        if (!statement || statement_step(statement, error) != STEP_ROW)
                return false;
        if (statement_int(statement, 0) < ENTITY_ALIASES_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "entity %s has %d aliases (ENTITY_ALIASES_MAX)", change->entity->id,
                    ENTITY_ALIASES_MAX);
        return false;
}

static bool check_active(const Entity *entity, GError **error)
{
        if (entity->is_active)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "entity %s is no longer active", entity->id);
        return false;
}

bool alias_work_add(Db *db, void *data, GError **error)
{
        AliasChange *change = data;
        g_autofree char *key = text_key(change->alias), *name = NULL;
        Statement *statement;

        if (!find(db, change, error) || !check_active(change->entity, error))
                return false;
        name = text_key(change->entity->name);
        if (strcmp(key, name) == 0) /* it is called so */
                return true;
        if (!check_free(db, change, key, error) || !count_aliases(db, change, key, error))
                return false;
        statement = bind(db,
                         "INSERT INTO entity_aliases (entity_id, alias_key, alias)"
                         " VALUES (:id, :key, :alias) ON CONFLICT (entity_id, alias_key)"
                         " DO UPDATE SET is_active = 1, alias = :alias WHERE is_active = 0",
                         change, key, error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":alias", change->alias);
        if (!statement_run(statement, error))
                return false;
        change->is_new = db_changes(db) > 0;
        return true;
}

bool alias_work_remove(Db *db, void *data, GError **error)
{
        AliasChange *change = data;
        g_autofree char *key = text_key(change->alias);
        Statement *statement;

        if (!find(db, change, error))
                return false;
        statement = bind(db,
                         "UPDATE entity_aliases SET is_active = 0 WHERE entity_id = :id"
                         " AND alias_key = :key AND is_active = 1",
                         change, key, error);
        if (!statement || !statement_run(statement, error))
                return false;
        change->is_new = db_changes(db) > 0;
        if (!change->is_new)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "entity %s has no alias %s", change->entity->id, change->alias);
        return change->is_new;
}

bool alias_work_retire(Db *db, void *data, GError **error)
{
        AliasChange *change = data;
        Statement *statement;

        if (!find(db, change, error))
                return false;
        statement = db_statement(
                db, "UPDATE entities SET is_active = 0 WHERE id = :id AND is_active = 1", error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", change->entity->id);
        if (!statement_run(statement, error))
                return false;
        change->is_new = db_changes(db) > 0;
        change->entity->is_active = false;
        return true;
}
