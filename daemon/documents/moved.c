/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moves between roots. A place is told by its absolute path, whatever root it was under; a content must have
 * gone from where it was, just now if that has been noticed already. */
#include "documents/moved.h"

#include <errno.h>
#include <sys/stat.h>

#define MOVED_US         (10 * 60 * G_USEC_PER_SEC) /* from a file's going to its coming elsewhere */
#define MOVED_DOUBTS_MAX 50 /* documents of one content that are looked at */

/* The first row's id that is not taken. */
static char *first_free(Statement *query, GHashTable *taken)
{
        while (statement_step(query, NULL) == STEP_ROW)
                if (!g_hash_table_contains(taken, statement_text(query, 0)))
                        return g_strdup(statement_text(query, 0));
        return NULL;
}

static char *same_place(Db *db, const Root *root, const char *path, GHashTable *taken)
{
        g_autofree char *absolute = g_build_filename(root->path, path, NULL);
        Statement *query =
                db_statement(db,
                             "SELECT d.id FROM roots r CROSS JOIN documents d ON d.root_id = r.id"
                             " AND d.path = substr(:absolute, length(r.path) + 2)"
                             " WHERE r.id <> :root_id"
                             " AND substr(:absolute, 1, length(r.path) + 1) = r.path || '/'"
                             " ORDER BY d.is_active DESC, d.id DESC",
                             NULL);
        if (!query)
                return NULL;
        statement_bind_text(query, ":absolute", absolute);
        statement_bind_text(query, ":root_id", root->id);
        return first_free(query, taken);
}

/* A folder that cannot be reached, as when its disk is not there, has not lost its files. */
static bool has_gone(const char *root_path, bool root_is_active, const char *path)
{
        g_autofree char *absolute = g_build_filename(root_path, path, NULL);
        struct stat st;
        if (lstat(absolute, &st) == 0 || (errno != ENOENT && errno != ENOTDIR))
                return false;
        return !root_is_active || g_file_test(root_path, G_FILE_TEST_IS_DIR);
}

static char *same_content(Db *db, const Root *root, const char *sha256, GHashTable *taken)
{
        Statement *query = db_statement(
                db,
                "SELECT d.id, d.path, r.path, r.is_active FROM documents d"
                " JOIN roots r ON r.id = d.root_id"
                " WHERE d.sha256 = :sha256 AND d.root_id <> :root_id AND (d.is_active = 1 OR"
                " (SELECT m.ts FROM mutations m WHERE m.table_name = 'documents'"
                " AND m.row_id = json_object('id', d.id) ORDER BY m.seq DESC LIMIT 1) > :since)"
                " ORDER BY d.is_active DESC, d.id LIMIT :limit",
                NULL);
        if (!query)
                return NULL;
        statement_bind_text(query, ":sha256", sha256);
        statement_bind_text(query, ":root_id", root->id);
        statement_bind_int(query, ":since", clock_now() - MOVED_US);
        statement_bind_int(query, ":limit", MOVED_DOUBTS_MAX);
        while (statement_step(query, NULL) == STEP_ROW)
                if (!g_hash_table_contains(taken, statement_text(query, 0)) &&
                    has_gone(statement_text(query, 2), statement_int(query, 3),
                             statement_text(query, 1)))
                        return g_strdup(statement_text(query, 0));
        return NULL;
}

char *moved_from_root(Db *db, const Root *root, const char *path, const TakenFile *file,
                      GHashTable *taken)
{
        char *id = same_place(db, root, path, taken);
        /* empty files are all alike, and there may be thousands */
        bool telling = file->size > 0 && !g_hash_table_contains(taken, file->sha256);
        if (!id && telling)
                id = same_content(db, root, file->sha256, taken);
        if (id || telling)
                (void)g_hash_table_add(taken, g_strdup(id ? id : file->sha256));
        return id;
}
