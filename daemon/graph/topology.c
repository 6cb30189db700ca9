/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call goes through a window of entities in the order of their ids, takes the measure of each from its facts, and tells
 * a page of them in the order asked for. The cursor names the window and how many of it have been told. */
#include "graph/topology.h"

#include <math.h>
#include <string.h>

#include "graph/fact.h"

#define MICROS_NONE INT64_MIN

/* What hangs by one thread. */
typedef struct Spot {
        char *predicate;
        const char *why; /* static */
} Spot;

static void spot_clear(void *data)
{
        g_free(((Spot *)data)->predicate);
}

/* How well one entity is known. */
typedef struct Standing {
        char *id, *name, *type;
        unsigned observations, current, observers, documents, predicates;
        unsigned human, extracted, inferred; /* of the current ones */
        unsigned overridden, unresolved, acknowledged, resolved;
        unsigned weak; /* predicates that are weak spots */
        GArray *spots; /* Spot, at most TOPOLOGY_SPOTS_MAX */
        int64_t last;  /* observed, MICROS_NONE: never */
        double median; /* of its type, NaN: unknown */
        double weakness;
        bool truncated; /* it has more than TOPOLOGY_FACTS_MAX facts */
} Standing;

static void standing_free(gpointer data)
{
        Standing *standing = data;

        g_free(standing->id);
        g_free(standing->name);
        g_free(standing->type);
        g_array_unref(standing->spots);
        g_free(standing);
}

static Standing *standing_new(const char *id, const char *name, const char *type)
{
        Standing *standing = g_new0(Standing, 1);

        standing->id = g_strdup(id);
        standing->name = g_strdup(name);
        standing->type = g_strdup(type);
        standing->last = MICROS_NONE;
        standing->median = NAN;
        standing->spots = g_array_new(FALSE, FALSE, sizeof(Spot));
        g_array_set_clear_func(standing->spots, spot_clear);
        return standing;
}

/* ---- facts of one entity ---- */

#define OBSERVATIONS                                                                               \
        "SELECT f.predicate, f.agent, f.document_id, f.trust_tier, f.observed_at, f.confidence,"   \
        " f.stale_source, f.superseded_at IS NULL FROM facts f"                                    \
        " WHERE " FACT_SUBJECT(                                                                    \
                f) " = :entity AND f.is_active = 1 ORDER BY f.predicate LIMIT :limit"

/* The current facts of the predicate at hand. */
typedef struct Thread {
        char *predicate;
        unsigned count, inferred;
        double confidence; /* of the last, NaN: none */
        bool stale;
} Thread;

/* Ends with a predicate: is what is known of it weak? */
static void end_thread(Standing *standing, Thread *thread)
{
        Spot spot = {0};

        if (thread->count == 0)
                return;
        standing->predicates++;
        if (thread->count == 1 && thread->stale)
                spot.why = "stale_source";
        else if (thread->count == 1 && thread->confidence < TOPOLOGY_CONFIDENCE_LOW)
                spot.why = "low_confidence";
        else if (thread->inferred == thread->count)
                spot.why = "inferred";
        if (!spot.why)
                return;
        standing->weak++;
        if (standing->spots->len == TOPOLOGY_SPOTS_MAX)
                return;
        spot.predicate = g_strdup(thread->predicate);
        g_array_append_val(standing->spots, spot);
}

static void count_tier(Standing *standing, Thread *thread, const char *tier)
{
        if (strcmp(tier, "human") == 0) {
                standing->human++;
        } else if (strcmp(tier, "extracted") == 0) {
                standing->extracted++;
        } else {
                standing->inferred++;
                thread->inferred++;
        }
}

static void take_current(Standing *standing, Thread *thread, Statement *row)
{
        standing->current++;
        thread->count++;
        count_tier(standing, thread, statement_text(row, 3));
        thread->confidence = statement_is_null(row, 5) ? NAN : statement_double(row, 5);
        thread->stale = statement_int(row, 6) != 0;
}

/* Who observed it, and where. */
typedef struct Seen {
        GHashTable *observers, *documents;
} Seen;

