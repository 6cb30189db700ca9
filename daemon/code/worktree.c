/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/worktree.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first line of a small file without white space around it; NULL: there is none. */
static char *read_line(const char *folder, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        int fd = file_open(AT_FDCWD, path, NULL);
        g_autofree char *text = fd < 0 ? NULL
                                       : file_read_text(fd, WORKTREE_FILE_BYTES_MAX,
                                                        "WORKTREE_FILE_BYTES_MAX", NULL);

        if (fd >= 0)
                (void)close(fd);
        if (!text)
                return NULL;
        text[strcspn(text, "\r\n")] = '\0';
        g_strstrip(text);
        return *text ? g_steal_pointer(&text) : NULL;
}

static bool is_folder(const char *path)
{
        struct stat st;

        return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A path that stands in a file of git: relative to the folder of that file. */
static char *path_in(const char *folder, const char *said)
{
        return g_canonicalize_filename(said, folder);
}

/* Where .git of a folder leads; NULL: it has none, or one that leads nowhere. */
static char *git_of(const char *folder)
{
        g_autofree char *git = g_build_filename(folder, ".git", NULL);
        struct stat st;

        if (lstat(git, &st) < 0)
                return NULL;
        if (S_ISDIR(st.st_mode))
                return g_steal_pointer(&git);
        g_autofree char *line = S_ISREG(st.st_mode) ? read_line(folder, ".git") : NULL;
        if (!line || !g_str_has_prefix(line, "gitdir:"))
                return NULL;
        g_autofree char *led = path_in(folder, g_strstrip(line + strlen("gitdir:")));
        return is_folder(led) ? g_steal_pointer(&led) : NULL;
}

Worktree *worktree_find(const char *folder)
{
        g_autofree char *top = g_strdup(folder);

        while (!g_str_equal(top, "/") && !g_str_equal(top, ".")) {
                g_autofree char *git = git_of(top);

                if (git) {
                        Worktree *worktree = g_new0(Worktree, 1);
                        g_autofree char *common = read_line(git, "commondir");
                        const char *prefix = folder + strlen(top);

                        worktree->common = common ? path_in(git, common) : g_strdup(git);
                        worktree->git = g_steal_pointer(&git);
                        worktree->prefix = g_strdup(*prefix == '/' ? prefix + 1 : prefix);
                        worktree->top = g_steal_pointer(&top);
                        return worktree;
                }
                char *parent = g_path_get_dirname(top);
                g_free(top);
                top = parent;
        }
        return NULL;
}

Worktree *worktree_free(Worktree *worktree)
{
        if (!worktree)
                return NULL;
        g_free(worktree->top);
        g_free(worktree->prefix);
        g_free(worktree->git);
        g_free(worktree->common);
        g_free(worktree);
        return NULL;
}

bool worktree_is_at(int folder, const char *name)
{
        g_autofree char *git = g_build_filename(name, ".git", NULL);
        struct stat st;

        return fstatat(folder, git, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
               (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode));
}

/* ---- what is checked out ---- */

static bool is_commit(const char *text)
{
        size_t length = text ? strlen(text) : 0;

        return (length == 40 || length == 64) &&
               strspn(text, "0123456789abcdef") == length; /* SHA-1, SHA-256 */
}

/* A name as git allows it: it cannot lead out of the folder of refs. */
static bool is_ref(const char *ref)
{
        return g_str_has_prefix(ref, "refs/") && strlen(ref) <= WORKTREE_BRANCH_CHARS_MAX &&
               !strstr(ref, "..") && !strstr(ref, "//") && g_utf8_validate(ref, -1, NULL);
}

static char *packed_commit(const Worktree *worktree, const char *ref)
{
        g_autofree char *path = g_build_filename(worktree->common, "packed-refs", NULL);
        int fd = file_open(AT_FDCWD, path, NULL);
        g_autofree char *text = fd < 0 ? NULL
                                       : file_read_text(fd, WORKTREE_PACKED_BYTES_MAX,
                                                        "WORKTREE_PACKED_BYTES_MAX", NULL);
        g_autofree char *end = g_strdup_printf(" %s", ref);

        if (fd >= 0)
                (void)close(fd);
        for (char *line = text; line && *line;) {
                char *next = strchr(line, '\n');
                char *space = strchr(line, ' ');

                if (next)
                        *next = '\0';
                if (space && g_str_equal(space, end))
                        return g_strndup(line, (size_t)(space - line));
                line = next ? next + 1 : NULL;
        }
        return NULL;
}

static char *commit_of(const Worktree *worktree, const char *ref)
{
        g_autofree char *commit = read_line(worktree->git, ref);

        if (!commit)
                commit = read_line(worktree->common, ref);
        if (!commit)
                commit = packed_commit(worktree, ref);
        return is_commit(commit) ? g_steal_pointer(&commit) : NULL;
}

void worktree_head(const Worktree *worktree, char **ret_branch, char **ret_commit)
{
        g_autofree char *head = read_line(worktree->git, "HEAD");

        *ret_branch = *ret_commit = NULL;
        if (head && g_str_has_prefix(head, "ref:")) {
                const char *ref = g_strstrip(head + strlen("ref:"));

                if (!is_ref(ref))
                        return;
                *ret_commit = commit_of(worktree, ref);
                *ret_branch = g_strdup(
                        g_str_has_prefix(ref, "refs/heads/") ? ref + strlen("refs/heads/") : ref);
        } else if (is_commit(head)) {
                *ret_commit = g_steal_pointer(&head);
        }
}

/* ---- the user's own ignore file ---- */

static char *home_path(const char *below)
{
        const char *home = g_getenv("HOME");

        return home && *home == '/' ? g_build_filename(home, below, NULL) : NULL;
}

static char *config_folder(void)
{
        const char *folder = g_getenv("XDG_CONFIG_HOME");

        return folder && *folder == '/' ? g_strdup(folder) : home_path(".config");
}

/* The value of excludesfile in [core]; includes of other files are not followed. */
static char *find_excludes(const char *text)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        g_autofree char *found = NULL;
        bool core = false;

        for (char **line = lines; *line; line++) {
                char *at = g_strstrip(*line), *equals = strchr(at, '=');

                if (*at == '[')
                        core = g_ascii_strncasecmp(at, "[core]", strlen("[core]")) == 0;
                if (!core || !equals || g_ascii_strncasecmp(at, "excludesfile", 12) != 0)
                        continue;
                char *value = g_strstrip(equals + 1);
                size_t length = strlen(value);
                if (length >= 2 && value[0] == '"' && value[length - 1] == '"') {
                        value[length - 1] = '\0';
                        value++;
                }
                g_free(found);
                found = g_str_has_prefix(value, "~/") ? home_path(value + 2) : g_strdup(value);
        }
        return g_steal_pointer(&found);
}

static char *excludes_of(const char *config)
{
        int fd = config ? file_open(AT_FDCWD, config, NULL) : -1;
        g_autofree char *text = fd < 0 ? NULL
                                       : file_read_text(fd, WORKTREE_CONFIG_BYTES_MAX,
                                                        "WORKTREE_CONFIG_BYTES_MAX", NULL);
        char *found = text ? find_excludes(text) : NULL;

        if (fd >= 0)
                (void)close(fd);
        return found;
}

char *worktree_global_excludes(void)
{
        g_autofree char *folder = config_folder();
        g_autofree char *first = home_path(".gitconfig");
        g_autofree char *second = folder ? g_build_filename(folder, "git", "config", NULL) : NULL;
        char *found = excludes_of(first);

        if (!found)
                found = excludes_of(second);
        if (!found && folder)
                found = g_build_filename(folder, "git", "ignore", NULL);
        return found;
}
