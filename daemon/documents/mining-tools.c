/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools of mining: arguments in, windows and their context out. */
#include "documents/claims.h"
#include "documents/directives.h"
#include "documents/documents-room.h"
#include "documents/mining.h"

#define PRIOR_CLAIMS_SHOWN GRAPH_PAGE_MAX
#define MINING_PAGE_MAX    500 /* jobs of one list call */

/* ---- arguments ---- */

typedef struct Range {
        int64_t min, max, usual;
        const char *limits; /* their names */
} Range;

static bool read_in_range(JsonObject *args, const char *name, const Range *range, int64_t *ret,
                          GError **error)
{
        *ret = json_member_int(args, name, range->usual);
        if (*ret >= range->min && *ret <= range->max)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "%s must be between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " (%s)", name,
                    range->min, range->max, range->limits);
        return false;
}

static bool read_lease_sec(JsonObject *args, int64_t *ret, GError **error)
{
        static const Range range = {MINING_LEASE_SEC_MIN, MINING_LEASE_SEC_MAX,
                                    MINING_LEASE_SEC_DEFAULT,
                                    "MINING_LEASE_SEC_MIN, MINING_LEASE_SEC_MAX"};

        return read_in_range(args, "lease_seconds", &range, ret, error);
}

static bool read_sizes(JsonObject *args, MiningAsk *ask, GError **error)
{
        static const Range chars = {MINING_WINDOW_CHARS_MIN, MINING_WINDOW_CHARS_MAX,
                                    MINING_WINDOW_CHARS_DEFAULT,
                                    "MINING_WINDOW_CHARS_MIN, MINING_WINDOW_CHARS_MAX"};

        if (!read_in_range(args, "max_chars", &chars, &ask->max_chars, error))
                return false;
        int64_t most = ask->max_chars / MINING_OVERLAP_PART;
        const Range overlap = {MINING_OVERLAP_CHARS_MIN, most,
                               MIN(2 * MINING_OVERLAP_CHARS_MIN, most),
                               "MINING_OVERLAP_CHARS_MIN, max_chars / MINING_OVERLAP_PART"};
        return read_in_range(args, "overlap_chars", &overlap, &ask->overlap, error);
}

/* doc_id or document_id: the reference says the one, the other tools the other. */
static bool read_document(JsonObject *args, const char **ret, GError **error)
{
        const char *names[] = {"doc_id", "document_id"};

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                const char *id = args_string(args, names[i]);

                if (!args_check_id(args, names[i], "doc", error))
                        return false;
                if (id && *ret && !g_str_equal(id, *ret)) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "doc_id and document_id differ");
                        return false;
                }
                if (id)
                        *ret = id;
        }
        return true;
}

static bool read_ask(Documents *documents, const Access *access, JsonObject *args, MiningAsk *ret,
                     GError **error)
{
        *ret = (MiningAsk){.vault = documents->vault,
                           .access = access,
                           .window = json_member_int(args, "window", -1),
                           .again = json_member_bool(args, "again", false)};
        if (!read_document(args, &ret->document_id, error) || !read_sizes(args, ret, error) ||
            !read_lease_sec(args, &ret->lease_sec, error))
                return false;
        if (ret->document_id || ret->window < 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "window needs doc_id");
        return false;
}

/* ---- get_document_for_mining ---- */

static Statement *text_row(Db *db, const MiningLease *lease, GError **error)
{
        Statement *row = db_statement(
                db,
                "SELECT t.text, t.chars, coalesce(t.title, ''), r.path || '/' || d.path"
                " FROM documents d JOIN roots r ON r.id = d.root_id"
                " JOIN document_text t ON t.sha256 = :sha256 WHERE d.id = :id",
                error);
        StepResult step;

        if (!row)
                return NULL;
        statement_bind_text(row, ":id", lease->document_id);
        statement_bind_text(row, ":sha256", lease->sha256);
        step = statement_step(row, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "the text of %s is no longer there; ask again", lease->document_id);
        return step == STEP_ROW ? row : NULL;
}

