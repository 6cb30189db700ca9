/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scan: folders are a stack of open descriptors, each with its sorted names, so a path is never resolved
 * twice and nobody can swap a folder for a link under our feet. Links are followed if they stay inside the root;
 * linked folders come last and every folder is entered once, which also ends loops. */
#include "documents/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "documents/document.h"
#include "documents/erasing.h"
#include "documents/moved.h"
#include "documents/pipeline.h"

#define PATH_BYTES_MAX 4096 /* of a path below the root */

/* A document as the rows have it. */
typedef struct Known {
        char *id, *sha256;
        int64_t size, mtime, ctime; /* ctime 0: take it anew */
        bool is_active, seen;
} Known;

typedef struct Folder {
        int fd;
        char *path; /* "" for the root */
        char **names;
        unsigned next;
} Folder;

struct Scan {
        ScanOptions options;
        Root *root;
        char **only;
        char **skip;
        int root_fd;
        bool started, walked, fresh, watch_limit, unreadable;
        unsigned next_only;
        GHashTable *known;   /* path → Known */
        GHashTable *visited; /* "dev:ino" of folders entered */
        GHashTable *moved;   /* sha256 → row of the last document of it that was looked at */
        GHashTable *adopted; /* see moved_from_root() */
        GPtrArray *blocked;  /* folders that could not be read: what is below is not gone */
        GArray *stack;       /* of Folder */
        GQueue links;        /* paths of linked folders, for later */
        GArray *sightings;   /* of Sighting, of this slice */
        unsigned from, to;   /* those that are being recorded */
        int64_t bytes;       /* taken in this slice */
        Db *db;              /* reader of this slice */
};

static void known_free(void *data)
{
        Known *known = data;
        g_free(known->id);
        g_free(known->sha256);
        g_free(known);
}

static void folder_clear(void *data)
{
        Folder *folder = data;
        if (folder->fd >= 0)
                (void)close(folder->fd);
        g_free(folder->path);
        g_strfreev(folder->names);
}

Scan *scan_new(const ScanOptions *options)
{
        Scan *scan = g_new0(Scan, 1);
        scan->options = *options;
        scan->root = root_ref(options->root);
        scan->only = options->only;
        scan->skip = g_strdupv((char **)options->skip);
        scan->root_fd = -1;
        scan->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free);
        scan->visited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        scan->moved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        scan->adopted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        scan->blocked = g_ptr_array_new_with_free_func(g_free);
        scan->stack = g_array_new(FALSE, FALSE, sizeof(Folder));
        g_array_set_clear_func(scan->stack, folder_clear);
        g_queue_init(&scan->links);
        scan->sightings = g_array_new(FALSE, FALSE, sizeof(Sighting));
        g_array_set_clear_func(scan->sightings, sighting_clear);
        return scan;
}

Scan *scan_free(Scan *scan)
{
        if (!scan)
                return NULL;
        g_array_unref(scan->stack);
        g_array_unref(scan->sightings);
        g_queue_clear_full(&scan->links, g_free);
        g_ptr_array_unref(scan->blocked);
        g_hash_table_unref(scan->known);
        g_hash_table_unref(scan->visited);
        g_hash_table_unref(scan->moved);
        g_hash_table_unref(scan->adopted);
        g_strfreev(scan->only);
        g_strfreev(scan->skip);
        if (scan->root_fd >= 0)
                (void)close(scan->root_fd);
        (void)root_unref(scan->root);
        g_free(scan);
        return NULL;
}

const Root *scan_root(const Scan *scan)
{
        return scan->root;
}

bool scan_hit_watch_limit(const Scan *scan)
{
        return scan->watch_limit;
}

bool scan_root_is_unreadable(const Scan *scan)
{
        return scan->unreadable;
}

/* ---- what is known ---- */

/* Bytes that are not UTF-8 as \xNN, so that the row can be read. */
static char *path_escape(const char *path)
{
        g_autoptr(GString) escaped = g_string_new(NULL);
        const char *end;
        while (!g_utf8_validate(path, -1, &end)) {
                g_string_append_len(escaped, path, end - path);
                g_string_append_printf(escaped, "\\x%02x", (unsigned char)*end);
                path = end + 1;
        }
        g_string_append(escaped, path);
        return g_string_free(g_steal_pointer(&escaped), FALSE);
}

