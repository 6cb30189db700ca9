/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/base.h"
#include "history/protocol.h"

const char *history_limit_to_string(HistoryLimit limit)
{
        static const char *const names[] = {NULL,
#define X(name) "HISTORY_" #name "_MAX",
                                            HISTORY_LIMITS(X)
#undef X
        };

        return limit < G_N_ELEMENTS(names) ? names[limit] : NULL;
}

static bool fail(GError **error, const char *what)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                    "an answer of ouroboros-history is damaged: %s", what);
        return false;
}

/* Nothing, or as many hex digits as an id has. */
static bool is_hex(const char text[HISTORY_HEX_BYTES + 1])
{
        size_t length = strnlen(text, HISTORY_HEX_BYTES + 1);

        return (length == 0 || length == HISTORY_HEX_BYTES) &&
               strspn(text, "0123456789abcdef") == length;
}

/* A path that stays below the folder that it is taken in, whatever the tree said. */
static bool is_path(const char *path, size_t length)
{
        if (length == 0 || length > HISTORY_NAME_BYTES_MAX ||
            !g_utf8_validate(path, (gssize)length, NULL))
                return false;
        for (const char *at = path;;) {
                size_t part = strcspn(at, "/");

                if (part == 0 || (part <= 2 && strncmp(at, "..", part) == 0))
                        return false;
                if (!at[part])
                        return true;
                at += part + 1;
        }
}

static bool check_row(const HistoryAnswer *answer, const HistoryRow *row, GError **error)
{
        static const uint32_t known = HISTORY_OLD | HISTORY_NEW | HISTORY_LARGE | HISTORY_MISSING;
        const char *bytes = history_answer_bytes(answer);

        if (row->flags & ~known)
                return fail(error, "a flag of a row");
        if (answer->ask == HISTORY_BLOBS)
                return (row->offset <= answer->bytes &&
                        row->bytes <= answer->bytes - row->offset) ||
                       fail(error, "a blob lies outside");
        if (row->path >= answer->bytes)
                return fail(error, "a path lies outside");
        size_t left = answer->bytes - row->path, length = strnlen(bytes + row->path, left);
        if (length == left || !is_path(bytes + row->path, length))
                return fail(error, "a path");
        return answer->ask == HISTORY_CHURN || (row->flags & (HISTORY_OLD | HISTORY_NEW)) ||
               fail(error, "a file on neither side");
}

static bool check_head(const HistoryAnswer *answer, size_t bytes, HistoryAsk ask, GError **error)
{
        static const uint32_t known = HISTORY_SHALLOW | HISTORY_APPENDED | HISTORY_NOTHING;

        if (bytes < sizeof(*answer) || answer->magic != HISTORY_ANSWER_MAGIC || answer->ask != ask)
                return fail(error, "its head");
        if (answer->rows > HISTORY_FILES_MAX || bytes > HISTORY_ANSWER_BYTES_MAX ||
            bytes != sizeof(*answer) + answer->rows * sizeof(HistoryRow) + answer->bytes)
                return fail(error, "its size");
        if (answer->code < -1 || answer->code >= OUROBOROS_ERROR_COUNT ||
            (answer->flags & ~known) || answer->cut >= HISTORY_LIMIT_COUNT ||
            (answer->code >= 0 && answer->rows > 0))
                return fail(error, "its code, flags or limit");
        if (!is_hex(answer->from) || !is_hex(answer->to))
                return fail(error, "an id");
        return (memchr(answer->message, '\0', sizeof(answer->message)) &&
                g_utf8_validate(answer->message, -1, NULL)) ||
               fail(error, "its message");
}

const HistoryAnswer *history_answer_open(const void *block, size_t bytes, HistoryAsk ask,
                                         GError **error)
{
        const HistoryAnswer *answer = block;

        if (!check_head(answer, bytes, ask, error))
                return NULL;
        for (uint32_t i = 0; i < answer->rows; i++)
                if (!check_row(answer, &history_answer_rows(answer)[i], error))
                        return NULL;
        if (answer->code < 0)
                return answer;
        g_set_error_literal(error, OUROBOROS_ERROR, answer->code, answer->message);
        return NULL;
}