static void set_text(JsonObject *answer, Statement *row, const MiningLease *lease)
{
        const char *text = statement_text(row, 0), *title = statement_text(row, 2);
        g_autofree char *name = g_path_get_basename(statement_text(row, 3));
        size_t length = strlen(text);
        size_t from = text_bytes(text, length, (size_t)lease->window.start);
        size_t bytes = text_bytes(text + from, length - from,
                                  (size_t)(lease->window.end - lease->window.start));
        g_autofree char *piece = g_strndup(text + from, bytes);

        json_set_string(answer, "doc_id", lease->document_id);
        json_set_string(answer, "title", *title ? title : name);
        json_set_string(answer, "path", statement_text(row, 3));
        json_set_string(answer, "text", piece);
}

static JsonObject *window_to_json(const MiningLease *lease, int64_t total)
{
        JsonObject *window = json_object_new();

        json_object_set_int_member(window, "index", lease->ordinal);
        json_object_set_int_member(window, "count", lease->count);
        json_object_set_int_member(window, "char_start", lease->window.start);
        json_object_set_int_member(window, "char_end", lease->window.end);
        json_object_set_int_member(window, "total_chars", total);
        return window;
}

static JsonObject *lease_to_json(const MiningLease *lease)
{
        JsonObject *object = json_object_new();

        json_set_string(object, "lease_id", lease->lease_id);
        json_set_time(object, "expires_at", lease->expires_at);
        json_set_string(object, "group_id", lease->group);
        return object;
}

static bool lies_in(JsonObject *claim, const Window *window)
{
        int64_t start = json_member_int(claim, "quote_start", -1);

        return start >= window->start && start < window->end;
}

/* Those whose quotes stand in this window first. */
static bool set_prior_claims(Db *db, const MiningLease *lease, JsonObject *answer, GError **error)
{
        g_autoptr(JsonObject) prior = graph_prior_claims(db, lease->document_id, PRIOR_CLAIMS_SHOWN,
                                                         /* after= */ NULL, error);
        JsonArray *all = prior ? json_object_get_array_member(prior, "prior_claims") : NULL;
        JsonArray *sorted = json_array_new();

        for (unsigned inside = 0; all && inside < 2; inside++)
                for (unsigned i = 0; i < json_array_get_length(all); i++) {
                        JsonObject *claim = json_array_get_object_element(all, i);

                        if (lies_in(claim, &lease->window) == (inside == 0))
                                json_array_add_object_element(sorted, json_object_ref(claim));
                }
        json_object_set_array_member(answer, "prior_claims", sorted);
        if (!prior)
                return false;
        json_object_set_int_member(answer, "prior_claims_total",
                                   json_member_int(prior, "total", json_array_get_length(sorted)));
        return true;
}

static JsonObject *lease_answer(Documents *documents, const Access *access,
                                const MiningLease *lease, GError **error)
{
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);
        g_autoptr(JsonObject) answer = json_object_new();
        g_autofree char *names = features_to_json(lease->features);
        Statement *row = db ? text_row(db, lease, error) : NULL;
        int64_t total;

        if (!row)
                return NULL;
        total = statement_int(row, 1);
        set_text(answer, row, lease);
        json_set_string(answer, "profile", lease->profile);
        json_object_set_member(answer, "features", json_parse_text(names, -1, NULL));
        json_object_set_array_member(answer, "directives",
                                     directives_for(lease->profile, lease->features));
        if (!set_prior_claims(db, lease, answer, error))
                return NULL;
        json_object_set_object_member(answer, "window", window_to_json(lease, total));
        json_object_set_object_member(answer, "lease", lease_to_json(lease));
        return g_steal_pointer(&answer);
}

static JsonObject *get_document_for_mining(void *room, const Access *access, JsonObject *args,
                                           GError **error)
{
        g_autoptr(MiningLease) lease = NULL;
        MiningAsk ask;

        if (!read_ask(room, access, args, &ask, error))
                return NULL;
        lease = mining_take(&ask, error);
        return lease ? lease_answer(room, access, lease, error) : NULL;
}