#define KNOWN                                                                                      \
        "SELECT d.id, d.path, d.size, d.mtime, d.sha256, d.is_active,"                             \
        " iif(s.scanned = 1, s.ctime, 0)"                                                          \
        " FROM documents d LEFT JOIN document_states s ON s.document_id = d.id"                    \
        " WHERE d.root_id = :root_id"

/* What the rows have of path and all below it, by the index: a root may have a million others. */
static bool known_load(Scan *scan, const char *path, GError **error)
{
        const char *sql = *path ? KNOWN " AND d.path = :path UNION ALL " KNOWN
                                        " AND d.path > :path || '/' AND d.path < :path || '0'"
                                : KNOWN " AND d.path > :path";
        Statement *query = db_statement(scan->db, sql, error);
        if (!query)
                return false;
        statement_bind_text(query, ":root_id", scan->root->id);
        statement_bind_text(query, ":path", path);
        StepResult step;
        while ((step = statement_step(query, error)) == STEP_ROW) {
                Known *known = g_new0(Known, 1);
                known->id = g_strdup(statement_text(query, 0));
                known->size = statement_int(query, 2);
                known->mtime = statement_int(query, 3);
                known->sha256 = g_strdup(statement_text(query, 4));
                known->is_active = statement_int(query, 5);
                known->ctime = statement_int(query, 6);
                (void)g_hash_table_replace(scan->known, g_strdup(statement_text(query, 1)), known);
        }
        return step == STEP_DONE;
}

static int64_t timespec_us(const struct timespec *time)
{
        return (int64_t)time->tv_sec * G_USEC_PER_SEC + time->tv_nsec / 1000;
}

static bool known_is_current(const Known *known, const struct stat *st)
{
        return known->is_active && known->sha256 && known->ctime && known->size == st->st_size &&
               known->mtime == timespec_us(&st->st_mtim) &&
               known->ctime == timespec_us(&st->st_ctim);
}

static bool moved_away(Scan *scan, const char *old_path)
{
        struct stat st;
        Known *known = g_hash_table_lookup(scan->known, old_path);
        return !(known && known->seen) &&
               fstatat(scan->root_fd, old_path, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
               (errno == ENOENT || errno == ENOTDIR);
}

/* Marks a row as the last one looked at of its content. */
static void moved_remember(Scan *scan, const char *sha256, int64_t row)
{
        int64_t *last = g_new(int64_t, 1);
        *last = row;
        (void)g_hash_table_replace(scan->moved, g_strdup(sha256), last);
}

/* One of the same content in this root whose own path is gone. Each is looked at once in a scan, since there
 * may be thousands of empty files. */
static char *moved_inside(Scan *scan, const char *sha256)
{
        if (scan->fresh)
                return NULL;
        Statement *query = db_statement(scan->db,
                                        "SELECT id, path, rowid FROM documents WHERE"
                                        " sha256 = :sha256 AND rowid > :last"
                                        " AND +root_id = :root_id AND is_active = 1 ORDER BY rowid",
                                        NULL);
        if (!query)
                return NULL;
        const int64_t *last = g_hash_table_lookup(scan->moved, sha256);
        statement_bind_text(query, ":sha256", sha256);
        statement_bind_text(query, ":root_id", scan->root->id);
        statement_bind_int(query, ":last", last ? *last : 0);
        while (statement_step(query, NULL) == STEP_ROW) {
                const char *id = statement_text(query, 0), *path = statement_text(query, 1);
                moved_remember(scan, sha256, statement_int(query, 2));
                if (!moved_away(scan, path))
                        continue;
                Known *known = g_hash_table_lookup(scan->known, path);
                if (known)
                        known->seen = true;
                return g_strdup(id);
        }
        return NULL;
}

/* The document whose file was moved here, or passed to this root. */
static char *moved_document(Scan *scan, const char *path, const TakenFile *file)
{
        char *id = moved_inside(scan, file->sha256);
        return id ? id : moved_from_root(scan->db, scan->root, path, file, scan->adopted);
}

/* ---- sightings ---- */

static void see_failed(Scan *scan, const char *path, const struct stat *st, GError *failure)
{
        Known *known = g_hash_table_lookup(scan->known, path);
        if (known)
                known->seen = true;
        Sighting sighting = {.kind = SIGHTING_FAILED, .path = g_strdup(path), .error = failure};
        if (st) {
                sighting.file.size = S_ISDIR(st->st_mode) ? 0 : st->st_size;
                sighting.file.mtime = timespec_us(&st->st_mtim);
                sighting.mime = S_ISDIR(st->st_mode) ? "inode/directory" : NULL;
        }
        g_array_append_val(scan->sightings, sighting);
}

static void see_errno(Scan *scan, const char *path, const struct stat *st, const char *what)
{
        GError *failure = NULL;
        error_set_errno(&failure, errno, "%s", what);
        see_failed(scan, path, st, failure);
}

static void see_limit(Scan *scan, const char *path, const struct stat *st, const char *limit)
{
        see_failed(scan, path, st,
                   g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT, "%s", limit));
}

