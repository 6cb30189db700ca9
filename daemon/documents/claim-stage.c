/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ClaimStage: takes searchable documents a few at a time, turns their structure into claims and hands them to
 * the graph. A document is indexed when its claims are; a stop in between only means doing it again, since
 * the graph knows an equal claim. */
#include "documents/pipeline.h"

#include "documents/autolink.h"
#include "documents/claims.h"
#include "documents/root.h"
#include "extract/protocol.h"

#define CLAIM_DOCUMENTS 64
#define CLAIM_BYTES     (4 * 1024 * 1024) /* text of one round */
#define CLAIMS_AT_ONCE  1000              /* others want to write too */

G_STATIC_ASSERT(CLAIMS_AT_ONCE <= GRAPH_BATCH_MAX);

struct ClaimStage {
        Pipeline *pipeline;
        bool awake, running;
        NameSet *names; /* of the job at work, kept until nothing is left; NULL: there are none */
        int64_t names_stamp;
};

typedef struct Source {
        char *document_id, *sha256, *name, *title, *text, *entity_id, *reason;
        GVariant *structure;
        unsigned features;
        int64_t mtime;
        ClaimList *list;
        GPtrArray *links; /* Evidence of entities that it names, or NULL */
        GError *error;    /* its own */
} Source;

typedef struct Job {
        ClaimStage *stage;
        GArray *sources;   /* of Source */
        unsigned from, to; /* those that are being recorded */
        bool more;
        GError *error;
} Job;

static void source_clear(void *data)
{
        Source *source = data;
        g_free(source->document_id);
        g_free(source->sha256);
        g_free(source->name);
        g_free(source->title);
        g_free(source->text);
        g_free(source->entity_id);
        g_free(source->reason);
        g_clear_pointer(&source->structure, g_variant_unref);
        (void)claim_list_free(source->list);
        g_clear_pointer(&source->links, g_ptr_array_unref);
        g_clear_error(&source->error);
}

ClaimStage *claim_stage_new(Pipeline *pipeline)
{
        ClaimStage *stage = g_new0(ClaimStage, 1);
        stage->pipeline = pipeline;
        stage->names_stamp = -1;
        return stage;
}

ClaimStage *claim_stage_free(ClaimStage *stage)
{
        if (stage)
                (void)name_set_free(stage->names);
        g_free(stage);
        return NULL;
}

void claim_stage_wake(ClaimStage *stage)
{
        stage->awake = true;
}

bool claim_stage_is_idle(const ClaimStage *stage)
{
        return !stage->awake && !stage->running;
}

/* ---- reading ---- */

static unsigned features_from_json(const char *json)
{
        g_auto(GStrv) names = json_parse_strings(json);
        unsigned features = 0;
        (void)features_from_strings((const char *const *)names, &features, NULL);
        return features;
}

static Source source_from_row(Statement *row)
{
        Source source = {.document_id = g_strdup(statement_text(row, 0)),
                         .sha256 = g_strdup(statement_text(row, 1)),
                         .name = g_path_get_basename(statement_text(row, 2)),
                         .mtime = statement_int(row, 3),
                         .features = features_from_json(statement_text(row, 4)),
                         .title = g_strdup(statement_text(row, 5)),
                         .text = g_strdup(statement_text(row, 6))};
        size_t size;
        const void *structure = statement_blob(row, 7, &size);
        g_autoptr(GBytes) bytes = g_bytes_new(structure, size);
        source.structure = g_variant_ref_sink(
                g_variant_new_from_bytes(G_VARIANT_TYPE(EXTRACT_STRUCTURE_TYPE), bytes, FALSE));
        return source;
}

/* Names of entities that were declared since are looked for from the next job on. */
static bool refresh_names(ClaimStage *stage, GError **error)
{
        g_autoptr(Db) db = store_reader(stage->pipeline->vault, NULL, error);
        int64_t stamp = db ? name_set_stamp(db, error) : -1;
        g_autoptr(GError) problem = NULL;

        if (stamp < 0)
                return false;
        if (stamp == stage->names_stamp)
                return true;
        (void)name_set_free(stage->names);
        stage->names = name_set_load(db, /* entity_id= */ NULL, &problem);
        stage->names_stamp = problem ? -1 : stamp;
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return stage->names_stamp >= 0;
}

static void forget_names(ClaimStage *stage)
{
        stage->names = name_set_free(stage->names);
        stage->names_stamp = -1;
}

