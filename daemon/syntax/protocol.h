/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests to ouroboros-syntax, a second kind beside those of extract/protocol.h: source files in, their units out, many at once.
 *
 * Request: a SyntaxRequest, cut after its last file, with one descriptor for each of them (SCM_RIGHTS), in order.
 * Reply: as to the first kind (extract/protocol.h), on success with a sealed memfd that holds a SyntaxBatch and its units. A file that
 * cannot be read costs its own row. One that crashes the program, or holds it longer than the daemon waits, costs the
 * batch: the daemon asks again, for fewer. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYNTAX_REQUEST_MAGIC                                                                       \
        UINT64_C(0xff31515258544e59) /* no length of a text in EXTRACT_REQUEST_TYPE */
#define SYNTAX_BATCH_MAGIC 0x54414255u

#define SYNTAX_BATCH_FILES_MAX   64                  /* of one request */
#define SYNTAX_BATCH_BYTES_MAX   (128 * 1024 * 1024) /* of all units of a reply */
#define SYNTAX_BATCH_SECONDS_MAX 20  /* of CPU; the files after that are to be asked for again */
#define SYNTAX_NAME_BYTES_MAX    247 /* of a name; of a longer path the end is sent */
#define SYNTAX_MESSAGE_BYTES_MAX 239

/* Code of a row whose file was not looked at: the batch was full, or took too long. Ask again. */
#define SYNTAX_AGAIN OUROBOROS_ERROR_UNAVAILABLE

typedef struct SyntaxRequestFile {
        uint32_t language; /* UnitLanguage */
        uint32_t
                bytes_max; /* a longer file is LIMIT; at most TREE_BYTES_MAX is parsed whatever this says */
        char name[SYNTAX_NAME_BYTES_MAX + 1]; /* path in the repository */
} SyntaxRequestFile;

typedef struct SyntaxRequest {
        uint64_t magic;
        uint32_t count, unused;
        SyntaxRequestFile files[SYNTAX_BATCH_FILES_MAX];
} SyntaxRequest;

typedef struct SyntaxRow {
        uint64_t
                content; /* a hash of the bytes that were read: the same for the same bytes, no more than that */
        uint32_t file_bytes;    /* how many those were */
        int32_t code;           /* -1: there is a unit; else an OuroborosError */
        uint32_t offset, bytes; /* of the unit in the block, aligned to 8; 0 if there is none */
        char message[SYNTAX_MESSAGE_BYTES_MAX + 1]; /* what went wrong */
} SyntaxRow;

typedef struct SyntaxBatch {
        uint32_t magic, count;
        SyntaxRow rows[];
} SyntaxBatch;

/* Bytes of a request for so many files. */
static inline size_t syntax_request_bytes(uint32_t count)
{
        return offsetof(SyntaxRequest, files) + count * sizeof(SyntaxRequestFile);
}

/* Fills in one file of a request. */
void syntax_request_file(SyntaxRequest *request, uint32_t index, const char *path,
                         uint32_t language, uint32_t bytes_max);

/* Checks a reply's block, which is aligned to 8, for a request of count files: rows within it, codes known, messages with an end and
 * UTF-8. The units in it are still to be opened (unit_open). CORRUPT. */
const SyntaxBatch *syntax_batch_open(const void *block, size_t bytes, uint32_t count,
                                     GError **error);