/* ---- leases ---- */

static JsonObject *renew_mining(void *room, const Access *access, JsonObject *args, GError **error)
{
        Documents *documents = room;
        MiningAsk ask = {.vault = documents->vault, .access = access};
        const char *lease_id = json_member_string(args, "lease_id", "");
        int64_t expires_at;
        JsonObject *answer;

        if (!read_lease_sec(args, &ask.lease_sec, error) ||
            !mining_renew(&ask, lease_id, &expires_at, error))
                return NULL;
        answer = json_object_new();
        json_set_string(answer, "lease_id", lease_id);
        json_set_time(answer, "expires_at", expires_at);
        return answer;
}

typedef struct Finishing {
        const Access *access;
        LeaseEnd end;
} Finishing;

static bool work_finish(Db *db, void *data, GError **error)
{
        const Finishing *finishing = data;

        return graph_end_lease(db, finishing->access, &finishing->end, error);
}

static bool read_outcome(JsonObject *args, LeaseOutcome *ret, GError **error)
{
        static const char *const names[] = {
                [LEASE_DONE] = "done", [LEASE_RELEASED] = "released", [LEASE_FAILED] = "failed"};
        const char *outcome = json_member_string(args, "outcome", names[LEASE_DONE]);

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (g_str_equal(names[i], outcome)) {
                        *ret = i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "outcome must be done, released or failed");
        return false;
}

static JsonObject *finish_mining(void *room, const Access *access, JsonObject *args, GError **error)
{
        Documents *documents = room;
        WriteOptions options = {.actor = access_actor(access), .reason = "mining"};
        Finishing finishing = {access,
                               {.lease_id = json_member_string(args, "lease_id", ""),
                                .reason = args_string(args, "reason")}};
        JsonObject *answer;

        if (!args_check_reason(args, error) || !read_outcome(args, &finishing.end.outcome, error) ||
            !store_write(documents->vault, &options, work_finish, &finishing, error))
                return NULL;
        answer = json_object_new();
        json_object_set_boolean_member(answer, "ended", TRUE);
        return answer;
}

/* ---- the queue ---- */

static bool read_order(Documents *documents, const Access *access, JsonObject *args,
                       MiningOrder *ret, GError **error)
{
        *ret = (MiningOrder){.vault = documents->vault,
                             .access = access,
                             .root_id = args_string(args, "root_id"),
                             .priority = json_member_int(args, "priority", 0),
                             .profile = args_string(args, "profile"),
                             .again = json_member_bool(args, "again", false)};
        if (!read_document(args, &ret->document_id, error) ||
            !args_check_id(args, "root_id", "root", error))
                return false;
        if (ret->priority < -MINING_PRIORITY_MAX || ret->priority > MINING_PRIORITY_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "priority must be between -%d and %d (MINING_PRIORITY_MAX)",
                            MINING_PRIORITY_MAX, MINING_PRIORITY_MAX);
                return false;
        }
        if (!ret->document_id == !ret->root_id) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "give either document_id or root_id");
                return false;
        }
        return true;
}

static JsonObject *enqueue_mining(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        g_auto(GStrv) features = args_strings(args, "features");
        MiningOrder order;
        MiningCounts counts;
        JsonObject *answer;

        if (!read_order(room, access, args, &order, error))
                return NULL;
        order.features = (const char *const *)features;
        if (!mining_enqueue(&order, &counts, error))
                return NULL;
        answer = json_object_new();
        json_object_set_int_member(answer, "enqueued", counts.enqueued);
        json_object_set_int_member(answer, "already", counts.already);
        json_object_set_int_member(answer, "skipped", counts.skipped);
        return answer;
}

static JsonObject *cancel_mining(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *reason = args_string(args, "reason");
        MiningOrder order;
        JsonObject *answer;

        if (!read_order(room, access, args, &order, error) || !args_check_reason(args, error) ||
            !mining_cancel(&order, reason, error))
                return NULL;
        answer = json_object_new();
        json_object_set_boolean_member(answer, "cancelled", TRUE);
        return answer;
}

