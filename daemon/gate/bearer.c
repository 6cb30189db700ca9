/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bearers: 256 random bits as text, and the files that hold them. */
#include "gate/bearer.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void bearer_make(Bearer *ret)
{
        uint8_t bytes[BEARER_BYTES];

        randombytes_buf(bytes, sizeof bytes);
        memcpy(ret->text, BEARER_PREFIX, strlen(BEARER_PREFIX));
        (void)sodium_bin2base64(ret->text + strlen(BEARER_PREFIX),
                                sizeof ret->text - strlen(BEARER_PREFIX), bytes, sizeof bytes,
                                sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        sodium_memzero(bytes, sizeof bytes);
}

void bearer_clear(Bearer *bearer)
{
        sodium_memzero(bearer, sizeof *bearer);
}

void bearer_hash(const char *text, uint8_t ret[BEARER_HASH_BYTES])
{
        (void)crypto_generichash(ret, BEARER_HASH_BYTES, (const uint8_t *)text, strlen(text),
                                 /* key= */ NULL, 0);
}

void bearer_hash_hex(const char *text, char ret[BEARER_HEX])
{
        uint8_t hash[BEARER_HASH_BYTES];

        bearer_hash(text, hash);
        (void)sodium_bin2hex(ret, BEARER_HEX, hash, sizeof hash);
}

/* A hash is as random as its source: any four bytes of it are as good. */
unsigned bearer_key_hash(const void *key)
{
        unsigned hash;

        memcpy(&hash, key, sizeof hash);
        return hash;
}

int bearer_key_equal(const void *a, const void *b)
{
        return sodium_memcmp(a, b, BEARER_HASH_BYTES) == 0;
}

/* ---- files ---- */

char *bearer_path(const Paths *paths, const char *connection)
{
        return g_build_filename(paths->data, BEARER_FOLDER, connection, NULL);
}

static bool check_folder(int fd, const char *path, GError **error)
{
        struct stat status;

        if (fstat(fd, &status) < 0) {
                error_set_errno(error, errno, "Cannot look at %s", path);
                return false;
        }
        if (status.st_uid != geteuid()) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "%s belongs to somebody else: no bearer is written there", path);
                return false;
        }
        if ((status.st_mode & 07777) == 0700 || fchmod(fd, 0700) == 0)
                return true;
        error_set_errno(error, errno, "Cannot keep others out of %s", path);
        return false;
}

/* The folder of bearers, made if need be; -1 on failure. */
static int open_folder(const Paths *paths, bool make, GError **error)
{
        g_autofree char *path = g_build_filename(paths->data, BEARER_FOLDER, NULL);

        if (make && mkdir(path, 0700) < 0 && errno != EEXIST) {
                error_set_errno(error, errno, "Cannot make %s", path);
                return -1;
        }
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "%s is not a folder: no bearer is written there", path);
        else if (fd < 0)
                error_set_errno(error, errno, "Cannot open %s", path);
        if (fd >= 0 && !check_folder(fd, path, error)) {
                (void)close(fd);
                return -1;
        }
        return fd;
}

/* Under a name that nobody knows, then under its own: a reader finds the old one or the new one, whole. */
static bool write_in(int folder, const char *name, const Bearer *bearer, GError **error)
{
        g_autofree char *draft = id_new("draft");
        int fd = openat(folder, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (fd < 0) {
                error_set_errno(error, errno, "Cannot make the bearer file");
                return false;
        }
        bool ok = fchmod(fd, 0600) == 0 && file_write_all(fd, bearer->text, strlen(bearer->text)) &&
                  file_write_all(fd, "\n", 1) && fsync(fd) == 0 &&
                  renameat(folder, draft, folder, name) == 0 && fsync(folder) == 0;
        if (!ok) {
                error_set_errno(error, errno, "Cannot write the bearer file");
                (void)unlinkat(folder, draft, 0);
        }
        (void)close(fd);
        return ok;
}

bool bearer_write(const Paths *paths, const char *connection, const Bearer *bearer, GError **error)
{
        int folder = open_folder(paths, /* make= */ true, error);

        if (folder < 0)
                return false;
        bool ok = write_in(folder, connection, bearer, error);
        (void)close(folder);
        return ok;
}

bool bearer_remove(const Paths *paths, const char *connection, GError **error)
{
        g_autofree char *path = bearer_path(paths, connection);

        if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
                return true;
        error_set_errno(error, errno, "Cannot remove %s", path);
        return false;
}

char **bearer_list(const Paths *paths, GError **error)
{
        g_autofree char *path = g_build_filename(paths->data, BEARER_FOLDER, NULL);
        g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
        g_autoptr(GError) problem = NULL;
        g_autoptr(GDir) folder = g_dir_open(path, 0, &problem);
        const char *name;

        if (!folder && !g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        while (folder && (name = g_dir_read_name(folder)))
                if (id_is_valid(name, "conn") || id_is_valid(name, "draft"))
                        g_strv_builder_add(builder, name);
        return g_strv_builder_end(builder);
}
