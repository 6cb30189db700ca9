/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TextStage: finds contents without text in the rows, opens their vault files (on a thread), has them extracted
 * (by processes), and writes many at a time (on a thread that also cuts them into chunks). All of it at once,
 * with bounds on what waits in between. */
#include "documents/pipeline.h"

#include <unistd.h>

#include "documents/content.h"
#include "extract/protocol.h"

#define PULL_ROWS       64                /* rows read at a time; as many files are open */
#define READY_LOW       32                /* read more when fewer than this wait */
#define BATCH_BYTES     (3 * 1024 * 1024) /* text of one write */
#define BATCH_CONTENTS  128
#define WRITES_MAX      2 /* batches being cut or written */
#define EXTRACTIONS_MAX 6

/* One content on its way; ends as an outcome of a batch. */
typedef struct Item {
        TextStage *stage;
        char *sha256, *name;
        int fd;        /* of the vault's file, -1 */
        bool has_text; /* was extracted before */
        Extraction *extraction;
        GError *error;
} Item;

typedef struct Batch {
        TextStage *stage;
        GPtrArray *items;
        size_t bytes;
        GError *error;
} Batch;

struct TextStage {
        Pipeline *pipeline;
        bool awake;   /* rows may hold work that this pass has not seen */
        bool passing; /* in the middle of a pass through the rows */
        bool pulling;
        char *cursor; /* last document id of this pass */
        GQueue ready; /* of Item */
        unsigned extracting, writing;
        Batch *batch;
        GHashTable *under_way; /* sha256 of every Item that exists */
};

static void item_free(void *data)
{
        Item *item = data;
        if (item->fd >= 0)
                (void)close(item->fd);
        g_free(item->sha256);
        g_free(item->name);
        (void)extraction_free(item->extraction);
        g_clear_error(&item->error);
        g_free(item);
}

static Batch *batch_new(TextStage *stage)
{
        Batch *batch = g_new0(Batch, 1);
        batch->stage = stage;
        batch->items = g_ptr_array_new_with_free_func(item_free);
        return batch;
}

static void batch_free(Batch *batch)
{
        if (!batch)
                return;
        g_ptr_array_unref(batch->items);
        g_clear_error(&batch->error);
        g_free(batch);
}

TextStage *text_stage_new(Pipeline *pipeline)
{
        TextStage *stage = g_new0(TextStage, 1);
        stage->pipeline = pipeline;
        stage->cursor = g_strdup("");
        g_queue_init(&stage->ready);
        stage->under_way = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return stage;
}

TextStage *text_stage_free(TextStage *stage)
{
        if (!stage)
                return NULL;
        batch_free(stage->batch);
        g_queue_clear_full(&stage->ready, item_free);
        g_hash_table_unref(stage->under_way);
        g_free(stage->cursor);
        g_free(stage);
        return NULL;
}

void text_stage_wake(TextStage *stage)
{
        stage->awake = true;
}

static bool is_drained(const TextStage *stage)
{
        return !stage->pulling && !stage->passing && g_queue_is_empty((GQueue *)&stage->ready) &&
               stage->extracting == 0;
}

bool text_stage_is_idle(const TextStage *stage)
{
        return is_drained(stage) && !stage->awake && !stage->batch && stage->writing == 0;
}

/* ---- pulling ---- */

typedef struct PullJob {
        TextStage *stage;
        char *cursor;
        GPtrArray *items;
        bool end; /* of the rows */
        GError *error;
} PullJob;

static Item *item_from_row(const PullJob *job, Statement *row)
{
        Item *item = g_new0(Item, 1);
        item->stage = job->stage;
        item->sha256 = g_strdup(statement_text(row, 1));
        item->name = g_path_get_basename(statement_text(row, 2));
        item->has_text = statement_int(row, 3);
        item->fd = -1;
        return item;
}

static bool pull_rows(PullJob *job, Db *db, GError **error)
{
        Statement *query = db_statement(
                db,
                "SELECT s.document_id, s.sha256, d.path,"
                " EXISTS (SELECT 1 FROM document_text t WHERE t.sha256 = s.sha256)"
                " FROM document_states s JOIN documents d ON d.id = s.document_id"
                " JOIN roots r ON r.id = d.root_id"
                " WHERE s.searchable = 0 AND s.wanted = 1 AND s.error IS NULL AND s.sha256 IS NOT NULL"
                " AND d.is_active = 1 AND r.is_active = 1 AND s.document_id > :cursor"
                " ORDER BY s.document_id LIMIT :limit",
                error);
        if (!query)
                return false;
        statement_bind_text(query, ":cursor", job->cursor);
        statement_bind_int(query, ":limit", PULL_ROWS);
        unsigned rows = 0;
        StepResult step;
        for (; (step = statement_step(query, error)) == STEP_ROW; rows++) {
                g_free(job->cursor);
                job->cursor = g_strdup(statement_text(query, 0));
                g_ptr_array_add(job->items, item_from_row(job, query));
        }
        job->end = rows < PULL_ROWS;
        return step == STEP_DONE;
}

