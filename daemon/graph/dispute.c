/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The projections contradicted_facts and contradictions. A fact is entered in the first by itself: it depends on
 * what superseded it alone. An entity and predicate then have a row in the second if their current facts disagree,
 * or if something was overridden that none of them says.
 *
 * Facts that have no rivals, by far the most, cost nothing here: current.c notes those that have. What has changed
 * in another way (superseded, retired, merged, reverted) is looked at by what it was and what it is. */
#include "graph/dispute.h"

#include <string.h>

#include "graph/fact.h"

#define DIGEST_CHARS 24

struct Disputes {
        GHashTable *crowded; /* ids of new facts that have rivals, since the last derivation */
};

Disputes *disputes_new(void)
{
        Disputes *disputes = g_new0(Disputes, 1);

        disputes->crowded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return disputes;
}

Disputes *disputes_free(Disputes *disputes)
{
        if (!disputes)
                return NULL;
        g_hash_table_unref(disputes->crowded);
        g_free(disputes);
        return NULL;
}

void disputes_note(Disputes *disputes, const char *fact_id)
{
        if (disputes)
                g_hash_table_add(disputes->crowded, g_strdup(fact_id));
}

/* An entity and a predicate, as one string and apart. */
typedef struct Pair {
        char *entity_id, *predicate;
} Pair;

static void pair_free(gpointer data)
{
        Pair *pair = data;

        g_free(pair->entity_id);
        g_free(pair->predicate);
        g_free(pair);
}

static GHashTable *pairs_new(void)
{
        return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, pair_free);
}

static void add_pair(GHashTable *pairs, const char *entity_id, const char *predicate)
{
        g_autofree char *name = g_strjoin("\n", entity_id, predicate, NULL);
        Pair *pair;

        if (g_hash_table_contains(pairs, name))
                return;
        pair = g_new(Pair, 1);
        pair->entity_id = g_strdup(entity_id);
        pair->predicate = g_strdup(predicate);
        g_hash_table_insert(pairs, g_steal_pointer(&name), pair);
}

/* ---- facts that were overridden ---- */

#define OVERRIDDEN                                                                                 \
        "INSERT OR REPLACE INTO contradicted_facts (entity_id, predicate, fact_id)"                \
        " SELECT " FACT_SUBJECT(                                                                   \
                s) ", s.predicate, s.id FROM facts s"                                              \
                   " CROSS JOIN facts b ON b.id = s.superseded_by"                                 \
                   " WHERE s.is_active = 1 AND s.superseded_by IS NOT NULL"                        \
                   " AND (" FACT_OBJECT(s) " <> " FACT_OBJECT(b) " OR NOT" FACT_SAME_QUALIFIERS(   \
                           s, b) ") AND " DISPUTE_OUTRANKS(b, s)

