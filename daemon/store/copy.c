/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies by SQLite's backup interface: page by page, decrypted and encrypted anew, with a salt of its own. */
#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_PAGES 1024 /* 4 MB at a time */

bool copy_make_file(const char *path, GError **error)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd < 0) {
                if (errno == EEXIST)
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                                    "%s exists already", path);
                else
                        error_set_errno(error, errno, "cannot make %s", path);
                return false;
        }
        (void)close(fd);
        return true;
}

bool copy_sync(const char *path, GError **error)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        bool synced = fd >= 0 && fsync(fd) == 0;

        if (!synced)
                error_set_errno(error, errno, "cannot sync %s", path);
        if (fd >= 0)
                (void)close(fd);
        return synced;
}

void copy_remove(const char *path)
{
        static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};

        for (unsigned i = 0; i < G_N_ELEMENTS(suffixes); i++) {
                g_autofree char *name = g_strconcat(path, suffixes[i], NULL);

                (void)g_unlink(name);
        }
}

static bool copy_pages(Db *from, Db *to, GError **error)
{
        sqlite3_backup *backup = sqlite3_backup_init(to->sqlite, "main", from->sqlite, "main");
        int r;

        if (!backup) {
                db_set_error(to, error, "begin a copy");
                return false;
        }
        do {
                r = sqlite3_backup_step(backup, STEP_PAGES);
        } while (r == SQLITE_OK);
        if (sqlite3_backup_finish(backup) == SQLITE_OK && r == SQLITE_DONE)
                return true;
        db_set_error(to, error, "write a copy");
        return false;
}

static bool fill(Db *from, const char *path, const uint8_t *key, GError **error)
{
        DbOptions options = {.path = path, .key = key, .role = DB_PLAIN, .cache_kb = 8192};
        g_autoptr(OwnDb) to = db_open(&options, error);

        /* A copy that is cut short is removed: it needs no journal, and one sync at its end. */
        return to && db_run(to, "PRAGMA synchronous = OFF", error) && copy_pages(from, to, error);
}

bool copy_to(Db *db, const char *path, const uint8_t key[STORE_KEY_BYTES], GError **error)
{
        if (!copy_make_file(path, error))
                return false;
        if (fill(db, path, key, error) && copy_sync(path, error) && file_sync_folder(path, error))
                return true;
        copy_remove(path);
        return false;
}

bool copy_file(const char *from, const char *to, GError **error)
{
        int fd = file_open(AT_FDCWD, from, error);
        bool copied = fd >= 0 && file_copy(fd, AT_FDCWD, to, error);

        if (fd >= 0)
                (void)close(fd);
        return copied;
}

bool copy_has_wal(const char *path)
{
        g_autofree char *name = g_strconcat(path, "-wal", NULL);
        struct stat st;

        return stat(name, &st) == 0 && st.st_size > 0;
}
