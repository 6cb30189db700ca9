/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk over open descriptors, so that nobody can swap a folder for a link under our feet. The rules that hold for a
 * folder are those of its own .gitignore and of all above it up to the top of the work tree, the nearest first. */
#include "code/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "code/history-place.h"
#include "code/ignore.h"
#include "code/worktree.h"

#define IGNORE_FILE ".gitignore"

typedef struct Walk {
        const FilesOptions *options;
        Files *files;
        Worktree *worktree; /* or NULL */
        char *prefix;     /* from the work tree's top to the repository, with "/" if it is not "" */
        GPtrArray *rules; /* of IgnoreRules, the outermost first */
        unsigned depth;
        GError *stopped;
} Walk;

/* ---- results ---- */

static void found_file_free(void *data)
{
        FoundFile *file = data;

        g_free(file->path);
        g_free(file);
}

Files *files_free(Files *files)
{
        if (!files)
                return NULL;
        g_hash_table_unref(files->found);
        g_ptr_array_unref(files->submodules);
        g_ptr_array_unref(files->blocked);
        g_free(files);
        return NULL;
}

static Files *files_new(void)
{
        Files *files = g_new0(Files, 1);

        files->found = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, found_file_free);
        files->submodules = g_ptr_array_new_with_free_func(g_free);
        files->blocked = g_ptr_array_new_with_free_func(g_free);
        return files;
}

/* ---- what is ignored ---- */

static void rules_destroy(void *rules)
{
        (void)ignore_rules_free(rules);
}

/* Adds the rules of a file, if it is there; base is relative to the work tree's top. */
static void add_rules(Walk *walk, int folder, const char *name, const char *base)
{
        int fd = file_open(folder, name, NULL);
        g_autofree char *text = fd < 0 ? NULL : g_malloc(IGNORE_FILE_BYTES_MAX);
        ssize_t length = fd < 0 ? -1 : file_read_at(fd, text, IGNORE_FILE_BYTES_MAX, 0);

        if (fd >= 0)
                (void)close(fd);
        if (length > 0)
                g_ptr_array_add(walk->rules, ignore_rules_new(base, text, (size_t)length));
}

static void add_outer_rules(Walk *walk)
{
        g_autofree char *global = worktree_global_excludes();
        g_autofree char *exclude =
                walk->worktree ? g_build_filename(walk->worktree->common, "info", "exclude", NULL)
                               : NULL;

        if (global)
                add_rules(walk, AT_FDCWD, global, "");
        if (exclude)
                add_rules(walk, AT_FDCWD, exclude, "");
        if (!walk->worktree)
                return;
        /* the folders between the top and the repository */
        for (const char *at = walk->prefix; *at; at = strchr(at, '/') + 1) {
                g_autofree char *above = g_strndup(walk->prefix, (size_t)(at - walk->prefix));
                g_autofree char *file =
                        g_build_filename(walk->worktree->top, above, IGNORE_FILE, NULL);

                if (above[0])
                        above[strlen(above) - 1] = '\0';
                add_rules(walk, AT_FDCWD, file, above);
        }
}

/* whole: from the work tree's top. */
static bool judge(const Walk *walk, const char *whole, bool folder)
{
        for (unsigned i = walk->rules->len; i-- > 0;) {
                IgnoreVerdict verdict = ignore_rules_judge(walk->rules->pdata[i], whole, folder);

                if (verdict != IGNORE_SILENT)
                        return verdict == IGNORE_IGNORED;
        }
        return false;
}

static bool is_ignored(const Walk *walk, const char *path, bool folder)
{
        g_autofree char *whole = *walk->prefix ? g_strconcat(walk->prefix, path, NULL) : NULL;
        bool ignored = judge(walk, whole ? whole : path, folder);

        walk->files->left_out += ignored;
        return ignored;
}

#define ANY_NAME "a-name-that-nobody-has"

/* Whoever adds a folder that the repository around it ignores wants just that: then the rules around it do not hold in it. */
static void forgive_outer_rules(Walk *walk)
{
        g_autofree char *any = g_strconcat(walk->prefix, ANY_NAME, NULL);
        bool ignored = *walk->prefix && judge(walk, any, /* folder= */ true) &&
                       judge(walk, any, /* folder= */ false);

        for (const char *at = walk->prefix; (at = strchr(at, '/')) && !ignored; at++) {
                g_autofree char *above = g_strndup(walk->prefix, (size_t)(at - walk->prefix));

                ignored = judge(walk, above, /* folder= */ true);
        }
        if (ignored)
                g_ptr_array_set_size(walk->rules, 0);
}

