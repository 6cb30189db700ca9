/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of source code that a person pointed at. */
#pragma once

#include "gate/gate.h"
#include "store/store.h"

#define REPOSITORIES_MAX          256
#define REPOSITORIES_PAGE_MAX     256 /* rows of one page */
#define REPOSITORY_NAME_CHARS_MAX 80
#define REPOSITORY_LANGUAGES_MAX  16

/* An active repository as its row has it; immutable, reference counted. */
typedef struct Repository {
        char *id, *path, *name; /* repo-…, absolute */
        char *entity_id;        /* or NULL */
        char **languages;       /* NULL: all */
        GlobSet *include,       /* NULL: everything */
                *exclude;
        bool skip_generated, include_vendored;
        char *options; /* differs when what follows from the row may */
} Repository;
Repository *repository_ref(Repository *repository);
Repository *repository_unref(Repository *repository);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Repository, repository_unref)

/* All active ones, by path; an array that unrefs them. */
GPtrArray *repositories_load(Db *db, GError **error);

/* What to add; unset members (NULL) keep what an earlier repository of this path had, else take the default: its folder's
 * name, no entity, all languages, every file, generated ones too, vendored ones not. */
typedef struct RepositoryRequest {
        const char *path; /* absolute; links are resolved */
        const char *name, *entity_id;
        const char *const *languages, *const *include, *const *exclude;
        const bool *skip_generated, *include_vendored;
        const char *const *private_folders; /* which it may not lie in */
        const char *added_by;               /* who asked for it; NULL: whoever adds it */
} RepositoryRequest;

/* Everything that repository_add() refuses but for what the store knows: INVALID, LIMIT, NOT_FOUND, DENIED. The path
 * resolved, which the caller frees. */
char *repository_check(const RepositoryRequest *request, GError **error);

/* Adds a folder, or changes (or takes up again) the repository of the same path; its id, which the caller frees. INVALID,
 * LIMIT, NOT_FOUND (the folder, the entity), DENIED say what is wrong. */
char *repository_add(Store *vault, const Access *access, const RepositoryRequest *request,
                     GError **error);

/* Forgets one: it is no longer read or watched, and its graph goes. NOT_FOUND. */
bool repository_remove(Store *vault, const Access *access, const char *id, GError **error);

/* The id of the active repository that which is the id, the name or the path of, as the handle sees it; the caller frees.
 * NOT_FOUND; CONFLICT, with their ids, if there are several of the name. */
char *repository_find(Db *db, const char *which, GError **error);
