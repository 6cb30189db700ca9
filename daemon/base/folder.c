/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/folder.h"

#include "base/error.h"
#include "base/paths.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static bool refuse(OuroborosError code, GError **error, const char *path, const char *why)
{
        g_set_error(error, OUROBOROS_ERROR, code, "path: \"%s\" %s", path, why);
        return false;
}

/* Kernel interfaces are nobody's files, and the vault would swallow itself. */
static bool is_allowed(const char *path, const char *const *private_folders, GError **error)
{
        static const char *const kernel[] = {"/proc", "/sys", "/dev"};

        if (g_str_equal(path, "/"))
                return refuse(OUROBOROS_ERROR_INVALID, error, path,
                              "is the whole machine; name a folder in it");
        for (size_t i = 0; i < G_N_ELEMENTS(kernel); i++)
                if (path_is_inside(path, kernel[i]))
                        return refuse(OUROBOROS_ERROR_INVALID, error, path,
                                      "holds no documents but kernel data");
        for (unsigned i = 0; private_folders && private_folders[i]; i++)
                if (path_is_inside(path, private_folders[i]))
                        return refuse(OUROBOROS_ERROR_INVALID, error, path,
                                      "is inside Ouroboros's own data");
        return true;
}

static bool check_folder(const char *path, const char *shown, GError **error)
{
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0 && errno == ENOTDIR)
                return refuse(OUROBOROS_ERROR_INVALID, error, shown, "is not a folder");
        if (fd < 0) {
                error_set_errno(error, errno, "path: the folder \"%s\" cannot be read", shown);
                return false;
        }
        (void)close(fd);
        return g_utf8_validate(path, -1, NULL) ||
               refuse(OUROBOROS_ERROR_INVALID, error, shown, "leads to a name that is not UTF-8");
}

char *folder_resolve(const char *path, const char *const *private_folders, GError **error)
{
        if (!text_check("path", path, FOLDER_PATH_BYTES_MAX, "FOLDER_PATH_BYTES_MAX", error))
                return NULL;
        if (!g_path_is_absolute(path)) {
                (void)refuse(OUROBOROS_ERROR_INVALID, error, path, "is not absolute");
                return NULL;
        }
        char *resolved = realpath(path, NULL);
        g_autofree char *copy = g_strdup(resolved);
        free(resolved);
        if (!copy) {
                error_set_errno(error, errno, "path: \"%s\" cannot be used", path);
                return NULL;
        }
        return check_folder(copy, path, error) && is_allowed(copy, private_folders, error)
                       ? g_steal_pointer(&copy)
                       : NULL;
}
