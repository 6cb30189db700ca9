/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The current view. Facts are rivals when they share entity and predicate (cardinality one) or entity,
 * predicate, object and qualifiers (many). Among rivals that are active:
 *   1. what an active fact of no lower tier explicitly replaces is superseded by it and counts no more;
 *   2. the highest tier supersedes the others;
 *   3. within a tier the latest observation supersedes earlier ones of the same voice. The voice of a human
 *      fact is its observer, of an extracted one its observer and source document. The pipeline observes a
 *      file at the time that the file bears, which a copy or an archive may set back: of one document what
 *      was recorded last is what its newer content says.
 * Voices that disagree both stay: a contradiction. A superseded fact names the first recorded of the facts
 * that supersede it, so that the outcome does not depend on the order in which it was derived.
 *
 * New facts can only supersede, so they are compared with the current ones alone; any other change derives
 * all rivals anew. */
#include "graph/current.h"

#include <string.h>

#include "graph/dispute.h"
#include "graph/fact.h"
#include "graph/rule.h"

#define OBJECTS_MAX                                                                                \
        32 /* changed objects of one entity and predicate that are looked at one by one */

#define PIPELINE "pipeline" /* observer of documents */

typedef struct Row {
        char *id, *object, *qualifiers, *voice, *superseded_by, *explicit_by;
        FactTier tier;
        int64_t observed_at; /* 0: the order of recording alone rules */
        int64_t recorded_at, superseded_at, explicit_at;
        const struct Row *by; /* which supersedes it, of the same set */
} Row;

static void row_free(gpointer data)
{
        Row *row = data;

        g_free(row->id);
        g_free(row->object);
        g_free(row->qualifiers);
        g_free(row->voice);
        g_free(row->superseded_by);
        g_free(row->explicit_by);
        g_free(row);
}

/* The rivals' key. object is NULL when all objects are looked at; qualifiers: NULL if there are none. */
typedef struct Key {
        char *entity_id, *predicate, *object, *qualifiers;
        bool one;   /* cardinality */
        bool whole; /* look at superseded rows too */
} Key;

static void key_free(gpointer data)
{
        Key *key = data;

        g_free(key->entity_id);
        g_free(key->predicate);
        g_free(key->object);
        g_free(key->qualifiers);
        g_free(key);
}

/* ---- one set of rivals ---- */

static int compare_recorded(const Row *a, const Row *b)
{
        if (a->recorded_at != b->recorded_at)
                return a->recorded_at < b->recorded_at ? -1 : 1;
        return strcmp(a->id, b->id);
}

/* Either may be NULL. */
static const Row *first_recorded(const Row *a, const Row *b)
{
        if (!a || !b)
                return a ?: b;
        return compare_recorded(a, b) <= 0 ? a : b;
}

/* Highest tier first, then voice by voice, in each the latest observation first. */
static int compare_rank(gconstpointer left, gconstpointer right)
{
        const Row *a = *(Row *const *)left, *b = *(Row *const *)right;
        int order;

        if (a->tier != b->tier)
                return a->tier > b->tier ? -1 : 1;
        order = strcmp(a->voice, b->voice);
        if (order)
                return order;
        if (a->observed_at != b->observed_at)
                return a->observed_at > b->observed_at ? -1 : 1;
        return -compare_recorded(a, b);
}

static bool row_write(Db *db, const Row *row, const char *by, int64_t at, GError **error)
{
        Statement *statement;

        if (g_strcmp0(row->superseded_by, by) == 0 && (!by || row->superseded_at == at))
                return true;
        statement = db_statement(db,
                                 "UPDATE facts SET superseded_by = :by, superseded_at ="
                                 " CASE WHEN :by IS NULL THEN NULL ELSE :at END WHERE id = :id",
                                 error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":by", by);
        statement_bind_int(statement, ":at", at);
        statement_bind_text(statement, ":id", row->id);
        return statement_run(statement, error);
}

