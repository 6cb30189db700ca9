/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/protocol.h"

#include <string.h>

#include "base/base.h"

void syntax_request_file(SyntaxRequest *request, uint32_t index, const char *path,
                         uint32_t language, uint32_t bytes_max)
{
        SyntaxRequestFile *file = &request->files[index];
        size_t length = strlen(path);
        *file = (SyntaxRequestFile){.language = language, .bytes_max = bytes_max};
        if (length > SYNTAX_NAME_BYTES_MAX)
                path += length - SYNTAX_NAME_BYTES_MAX;
        memcpy(file->name, path, strlen(path));
}

static bool row_ok(const SyntaxRow *row, size_t first, size_t bytes)
{
        if (row->code < -1 || row->code >= OUROBOROS_ERROR_COUNT ||
            memchr(row->message, '\0', sizeof(row->message)) == NULL ||
            !g_utf8_validate(row->message, -1, NULL))
                return false;
        if (row->code >= 0)
                return row->offset == 0 && row->bytes == 0;
        return row->offset >= first && row->offset % 8 == 0 && row->offset <= bytes &&
               row->bytes <= bytes - row->offset;
}

const SyntaxBatch *syntax_batch_open(const void *block, size_t bytes, uint32_t count,
                                     GError **error)
{
        const SyntaxBatch *batch = block;
        size_t rows = sizeof(SyntaxBatch) + count * sizeof(SyntaxRow);
        if (bytes < rows || batch->magic != SYNTAX_BATCH_MAGIC || batch->count != count) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "not the units of %u files", count);
                return NULL;
        }
        for (uint32_t i = 0; i < count; i++) {
                if (row_ok(&batch->rows[i], rows, bytes))
                        continue;
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "not the units of %u files: row %u", count, i);
                return NULL;
        }
        return batch;
}
