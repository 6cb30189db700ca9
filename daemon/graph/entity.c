/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking up and making entities. Names are compared by text_key(); a name belongs to at most one active
 * entity of a type, except that any number of documents may bear it. */
#include "graph/entity.h"

#include <string.h>

#include "graph/predicate.h"

#define ENTITY_DOUBTS_MAX 10 /* entities of one name that an error names */
#define ENTITY_COLUMNS                                                                             \
        "e.id, e.name, e.type, e.merged_into, e.is_active,"                                        \
        " coalesce((SELECT m.subject_id FROM merged_entities m WHERE m.id = e.id), e.id)"

Entity *entity_free(Entity *entity)
{
        if (!entity)
                return NULL;
        g_free(entity->id);
        g_free(entity->name);
        g_free(entity->type);
        g_free(entity->merged_into);
        g_free(entity->subject_id);
        g_free(entity->said_of);
        g_free(entity);
        return NULL;
}

static Entity *entity_from_row(Statement *row)
{
        Entity *entity = g_new0(Entity, 1);

        entity->id = g_strdup(statement_text(row, 0));
        entity->name = g_strdup(statement_text(row, 1));
        entity->type = g_strdup(statement_text(row, 2));
        entity->merged_into = g_strdup(statement_text(row, 3));
        entity->is_active = statement_int(row, 4) != 0;
        entity->subject_id = g_strdup(statement_text(row, 5));
        entity->said_of = g_strdup(entity->id);
        return entity;
}

bool entity_check_name(const char *what, const char *name, GError **error)
{
        g_autofree char *key = NULL;

        if (!text_check(what, name, GRAPH_NAME_CHARS_MAX, "GRAPH_NAME_CHARS_MAX", error))
                return false;
        key = text_key(name);
        if (*key)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "%s has no letter, digit or sign to know it by", what);
        return false;
}

bool entity_ref_check(const EntityRef *ref, const char *what, GError **error)
{
        g_autofree char *name = g_strdup_printf("%s_name", what);
        g_autofree char *type = g_strdup_printf("%s_type", what);

        if (!ref->id == !ref->name) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "give either %s_id or %s_name", what, what);
                return false;
        }
        if (ref->id && !id_is_valid(ref->id, "ent")) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s_id must be ent- and %d hex digits", what, ID_DIGITS);
                return false;
        }
        if (ref->name && !entity_check_name(name, ref->name, error))
                return false;
        return !ref->type || predicate_check_name(type, ref->type, error);
}

static void set_not_found(const char *id, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no entity %s", id);
}

/* NULL without an error: there is none, or none to be seen. */
static Entity *read_one(Db *db, const char *id, GError **error)
{
        Statement *statement = db_statement(
                db, "SELECT " ENTITY_COLUMNS " FROM entities e WHERE e.id = :id", error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", id);
        return statement_step(statement, error) == STEP_ROW ? entity_from_row(statement) : NULL;
}

/* What the entity counts for, in its place, if that can be seen. Takes the entity. */
static Entity *follow(Db *db, const Scope *scope, Entity *entity, GError **error)
{
        g_autoptr(Entity) found = entity, subject = NULL;
        g_autoptr(GError) problem = NULL;

        if (!found || strcmp(found->subject_id, found->id) == 0 ||
            !scope_allows(scope, found->subject_id))
                return g_steal_pointer(&found);
        subject = read_one(db, found->subject_id, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        if (!subject)
                return g_steal_pointer(&found);
        g_free(subject->said_of);
        subject->said_of = g_steal_pointer(&found->said_of);
        return g_steal_pointer(&subject);
}

Entity *entity_get(Db *db, const Scope *scope, const char *id, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Entity) entity =
                follow(db, scope, read_one(db, id, &problem), problem ? NULL : &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        if (!entity || !scope_allows(scope, entity->subject_id)) { /* as if it were not there */
                set_not_found(id, error);
                return NULL;
        }
        return g_steal_pointer(&entity);
}

static void add_doubt(GString *doubt, Statement *row)
{
        if (doubt->len > 0)
                g_string_append(doubt, ", ");
        g_string_append(doubt, statement_text(row, 0));
        g_string_append(doubt, " (");
        g_string_append(doubt, statement_text(row, 2));
        g_string_append_c(doubt, ')');
}

/* The only row that the scope allows; several are a doubt, unless they count for the same one. */
static Entity *entity_only(Statement *statement, const Scope *scope, const EntityRef *ref,
                           GError **error)
{
        g_autoptr(GString) doubt = g_string_new(NULL);
        g_autoptr(Entity) only = NULL;
        unsigned count = 0;
        StepResult step = STEP_DONE;

        while (count < ENTITY_DOUBTS_MAX && (step = statement_step(statement, error)) == STEP_ROW) {
                if (!scope_allows(scope, statement_text(statement, 5)))
                        continue;
                if (only && strcmp(only->subject_id, statement_text(statement, 5)) == 0)
                        continue;
                add_doubt(doubt, statement);
                if (count++ == 0)
                        only = entity_from_row(statement);
        }
        if (step == STEP_ERROR)
                return NULL;
        if (count > 1) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "several entities are named %s: %s; give entity_id or entity_type",
                            ref->name, doubt->str);
                return NULL;
        }
        return g_steal_pointer(&only);
}