static void take_row(Standing *standing, Thread *thread, Seen *seen, Statement *row)
{
        const char *predicate = statement_text(row, 0), *document = statement_text(row, 2);

        if (!thread->predicate || strcmp(thread->predicate, predicate) != 0) {
                end_thread(standing, thread);
                g_free(thread->predicate);
                *thread = (Thread){.predicate = g_strdup(predicate)};
        }
        standing->observations++;
        standing->last = MAX(standing->last, statement_int(row, 4));
        g_hash_table_add(seen->observers, g_strdup(statement_text(row, 1)));
        if (document)
                g_hash_table_add(seen->documents, g_strdup(document));
        if (statement_int(row, 7))
                take_current(standing, thread, row);
}

static bool take_facts(Db *db, Standing *standing, GError **error)
{
        g_autoptr(GHashTable)
                observers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                documents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        Seen seen = {observers, documents};
        Thread thread = {0};
        StepResult step;
        Statement *statement = db_statement(db, OBSERVATIONS, error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", standing->id);
        statement_bind_int(statement, ":limit", TOPOLOGY_FACTS_MAX + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                if (standing->observations == TOPOLOGY_FACTS_MAX) {
                        standing->truncated = true;
                        break;
                }
                take_row(standing, &thread, &seen, statement);
        }
        end_thread(standing, &thread);
        g_free(thread.predicate);
        standing->observers = g_hash_table_size(observers);
        standing->documents = g_hash_table_size(documents);
        return step != STEP_ERROR;
}

static bool take_contradictions(Db *db, Standing *standing, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT coalesce(sum(resolution = 'unresolved'), 0),"
                             " coalesce(sum(resolution = 'acknowledged'), 0),"
                             " coalesce(sum(resolution = 'resolved'), 0), (SELECT count(*) FROM"
                             " contradicted_facts WHERE entity_id = :entity)"
                             " FROM contradictions WHERE entity_id = :entity",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", standing->id);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        standing->unresolved = (unsigned)statement_int(statement, 0);
        standing->acknowledged = (unsigned)statement_int(statement, 1);
        standing->resolved = (unsigned)statement_int(statement, 2);
        standing->overridden = (unsigned)statement_int(statement, 3);
        return true;
}

/* ---- medians ---- */

typedef struct Median {
        double value;
        unsigned entities; /* of this call */
} Median;

static int compare_counts(const void *a, const void *b)
{
        int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

        return (left > right) - (left < right);
}

/* The median number of observations of a sample of the type. + takes the column's affinity away, for which the index would
 * not be used. */
static bool read_median(Db *db, const char *type, double *ret, GError **error)
{
        int64_t counts[TOPOLOGY_SAMPLE_MAX];
        unsigned count = 0;
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT (SELECT count(*) FROM facts f WHERE " FACT_SUBJECT(
                        f) " = +e.id"
                           " AND f.is_active = 1) FROM entities e WHERE e.type = :type AND e.is_active = 1"
                           " AND e.merged_into IS NULL LIMIT :limit",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":type", type);
        statement_bind_int(statement, ":limit", TOPOLOGY_SAMPLE_MAX);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                if (count < TOPOLOGY_SAMPLE_MAX)
                        counts[count++] = statement_int(statement, 0);
        if (step == STEP_ERROR)
                return false;
        qsort(counts, count, sizeof(int64_t), compare_counts);
        *ret = NAN;
        if (count > 0)
                *ret = (double)(counts[(count - 1) / 2] + counts[count / 2]) / 2;
        return true;
}

/* medians: type → Median. */
static bool take_median(Db *db, GHashTable *medians, Standing *standing, GError **error)
{
        Median *median = g_hash_table_lookup(medians, standing->type);

        if (!median) {
                if (g_hash_table_size(medians) == TOPOLOGY_TYPES_MAX)
                        return true;
                median = g_new0(Median, 1);
                g_hash_table_insert(medians, g_strdup(standing->type), median);
                if (!read_median(db, standing->type, &median->value, error))
                        return false;
        }
        median->entities++;
        standing->median = median->value;
        return true;
}

/* ---- weakness ---- */

static double share(unsigned part, unsigned whole)
{
        return whole > 0 ? MIN((double)part / whole, 1) : 0;
}

