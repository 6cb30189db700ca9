/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the two levels of a vault. Names that are no hash are not ours and are passed over; symlinks are
 * never followed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/vault-walk.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DIR, closedir)

typedef struct Walk {
        VaultTally *tally;
        StoreProgress progress;
        void *data;
        FILE *sums;
        int target; /* sha256 folder to copy to, or -1 */
        bool (*visit)(struct Walk *walk, int fd, const char *shard, const char *name,
                      GError **error);
} Walk;

void vault_tally_clear(VaultTally *tally)
{
        g_clear_pointer(&tally->problem, g_free);
        g_clear_pointer(&tally->damaged, g_ptr_array_unref);
}

static bool is_hash(const char *name, size_t digits)
{
        return strlen(name) == digits && strspn(name, "0123456789abcdef") == digits;
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
        int fd = file_open(dirfd(shard), name, error);
        struct stat status;

        if (fd < 0) {
                g_prefix_error(error, "The vault's file: ");
                return false;
        }
        walk->tally->count++;
        if (fstat(fd, &status) == 0)
                walk->tally->bytes += status.st_size;
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
        walk->tally->bad++;
        if (!walk->tally->problem)
                walk->tally->problem =
                        g_strdup_printf("the file sha256/%s/%s holds something else", shard, name);
        return true;
}

bool vault_walk_check(const char *vault, StoreProgress progress, void *data, VaultTally *ret,
                      GError **error)
{
        Walk walk = {.tally = ret, .progress = progress, .data = data, .visit = check_file};

        return walk_vault(&walk, vault, error);
}

/* A file that is of no use must not keep the others from being copied. */
static bool leave_out(Walk *walk, int fd, const char *path)
{
        VaultTally *tally = walk->tally;
        struct stat status;

        tally->count--;
        if (fstat(fd, &status) == 0)
                tally->bytes -= status.st_size;
        tally->bad++;
        if (!tally->damaged)
                tally->damaged = g_ptr_array_new_with_free_func(g_free);
        if (tally->damaged->len < VAULT_WALK_NAMES_MAX)
                g_ptr_array_add(tally->damaged, g_strconcat("sha256/", path, NULL));
        return true;
}

static bool copy_file(Walk *walk, int fd, const char *shard, const char *name, GError **error)
{
        g_autofree char *path = g_strdup_printf("%s/%s", shard, name);
        g_autofree char *hash = file_sha256(fd, walk->sums ? NULL : error);

        if (walk->sums && g_strcmp0(hash, name) != 0)
                return leave_out(walk, fd, path);
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

bool vault_walk_copy(const char *from, const char *to, FILE *sums, VaultTally *ret, GError **error)
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
        Walk walk = {.tally = ret, .sums = sums, .target = target, .visit = copy_file};
        bool copied = walk_vault(&walk, from, error);
        if (copied && syncfs(target) < 0) {
                error_set_errno(error, errno, "Cannot write the copy to the disk");
                copied = false;
        }
        close(target);
        return copied;
}
