/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See merge.h. The projection merged_entities holds the end of each chain of merges; from it follow
 * facts.subject_id and facts.object_as, and from those, by its own derivation, what is current. */
#include "graph/merge.h"

#include <string.h>

#include "graph/fact.h"

/* ---- chains ---- */

bool merge_subject(Db *db, const char *entity_id, char **ret, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT subject_id FROM merged_entities WHERE id = :id", error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", entity_id);
        step = statement_step(statement, error);
        if (step == STEP_ROW)
                *ret = g_strdup(statement_text(statement, 0));
        return step != STEP_ERROR;
}

/* What an entity was merged into itself; NULL: nothing, or it is not there. */
static bool read_merged_into(Db *db, const char *id, char **ret, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT merged_into FROM entities WHERE id = :id", error);
        StepResult step;

        *ret = NULL;
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        if (step == STEP_ROW)
                *ret = g_strdup(statement_text(statement, 0));
        return step != STEP_ERROR;
}

/* The end of the chain of merges that begins at id: id itself if it was not merged. */
static char *find_end(Db *db, const char *id, GError **error)
{
        g_autofree char *at = g_strdup(id);

        for (unsigned i = 0; i <= ENTITY_MERGES_MAX; i++) {
                g_autofree char *next = NULL;

                if (!read_merged_into(db, at, &next, error))
                        return NULL;
                if (!next)
                        return g_steal_pointer(&at);
                if (strcmp(next, id) == 0) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                                    "entity %s would be merged into itself, in a circle over %s",
                                    id, at);
                        return NULL;
                }
                g_free(at);
                at = g_steal_pointer(&next);
        }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "more than %d merges one after the other from entity %s (ENTITY_MERGES_MAX)",
                    ENTITY_MERGES_MAX, id);
        return NULL;
}

/* Adds the entities that were merged into this one, directly. */
static bool add_merged(Db *db, const char *id, GPtrArray *ids, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT id FROM entities WHERE merged_into = :id", error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(statement, 0)));
        return step == STEP_DONE;
}

/* ---- what follows ---- */

static bool run_on_id(Db *db, const char *sql, const char *id, const char *subject, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        statement_bind_text(statement, ":subject", subject);
        return statement_run(statement, error);
}

#define OF_ENTITIES " AND predicate IN (SELECT name FROM predicates WHERE object_kind = 'entity')"

/* Each by the index that has the rows: those that count for themselves, and those that do not. */
static const char *const sql_of_facts[] = {
        "UPDATE facts SET subject_id = :subject WHERE coalesce(subject_id, entity_id) = :id"
        " AND subject_id IS NULL AND :subject IS NOT NULL",
        "UPDATE facts SET subject_id = :subject WHERE entity_id = :id AND subject_id IS NOT NULL"
        " AND subject_id IS NOT :subject",
        "UPDATE facts SET object_as = :subject WHERE coalesce(object_as, object) = :id"
        " AND substr(object, 1, 4) = 'ent-' AND object_as IS NULL"
        " AND :subject IS NOT NULL" OF_ENTITIES,
        "UPDATE facts SET object_as = :subject WHERE object = :id AND object_as IS NOT NULL"
        " AND object_as IS NOT :subject",
};

/* subject NULL: the entity counts for itself. */
static bool set_subject(Db *db, const char *id, const char *subject, GError **error)
{
        const char *sql = subject ? "INSERT INTO merged_entities (id, subject_id)"
                                    " VALUES (:id, :subject)"
                                    " ON CONFLICT (id) DO UPDATE SET subject_id = :subject"
                                  : "DELETE FROM merged_entities WHERE id = :id"
                                    " AND :subject IS NULL";

        if (!run_on_id(db, sql, id, subject, error))
                return false;
        for (unsigned i = 0; i < G_N_ELEMENTS(sql_of_facts); i++)
                if (!run_on_id(db, sql_of_facts[i], id, subject, error))
                        return false;
        return true;
}

static bool derive_subject(Db *db, const char *id, GError **error)
{
        g_autofree char *end = find_end(db, id, error), *present = NULL;
        const char *subject;

        if (!end || !merge_subject(db, id, &present, error))
                return false;
        subject = strcmp(end, id) == 0 ? NULL : end;
        return g_strcmp0(subject, present) == 0 || set_subject(db, id, subject, error);
}