static bool forget_fact(Db *db, const char *id, GError **error)
{
        Statement *statement =
                db_statement(db, "DELETE FROM contradicted_facts WHERE fact_id = :id", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        return statement_run(statement, error);
}

/* Enters the fact if it was overridden, else takes it out. */
static bool judge_fact(Db *db, const char *id, GError **error)
{
        Statement *statement = db_statement(db, OVERRIDDEN " AND s.id = :id", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        if (!statement_run(statement, error))
                return false;
        return db_changes(db) > 0 || forget_fact(db, id, error);
}

/* ---- entities and predicates ---- */

#define OF_PAIR FACT_SUBJECT(f) " = :entity AND f.predicate = :predicate"
#define CURRENT "f.superseded_at IS NULL AND f.is_active = 1"

/* The facts of the pair that were overridden, but for those that are said again. */
#define STANDING                                                                                   \
        "FROM contradicted_facts c CROSS JOIN facts s ON s.id = c.fact_id"                         \
        " WHERE c.entity_id = :entity AND c.predicate = :predicate"                                \
        " AND NOT " DISPUTE_STILL_SAID(s)

/* Does anything stand, do those that stand disagree, was anything overridden, did the human say what stands? The later
 * questions are asked only if they matter. */
#define PAIR_STATE                                                                                 \
        "SELECT EXISTS (SELECT 1 FROM facts f WHERE " OF_PAIR " AND " CURRENT "),"                 \
        " CASE (SELECT cardinality FROM predicates WHERE name = :predicate) WHEN 'one' THEN"       \
        " (SELECT min(" FACT_OBJECT(f) ") <> max(" FACT_OBJECT(                                    \
                f) ") FROM facts f WHERE " OF_PAIR " AND " CURRENT                                 \
                   ") END, EXISTS (SELECT 1 " STANDING "),"                                        \
                   " EXISTS (SELECT 1 FROM facts f WHERE " OF_PAIR " AND " CURRENT                 \
                   " AND (f.agent = 'human' OR f.trust_tier = 'human')"                            \
                   " AND EXISTS (SELECT 1 FROM contradicted_facts c"                               \
                   " WHERE c.entity_id = :entity AND c.predicate = :predicate))"

typedef struct PairState {
        bool any, disagree, overridden, human;
} PairState;

static void bind_pair(Statement *statement, const Pair *pair)
{
        statement_bind_text(statement, ":entity", pair->entity_id);
        statement_bind_text(statement, ":predicate", pair->predicate);
}

static bool read_state(Db *db, const Pair *pair, PairState *ret, GError **error)
{
        Statement *statement = db_statement(db, PAIR_STATE, error);

        if (!statement)
                return false;
        bind_pair(statement, pair);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = (PairState){
                .any = statement_int(statement, 0) != 0,
                .disagree = statement_int(statement, 1) != 0,
                .overridden = statement_int(statement, 2) != 0,
                .human = statement_int(statement, 3) != 0,
        };
        return true;
}

char *disputes_digest(const char *object)
{
        char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, object, -1);

        digest[DIGEST_CHARS] = '\0';
        return digest;
}

/* SQL for what a fact says, as one text. */
#define SAID(f)                                                                                    \
        FACT_OBJECT(f)                                                                             \
        " || CASE WHEN " #f ".qualifiers IS NOT NULL AND (SELECT v.cardinality FROM predicates v"  \
        " WHERE v.name = " #f ".predicate) = 'many' THEN char(10) || " #f                          \
        ".qualifiers ELSE '' END"

bool disputes_each_object(Db *db, const char *entity_id, const char *predicate, DisputeFunc func,
                          void *data, GError **error)
{
        Pair pair = {(char *)entity_id, (char *)predicate};
        Statement *statement = db_statement(db,
                                            "SELECT " SAID(f) " FROM facts f WHERE " OF_PAIR
                                                              " AND " CURRENT " UNION ALL"
                                                              " SELECT " SAID(s) " " STANDING,
                                            error);
        StepResult step;

        if (!statement)
                return false;
        bind_pair(statement, &pair);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                if (!func(statement_text(statement, 0), data))
                        return true;
        return step == STEP_DONE;
}

typedef struct Known {
        JsonArray *digests;
        bool all; /* so far */
} Known;

static bool is_known(const char *object, void *data)
{
        Known *known = data;
        g_autofree char *digest = disputes_digest(object);

        for (unsigned i = 0; i < json_array_get_length(known->digests); i++)
                if (g_str_equal(json_array_get_string_element(known->digests, i), digest))
                        return true;
        known->all = false;
        return false;
}

/* Has the human said that these objects may stand side by side? */
static bool read_acknowledged(Db *db, const Pair *pair, bool *ret, GError **error)
{
        g_autoptr(JsonNode) node = NULL;
        Known known = {.all = true};
        StepResult step;
        Statement *statement =
                db_statement(db,
                             "SELECT objects FROM contradiction_reviews WHERE entity_id = :entity"
                             " AND predicate = :predicate AND resolution = 'acknowledged'",
                             error);

        if (!statement)
                return false;
        bind_pair(statement, pair);
        step = statement_step(statement, error);
        if (step == STEP_ROW)
                node = json_parse_text(statement_text(statement, 0), -1, NULL);
        *ret = false;
        if (!node || !JSON_NODE_HOLDS_ARRAY(node))
                return step != STEP_ERROR;
        known.digests = json_node_get_array(node);
        if (!disputes_each_object(db, pair->entity_id, pair->predicate, is_known, &known, error))
                return false;
        *ret = known.all;
        return true;
}

static bool forget_pair(Db *db, const Pair *pair, GError **error)
{
        Statement *statement = db_statement(
                db,
                "DELETE FROM contradictions WHERE entity_id = :entity AND predicate = :predicate",
                error);

        if (!statement)
                return false;
        bind_pair(statement, pair);
        return statement_run(statement, error);
}

static bool enter_pair(Db *db, const Pair *pair, const PairState *state, GError **error)
{
        const char *resolution = "unresolved";
        Statement *statement;
        bool acknowledged;

        if (!read_acknowledged(db, pair, &acknowledged, error))
                return false;
        if (!state->disagree && state->human)
                resolution = "resolved";
        else if (acknowledged)
                resolution = "acknowledged";
        statement = db_statement(
                db,
                "INSERT OR REPLACE INTO contradictions (entity_id, predicate, kind, resolution)"
                " VALUES (:entity, :predicate, :kind, :resolution)",
                error);
        if (!statement)
                return false;
        bind_pair(statement, pair);
        statement_bind_text(statement, ":kind", state->disagree ? "disagreement" : "overridden");
        statement_bind_text(statement, ":resolution", resolution);
        return statement_run(statement, error);
}

static bool judge_pairs(Db *db, GHashTable *pairs, GError **error)
{
        GHashTableIter iter;
        gpointer value;

        g_hash_table_iter_init(&iter, pairs);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
                const Pair *pair = value;
                PairState state;
                bool ok = read_state(db, pair, &state, error);

                if (ok && state.any && (state.disagree || state.overridden))
                        ok = enter_pair(db, pair, &state, error);
                else if (ok)
                        ok = forget_pair(db, pair, error);
                if (!ok)
                        return false;
        }
        return true;
}

/* ---- what has changed ---- */

