/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public symbols of a repository at a commit against those at another, or as the graph has them now. Worker thread: asks
 * ouroboros-history which files differ, has those of the past read, and compares. */
#pragma once

#include "code/files.h"
#include "code/contrast.h"
#include "code/history.h"

#define DIFF_FILES_MAX 5000 /* that differ and are compared; the rest is left out */

typedef struct HistoryDiff {
        Contrast *contrast;
        const GArray *rows;         /* of ContrastRow */
        char *from, *to;            /* commits; to NULL: the graph as it is; from "": nothing */
        int64_t from_time, to_time; /* microseconds */
        unsigned files;             /* that differ */
        const char *cut;            /* the limit by which something was left out, or NULL */
} HistoryDiff;
HistoryDiff *history_diff_free(HistoryDiff *diff);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HistoryDiff, history_diff_free)

typedef struct HistoryDiffOptions {
        History *history;
        const Access *access;
        Store *vault;
        const Repository *repository;
        const char *const *skip; /* folders whose files are not the repository's */
        const char *from;        /* revision, or NULL: the last commit at or before since */
        const char *to;          /* NULL: the graph as it is */
        int64_t since;           /* microseconds */
        int64_t file_bytes_max;
} HistoryDiffOptions;

HistoryDiff *history_diff(const HistoryDiffOptions *options, GError **error);
