/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files differ from their rows: by size and times, and whether they are of a language that is asked for. What a header
 * is (C or C++) depends on what else there is. */
#include "code/sync-round.h"

#include <string.h>

/* A row as it stands. */
typedef struct Known {
        uint32_t module;
        int64_t bytes, mtime, ctime;
        UnitLanguage language;
        bool generated, had_hash, seen;
        uint64_t hash;
        int64_t maker;
} Known;

typedef struct Comparing {
        Sync *sync;
        Db *db;
        GHashTable *known; /* path → Known */
        int64_t c, cpp;    /* sources outside of what is looked at */
} Comparing;

#define KNOWN                                                                                      \
        "SELECT path, id, bytes, mtime, ctime, language, kind = 'generated', hash, maker"          \
        " FROM code_modules WHERE repository = :of"

static bool read_known(Comparing *comparing, Statement *query, GError **error)
{
        StepResult step;

        while ((step = statement_step(query, error)) == STEP_ROW) {
                Known *known = g_new0(Known, 1);

                *known = (Known){.module = (uint32_t)statement_int(query, 1),
                                 .bytes = statement_int(query, 2),
                                 .mtime = statement_int(query, 3),
                                 .ctime = statement_int(query, 4),
                                 .language = unit_language_from_string(statement_text(query, 5)),
                                 .generated = statement_int(query, 6),
                                 .had_hash = !statement_is_null(query, 7),
                                 .hash = (uint64_t)statement_int(query, 7),
                                 .maker = statement_int(query, 8)};
                g_hash_table_replace(comparing->known, g_strdup(statement_text(query, 0)), known);
        }
        return step == STEP_DONE;
}

/* The rows of a path, as a file and as a folder. */
static bool load_path(Comparing *comparing, const char *path, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(path);
        Statement *query =
                db_statement(comparing->db,
                             KNOWN " AND folder = :folder AND path = :path UNION ALL " KNOWN
                                   " AND folder = :path UNION ALL " KNOWN
                                   " AND folder > :path || '/' AND folder < :path || '0'",
                             error);

        if (!query)
                return false;
        statement_bind_int(query, ":of", comparing->sync->number);
        statement_bind_text(query, ":folder", g_str_equal(folder, ".") ? "" : folder);
        statement_bind_text(query, ":path", path);
        return read_known(comparing, query, error);
}

static bool load_known(Comparing *comparing, GError **error)
{
        Sync *sync = comparing->sync;
        Statement *query;

        for (char **path = sync->only; path && *path; path++)
                if (!load_path(comparing, *path, error))
                        return false;
        if (sync->only)
                return true;
        query = db_statement(comparing->db, KNOWN, error);
        if (!query)
                return false;
        statement_bind_int(query, ":of", sync->number);
        return read_known(comparing, query, error);
}

/* ---- headers ---- */

static bool is_header(const char *path)
{
        return g_str_has_suffix(path, ".h");
}

static void count_source(const char *path, UnitLanguage language, int64_t by, Comparing *comparing)
{
        if (!is_header(path) && language == UNIT_C)
                comparing->c += by;
        else if (!is_header(path) && language == UNIT_CPP)
                comparing->cpp += by;
}

static bool count_others(Comparing *comparing, GError **error)
{
        Statement *query =
                db_statement(comparing->db,
                             "SELECT coalesce(sum(language = 'c' AND substr(path, -2) <> '.h'), 0),"
                             " coalesce(sum(language = 'cpp' AND substr(path, -2) <> '.h'), 0)"
                             " FROM code_modules WHERE repository = :of",
                             error);
        GHashTableIter iter;
        void *path, *known;

        if (!query)
                return false;
        statement_bind_int(query, ":of", comparing->sync->number);
        if (statement_step(query, error) != STEP_ROW)
                return false;
        comparing->c = statement_int(query, 0);
        comparing->cpp = statement_int(query, 1);
        g_hash_table_iter_init(&iter, comparing->known);
        while (g_hash_table_iter_next(&iter, &path, &known))
                count_source(path, ((Known *)known)->language, -1, comparing);
        return true;
}

static bool has_c(const Comparing *comparing)
{
        GHashTableIter iter;
        void *value;

        g_hash_table_iter_init(&iter, comparing->known);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                if (((Known *)value)->language == UNIT_C || ((Known *)value)->language == UNIT_CPP)
                        return true;
        g_hash_table_iter_init(&iter, comparing->sync->files->found);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                if (((FoundFile *)value)->language == UNIT_C ||
                    ((FoundFile *)value)->language == UNIT_CPP)
                        return true;
        return false;
}

/* Says what headers are; *ret_changed: they were something else, and all are to be looked at. */
static bool judge_headers(Comparing *comparing, bool *ret_changed, GError **error)
{
        Sync *sync = comparing->sync;
        GHashTableIter iter;
        void *value;
        bool cpp;

        *ret_changed = false;
        if (!has_c(comparing))
                return true;
        if (sync->only && !count_others(comparing, error))
                return false;
        g_hash_table_iter_init(&iter, sync->files->found);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                count_source(((FoundFile *)value)->path, ((FoundFile *)value)->language, 1,
                             comparing);
        cpp = comparing->cpp > comparing->c;
        *ret_changed = sync->only && cpp != sync->cpp_headers;
        sync->cpp_headers = cpp;
        g_hash_table_iter_init(&iter, sync->files->found);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                if (cpp && is_header(((FoundFile *)value)->path))
                        ((FoundFile *)value)->language = UNIT_CPP;
        return true;
}