static bool read_sources(Job *job, GError **error)
{
        g_autoptr(Db) db = store_reader(job->stage->pipeline->vault, NULL, error);
        Statement *query =
                db ? db_statement(
                             db,
                             "SELECT s.document_id, s.sha256, d.path, d.mtime, r.features, t.title, t.text,"
                             " t.structure FROM document_states s JOIN documents d ON d.id = s.document_id"
                             " JOIN roots r ON r.id = d.root_id JOIN document_text t ON t.sha256 = s.sha256"
                             " WHERE s.indexed = 0 AND s.searchable = 1 AND s.error IS NULL"
                             " AND d.is_active = 1 AND r.is_active = 1 ORDER BY s.document_id",
                             error)
                   : NULL;
        if (!query)
                return false;
        size_t bytes = 0;
        StepResult step;
        while ((step = statement_step(query, error)) == STEP_ROW) {
                job->more = job->sources->len >= CLAIM_DOCUMENTS || bytes >= CLAIM_BYTES;
                if (job->more)
                        return true;
                Source source = source_from_row(query);
                bytes += strlen(source.text);
                g_array_append_val(job->sources, source);
        }
        return step == STEP_DONE;
}

/* ---- writing ---- */

/* As much of name as may be one, up to the end of a word; NULL if nothing in it can be told apart. */
static char *name_fit(const char *name)
{
        const char *end = name, *word = NULL;
        unsigned chars = 0;
        for (; *end && chars < GRAPH_NAME_CHARS_MAX; end = g_utf8_next_char(end), chars++)
                if (chars > GRAPH_NAME_CHARS_MAX / 2 && g_unichar_isspace(g_utf8_get_char(end)))
                        word = end;
        if (*end && word && !g_unichar_isspace(g_utf8_get_char(end)))
                end = word;
        g_autofree char *cut = g_strchomp(g_strndup(name, (size_t)(end - name)));
        g_autofree char *key = text_key(cut);
        return *key ? g_steal_pointer(&cut) : NULL;
}

/* Its title, its file's name or its id: the first that can be a name. */
static char *entity_name(const Source *source)
{
        char *name = source->title ? name_fit(source->title) : NULL;
        if (!name)
                name = name_fit(source->name);
        return name ? name : g_strdup(source->document_id);
}

static bool entities_work(Db *db, void *data, GError **error)
{
        const Job *job = data;
        for (unsigned i = job->from; i < job->to; i++) {
                Source *source = &g_array_index(job->sources, Source, i);
                g_autofree char *name = entity_name(source);
                g_clear_pointer(&source->entity_id, g_free);
                if (!graph_document_entity(db, source->document_id, name, &source->entity_id,
                                           error))
                        return false;
        }
        return true;
}

/* The links that its text proposes, or does so once more. */
static bool propose_links(Db *db, const Source *source, GError **error)
{
        if (!autolink_refresh(db, source->document_id, source->sha256, source->text, error))
                return false;
        for (unsigned i = 0; source->links && i < source->links->len; i++) {
                Autolink link = {.document_id = source->document_id,
                                 .sha256 = source->sha256,
                                 .evidence = source->links->pdata[i],
                                 .proposed_by = "pipeline",
                                 .bounded = true};
                AutolinkOutcome outcome;

                if (!autolink_propose(db, &link, &outcome, /* ret_id= */ NULL, error))
                        return false;
        }
        return true;
}

static bool indexed_work(Db *db, void *data, GError **error)
{
        const Job *job = data;
        for (unsigned i = job->from; i < job->to; i++) {
                const Source *source = &g_array_index(job->sources, Source, i);
                Statement *update = db_statement(
                        db,
                        "UPDATE document_states SET indexed = 1, reason = :reason, updated_at = :now"
                        " WHERE document_id = :id AND sha256 = :sha256 AND searchable = 1",
                        error);
                if (!update)
                        return false;
                statement_bind_text(update, ":id", source->document_id);
                statement_bind_text(update, ":sha256", source->sha256);
                statement_bind_text(update, ":reason", source->reason);
                statement_bind_int(update, ":now", clock_now());
                if (!statement_run(update, error) || !propose_links(db, source, error))
                        return false;
        }
        return true;
}

/* What kept a document from being indexed; it stays searchable. */
static bool failed_work(Db *db, void *data, GError **error)
{
        const Source *source = data;
        Statement *update = db_statement(
                db,
                "UPDATE document_states SET error = :error, reason = :reason,"
                " attempts = attempts + 1, updated_at = :now"
                " WHERE document_id = :id AND sha256 = :sha256 AND searchable = 1 AND indexed = 0",
                error);
        if (!update)
                return false;
        statement_bind_text(update, ":id", source->document_id);
        statement_bind_text(update, ":sha256", source->sha256);
        statement_bind_text(update, ":error", error_row(error_code(source->error))->name);
        statement_bind_text(update, ":reason", source->error->message);
        statement_bind_int(update, ":now", clock_now());
        return statement_run(update, error);
}

