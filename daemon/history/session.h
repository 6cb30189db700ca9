/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A repository that is looked at for one request, and what the parts of that share. libgit2 is given no configuration, no
 * attributes, no hooks and no index: only references and objects are read, each not before its size is known. */
#pragma once

#include <git2.h>

#include "history/answer.h"

typedef struct Session {
        const HistoryRequest *request;
        git_repository *repository;
        git_odb *odb;
        Answer *answer;
        uint64_t entries; /* of folders that were looked at */
} Session;

/* What libgit2 is set to before anything is opened. */
bool session_settle(GError **error);

/* UNAVAILABLE for a format that libgit2 does not know; CORRUPT; else as git says. */
bool session_open(Session *session, GError **error);
void session_close(Session *session);

/* Answers the request into session->answer. */
bool session_answer(Session *session, int ids, GError **error);

/* What libgit2 says (a negative number) as one of ours, after "what: ". Always false. */
bool session_fail(int git, const char *what, GError **error);

/* Objects whose size was looked at first: LIMIT, NOT_FOUND, CORRUPT. The caller frees. */
git_commit *session_commit(Session *session, const git_oid *id, GError **error);
git_tree *session_tree(Session *session, const git_oid *id, GError **error);
git_tag *session_tag(Session *session, const git_oid *id, GError **error);

/* revision.c: the commit that a name says; the caller frees. INVALID, NOT_FOUND, CONFLICT, LIMIT. */
git_commit *revision_find(Session *session, const char *name, GError **error);

/* The last commit at or before a time on the way of first parents from HEAD; NULL without an error: there was none yet. */
git_commit *revision_at(Session *session, int64_t seconds, GError **error);

/* difference.c: calls seen for each source file below the prefix that differs; sides may be NULL. A limit ends it, and is noted in
 * the answer. seen returns false to end it. */
typedef bool (*DifferenceSeen)(const char *path, const git_oid *old_id, const git_oid *new_id,
                               void *data);
typedef struct DifferenceSides {
        const git_commit *old_side, *new_side;
        DifferenceSeen seen;
        void *data;
} DifferenceSides;
bool difference_walk(Session *session, const DifferenceSides *sides, GError **error);

/* churn.c */
bool churn_count(Session *session, GError **error);