/* rows sorted by rank, none of them explicitly superseded. Of what ranks above a row and beats it, the
 * first recorded becomes its ->by: of the tiers above, and of the voice so far. */
static void rank_rows(GPtrArray *rows)
{
        const Row *above = NULL, *tier_first = NULL, *voice_first = NULL, *previous = NULL;

        for (unsigned i = 0; i < rows->len; i++) {
                Row *row = rows->pdata[i];

                if (!previous || previous->tier != row->tier) {
                        above = first_recorded(above, tier_first);
                        tier_first = voice_first = NULL;
                } else if (strcmp(previous->voice, row->voice) != 0)
                        voice_first = NULL;
                row->by = first_recorded(above, voice_first);
                voice_first = first_recorded(voice_first, row);
                tier_first = first_recorded(tier_first, row);
                previous = row;
        }
}

static bool write_ranked(Db *db, GPtrArray *rows, GError **error)
{
        for (unsigned i = 0; i < rows->len; i++) {
                const Row *row = rows->pdata[i], *by = row->by;
                int64_t at = by ? MAX(by->recorded_at, row->recorded_at) : 0;

                if (!row_write(db, row, by ? by->id : NULL, at, error))
                        return false;
        }
        return true;
}

/* Was a row superseded by what was there before it? Then an older one may have been first. */
static bool late_arrival(GPtrArray *rows)
{
        for (unsigned i = 0; i < rows->len; i++) {
                const Row *row = rows->pdata[i];
                if (row->by && compare_recorded(row->by, row) < 0)
                        return true;
        }
        return false;
}

/* ret_again (NULL: rows are whole) tells that superseded rows must be looked at too; nothing is
 * written then that would be wrong. */
static bool settle(Db *db, GPtrArray *rows, bool *ret_again, GError **error)
{
        g_autoptr(GPtrArray) standing = g_ptr_array_new();

        if (rows->len == 1 && !((Row *)rows->pdata[0])->explicit_by &&
            !((Row *)rows->pdata[0])->superseded_by)
                return true; /* by far the most frequent case */
        for (unsigned i = 0; i < rows->len; i++) {
                Row *row = rows->pdata[i];

                if (!row->explicit_by)
                        g_ptr_array_add(standing, row);
                else if (!row_write(db, row, row->explicit_by,
                                    MAX(row->explicit_at, row->recorded_at), error))
                        return false;
        }
        g_ptr_array_sort(standing, compare_rank);
        rank_rows(standing);
        if (ret_again && late_arrival(standing)) {
                *ret_again = true;
                return true;
        }
        return write_ranked(db, standing, error);
}

/* ---- reading rivals ---- */

/* The fact that explicitly supersedes c: its part of the select. */
#define EXPLICIT(column)                                                                           \
        "(SELECT e." column " FROM fact_supersedes s JOIN facts e ON e.id = s.fact_id"             \
        " WHERE s.target_id = c.id AND e.is_active = 1 AND e.id <> c.id"                           \
        " AND " FACT_TIER_RANK("e.trust_tier") " >= " FACT_TIER_RANK(                              \
                "c.trust_tier") " ORDER BY e.recorded_at, e.id LIMIT 1)"

#define RIVALS                                                                                                  \
        "SELECT c.id, " FACT_OBJECT(                                                                            \
                c) ", c.trust_tier, c.agent, c.document_id, c.observed_at,"                                     \
                   " c.recorded_at, c.superseded_by, c.superseded_at, " EXPLICIT(                               \
                           "id") ","                                                                            \
                                 " " EXPLICIT("recorded_at") ", c.qualifiers FROM facts c WHERE " FACT_SUBJECT( \
                                         c) " = :entity"                                                        \
                                            " AND c.predicate = :predicate AND c.is_active = 1"

#define OF_OBJECT                                                                                  \
        " AND" FACT_SAME_OBJECT(FACT_OBJECT(c), ":object") " AND c.qualifiers IS :qualifiers"