static void see_taken(Scan *scan, const char *path, const TakenFile *file, const char *moved)
{
        Sighting sighting = {.kind = SIGHTING_TAKEN,
                             .path = g_strdup(path),
                             .file = *file,
                             .document_id = g_strdup(moved)};
        sighting.mime = mime_guess(path, file->head, file->head_size);
        g_array_append_val(scan->sightings, sighting);
        scan->bytes += file->size;
}

/* A file over the limit is an error only if it could have had text: a film or a disk image could not. */
static const char *mute_type(int fd, const char *path)
{
        uint8_t head[MIME_HEAD_BYTES];
        ssize_t n = pread(fd, head, sizeof(head), 0);
        const char *mime = n > 0 ? mime_guess(path, head, (size_t)n) : "text/plain";
        bool mute = !mime_has_text(mime) || g_str_equal(mime, "application/zip") ||
                    g_str_equal(mime, "application/octet-stream");
        return mute ? mime : NULL;
}

/* The file open as fd is over max_file_bytes. */
static void see_too_large(Scan *scan, int fd, const char *path, const struct stat *st,
                          GError *failure)
{
        const char *mute = mute_type(fd, path);
        if (mute) {
                g_clear_error(&failure);
                failure = g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                      "not a supported type: %s", mute);
        }
        see_failed(scan, path, st, failure);
        Sighting *last = &g_array_index(scan->sightings, Sighting, scan->sightings->len - 1);
        last->unsupported = mute != NULL;
        last->mime = mute;
}

/* Takes the regular file open as fd, unless its row is up to date. False: the vault cannot be written. */
static bool take_open(Scan *scan, int fd, const char *path, const struct stat *st, GError **error)
{
        g_autoptr(GError) failure = NULL;
        TakenFile file;
        bool erased;
        if (!erased_content(scan->db, fd, &erased, error))
                return false;
        if (erased)
                return true;
        if (!vault_files_take(scan->options.files, fd, scan->root->max_file_bytes, &file,
                              &failure)) {
                if (g_error_matches(failure, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE)) {
                        g_propagate_error(error, g_steal_pointer(&failure));
                        return false;
                }
                if (g_error_matches(failure, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT))
                        see_too_large(scan, fd, path, st, g_steal_pointer(&failure));
                else
                        see_failed(scan, path, st, g_steal_pointer(&failure));
                return true;
        }
        bool known = g_hash_table_contains(scan->known, path);
        g_autofree char *moved = known ? NULL : moved_document(scan, path, &file);
        see_taken(scan, path, &file, moved);
        return true;
}

/* Seen, and nothing to do? */
static bool is_current(Scan *scan, const char *path, const struct stat *st)
{
        Known *known = g_hash_table_lookup(scan->known, path);
        if (!known)
                return false;
        known->seen = true;
        return known_is_current(known, st);
}

static bool take_fd(Scan *scan, int fd, const char *path, const struct stat *expected,
                    GError **error)
{
        struct stat st;
        bool ok = true;
        if (fd < 0)
                see_errno(scan, path, expected, "the file cannot be opened");
        else if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
                ok = take_open(scan, fd, path, &st, error);
        if (fd >= 0)
                (void)close(fd);
        return ok;
}

#define FILE_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static bool visit_file(Scan *scan, int dir_fd, const char *name, const char *path,
                       const struct stat *st, GError **error)
{
        if (!glob_set_matches(scan->root->include, path) || is_current(scan, path, st))
                return true;
        int fd = openat(dir_fd, name, FILE_FLAGS | O_NOFOLLOW);
        return take_fd(scan, fd, path, st, error);
}

/* ---- folders ---- */

