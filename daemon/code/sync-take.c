/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came of files becomes rows; and what follows for others is found by what they consulted. */
#include "code/sync-round.h"

#include <string.h>

bool sync_file_has_unit(const SyncFile *file)
{
        return file->symbols != NULL;
}

/* ---- taking ---- */

/* The indexes that symbols of the module had, by their hashes. */
static GHashTable *read_indexes(Db *db, uint32_t module, uint32_t *ret_next, GError **error)
{
        g_autoptr(GHashTable) indexes =
                g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
        Statement *query = db_statement(
                db, "SELECT id, hash FROM code_symbols WHERE id BETWEEN :first AND :last", error);
        StepResult step;

        if (!query)
                return NULL;
        statement_bind_int(query, ":first", symbol_id(module, 0));
        statement_bind_int(query, ":last", symbol_id(module, SYMBOL_FILE));
        while ((step = statement_step(query, error)) == STEP_ROW) {
                int64_t *hash = g_new(int64_t, 1);

                *hash = statement_int(query, 1);
                g_hash_table_replace(
                        indexes, hash,
                        GUINT_TO_POINTER((unsigned)(statement_int(query, 0) & SYMBOL_FILE)));
        }
        if (step == STEP_ERROR)
                return NULL;
        query = db_statement(db, "SELECT next_symbol FROM code_modules WHERE id = :id", error);
        if (!query)
                return NULL;
        statement_bind_int(query, ":id", module);
        step = statement_step(query, error);
        *ret_next = step == STEP_ROW ? (uint32_t)statement_int(query, 0) : 0;
        return step == STEP_ERROR ? NULL : g_steal_pointer(&indexes);
}

static bool name_symbols(const Sync *sync, Db *db, SyncFile *file, GError **error)
{
        g_autoptr(GHashTable) before = NULL;
        SymbolsOf of = {.repository_id = sync->repository->id, .path = file->file->path};

        if (!file->is_new) {
                before = read_indexes(db, file->module, &of.next, error);
                if (!before)
                        return false;
                of.before = of.next > 0 ? before : NULL;
        }
        file->symbols = symbols_new(&file->read->unit, &of);
        return true;
}

static bool is_skipped(const Sync *sync, const SyncFile *file)
{
        return sync->repository->skip_generated &&
               module_kind_of(file->file->path, file->file->vendored,
                              file->read->unit.header->flags) == MODULE_GENERATED;
}

static bool take_file(Sync *sync, Db *db, const ParseFile *read, SyncFile *file, GError **error)
{
        file->read = read;
        if (file->vanished && file->is_new)
                return true;
        if (file->vanished) {
                SyncGone gone = {file->module, g_strdup(file->file->path)};
                g_array_append_val(sync->gone, gone);
                sync->report.gone++;
                return true;
        }
        file->touched =
                read->hashed && file->had_hash && !file->force && read->hash == file->old_hash;
        if (g_error_matches(read->error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE))
                file->file->ctime = 0; /* nothing that the file is to blame for: look again */
        sync->report.read += !file->touched;
        sync->report.failed += read->error != NULL;
        g_ptr_array_add(sync->taken, file);
        sync->taken_bytes += read->bytes;
        return file->touched || !read->block || is_skipped(sync, file) ||
               name_symbols(sync, db, file, error);
}

/* ---- what follows ---- */

/* Opens the unit that a module had; *ret_block is to be freed. False without an error: it had none that can be read. */
static bool open_before(Db *db, uint32_t module, void **ret_block, Unit *ret, GError **error)
{
        Statement *query =
                db_statement(db, "SELECT unit FROM code_units WHERE module = :module", error);
        size_t bytes;

        *ret_block = NULL;
        if (!query)
                return false;
        statement_bind_int(query, ":module", module);
        if (statement_step(query, error) != STEP_ROW)
                return false;
        const void *blob = statement_blob(query, 0, &bytes);
        *ret_block = g_memdup2(blob, bytes);
        return unit_open(*ret_block, bytes, ret, NULL);
}

static bool add_changes(Db *db, uint32_t module, const char *path, const Unit *after,
                        GArray *numbers, GError **error)
{
        g_autofree void *block = NULL;
        g_autoptr(GError) problem = NULL;
        Unit before;
        bool had = module && open_before(db, module, &block, &before, &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        link_changes(path, had ? &before : NULL, after, numbers);
        return true;
}

bool sync_follow(Sync *sync, Db *db, GError **error)
{
        g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));

        for (unsigned i = 0; i < sync->taken->len; i++) {
                const SyncFile *file = sync->taken->pdata[i];

                if (file->touched)
                        continue;
                g_hash_table_add(sync->dirty, GUINT_TO_POINTER(file->module));
                if (!add_changes(db, file->is_new ? 0 : file->module, file->file->path,
                                 sync_file_has_unit(file) ? &file->read->unit : NULL, numbers,
                                 error))
                        return false;
        }
        for (unsigned i = 0; i < sync->gone->len; i++) {
                const SyncGone *gone = &g_array_index(sync->gone, SyncGone, i);

                if (!add_changes(db, gone->module, gone->path, NULL, numbers, error))
                        return false;
        }
        if (!consulted_find(db, sync->number, numbers, sync->dirty, error))
                return false;
        for (unsigned i = 0; i < sync->gone->len; i++)
                g_hash_table_remove(
                        sync->dirty,
                        GUINT_TO_POINTER(g_array_index(sync->gone, SyncGone, i).module));
        return true;
}

