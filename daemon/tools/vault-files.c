/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the two levels of a vault. Names that are no hash are not ours and are passed over; symlinks are
 * never followed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sodium.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/vault-files.h"

#define BLOCK_BYTES (128 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DIR, closedir)

typedef struct Walk {
        VaultFiles *files;
        StoreProgress progress;
        void *data;
        FILE *sums;
        int target; /* sha256 folder to copy to, or -1 */
        bool (*visit)(struct Walk *walk, int fd, const char *shard, const char *name,
                      GError **error);
} Walk;

void vault_files_clear(VaultFiles *files)
{
        g_clear_pointer(&files->problem, g_free);
}

static bool is_hash(const char *name, size_t digits)
{
        return strlen(name) == digits && strspn(name, "0123456789abcdef") == digits;
}

char *file_sha256(int fd, GError **error)
{
        g_autofree unsigned char *block = g_malloc(BLOCK_BYTES);
        unsigned char digest[crypto_hash_sha256_BYTES];
        char hex[2 * sizeof digest + 1];
        crypto_hash_sha256_state state;
        off_t offset = 0;

        crypto_hash_sha256_init(&state);
        for (;;) {
                ssize_t n = pread(fd, block, BLOCK_BYTES, offset);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0) {
                        error_set_errno(error, errno, "Cannot read a file of the vault");
                        return NULL;
                }
                if (n == 0)
                        break;
                crypto_hash_sha256_update(&state, block, (unsigned long long)n);
                offset += n;
        }
        crypto_hash_sha256_final(&state, digest);
        return g_strdup(sodium_bin2hex(hex, sizeof hex, digest, sizeof digest));
}

/* Kinds of file systems cannot copy among each other by copy_file_range(). */
static ssize_t copy_some(int from, off_t *offset, int to)
{
        ssize_t n = copy_file_range(from, offset, to, NULL, 1 << 30, 0);

        if (n < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS))
                n = sendfile(to, from, offset, 1 << 30);
        return n;
}

static bool copy_bytes(int from, int to, GError **error)
{
        off_t offset = 0;

        if (ioctl(to, FICLONE, from) == 0)
                return true;
        for (;;) {
                ssize_t n = copy_some(from, &offset, to);
                if (n == 0)
                        return true;
                if (n < 0 && errno != EINTR) {
                        error_set_errno(error, errno, "Cannot copy a file");
                        return false;
                }
        }
}

bool file_copy(int from, int folder, const char *name, GError **error)
{
        int to = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (to < 0) {
                error_set_errno(error, errno, "Cannot make %s", name);
                return false;
        }
        bool copied = copy_bytes(from, to, error);
        if (copied && fsync(to) < 0) {
                error_set_errno(error, errno, "Cannot write %s to the disk", name);
                copied = false;
        }
        close(to);
        if (!copied)
                (void)unlinkat(folder, name, 0);
        return copied;
}

/* Opens a folder inside another; a missing one is NULL without an error. */
static DIR *open_folder(int parent, const char *name, GError **error)
{
        int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0) {
                if (errno != ENOENT)
                        error_set_errno(error, errno, "Cannot open the folder %s", name);
                return NULL;
        }
        return fdopendir(fd);
}

static bool visit_file(Walk *walk, DIR *shard, const char *shard_name, const char *name,
                       GError **error)
{
        int fd = openat(dirfd(shard), name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        struct stat status;

        if (fd < 0 || fstat(fd, &status) < 0) {
                error_set_errno(error, errno, "Cannot open the vault's file %s", name);
                if (fd >= 0)
                        close(fd);
                return false;
        }
        walk->files->count++;
        walk->files->bytes += status.st_size;
        bool visited = walk->visit(walk, fd, shard_name, name, error);
        close(fd);
        return visited;
}

static bool walk_shard(Walk *walk, int top, const char *name, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(DIR) shard = open_folder(top, name, &problem);
        struct dirent *entry;

        if (!shard) {
                if (problem)
                        g_propagate_error(error, g_steal_pointer(&problem));
                return !problem || !error;
        }
        while ((entry = readdir(shard)))
                if (is_hash(entry->d_name, 64) &&
                    !visit_file(walk, shard, name, entry->d_name, error))
                        return false;
        return true;
}

static bool report(Walk *walk, int done, GError **error)
{
        if (!walk->progress || walk->progress(done / 256.0, walk->data))
                return true;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                            "The daemon is stopping");
        return false;
}

static bool walk_vault(Walk *walk, const char *vault, GError **error)
{
        g_autofree char *path = g_build_filename(vault, "sha256", NULL);
        g_autoptr(GError) problem = NULL;
        g_autoptr(DIR) top = open_folder(AT_FDCWD, path, &problem);

        if (!top) {
                if (!problem)
                        return true; /* nothing was ever taken in */
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        for (int i = 0; i < 256; i++) {
                char name[3];
                g_snprintf(name, sizeof name, "%02x", i);
                if (!report(walk, i, error) || !walk_shard(walk, dirfd(top), name, error))
                        return false;
        }
        return true;
}

static bool check_file(Walk *walk, int fd, const char *shard, const char *name, GError **error)
{
        g_autofree char *hash = file_sha256(fd, error);

        if (!hash)
                return false;
        if (g_str_equal(hash, name))
                return true;
        walk->files->bad++;
        if (!walk->files->problem)
                walk->files->problem =
                        g_strdup_printf("the file sha256/%s/%s holds something else", shard, name);
        return true;
}

bool vault_files_check(const char *vault, StoreProgress progress, void *data, VaultFiles *ret,
                       GError **error)
{
        Walk walk = {.files = ret, .progress = progress, .data = data, .visit = check_file};

        return walk_vault(&walk, vault, error);
}

static bool copy_file(Walk *walk, int fd, const char *shard, const char *name, GError **error)
{
        g_autofree char *path = g_strdup_printf("%s/%s", shard, name);
        g_autofree char *hash = file_sha256(fd, error);

        if (!hash)
                return false;
        if (!g_str_equal(hash, name)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "The vault's file sha256/%s holds something else", path);
                return false;
        }
        if (walk->sums && fprintf(walk->sums, "%s  sha256/%s\n", hash, path) < 0) {
                error_set_errno(error, errno, "Cannot write the list of files");
                return false;
        }
        if (faccessat(walk->target, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
                return true;
        if (mkdirat(walk->target, shard, 0700) < 0 && errno != EEXIST) {
                error_set_errno(error, errno, "Cannot make the folder %s", shard);
                return false;
        }
        return file_copy(fd, walk->target, path, error);
}

bool vault_files_copy(const char *from, const char *to, FILE *sums, VaultFiles *ret, GError **error)
{
        g_autofree char *path = g_build_filename(to, "sha256", NULL);

        if (g_mkdir_with_parents(path, 0700) < 0) {
                error_set_errno(error, errno, "Cannot make the folder %s", path);
                return false;
        }
        int target = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (target < 0) {
                error_set_errno(error, errno, "Cannot open the folder %s", path);
                return false;
        }
        Walk walk = {.files = ret, .sums = sums, .target = target, .visit = copy_file};
        bool copied = walk_vault(&walk, from, error);
        if (copied && syncfs(target) < 0) {
                error_set_errno(error, errno, "Cannot write the copy to the disk");
                copied = false;
        }
        close(target);
        return copied;
}