/* ---- comparing ---- */

static bool is_wanted(const Repository *repository, UnitLanguage language)
{
        return language == UNIT_MANIFEST || !repository->languages ||
               g_strv_contains((const char *const *)repository->languages,
                               unit_language_to_string(language));
}

/* Made as it would be now? */
static bool is_made_so(const Sync *sync, const Known *known, const FoundFile *file)
{
        bool skipped = known->generated && sync->repository->skip_generated;

        return known->language == file->language && known->maker == (skipped ? 0 : SYNC_MAKER);
}

static bool is_same(const Known *known, const FoundFile *file)
{
        return known->bytes == file->bytes && known->mtime == file->mtime && known->ctime &&
               known->ctime == file->ctime;
}

static void see(Comparing *comparing, FoundFile *file)
{
        Sync *sync = comparing->sync;
        Known *known = g_hash_table_lookup(comparing->known, file->path);
        SyncFile *todo;

        if (!is_wanted(sync->repository, file->language))
                return;
        if (known)
                known->seen = true;
        sync->report.files++;
        if (known && is_same(known, file) && is_made_so(sync, known, file))
                return;
        todo = g_new0(SyncFile, 1);
        todo->file = file;
        todo->is_new = !known;
        todo->module = known ? known->module : sync->next_module++;
        todo->force = known && !is_made_so(sync, known, file);
        todo->had_hash = known && known->had_hash;
        todo->old_hash = known ? known->hash : 0;
        g_ptr_array_add(sync->todo, todo);
}

static bool is_blocked(const Sync *sync, const char *path)
{
        for (unsigned i = 0; i < sync->files->blocked->len; i++) {
                const char *folder = sync->files->blocked->pdata[i];
                size_t length = strlen(folder);

                if (strncmp(path, folder, length) == 0 && path[length] == '/')
                        return true;
        }
        return false;
}

static void collect_gone(Comparing *comparing)
{
        Sync *sync = comparing->sync;
        GHashTableIter iter;
        void *path, *value;

        g_hash_table_iter_init(&iter, comparing->known);
        while (g_hash_table_iter_next(&iter, &path, &value)) {
                const Known *known = value;
                SyncGone gone = {known->module, NULL};

                if (known->seen || is_blocked(sync, path))
                        continue;
                gone.path = g_strdup(path);
                g_array_append_val(sync->gone, gone);
                sync->report.gone++;
        }
}

static bool find_next_module(Sync *sync, Db *db, GError **error)
{
        Statement *query =
                db_statement(db, "SELECT coalesce(max(id), 0) + 1 FROM code_modules", error);

        if (!query || statement_step(query, error) != STEP_ROW)
                return false;
        sync->next_module = (uint32_t)statement_int(query, 0);
        return true;
}

static int by_path(const void *a, const void *b)
{
        return strcmp((*(const SyncFile *const *)a)->file->path,
                      (*(const SyncFile *const *)b)->file->path);
}

/* The numbers of new modules follow the order of paths, so that neighbours lie together. */
static void see_all(Comparing *comparing)
{
        Sync *sync = comparing->sync;
        uint32_t first = sync->next_module;
        GHashTableIter iter;
        void *file;

        g_hash_table_iter_init(&iter, sync->files->found);
        while (g_hash_table_iter_next(&iter, NULL, &file))
                see(comparing, file);
        g_ptr_array_sort(sync->todo, by_path);
        for (unsigned i = 0; i < sync->todo->len; i++) {
                SyncFile *todo = sync->todo->pdata[i];

                if (todo->is_new)
                        todo->module = first++;
        }
        collect_gone(comparing);
}

static bool list_files(Sync *sync, GError **error)
{
        FilesOptions options = {.repository = sync->repository,
                                .watch = sync->options.watch,
                                .skip = sync->options.skip,
                                .only = (const char *const *)sync->only,
                                .stopping = sync->options.stopping};

        g_clear_pointer(&sync->files, files_free);
        sync->files = files_list(&options, error);
        if (!sync->files)
                return false;
        sync->report.watch_limit |= sync->files->watch_limit;
        sync->report.cut |= sync->files->cut;
        return true;
}

static bool compare_with(Sync *sync, bool *ret_again, GError **error)
{
        g_autoptr(GHashTable) known =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_autoptr(Db) db = store_reader(sync->options.vault, /* scope= */ NULL, error);
        Comparing comparing = {.sync = sync, .db = db, .known = known};

        if (!db || !find_next_module(sync, db, error) || !load_known(&comparing, error) ||
            !judge_headers(&comparing, ret_again, error))
                return false;
        if (*ret_again)
                return true;
        see_all(&comparing);
        if (sync->next_module <= LINK_MODULE_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "there are LINK_MODULE_MAX = %d numbers for modules, and all are used: rebuild "
                    "the code graph",
                    LINK_MODULE_MAX);
        return false;
}

bool sync_compare(Sync *sync, GError **error)
{
        bool again = false;

        if (!list_files(sync, error) || !compare_with(sync, &again, error))
                return false;
        if (!again)
                return true;
        g_clear_pointer(&sync->only, g_strfreev);
        return list_files(sync, error) && compare_with(sync, &again, error);
}
