/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A branch is a rehearsal: the entries are unmade and everything is derived; then the entities that came out
 * otherwise are read as they would be, and, when all is taken back, as they are. */
#include "journal/branch.h"

#include "journal/effect.h"
#include "journal/unmake.h"

typedef struct Branch {
        const BranchOptions *options;
        GArray *seqs; /* last first */
        Unmake *unmake;
        GPtrArray *ids;    /* of entities, in the order in which they were met */
        GHashTable *known; /* the same, borrowed */
        GPtrArray *shown;  /* JsonObject, one for each of the first ids */
        JsonObject *effect;
        JsonArray *dropped;
        bool truncated;
} Branch;

static void branch_clear(Branch *branch)
{
        g_clear_pointer(&branch->seqs, g_array_unref);
        branch->unmake = unmake_free(branch->unmake);
        g_ptr_array_unref(branch->ids);
        g_hash_table_unref(branch->known);
        g_ptr_array_unref(branch->shown);
        g_clear_pointer(&branch->effect, json_object_unref);
        g_clear_pointer(&branch->dropped, json_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Branch, branch_clear)

/* ---- which entities ---- */

static void add_entity(Branch *branch, const char *id)
{
        char *copy;

        if (!id || branch->options->entity || g_hash_table_contains(branch->known, id))
                return;
        if (branch->ids->len >= branch->options->limit) {
                branch->truncated = true;
                return;
        }
        copy = g_strdup(id);
        g_ptr_array_add(branch->ids, copy);
        g_hash_table_add(branch->known, copy);
}

static void add_entity_of(Branch *branch, const char *table, const char *json)
{
        g_autoptr(JsonObject) row = json ? json_parse_object(json, -1, NULL) : NULL;

        if (!row)
                return;
        if (g_str_equal(table, "entities")) {
                add_entity(branch, json_member_string(row, "id", NULL));
        } else if (g_str_equal(table, "facts") || g_str_equal(table, "entity_aliases")) {
                const char *subject = json_member_string(row, "subject_id", NULL);

                add_entity(branch, subject ?: json_member_string(row, "entity_id", NULL));
        }
}

static bool note_change(const EffectChange *change, void *data, GError **error)
{
        add_entity_of(data, change->table, change->before);
        add_entity_of(data, change->table, change->after);
        return true;
}

/* The one that was asked for, by id or name. */
static bool find_asked(Branch *branch, Db *db, GError **error)
{
        const char *asked = branch->options->entity;
        g_autofree char *key = text_key(asked);
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT id FROM entities WHERE id = :id OR id = (SELECT id FROM entities"
                " WHERE name_key = :key AND is_active = 1 ORDER BY id LIMIT 1)"
                " ORDER BY id = :id DESC LIMIT 1",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", asked);
        statement_bind_text(statement, ":key", key);
        step = statement_step(statement, error);
        if (step == STEP_ROW)
                g_ptr_array_add(branch->ids, g_strdup(statement_text(statement, 0)));
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no entity \"%s\"",
                            asked);
        return step == STEP_ROW;
}

/* ---- how they are ---- */

static JsonObject *fact_to_json(Statement *row)
{
        JsonObject *fact = json_object_new();

        json_object_set_string_member(fact, "id", statement_text(row, 0));
        json_object_set_string_member(fact, "predicate", statement_text(row, 1));
        json_object_set_string_member(fact, "object", statement_text(row, 2));
        json_set_string(fact, "object_name", statement_text(row, 3));
        json_object_set_string_member(fact, "trust_tier", statement_text(row, 4));
        json_object_set_string_member(fact, "agent", statement_text(row, 5));
        return fact;
}

static JsonArray *read_facts(Branch *branch, Db *db, const char *entity, GError **error)
{
        g_autoptr(JsonArray) facts = json_array_new();
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT f.id, f.predicate, substr(f.object, 1, 300), CASE p.object_kind WHEN 'entity'"
                " THEN (SELECT o.name FROM entities o WHERE o.id = f.object) END, f.trust_tier,"
                " f.agent FROM facts f JOIN predicates p ON p.name = f.predicate"
                " WHERE coalesce(f.subject_id, f.entity_id) = :entity AND f.superseded_at IS NULL"
                " AND f.is_active = 1 ORDER BY f.predicate, f.object, f.id LIMIT :limit",
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":entity", entity);
        statement_bind_int(statement, ":limit", BRANCH_FACTS_MAX + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                if (json_array_get_length(facts) == BRANCH_FACTS_MAX)
                        branch->truncated = true;
                else
                        json_array_add_object_element(facts, fact_to_json(statement));
        }
        return step == STEP_DONE ? g_steal_pointer(&facts) : NULL;
}