static int names_compare(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char **folder_names(int fd)
{
        int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
        if (!dir)
                return NULL;
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        for (struct dirent *entry; (entry = readdir(dir));)
                if (!g_str_equal(entry->d_name, ".") && !g_str_equal(entry->d_name, ".."))
                        g_ptr_array_add(names, g_strdup(entry->d_name));
        (void)closedir(dir);
        g_ptr_array_sort(names, names_compare);
        g_ptr_array_add(names, NULL);
        return (char **)g_ptr_array_steal(names, NULL);
}

static bool folder_is_first_visit(Scan *scan, const struct stat *st)
{
        return g_hash_table_add(scan->visited, g_strdup_printf("%ju:%ju", (uintmax_t)st->st_dev,
                                                               (uintmax_t)st->st_ino));
}

/* Takes over fd (-1: errno says why not). */
static void folder_enter(Scan *scan, int fd, const char *path)
{
        struct stat st = {0};
        if (fd < 0 || fstat(fd, &st) < 0 || faccessat(fd, ".", R_OK | X_OK, AT_EACCESS) < 0) {
                st.st_mode = S_IFDIR;
                see_errno(scan, path, &st, "the folder cannot be read");
                g_ptr_array_add(scan->blocked, g_strdup(path));
                if (fd >= 0)
                        (void)close(fd);
                return;
        }
        if (!folder_is_first_visit(scan, &st)) {
                (void)close(fd);
                return;
        }
        if (scan->options.watch && !folder_watch_add(scan->options.watch, scan->root->id, path, fd))
                scan->watch_limit = true;
        Folder folder = {.fd = fd, .path = g_strdup(path), .names = folder_names(fd)};
        if (folder.names) {
                g_array_append_val(scan->stack, folder);
                return;
        }
        see_errno(scan, path, &st, "the folder cannot be read");
        g_ptr_array_add(scan->blocked, g_strdup(path));
        folder_clear(&folder);
}

static bool folder_is_wanted(const Scan *scan, const char *path)
{
        return glob_set_matches(scan->root->include, path) ||
               glob_set_may_lead(scan->root->include, path);
}

static void visit_folder(Scan *scan, int dir_fd, const char *name, const char *path,
                         const struct stat *st)
{
        if (!folder_is_wanted(scan, path))
                return;
        if (scan->stack->len >= SCAN_DEPTH_MAX) {
                see_limit(scan, path, st,
                          "the folder lies deeper than SCAN_DEPTH_MAX = " G_STRINGIFY(
                                  SCAN_DEPTH_MAX));
                return;
        }
        folder_enter(scan, openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
                     path);
}

static bool visit_link(Scan *scan, const char *path, GError **error)
{
        if (!folder_is_wanted(scan, path))
                return true;
        g_autoptr(GError) failure = NULL;
        struct stat st;
        int fd = path_open_beneath(scan->root_fd, path, O_PATH | O_CLOEXEC, &failure);
        if (fd < 0) {
                if (g_error_matches(failure, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED)) {
                        g_clear_error(&failure);
                        g_set_error(&failure, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    "the link leads outside its root or to where nobody may read");
                }
                see_failed(scan, path, NULL, g_steal_pointer(&failure));
                return true;
        }
        int r = fstat(fd, &st);
        (void)close(fd);
        if (r == 0 && S_ISDIR(st.st_mode))
                g_queue_push_tail(&scan->links, g_strdup(path));
        if (r < 0 || !S_ISREG(st.st_mode) || !glob_set_matches(scan->root->include, path) ||
            is_current(scan, path, &st))
                return true;
        fd = path_open_beneath(scan->root_fd, path, FILE_FLAGS, NULL);
        return take_fd(scan, fd, path, &st, error);
}

static bool is_skipped(const Scan *scan, const char *path)
{
        if (!scan->skip || !scan->skip[0])
                return false;
        g_autofree char *absolute = g_strdup_printf("%s/%s", scan->root->path, path);
        return g_strv_contains((const char *const *)scan->skip, absolute);
}

static bool name_is_usable(const char *path)
{
        return strlen(path) <= PATH_BYTES_MAX && g_utf8_validate(path, -1, NULL);
}

static void see_unusable(Scan *scan, const char *path)
{
        if (strlen(path) > PATH_BYTES_MAX) {
                g_autofree char *cut = g_utf8_make_valid(path, PATH_BYTES_MAX - 8);
                see_limit(scan, cut, NULL,
                          "the path is longer than PATH_BYTES_MAX = " G_STRINGIFY(PATH_BYTES_MAX));
                return;
        }
        g_autofree char *escaped = path_escape(path);
        see_failed(scan, escaped, NULL,
                   g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "the name is not UTF-8"));
}

