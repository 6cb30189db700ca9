/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk through a root (or the changed paths of one) that makes the rows agree with the files. Done in
 * slices, each ending with one write, so that it shares a worker and can stop in between. */
#pragma once

#include "documents/root.h"
#include "documents/vault-file.h"

#define SCAN_DEPTH_MAX   128 /* folders within folders */
#define SCAN_SLICE_FILES 256 /* files taken before their rows are written */
#define SCAN_SLICE_BYTES (32 * 1024 * 1024)

typedef struct Scan Scan;

typedef struct ScanOptions {
        Store *vault;
        const Access *access;
        VaultFiles *files;
        Root *root;
        FolderWatch *watch; /* or NULL */
        const char *const
                *skip;       /* absolute folders that are not the root's: our own, inner roots */
        char **only;         /* changed paths below the root, NULL: everything */
        const int *stopping; /* atomic: give up when it is not 0 */
} ScanOptions;

/* options->only is taken over; the rest is borrowed (root is referenced). */
Scan *scan_new(const ScanOptions *options);
Scan *scan_free(Scan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scan, scan_free)

/* Does the next slice on a worker; ret_more says whether there is another. Errors: NOT_FOUND or DENIED if the
 * root itself cannot be read (its documents stay as they are), CANCELLED; any other means that the vault or
 * the database cannot be used (to be tried again from the start). */
bool scan_slice(Scan *scan, bool *ret_more, GError **error);

const Root *scan_root(const Scan *scan);
bool scan_hit_watch_limit(const Scan *scan);
bool scan_root_is_unreadable(const Scan *scan); /* that is why a slice failed */
