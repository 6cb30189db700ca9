/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rebuilding the full-text index from the stored texts, a few contents in each write, so that others can write
 * in between. Each text is read once and cut as its chunks say. */
#include "search/search-room.h"

#include <string.h>

#define REBUILD_BYTES (4 * 1024 * 1024) /* text of one write */

typedef struct Rebuild {
        char *cursor; /* sha256 of the last content done */
        bool more;
} Rebuild;

static bool clear_work(Db *db, void *data, GError **error)
{
        return db_execute(db, "INSERT INTO chunks_fts (chunks_fts) VALUES ('delete-all')", error);
}

static bool index_chunk(Db *db, Statement *chunk, const char *title, const char *text,
                        GError **error)
{
        Statement *insert = db_statement(db,
                                         "INSERT INTO chunks_fts (rowid, title, heading, body)"
                                         " VALUES (:id, :title, :heading, :body)",
                                         error);
        if (!insert)
                return false;
        g_autofree char *body =
                g_strndup(text + statement_int(chunk, 2), (size_t)statement_int(chunk, 3));
        statement_bind_int(insert, ":id", statement_int(chunk, 0));
        statement_bind_text(insert, ":title", title);
        statement_bind_text(insert, ":heading", statement_text(chunk, 1));
        statement_bind_text(insert, ":body", body);
        return statement_run(insert, error);
}

static bool index_content(Db *db, const char *sha256, const char *title, const char *text,
                          GError **error)
{
        Statement *chunks = db_statement(db,
                                         "SELECT id, heading, byte_start, byte_length FROM chunks"
                                         " WHERE sha256 = :sha256 ORDER BY ordinal",
                                         error);
        if (!chunks)
                return false;
        StepResult step;
        statement_bind_text(chunks, ":sha256", sha256);
        while ((step = statement_step(chunks, error)) == STEP_ROW)
                if (!index_chunk(db, chunks, title, text, error))
                        return false;
        return step == STEP_DONE;
}

static bool index_work(Db *db, void *data, GError **error)
{
        Rebuild *rebuild = data;
        Statement *texts =
                db_statement(db,
                             "SELECT sha256, coalesce(title, name, ''), text FROM document_text"
                             " WHERE sha256 > :cursor ORDER BY sha256",
                             error);
        if (!texts)
                return false;
        size_t bytes = 0;
        StepResult step;
        g_autofree char *last = g_strdup(rebuild->cursor);
        statement_bind_text(texts, ":cursor", rebuild->cursor);
        while (bytes < REBUILD_BYTES && (step = statement_step(texts, error)) == STEP_ROW) {
                const char *text = statement_text(texts, 2);
                g_free(last);
                last = g_strdup(statement_text(texts, 0));
                bytes += strlen(text) + 1;
                if (!index_content(db, last, statement_text(texts, 1), text, error))
                        return false;
        }
        if (bytes < REBUILD_BYTES && step == STEP_ERROR)
                return false;
        rebuild->more = bytes >= REBUILD_BYTES;
        g_free(rebuild->cursor);
        rebuild->cursor = g_steal_pointer(&last);
        return true;
}

bool search_rebuild(Search *search, GError **error)
{
        g_autoptr(Access) access = access_new_system("pipeline");
        WriteOptions options = {.actor = access_actor(access), .reason = "rebuild search"};
        Rebuild rebuild = {.cursor = g_strdup("")};
        bool ok = store_write(search->vault, &options, clear_work, NULL, error);
        do
                ok = ok && store_write(search->vault, &options, index_work, &rebuild, error);
        while (ok && rebuild.more);
        g_free(rebuild.cursor);
        return ok;
}