static bool is_sparse(const Standing *standing)
{
        return standing->median > 0 && standing->observations * 2 < standing->median;
}

static void weigh(Standing *standing)
{
        double lacking = standing->observations == 0 ? 1 : 0;

        if (standing->median > 0)
                lacking = MAX(0, 1 - standing->observations / standing->median);
        standing->weakness =
                TOPOLOGY_WEIGHT_LACKING * lacking +
                TOPOLOGY_WEIGHT_WEAK * share(standing->weak, standing->predicates) +
                TOPOLOGY_WEIGHT_UNRESOLVED * share(standing->unresolved, standing->predicates) +
                TOPOLOGY_WEIGHT_OVERRIDDEN * share(standing->overridden, standing->observations);
}

static bool measure(Db *db, GHashTable *medians, Standing *standing, GError **error)
{
        if (!take_facts(db, standing, error) || !take_contradictions(db, standing, error) ||
            !take_median(db, medians, standing, error))
                return false;
        weigh(standing);
        return true;
}

/* ---- a window of entities ---- */

typedef struct Window {
        GPtrArray *standings; /* Standing */
        GHashTable *medians;  /* type → Median */
        char *begin;          /* the entity before the first, "" */
        char *end;            /* the last entity gone through, NULL: there are no more after */
} Window;

static void window_clear(Window *window)
{
        g_ptr_array_unref(window->standings);
        g_hash_table_unref(window->medians);
        g_free(window->begin);
        g_free(window->end);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Window, window_clear)

static void window_init(Window *window, const char *begin)
{
        *window = (Window){.begin = g_strdup(begin)};
        window->standings = g_ptr_array_new_with_free_func(standing_free);
        window->medians = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static bool find_entities(Db *db, const char *type, Window *window, GError **error)
{
        StepResult step;
        Statement *statement =
                db_statement(db,
                             "SELECT e.id, e.name, e.type FROM entities e WHERE e.id > :begin"
                             " AND e.is_active = 1 AND e.merged_into IS NULL"
                             " AND (:type IS NULL OR e.type = :type) ORDER BY e.id LIMIT :limit",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":begin", window->begin);
        statement_bind_text(statement, ":type", type);
        statement_bind_int(statement, ":limit", TOPOLOGY_SCAN_MAX + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                if (window->standings->len == TOPOLOGY_SCAN_MAX) {
                        const Standing *last = window->standings->pdata[window->standings->len - 1];
                        window->end = g_strdup(last->id);
                        break;
                }
                g_ptr_array_add(window->standings, standing_new(statement_text(statement, 0),
                                                                statement_text(statement, 1),
                                                                statement_text(statement, 2)));
        }
        return step != STEP_ERROR;
}

static int compare_doubles(double a, double b)
{
        return (a > b) - (a < b);
}

static int compare_standings(gconstpointer left, gconstpointer right, gpointer data)
{
        const Standing *a = *(Standing *const *)left, *b = *(Standing *const *)right;
        int order = 0;

        switch (*(const TopologyOrder *)data) {
        case TOPOLOGY_WEAKEST:
                order = compare_doubles(b->weakness, a->weakness);
                break;
        case TOPOLOGY_STRONGEST:
                order = compare_doubles(a->weakness, b->weakness);
                if (order == 0) /* the better known one */
                        order = (a->observations < b->observations) -
                                (a->observations > b->observations);
                break;
        case TOPOLOGY_RECENT:
                order = (a->last < b->last) - (a->last > b->last);
                break;
        case TOPOLOGY_CONTESTED:
                order = (a->unresolved < b->unresolved) - (a->unresolved > b->unresolved);
                if (order == 0)
                        order = (a->overridden < b->overridden) - (a->overridden > b->overridden);
                break;
        }
        return order ?: strcmp(a->id, b->id);
}

static bool fill_window(Db *db, const TopologyQuery *query, Window *window, GError **error)
{
        TopologyOrder order = query->order;

        if (query->entity)
                g_ptr_array_add(
                        window->standings,
                        standing_new(query->entity->id, query->entity->name, query->entity->type));
        else if (!find_entities(db, query->type, window, error))
                return false;
        for (unsigned i = 0; i < window->standings->len; i++)
                if (!measure(db, window->medians, window->standings->pdata[i], error))
                        return false;
        g_ptr_array_sort_with_data(window->standings, compare_standings, &order);
        return true;
}

/* ---- telling ---- */

static JsonArray *spots_to_json(const Standing *standing)
{
        JsonArray *array = json_array_new();

        for (unsigned i = 0; i < standing->spots->len; i++) {
                const Spot *spot = &g_array_index(standing->spots, Spot, i);
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "predicate", spot->predicate);
                json_object_set_string_member(object, "why", spot->why);
                json_array_add_object_element(array, object);
        }
        return array;
}

