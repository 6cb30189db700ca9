/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeping claims that wait, and recording them when their ends are entities. An end that was decided on while
 * the other waits on is replaced by its entity. */
#include "graph/held.h"

#include <math.h>
#include <string.h>

#include "graph/record.h"
#include "graph/rejection.h"

void held_tally_clear(HeldTally *tally)
{
        g_clear_pointer(&tally->dropped, json_array_unref);
        *tally = (HeldTally){0};
}

/* ---- keeping ---- */

static const char *waiting_id(const Mention *mention)
{
        return mention && mention->waiting ? mention->waiting->id : NULL;
}

static const char *entity_of(const Mention *mention)
{
        return mention ? mention->entity_id : NULL;
}

#define EQUAL                                                                                      \
        " AND predicate = :predicate AND document_id = :document AND agent = :agent"               \
        " AND trust_tier = :tier AND quote = :quote AND qualifiers IS :qualifiers AND state = 'waiting' AND is_active = 1"

/* Does an equal claim wait already? */
static bool find_equal(Db *db, const Holding *holding, bool *ret, GError **error)
{
        const char *subject = waiting_id(holding->subject), *object = waiting_id(holding->object);
        Statement *statement =
                db_statement(db,
                             subject ? "SELECT 1 FROM held_claims WHERE subject_id = :subject"
                                       " AND object_id IS :waiting AND (object_id IS NOT NULL"
                                       " OR object = :object)" EQUAL
                                     : "SELECT 1 FROM held_claims WHERE object_id = :waiting"
                                       " AND subject_id IS NULL AND entity_id = :subject"
                                       " AND :object IS NOT NULL" EQUAL,
                             error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":subject", subject ?: entity_of(holding->subject));
        statement_bind_text(statement, ":waiting", object);
        statement_bind_text(statement, ":object",
                            entity_of(holding->object) ?: holding->ready->object.text);
        statement_bind_text(statement, ":predicate", holding->ready->predicate->name);
        statement_bind_text(statement, ":document", holding->claim->document_id);
        statement_bind_text(statement, ":agent", holding->observer);
        statement_bind_text(statement, ":tier", holding->tier);
        statement_bind_text(statement, ":quote", holding->claim->quote);
        statement_bind_text(statement, ":qualifiers", holding->ready->qualifiers);
        step = statement_step(statement, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

static bool count_waiting(Db *db, const char *id, int64_t *ret, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT (SELECT count(*) FROM held_claims WHERE subject_id = :id"
                             " AND state = 'waiting' AND is_active = 1)"
                             " + (SELECT count(*) FROM held_claims WHERE object_id = :id"
                             " AND state = 'waiting' AND is_active = 1)",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        return true;
}

/* Counts one more claim that waits for an entry (NULL: none). */
static bool count_one(Db *db, const Holding *holding, const char *id, GError **error)
{
        gpointer known;
        int64_t count;

        if (!id)
                return true;
        if (g_hash_table_lookup_extended(holding->counts, id, NULL, &known))
                count = GPOINTER_TO_INT(known);
        else if (!count_waiting(db, id, &count, error))
                return false;
        if (count >= HELD_CLAIMS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%" G_GINT64_FORMAT " claims wait for %s already (HELD_CLAIMS_MAX)",
                            count, id);
                return false;
        }
        g_hash_table_replace(holding->counts, g_strdup(id), GINT_TO_POINTER((int)count + 1));
        return true;
}

static void bind_ends(Statement *statement, const Holding *holding)
{
        const Discovered *subject = holding->subject->waiting;
        const Discovered *object = holding->object ? holding->object->waiting : NULL;

        statement_bind_text(statement, ":entity", holding->subject->entity_id);
        statement_bind_text(statement, ":subject", subject ? subject->id : NULL);
        statement_bind_text(statement, ":subject_name", subject ? subject->name : NULL);
        statement_bind_text(statement, ":subject_type", subject ? subject->type : NULL);
        statement_bind_text(statement, ":object",
                            object ? object->name
                                   : entity_of(holding->object) ?: holding->ready->object.text);
        statement_bind_text(statement, ":object_id", object ? object->id : NULL);
        statement_bind_text(statement, ":object_type", object ? object->type : NULL);
}

static void bind_source(Statement *statement, const Holding *holding)
{
        statement_bind_text(statement, ":quote", holding->claim->quote);
        statement_bind_int(statement, ":start", holding->ready->span.start);
        statement_bind_int(statement, ":end", holding->ready->span.end);
        statement_bind_text(statement, ":document", holding->claim->document_id);
        statement_bind_text(statement, ":hash", holding->ready->document_hash);
}

static bool insert(Db *db, const Holding *holding, GError **error)
{
        const char *const *older = holding->claim->supersedes;
        g_autofree char *supersedes = older && *older ? json_print_strings(older) : NULL;
        char id[ID_MAX];
        Statement *statement = db_statement(
                db,
                "INSERT INTO held_claims (id, entity_id, subject_id, subject_name, subject_type,"
                " predicate, object, object_id, object_type, qualifiers, supersedes, agent,"
                " trust_tier, observed_at, recorded_at, confidence, quote, quote_start, quote_end,"
                " document_id, document_hash, state) VALUES (:id, :entity, :subject, :subject_name,"
                " :subject_type, :predicate, :object, :object_id, :object_type, :qualifiers,"
                " :supersedes, :agent, :tier, :observed, :now, :confidence, :quote, :start, :end,"
                " :document, :hash, 'waiting')",
                error);

        if (!statement)
                return false;
        id_write("held", id);
        statement_bind_text(statement, ":id", id);
        bind_ends(statement, holding);
        bind_source(statement, holding);
        statement_bind_text(statement, ":predicate", holding->ready->predicate->name);
        statement_bind_text(statement, ":qualifiers", holding->ready->qualifiers);
        statement_bind_text(statement, ":supersedes", supersedes);
        statement_bind_text(statement, ":agent", holding->observer);
        statement_bind_text(statement, ":tier", holding->tier);
        statement_bind_int(statement, ":observed", holding->claim->observed_at ?: holding->now);
        statement_bind_int(statement, ":now", holding->now);
        if (!isnan(holding->claim->confidence))
                statement_bind_double(statement, ":confidence", holding->claim->confidence);
        return statement_run(statement, error);
}

bool held_keep(Db *db, const Holding *holding, bool *ret_new, GError **error)
{
        const char *subject = waiting_id(holding->subject), *object = waiting_id(holding->object);
        bool there;

        *ret_new = false;
        if (!find_equal(db, holding, &there, error))
                return false;
        if (there)
                return true;
        if (!count_one(db, holding, subject, error) ||
            (g_strcmp0(subject, object) != 0 && !count_one(db, holding, object, error)) ||
            !insert(db, holding, error))
                return false;
        *ret_new = true;
        return true;
}

/* ---- recording ---- */

typedef struct Held {
        char *id, *agent, *tier;
        char *subject_id, *object_id; /* that wait */
        char *qualifiers, *quote, *document_id, *predicate, *entity_id, *object;
        char **supersedes;
        int64_t observed_at, quote_start;
        double confidence;
} Held;

static void held_clear(void *data)
{
        Held *held = data;
        char **texts[] = {&held->id,        &held->agent,      &held->tier,  &held->subject_id,
                          &held->object_id, &held->qualifiers, &held->quote, &held->document_id,
                          &held->predicate, &held->entity_id,  &held->object};

        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
                g_free(*texts[i]);
        g_strfreev(held->supersedes);
}

static Held held_from_row(Statement *row)
{
        return (Held){
                .id = g_strdup(statement_text(row, 0)),
                .agent = g_strdup(statement_text(row, 1)),
                .tier = g_strdup(statement_text(row, 2)),
                .subject_id = g_strdup(statement_text(row, 3)),
                .object_id = g_strdup(statement_text(row, 4)),
                .qualifiers = g_strdup(statement_text(row, 5)),
                .quote = g_strdup(statement_text(row, 6)),
                .document_id = g_strdup(statement_text(row, 7)),
                .predicate = g_strdup(statement_text(row, 8)),
                .entity_id = g_strdup(statement_text(row, 9)),
                .object = g_strdup(statement_text(row, 10)),
                .supersedes = json_parse_strings(statement_text(row, 11)),
                .observed_at = statement_int(row, 12),
                .quote_start = statement_int(row, 13),
                .confidence = statement_is_null(row, 14) ? NAN : statement_double(row, 14),
        };
}

/* Document by document, so that each text is loaded once; in each as they came. */
static GArray *read_waiting(Db *db, const char *discovered_id, GError **error)
{
        g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Held));
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT id, agent, trust_tier, subject_id, object_id, qualifiers, quote,"
                " document_id, predicate, entity_id, object, supersedes, observed_at, quote_start,"
                " confidence FROM held_claims WHERE (subject_id = :id OR object_id = :id)"
                " AND state = 'waiting' AND is_active = 1 ORDER BY document_id, id",
                error);

        if (!statement)
                return NULL;
        g_array_set_clear_func(rows, held_clear);
        statement_bind_text(statement, ":id", discovered_id);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Held held = held_from_row(statement);
                g_array_append_val(rows, held);
        }
        return step == STEP_DONE ? g_steal_pointer(&rows) : NULL;
}