static void pull_work(void *data)
{
        PullJob *job = data;
        g_autoptr(Db) db =
                store_reader(job->stage->pipeline->vault, /* scope= */ NULL, &job->error);
        if (!db || !pull_rows(job, db, &job->error))
                return;
        for (unsigned i = 0; i < job->items->len; i++) {
                Item *item = job->items->pdata[i];
                if (!item->has_text)
                        item->fd = vault_files_open(job->stage->pipeline->files, item->sha256,
                                                    &item->error);
        }
}

static void pull_done(void *data)
{
        PullJob *job = data;
        TextStage *stage = job->stage;
        stage->pulling = false;
        stage->passing = !job->end && !job->error;
        g_free(stage->cursor);
        stage->cursor = stage->passing ? g_steal_pointer(&job->cursor) : g_strdup("");
        g_ptr_array_set_free_func(job->items, NULL);
        for (unsigned i = 0; i < job->items->len; i++) {
                Item *item = job->items->pdata[i];
                if (g_hash_table_add(stage->under_way, g_strdup(item->sha256)))
                        g_queue_push_tail(&stage->ready, item);
                else
                        item_free(
                                item); /* another document of the same bytes, or not yet written */
        }
        if (job->error) {
                stage->awake = true;
                pipeline_failed(stage->pipeline, "looking for documents without text", job->error);
        }
        g_ptr_array_unref(job->items);
        g_clear_error(&job->error);
        g_free(job->cursor);
        g_free(job);
        pipeline_step(stage->pipeline);
}

static void start_pull(TextStage *stage)
{
        PullJob *job = g_new0(PullJob, 1);
        job->stage = stage;
        job->cursor = g_strdup(stage->cursor);
        job->items = g_ptr_array_new_with_free_func(item_free);
        if (!stage->passing)
                stage->awake = false;
        stage->pulling = true;
        pipeline_push(stage->pipeline, pull_work, pull_done, job);
}

/* ---- writing ---- */

static bool write_item(Db *db, const Item *item, const Content *content, GError **error)
{
        if (content)
                return content_write(db, content, error);
        return item->error || content_restore(db, item->sha256, error);
}

static bool publish_item(Db *db, const Item *item, const Content *content, GError **error)
{
        if (item->error)
                return content_failed(db, item->sha256, item->error, error);
        return content_publish(db, item->sha256, content ? content->extraction->mime : NULL, error);
}

typedef struct Writing {
        Batch *batch;
        GPtrArray *contents; /* of Content or NULL, for each item */
        unsigned from, to;   /* items of this write */
} Writing;

static void content_destroy(void *content)
{
        (void)content_free(content);
}

static bool writing_work(Db *db, void *data, GError **error)
{
        const Writing *writing = data;
        void **items = writing->batch->items->pdata, **contents = writing->contents->pdata;
        for (unsigned i = writing->from; i < writing->to; i++)
                if (!write_item(db, items[i], contents[i], error))
                        return false;
        for (unsigned i = writing->from; i < writing->to; i++)
                if (!publish_item(db, items[i], contents[i], error))
                        return false;
        return true;
}

static bool writing_run(Writing *writing, unsigned from, unsigned to, GError **error)
{
        const Pipeline *pipeline = writing->batch->stage->pipeline;
        WriteOptions options = {.actor = access_actor(pipeline->access), .reason = "text"};
        writing->from = from;
        writing->to = to;
        return store_write(pipeline->vault, &options, writing_work, writing, error);
}

/* One content that cannot be written must not hold up the others: it gets the error as its own. */
static void write_singly(Writing *writing, GError **error)
{
        for (unsigned i = 0; i < writing->batch->items->len && !*error; i++) {
                Item *item = writing->batch->items->pdata[i];
                if (writing_run(writing, i, i + 1, error) || pipeline_is_everyones(*error) ||
                    item->error)
                        continue;
                item->error = g_steal_pointer(error);
                content_destroy(g_steal_pointer(&writing->contents->pdata[i]));
                (void)writing_run(writing, i, i + 1, error);
        }
}

