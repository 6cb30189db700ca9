/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer that is being made: rows, bytes, and a head. */
#pragma once

#include "history/protocol.h"

typedef struct Answer {
        HistoryAnswer head;
        GArray *rows;      /* of HistoryRow */
        GByteArray *bytes; /* paths or blobs */
} Answer;

Answer *answer_new(uint32_t ask);
Answer *answer_free(Answer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Answer, answer_free)

/* Something is left out by a limit; the first one counts. */
void answer_cut(Answer *answer, HistoryLimit limit);

/* Both are false, and the answer is cut, if there is no room for the row: HISTORY_FILES_MAX, HISTORY_ANSWER_BYTES_MAX.
 * Adds a row for a path below the prefix; its other members are the row's. */
bool answer_add_path(Answer *answer, const char *path, HistoryRow row);

/* Adds a row with bytes of a blob (NULL: none, flags say why). */
bool answer_add_blob(Answer *answer, const void *bytes, size_t length, uint32_t flags);

/* There is nothing but what went wrong. */
void answer_fail(Answer *answer, const GError *error);

/* All of it in a sealed memfd, or -1. */
int answer_seal(const Answer *answer, GError **error);