/* Sets there_… and facts_…, and the entity's name if it is there. */
static bool show_entity(Branch *branch, Db *db, unsigned index, const char *when, GError **error)
{
        JsonObject *shown = branch->shown->pdata[index];
        g_autofree char *there = g_strconcat("there_", when, NULL);
        g_autofree char *facts_name = g_strconcat("facts_", when, NULL);
        JsonArray *facts = read_facts(branch, db, branch->ids->pdata[index], error);
        Statement *statement;
        StepResult step;

        if (!facts)
                return false;
        json_object_set_array_member(shown, facts_name, facts);
        statement = db_statement(db, "SELECT name, type, is_active FROM entities WHERE id = :id",
                                 error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", branch->ids->pdata[index]);
        step = statement_step(statement, error);
        json_object_set_boolean_member(shown, there,
                                       step == STEP_ROW && statement_int(statement, 2));
        if (step == STEP_ROW) {
                JsonObject *entity = json_member_object(shown, "entity");

                json_object_set_string_member(entity, "name", statement_text(statement, 0));
                json_object_set_string_member(entity, "type", statement_text(statement, 1));
        }
        return step != STEP_ERROR;
}

static void begin_entity(Branch *branch, const char *id)
{
        JsonObject *shown = json_object_new();
        JsonObject *entity = json_object_new();

        json_object_set_string_member(entity, "id", id);
        json_object_set_null_member(entity, "name");
        json_object_set_null_member(entity, "type");
        json_object_set_object_member(shown, "entity", entity);
        g_ptr_array_add(branch->shown, shown);
}

static bool show_all(Branch *branch, Db *db, const char *when, GError **error)
{
        for (unsigned i = 0; i < branch->shown->len; i++)
                if (!show_entity(branch, db, i, when, error))
                        return false;
        return true;
}

/* ---- the rehearsal ---- */

static bool work(Db *db, void *data, GError **error)
{
        Branch *branch = data;

        branch->unmake = unmake_new(db, error);
        if (!branch->unmake || (branch->options->entity && !find_asked(branch, db, error)))
                return false;
        for (unsigned i = 0; i < branch->seqs->len; i++) {
                g_autoptr(Entry) entry =
                        cohort_entry(db, g_array_index(branch->seqs, int64_t, i), error);

                if (!entry || !unmake_entry(branch->unmake, entry, error))
                        return false;
        }
        return true;
}

static bool look(Db *db, int64_t seq, void *data, GError **error)
{
        Branch *branch = data;
        EffectRange range = {.seq = seq};
        bool all = true;

        branch->dropped = unmake_dropped(branch->unmake, BRANCH_DROPPED_MAX, &all);
        branch->truncated = branch->truncated || !all;
        branch->effect = effect_tell(db, &range, /* but= */ NULL, BRANCH_SAMPLE_MAX, error);
        if (!branch->effect || !effect_each(db, &range, note_change, branch, error))
                return false;
        for (unsigned i = 0; i < branch->ids->len; i++)
                begin_entity(branch, branch->ids->pdata[i]);
        return show_all(branch, db, "then", error);
}

static bool back(Db *db, void *data, GError **error)
{
        return show_all(data, db, "now", error);
}

/* ---- the answer ---- */

static JsonObject *without(const Branch *branch)
{
        const Cohort *cohort = branch->options->cohort;
        JsonObject *object = json_object_new();

        if (branch->options->entry)
                json_object_set_string_member(object, "mutation_id", branch->options->entry->id);
        else
                json_object_set_string_member(object,
                                              cohort->group     ? "group_id"
                                              : cohort->session ? "session_id"
                                                                : "connection",
                                              cohort_id(cohort));
        json_object_set_int_member(object, "entries", branch->seqs->len);
        return object;
}

static JsonObject *answer_of(Branch *branch)
{
        JsonObject *answer = json_object_new(), *change = json_object_new();
        JsonArray *entities = json_array_new();

        for (unsigned i = 0; i < branch->shown->len; i++)
                json_array_add_object_element(entities, json_object_ref(branch->shown->pdata[i]));
        json_object_set_object_member(
                change, "tables", json_object_ref(json_member_object(branch->effect, "tables")));
        json_object_set_object_member(answer, "without", without(branch));
        json_object_set_object_member(answer, "would_change", change);
        json_object_set_array_member(answer, "entities", entities);
        json_object_set_array_member(answer, "dropped", g_steal_pointer(&branch->dropped));
        json_object_set_array_member(answer, "sample",
                                     json_array_ref(json_member_array(branch->effect, "sample")));
        json_object_set_boolean_member(answer, "truncated", branch->truncated);
        return answer;
}

static GArray *find_seqs(const BranchOptions *options, GError **error)
{
        g_autoptr(Db) db = NULL;
        GArray *seqs;

        if (options->cohort) {
                db = store_reader(options->vault, /* scope= */ NULL, error);
                return db ? cohort_find(db, options->cohort, error) : NULL;
        }
        seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_array_append_val(seqs, options->entry->seq);
        return seqs;
}

JsonObject *branch_preview(const BranchOptions *options, GError **error)
{
        /* rows must be able to go, which nobody but the human can do; nothing of it stays */
        const Actor *asker = access_actor(options->access);
        Actor actor = {.kind = ACTOR_HUMAN, .name = asker->name};
        WriteOptions write = {.actor = &actor, .reason = "branch preview"};
        g_auto(Branch) branch = {
                .options = options,
                .ids = g_ptr_array_new_with_free_func(g_free),
                .known = g_hash_table_new(g_str_hash, g_str_equal),
                .shown = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref)};
        Rehearsal rehearsal = {.work = work, .look = look, .back = back, .data = &branch};

        branch.seqs = find_seqs(options, error);
        if (!branch.seqs || !store_rehearse(options->vault, &write, &rehearsal, error))
                return NULL;
        return answer_of(&branch);
}
