/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that a person pointed at. */
#pragma once

#include "gate/gate.h"
#include "store/store.h"

#define ROOT_FILE_BYTES_MAX     INT64_C(4294967296) /* largest max_file_bytes */
#define ROOT_FILE_BYTES_DEFAULT INT64_C(268435456)
#define ROOTS_MAX               256

/* An active root; immutable, reference counted. */
typedef struct Root {
        char *id, *path, *profile;
        unsigned features;
        GlobSet *include,
                *exclude; /* include NULL-free: an empty list takes everything that is not shy */
        int64_t max_file_bytes;
        char *fingerprint; /* differs when anything in the row does */
} Root;
Root *root_ref(Root *root);
Root *root_unref(Root *root);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Root, root_unref)

/* All active roots, by path; an array that unrefs its Roots. */
GPtrArray *roots_load(Db *db, GError **error);

/* What to register; unset members (NULL, 0) keep what an earlier root of this path had, else take the
 * default: profile general, its features, everything that is not hidden, default_file_bytes. */
typedef struct RootRequest {
        const char *path; /* absolute; links are resolved */
        const char *profile;
        const char *const *features, *const *include, *const *exclude;
        int64_t max_file_bytes, default_file_bytes;
        const char *const *private_folders; /* which it may not lie in */
} RootRequest;

typedef struct RootRegistered {
        char *id, *path; /* the caller frees */
} RootRegistered;

/* Registers a folder, or changes (or takes up again) the root of the same path. INVALID, LIMIT, NOT_FOUND,
 * DENIED say what is wrong. */
bool root_register(Store *vault, const Access *access, const RootRequest *request,
                   RootRegistered *ret, GError **error);

/* Retires a root: its documents are not searched, scanned or watched any more. NOT_FOUND. */
bool root_remove(Store *vault, const Access *access, const char *id, GError **error);