static Row *row_from_statement(Statement *statement)
{
        Row *row = g_new0(Row, 1);
        const char *tier = statement_text(statement, 2);
        const char *document = statement_text(statement, 4);

        row->id = g_strdup(statement_text(statement, 0));
        row->object = g_strdup(statement_text(statement, 1));
        row->tier = fact_tier_from_string(tier);
        /* the human is one voice, whatever he points at */
        if (strcmp(tier, "human") == 0)
                document = NULL;
        /* what rules infer stands side by side, such as equal sums of two months: infer.h retires it */
        if (g_str_has_prefix(statement_text(statement, 3), RULE_AGENT_PREFIX))
                row->voice = g_strdup(row->id);
        else
                row->voice = g_strconcat(statement_text(statement, 3), "\n", document ?: "", NULL);
        if (!document || strcmp(statement_text(statement, 3), PIPELINE) != 0)
                row->observed_at = statement_int(statement, 5);
        row->recorded_at = statement_int(statement, 6);
        row->superseded_by = g_strdup(statement_text(statement, 7));
        row->superseded_at = statement_int(statement, 8);
        row->explicit_by = g_strdup(statement_text(statement, 9));
        row->explicit_at = statement_int(statement, 10);
        row->qualifiers = g_strdup(statement_text(statement, 11));
        return row;
}

static GPtrArray *read_rivals(Db *db, const Key *key, GError **error)
{
        g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
        const char *sql = key->object
                                  ? (key->whole ? RIVALS OF_OBJECT
                                                : RIVALS OF_OBJECT " AND c.superseded_at IS NULL")
                                  : (key->whole ? RIVALS : RIVALS " AND c.superseded_at IS NULL");
        Statement *statement = db_statement(db, sql, error);
        StepResult step;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":entity", key->entity_id);
        statement_bind_text(statement, ":predicate", key->predicate);
        if (key->object) {
                statement_bind_text(statement, ":object", key->object);
                statement_bind_text(statement, ":qualifiers", key->qualifiers);
        }
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(rows, row_from_statement(statement));
        return step == STEP_DONE ? g_steal_pointer(&rows) : NULL;
}

static guint hash_said(gconstpointer data)
{
        const Row *row = data;

        return g_str_hash(row->object) * 31 + (row->qualifiers ? g_str_hash(row->qualifiers) : 0);
}

static gboolean equal_said(gconstpointer left, gconstpointer right)
{
        const Row *a = left, *b = right;

        return strcmp(a->object, b->object) == 0 && g_strcmp0(a->qualifiers, b->qualifiers) == 0;
}

/* Many objects of one entity and predicate at once: a set of rivals for each, and for its qualifiers. */
static bool settle_by_object(Db *db, GPtrArray *rows, bool *ret_again, GError **error)
{
        g_autoptr(GHashTable) sets = g_hash_table_new_full(hash_said, equal_said, NULL,
                                                           (GDestroyNotify)g_ptr_array_unref);
        GHashTableIter iter;
        gpointer set;

        for (unsigned i = 0; i < rows->len; i++) {
                Row *row = rows->pdata[i];
                GPtrArray *rivals = g_hash_table_lookup(sets, row);

                if (!rivals) {
                        rivals = g_ptr_array_new();
                        g_hash_table_insert(sets, row, rivals);
                }
                g_ptr_array_add(rivals, row);
        }
        g_hash_table_iter_init(&iter, sets);
        while (g_hash_table_iter_next(&iter, NULL, &set))
                if (!settle(db, set, ret_again, error))
                        return false;
        return true;
}

static bool derive_rows(Db *db, const Key *key, bool *ret_again, GError **error)
{
        g_autoptr(GPtrArray) rows = read_rivals(db, key, error);

        if (!rows)
                return false;
        if (key->one || key->object)
                return settle(db, rows, ret_again, error);
        return settle_by_object(db, rows, ret_again, error);
}

static bool derive_key(Db *db, Key *key, GError **error)
{
        bool again = false;

        if (!derive_rows(db, key, key->whole ? NULL : &again, error))
                return false;
        if (!again)
                return true;
        key->whole = true;
        return derive_rows(db, key, /* ret_again= */ NULL, error);
}

