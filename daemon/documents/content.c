/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index has no text of its own (external content), so a row is taken out of it by giving it what was
 * put in: title, heading and body are cut from the stored text once more. It gathers what is put in until
 * the next savepoint, and a statement that changes several rows makes one: hence texts first, then states. */
#include "documents/content.h"

#include "documents/chunk.h"
#include "extract/protocol.h"
#include "graph/graph.h"

Content *content_new(const char *sha256, const char *name, Extraction *extraction)
{
        Content *content = g_new0(Content, 1);
        content->sha256 = g_strdup(sha256);
        content->name = g_strdup(name);
        content->extraction = extraction;
        content->chunks =
                chunk_text(extraction->text, extraction->text_bytes, extraction->structure);
        return content;
}

Content *content_free(Content *content)
{
        if (!content)
                return NULL;
        g_free(content->sha256);
        g_free(content->name);
        (void)extraction_free(content->extraction);
        g_clear_pointer(&content->chunks, g_array_unref);
        g_free(content);
        return NULL;
}

/* ---- chunks and index ---- */

typedef struct ChunkRows {
        const char *sha256, *title, *text;
        const GArray *chunks;
} ChunkRows;

static bool chunk_next_id(Db *db, int64_t *ret_id, GError **error)
{
        Statement *query = db_statement(db, "SELECT coalesce(max(id), 0) + 1 FROM chunks", error);
        if (!query || statement_step(query, error) != STEP_ROW)
                return false;
        *ret_id = statement_int(query, 0);
        return true;
}

static bool chunk_insert(Db *db, const ChunkRows *rows, unsigned ordinal, int64_t id,
                         GError **error)
{
        const Chunk *chunk = &g_array_index(rows->chunks, Chunk, ordinal);
        Statement *insert = db_statement(
                db,
                "INSERT INTO chunks (id, sha256, ordinal, heading, byte_start, byte_length,"
                " char_start, char_end) VALUES (:id, :sha256, :ordinal, :heading, :byte_start,"
                " :byte_length, :char_start, :char_end)",
                error);
        if (!insert)
                return false;
        statement_bind_int(insert, ":id", id);
        statement_bind_text(insert, ":sha256", rows->sha256);
        statement_bind_int(insert, ":ordinal", ordinal);
        statement_bind_text(insert, ":heading", chunk->heading);
        statement_bind_int(insert, ":byte_start", (int64_t)chunk->byte_start);
        statement_bind_int(insert, ":byte_length", (int64_t)chunk->byte_length);
        statement_bind_int(insert, ":char_start", chunk->char_start);
        statement_bind_int(insert, ":char_end", chunk->char_end);
        return statement_run(insert, error);
}

static bool index_row(Db *db, const char *sql, const ChunkRows *rows, const Chunk *chunk,
                      int64_t id, GError **error)
{
        Statement *statement = db_statement(db, sql, error);
        if (!statement)
                return false;
        g_autofree char *body = g_strndup(rows->text + chunk->byte_start, chunk->byte_length);
        statement_bind_int(statement, ":id", id);
        statement_bind_text(statement, ":title", rows->title);
        statement_bind_text(statement, ":heading", chunk->heading);
        statement_bind_text(statement, ":body", body);
        return statement_run(statement, error);
}

static bool chunks_insert(Db *db, const ChunkRows *rows, GError **error)
{
        int64_t id;
        if (!chunk_next_id(db, &id, error))
                return false;
        for (unsigned i = 0; i < rows->chunks->len; i++, id++) {
                if (!chunk_insert(db, rows, i, id, error) ||
                    !index_row(db,
                               "INSERT INTO chunks_fts (rowid, title, heading, body)"
                               " VALUES (:id, :title, :heading, :body)",
                               rows, &g_array_index(rows->chunks, Chunk, i), id, error))
                        return false;
        }
        return true;
}