static void batch_work(void *data)
{
        Batch *batch = data;
        g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func(content_destroy);
        for (unsigned i = 0; i < batch->items->len; i++) {
                Item *item = batch->items->pdata[i];
                Extraction *extraction = g_steal_pointer(&item->extraction);
                g_ptr_array_add(contents,
                                extraction ? content_new(item->sha256, item->name, extraction)
                                           : NULL);
        }
        Writing writing = {.batch = batch, .contents = contents};
        if (writing_run(&writing, 0, batch->items->len, &batch->error) ||
            pipeline_is_everyones(batch->error))
                return;
        log_debug("writing texts one by one: %s", batch->error->message);
        g_clear_error(&batch->error);
        write_singly(&writing, &batch->error);
}

static void log_failures(const Batch *batch)
{
        for (unsigned i = 0; i < batch->items->len; i++) {
                const Item *item = batch->items->pdata[i];
                if (!item->error ||
                    g_error_matches(item->error, OUROBOROS_ERROR, EXTRACT_UNSUPPORTED))
                        continue;
                g_autofree char *field = g_strdup_printf("OUROBOROS_DOCUMENT=%s", item->name);
                const char *const fields[] = {field, NULL};
                log_event(LOG_DOCUMENT_FAILED_EVENT, LOG_NOTICE, fields, item->error,
                          "No text came out of %s", item->name);
        }
}

static void batch_done(void *data)
{
        Batch *batch = data;
        TextStage *stage = batch->stage;
        stage->writing--;
        for (unsigned i = 0; i < batch->items->len; i++)
                (void)g_hash_table_remove(stage->under_way,
                                          ((Item *)batch->items->pdata[i])->sha256);
        if (batch->error) {
                pipeline_failed(stage->pipeline, "writing texts", batch->error);
        } else {
                log_failures(batch);
                pipeline_worked(stage->pipeline);
        }
        claim_stage_wake(stage->pipeline->claims);
        batch_free(batch);
        pipeline_step(stage->pipeline);
}

/* A batch goes when it is full, or when nothing more is coming that it could wait for. */
static void flush_batch(TextStage *stage)
{
        Batch *batch = stage->batch;
        if (!batch || stage->writing >= WRITES_MAX)
                return;
        bool full = batch->bytes >= BATCH_BYTES || batch->items->len >= BATCH_CONTENTS;
        if (!full && !is_drained(stage))
                return;
        stage->batch = NULL;
        stage->writing++;
        pipeline_push(stage->pipeline, batch_work, batch_done, batch);
}

/* ---- extracting ---- */

/* Takes over item. */
static void add_outcome(TextStage *stage, Item *item)
{
        if (item->fd >= 0)
                (void)close(item->fd);
        item->fd = -1;
        if (!stage->batch)
                stage->batch = batch_new(stage);
        stage->batch->bytes += item->extraction ? item->extraction->text_bytes : 0;
        g_ptr_array_add(stage->batch->items, item);
}

static void on_extracted(Extraction *extraction, const GError *error, void *data)
{
        Item *item = data;
        TextStage *stage = item->stage;
        stage->extracting--;
        if (pipeline_is_everyones(error)) { /* a stop, or no extractor: the row still waits */
                pipeline_failed(stage->pipeline, "extracting text", error);
                (void)g_hash_table_remove(stage->under_way, item->sha256);
                item_free(item);
                pipeline_step(stage->pipeline);
                return;
        }
        item->extraction = extraction;
        item->error = error ? g_error_copy(error) : NULL;
        add_outcome(stage, item);
        pipeline_step(stage->pipeline);
}

static bool batch_is_open(const TextStage *stage)
{
        return !stage->batch ||
               (stage->batch->bytes < BATCH_BYTES && stage->batch->items->len < BATCH_CONTENTS);
}

static void start_extractions(TextStage *stage)
{
        while (!g_queue_is_empty(&stage->ready) && stage->extracting < EXTRACTIONS_MAX &&
               batch_is_open(stage)) {
                Item *item = g_queue_pop_head(&stage->ready);
                if (item->fd < 0) {
                        add_outcome(stage, item); /* has its text, or its error, already */
                        continue;
                }
                stage->extracting++;
                extractor_submit(stage->pipeline->extractor, item->fd, item->name, on_extracted,
                                 item);
        }
}

void text_stage_step(TextStage *stage)
{
        bool wants = stage->passing || (stage->awake && stage->extracting + stage->writing == 0) ||
                     (stage->awake && g_queue_get_length(&stage->ready) == 0);
        if (wants && !stage->pulling && g_queue_get_length(&stage->ready) < READY_LOW)
                start_pull(stage);
        flush_batch(stage);
        start_extractions(stage);
        flush_batch(stage);
}