bool files_is_rule(const char *path)
{
        return g_str_equal(path, IGNORE_FILE) || g_str_has_suffix(path, "/" IGNORE_FILE) ||
               g_str_equal(path, ".git") || g_str_has_suffix(path, "/.git");
}

/* ---- what is wanted ---- */

/* Folders into which others' code, or what was built, is put. */
static bool is_vendored_name(const char *name)
{
        static const char *const folders[] = {"node_modules",
                                              "bower_components",
                                              "jspm_packages",
                                              "vendor",
                                              "third_party",
                                              "thirdparty",
                                              "third-party",
                                              "3rdparty",
                                              "dist",
                                              "target",
                                              ".venv",
                                              "site-packages",
                                              "dist-packages",
                                              ".tox",
                                              ".nox",
                                              ".eggs",
                                              "__pycache__",
                                              ".mypy_cache",
                                              ".gradle",
                                              ".next",
                                              ".nuxt",
                                              ".svelte-kit",
                                              ".yarn",
                                              "Pods",
                                              "Carthage",
                                              ".terraform",
                                              NULL};

        return g_strv_contains(folders, name);
}

static bool is_wanted_language(const Repository *repository, UnitLanguage language)
{
        return language == UNIT_MANIFEST || !repository->languages ||
               g_strv_contains((const char *const *)repository->languages,
                               unit_language_to_string(language)) ||
               /* a header may turn out to be C++ */
               (language == UNIT_C &&
                g_strv_contains((const char *const *)repository->languages, "cpp"));
}

bool files_may_hold(const FilesOptions *options, const char *path, UnitLanguage language)
{
        const Repository *repository = options->repository;
        g_autofree char *whole = g_build_filename(repository->path, path, NULL);
        g_auto(GStrv) parts = g_strsplit(path, "/", -1);

        for (char **part = parts; !repository->include_vendored && *part && part[1]; part++)
                if (is_vendored_name(*part))
                        return false;
        for (const char *const *skip = options->skip; skip && *skip; skip++)
                if (path_is_inside(whole, *skip))
                        return false;
        return is_wanted_language(repository, language) &&
               (!repository->include || glob_set_matches(repository->include, path)) &&
               (!repository->exclude || !glob_set_matches(repository->exclude, path));
}

static bool is_wanted_file(const Walk *walk, const char *path)
{
        const Repository *repository = walk->options->repository;

        return (!repository->include || glob_set_matches(repository->include, path)) &&
               (!repository->exclude || !glob_set_matches(repository->exclude, path)) &&
               !is_ignored(walk, path, /* folder= */ false);
}

static bool is_wanted_folder(const Walk *walk, const char *path)
{
        const Repository *repository = walk->options->repository;
        const GlobSet *include = repository->include;
        const char *const *skip = walk->options->skip;

        if ((include && !glob_set_matches(include, path) && !glob_set_may_lead(include, path)) ||
            (repository->exclude && glob_set_matches(repository->exclude, path)))
                return false;
        if (skip) {
                g_autofree char *whole = g_build_filename(repository->path, path, NULL);

                if (g_strv_contains(skip, whole))
                        return false;
        }
        return !is_ignored(walk, path, /* folder= */ true);
}

/* ---- the walk ---- */

/* A folder that the walk has come to. */
typedef struct Place {
        int fd;
        const char *path; /* "" is the repository */
        bool vendored;
        bool whole; /* all of it is looked at; else only what lies on the way to something */
} Place;

static int64_t microseconds(const struct timespec *time)
{
        return (int64_t)time->tv_sec * G_USEC_PER_SEC + time->tv_nsec / 1000;
}

