/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The register of writes is gone through once, oldest first. Writes gather in units: the session that they name, the
 * hour, the group; of groups, whose writes mostly come one after another, each run of them. A unit is held against
 * the actor's units of the same kind that began before it. */
#include "journal/anomalies.h"

#include <string.h>

#define HOUR_US (3600LL * G_USEC_PER_SEC)
#define DAY_US  (24 * HOUR_US)

typedef enum UnitKind { UNIT_SESSION, UNIT_HOUR, UNIT_GROUP, UNIT_KINDS } UnitKind;
typedef enum Measure { MEASURE_ENTRIES, MEASURE_ENDED, MEASURES } Measure;

static const char *const kind_names[] = {"session", "hour", "group"};
static const char *const measure_names[] = {"entries", "ended"};

typedef struct Unit {
        char *id; /* of session or group; NULL: an hour */
        int64_t hour, first, last;
        int64_t sums[MEASURES];
} Unit;

typedef struct ActorHistory {
        char *connection, *name, *kind;
        GArray *units[UNIT_KINDS]; /* Unit, in the order of their beginnings */
        GHashTable *sessions;      /* id → index + 1 */
} ActorHistory;

typedef struct Finding {
        const ActorHistory *actor;
        const Unit *unit;
        UnitKind kind;
        Measure measure;
        unsigned history;
        Judgement judgement;
} Finding;

static void unit_clear(void *data)
{
        g_free(((Unit *)data)->id);
}

static void actor_free(void *data)
{
        ActorHistory *actor = data;

        for (unsigned i = 0; i < UNIT_KINDS; i++)
                g_array_unref(actor->units[i]);
        g_hash_table_unref(actor->sessions);
        g_free(actor->connection);
        g_free(actor->name);
        g_free(actor->kind);
        g_free(actor);
}

static ActorHistory *actor_new(Statement *write)
{
        ActorHistory *actor = g_new0(ActorHistory, 1);

        actor->kind = g_strdup(statement_text(write, 0));
        actor->connection = g_strdup(statement_text(write, 1));
        actor->name = g_strdup(statement_text(write, 2));
        actor->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (unsigned i = 0; i < UNIT_KINDS; i++) {
                actor->units[i] =
                        g_array_new(/* zero_terminated= */ FALSE, /* clear= */ TRUE, sizeof(Unit));
                g_array_set_clear_func(actor->units[i], unit_clear);
        }
        return actor;
}

/* ---- gathering ---- */

static Unit *last_unit(ActorHistory *actor, UnitKind kind)
{
        GArray *units = actor->units[kind];

        return units->len ? &g_array_index(units, Unit, units->len - 1) : NULL;
}

static Unit *add_unit(ActorHistory *actor, UnitKind kind, const char *id, int64_t time)
{
        Unit unit = {.id = g_strdup(id), .hour = time / HOUR_US, .first = time, .last = time};

        g_array_append_val(actor->units[kind], unit);
        return last_unit(actor, kind);
}

static Unit *session_unit(ActorHistory *actor, const char *id, int64_t time)
{
        unsigned index = GPOINTER_TO_UINT(g_hash_table_lookup(actor->sessions, id));

        if (index > 0)
                return &g_array_index(actor->units[UNIT_SESSION], Unit, index - 1);
        Unit *unit = add_unit(actor, UNIT_SESSION, id, time);
        g_hash_table_insert(actor->sessions, g_strdup(id),
                            GUINT_TO_POINTER(actor->units[UNIT_SESSION]->len));
        return unit;
}

static Unit *hour_unit(ActorHistory *actor, int64_t time)
{
        Unit *last = last_unit(actor, UNIT_HOUR);

        return last && last->hour == time / HOUR_US
                       ? last
                       : add_unit(actor, UNIT_HOUR, /* id= */ NULL, time);
}

static Unit *group_unit(ActorHistory *actor, const char *id, int64_t time)
{
        Unit *last = last_unit(actor, UNIT_GROUP);

        return last && g_str_equal(last->id, id) ? last : add_unit(actor, UNIT_GROUP, id, time);
}

