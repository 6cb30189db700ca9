/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Document: a path below a root, with a content that may change. The row in documents is user data, so it is
 * written only when something in it changes; document_states is a projection. */
#include "documents/document.h"

#include <string.h>

#include "documents/content.h"

void sighting_clear(void *data)
{
        Sighting *sighting = data;
        g_free(sighting->path);
        g_free(sighting->document_id);
        g_clear_error(&sighting->error);
}

/* The row as it is now. */
typedef struct Row {
        char id[ID_MAX];
        char sha256[VAULT_HASH_DIGITS + 1]; /* "": none yet */
        bool exists, same;                  /* same: nothing in the row has to change */
        bool is_active;
} Row;

static bool row_find(Db *db, const char *root_id, const Sighting *sighting, Row *ret,
                     GError **error)
{
        Statement *query = db_statement(db,
                                        "SELECT id, coalesce(sha256, ''), is_active, size, mtime"
                                        " FROM documents WHERE root_id = :root_id AND path = :path",
                                        error);
        if (!query)
                return false;
        statement_bind_text(query, ":root_id", root_id);
        statement_bind_text(query, ":path", sighting->path);
        StepResult step = statement_step(query, error);
        *ret = (Row){0};
        if (step != STEP_ROW)
                return step == STEP_DONE;
        g_strlcpy(ret->id, statement_text(query, 0), sizeof(ret->id));
        g_strlcpy(ret->sha256, statement_text(query, 1), sizeof(ret->sha256));
        ret->is_active = statement_int(query, 2);
        ret->exists = true;
        ret->same = ret->is_active && g_str_equal(ret->sha256, sighting->file.sha256) &&
                    statement_int(query, 3) == sighting->file.size &&
                    statement_int(query, 4) == sighting->file.mtime;
        return true;
}

static bool row_write(Db *db, const char *sql, const char *id, const Sighting *sighting,
                      const char *root_id, GError **error)
{
        Statement *write = db_statement(db, sql, error);
        if (!write)
                return false;
        const char *sha256 = sighting->file.sha256;
        statement_bind_text(write, ":id", id);
        statement_bind_text(write, ":root_id", root_id);
        statement_bind_text(write, ":path", sighting->path);
        statement_bind_text(write, ":sha256", *sha256 ? sha256 : NULL);
        statement_bind_text(write, ":mime", sighting->mime);
        statement_bind_int(write, ":size", sighting->file.size);
        statement_bind_int(write, ":mtime", sighting->file.mtime);
        statement_bind_int(write, ":now", clock_now());
        return statement_run(write, error);
}

static bool row_insert(Db *db, const char *root_id, const Sighting *sighting, Row *row,
                       GError **error)
{
        id_write("doc", row->id);
        return row_write(
                db,
                "INSERT INTO documents (id, root_id, path, sha256, mime, size, mtime, created_at)"
                " VALUES (:id, :root_id, :path, :sha256, :mime, :size, :mtime, :now)",
                row->id, sighting, root_id, error);
}

/* :now is bound so that all three statements take the same names. */
static bool row_update(Db *db, const char *root_id, const Sighting *sighting, const Row *row,
                       GError **error)
{
        return row_write(
                db,
                "UPDATE documents SET root_id = :root_id, path = :path, sha256 = :sha256, size = :size, mtime = :mtime,"
                " mime = iif(sha256 IS :sha256, mime, :mime), is_active = 1"
                " WHERE id = :id AND :now > 0",
                row->id, sighting, root_id, error);
}

/* Moves the document to where it was seen, its old content in row. In another root other features may be
 * wanted, so its claims are made anew. */
static bool row_adopt(Db *db, const char *root_id, const Sighting *sighting, Row *row,
                      GError **error)
{
        Statement *query = db_statement(
                db, "SELECT coalesce(sha256, ''), root_id, is_active FROM documents WHERE id = :id",
                error);
        if (!query)
                return false;
        statement_bind_text(query, ":id", sighting->document_id);
        StepResult step = statement_step(query, error);
        if (step == STEP_DONE) /* the scan takes it as new the next time */
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "document %s, which moved here, is gone", sighting->document_id);
        if (step != STEP_ROW)
                return false;
        bool other_root = !g_str_equal(statement_text(query, 1), root_id);
        g_strlcpy(row->id, sighting->document_id, sizeof(row->id));
        if (statement_int(query, 2)) /* else it was released when it went */
                g_strlcpy(row->sha256, statement_text(query, 0), sizeof(row->sha256));
        if (!row_update(db, root_id, sighting, row, error))
                return false;
        if (!other_root)
                return true;
        Statement *update = db_statement(
                db, "UPDATE document_states SET indexed = 0 WHERE document_id = :id", error);
        if (!update)
                return false;
        statement_bind_text(update, ":id", row->id);
        return statement_run(update, error);
}