static JsonObject *shares_to_json(unsigned human, unsigned extracted, unsigned inferred)
{
        JsonObject *object = json_object_new();
        unsigned whole = human + extracted + inferred;

        json_object_set_double_member(object, "human", share(human, whole));
        json_object_set_double_member(object, "extracted", share(extracted, whole));
        json_object_set_double_member(object, "inferred", share(inferred, whole));
        return object;
}

static void set_count(JsonObject *object, const char *name, unsigned count)
{
        json_object_set_int_member(object, name, count);
}

static JsonObject *standing_to_json(const Standing *standing)
{
        JsonObject *object = json_object_new(), *contradictions = json_object_new();

        json_object_set_string_member(object, "entity", standing->name);
        json_object_set_string_member(object, "entity_id", standing->id);
        json_object_set_string_member(object, "type", standing->type);
        json_object_set_double_member(object, "weakness", standing->weakness);
        set_count(object, "observations", standing->observations);
        set_count(object, "current", standing->current);
        set_count(object, "observers", standing->observers);
        set_count(object, "documents", standing->documents);
        set_count(object, "predicates", standing->predicates);
        json_object_set_object_member(
                object, "tiers",
                shares_to_json(standing->human, standing->extracted, standing->inferred));
        if (standing->last == MICROS_NONE)
                json_object_set_null_member(object, "last_observed");
        else
                json_set_time(object, "last_observed", standing->last);
        set_count(object, "overridden", standing->overridden);
        set_count(contradictions, "unresolved", standing->unresolved);
        set_count(contradictions, "acknowledged", standing->acknowledged);
        set_count(contradictions, "resolved", standing->resolved);
        json_object_set_object_member(object, "contradictions", contradictions);
        if (isnan(standing->median))
                json_object_set_null_member(object, "type_median");
        else
                json_object_set_double_member(object, "type_median", standing->median);
        json_object_set_boolean_member(object, "sparse", is_sparse(standing));
        set_count(object, "weak", standing->weak);
        json_object_set_array_member(object, "weak_spots", spots_to_json(standing));
        json_object_set_boolean_member(object, "truncated", standing->truncated);
        return object;
}

static JsonArray *types_to_json(const Window *window)
{
        g_autoptr(GList) types =
                g_list_sort(g_hash_table_get_keys(window->medians), (GCompareFunc)strcmp);
        JsonArray *array = json_array_new();

        for (GList *item = types; item; item = item->next) {
                const Median *median = g_hash_table_lookup(window->medians, item->data);
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "type", item->data);
                set_count(object, "entities", median->entities);
                json_object_set_double_member(object, "median_observations",
                                              isnan(median->value) ? 0 : median->value);
                json_array_add_object_element(array, object);
        }
        return array;
}

/* Where contradictions gather: the predicates with most of them, over all that can be seen. */
static JsonArray *read_clusters(Db *db, GError **error)
{
        g_autoptr(JsonArray) array = json_array_new();
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT predicate, sum(resolution = 'unresolved') AS open, count(*)"
                " FROM contradictions GROUP BY predicate ORDER BY open DESC, 3 DESC, 1 LIMIT :limit",
                error);

        if (!statement)
                return NULL;
        statement_bind_int(statement, ":limit", TOPOLOGY_CLUSTERS_MAX);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "predicate", statement_text(statement, 0));
                json_object_set_int_member(object, "unresolved", statement_int(statement, 1));
                json_object_set_int_member(object, "contradictions", statement_int(statement, 2));
                json_array_add_object_element(array, object);
        }
        return step == STEP_DONE ? g_steal_pointer(&array) : NULL;
}