#define LIVE_OF_TYPE                                                                               \
        " AND e.is_active = 1 AND e.merged_into IS NULL AND (:type IS NULL OR e.type = :type)"

#define OF_PRESENT_DOCUMENT                                                                        \
        " JOIN documents d ON d.id = e.document_id AND d.is_active = 1"                            \
        " JOIN roots r ON r.id = d.root_id AND r.is_active = 1"

/* Names and aliases of merged ones, unless what they were merged into is no longer active. */
#define MERGED_OF_TYPE                                                                             \
        " JOIN merged_entities m ON m.id = e.id LEFT JOIN entities s ON s.id = m.subject_id"       \
        " WHERE e.is_active = 1 AND coalesce(s.is_active, 1) = 1"                                  \
        " AND (:type IS NULL OR e.type = :type OR s.type = :type)"

/* Things by their names, before aliases, before merged things, before documents, of which those whose file is there come first and
 * former titles last: each is asked only if nothing came before, and comes from an index in order. */
static const char *const sql_by_name[] = {
        "SELECT " ENTITY_COLUMNS " FROM entities e WHERE e.name_key = :key" LIVE_OF_TYPE
        " AND e.document_id IS NULL ORDER BY e.type",
        "SELECT " ENTITY_COLUMNS " FROM entity_aliases a JOIN entities e ON e.id = a.entity_id"
        " WHERE a.alias_key = :key AND a.is_active = 1 AND e.name_key <> :key" LIVE_OF_TYPE
        " AND e.document_id IS NULL ORDER BY e.id",
        "SELECT " ENTITY_COLUMNS " FROM entities e" MERGED_OF_TYPE
        " AND e.name_key = :key ORDER BY e.id",
        "SELECT " ENTITY_COLUMNS
        " FROM entity_aliases a JOIN entities e ON e.id = a.entity_id" MERGED_OF_TYPE
        " AND a.alias_key = :key AND a.is_active = 1 ORDER BY e.id",
        "SELECT " ENTITY_COLUMNS " FROM entities e" OF_PRESENT_DOCUMENT
        " WHERE e.name_key = :key" LIVE_OF_TYPE " ORDER BY e.id",
        "SELECT " ENTITY_COLUMNS " FROM entities e WHERE e.name_key = :key" LIVE_OF_TYPE
        " AND e.document_id IS NOT NULL ORDER BY e.id",
        "SELECT " ENTITY_COLUMNS
        " FROM entity_aliases a JOIN entities e ON e.id = a.entity_id" OF_PRESENT_DOCUMENT
        " WHERE a.alias_key = :key AND a.is_active = 1" LIVE_OF_TYPE " ORDER BY e.id",
        "SELECT " ENTITY_COLUMNS " FROM entity_aliases a JOIN entities e ON e.id = a.entity_id"
        " WHERE a.alias_key = :key AND a.is_active = 1" LIVE_OF_TYPE
        " AND e.document_id IS NOT NULL ORDER BY e.id",
};

static Entity *entity_by_name(Db *db, const Scope *scope, const EntityRef *ref, GError **error)
{
        g_autofree char *key = text_key(ref->name);
        g_autoptr(GError) problem = NULL;
        Entity *entity = NULL;

        for (unsigned i = 0; i < G_N_ELEMENTS(sql_by_name) && !entity && !problem; i++) {
                Statement *statement = db_statement(db, sql_by_name[i], &problem);

                if (!statement)
                        break;
                statement_bind_text(statement, ":key", key);
                statement_bind_text(statement, ":type", ref->type);
                entity = entity_only(statement, scope, ref, &problem);
        }
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        return follow(db, scope, entity, error);
}

