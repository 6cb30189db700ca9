/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are read together by one process of ouroboros-syntax, and what came of them. */
#pragma once

#include "base/base.h"
#include "syntax/unit.h"

/* What came of one file: a unit that was checked, or an error. */
typedef struct ParseFile {
        int fd;           /* to read; closed with the batch */
        const char *name; /* its path; borrowed */
        UnitLanguage language;
        void *data; /* the caller's */

        const void *block; /* filled: in the batch's mapping */
        size_t bytes;
        Unit unit;
        GError *error; /* or this, and then no block */
        uint64_t hash; /* of the bytes that were read … */
        bool hashed;   /* … if they were */
} ParseFile;

typedef struct ParseMap {
        void *at;
        size_t bytes;
} ParseMap;

typedef struct ParseBatch {
        gatomicrefcount references;
        GArray *files; /* of ParseFile */
        GArray *maps;  /* of ParseMap: what their units lie in */
} ParseBatch;

ParseBatch *parse_batch_new(void);
ParseBatch *parse_batch_ref(ParseBatch *batch);
ParseBatch *parse_batch_unref(ParseBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ParseBatch, parse_batch_unref)

/* Adds a file; takes over fd and error. */
void parse_batch_add(ParseBatch *batch, const ParseFile *file);

/* Takes what a helper program made of some files of a batch (their numbers): checks it whole, and sets their unit or error. Takes
 * over memfd. CORRUPT: nothing of it is to be believed. Any thread. */
bool parse_batch_open(ParseBatch *batch, int memfd, const GArray *asked, GError **error);

/* Closes the files: they have been read. */
void parse_batch_close(ParseBatch *batch);