#define JOBS                                                                                       \
        "SELECT j.document_id, d.path, j.state, j.priority, j.requested_by, j.requested_at,"       \
        " j.reason, count(w.id), coalesce(sum(w.state = 'done'), 0),"                              \
        " coalesce(sum(w.state = 'leased' AND w.expires_at > :now), 0)"                            \
        " FROM mining_jobs j JOIN documents d ON d.id = j.document_id"                             \
        " LEFT JOIN mining_windows w ON w.document_id = j.document_id AND w.sha256 = j.sha256"     \
        " WHERE (:state IS NULL OR j.state = :state) AND j.document_id > :after"                   \
        " GROUP BY j.document_id ORDER BY j.document_id LIMIT :limit"

static JsonObject *job_to_json(Statement *row)
{
        JsonObject *job = json_object_new();

        json_set_string(job, "document_id", statement_text(row, 0));
        json_set_string(job, "path", statement_text(row, 1));
        json_set_string(job, "state", statement_text(row, 2));
        json_object_set_int_member(job, "priority", statement_int(row, 3));
        json_set_string(job, "requested_by", statement_text(row, 4));
        json_set_time(job, "requested_at", statement_int(row, 5));
        json_set_string(job, "reason", statement_text(row, 6));
        json_object_set_int_member(job, "windows", statement_int(row, 7));
        json_object_set_int_member(job, "done", statement_int(row, 8));
        json_object_set_int_member(job, "leased", statement_int(row, 9));
        return job;
}

static JsonObject *read_jobs(Statement *row, unsigned limit, const char *state, GError **error)
{
        g_autoptr(JsonArray) jobs = json_array_new();
        g_autofree char *last = NULL, *next = NULL;
        JsonObject *answer;
        StepResult step;

        while ((step = statement_step(row, error)) == STEP_ROW) {
                if (json_array_get_length(jobs) == limit) {
                        next = cursor_new("mining", state ?: "", last);
                        break;
                }
                g_free(last);
                last = g_strdup(statement_text(row, 0));
                json_array_add_object_element(jobs, job_to_json(row));
        }
        if (step == STEP_ERROR)
                return NULL;
        answer = json_object_new();
        json_object_set_array_member(answer, "jobs", g_steal_pointer(&jobs));
        json_set_string(answer, "next", next);
        return answer;
}

static JsonObject *list_mining(void *room, const Access *access, JsonObject *args, GError **error)
{
        Documents *documents = room;
        const char *state = args_string(args, "state");
        g_autofree char *key = NULL;
        g_autoptr(Db) db = NULL;
        Statement *row;
        unsigned limit;

        if (!args_limit(args, MINING_PAGE_MAX, "MINING_PAGE_MAX", &limit, error))
                return NULL;
        key = cursor_key("mining", state ?: "", args_string(args, "after"), error);
        db = key ? store_reader(documents->vault, access_scope(access), error) : NULL;
        row = db ? db_statement(db, JOBS, error) : NULL;
        if (!row)
                return NULL;
        statement_bind_int(row, ":now", clock_now());
        statement_bind_text(row, ":state", state);
        statement_bind_text(row, ":after", key);
        statement_bind_int(row, ":limit", (int64_t)limit + 1);
        return read_jobs(row, limit, state, error);
}

ToolTable documents_mining_tools(Documents *documents)
{
        static const Tool tools[] = {
                {"get_document_for_mining", TOOL_WRITE, TOOL_SLOW, get_document_for_mining},
                {"renew_mining", TOOL_WRITE, TOOL_CHEAP, renew_mining},
                {"finish_mining", TOOL_WRITE, TOOL_CHEAP, finish_mining},
                {"enqueue_mining", TOOL_WRITE, TOOL_SLOW, enqueue_mining},
                {"cancel_mining", TOOL_WRITE, TOOL_CHEAP, cancel_mining},
                {"list_mining", TOOL_READ, TOOL_CHEAP, list_mining},
                {NULL},
        };

        return (ToolTable){tools, documents};
}
