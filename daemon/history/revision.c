/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of commits, as people say them: a branch, a tag, a hash or its beginning, HEAD, and from there ~n and ^n. What git knows
 * beyond that (a search in messages, the reflog, upstreams) is refused. */
#include <string.h>

#include "base/base.h"
#include "history/session.h"

#define SHORTEST_HASH 4
#define TAGS_MAX      16 /* of one another */

static git_commit *refuse(const char *name, const char *why, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "\"%.80s\" %s", name, why);
        return NULL;
}

static bool is_plain(const char *name, size_t length)
{
        return length > 0 && *name != '-' && !memchr(name, ':', length) &&
               !memchr(name, ' ', length) && !g_strstr_len(name, (gssize)length, "@{") &&
               !g_strstr_len(name, (gssize)length, "..") && !memchr(name, '\\', length) &&
               !memchr(name, '*', length) && !memchr(name, '?', length) &&
               !memchr(name, '[', length) && g_utf8_validate(name, (gssize)length, NULL);
}

/* The commit that an object is, or that a tag is of. Tags may be of tags. */
static git_commit *commit_at(Session *session, const git_oid *id, const char *name, GError **error)
{
        git_oid at;
        git_object_t type;
        size_t size;

        git_oid_cpy(&at, id);
        for (unsigned tags = 0; tags < TAGS_MAX; tags++) {
                if (git_odb_read_header(&size, &type, session->odb, &at) < 0)
                        break;
                if (type == GIT_OBJECT_COMMIT)
                        return session_commit(session, &at, error);
                if (type != GIT_OBJECT_TAG)
                        break;
                git_tag *tag = session_tag(session, &at, error);
                if (!tag)
                        return NULL;
                git_oid_cpy(&at, git_tag_target_id(tag));
                git_tag_free(tag);
        }
        return refuse(name, "is no commit", error);
}

static git_commit *find_hash(Session *session, const char *name, GError **error)
{
        size_t length = strlen(name);
        git_oid id, whole;

        if (length < SHORTEST_HASH || length > HISTORY_HEX_BYTES ||
            strspn(name, "0123456789abcdefABCDEF") != length ||
            git_oid_fromstrn(&id, name, length) < 0)
                return NULL;
        int r = git_odb_exists_prefix(&whole, session->odb, &id, length);
        if (r == GIT_EAMBIGUOUS)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "several objects begin with \"%s\": give more of the hash", name);
        return r < 0 ? NULL : commit_at(session, &whole, name, error);
}

static git_commit *find_reference(Session *session, const char *name, GError **error)
{
        git_reference *reference = NULL, *direct = NULL;
        git_commit *commit = NULL;

        if (git_reference_dwim(&reference, session->repository, name) < 0)
                return NULL;
        if (git_reference_resolve(&direct, reference) >= 0 && git_reference_target(direct) &&
            git_odb_exists(session->odb, git_reference_target(direct)))
                commit = commit_at(session, git_reference_target(direct), name, error);
        git_reference_free(direct);
        git_reference_free(reference);
        return commit;
}

/* Without ~ and ^. */
static git_commit *find_base(Session *session, const char *name, GError **error)
{
        g_autoptr(GError) problem = NULL;
        git_commit *commit = find_reference(session, name, &problem);

        if (!commit && !problem)
                commit = find_hash(session, name, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
        } else if (!commit && git_repository_head_unborn(session->repository) == 1) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no commit \"%.80s\": the branch has none yet", name);
        } else if (!commit) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no commit, branch or tag \"%.80s\"", name);
        }
        return commit;
}

/* ---- from there ---- */

/* The parent of a number from 1; NULL without an error: there is none. */
static git_commit *parent_of(Session *session, git_commit *commit, unsigned number, GError **error)
{
        const git_oid *id = git_commit_parent_id(commit, number - 1);

        return id ? session_commit(session, id, error) : NULL;
}

/* Takes over the commit. */
static git_commit *step(Session *session, git_commit *commit, unsigned number, GError **error)
{
        g_autoptr(GError) problem = NULL;
        git_commit *parent = parent_of(session, commit, number, &problem);

        git_commit_free(commit);
        if (!parent)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            problem ? "the history at hand does not go back so far"
                                    : "there is no such commit before it");
        return parent;
}

static git_commit *walk_back(Session *session, git_commit *commit, const char *steps,
                             GError **error)
{
        uint64_t taken = 0;

        while (commit && *steps) {
                char how = *steps++;
                bool given = g_ascii_isdigit(*steps);
                uint64_t number = given ? g_ascii_strtoull(steps, (char **)&steps, 10) : 1;

                taken += how == '~' ? number : 1;
                if (taken > HISTORY_STEPS_MAX || number > HISTORY_STEPS_MAX) {
                        git_commit_free(commit);
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "more than HISTORY_STEPS_MAX = %d commits back",
                                    HISTORY_STEPS_MAX);
                        return NULL;
                }
                if (how == '^' && number > 0)
                        commit = step(session, commit, (unsigned)number, error);
                for (; how == '~' && commit && number > 0; number--)
                        commit = step(session, commit, 1, error);
        }
        return commit;
}

git_commit *revision_find(Session *session, const char *name, GError **error)
{
        size_t base = strcspn(name, "~^");
        g_autofree char *plain =
                base == 1 && *name == '@' ? g_strdup("HEAD") : g_strndup(name, base);

        if (!is_plain(name, base) || strspn(name + base, "~^0123456789") != strlen(name + base))
                return refuse(name,
                              "is no name of a commit: say a branch, a tag, a hash or HEAD, and ~n "
                              "or ^n after it",
                              error);
        git_commit *commit = find_base(session, plain, error);
        return commit ? walk_back(session, commit, name + base, error) : NULL;
}

/* ---- times ---- */

git_commit *revision_at(Session *session, int64_t seconds, GError **error)
{
        git_commit *commit = revision_find(session, "HEAD", error);

        for (unsigned steps = 0; commit && git_commit_time(commit) > seconds; steps++) {
                g_autoptr(GError) problem = NULL;
                git_commit *parent = parent_of(session, commit, 1, &problem);

                git_commit_free(commit);
                commit = parent;
                if (problem)
                        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                                            "the history at hand does not go back so far");
                if (commit && steps >= HISTORY_STEPS_MAX) {
                        git_commit_free(commit);
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "that is more than HISTORY_STEPS_MAX = %d commits ago",
                                    HISTORY_STEPS_MAX);
                        return NULL;
                }
        }
        return commit;
}