/* The entities and all that were merged into them; ids grows meanwhile. */
static bool derive_from(Db *db, GPtrArray *ids, GError **error)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

        for (unsigned i = 0; i < ids->len; i++) {
                const char *id = ids->pdata[i];

                if (!g_hash_table_add(seen, (gpointer)id))
                        continue;
                if (!derive_subject(db, id, error) || !add_merged(db, id, ids, error))
                        return false;
        }
        return true;
}

/* The entity of a change, if what it counts for may have changed: one that is new, or back, brings its word of a
 * merge, if any, along. */
static bool changed_id(Db *db, const Change *change, char **ret, GError **error)
{
        g_autofree char *id = fact_row_member(change->row_id, "id"), *merged_into = NULL;

        if (id && change->op == CHANGE_INSERT && !read_merged_into(db, id, &merged_into, error))
                return false;
        *ret = change->op == CHANGE_INSERT && !merged_into ? NULL : g_steal_pointer(&id);
        return true;
}

bool merge_derive_entities(Db *db, const Change *changes, unsigned count, void *data,
                           GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

        for (unsigned i = 0; i < count; i++) {
                char *id;

                if (!changed_id(db, &changes[i], &id, error))
                        return false;
                if (id)
                        g_ptr_array_add(ids, id);
        }
        return derive_from(db, ids, error);
}

/* ---- facts that come and come back ---- */

/* Nothing is merged, nor counts for another still: by far the most frequent state. */
static StepResult is_any_merged(Db *db, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT 1 WHERE EXISTS (SELECT 1 FROM merged_entities)"
                             " OR EXISTS (SELECT 1 FROM facts WHERE subject_id IS NOT NULL)"
                             " OR EXISTS (SELECT 1 FROM facts WHERE object_as IS NOT NULL)",
                             error);

        return statement ? statement_step(statement, error) : STEP_ERROR;
}

#define SUBJECT_OF(id) "(SELECT m.subject_id FROM merged_entities m WHERE m.id = " id ")"
#define OBJECT_AS                                                                                  \
        "CASE WHEN substr(object, 1, 4) = 'ent-' AND EXISTS (SELECT 1 FROM predicates p"           \
        " WHERE p.name = predicate AND p.object_kind = 'entity') THEN " SUBJECT_OF(                \
                "object") " END"

static bool set_of_fact(Db *db, const char *id, GError **error)
{
        return run_on_id(db,
                         "UPDATE facts SET subject_id = " SUBJECT_OF(
                                 "entity_id") ", object_as = " OBJECT_AS
                                              " WHERE id = :id AND :subject IS NULL"
                                              " AND (subject_id IS NOT " SUBJECT_OF(
                                                      "entity_id") " OR object_as IS NOT " OBJECT_AS
                                                                   ")",
                         id, /* subject= */ NULL, error);
}

bool merge_derive_facts(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        StepResult any = is_any_merged(db, error);

        for (unsigned i = 0; any == STEP_ROW && i < count; i++) {
                g_autofree char *id = changes[i].op == CHANGE_DELETE
                                              ? NULL
                                              : fact_row_member(changes[i].row_id, "id");

                if (id && !set_of_fact(db, id, error))
                        any = STEP_ERROR;
        }
        return any != STEP_ERROR;
}

bool merge_rebuild(Db *db, GError **error)
{
        StepResult step;
        Statement *statement;

        if (!db_execute(db, "DELETE FROM merged_entities", error))
                return false;
        statement =
                db_statement(db, "SELECT id FROM entities WHERE merged_into IS NOT NULL", error);
        if (!statement)
                return false;
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                g_autofree char *id = g_strdup(statement_text(statement, 0));

                if (!derive_subject(db, id, error))
                        return false;
        }
        return step == STEP_DONE;
}

/* ---- merging ---- */

