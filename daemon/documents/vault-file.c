/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking a file: small ones are read into memory, hashed, and written only if the vault has no such content;
 * big ones are copied first, and it is the copy that is hashed. Before and after, size and times of the source
 * are compared. */
#include "documents/vault-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"

#define BUFFER_BYTES (1024 * 1024) /* files up to this are never copied twice */
#define TEMP_FOLDER  "tmp"

struct VaultFiles {
        int folder_fd; /* <vault>/sha256 */
        int temp_fd;   /* <vault>/sha256/tmp */
        uint8_t *buffer;
};

static int folder_make(int parent, const char *name)
{
        if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
                return -1;
        return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* What a stopped daemon left half written. */
static void temp_clean(int temp_fd)
{
        int fd = openat(temp_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
        if (!dir)
                return;
        for (struct dirent *entry; (entry = readdir(dir));)
                if (entry->d_name[0] != '.')
                        (void)unlinkat(temp_fd, entry->d_name, 0);
        (void)closedir(dir);
}

VaultFiles *vault_files_new(const char *folder, GError **error)
{
        g_autoptr(VaultFiles) files = g_new0(VaultFiles, 1);
        files->folder_fd = files->temp_fd = -1;
        (void)g_mkdir_with_parents(folder, 0700);
        int vault = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (vault >= 0) {
                files->folder_fd = folder_make(vault, "sha256");
                int errnum = errno;
                (void)close(vault);
                errno = errnum;
        }
        if (files->folder_fd >= 0)
                files->temp_fd = folder_make(files->folder_fd, TEMP_FOLDER);
        if (files->temp_fd < 0) {
                error_set_errno(error, errno, "cannot use the vault folder %s", folder);
                return NULL;
        }
        temp_clean(files->temp_fd);
        files->buffer = g_malloc(BUFFER_BYTES);
        return g_steal_pointer(&files);
}

VaultFiles *vault_files_free(VaultFiles *files)
{
        if (!files)
                return NULL;
        if (files->temp_fd >= 0)
                (void)close(files->temp_fd);
        if (files->folder_fd >= 0)
                (void)close(files->folder_fd);
        g_free(files->buffer);
        g_free(files);
        return NULL;
}

static int64_t timespec_us(const struct timespec *time)
{
        return (int64_t)time->tv_sec * G_USEC_PER_SEC + time->tv_nsec / 1000;
}

static bool stat_equal(const struct stat *a, const struct stat *b)
{
        return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
               a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
               a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* The vault's own trouble is UNAVAILABLE whatever errno says: every file would meet it. */
static bool vault_fail(const char *doing, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE, "cannot %s the vault: %s",
                    doing, g_strerror(errno));
        return false;
}

static int temp_make(VaultFiles *files, char name[ID_MAX], GError **error)
{
        id_write("tmp", name);
        int fd = openat(files->temp_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                        0400);
        if (fd < 0)
                (void)vault_fail("write", error);
        return fd;
}

/* Is this content there, whole? A file cut short by a power loss is not. */
static bool vault_has(const VaultFiles *files, const char *sha256, int64_t size)
{
        g_autofree char *path = g_strdup_printf("%.2s/%s", sha256, sha256);
        struct stat st;
        return fstatat(files->folder_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
               S_ISREG(st.st_mode) && st.st_size == size;
}

/* Gives a finished temporary file its name. */
static bool temp_keep(VaultFiles *files, const char *temp, const char *sha256, GError **error)
{
        char folder[3] = {sha256[0], sha256[1], 0};
        g_autofree char *path = g_strdup_printf("%s/%s", folder, sha256);
        if (mkdirat(files->folder_fd, folder, 0700) < 0 && errno != EEXIST)
                return vault_fail("write", error);
        if (renameat(files->temp_fd, temp, files->folder_fd, path) < 0)
                return vault_fail("write", error);
        return true;
}

/* How one attempt at reading went. */
typedef enum Attempt { ATTEMPT_ERROR, ATTEMPT_CHANGED, ATTEMPT_DONE } Attempt;

/* Never UNAVAILABLE: a disk that cannot read this one file is not the vault's. */
static Attempt read_error(GError **error)
{
        g_autoptr(GError) failure = NULL;
        error_set_errno(&failure, errno, "cannot read the file");
        if (g_error_matches(failure, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE))
                failure->code = OUROBOROS_ERROR_FAILED;
        g_propagate_error(error, g_steal_pointer(&failure));
        return ATTEMPT_ERROR;
}

static Attempt take_small(VaultFiles *files, int fd, int64_t size, TakenFile *file, GError **error)
{
        ssize_t n = file_read_at(fd, files->buffer, (size_t)size, 0);
        if (n < 0)
                return read_error(error);
        if (n != size)
                return ATTEMPT_CHANGED;
        uint8_t hash[crypto_hash_sha256_BYTES];
        (void)crypto_hash_sha256(hash, files->buffer, (size_t)size);
        (void)sodium_bin2hex(file->sha256, sizeof(file->sha256), hash, sizeof(hash));
        file->head_size = MIN((size_t)size, sizeof(file->head));
        memcpy(file->head, files->buffer, file->head_size);
        if (vault_has(files, file->sha256, size))
                return ATTEMPT_DONE;
        char temp[ID_MAX];
        int out = temp_make(files, temp, error);
        if (out < 0)
                return ATTEMPT_ERROR;
        bool written =
                file_write_all(out, files->buffer, (size_t)size) || vault_fail("write", error);
        (void)close(out);
        if (written && temp_keep(files, temp, file->sha256, error))
                return ATTEMPT_DONE;
        (void)unlinkat(files->temp_fd, temp, 0);
        return ATTEMPT_ERROR;
}

/* Hashes what was copied, not what is there now. False: the vault cannot be read. */
static bool describe_copy(int fd, TakenFile *file, GError **error)
{
        g_autofree char *hash = file_sha256(fd, NULL);
        ssize_t n = hash ? file_read_at(fd, file->head, sizeof(file->head), 0) : -1;
        if (n < 0)
                return vault_fail("read", error);
        file->head_size = (size_t)n;
        memcpy(file->sha256, hash, sizeof(file->sha256));
        return true;
}

static Attempt copy_big(int from, int to, int64_t size, TakenFile *file, GError **error)
{
        struct stat st;
        FileCopy result = file_copy_bytes(from, to, size);
        if (result == FILE_UNREADABLE)
                return read_error(error);
        if (result == FILE_UNWRITABLE || fstat(to, &st) < 0) {
                (void)vault_fail("write", error);
                return ATTEMPT_ERROR;
        }
        if (st.st_size != size)
                return ATTEMPT_CHANGED;
        return describe_copy(to, file, error) ? ATTEMPT_DONE : ATTEMPT_ERROR;
}

static Attempt take_big(VaultFiles *files, int fd, int64_t size, TakenFile *file, GError **error)
{
        char temp[ID_MAX];
        int out = temp_make(files, temp, error);
        if (out < 0)
                return ATTEMPT_ERROR;
        Attempt attempt = copy_big(fd, out, size, file, error);
        (void)close(out);
        if (attempt == ATTEMPT_DONE && !vault_has(files, file->sha256, size)) {
                if (temp_keep(files, temp, file->sha256, error))
                        return ATTEMPT_DONE;
                attempt = ATTEMPT_ERROR;
        }
        (void)unlinkat(files->temp_fd, temp, 0);
        return attempt;
}

static Attempt take_once(VaultFiles *files, int fd, int64_t max_bytes, TakenFile *file,
                         GError **error)
{
        struct stat before, after;
        if (fstat(fd, &before) < 0)
                return read_error(error);
        if (before.st_size > max_bytes) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the file has %" G_GINT64_FORMAT
                            " bytes, more than max_file_bytes = %" G_GINT64_FORMAT " of its root",
                            (int64_t)before.st_size, max_bytes);
                return ATTEMPT_ERROR;
        }
        Attempt attempt = before.st_size <= BUFFER_BYTES
                                  ? take_small(files, fd, before.st_size, file, error)
                                  : take_big(files, fd, before.st_size, file, error);
        if (attempt != ATTEMPT_DONE)
                return attempt;
        if (fstat(fd, &after) < 0)
                return read_error(error);
        file->size = after.st_size;
        file->mtime = timespec_us(&after.st_mtim);
        file->ctime = timespec_us(&after.st_ctim);
        return stat_equal(&before, &after) ? ATTEMPT_DONE : ATTEMPT_CHANGED;
}

bool vault_files_take(VaultFiles *files, int fd, int64_t max_bytes, TakenFile *ret, GError **error)
{
        for (unsigned i = 0; i < VAULT_TRIES; i++) {
                TakenFile file = {0};
                if (i > 0)
                        g_usleep(20000 * i);
                Attempt attempt = take_once(files, fd, max_bytes, &file, error);
                if (attempt == ATTEMPT_ERROR)
                        return false;
                if (attempt == ATTEMPT_DONE) {
                        *ret = file;
                        return true;
                }
        }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "the file changed while it was being read, VAULT_TRIES = %d times",
                    VAULT_TRIES);
        return false;
}

bool vault_files_sync(VaultFiles *files, GError **error)
{
        return syncfs(files->folder_fd) == 0 || vault_fail("write", error);
}

int vault_files_open(const VaultFiles *files, const char *sha256, GError **error)
{
        g_autofree char *path = g_strdup_printf("%.2s/%s", sha256, sha256);
        int fd = openat(files->folder_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "the vault's file %.12s… cannot be opened: %s", sha256,
                            g_strerror(errno));
        return fd;
}
