/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

bool answer_add_path(Answer *answer, const char *path, HistoryRow row)
{
        if (answer->rows->len >= HISTORY_FILES_MAX) {
                answer->head.flags |= HISTORY_CUT;
                return false;
        }
        row.path = answer->bytes->len;
        g_byte_array_append(answer->bytes, (const guint8 *)path, (guint)strlen(path) + 1);
        g_array_append_val(answer->rows, row);
        return true;
}

void answer_add_blob(Answer *answer, const void *bytes, size_t length, uint32_t flags)
{
        HistoryRow row = {.flags = flags, .offset = answer->bytes->len, .bytes = (uint32_t)length};

        if (length > 0)
                g_byte_array_append(answer->bytes, bytes, (guint)length);
        g_array_append_val(answer->rows, row);
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

static bool write_all(const Answer *answer, int fd)
{
        HistoryAnswer head = answer->head;

        head.rows = answer->rows->len;
        head.bytes = answer->bytes->len;
        return file_write_all(fd, &head, sizeof(head)) &&
               (!head.rows ||
                file_write_all(fd, answer->rows->data, head.rows * sizeof(HistoryRow))) &&
               (!head.bytes || file_write_all(fd, answer->bytes->data, head.bytes));
}

int answer_seal(const Answer *answer, GError **error)
{
        int fd = memfd_create("ouroboros-history", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        if (fd >= 0 && write_all(answer, fd) &&
            fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
                return fd;
        error_set_errno(error, errno, "Cannot make a memfd for the answer");
        if (fd >= 0)
                close(fd);
        return -1;
}
