/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folders of an instance, and opening files below a folder that a stranger can write to. */
#include "base/paths.h"

#include <config.h> /* the build's; "config.h" would be this room's own */

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_TRIES 16 /* openat2 says EAGAIN when a rename runs beside it */

/* The first folder of an environment variable that may hold a colon-separated list; NULL unless absolute. */
static char *environment_folder(const char *name)
{
        const char *value = g_getenv(name);

        return value && *value == '/' ? g_strndup(value, strcspn(value, ":")) : NULL;
}

static char *home_folder(const char *variable, const char *below_home)
{
        g_autofree char *folder = environment_folder(variable);
        g_autofree char *home = environment_folder("HOME");

        return folder ? g_steal_pointer(&folder)
                      : g_build_filename(home ? home : g_get_home_dir(), below_home, NULL);
}

char *paths_data(Instance instance)
{
        char *state = instance == INSTANCE_SYSTEM ? environment_folder("STATE_DIRECTORY") : NULL;

        if (instance == INSTANCE_SYSTEM)
                return state ? state : g_strdup("/var/lib/ouroboros");
        g_autofree char *data = home_folder("XDG_DATA_HOME", ".local/share");
        return g_build_filename(data, "ouroboros", NULL);
}

static void find_user(Paths *paths)
{
        g_autofree char *runtime = home_folder("XDG_RUNTIME_DIR", ".cache/ouroboros-run");

        paths->data = paths_data(INSTANCE_USER);
        paths->vault = home_folder("", "Ouroboros/vault");
        paths->runtime = g_build_filename(runtime, "ouroboros", NULL);
}

static void find_system(Paths *paths)
{
        paths->data = paths_data(INSTANCE_SYSTEM);
        paths->vault = g_build_filename(paths->data, "vault", NULL);
        paths->runtime = environment_folder("RUNTIME_DIRECTORY");
        if (!paths->runtime)
                paths->runtime = g_strdup("/run/ouroboros");
}

/* Makes a folder of our own; one that is there must be a folder and ours. */
static bool make_folder(const char *path, GError **error)
{
        struct stat status;

        if (g_mkdir_with_parents(path, 0700) < 0 || stat(path, &status) < 0) {
                error_set_errno(error, errno, "cannot make the folder %s", path);
                return false;
        }
        if (status.st_uid != geteuid()) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "the folder %s belongs to user %u, not to user %u", path, status.st_uid,
                            geteuid());
                return false;
        }
        return true;
}

static bool make_folders(const Paths *paths, GError **error)
{
        if (!make_folder(paths->data, error) || !make_folder(paths->runtime, error))
                return false;
        /* a vault on a disk that cannot be written now is a state to be told, not a reason not to start */
        if (g_mkdir_with_parents(paths->vault, 0700) == 0 || errno == EROFS || errno == EACCES ||
            errno == EPERM || errno == ENOSPC)
                return true;
        error_set_errno(error, errno, "cannot make the folder %s", paths->vault);
        return false;
}

Paths *paths_new(Instance instance, GError **error)
{
        g_autoptr(Paths) paths = g_new0(Paths, 1);

        paths->instance = instance;
        if (instance == INSTANCE_USER)
                find_user(paths);
        else
                find_system(paths);
        paths->libexec = environment_folder("OUROBOROS_LIBEXECDIR");
        if (!paths->libexec)
                paths->libexec = g_strdup(OUROBOROS_LIBEXECDIR);
        return make_folders(paths, error) ? g_steal_pointer(&paths) : NULL;
}

Paths *paths_free(Paths *paths)
{
        if (!paths)
                return NULL;
        g_free(paths->data);
        g_free(paths->vault);
        g_free(paths->runtime);
        g_free(paths->libexec);
        g_free(paths);
        return NULL;
}

int path_open_beneath(int dir_fd, const char *path, int flags, GError **error)
{
        struct open_how how = {
                .flags = (uint64_t)(flags | O_CLOEXEC),
                .mode = flags & O_CREAT ? 0600 : 0,
                .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
        };
        int fd = -1;

        if (flags & O_NOFOLLOW)
                how.resolve |= RESOLVE_NO_SYMLINKS;
        for (int i = 0; i < OPEN_TRIES; i++) {
                fd = (int)syscall(SYS_openat2, dir_fd, path, &how, sizeof how);
                if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
                        break;
        }
        if (fd >= 0)
                return fd;
        if (errno == EXDEV)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "the path %.200s leads outside its folder", path);
        else
                error_set_errno(error, errno, "cannot open %.200s", path);
        return -1;
}

bool path_is_inside(const char *path, const char *folder)
{
        size_t length = strlen(folder);

        while (length > 0 && folder[length - 1] == '/')
                length--;
        return strncmp(path, folder, length) == 0 &&
               (path[length] == '/' || (path[length] == '\0' && length > 0));
}