static bool submit_claims(Job *job, const GArray *claims, GError **error)
{
        Pipeline *pipeline = job->stage->pipeline;
        for (unsigned from = 0; from < claims->len; from += CLAIMS_AT_ONCE) {
                unsigned count = MIN(claims->len - from, (unsigned)CLAIMS_AT_ONCE);
                g_autofree ClaimResult *results = g_new0(ClaimResult, count);
                bool ok = graph_submit(pipeline->graph, pipeline->access,
                                       &g_array_index(claims, Claim, from), count, "claims",
                                       results, error);
                for (unsigned i = 0; i < count; i++)
                        claim_result_clear(&results[i]);
                if (!ok)
                        return false;
        }
        return true;
}

static void collect_claims(Source *source, GArray *claims)
{
        ClaimSource from = {.document_id = source->document_id,
                            .entity_id = source->entity_id,
                            .text = source->text,
                            .text_bytes = strlen(source->text),
                            .title = source->title,
                            .structure = source->structure,
                            .features = source->features,
                            .observed_at = MIN(source->mtime, clock_now())};
        source->list = claim_list_free(source->list);
        source->list = claims_from_structure(&from);
        g_clear_pointer(&source->reason, g_free);
        if (source->list->left_out > 0)
                source->reason = g_strdup_printf("%u further claims were left out: at most"
                                                 " CLAIMS_PER_DOCUMENT_MAX = %d",
                                                 source->list->left_out, CLAIMS_PER_DOCUMENT_MAX);
        if (source->list->claims->len > 0)
                g_array_append_vals(claims, source->list->claims->data, source->list->claims->len);
}

static void collect_source(const Job *job, Source *source, GArray *claims)
{
        const NameSet *names = job->stage->names;

        collect_claims(source, claims);
        g_clear_pointer(&source->links, g_ptr_array_unref);
        if (names)
                source->links = autolink_find(names, source->text, /* ret_scan= */ NULL);
}

/* Records the claims of some of the sources, all or none of them indexed. */
static bool index_range(Job *job, unsigned from, unsigned to, GError **error)
{
        Pipeline *pipeline = job->stage->pipeline;
        WriteOptions options = {.actor = access_actor(pipeline->access), .reason = "index"};
        g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(Claim));
        job->from = from;
        job->to = to;
        if (!store_write(pipeline->vault, &options, entities_work, job, error))
                return false;
        for (unsigned i = from; i < to; i++)
                collect_source(job, &g_array_index(job->sources, Source, i), claims);
        return submit_claims(job, claims, error) &&
               store_write(pipeline->vault, &options, indexed_work, job, error);
}

static void log_failure(const Source *source)
{
        g_autofree char *field = g_strdup_printf("OUROBOROS_DOCUMENT=%s", source->name);
        const char *const fields[] = {field, NULL};
        log_event(LOG_DOCUMENT_FAILED_EVENT, LOG_NOTICE, fields, source->error,
                  "No facts came out of %s", source->name);
}

/* One document that cannot be indexed must not hold up the others: it gets the error as its own. */
static void index_singly(Job *job, GError **error)
{
        Pipeline *pipeline = job->stage->pipeline;
        WriteOptions options = {.actor = access_actor(pipeline->access), .reason = "index"};
        for (unsigned i = 0; i < job->sources->len && !*error; i++) {
                Source *source = &g_array_index(job->sources, Source, i);
                if (index_range(job, i, i + 1, error) || pipeline_is_everyones(*error))
                        continue;
                source->error = g_steal_pointer(error);
                if (store_write(pipeline->vault, &options, failed_work, source, error))
                        log_failure(source);
        }
}

static void job_index(Job *job)
{
        if (!read_sources(job, &job->error) || job->sources->len == 0 ||
            !refresh_names(job->stage, &job->error) ||
            index_range(job, 0, job->sources->len, &job->error) ||
            pipeline_is_everyones(job->error))
                return;
        log_debug("recording claims document by document: %s", job->error->message);
        g_clear_error(&job->error);
        index_singly(job, &job->error);
}

/* The texts go here: freeing them is not the loop's work. */
static void job_work(void *data)
{
        Job *job = data;
        job_index(job);
        g_array_set_size(job->sources, 0);
        if (!job->more)
                forget_names(job->stage);
}

static void job_done(void *data)
{
        Job *job = data;
        ClaimStage *stage = job->stage;
        stage->running = false;
        stage->awake |= job->more;
        pipeline_failed(stage->pipeline, "recording claims", job->error);
        g_array_unref(job->sources);
        g_clear_error(&job->error);
        g_free(job);
        pipeline_step(stage->pipeline);
}

void claim_stage_step(ClaimStage *stage)
{
        if (!stage->awake || stage->running)
                return;
        Job *job = g_new0(Job, 1);
        job->stage = stage;
        job->sources = g_array_new(FALSE, FALSE, sizeof(Source));
        g_array_set_clear_func(job->sources, source_clear);
        stage->awake = false;
        stage->running = true;
        pipeline_push(stage->pipeline, job_work, job_done, job);
}
