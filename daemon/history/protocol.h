/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the daemon and ouroboros-history say to each other over a SOCK_SEQPACKET pair (the helper's end is HISTORY_FD). One request,
 * one reply, and the process ends: its walls are those of one repository.
 *
 * Request: a HistoryRequest with descriptors (SCM_RIGHTS): the folder of git and the common one, which the helper may read in and
 * nowhere else, and for HISTORY_BLOBS a file of ids of HISTORY_ID_BYTES each.
 * Reply: as to ouroboros-extract (extract/protocol.h), with a sealed memfd that holds a HistoryAnswer, its rows and its bytes. What
 * is wrong with the request or the repository stands in the answer. The daemon trusts none of it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_FD            3
#define HISTORY_REQUEST_MAGIC 0x51524948u
#define HISTORY_ANSWER_MAGIC  0x53414948u

#define HISTORY_PATH_BYTES_MAX     4095 /* of a folder */
#define HISTORY_NAME_BYTES_MAX     1024 /* of a file's path; longer ones are left out */
#define HISTORY_REVISION_BYTES_MAX 255  /* of the name of a revision */
#define HISTORY_ID_BYTES           20   /* of an object: SHA-1 */
#define HISTORY_HEX_BYTES          (2 * HISTORY_ID_BYTES)
#define HISTORY_MESSAGE_BYTES_MAX  239

#define HISTORY_FILES_MAX        200000  /* rows of an answer; the rest is left out */
#define HISTORY_ENTRIES_MAX      8000000 /* of folders that one request looks at */
#define HISTORY_DEPTH_MAX        96      /* folders within folders */
#define HISTORY_STEPS_MAX        200000  /* commits that are followed to a revision or a time */
#define HISTORY_COMMITS_MAX      20000   /* newest ones whose changes are counted */
#define HISTORY_TREE_BYTES_MAX   (16 * 1024 * 1024)
#define HISTORY_COMMIT_BYTES_MAX (1024 * 1024)      /* of a tag, too */
#define HISTORY_BLOBS_BYTES_MAX  (32 * 1024 * 1024) /* of one answer, if it is more than one file */
#define HISTORY_ANSWER_BYTES_MAX (128 * 1024 * 1024)

typedef enum HistoryAsk {
        HISTORY_DIFF =
                1, /* which source files differ between from and to; to "": against nothing, so all of from */
        HISTORY_BLOBS, /* the bytes of blobs, as many as go into one answer */
        HISTORY_CHURN, /* how many commits since a time changed each source file */
} HistoryAsk;

typedef struct HistoryRequest {
        uint32_t magic, ask;
        char git[HISTORY_PATH_BYTES_MAX + 1], common[HISTORY_PATH_BYTES_MAX + 1];
        char prefix[HISTORY_PATH_BYTES_MAX +
                    1]; /* only what lies in this folder of the trees; "" is the top */
        char from[HISTORY_REVISION_BYTES_MAX +
                  1]; /* CHURN: commit up to which was counted before, or "" */
        char to[HISTORY_REVISION_BYTES_MAX + 1];
        int64_t since; /* seconds; DIFF: from is the last commit at or before, if from is ""; CHURN: the oldest */
        uint32_t blob_bytes_max; /* BLOBS: of one; a larger one is left out */
        uint32_t unused;
} HistoryRequest;

/* By which of the limits above something was left out; 0: nothing was. */
#define HISTORY_LIMITS(X)                                                                          \
        X(NAME_BYTES)                                                                              \
        X(FILES) X(ENTRIES) X(DEPTH) X(COMMITS) X(BLOBS_BYTES) X(ANSWER_BYTES)
typedef enum HistoryLimit {
        HISTORY_CUT_BY_NOTHING,
#define X(name) HISTORY_CUT_BY_##name,
        HISTORY_LIMITS(X)
#undef X
                HISTORY_LIMIT_COUNT,
} HistoryLimit;

/* "HISTORY_FILES_MAX" …; NULL for nothing. */
const char *history_limit_to_string(HistoryLimit limit);

enum {                           /* flags of an answer */
       HISTORY_SHALLOW = 1 << 0, /* the history at hand ends where it was cut off */
       HISTORY_APPENDED =
               1 << 1,           /* CHURN: only what came after the commit that was counted up to */
       HISTORY_NOTHING = 1 << 2, /* DIFF: at that time there was no commit yet; from is "" */
};

enum {                           /* flags of a row */
       HISTORY_OLD = 1 << 0,     /* DIFF: it is in from; BLOBS: its bytes are there */
       HISTORY_NEW = 1 << 1,     /* DIFF: it is in to */
       HISTORY_LARGE = 1 << 2,   /* BLOBS: it has more than blob_bytes_max */
       HISTORY_MISSING = 1 << 3, /* BLOBS: it is not at hand, or damaged */
};

typedef struct HistoryRow {
        uint32_t flags;
        uint32_t path;          /* offset in the answer's bytes, ending in NUL; below prefix */
        uint32_t offset, bytes; /* BLOBS: in the answer's bytes */
        uint32_t commits;       /* CHURN */
        uint8_t old_id[HISTORY_ID_BYTES], new_id[HISTORY_ID_BYTES]; /* as flags say */
} HistoryRow;

typedef struct HistoryAnswer {
        uint32_t magic, ask;
        int32_t code; /* -1, else an OuroborosError, and there are no rows */
        uint32_t flags;
        uint32_t rows, bytes;       /* which follow in this order */
        uint32_t commits;           /* CHURN: that were counted */
        uint32_t cut;               /* HistoryLimit: the first that was reached; there is more */
        int64_t from_time, to_time; /* seconds */
        char from[HISTORY_HEX_BYTES + 1],
                to[HISTORY_HEX_BYTES + 1];           /* commits; CHURN: to is HEAD's */
        char message[HISTORY_MESSAGE_BYTES_MAX + 1]; /* what went wrong */
} HistoryAnswer;

/* Checks the block of an answer to ask, which is aligned to 8: sizes; codes, flags and limit known; texts with an end and UTF-8, ids hex
 * digits, offsets within, paths such as lie below a folder. CORRUPT, saying what is wrong. An answer that tells an error sets
 * it and is not given. */
const HistoryAnswer *history_answer_open(const void *block, size_t bytes, HistoryAsk ask,
                                         GError **error);

static inline const HistoryRow *history_answer_rows(const HistoryAnswer *answer)
{
        return (const HistoryRow *)(answer + 1);
}

static inline const char *history_answer_bytes(const HistoryAnswer *answer)
{
        return (const char *)(history_answer_rows(answer) + answer->rows);
}