Entity *entity_find(Db *db, const Scope *scope, const EntityRef *ref, GError **error)
{
        return ref->id ? entity_get(db, scope, ref->id, error)
                       : entity_by_name(db, scope, ref, error);
}

static Entity *entity_insert(Db *db, const EntityRef *ref, const char *document_id, GError **error)
{
        g_autofree char *key = text_key(ref->name);
        g_autoptr(Entity) entity = g_new0(Entity, 1);
        Statement *statement =
                db_statement(db,
                             "INSERT INTO entities (id, name, name_key, type, document_id,"
                             " created_at) VALUES (:id, :name, :key, :type, :document, :now)",
                             error);

        if (!statement)
                return NULL;
        entity->id = id_new("ent");
        entity->name = g_strdup(ref->name);
        entity->type = g_strdup(ref->type ?: ENTITY_TYPE_DEFAULT);
        entity->subject_id = g_strdup(entity->id);
        entity->said_of = g_strdup(entity->id);
        entity->is_active = true;
        statement_bind_text(statement, ":id", entity->id);
        statement_bind_text(statement, ":name", entity->name);
        statement_bind_text(statement, ":key", key);
        statement_bind_text(statement, ":type", entity->type);
        statement_bind_text(statement, ":document", document_id);
        statement_bind_int(statement, ":now", clock_now());
        return statement_run(statement, error) ? g_steal_pointer(&entity) : NULL;
}

Entity *entity_make(Db *db, const Scope *scope, const EntityRef *ref, GError **error)
{
        if (scope) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "no entity %s in the scope of this connection, which cannot make one",
                            ref->name);
                return NULL;
        }
        return entity_insert(db, ref, /* document_id= */ NULL, error);
}

/* Did a human give the entity a name? Whoever did means it. */
static bool is_named_by_human(Db *db, const char *id, bool *ret, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT 1 FROM mutations WHERE table_name = 'entities'"
                             " AND row_id = json_object('id', :id) AND op = 'update'"
                             " AND actor_kind = 'human' AND json_extract(before, '$.name')"
                             " IS NOT json_extract(after, '$.name') LIMIT 1",
                             error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

static bool run_on_name(Db *db, const char *sql, const Entity *entity, const char *name,
                        GError **error)
{
        g_autofree char *key = text_key(name);
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", entity->id);
        statement_bind_text(statement, ":name", name);
        statement_bind_text(statement, ":key", key);
        return statement_run(statement, error);
}

/* The name follows the document's title; the one before still finds it. */
static bool follow_title(Db *db, const Entity *entity, const char *name, GError **error)
{
        EntityRef ref = {.name = name, .type = entity->type};
        bool by_human;

        if (strcmp(entity->name, name) == 0)
                return true;
        if (!entity_ref_check(&ref, "entity", error) ||
            !is_named_by_human(db, entity->id, &by_human, error))
                return false;
        if (by_human)
                return true;
        return run_on_name(db,
                           "INSERT INTO entity_aliases (entity_id, alias_key, alias)"
                           " VALUES (:id, :key, :name)"
                           " ON CONFLICT (entity_id, alias_key) DO UPDATE SET is_active = 1",
                           entity, entity->name, error) &&
               run_on_name(db, "UPDATE entities SET name = :name, name_key = :key WHERE id = :id",
                           entity, name, error);
}

bool graph_document_entity(Db *db, const char *document_id, const char *name, char **ret_entity_id,
                           GError **error)
{
        EntityRef ref = {.name = name, .type = "document"};
        g_autoptr(Entity) entity = NULL;
        Statement *statement = db_statement(
                db, "SELECT " ENTITY_COLUMNS " FROM entities e WHERE e.document_id = :document",
                error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":document", document_id);
        step = statement_step(statement, error);
        if (step == STEP_ERROR)
                return false;
        if (step == STEP_ROW) {
                entity = entity_from_row(statement);
                if (!follow_title(db, entity, name, error))
                        return false;
        } else if (entity_ref_check(&ref, "entity", error)) {
                entity = entity_insert(db, &ref, document_id, error);
        }
        if (!entity)
                return false;
        *ret_entity_id = g_steal_pointer(&entity->id);
        return true;
}
