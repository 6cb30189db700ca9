/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/history-place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The path without links, which the caller frees; NULL: there is nothing. */
static char *real_path(const char *path)
{
        char buffer[PATH_MAX];

        return realpath(path, buffer) ? g_strdup(buffer) : NULL;
}

static char *read_small(const char *folder, const char *name, size_t max)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        int fd = file_open(AT_FDCWD, path, NULL);
        char *text = fd < 0 ? NULL : file_read_text(fd, max, "WORKTREE_CONFIG_BYTES_MAX", NULL);

        if (fd >= 0)
                (void)close(fd);
        return text;
}

/* Does what a file of git's folder says, relative to it, lead to a path? */
static bool leads_to(const char *git, const char *said, const char *path)
{
        g_autofree char *whole = g_canonicalize_filename(said, git);
        g_autofree char *real = real_path(whole), *wanted = real_path(path);

        return real && wanted && g_str_equal(real, wanted);
}

/* A linked work tree: git's folder keeps where its ".git" is. */
static bool names_link(const char *git, const char *top)
{
        g_autofree char *text = read_small(git, "gitdir", WORKTREE_FILE_BYTES_MAX);
        g_autofree char *link = g_build_filename(top, ".git", NULL);

        return text && leads_to(git, g_strstrip(text), link);
}

/* The work tree of a submodule: the last core.worktree of git's configuration, which the caller frees; NULL: it says none. */
static char *read_work_tree(const char *git)
{
        g_autofree char *text = read_small(git, "config", WORKTREE_CONFIG_BYTES_MAX);
        g_auto(GStrv) lines = g_strsplit(text ?: "", "\n", -1);
        g_autofree char *found = NULL;
        bool core = false;

        for (char **line = lines; *line; line++) {
                char *at = g_strstrip(*line), *equals = strchr(at, '=');

                if (*at == '[')
                        core = g_ascii_strncasecmp(at, "[core]", strlen("[core]")) == 0;
                if (!core || !equals || g_ascii_strncasecmp(at, "worktree", 8) != 0)
                        continue;
                g_free(found);
                found = g_strdup(g_strstrip(equals + 1));
        }
        return g_steal_pointer(&found);
}

static bool names_work_tree(const char *git, const char *top)
{
        g_autofree char *said = read_work_tree(git);

        return said && leads_to(git, said, top);
}

static bool has_file(const char *folder, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);

        return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* Inside of the work tree, but not that of a repository, a linked work tree or a submodule further inside, which may be somebody
 * else's to see. */
static bool lies_in_own(const char *git, const char *real_top)
{
        g_autofree char *own = g_build_filename(real_top, ".git", NULL);
        g_autofree char *name = g_path_get_basename(git), *said = read_work_tree(git);

        if (g_str_equal(git, own))
                return true;
        return path_is_inside(git, real_top) && !path_is_inside(git, own) &&
               !g_str_equal(name, ".git") && !has_file(git, "gitdir") && !said;
}

/* What linked work trees share is two folders up: nothing else is believed. */
static bool is_common_of(const char *git, const char *common)
{
        g_autofree char *folder = g_path_get_dirname(git), *shared = g_path_get_dirname(folder);
        g_autofree char *name = g_path_get_basename(folder);

        return g_str_equal(git, common) ||
               (g_str_equal(name, "worktrees") && g_str_equal(shared, common));
}

static bool check(const HistoryPlace *place, const char *folder, GError **error)
{
        const char *top = place->worktree->top;
        g_autofree char *real_top = real_path(top);

        if (place->git && place->common && real_top && is_common_of(place->git, place->common) &&
            (lies_in_own(place->git, real_top) || names_link(place->git, top) ||
             names_work_tree(place->git, top)))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "the .git of %s leads to a folder that does not name it as its work tree",
                    folder);
        return false;
}

static bool open_folders(HistoryPlace *place, GError **error)
{
        const char *paths[] = {place->git, place->common};

        for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
                place->fds[i] = open(paths[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (place->fds[i] < 0) {
                        error_set_errno(error, errno, "the folder of git cannot be opened");
                        return false;
                }
        }
        return true;
}

static void place_clear(void *data)
{
        HistoryPlace *place = data;

        for (unsigned i = 0; i < G_N_ELEMENTS(place->fds); i++)
                if (place->fds[i] >= 0)
                        (void)close(place->fds[i]);
        (void)worktree_free(place->worktree);
        g_free(place->git);
        g_free(place->common);
}

HistoryPlace *history_place_ref(HistoryPlace *place)
{
        return g_atomic_rc_box_acquire(place);
}

HistoryPlace *history_place_unref(HistoryPlace *place)
{
        if (place)
                g_atomic_rc_box_release_full(place, place_clear);
        return NULL;
}

HistoryPlace *history_place_find(const char *folder, GError **error)
{
        g_autoptr(HistoryPlace) place = g_atomic_rc_box_new0(HistoryPlace);

        place->fds[0] = place->fds[1] = -1;
        place->worktree = worktree_find(folder);
        if (!place->worktree) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "the repository %s has no history: it lies in no work tree of git",
                            folder);
                return NULL;
        }
        place->git = real_path(place->worktree->git);
        place->common = real_path(place->worktree->common);
        return check(place, folder, error) && open_folders(place, error) ? g_steal_pointer(&place)
                                                                         : NULL;
}
