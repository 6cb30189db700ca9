/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history/answer.h"

#include <string.h>

#include "base/base.h"

Answer *answer_new(uint32_t ask)
{
        Answer *answer = g_new0(Answer, 1);

        answer->head = (HistoryAnswer){.magic = HISTORY_ANSWER_MAGIC, .ask = ask, .code = -1};
        answer->rows = g_array_new(FALSE, FALSE, sizeof(HistoryRow));
        answer->bytes = g_byte_array_new();
        return answer;
}

Answer *answer_free(Answer *answer)
{
        if (!answer)
                return NULL;
        g_array_unref(answer->rows);
        g_byte_array_unref(answer->bytes);
        g_free(answer);
        return NULL;
}

void answer_cut(Answer *answer, HistoryLimit limit)
{
        if (!answer->head.cut)
                answer->head.cut = limit;
}

static size_t size_of(const Answer *answer)
{
        return sizeof(answer->head) + answer->rows->len * sizeof(HistoryRow) + answer->bytes->len;
}

/* Is there room for one more row with so many bytes? */
static bool has_room(Answer *answer, size_t bytes)
{
        size_t taken = size_of(answer) + sizeof(HistoryRow);

        if (answer->rows->len >= HISTORY_FILES_MAX)
                answer_cut(answer, HISTORY_CUT_BY_FILES);
        else if (taken > HISTORY_ANSWER_BYTES_MAX || bytes > HISTORY_ANSWER_BYTES_MAX - taken)
                answer_cut(answer, HISTORY_CUT_BY_ANSWER_BYTES);
        else
                return true;
        return false;
}

bool answer_add_path(Answer *answer, const char *path, HistoryRow row)
{
        size_t length = strlen(path) + 1;

        if (!has_room(answer, length))
                return false;
        row.path = answer->bytes->len;
        g_byte_array_append(answer->bytes, (const guint8 *)path, (guint)length);
        g_array_append_val(answer->rows, row);
        return true;
}

bool answer_add_blob(Answer *answer, const void *bytes, size_t length, uint32_t flags)
{
        HistoryRow row = {.flags = flags, .offset = answer->bytes->len, .bytes = (uint32_t)length};

        if (!has_room(answer, length))
                return false;
        if (length > 0)
                g_byte_array_append(answer->bytes, bytes, (guint)length);
        g_array_append_val(answer->rows, row);
        return true;
}

void answer_fail(Answer *answer, const GError *error)
{
        /* a repository's own words may stand in it */
        g_autofree char *cut = g_strndup(error->message, HISTORY_MESSAGE_BYTES_MAX / 3);
        g_autofree char *valid = g_utf8_make_valid(cut, -1);

        g_array_set_size(answer->rows, 0);
        g_byte_array_set_size(answer->bytes, 0);
        answer->head.code = (int32_t)error_code(error);
        g_strlcpy(answer->head.message, valid, sizeof(answer->head.message));
}

static void *put(void *place, const void *bytes, size_t size)
{
        if (size > 0)
                memcpy(place, bytes, size);
        return (char *)place + size;
}

static void store(const void *data, void *place)
{
        const Answer *answer = data;
        HistoryAnswer head = answer->head;

        head.rows = answer->rows->len;
        head.bytes = answer->bytes->len;
        place = put(place, &head, sizeof(head));
        place = put(place, answer->rows->data, head.rows * sizeof(HistoryRow));
        (void)put(place, answer->bytes->data, head.bytes);
}

int answer_seal(const Answer *answer, GError **error)
{
        return memfd_seal(size_of(answer), store, answer, error);
}
