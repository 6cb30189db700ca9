/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roots may lie in one another: the files below an inner root are its own, so a sub-tree can have another
 * profile. A removed root keeps its row; registering its path again takes it up again, with its documents. */
#include "documents/root.h"

#include <string.h>

#include "documents/claims.h"

Root *root_ref(Root *root)
{
        return g_atomic_rc_box_acquire(root);
}

static void root_clear(void *data)
{
        Root *root = data;
        g_free(root->id);
        g_free(root->path);
        g_free(root->profile);
        g_free(root->fingerprint);
        (void)glob_set_free(root->include);
        (void)glob_set_free(root->exclude);
}

Root *root_unref(Root *root)
{
        if (root)
                g_atomic_rc_box_release_full(root, root_clear);
        return NULL;
}

static void root_destroy(void *root)
{
        (void)root_unref(root);
}

static GlobSet *globs_from_json(const char *json, bool shy, const char *fallback)
{
        g_auto(GStrv) globs = json_parse_strings(json);
        const char *const all[] = {fallback, NULL};
        bool usable = globs[0] && globs_check("globs", (const char *const *)globs, NULL);
        return glob_set_new(usable ? (const char *const *)globs : all, shy);
}

static Root *root_from_row(Statement *row)
{
        Root *root = g_atomic_rc_box_new0(Root);
        root->id = g_strdup(statement_text(row, 0));
        root->path = g_strdup(statement_text(row, 1));
        root->profile = g_strdup(statement_text(row, 2));
        g_auto(GStrv) features = json_parse_strings(statement_text(row, 3));
        (void)features_from_strings((const char *const *)features, &root->features, NULL);
        root->include = globs_from_json(statement_text(row, 4), /* shy= */ true, "**");
        root->exclude = globs_from_json(statement_text(row, 5), /* shy= */ false, NULL);
        root->max_file_bytes = statement_int(row, 6);
        root->fingerprint =
                g_strdup_printf("%s\n%s\n%s\n%s\n%s\n%" G_GINT64_FORMAT, root->path, root->profile,
                                statement_text(row, 3), statement_text(row, 4),
                                statement_text(row, 5), root->max_file_bytes);
        return root;
}

GPtrArray *roots_load(Db *db, GError **error)
{
        Statement *query =
                db_statement(db,
                             "SELECT id, path, profile, features, include, exclude, max_file_bytes"
                             " FROM roots WHERE is_active = 1 ORDER BY path",
                             error);
        if (!query)
                return NULL;
        g_autoptr(GPtrArray) roots = g_ptr_array_new_with_free_func(root_destroy);
        StepResult step;
        while ((step = statement_step(query, error)) == STEP_ROW)
                g_ptr_array_add(roots, root_from_row(query));
        return step == STEP_ERROR ? NULL : g_steal_pointer(&roots);
}

/* ---- registering ---- */

/* The row to be written; NULL members keep what is there. */
typedef struct RootRow {
        const char *path, *profile;
        char *features, *include, *exclude; /* JSON */
        int64_t max_file_bytes, default_file_bytes;
        char *id; /* found or made */
} RootRow;

static void root_row_clear(RootRow *row)
{
        g_free(row->features);
        g_free(row->include);
        g_free(row->exclude);
        g_free(row->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RootRow, root_row_clear)

static bool root_row_fill(RootRow *row, const RootRequest *request, GError **error)
{
        unsigned features = 0;
        row->profile = request->profile;
        row->max_file_bytes = request->max_file_bytes;
        row->default_file_bytes = request->default_file_bytes;
        if (request->profile && !features_of_profile(request->profile, &features)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "profile: \"%s\" is none of general, legal, code-doc, paper",
                            request->profile);
                return false;
        }
        if (request->features && !features_from_strings(request->features, &features, error))
                return false;
        if (!globs_check("include", request->include, error) ||
            !globs_check("exclude", request->exclude, error))
                return false;
        if (request->max_file_bytes < 0 || request->max_file_bytes > ROOT_FILE_BYTES_MAX) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                        "max_file_bytes is between 1 and ROOT_FILE_BYTES_MAX = %" G_GINT64_FORMAT,
                        ROOT_FILE_BYTES_MAX);
                return false;
        }
        if (request->profile || request->features)
                row->features = features_to_json(features);
        row->include = request->include ? json_print_strings(request->include) : NULL;
        row->exclude = request->exclude ? json_print_strings(request->exclude) : NULL;
        return true;
}

static bool root_row_write(Db *db, const char *sql, const RootRow *row, GError **error)
{
        Statement *write = db_statement(db, sql, error);
        if (!write)
                return false;
        statement_bind_text(write, ":id", row->id);
        statement_bind_text(write, ":profile", row->profile);
        statement_bind_text(write, ":features", row->features);
        statement_bind_text(write, ":include", row->include);
        statement_bind_text(write, ":exclude", row->exclude);
        statement_bind_int(write, ":max_file_bytes", row->max_file_bytes);
        return statement_run(write, error);
}

