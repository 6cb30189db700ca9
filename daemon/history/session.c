/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history/session.h"

#include <errno.h>
#include <fcntl.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

#define CONFIG_BYTES_MAX (256 * 1024)
#define CACHE_BYTES_MAX  (64L * 1024 * 1024)
#define WINDOW_BYTES     (16L * 1024 * 1024) /* of a pack, mapped at once … */
#define WINDOWS_BYTES    (512L * 1024 * 1024)
#define PACKS_OPEN_MAX   100L

/* ---- what goes wrong ---- */

static OuroborosError code_of(int git)
{
        switch (git) {
        case GIT_ENOTFOUND:
        case GIT_EUNBORNBRANCH:
                return OUROBOROS_ERROR_NOT_FOUND;
        case GIT_EAMBIGUOUS:
                return OUROBOROS_ERROR_CONFLICT;
        case GIT_EINVALIDSPEC:
                return OUROBOROS_ERROR_INVALID;
        default:
                return OUROBOROS_ERROR_CORRUPT;
        }
}

bool session_fail(int git, const char *what, GError **error)
{
        const git_error *last = git_error_last();

        g_set_error(error, OUROBOROS_ERROR, code_of(git), "%s: %s", what,
                    last && last->message ? last->message : "git says no more");
        return false;
}

/* ---- opening ---- */

bool session_settle(GError **error)
{
        static const int levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                                     GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA};
        int r = git_libgit2_init();

        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(levels); i++)
                r = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
        if (r >= 0)
                r = git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "");
        if (r >= 0)
                r = git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_BYTES_MAX);
        if (r >= 0)
                r = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES);
        if (r >= 0)
                r = git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)WINDOWS_BYTES);
        if (r >= 0)
                r = git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, (size_t)PACKS_OPEN_MAX);
        return r >= 0 || session_fail(r, "cannot prepare libgit2", error);
}

/* libgit2 takes what it does not know for SHA-1 and files: that is looked for here, in the one place where git says so. */
static bool check_format(const char *common, GError **error)
{
        g_autofree char *path = g_build_filename(common, "config", NULL);
        int fd = file_open(AT_FDCWD, path, NULL);
        g_autofree char *text =
                fd < 0 ? NULL : file_read_text(fd, CONFIG_BYTES_MAX, "CONFIG_BYTES_MAX", NULL);

        if (fd >= 0)
                (void)close(fd);
        g_autofree char *lower = text ? g_ascii_strdown(text, -1) : g_strdup("");
        const char *format = strstr(lower, "objectformat"), *refs = strstr(lower, "refstorage");
        bool sha256 = format && strncmp(format + strcspn(format, "=\n"), "=", 1) == 0 &&
                      strstr(format, "sha256");
        if (!sha256 && !(refs && strstr(refs, "reftable")))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "the repository keeps its %s, which libgit2 cannot read",
                    sha256 ? "objects under SHA-256" : "references as reftable");
        return false;
}

/* Objects of this repository alone, for one whose alternates cannot be had. */
static int open_own_objects(Session *session)
{
        g_autofree char *folder = g_build_filename(session->request->common, "objects", NULL);
        git_odb_backend *loose = NULL, *packed = NULL;
        int r = git_odb_new(&session->odb);

        if (r >= 0)
                r = git_odb_backend_loose(&loose, folder, -1, 0, 0, 0);
        if (r >= 0)
                r = git_odb_add_backend(session->odb, loose, 1);
        if (r >= 0)
                r = git_odb_backend_pack(&packed, folder);
        if (r >= 0)
                r = git_odb_add_backend(session->odb, packed, 2);
        return r >= 0 ? git_repository_set_odb(session->repository, session->odb) : r;
}

bool session_open(Session *session, GError **error)
{
        git_config *nothing = NULL;

        if (!check_format(session->request->common, error))
                return false;
        int r = git_repository_open_bare(&session->repository, session->request->git);
        if (r >= 0)
                r = git_config_new(&nothing);
        if (r >= 0)
                r = git_repository_set_config(session->repository, nothing);
        git_config_free(nothing);
        if (r >= 0 && git_repository_odb(&session->odb, session->repository) < 0)
                r = open_own_objects(session);
        return r >= 0 || session_fail(r, "the repository cannot be opened", error);
}

void session_close(Session *session)
{
        git_odb_free(session->odb);
        git_repository_free(session->repository);
}

/* ---- objects ---- */

static bool check_size(Session *session, const git_oid *id, size_t max, const char *name,
                       GError **error)
{
        git_object_t type;
        size_t size;
        int r = git_odb_read_header(&size, &type, session->odb, id);

        if (r < 0)
                return session_fail(r, "an object cannot be read", error);
        if (size <= max)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "an object has %zu bytes, more than %s = %zu", size, name, max);
        return false;
}

git_commit *session_commit(Session *session, const git_oid *id, GError **error)
{
        git_commit *commit = NULL;

        if (!check_size(session, id, HISTORY_COMMIT_BYTES_MAX, "HISTORY_COMMIT_BYTES_MAX", error))
                return NULL;
        int r = git_commit_lookup(&commit, session->repository, id);
        if (r < 0)
                (void)session_fail(r, "a commit cannot be read", error);
        return r < 0 ? NULL : commit;
}