static bool waits(const Held *held)
{
        return held->subject_id || held->object_id;
}

/* Replaces an end that has become an entity. */
static bool settle_end(Db *db, char **waiting, char **entity, GError **error)
{
        g_autoptr(Discovered) discovered = NULL;

        if (!*waiting)
                return true;
        discovered = discovered_get(db, *waiting, error);
        if (!discovered)
                return false;
        if (!discovered->entity_id)
                return true;
        g_free(*entity);
        *entity = g_steal_pointer(&discovered->entity_id);
        g_clear_pointer(waiting, g_free);
        return true;
}

static bool write_ends(Db *db, const Held *held, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "UPDATE held_claims SET entity_id = :entity, subject_id = :subject,"
                             " object = :object, object_id = :waiting WHERE id = :id",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", held->entity_id);
        statement_bind_text(statement, ":subject", held->subject_id);
        statement_bind_text(statement, ":object", held->object);
        statement_bind_text(statement, ":waiting", held->object_id);
        statement_bind_text(statement, ":id", held->id);
        return statement_run(statement, error);
}

static bool write_outcome(Db *db, const Held *held, const ClaimResult *result, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "UPDATE held_claims SET state = :state, fact_id = :fact,"
                             " reason = :reason WHERE id = :id",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":state", result->error ? "dropped" : "recorded");
        statement_bind_text(statement, ":fact", result->fact_id);
        statement_bind_text(statement, ":reason", result->error ? result->error->message : NULL);
        statement_bind_text(statement, ":id", held->id);
        return statement_run(statement, error);
}