static bool visit(Scan *scan, int dir_fd, const char *name, const char *path, GError **error)
{
        struct stat st;
        if (!name_is_usable(path)) {
                if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
                        see_unusable(scan, path);
                return true;
        }
        if (is_skipped(scan, path) || glob_set_matches(scan->root->exclude, path))
                return true;
        if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
                if (errno != ENOENT && folder_is_wanted(scan, path))
                        see_errno(scan, path, NULL, "the file cannot be looked at");
                return true;
        }
        if (S_ISREG(st.st_mode))
                return visit_file(scan, dir_fd, name, path, &st, error);
        if (S_ISDIR(st.st_mode))
                visit_folder(scan, dir_fd, name, path, &st);
        else if (S_ISLNK(st.st_mode))
                return visit_link(scan, path, error);
        return true;
}

/* ---- the walk ---- */

/* A changed path: through its folder, which may itself be gone. */
static bool visit_only(Scan *scan, const char *path, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(path);
        g_autofree char *name = g_path_get_basename(path);
        int fd = path_open_beneath(scan->root_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, NULL);
        if (fd < 0)
                return true;
        bool ok = visit(scan, fd, name, path, error);
        (void)close(fd);
        return ok;
}

/* One more step; false with error, or with walked set when there is none left. */
static bool walk_step(Scan *scan, GError **error)
{
        if (scan->stack->len > 0) {
                Folder *folder = &g_array_index(scan->stack, Folder, scan->stack->len - 1);
                const char *name = folder->names[folder->next];
                if (!name) {
                        g_array_set_size(scan->stack, scan->stack->len - 1);
                        return true;
                }
                folder->next++;
                g_autofree char *path = *folder->path ? g_strdup_printf("%s/%s", folder->path, name)
                                                      : g_strdup(name);
                /* visiting may grow the stack and move folder, but not the names */
                return visit(scan, folder->fd, name, path, error);
        }
        if (scan->only && scan->only[scan->next_only])
                return visit_only(scan, scan->only[scan->next_only++], error);
        g_autofree char *link = g_queue_pop_head(&scan->links);
        if (link) {
                int fd = path_open_beneath(scan->root_fd, link, O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                                           NULL);
                folder_enter(scan, fd, link);
                return true;
        }
        scan->walked = true;
        return false;
}

static bool is_blocked(const Scan *scan, const char *path)
{
        for (unsigned i = 0; i < scan->blocked->len; i++) {
                const char *folder = scan->blocked->pdata[i];
                size_t length = strlen(folder);
                if (strncmp(path, folder, length) == 0 && path[length] == '/')
                        return true;
        }
        return false;
}

/* Everything known, active and not seen is gone. True when all of it is in sightings. */
static bool collect_gone(Scan *scan)
{
        GHashTableIter iter;
        void *path, *value;
        g_hash_table_iter_init(&iter, scan->known);
        while (g_hash_table_iter_next(&iter, &path, &value)) {
                Known *known = value;
                if (known->seen || !known->is_active || is_blocked(scan, path))
                        continue;
                if (scan->sightings->len >= SCAN_SLICE_FILES)
                        return false;
                known->seen = true;
                Sighting sighting = {.kind = SIGHTING_GONE, .path = g_strdup(path)};
                g_array_append_val(scan->sightings, sighting);
        }
        return true;
}

