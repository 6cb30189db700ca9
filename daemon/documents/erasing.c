/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deleting a document for good: its row and state, and of each content that it ever had, if no other document has
 * it or says something by it, the text, the chunks with their place in the index, and the vault's file. */
#include "documents/erasing.h"

#include <string.h>
#include <sys/stat.h>

#include "documents/content.h"

static bool expand_root(EraseSet *set, const char *id, void *data, GError **error)
{
        return erase_add_rows(set, "documents", "SELECT id FROM documents WHERE root_id = :id", id,
                              error) &&
               erase_add_words(set, "SELECT path FROM roots WHERE id = :id", id, error);
}

/* All contents that the journal knows the document with. */
static GPtrArray *list_contents(Db *db, const char *id, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
        Statement *query =
                db_statement(db,
                             "SELECT sha256 FROM documents WHERE id = :id AND sha256 IS NOT NULL"
                             " UNION SELECT json_extract(after, '$.sha256') FROM mutations"
                             " WHERE table_name = 'documents' AND row_id = json_object('id', :id)"
                             " AND json_extract(after, '$.sha256') IS NOT NULL"
                             " UNION SELECT document_hash FROM facts WHERE document_id = :id"
                             " AND document_hash IS NOT NULL",
                             error);
        StepResult step;

        if (!query)
                return NULL;
        statement_bind_text(query, ":id", id);
        while ((step = statement_step(query, error)) == STEP_ROW)
                g_ptr_array_add(list, g_strdup(statement_text(query, 0)));
        return step == STEP_ERROR ? NULL : g_steal_pointer(&list);
}

/* Does a document that stays have this content, or a fact that stays quote it? */
static bool is_shared(EraseSet *set, const char *sha256, bool *ret, GError **error)
{
        Statement *query =
                db_statement(erase_db(set),
                             "SELECT id FROM documents WHERE sha256 = :sha256"
                             " UNION SELECT document_id FROM facts INDEXED BY facts_document"
                             " WHERE document_hash = :sha256 AND document_id IS NOT NULL",
                             error);
        StepResult step;

        *ret = false;
        if (!query)
                return false;
        statement_bind_text(query, ":sha256", sha256);
        while ((step = statement_step(query, error)) == STEP_ROW)
                *ret |= !erase_has(set, "documents", statement_text(query, 0));
        return step == STEP_DONE;
}

static bool add_content(EraseSet *set, const char *sha256, GError **error)
{
        return erase_add_rows(set, "document_text",
                              "SELECT sha256 FROM document_text WHERE sha256 = :id", sha256,
                              error) &&
               erase_add_rows(set, "chunks", "SELECT id FROM chunks WHERE sha256 = :id", sha256,
                              error) &&
               erase_add_words(set, "SELECT title, name FROM document_text WHERE sha256 = :id",
                               sha256, error) &&
               erase_add_files(set,
                               "SELECT 'sha256/' || substr(:id, 1, 2) || '/' || :id, 'documents',"
                               " 'sha256', :id",
                               sha256, error);
}

/* What there is of mining it. */
static bool add_mining(EraseSet *set, const char *id, GError **error)
{
        TableKind kind;

        if (!db_table_kind(erase_db(set), "mining_jobs", &kind, NULL))
                return true; /* a vault from before there was any */
        return erase_add_rows(set, "mining_jobs",
                              "SELECT document_id FROM mining_jobs WHERE document_id = :id", id,
                              error) &&
               erase_add_rows(set, "mining_windows",
                              "SELECT id FROM mining_windows WHERE document_id = :id", id, error);
}

static bool expand_document(EraseSet *set, const char *id, void *data, GError **error)
{
        g_autoptr(GPtrArray) contents = list_contents(erase_db(set), id, error);

        if (!contents || !add_mining(set, id, error) ||
            !erase_add_rows(set, "document_states",
                            "SELECT document_id FROM document_states WHERE document_id = :id", id,
                            error) ||
            !erase_add_rows(set, "mining_jobs",
                            "SELECT document_id FROM mining_jobs WHERE document_id = :id", id,
                            error) ||
            !erase_add_rows(set, "autolinks",
                            "SELECT id FROM autolinks WHERE right_id = :id"
                            " UNION SELECT id FROM autolinks WHERE left_id = :id",
                            id, error) ||
            !erase_add_rows(set, "mining_windows",
                            "SELECT id FROM mining_windows WHERE document_id = :id", id, error) ||
            !erase_add_words(set, "SELECT path FROM documents WHERE id = :id", id, error))
                return false;
        for (unsigned i = 0; i < contents->len; i++) {
                const char *sha256 = g_ptr_array_index(contents, i);
                bool shared;

                if (!is_shared(set, sha256, &shared, error) ||
                    (!shared && !add_content(set, sha256, error)))
                        return false;
        }
        return true;
}