static void grow(Unit *unit, Statement *write)
{
        unit->sums[MEASURE_ENTRIES] += statement_int(write, 5);
        unit->sums[MEASURE_ENDED] += statement_int(write, 6);
        unit->last = MAX(unit->last, statement_int(write, 8));
}

static ActorHistory *find_actor(GHashTable *actors, Statement *write)
{
        const char *connection = statement_text(write, 1);
        g_autofree char *key = g_strdup_printf("%s\n%s", statement_text(write, 0),
                                               connection ? connection : statement_text(write, 2));
        ActorHistory *actor = g_hash_table_lookup(actors, key);

        if (!actor) {
                actor = actor_new(write);
                g_hash_table_insert(actors, g_steal_pointer(&key), actor);
        }
        return actor;
}

static void gather(GHashTable *actors, Statement *write)
{
        ActorHistory *actor = find_actor(actors, write);
        const char *session = statement_text(write, 3);
        int64_t time = statement_int(write, 7);

        if (session)
                grow(session_unit(actor, session, time), write);
        grow(hour_unit(actor, time), write);
        grow(group_unit(actor, statement_text(write, 4), time), write);
}

static bool gather_all(Db *db, GHashTable *actors, int64_t since, GError **error)
{
        unsigned left = ANOMALIES_WRITES_MAX;
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT actor_kind, actor_connection, actor_name, session_id, group_id, entries, ended,"
                " ts_first, ts_last FROM writes WHERE first_seq >= (SELECT min(first_seq) FROM writes"
                " WHERE ts_first >= :since) ORDER BY first_seq",
                error);

        if (!statement)
                return false;
        statement_bind_int(statement, ":since", since);
        while ((step = statement_step(statement, error)) == STEP_ROW && left-- > 0)
                gather(actors, statement);
        if (step != STEP_ROW)
                return step == STEP_DONE;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "more than ANOMALIES_WRITES_MAX (%d) writes since then and the %d days before",
                    ANOMALIES_WRITES_MAX, ANOMALIES_HISTORY_DAYS);
        return false;
}

/* ---- judging ---- */

static void judge_units(const ActorHistory *actor, UnitKind kind, Measure measure,
                        const AnomalyQuery *query, GArray *findings)
{
        const GArray *units = actor->units[kind];
        g_autofree int64_t *numbers = g_new(int64_t, units->len + 1);

        for (unsigned i = 0; i < units->len; i++) {
                const Unit *unit = &g_array_index(units, Unit, i);
                Finding finding = {actor, unit, kind, measure, .history = i};

                numbers[i] = unit->sums[measure];
                if (unit->last < query->since)
                        continue;
                finding.judgement = anomaly_judge(numbers, i, numbers[i], query->factor);
                if (finding.judgement.verdict != VERDICT_USUAL)
                        g_array_append_val(findings, finding);
        }
}

static void judge_actor(const ActorHistory *actor, const AnomalyQuery *query, GArray *findings)
{
        for (unsigned kind = 0; kind < UNIT_KINDS; kind++)
                for (unsigned measure = 0; measure < MEASURES; measure++)
                        judge_units(actor, (UnitKind)kind, (Measure)measure, query, findings);
}

static int64_t observed(const Finding *finding)
{
        return finding->unit->sums[finding->measure];
}

/* The farthest from usual first; without a history, the largest; what is equal in the order of the kinds. */
static int by_weight(const void *a, const void *b)
{
        const Finding *left = a, *right = b;
        double l = left->judgement.factor, r = right->judgement.factor;

        if (l != r)
                return l < r ? 1 : -1;
        if (observed(left) != observed(right))
                return observed(left) < observed(right) ? 1 : -1;
        if (left->kind != right->kind)
                return left->kind > right->kind ? 1 : -1;
        return (left->measure > right->measure) - (left->measure < right->measure);
}

/* ---- telling ---- */