static JsonObject *summary_to_json(Db *db, const Window *window, GError **error)
{
        JsonArray *clusters = read_clusters(db, error);
        unsigned observations = 0, overridden = 0, unresolved = 0, sparse = 0, weak = 0;
        unsigned tiers[3] = {0};
        JsonObject *object;

        if (!clusters)
                return NULL;
        for (unsigned i = 0; i < window->standings->len; i++) {
                const Standing *standing = window->standings->pdata[i];

                observations += standing->observations;
                overridden += standing->overridden;
                unresolved += standing->unresolved;
                sparse += is_sparse(standing);
                weak += standing->weak;
                tiers[0] += standing->human;
                tiers[1] += standing->extracted;
                tiers[2] += standing->inferred;
        }
        object = json_object_new();
        set_count(object, "entities", window->standings->len);
        set_count(object, "observations", observations);
        set_count(object, "overridden", overridden);
        set_count(object, "unresolved", unresolved);
        set_count(object, "sparse", sparse);
        set_count(object, "weak_spots", weak);
        json_object_set_object_member(object, "tiers",
                                      shares_to_json(tiers[0], tiers[1], tiers[2]));
        json_object_set_array_member(object, "types", types_to_json(window));
        json_object_set_array_member(object, "clusters", clusters);
        return object;
}

/* ---- the page ---- */

bool topology_order_from_string(const char *text, TopologyOrder *ret, GError **error)
{
        static const char *const names[] = {
                [TOPOLOGY_WEAKEST] = "weakest",
                [TOPOLOGY_STRONGEST] = "strongest",
                [TOPOLOGY_RECENT] = "recent",
                [TOPOLOGY_CONTESTED] = "contested",
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (strcmp(text, names[i]) == 0) {
                        *ret = (TopologyOrder)i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "order must be weakest, strongest, recent or contested");
        return false;
}

/* The cursor after told entities of the window: in it, or at the next one. */
static char *next_cursor(const Window *window, const char *filters, unsigned told)
{
        g_autofree char *key = NULL;

        if (told < window->standings->len)
                key = g_strdup_printf("%s\n%u", window->begin, told);
        else if (window->end)
                key = g_strdup_printf("%s\n0", window->end);
        return key ? cursor_new("topology", filters, key) : NULL;
}

static JsonObject *tell(Db *db, const Window *window, unsigned from, unsigned to, GError **error)
{
        JsonObject *summary = summary_to_json(db, window, error), *answer;
        JsonArray *entities;

        if (!summary)
                return NULL;
        answer = json_object_new();
        entities = json_array_new();
        for (unsigned i = from; i < to; i++)
                json_array_add_object_element(entities,
                                              standing_to_json(window->standings->pdata[i]));
        json_object_set_array_member(answer, "entities", entities);
        json_object_set_object_member(answer, "summary", summary);
        return answer;
}

JsonObject *topology_tell(Db *db, const TopologyQuery *query, GError **error)
{
        g_autofree char *filters =
                g_strdup_printf("%s\n%s\n%d", query->entity ? query->entity->id : "",
                                query->type ?: "", (int)query->order);
        g_autofree char *key = cursor_key("topology", filters, query->after, error);
        g_auto(GStrv) place = g_strsplit(key ?: "", "\n", 2);
        bool more = g_strv_length(place) == 2;
        g_autofree char *next = NULL;
        g_auto(Window) window;
        unsigned from, to;
        JsonObject *answer;

        window_init(&window, more ? place[0] : "");
        if (!key || !fill_window(db, query, &window, error))
                return NULL;
        from = more ? (unsigned)g_ascii_strtoull(place[1], NULL, 10) : 0;
        from = MIN(from, window.standings->len);
        to = MIN(from + query->limit, window.standings->len);
        answer = tell(db, &window, from, to, error);
        if (!answer)
                return NULL;
        next = next_cursor(&window, filters, to);
        json_set_string(answer, "next", next);
        return answer;
}