static void tally_one(HeldTally *tally, const Held *held, const ClaimResult *result)
{
        JsonObject *dropped;

        if (!result->error) {
                tally->recorded += result->is_new;
                tally->unchanged += !result->is_new;
                return;
        }
        dropped = json_object_new();
        json_object_set_string_member(dropped, "held_id", held->id);
        json_object_set_string_member(dropped, "reason", result->error->message);
        json_array_add_object_element(tally->dropped, dropped);
}

/* What is at work while the claims of one entry are recorded. */
typedef struct Settling {
        Db *db;
        Reviewer reviewer;
        Recorder recorder;
        HeldTally *tally;
} Settling;

static Claim claim_of(const Held *held)
{
        return (Claim){.entity_id = held->entity_id,
                       .predicate = held->predicate,
                       .object = held->object,
                       .qualifiers = held->qualifiers,
                       .quote = held->quote,
                       .quote_hint = held->quote_start,
                       .document_id = held->document_id,
                       .observed_at = held->observed_at,
                       .confidence = held->confidence,
                       .supersedes = (const char *const *)held->supersedes};
}

static bool record_one(Settling *settling, unsigned i, const Held *held, GError **error)
{
        Recorder *recorder = &settling->recorder;
        ClaimResult *result = &recorder->results[i];
        g_autoptr(GError) problem = NULL;

        recorder->observer = held->agent;
        recorder->tier = held->tier;
        if (!reviewer_judge(&settling->reviewer, &recorder->claims[i], &recorder->ready[i],
                            &problem)) {
                if (!record_sort_error(g_steal_pointer(&problem), error, &result->error))
                        return false;
        } else if (!recorder_record(recorder, settling->db, i, error, &result->error)) {
                return false;
        }
        if (result->error &&
            !rejection_enter(settling->db, held->agent, &recorder->claims[i], result->error, error))
                return false;
        tally_one(settling->tally, held, result);
        return write_outcome(settling->db, held, result, error);
}