git_tree *session_tree(Session *session, const git_oid *id, GError **error)
{
        git_tree *tree = NULL;

        if (!check_size(session, id, HISTORY_TREE_BYTES_MAX, "HISTORY_TREE_BYTES_MAX", error))
                return NULL;
        int r = git_tree_lookup(&tree, session->repository, id);
        if (r < 0)
                (void)session_fail(r, "a tree cannot be read", error);
        return r < 0 ? NULL : tree;
}

git_tag *session_tag(Session *session, const git_oid *id, GError **error)
{
        git_tag *tag = NULL;

        if (!check_size(session, id, HISTORY_COMMIT_BYTES_MAX, "HISTORY_COMMIT_BYTES_MAX", error))
                return NULL;
        int r = git_tag_lookup(&tag, session->repository, id);
        if (r < 0)
                (void)session_fail(r, "a tag cannot be read", error);
        return r < 0 ? NULL : tag;
}

/* ---- requests ---- */

static bool seen_file(const char *path, const git_oid *old_id, const git_oid *new_id, void *data)
{
        Session *session = data;
        HistoryRow row = {.flags = (old_id ? HISTORY_OLD : 0) | (new_id ? HISTORY_NEW : 0)};

        if (old_id)
                memcpy(row.old_id, old_id->id, HISTORY_ID_BYTES);
        if (new_id)
                memcpy(row.new_id, new_id->id, HISTORY_ID_BYTES);
        return answer_add_path(session->answer, path, row);
}

static void tell_commit(const git_commit *commit, char id[HISTORY_HEX_BYTES + 1], int64_t *time)
{
        if (!commit)
                return;
        git_oid_tostr(id, HISTORY_HEX_BYTES + 1, git_commit_id(commit));
        *time = git_commit_time(commit);
}

static git_commit *find_from(Session *session, GError **error)
{
        const HistoryRequest *request = session->request;
        g_autoptr(GError) problem = NULL;
        git_commit *commit = *request->from ? revision_find(session, request->from, &problem)
                                            : revision_at(session, request->since, &problem);

        if (!commit && !problem)
                session->answer->head.flags |= HISTORY_NOTHING;
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return commit;
}

static bool answer_diff(Session *session, GError **error)
{
        const HistoryRequest *request = session->request;
        HistoryAnswer *head = &session->answer->head;
        git_commit *from = find_from(session, error), *to = NULL;
        bool ok = from || (head->flags & HISTORY_NOTHING);

        if (ok && *request->to) {
                to = revision_find(session, request->to, error);
                ok = to != NULL;
        }
        tell_commit(from, head->from, &head->from_time);
        tell_commit(to, head->to, &head->to_time);
        if (ok)
                ok = difference_walk(session, &(DifferenceSides){from, to, seen_file, session},
                                     error);
        git_commit_free(from);
        git_commit_free(to);
        return ok;
}

/* One file's answer holds no more. */
static size_t blob_bytes_max(const Session *session)
{
        return MIN(session->request->blob_bytes_max,
                   HISTORY_ANSWER_BYTES_MAX - sizeof(HistoryAnswer) - sizeof(HistoryRow));
}

/* False: the answer is full. */
static bool add_blob(Session *session, const git_oid *id)
{
        git_object_t type;
        git_odb_object *object = NULL;
        size_t size, max = blob_bytes_max(session);
        Answer *answer = session->answer;
        bool ok, there = git_odb_read_header(&size, &type, session->odb, id) >= 0 &&
                         type == GIT_OBJECT_BLOB;

        if (there && size <= max && answer->rows->len > 0 &&
            answer->bytes->len + size > HISTORY_BLOBS_BYTES_MAX) {
                answer_cut(answer, HISTORY_CUT_BY_BLOBS_BYTES);
                return false;
        }
        if (there && size <= max)
                there = git_odb_read(&object, session->odb, id) >= 0;
        if (object && git_odb_object_size(object) <= max)
                ok = answer_add_blob(answer, git_odb_object_data(object),
                                     git_odb_object_size(object), HISTORY_OLD);
        else
                ok = answer_add_blob(answer, NULL, 0, there ? HISTORY_LARGE : HISTORY_MISSING);
        git_odb_object_free(object);
        return ok;
}

static bool answer_blobs(Session *session, int ids, GError **error)
{
        git_oid id;

        for (off_t at = 0;; at += HISTORY_ID_BYTES) {
                ssize_t n = file_read_at(ids, id.id, HISTORY_ID_BYTES, at);

                if (n < 0)
                        error_set_errno(error, errno, "the ids cannot be read");
                if (n != HISTORY_ID_BYTES)
                        return n >= 0;
                if (!add_blob(session, &id))
                        return true;
        }
}

bool session_answer(Session *session, int ids, GError **error)
{
        switch (session->request->ask) {
        case HISTORY_DIFF:
                return answer_diff(session, error);
        case HISTORY_BLOBS:
                return answer_blobs(session, ids, error);
        case HISTORY_CHURN:
                return churn_count(session, error);
        default:
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "there is no request of number %u", session->request->ask);
                return false;
        }
}