/* ---- which sets have changed ---- */

typedef struct Touched {
        GHashTable *keys;  /* "entity\npredicate\nqualifiers\nobject" → Key */
        GHashTable *pairs; /* "entity\npredicate" → number of its keys */
        Disputes *disputes;
} Touched;

static void touch(Touched *touched, Key *key)
{
        g_autofree char *pair = g_strjoin("\n", key->entity_id, key->predicate, NULL);
        g_autofree char *name = g_strjoin("\n", pair, key->qualifiers ?: "", key->object, NULL);
        Key *present = g_hash_table_lookup(touched->keys, name);
        unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(touched->pairs, pair)) + 1;

        if (present) {
                present->whole = present->whole || key->whole;
                key_free(key);
                return;
        }
        g_hash_table_insert(touched->keys, g_steal_pointer(&name), key);
        g_hash_table_insert(touched->pairs, g_steal_pointer(&pair), GUINT_TO_POINTER(count));
}

#define KEY_OF                                                                                     \
        "SELECT " FACT_SUBJECT(f) ", f.predicate, " FACT_OBJECT(                                   \
                f) ", p.cardinality, f.superseded_at, f.qualifiers FROM facts f"                   \
                   " JOIN predicates p ON p.name = f.predicate WHERE "

/* Touches the sets of the facts that sql, a KEY_OF, finds for :id. A fact that comes as superseded was
 * brought back by a revert: what it was superseded by may be gone. */
static bool touch_found(Db *db, const char *sql, const char *id, bool whole, Touched *touched,
                        GError **error)
{
        Statement *statement = db_statement(db, sql, error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Key *key = g_new0(Key, 1);

                key->entity_id = g_strdup(statement_text(statement, 0));
                key->predicate = g_strdup(statement_text(statement, 1));
                key->one = g_strcmp0(statement_text(statement, 3), "one") == 0;
                if (!key->one) {
                        key->object = g_strdup(statement_text(statement, 2));
                        key->qualifiers = g_strdup(statement_text(statement, 5));
                }
                key->whole = whole || !statement_is_null(statement, 4);
                touch(touched, key);
        }
        return step == STEP_DONE;
}

/* Puts what touches too many objects of one pair into one key over all of them. */
static void gather_crowds(Touched *touched)
{
        g_autoptr(GHashTable) crowds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        GHashTableIter iter;
        gpointer name, value;

        g_hash_table_iter_init(&iter, touched->keys);
        while (g_hash_table_iter_next(&iter, &name, &value)) {
                Key *key = value, *crowd;
                g_autofree char *pair = g_strjoin("\n", key->entity_id, key->predicate, NULL);

                if (GPOINTER_TO_UINT(g_hash_table_lookup(touched->pairs, pair)) <= OBJECTS_MAX)
                        continue;
                crowd = g_hash_table_lookup(crowds, pair);
                if (!crowd) {
                        g_clear_pointer(&key->object, g_free); /* stays, for all */
                        g_clear_pointer(&key->qualifiers, g_free);
                        g_hash_table_insert(crowds, g_steal_pointer(&pair), key);
                        continue;
                }
                crowd->whole = crowd->whole || key->whole;
                g_hash_table_iter_remove(&iter);
        }
}

static bool derive_touched(Db *db, Touched *touched, GError **error)
{
        GHashTableIter iter;
        gpointer key;

        if (g_hash_table_size(touched->keys) > OBJECTS_MAX)
                gather_crowds(touched);
        g_hash_table_iter_init(&iter, touched->keys);
        while (g_hash_table_iter_next(&iter, NULL, &key))
                if (!derive_key(db, key, error))
                        return false;
        return true;
}