static bool state_delete(Db *db, const char *id, GError **error)
{
        Statement *statement =
                db_statement(db, "DELETE FROM document_states WHERE document_id = :id", error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        return statement_run(statement, error);
}

/* A new content begins at scanned; the same content keeps what was made of it, and only an error of the
 * scan itself (ctime 0) is over. */
static bool state_taken(Db *db, const char *id, const Sighting *sighting, GError **error)
{
        Statement *write = db_statement(
                db,
                "INSERT INTO document_states (document_id, sha256, scanned, wanted, reason, ctime, updated_at)"
                " VALUES (:id, :sha256, 1, :wanted, :reason, :ctime, :now)"
                " ON CONFLICT (document_id) DO UPDATE SET scanned = 1, wanted = excluded.wanted,"
                " searchable = iif(sha256 IS excluded.sha256, searchable, 0),"
                " indexed = iif(sha256 IS excluded.sha256, indexed, 0),"
                " error = iif(sha256 IS excluded.sha256 AND ctime <> 0, error, NULL),"
                " reason = iif(sha256 IS excluded.sha256 AND ctime <> 0, reason, excluded.reason),"
                " attempts = iif(sha256 IS excluded.sha256 AND ctime <> 0, attempts, 0),"
                " sha256 = excluded.sha256, ctime = excluded.ctime, updated_at = excluded.updated_at",
                error);
        if (!write)
                return false;
        bool wanted = mime_has_text(sighting->mime);
        g_autofree char *reason =
                wanted ? NULL : g_strdup_printf("not a supported type: %s", sighting->mime);
        statement_bind_text(write, ":id", id);
        statement_bind_text(write, ":sha256", sighting->file.sha256);
        statement_bind_int(write, ":wanted", wanted);
        statement_bind_text(write, ":reason", reason);
        statement_bind_int(write, ":ctime", sighting->file.ctime);
        statement_bind_int(write, ":now", clock_now());
        return statement_run(write, error);
}

/* What was made of an earlier content stays searchable; ctime 0 makes the next scan look again. */
static bool state_failed(Db *db, const char *id, const Sighting *sighting, GError **error)
{
        Statement *write = db_statement(
                db,
                "INSERT INTO document_states (document_id, error, reason, wanted, attempts, updated_at)"
                " VALUES (:id, :error, :reason, :wanted, 1, :now)"
                " ON CONFLICT (document_id) DO UPDATE SET error = excluded.error, reason = excluded.reason,"
                " wanted = excluded.wanted, ctime = 0, attempts = attempts + 1,"
                " updated_at = excluded.updated_at"
                " WHERE error IS NOT excluded.error OR reason IS NOT excluded.reason OR ctime <> 0",
                error);
        if (!write)
                return false;
        const GError *failure = sighting->error;
        bool wanted = !sighting->unsupported;
        statement_bind_text(write, ":id", id);
        statement_bind_text(write, ":error", wanted ? error_row(error_code(failure))->name : NULL);
        statement_bind_text(write, ":reason", failure->message);
        statement_bind_int(write, ":wanted", wanted);
        statement_bind_int(write, ":now", clock_now());
        return statement_run(write, error);
}

static bool record_taken(Db *db, const char *root_id, const Sighting *sighting, Row *row,
                         GError **error)
{
        if (!row->exists) {
                bool moved = sighting->document_id != NULL;
                if (!(moved ? row_adopt(db, root_id, sighting, row, error)
                            : row_insert(db, root_id, sighting, row, error)))
                        return false;
        } else if (!row->same && !row_update(db, root_id, sighting, row, error)) {
                return false;
        }
        if (!state_taken(db, row->id, sighting, error))
                return false;
        bool replaced = row->sha256[0] && !g_str_equal(row->sha256, sighting->file.sha256);
        return !replaced || content_release(db, row->sha256, error);
}

/* The row keeps the content it had. */
static bool record_failed(Db *db, const char *root_id, Sighting *sighting, Row *row, GError **error)
{
        g_strlcpy(sighting->file.sha256, row->sha256, sizeof(sighting->file.sha256));
        if (!row->exists) {
                if (!row_insert(db, root_id, sighting, row, error))
                        return false;
        } else if (!row->is_active && !row_update(db, root_id, sighting, row, error)) {
                return false;
        }
        return state_failed(db, row->id, sighting, error);
}

static bool record_gone(Db *db, const Row *row, GError **error)
{
        if (!row->exists || !row->is_active)
                return true;
        Statement *update =
                db_statement(db, "UPDATE documents SET is_active = 0 WHERE id = :id", error);
        if (!update)
                return false;
        statement_bind_text(update, ":id", row->id);
        if (!statement_run(update, error) || !state_delete(db, row->id, error))
                return false;
        return !row->sha256[0] || content_release(db, row->sha256, error);
}

bool document_record(Db *db, const char *root_id, const Sighting *sighting, GError **error)
{
        Row row;
        Sighting copy = *sighting; /* borrowed strings; only the file's hash is filled in */
        if (!row_find(db, root_id, sighting, &row, error))
                return false;
        switch (sighting->kind) {
        case SIGHTING_TAKEN:
                return record_taken(db, root_id, sighting, &row, error);
        case SIGHTING_FAILED:
                return record_failed(db, root_id, &copy, &row, error);
        case SIGHTING_GONE:
                return record_gone(db, &row, error);
        }
        g_assert_not_reached();
}

bool documents_retry(Db *db, GError **error)
{
        Statement *update =
                db_statement(db,
                             "UPDATE document_states SET error = NULL, reason = NULL"
                             " WHERE error IN ('TIMEOUT', 'UNAVAILABLE', 'CANCELLED', 'FAILED')"
                             " AND attempts < :attempts AND scanned = 1",
                             error);
        if (!update)
                return false;
        statement_bind_int(update, ":attempts", ATTEMPTS_MAX);
        return statement_run(update, error);
}

bool documents_reset(Db *db, GError **error)
{
        return db_execute(
                db,
                "UPDATE document_states SET searchable = 0, indexed = 0, error = NULL,"
                " reason = NULL, wanted = 1, attempts = 0"
                " WHERE scanned = 1;"
                "INSERT INTO chunks_fts (chunks_fts) VALUES ('delete-all');"
                "DELETE FROM chunks;"
                "DELETE FROM document_text WHERE sha256 IN"
                " (SELECT sha256 FROM documents WHERE is_active = 1 AND sha256 IS NOT NULL)",
                error);
}