static void see_file(Walk *walk, const Place *place, const char *name, const char *path)
{
        UnitLanguage language = unit_language_of(name);
        struct stat st;

        if (language == 0 || !is_wanted_language(walk->options->repository, language) ||
            strlen(path) > FILES_PATH_BYTES_MAX || !g_utf8_validate(path, -1, NULL) ||
            !is_wanted_file(walk, path) || fstatat(place->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(st.st_mode))
                return;
        if (g_hash_table_size(walk->files->found) >= FILES_MAX) {
                walk->files->cut = true;
                return;
        }
        FoundFile *file = g_new(FoundFile, 1);
        *file = (FoundFile){.path = g_strdup(path),
                            .bytes = st.st_size,
                            .mtime = microseconds(&st.st_mtim),
                            .ctime = microseconds(&st.st_ctim),
                            .language = language,
                            .vendored = place->vendored};
        g_hash_table_replace(walk->files->found, file->path, file);
}

typedef struct Name {
        char *name;
        unsigned char type; /* DT_… */
        bool whole;         /* all below it is looked at */
} Name;

static void name_clear(void *data)
{
        g_free(((Name *)data)->name);
}

static GArray *names_new(void)
{
        GArray *names = g_array_new(FALSE, FALSE, sizeof(Name));

        g_array_set_clear_func(names, name_clear);
        return names;
}

static GArray *read_names(int fd)
{
        int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;

        if (!dir) {
                if (copy >= 0)
                        (void)close(copy);
                return NULL;
        }
        GArray *names = names_new();
        for (struct dirent *entry; (entry = readdir(dir));) {
                Name name = {.type = entry->d_type, .whole = true};

                if (g_str_equal(entry->d_name, ".") || g_str_equal(entry->d_name, ".."))
                        continue;
                name.name = g_strdup(entry->d_name);
                g_array_append_val(names, name);
        }
        (void)closedir(dir);
        return names;
}

static Name *find_name(const GArray *names, const char *wanted, size_t length)
{
        for (unsigned i = 0; i < names->len; i++) {
                Name *name = &g_array_index(names, Name, i);

                if (strncmp(name->name, wanted, length) == 0 && !name->name[length])
                        return name;
        }
        return NULL;
}

/* The names in a folder that lead to what is to be looked at. */
static GArray *names_on_the_way(const Walk *walk, const char *path)
{
        size_t length = strlen(path);
        GArray *names = names_new();

        for (const char *const *only = walk->options->only; *only; only++) {
                const char *below = *only + length + (length > 0);
                size_t part =
                        strncmp(*only, path, length) == 0 && (!length || (*only)[length] == '/')
                                ? strcspn(below, "/")
                                : 0;
                Name *known = part ? find_name(names, below, part) : NULL;

                if (part && !known) {
                        Name name = {g_strndup(below, part), DT_UNKNOWN, false};
                        g_array_append_val(names, name);
                        known = &g_array_index(names, Name, names->len - 1);
                }
                if (known)
                        known->whole |= !below[part];
        }
        return names;
}

static unsigned char type_of(int folder, const Name *name)
{
        struct stat st;

        if (name->type != DT_UNKNOWN)
                return name->type;
        if (fstatat(folder, name->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return DT_UNKNOWN;
        return S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
}

static bool must_stop(Walk *walk)
{
        if (!walk->stopped && walk->options->stopping && g_atomic_int_get(walk->options->stopping))
                walk->stopped = g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                                                    "the walk was stopped");
        return walk->stopped != NULL;
}

static void enter(Walk *walk, const Place *place);

static void see_folder(Walk *walk, const Place *place, const Name *name, const char *path)
{
        const Repository *repository = walk->options->repository;
        Place below = {.path = path,
                       .vendored = place->vendored || is_vendored_name(name->name),
                       .whole = place->whole || name->whole};

        if (below.vendored && !repository->include_vendored)
                walk->files->left_out++;
        if (g_str_equal(name->name, ".git") || (below.vendored && !repository->include_vendored) ||
            !g_utf8_validate(path, -1, NULL) || !is_wanted_folder(walk, path))
                return;
        if (worktree_is_at(place->fd, name->name)) {
                g_ptr_array_add(walk->files->submodules, g_strdup(path));
                return;
        }
        below.fd = openat(place->fd, name->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below.fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
                g_ptr_array_add(walk->files->blocked, g_strdup(path));
        if (below.fd < 0)
                return;
        enter(walk, &below);
        (void)close(below.fd);
}

static void see_names(Walk *walk, const Place *place, const GArray *names)
{
        for (unsigned i = 0; i < names->len && !must_stop(walk); i++) {
                const Name *name = &g_array_index(names, Name, i);
                unsigned char type = type_of(place->fd, name);

                if (type != DT_DIR && type != DT_REG)
                        continue;
                g_autofree char *path = *place->path
                                                ? g_strconcat(place->path, "/", name->name, NULL)
                                                : g_strdup(name->name);
                if (type == DT_DIR)
                        see_folder(walk, place, name, path);
                else
                        see_file(walk, place, name->name, path);
        }
}

static void push_rules(Walk *walk, const Place *place)
{
        g_autofree char *base = g_strconcat(walk->prefix, place->path, NULL);
        size_t length = strlen(base);

        if (length > 0 && base[length - 1] == '/')
                base[length - 1] = '\0';
        add_rules(walk, place->fd, IGNORE_FILE, base);
}

static void watch(Walk *walk, const Place *place)
{
        const FilesOptions *options = walk->options;

        if (options->watch &&
            !folder_watch_add(options->watch, options->repository->id, place->path, place->fd))
                walk->files->watch_limit = true;
}

/* A folder with this file is a virtual environment of Python. */
#define ENVIRONMENT_FILE "pyvenv.cfg"

static void enter(Walk *walk, const Place *place)
{
        unsigned rules = walk->rules->len;
        Place here = *place;

        if (walk->depth >= FILES_DEPTH_MAX)
                return;
        if (place->whole)
                watch(walk, place);
        g_autoptr(GArray) names =
                place->whole ? read_names(place->fd) : names_on_the_way(walk, place->path);
        if (!names) {
                g_ptr_array_add(walk->files->blocked, g_strdup(place->path));
                return;
        }
        here.vendored |= faccessat(place->fd, ENVIRONMENT_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        if (here.vendored && !walk->options->repository->include_vendored)
                return;
        push_rules(walk, place);
        walk->depth++;
        see_names(walk, &here, names);
        walk->depth--;
        g_ptr_array_set_size(walk->rules, (int)rules);
}

/* Folders of git's own, as ".git" wherever they lie: what is checked out, and ignored, may change without a change of any file. */
static void watch_git_folder(Walk *walk, int git, const char *below, const char *as)
{
        const FilesOptions *options = walk->options;
        int fd = openat(git, below, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0)
                return;
        if (!folder_watch_add(options->watch, options->repository->id, as, fd))
                walk->files->watch_limit = true;
        (void)close(fd);
}

static void watch_git(Walk *walk)
{
        const FilesOptions *options = walk->options;
        g_autoptr(HistoryPlace) place =
                options->watch ? history_place_find(options->repository->path, NULL) : NULL;

        if (!place)
                return;
        watch_git_folder(walk, place->fds[0], ".", ".git");
        watch_git_folder(walk, place->fds[0], FILES_GIT_LOGS, ".git/" FILES_GIT_LOGS);
        watch_git_folder(walk, place->fds[1], FILES_GIT_INFO, ".git/" FILES_GIT_INFO);
}

/* A file, a link or a dead mount in the folder's place is its own fault; only what we lack is ours, and tried again. */
static void set_unreadable(const char *path, int why, GError **error)
{
        if (why == EMFILE || why == ENFILE || why == ENOMEM || why == EINTR || why == EACCES ||
            why == EPERM)
                error_set_errno(error, why, "the repository %s cannot be read", path);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "the repository %s cannot be read: %s", path, g_strerror(why));
}

static bool walk_all(Walk *walk, GError **error)
{
        const FilesOptions *options = walk->options;
        Place top = {.path = "", .whole = !options->only};

        top.fd = open(options->repository->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (top.fd < 0) {
                set_unreadable(options->repository->path, errno, error);
                return false;
        }
        if (top.whole)
                watch_git(walk);
        add_outer_rules(walk);
        forgive_outer_rules(walk);
        enter(walk, &top);
        (void)close(top.fd);
        if (walk->stopped)
                g_propagate_error(error, g_steal_pointer(&walk->stopped));
        else if (walk->files->blocked->len > 0 && !*(const char *)walk->files->blocked->pdata[0])
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "the repository %s cannot be read", options->repository->path);
        else
                return true;
        return false;
}

Files *files_list(const FilesOptions *options, GError **error)
{
        g_autoptr(Worktree) worktree = worktree_find(options->repository->path);
        g_autofree char *prefix = worktree && *worktree->prefix
                                          ? g_strconcat(worktree->prefix, "/", NULL)
                                          : g_strdup("");
        g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(rules_destroy);
        g_autoptr(Files) files = files_new();
        Walk walk = {.options = options,
                     .files = files,
                     .worktree = worktree,
                     .prefix = prefix,
                     .rules = rules};

        return walk_all(&walk, error) ? g_steal_pointer(&files) : NULL;
}