/* ---- writing ---- */

static bool write_gone(Sync *sync, Db *db, const SyncGone *gone, GError **error)
{
        g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_autoptr(GArray) numbers = consulted_of(db, gone->module, error);

        if (!numbers)
                return false;
        consulted_compare(gone->module, numbers, none, sync->consulted);
        return consulted_keep(db, gone->module, NULL, error) &&
               rows_delete_module(db, gone->module, error);
}

static bool write_file(Sync *sync, Db *db, const SyncFile *file, GError **error)
{
        const ParseFile *read = file->read;
        bool has_unit = sync_file_has_unit(file);
        ModuleRow row = {.id = file->module,
                         .repository = sync->number,
                         .file = file->file,
                         .hash = read->hashed ? &read->hash : NULL,
                         .header = read->block ? read->unit.header : NULL,
                         .unit = has_unit ? &read->unit : NULL,
                         .block = read->block,
                         .block_bytes = read->bytes,
                         .symbols = file->symbols,
                         .maker = read->block && !has_unit ? 0 : SYNC_MAKER,
                         .error = read->error};

        if (file->touched)
                return rows_touch_module(db, file->module, file->file, error);
        return rows_write_module(db, &row, error);
}

static bool unlink_dirty(Sync *sync, Db *db, GError **error)
{
        GHashTableIter iter;
        void *module;

        g_hash_table_iter_init(&iter, sync->dirty);
        while (g_hash_table_iter_next(&iter, &module, NULL))
                if (!rows_unlink_module(db, GPOINTER_TO_UINT(module), error))
                        return false;
        return true;
}

bool sync_write_files(Sync *sync, Db *db, GError **error)
{
        for (unsigned i = 0; i < sync->gone->len; i++)
                if (!write_gone(sync, db, &g_array_index(sync->gone, SyncGone, i), error))
                        return false;
        for (unsigned i = 0; i < sync->taken->len; i++)
                if (!write_file(sync, db, sync->taken->pdata[i], error))
                        return false;
        return true;
}

/* What consults a module that has gone is taken out of the lists at once: there may be no end of this round. */
static bool flush_work(Db *db, void *data, GError **error)
{
        Sync *sync = data;

        return sync_write_files(sync, db, error) && unlink_dirty(sync, db, error) &&
               consulted_apply(db, sync->number, sync->consulted, error) &&
               sync_write_state(sync, db, sync->todo->len - sync->next + 1, error);
}

static bool keep(Sync *sync, SyncFile *file)
{
        return sync_file_has_unit(file) && sync->kept_bytes + file->read->bytes <= SYNC_KEPT_BYTES;
}

/* Units that are kept spare reading them again for linking. */
static void forget_written(Sync *sync)
{
        for (unsigned i = 0; i < sync->taken->len; i++) {
                SyncFile *file = sync->taken->pdata[i];

                if (keep(sync, file)) {
                        sync->kept_bytes += file->read->bytes;
                        g_ptr_array_add(sync->kept, file);
                        continue;
                }
                g_clear_pointer(&file->symbols, symbols_free);
                g_clear_pointer(&file->batch, parse_batch_unref);
                file->read = NULL;
        }
        g_ptr_array_set_size(sync->taken, 0);
        g_array_set_size(sync->gone, 0);
        g_array_set_size(sync->consulted, 0);
        sync->taken_bytes = 0;
}

bool sync_flush(Sync *sync, GError **error)
{
        g_autoptr(Db) db = store_reader(sync->options.vault, /* scope= */ NULL, error);

        if (!db || !sync_follow(sync, db, error))
                return false;
        g_clear_pointer(&db, db_release);
        if (!sync_write(sync, flush_work, sync, error))
                return false;
        forget_written(sync);
        return true;
}

bool sync_take(Sync *sync, ParseBatch *batch, GError **error)
{
        g_autoptr(Db) db = store_reader(sync->options.vault, /* scope= */ NULL, error);
        bool ok = db != NULL;

        parse_batch_close(batch);
        for (unsigned i = 0; ok && i < batch->files->len; i++) {
                const ParseFile *read = &g_array_index(batch->files, ParseFile, i);
                SyncFile *file = read->data;

                file->batch = parse_batch_ref(batch);
                ok = take_file(sync, db, read, file, error);
        }
        (void)parse_batch_unref(batch);
        g_clear_pointer(&db, db_release);
        if (!ok || !sync->large || sync->taken_bytes < SYNC_WRITE_BYTES)
                return ok;
        return sync_flush(sync, error);
}