static bool scan_start(Scan *scan, GError **error)
{
        scan->root_fd = open(scan->root->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (scan->root_fd < 0) {
                scan->unreadable = true;
                error_set_errno(error, errno, "the root %s cannot be read", scan->root->path);
                return false;
        }
        for (unsigned i = 0; scan->only && scan->only[i]; i++) {
                if (scan->options.watch)
                        folder_watch_forget(scan->options.watch, scan->root->id, scan->only[i]);
                g_autofree char *path = path_escape(scan->only[i]); /* as its row has it */
                if (!known_load(scan, path, error))
                        return false;
        }
        if (!scan->only) {
                if (!known_load(scan, "", error))
                        return false;
                scan->fresh = g_hash_table_size(scan->known) == 0;
                folder_enter(scan, fcntl(scan->root_fd, F_DUPFD_CLOEXEC, 3), "");
        }
        scan->started = true;
        return true;
}

static bool slice_is_full(const Scan *scan)
{
        return scan->sightings->len >= SCAN_SLICE_FILES || scan->bytes >= SCAN_SLICE_BYTES ||
               g_atomic_int_get(scan->options.stopping);
}

static bool record_work(Db *db, void *data, GError **error)
{
        const Scan *scan = data;
        for (unsigned i = scan->from; i < scan->to; i++)
                if (!document_record(db, scan->root->id,
                                     &g_array_index(scan->sightings, Sighting, i), error))
                        return false;
        return true;
}

static bool record_range(Scan *scan, unsigned from, unsigned to, GError **error)
{
        WriteOptions options = {.actor = access_actor(scan->options.access), .reason = "scan"};
        scan->from = from;
        scan->to = to;
        return store_write(scan->options.vault, &options, record_work, scan, error);
}

/* The next scan looks at it again. */
static void sighting_fail(Sighting *sighting, GError *failure)
{
        g_clear_error(&sighting->error);
        sighting->error = failure;
        sighting->kind = SIGHTING_FAILED;
        sighting->unsupported = false;
        sighting->file.sha256[0] = '\0';
}

/* One file that cannot be recorded must not hold up the others: it gets the error as its own. If even that
 * cannot be written, there is only the log to say so. */
static bool record_singly(Scan *scan, GError **error)
{
        for (unsigned i = 0; i < scan->sightings->len; i++) {
                Sighting *sighting = &g_array_index(scan->sightings, Sighting, i);
                g_autoptr(GError) failure = NULL;
                if (record_range(scan, i, i + 1, &failure))
                        continue;
                if (!pipeline_is_everyones(failure)) {
                        sighting_fail(sighting, g_steal_pointer(&failure));
                        if (record_range(scan, i, i + 1, &failure))
                                continue;
                }
                if (pipeline_is_everyones(failure)) {
                        g_propagate_error(error, g_steal_pointer(&failure));
                        return false;
                }
                g_autofree char *field = g_strdup_printf("OUROBOROS_DOCUMENT=%s", sighting->path);
                const char *const fields[] = {field, NULL};
                log_event(LOG_DOCUMENT_FAILED_EVENT, LOG_NOTICE, fields, failure,
                          "%s cannot be recorded", sighting->path);
        }
        return true;
}

static bool record(Scan *scan, GError **error)
{
        g_autoptr(GError) failure = NULL;
        if (record_range(scan, 0, scan->sightings->len, &failure))
                return true;
        if (pipeline_is_everyones(failure)) {
                g_propagate_error(error, g_steal_pointer(&failure));
                return false;
        }
        log_debug("recording files one by one: %s", failure->message);
        return record_singly(scan, error);
}

static bool scan_flush(Scan *scan, GError **error)
{
        if (scan->sightings->len == 0)
                return true;
        bool ok = vault_files_sync(scan->options.files, error) && record(scan, error);
        g_array_set_size(scan->sightings, 0);
        scan->bytes = 0;
        return ok;
}

static bool scan_walk(Scan *scan, GError **error)
{
        g_autoptr(GError) failure = NULL;
        if (!scan->started && !scan_start(scan, error))
                return false;
        while (!scan->walked && !slice_is_full(scan)) {
                if (!walk_step(scan, &failure) && failure) {
                        g_propagate_error(error, g_steal_pointer(&failure));
                        return false;
                }
        }
        return true;
}

/* Given back here, since freeing what is known of a large root takes longer than the loop may. */
static void scan_forget(Scan *scan)
{
        g_hash_table_remove_all(scan->known);
        g_hash_table_remove_all(scan->visited);
        g_hash_table_remove_all(scan->moved);
}

static bool scan_do_slice(Scan *scan, bool *ret_more, GError **error)
{
        g_autoptr(Db) db = store_reader(scan->options.vault, /* scope= */ NULL, error);
        if (!db)
                return false;
        scan->db = db;
        bool ok = scan_walk(scan, error);
        scan->db = NULL;
        g_clear_pointer(&db, db_release);
        if (!ok)
                return false;
        bool all = scan->walked && collect_gone(scan);
        if (!scan_flush(scan, error))
                return false;
        if (g_atomic_int_get(scan->options.stopping)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                            "the scan was stopped");
                return false;
        }
        *ret_more = !all;
        return true;
}

bool scan_slice(Scan *scan, bool *ret_more, GError **error)
{
        bool ok = scan_do_slice(scan, ret_more, error);
        if (!ok || !*ret_more)
                scan_forget(scan);
        return ok;
}