static bool has_row(Db *db, const char *sql, const char *sha256, bool *ret, GError **error)
{
        Statement *query = db_statement(db, sql, error);
        if (!query)
                return false;
        statement_bind_text(query, ":sha256", sha256);
        StepResult step = statement_step(query, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

/* ---- the documents of a content that wait for it; there may be thousands of others ---- */

static GPtrArray *document_ids(Db *db, const char *sha256, GError **error)
{
        Statement *query = db_statement(
                db,
                "SELECT d.id FROM documents d JOIN document_states s ON s.document_id = d.id"
                " WHERE d.sha256 = :sha256 AND d.is_active = 1"
                " AND s.sha256 = :sha256 AND s.searchable = 0",
                error);
        if (!query)
                return NULL;
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        StepResult step;
        statement_bind_text(query, ":sha256", sha256);
        while ((step = statement_step(query, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(query, 0)));
        return step == STEP_ERROR ? NULL : g_steal_pointer(&ids);
}

static bool mark_searchable(Db *db, const char *sha256, GError **error)
{
        g_autoptr(GPtrArray) ids = document_ids(db, sha256, error);
        if (!ids)
                return false;
        for (unsigned i = 0; i < ids->len; i++) {
                Statement *update = db_statement(
                        db,
                        "UPDATE document_states SET searchable = 1, error = NULL, reason = NULL,"
                        " updated_at = :now"
                        " WHERE document_id = :id AND sha256 = :sha256 AND searchable = 0",
                        error);
                if (!update)
                        return false;
                statement_bind_text(update, ":id", ids->pdata[i]);
                statement_bind_text(update, ":sha256", sha256);
                statement_bind_int(update, ":now", clock_now());
                if (!statement_run(update, error) ||
                    !graph_mark_stale(db, ids->pdata[i], sha256, error))
                        return false;
        }
        return true;
}

/* The extractor knows the type better than the scan's guess. */
static bool update_mime(Db *db, const char *sha256, const char *mime, GError **error)
{
        Statement *update =
                db_statement(db,
                             "UPDATE documents SET mime = :mime"
                             " WHERE sha256 = :sha256 AND is_active = 1 AND mime IS NOT :mime",
                             error);
        if (!update)
                return false;
        statement_bind_text(update, ":mime", mime);
        statement_bind_text(update, ":sha256", sha256);
        return statement_run(update, error);
}

/* An empty array has no bytes, which is not the same as NULL. */
static void bind_variant(Statement *statement, const char *name, GVariant *variant)
{
        const void *data = g_variant_get_data(variant);
        statement_bind_blob(statement, name, data ? data : "", g_variant_get_size(variant));
}

static bool insert_text(Db *db, const Content *content, GError **error)
{
        const Extraction *extraction = content->extraction;
        Statement *insert = db_statement(
                db,
                "INSERT INTO document_text (sha256, text, chars, title, name, map, structure)"
                " VALUES (:sha256, :text, :chars, :title, :name, :map, :structure)",
                error);
        if (!insert)
                return false;
        statement_bind_text(insert, ":sha256", content->sha256);
        statement_bind_text(insert, ":text", extraction->text);
        statement_bind_int(insert, ":chars", extraction->text_chars);
        statement_bind_text(insert, ":title", extraction->title);
        statement_bind_text(insert, ":name", content->name);
        bind_variant(insert, ":map", extraction->map);
        bind_variant(insert, ":structure", extraction->structure);
        return statement_run(insert, error);
}

bool content_write(Db *db, const Content *content, GError **error)
{
        bool there;
        if (!has_row(db, "SELECT 1 FROM document_text WHERE sha256 = :sha256", content->sha256,
                     &there, error))
                return false;
        if (there)
                return content_restore(db, content->sha256, error);
        const char *title = content->extraction->title;
        ChunkRows rows = {content->sha256, title ? title : content->name, content->extraction->text,
                          content->chunks};
        return insert_text(db, content, error) && chunks_insert(db, &rows, error);
}

bool content_publish(Db *db, const char *sha256, const char *mime, GError **error)
{
        return (!mime || update_mime(db, sha256, mime, error)) &&
               mark_searchable(db, sha256, error);
}

/* ---- texts that are there ---- */

/* A text as stored, copied out so that other statements can run. */
typedef struct StoredText {
        char *text, *title;
        GVariant *structure;
} StoredText;

static void stored_text_clear(StoredText *stored)
{
        g_free(stored->text);
        g_free(stored->title);
        g_clear_pointer(&stored->structure, g_variant_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoredText, stored_text_clear)

static bool stored_text_read(Db *db, const char *sha256, StoredText *ret, GError **error)
{
        Statement *query = db_statement(db,
                                        "SELECT text, coalesce(title, name, ''), structure"
                                        " FROM document_text WHERE sha256 = :sha256",
                                        error);
        if (!query)
                return false;
        statement_bind_text(query, ":sha256", sha256);
        StepResult step = statement_step(query, error);
        if (step != STEP_ROW) {
                if (step == STEP_DONE)
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                                    "there is no text of content %.12s…", sha256);
                return false;
        }
        size_t size;
        const void *structure = statement_blob(query, 2, &size);
        g_autoptr(GBytes) bytes = g_bytes_new(structure, size);
        ret->text = g_strdup(statement_text(query, 0));
        ret->title = g_strdup(statement_text(query, 1));
        ret->structure = g_variant_ref_sink(
                g_variant_new_from_bytes(G_VARIANT_TYPE(EXTRACT_STRUCTURE_TYPE), bytes, FALSE));
        return true;
}

bool content_restore(Db *db, const char *sha256, GError **error)
{
        bool chunked;
        if (!has_row(db, "SELECT 1 FROM chunks WHERE sha256 = :sha256", sha256, &chunked, error))
                return false;
        if (chunked)
                return true;
        g_auto(StoredText) stored = {0};
        if (!stored_text_read(db, sha256, &stored, error))
                return false;
        g_autoptr(GArray) chunks = chunk_text(stored.text, strlen(stored.text), stored.structure);
        ChunkRows rows = {sha256, stored.title, stored.text, chunks};
        return chunks_insert(db, &rows, error);
}

bool content_failed(Db *db, const char *sha256, const GError *failure, GError **error)
{
        bool wanted = !g_error_matches(failure, OUROBOROS_ERROR, EXTRACT_UNSUPPORTED);
        Statement *update = db_statement(
                db,
                "UPDATE document_states SET error = :error, reason = :reason, wanted = :wanted,"
                " attempts = attempts + 1, updated_at = :now WHERE sha256 = :sha256 AND searchable = 0"
                " AND error IS NULL AND document_id IN"
                " (SELECT id FROM documents WHERE sha256 = :sha256 AND is_active = 1)",
                error);
        if (!update)
                return false;
        statement_bind_text(update, ":error", wanted ? error_row(error_code(failure))->name : NULL);
        statement_bind_text(update, ":reason", failure->message);
        statement_bind_int(update, ":wanted", wanted);
        statement_bind_text(update, ":sha256", sha256);
        statement_bind_int(update, ":now", clock_now());
        return statement_run(update, error);
}

/* ---- taking back ---- */

/* The chunks of a content with their row ids, read from their rows. */
static GArray *chunks_read(Db *db, const char *sha256, GArray *ids, GError **error)
{
        Statement *query = db_statement(db,
                                        "SELECT id, heading, byte_start, byte_length FROM chunks"
                                        " WHERE sha256 = :sha256",
                                        error);
        if (!query)
                return NULL;
        g_autoptr(GArray) chunks = chunk_array_new();
        StepResult step;
        statement_bind_text(query, ":sha256", sha256);
        while ((step = statement_step(query, error)) == STEP_ROW) {
                int64_t id = statement_int(query, 0);
                Chunk chunk = {.heading = g_strdup(statement_text(query, 1)),
                               .byte_start = (size_t)statement_int(query, 2),
                               .byte_length = (size_t)statement_int(query, 3)};
                g_array_append_val(chunks, chunk);
                g_array_append_val(ids, id);
        }
        return step == STEP_ERROR ? NULL : g_steal_pointer(&chunks);
}

bool content_unindex(Db *db, const char *sha256, GError **error)
{
        g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_autoptr(GArray) chunks = chunks_read(db, sha256, ids, error);
        if (!chunks)
                return false;
        if (chunks->len == 0)
                return true;
        g_auto(StoredText) stored = {0};
        if (!stored_text_read(db, sha256, &stored, error))
                return false;
        ChunkRows rows = {sha256, stored.title, stored.text, chunks};
        for (unsigned i = 0; i < chunks->len; i++)
                if (!index_row(db,
                               "INSERT INTO chunks_fts (chunks_fts, rowid, title, heading, body)"
                               " VALUES ('delete', :id, :title, :heading, :body)",
                               &rows, &g_array_index(chunks, Chunk, i),
                               g_array_index(ids, int64_t, i), error))
                        return false;
        Statement *remove = db_statement(db, "DELETE FROM chunks WHERE sha256 = :sha256", error);
        if (!remove)
                return false;
        statement_bind_text(remove, ":sha256", sha256);
        return statement_run(remove, error);
}

bool content_release(Db *db, const char *sha256, GError **error)
{
        bool used;
        if (!has_row(db, "SELECT 1 FROM documents WHERE sha256 = :sha256 AND is_active = 1", sha256,
                     &used, error))
                return false;
        return used || content_unindex(db, sha256, error);
}