static bool root_insert(Db *db, RootRow *row, GError **error)
{
        unsigned features;
        (void)features_of_profile(row->profile ? row->profile : "general", &features);
        g_autofree char *defaults = features_to_json(features);
        Statement *insert = db_statement(
                db,
                "INSERT INTO roots (id, path, profile, features, include, exclude, max_file_bytes,"
                " created_at) VALUES (:id, :path, :profile, :features, :include, :exclude,"
                " :max_file_bytes, :now)",
                error);
        if (!insert)
                return false;
        row->id = id_new("root");
        statement_bind_text(insert, ":id", row->id);
        statement_bind_text(insert, ":path", row->path);
        statement_bind_text(insert, ":profile", row->profile ? row->profile : "general");
        statement_bind_text(insert, ":features", row->features ? row->features : defaults);
        statement_bind_text(insert, ":include", row->include ? row->include : "[]");
        statement_bind_text(insert, ":exclude", row->exclude ? row->exclude : "[]");
        statement_bind_int(insert, ":max_file_bytes",
                           row->max_file_bytes ? row->max_file_bytes : row->default_file_bytes);
        statement_bind_int(insert, ":now", clock_now());
        return statement_run(insert, error);
}

/* Other features find other claims: the documents are indexed again. */
static bool root_reindex(Db *db, const char *id, GError **error)
{
        Statement *update =
                db_statement(db,
                             "UPDATE document_states SET indexed = 0 WHERE document_id IN"
                             " (SELECT id FROM documents WHERE root_id = :id)",
                             error);
        if (!update)
                return false;
        statement_bind_text(update, ":id", id);
        return statement_run(update, error);
}

static bool root_update(Db *db, const RootRow *row, bool features_change, GError **error)
{
        if (!root_row_write(
                    db,
                    "UPDATE roots SET is_active = 1, profile = coalesce(:profile, profile),"
                    " features = coalesce(:features, features), include = coalesce(:include, include),"
                    " exclude = coalesce(:exclude, exclude),"
                    " max_file_bytes = iif(:max_file_bytes > 0, :max_file_bytes, max_file_bytes)"
                    " WHERE id = :id AND (is_active = 0"
                    " OR (:profile IS NOT NULL AND :profile <> profile)"
                    " OR (:features IS NOT NULL AND :features <> features)"
                    " OR (:include IS NOT NULL AND :include <> include)"
                    " OR (:exclude IS NOT NULL AND :exclude <> exclude)"
                    " OR (:max_file_bytes > 0 AND :max_file_bytes <> max_file_bytes))",
                    row, error))
                return false;
        return !features_change || root_reindex(db, row->id, error);
}

static bool roots_are_few(Db *db, GError **error)
{
        Statement *count =
                db_statement(db, "SELECT count(*) FROM roots WHERE is_active = 1", error);
        if (!count || statement_step(count, error) != STEP_ROW)
                return false;
        if (statement_int(count, 0) < ROOTS_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT, "there are ROOTS_MAX = %d roots",
                    ROOTS_MAX);
        return false;
}

static bool register_work(Db *db, void *data, GError **error)
{
        RootRow *row = data;
        Statement *find = db_statement(db,
                                       "SELECT id, features FROM roots WHERE path = :path"
                                       " ORDER BY is_active DESC, created_at DESC LIMIT 1",
                                       error);
        if (!find)
                return false;
        g_clear_pointer(&row->id, g_free);
        statement_bind_text(find, ":path", row->path);
        StepResult step = statement_step(find, error);
        if (step == STEP_ERROR)
                return false;
        if (step == STEP_DONE)
                return roots_are_few(db, error) && root_insert(db, row, error);
        row->id = g_strdup(statement_text(find, 0));
        bool features_change =
                row->features && !g_str_equal(row->features, statement_text(find, 1));
        return root_update(db, row, features_change, error);
}

bool root_register(Store *vault, const Access *access, const RootRequest *request,
                   RootRegistered *ret, GError **error)
{
        g_autofree char *path = folder_resolve(request->path, request->private_folders, error);
        g_auto(RootRow) row = {.path = path};
        if (!path || !root_row_fill(&row, request, error))
                return false;
        WriteOptions options = {.actor = access_actor(access), .reason = "register_root"};
        if (!store_write(vault, &options, register_work, &row, error))
                return false;
        ret->id = g_steal_pointer(&row.id);
        ret->path = g_steal_pointer(&path);
        return true;
}

static bool remove_work(Db *db, void *data, GError **error)
{
        const char *id = data;
        Statement *update = db_statement(
                db, "UPDATE roots SET is_active = 0 WHERE id = :id AND is_active = 1", error);
        if (!update)
                return false;
        statement_bind_text(update, ":id", id);
        if (!statement_run(update, error))
                return false;
        if (db_changes(db) == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no root \"%s\"", id);
                return false;
        }
        return true;
}

bool root_remove(Store *vault, const Access *access, const char *id, GError **error)
{
        WriteOptions options = {.actor = access_actor(access), .reason = "remove_root"};
        return store_write(vault, &options, remove_work, (void *)id, error);
}