/* What session_audit and revert_group take. An hour is all that the actor wrote in it, if he has a connection. */
static JsonNode *cohort_of(const Finding *finding)
{
        const Unit *unit = finding->unit;
        JsonObject *cohort = json_object_new();
        JsonNode *node = json_node_new(JSON_NODE_OBJECT);

        if (finding->kind == UNIT_SESSION) {
                json_object_set_string_member(cohort, "session_id", unit->id);
        } else if (finding->kind == UNIT_GROUP) {
                json_object_set_string_member(cohort, "group_id", unit->id);
        } else if (finding->actor->connection) {
                json_object_set_string_member(cohort, "connection", finding->actor->connection);
                json_set_time(cohort, "since", unit->first);
                json_set_time(cohort, "until", unit->last);
        }
        bool none = json_object_get_size(cohort) == 0;
        json_node_take_object(node, cohort);
        if (!none)
                return node;
        json_node_unref(node);
        return json_node_new(JSON_NODE_NULL);
}

static void set_judgement(JsonObject *object, const Finding *finding)
{
        const Judgement *judgement = &finding->judgement;
        bool known = judgement->verdict == VERDICT_UNUSUAL;

        json_object_set_int_member(object, "observed", observed(finding));
        json_object_set_boolean_member(object, "no_history", !known);
        json_object_set_int_member(object, "history", MIN(finding->history, ANOMALY_HISTORY_MAX));
        if (known) {
                json_object_set_double_member(object, "expected", judgement->expected);
                json_object_set_double_member(object, "factor", judgement->factor);
        } else {
                json_object_set_null_member(object, "expected");
                json_object_set_null_member(object, "factor");
        }
}

static JsonObject *finding_to_json(const Finding *finding)
{
        JsonObject *object = json_object_new(), *actor = json_object_new();

        json_object_set_string_member(object, "kind", kind_names[finding->kind]);
        json_object_set_string_member(object, "measure", measure_names[finding->measure]);
        json_set_string(actor, "connection_id", finding->actor->connection);
        json_set_string(actor, "display_name", finding->actor->name);
        json_set_string(actor, "kind", finding->actor->kind);
        json_object_set_object_member(object, "actor", actor);
        set_judgement(object, finding);
        json_set_time(object, "first", finding->unit->first);
        json_set_time(object, "last", finding->unit->last);
        json_object_set_member(object, "cohort", cohort_of(finding));
        return object;
}

static JsonObject *answer_of(GArray *findings, unsigned actors, const AnomalyQuery *query)
{
        JsonObject *answer = json_object_new();
        JsonArray *list = json_array_new();

        g_array_sort(findings, by_weight);
        for (unsigned i = 0; i < findings->len && i < query->limit; i++)
                json_array_add_object_element(
                        list, finding_to_json(&g_array_index(findings, Finding, i)));
        json_object_set_array_member(answer, "anomalies", list);
        json_object_set_int_member(answer, "total", findings->len);
        json_object_set_int_member(answer, "actors", actors);
        json_set_time(answer, "since", query->since);
        return answer;
}

JsonObject *anomalies_find(Db *db, const AnomalyQuery *query, GError **error)
{
        g_autoptr(GHashTable) actors =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, actor_free);
        g_autoptr(GArray) findings = g_array_new(FALSE, FALSE, sizeof(Finding));
        AnomalyQuery asked = *query;
        GHashTableIter iter;
        void *actor;

        if (!asked.since)
                asked.since = clock_now() - ANOMALIES_SINCE_DAYS * DAY_US;
        if (!gather_all(db, actors, asked.since - ANOMALIES_HISTORY_DAYS * DAY_US, error))
                return NULL;
        g_hash_table_iter_init(&iter, actors);
        while (g_hash_table_iter_next(&iter, NULL, &actor))
                judge_actor(actor, &asked, findings);
        return answer_of(findings, g_hash_table_size(actors), &asked);
}

JsonObject *anomalies_none(void)
{
        g_autoptr(GArray) findings = g_array_new(FALSE, FALSE, sizeof(Finding));
        AnomalyQuery query = {.since = clock_now() - ANOMALIES_SINCE_DAYS * DAY_US};

        return answer_of(findings, 0, &query);
}