static Entity *find_named(Db *db, const EntityRef *ref, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Entity) entity = entity_find(db, /* scope= */ NULL, ref, &problem);

        if (!entity && !problem)
                g_set_error(&problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no entity is named %s", ref->name);
        else if (entity && !entity->is_active)
                g_set_error(&problem, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "entity %s is no longer active", entity->id);
        if (!problem)
                return g_steal_pointer(&entity);
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
}

static bool is_merged(const Entity *entity)
{
        return strcmp(entity->said_of, entity->id) != 0;
}

/* May it be merged? Tells whether it is so already. */
static bool check_pair(const Entity *kept, const Entity *entity, bool *ret_already, GError **error)
{
        bool same = strcmp(kept->id, entity->id) == 0;

        *ret_already = same && is_merged(entity);
        if (*ret_already)
                return true;
        if (same && is_merged(kept))
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s was merged into %s (%s): the other way round would be a circle; "
                            "revert that merge first",
                            kept->said_of, kept->name, kept->id);
        else if (same)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s (%s) cannot be merged into itself", kept->name, kept->id);
        else if (is_merged(entity))
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s was merged into %s (%s) before: merge that one, or revert that "
                            "merge first",
                            entity->said_of, entity->name, entity->id);
        else
                return true;
        return false;
}

static bool count_facts(Db *db, const char *id, int64_t *ret, GError **error)
{
        Statement *statement = db_statement(
                db, "SELECT count(*) FROM facts f WHERE " FACT_SUBJECT(f) " = :id", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        if (*ret <= MERGE_FACTS_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "entity %s has more than %d facts (MERGE_FACTS_MAX)", id, MERGE_FACTS_MAX);
        return false;
}

static JsonObject *entity_named(const Entity *entity, const char *id_member)
{
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, id_member, entity->id);
        json_object_set_string_member(object, "name", entity->name);
        json_object_set_string_member(object, "type", entity->type);
        return object;
}

/* What was merged before is told of by its own id and name, not by those of the kept one. */
static bool tell_merged(Db *db, const Entity *entity, JsonObject *object, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT name, type FROM entities WHERE id = :id", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", entity->said_of);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        json_object_set_string_member(object, "entity_id", entity->said_of);
        json_object_set_string_member(object, "name", statement_text(statement, 0));
        json_object_set_string_member(object, "type", statement_text(statement, 1));
        return true;
}

static bool merge_one(Db *db, const Entity *kept, const EntityRef *ref, JsonArray *merged,
                      GError **error)
{
        g_autoptr(Entity) entity = find_named(db, ref, error);
        g_autoptr(JsonObject) object = NULL;
        bool already;
        int64_t facts = 0;

        if (!entity || !check_pair(kept, entity, &already, error))
                return false;
        if (!already && (!count_facts(db, entity->id, &facts, error) ||
                         !run_on_id(db, "UPDATE entities SET merged_into = :subject WHERE id = :id",
                                    entity->id, kept->id, error)))
                return false;
        object = entity_named(entity, "entity_id");
        if (already && !tell_merged(db, entity, object, error))
                return false;
        json_object_set_int_member(object, "facts", facts);
        json_object_set_boolean_member(object, "is_new", !already);
        json_object_set_boolean_member(object, "type_differs",
                                       strcmp(json_member_string(object, "type", ""), kept->type) !=
                                               0);
        json_array_add_object_element(merged, g_steal_pointer(&object));
        /* the next one is found by what follows from this one */
        return already || derive_subject(db, entity->id, error);
}

bool merge_work(Db *db, void *data, GError **error)
{
        Merge *merge = data;
        g_autoptr(Entity) kept = find_named(db, &merge->kept, error);
        g_autoptr(JsonArray) merged = json_array_new();

        for (unsigned i = 0; kept && i < merge->count; i++)
                if (!merge_one(db, kept, &merge->merged[i], merged, error))
                        return false;
        if (!kept)
                return false;
        g_clear_pointer(&merge->answer, json_object_unref); /* the work may be done twice */
        merge->answer = json_object_new();
        json_object_set_object_member(merge->answer, "kept", entity_named(kept, "entity_id"));
        json_object_set_array_member(merge->answer, "merged", g_steal_pointer(&merged));
        json_object_set_string_member(merge->answer, "group_id", db_group(db));
        return true;
}