static bool record_all(Settling *settling, GArray *rows, GError **error)
{
        g_autofree Claim *claims = g_new0(Claim, MAX(rows->len, 1));
        bool ok = true;

        settling->recorder.claims = claims;
        settling->recorder.count = rows->len;
        for (unsigned i = 0; i < rows->len && ok; i++) {
                Held *held = &g_array_index(rows, Held, i);

                ok = settle_end(settling->db, &held->subject_id, &held->entity_id, error) &&
                     settle_end(settling->db, &held->object_id, &held->object, error) &&
                     (!waits(held) || write_ends(settling->db, held, error));
                claims[i] = claim_of(held);
        }
        for (unsigned i = 0; i < rows->len && ok; i++) {
                const Held *held = &g_array_index(rows, Held, i);

                if (waits(held))
                        settling->tally->waiting++;
                else
                        ok = record_one(settling, i, held, error);
        }
        return ok;
}

bool held_settle(Db *db, const Discovered *discovered, HeldTally *tally, GError **error)
{
        g_autoptr(GArray) rows = read_waiting(db, discovered->id, error);
        unsigned count = rows ? MAX(rows->len, 1) : 1;
        g_autofree Ready *ready = g_new0(Ready, count);
        g_autofree ClaimResult *results = g_new0(ClaimResult, count);
        Settling settling = {.db = db,
                             .recorder = {.ready = ready, .results = results, .now = clock_now()},
                             .tally = tally};
        bool ok;

        if (!rows)
                return false;
        if (!tally->dropped)
                tally->dropped = json_array_new();
        reviewer_init(&settling.reviewer, db, /* human= */ false);
        ok = record_all(&settling, rows, error);
        for (unsigned i = 0; i < rows->len; i++) {
                ready_clear(&ready[i]);
                claim_result_clear(&results[i]);
        }
        reviewer_clear(&settling.reviewer);
        recorder_clear(&settling.recorder);
        return ok;
}

/* ---- dismissing ---- */

static bool run_on(Db *db, const char *sql, const char *id, unsigned *ret, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        if (!statement_run(statement, error))
                return false;
        *ret = (unsigned)db_changes(db);
        return true;
}

bool held_dismiss(Db *db, const char *discovered_id, unsigned *ret, GError **error)
{
        return run_on(db,
                      "UPDATE held_claims SET state = 'dismissed' WHERE state = 'waiting'"
                      " AND is_active = 1 AND (subject_id = :id OR object_id = :id)",
                      discovered_id, ret, error);
}

#define NOT_DISMISSED(end)                                                                         \
        " AND NOT EXISTS (SELECT 1 FROM discovered d WHERE d.id = held_claims." end                \
        " AND d.state = 'dismissed' AND d.is_active = 1)"

bool held_restore(Db *db, const char *discovered_id, unsigned *ret, GError **error)
{
        return run_on(db,
                      "UPDATE held_claims SET state = 'waiting' WHERE state = 'dismissed'"
                      " AND is_active = 1 AND (subject_id = :id OR object_id = :id)" NOT_DISMISSED(
                              "subject_id") NOT_DISMISSED("object_id"),
                      discovered_id, ret, error);
}