/* A new fact without rivals and links: by far the most frequent change, answered by one select. */
#define IS_ALONE                                                                                                                         \
        "SELECT 1 FROM facts f JOIN predicates p ON p.name = f.predicate WHERE f.id = :id"                                               \
        " AND f.superseded_at IS NULL"                                                                                                   \
        " AND NOT EXISTS (SELECT 1 FROM fact_supersedes WHERE fact_id = f.id)"                                                           \
        " AND NOT EXISTS (SELECT 1 FROM fact_supersedes WHERE target_id = f.id)"                                                         \
        " AND NOT EXISTS (SELECT 1 FROM contradicted_facts d WHERE d.entity_id = " FACT_SUBJECT(                                         \
                f) " AND d.predicate = f.predicate)"                                                                                     \
                   " AND NOT CASE p.cardinality WHEN 'one' THEN EXISTS (SELECT 1 FROM facts c"                                           \
                   " WHERE " FACT_SUBJECT(c) " = " FACT_SUBJECT(                                                                         \
                           f) " AND c.predicate = f.predicate"                                                                           \
                              " AND c.superseded_at IS NULL AND c.is_active = 1 AND c.rowid <> f.rowid)"                                 \
                              " ELSE EXISTS (SELECT 1 FROM facts c"                                                                      \
                              " WHERE " FACT_SUBJECT(c) " = " FACT_SUBJECT(                                                              \
                                      f) " AND c.predicate = f.predicate"                                                                \
                                         " AND c.superseded_at IS NULL AND c.is_active = 1 AND c.rowid <> f.rowid AND" FACT_SAME_OBJECT( \
                                                 FACT_OBJECT(c),                                                                         \
                                                 FACT_OBJECT(                                                                            \
                                                         f)) " AND c.qualifiers IS f.qualifiers) END"

static StepResult is_alone(Db *db, const char *id, GError **error)
{
        Statement *statement = db_statement(db, IS_ALONE, error);

        if (!statement)
                return STEP_ERROR;
        statement_bind_text(statement, ":id", id);
        return statement_step(statement, error);
}

static bool touch_fact(Db *db, const Change *change, Touched *touched, GError **error)
{
        g_autofree char *id = fact_row_member(change->row_id, "id");
        bool whole = change->op != CHANGE_INSERT;
        StepResult alone = STEP_DONE;

        if (!id)
                return true;
        if (!whole)
                alone = is_alone(db, id, error);
        if (alone != STEP_DONE)
                return alone == STEP_ROW;
        disputes_note(touched->disputes, id);
        if (!touch_found(db, KEY_OF "f.id = :id", id, whole, touched, error))
                return false;
        if (whole && !touch_found(db, KEY_OF "f.superseded_by = :id", id, whole, touched, error))
                return false;
        return touch_found(db,
                           KEY_OF "f.id IN (SELECT s.target_id FROM fact_supersedes s"
                                  " WHERE s.fact_id = :id)",
                           id, /* whole= */ true, touched, error);
}

static bool touch_target(Db *db, const Change *change, Touched *touched, GError **error)
{
        g_autofree char *target = fact_row_member(change->row_id, "target_id");

        return !target ||
               touch_found(db, KEY_OF "f.id = :id", target, /* whole= */ true, touched, error);
}

typedef struct Touching {
        bool (*touch)(Db *db, const Change *change, Touched *touched, GError **error);
        Disputes *disputes; /* told of new facts that are not alone, or NULL */
} Touching;

static bool derive(Db *db, const Change *changes, unsigned count, const Touching *touching,
                   GError **error)
{
        g_autoptr(GHashTable) keys =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, key_free);
        g_autoptr(GHashTable) pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        Touched touched = {keys, pairs, touching->disputes};

        for (unsigned i = 0; i < count; i++)
                if (!touching->touch(db, &changes[i], &touched, error))
                        return false;
        return derive_touched(db, &touched, error);
}

bool current_derive_facts(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        Touching touching = {touch_fact, data};

        return derive(db, changes, count, &touching, error);
}

bool current_derive_supersedes(Db *db, const Change *changes, unsigned count, void *data,
                               GError **error)
{
        Touching touching = {touch_target, /* disputes= */ NULL};

        return derive(db, changes, count, &touching, error);
}
