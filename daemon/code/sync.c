/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A round from look to finish; what each step does is in its own file. */
#include "code/sync-round.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void sync_file_free(void *data)
{
        SyncFile *file = data;

        (void)symbols_free(file->symbols);
        (void)parse_batch_unref(file->batch);
        g_free(file);
}

static void sync_gone_clear(void *data)
{
        g_free(((SyncGone *)data)->path);
}

Sync *sync_new(const SyncOptions *options)
{
        Sync *sync = g_new0(Sync, 1);

        sync->options = *options;
        sync->opening = store_openings(options->vault);
        sync->repository = repository_ref(options->repository);
        sync->only = g_strdupv((char **)options->only);
        sync->folder = -1;
        sync->todo = g_ptr_array_new_with_free_func(sync_file_free);
        sync->taken = g_ptr_array_new();
        sync->kept = g_ptr_array_new();
        sync->gone = g_array_new(FALSE, FALSE, sizeof(SyncGone));
        g_array_set_clear_func(sync->gone, sync_gone_clear);
        sync->dirty = g_hash_table_new(NULL, NULL);
        sync->consulted = g_array_new(FALSE, FALSE, sizeof(Consulted));
        return sync;
}

Sync *sync_free(Sync *sync)
{
        if (!sync)
                return NULL;
        g_ptr_array_unref(sync->taken);
        g_ptr_array_unref(sync->kept);
        g_ptr_array_unref(sync->todo);
        g_array_unref(sync->gone);
        g_hash_table_unref(sync->dirty);
        g_array_unref(sync->consulted);
        (void)files_free(sync->files);
        if (sync->folder >= 0)
                (void)close(sync->folder);
        g_strfreev(sync->only);
        (void)repository_unref(sync->repository);
        g_free(sync);
        return NULL;
}

void sync_report(const Sync *sync, SyncReport *ret)
{
        *ret = sync->report;
}

bool sync_is_stopped(const Sync *sync, GError **error)
{
        if (!g_atomic_int_get(sync->options.stopping))
                return false;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                            "reading the repository was stopped");
        return true;
}

typedef struct RoundWrite {
        const Sync *sync;
        StoreWork work;
        void *data;
} RoundWrite;

static bool is_there(const Sync *sync, Db *db, bool *ret, GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT 1 FROM code_repositories r WHERE r.id = :id"
                                      " AND r.is_active = 1 AND (:number = 0 OR EXISTS"
                                      " (SELECT 1 FROM code_states s WHERE s.number = :number"
                                      " AND s.repository_id = r.id))",
                                      error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", sync->repository->id);
        statement_bind_int(row, ":number", sync->number);
        StepResult step = statement_step(row, error);
        *ret = step == STEP_ROW && store_openings(sync->options.vault) == sync->opening;
        return step != STEP_ERROR;
}

/* Whoever deletes a repository for good has deleted it from the files, too: nothing comes after. */
static bool write_if_there(Db *db, void *data, GError **error)
{
        const RoundWrite *write = data;
        bool there;

        if (!is_there(write->sync, db, &there, error))
                return false;
        if (there)
                return write->work(db, write->data, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                    "the repository %s has gone while it was read", write->sync->repository->path);
        return false;
}

bool sync_write(Sync *sync, StoreWork work, void *data, GError **error)
{
        WriteOptions options = {.actor = access_actor(sync->options.access), .reason = "sync code"};
        RoundWrite write = {sync, work, data};

        return store_write(sync->options.vault, &options, write_if_there, &write, error);
}

bool sync_look(Sync *sync, GError **error)
{
        if (!sync_read_state(sync, error) || !sync_compare(sync, error))
                return false;
        sync->report.todo = sync->todo->len;
        sync->large = sync->todo->len + sync->gone->len > SYNC_SMALL_FILES;
        sync->folder =
                open(sync->repository->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (sync->folder < 0)
                error_set_errno(error, errno, "the repository %s cannot be read",
                                sync->repository->path);
        return sync->folder >= 0;
}

/* ---- batches ---- */

static int64_t microseconds(const struct timespec *time)
{
        return (int64_t)time->tv_sec * G_USEC_PER_SEC + time->tv_nsec / 1000;
}

/* Opens a file, as it is from here on: what is written to it later differs from what its row will say. */
static int open_file(const Sync *sync, FoundFile *file, GError **error)
{
        int fd =
                path_open_beneath(sync->folder, file->path,
                                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, error);
        struct stat st;

        if (fd < 0)
                return -1;
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "not a regular file");
                (void)close(fd);
                return -1;
        }
        file->bytes = st.st_size;
        file->mtime = microseconds(&st.st_mtim);
        file->ctime = microseconds(&st.st_ctim);
        if (st.st_size <= sync->options.max_file_bytes)
                return fd;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "the file has %" G_GINT64_FORMAT " bytes, more than MaxSourceFileKB allows",
                    (int64_t)st.st_size);
        (void)close(fd);
        return -1;
}

/* Files that cannot be opened travel with the batch, too, with their error. */
static void add_file(Sync *sync, ParseBatch *batch, SyncFile *todo)
{
        ParseFile file = {
                .fd = -1, .name = todo->file->path, .language = todo->file->language, .data = todo};

        file.fd = open_file(sync, todo->file, &file.error);
        todo->vanished = g_error_matches(file.error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        parse_batch_add(batch, &file);
}

ParseBatch *sync_next(Sync *sync, GError **error)
{
        g_autoptr(ParseBatch) batch = NULL;
        int64_t bytes = 0;

        if (sync_is_stopped(sync, error))
                return NULL;
        while (sync->next < sync->todo->len) {
                SyncFile *todo = sync->todo->pdata[sync->next];

                if (batch && (batch->files->len >= SYNC_BATCH_FILES ||
                              bytes + todo->file->bytes > SYNC_BATCH_BYTES))
                        break;
                if (!batch)
                        batch = parse_batch_new();
                add_file(sync, batch, todo);
                bytes += todo->file->bytes;
                sync->next++;
        }
        return g_steal_pointer(&batch);
}

bool sync_finish(Sync *sync, GError **error)
{
        return !sync_is_stopped(sync, error) && sync_link(sync, error);
}
