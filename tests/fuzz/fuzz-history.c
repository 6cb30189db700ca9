/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block that claims to be an answer of ouroboros-history, to each kind of request: what is open can be read to its end. */
#include "fuzz.h"

#include <string.h>

#include "base/base.h"
#include "history/protocol.h"

static size_t read_all(const HistoryAnswer *answer)
{
        size_t sum = strlen(answer->message) + strlen(answer->from) + strlen(answer->to);

        for (uint32_t i = 0; i < answer->rows; i++) {
                const HistoryRow *row = &history_answer_rows(answer)[i];
                const char *bytes = history_answer_bytes(answer);

                if (answer->ask != HISTORY_BLOBS)
                        sum += strlen(bytes + row->path);
                for (uint32_t j = 0; answer->ask == HISTORY_BLOBS && j < row->bytes; j++)
                        sum += (unsigned char)bytes[row->offset + j];
        }
        return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree void *block = g_malloc(size + 1); /* aligned */

        if (size)
                memcpy(block, data, size);
        for (HistoryAsk ask = HISTORY_DIFF; ask <= HISTORY_CHURN; ask++) {
                g_autoptr(GError) error = NULL;
                const HistoryAnswer *answer = history_answer_open(block, size, ask, &error);

                g_assert_true((answer != NULL) == (error == NULL));
                if (answer)
                        g_assert_cmpuint(read_all(answer), <, SIZE_MAX);
        }
        return 0;
}