/* Adds the pairs that sql finds: their entity and predicate. ret_found (or NULL): were there any? */
static bool add_found(GHashTable *pairs, Statement *statement, bool *ret_found, GError **error)
{
        StepResult step;

        while ((step = statement_step(statement, error)) == STEP_ROW) {
                const char *entity_id = statement_text(statement, 0),
                           *predicate = statement_text(statement, 1);

                if (!entity_id || !predicate)
                        continue;
                add_pair(pairs, entity_id, predicate);
                if (ret_found)
                        *ret_found = true;
        }
        return step == STEP_DONE;
}

static bool add_present(Db *db, const char *fact_id, GHashTable *pairs, GError **error)
{
        Statement *statement = db_statement(
                db, "SELECT " FACT_SUBJECT(f) ", f.predicate FROM facts f WHERE f.id = :id", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", fact_id);
        return add_found(pairs, statement, /* ret_found= */ NULL, error);
}

/* Where a fact was before it was changed or deleted. If the journal tells no longer, all that is known is looked at. */
static bool add_former(Db *db, int64_t seq, GHashTable *pairs, GError **error)
{
        bool found = false;
        Statement *statement =
                db_statement(db,
                             "SELECT coalesce(before ->> '$.subject_id', before ->> '$.entity_id'),"
                             " before ->> '$.predicate' FROM mutations WHERE seq = :seq",
                             error);

        if (!statement)
                return false;
        statement_bind_int(statement, ":seq", seq);
        if (!add_found(pairs, statement, &found, error))
                return false;
        if (found)
                return true;
        statement = db_statement(db, "SELECT entity_id, predicate FROM contradictions", error);
        return statement && add_found(pairs, statement, /* ret_found= */ NULL, error);
}

/* What a changed fact superseded: an object that is a merged entity is now another one. */
static bool judge_superseded(Db *db, const char *id, GHashTable *pairs, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        StepResult step;
        Statement *statement =
                db_statement(db, "SELECT id FROM facts WHERE superseded_by = :id", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(statement, 0)));
        for (unsigned i = 0; step == STEP_DONE && i < ids->len; i++)
                if (!judge_fact(db, ids->pdata[i], error) ||
                    !add_present(db, ids->pdata[i], pairs, error))
                        return false;
        return step == STEP_DONE;
}

static bool judge_change(Db *db, const Change *change, Disputes *disputes, GHashTable *pairs,
                         GError **error)
{
        g_autofree char *id = fact_row_member(change->row_id, "id");

        if (!id)
                return true;
        if (change->op == CHANGE_INSERT && !g_hash_table_contains(disputes->crowded, id))
                return true;
        if (change->op != CHANGE_INSERT && !add_former(db, change->seq, pairs, error))
                return false;
        if (!judge_fact(db, id, error) || !add_present(db, id, pairs, error))
                return false;
        return change->op == CHANGE_INSERT || judge_superseded(db, id, pairs, error);
}

bool disputes_derive_facts(Db *db, const Change *changes, unsigned count, void *data,
                           GError **error)
{
        Disputes *disputes = data;
        g_autoptr(GHashTable) pairs = pairs_new();
        bool ok = true;

        for (unsigned i = 0; ok && i < count; i++)
                if (changes[i].op != CHANGE_INSERT || g_hash_table_size(disputes->crowded) > 0)
                        ok = judge_change(db, &changes[i], disputes, pairs, error);
        g_hash_table_remove_all(disputes->crowded);
        return ok && judge_pairs(db, pairs, error);
}

bool disputes_derive_reviews(Db *db, const Change *changes, unsigned count, void *data,
                             GError **error)
{
        g_autoptr(GHashTable) pairs = pairs_new();

        for (unsigned i = 0; i < count; i++) {
                g_autofree char *entity_id = fact_row_member(changes[i].row_id, "entity_id"),
                                *predicate = fact_row_member(changes[i].row_id, "predicate");

                if (entity_id && predicate)
                        add_pair(pairs, entity_id, predicate);
        }
        return judge_pairs(db, pairs, error);
}

/* ---- anew ---- */

#define DISAGREEING                                                                                \
        "SELECT " FACT_SUBJECT(                                                                    \
                f) ", f.predicate FROM facts f WHERE " CURRENT                                     \
                   " AND f.predicate IN (SELECT name FROM predicates WHERE cardinality = 'one')"   \
                   " GROUP BY 1, 2 HAVING count(*) > 1"

bool disputes_rebuild(Db *db, GError **error)
{
        static const char *const finds[] = {
                DISAGREEING, "SELECT DISTINCT entity_id, predicate FROM contradicted_facts"};
        g_autoptr(GHashTable) pairs = pairs_new();

        if (!db_execute(db,
                        "DELETE FROM contradictions; DELETE FROM contradicted_facts;" OVERRIDDEN,
                        error))
                return false;
        for (unsigned i = 0; i < G_N_ELEMENTS(finds); i++) {
                Statement *statement = db_statement(db, finds[i], error);

                if (!statement || !add_found(pairs, statement, /* ret_found= */ NULL, error))
                        return false;
        }
        return judge_pairs(db, pairs, error);
}