/* ---- what does not come back ---- */

static bool bury(Db *db, const char *sha256, const char *id, GError **error)
{
        Statement *insert = db_statement(
                db,
                "INSERT OR IGNORE INTO erased_contents (sha256, size, erased_at)"
                " SELECT :sha256, coalesce((SELECT size FROM documents WHERE id = :id"
                " AND sha256 = :sha256), (SELECT json_extract(after, '$.size') FROM mutations"
                " WHERE table_name = 'documents' AND row_id = json_object('id', :id)"
                " AND json_extract(after, '$.sha256') = :sha256 ORDER BY seq DESC LIMIT 1), 0), :now",
                error);

        if (!insert)
                return false;
        statement_bind_text(insert, ":sha256", sha256);
        statement_bind_text(insert, ":id", id);
        statement_bind_int(insert, ":now", clock_now());
        return statement_run(insert, error);
}

/* The file may still lie where it was found: it is not to be taken anew. */
static bool take_out_document(Db *db, const char *id, void *data, GError **error)
{
        g_autoptr(GPtrArray) contents = list_contents(db, id, error);

        for (unsigned i = 0; contents && i < contents->len; i++)
                if (!bury(db, g_ptr_array_index(contents, i), id, error))
                        return false;
        return contents != NULL;
}

static bool find_buried(Db *db, int64_t size, const char *sha256, bool *ret, GError **error)
{
        Statement *query = db_statement(
                db,
                "SELECT 1 FROM erased_contents e WHERE e.size = :size"
                " AND (:sha256 IS NULL OR e.sha256 = :sha256)"
                " AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.sha256 = e.sha256) LIMIT 1",
                error);

        if (!query)
                return false;
        statement_bind_int(query, ":size", size);
        statement_bind_text(query, ":sha256", sha256);
        StepResult step = statement_step(query, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

/* Hashed only if a content of its size was deleted. */
bool erased_content(Db *db, int fd, bool *ret, GError **error)
{
        struct stat st;
        g_autofree char *sha256 = NULL;

        *ret = false;
        if (fstat(fd, &st) < 0)
                return true;
        if (!find_buried(db, st.st_size, NULL, ret, error))
                return false;
        if (!*ret)
                return true;
        sha256 = file_sha256(fd, NULL);
        if (!sha256) {
                *ret = false; /* what cannot be read is told by whoever takes it */
                return true;
        }
        return find_buried(db, st.st_size, sha256, ret, error);
}

/* Links with the entity, or that were recorded as the fact. */
static bool expand_linked(EraseSet *set, const char *id, void *data, GError **error)
{
        return erase_add_rows(set, "autolinks",
                              "SELECT id FROM autolinks WHERE left_id = :id"
                              " UNION SELECT id FROM autolinks WHERE fact_id = :id",
                              id, error);
}

static bool expand_autolink(EraseSet *set, const char *id, void *data, GError **error)
{
        return erase_add_words(set, "SELECT quote, reason FROM autolinks WHERE id = :id", id,
                               error);
}

static bool take_out_text(Db *db, const char *sha256, void *data, GError **error)
{
        return content_unindex(db, sha256, error);
}

void documents_register_erasers(Store *vault)
{
        store_add_eraser(vault, "roots", &(StoreEraser){.expand = expand_root});
        store_add_eraser(vault, "documents",
                         &(StoreEraser){.expand = expand_document, .take_out = take_out_document});
        store_add_eraser(vault, "entities", &(StoreEraser){.expand = expand_linked});
        store_add_eraser(vault, "facts", &(StoreEraser){.expand = expand_linked});
        store_add_eraser(vault, "autolinks", &(StoreEraser){.expand = expand_autolink});
        store_add_eraser(vault, "document_text", &(StoreEraser){.take_out = take_out_text});
}
