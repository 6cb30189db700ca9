/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/document.h"

#include "base/base.h"
#include "extract/contents.h"
#include "extract/protocol.h"

#define DOCUMENT_TRIM_BYTES                                                                        \
        (256 * 1024) /* after a file or text of this size memory is given back */

static void store_variant(const void *data, void *place)
{
        g_variant_store((GVariant *)data, place);
}

int document_pack(GVariant *result, GError **error)
{
        size_t size = g_variant_get_size(result);
        if (size > EXTRACT_RESULT_BYTES_MAX) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                        "text and structure have %zu bytes, more than %d (EXTRACT_RESULT_BYTES_MAX)",
                        size, EXTRACT_RESULT_BYTES_MAX);
                return -1;
        }
        return memfd_seal(size, store_variant, result, error);
}

int document_answer(void *data, const ServeRequest *request, bool *ret_large, GError **error)
{
        Extract *extract = data;
        Contents contents = {0};
        static const ContentsLimit limit = {EXTRACT_INPUT_BYTES_MAX, "EXTRACT_INPUT_BYTES_MAX"};
        if (!contents_read(request->fds[0], &limit, &contents, error))
                return -1;
        ExtractFile file = {.bytes = contents.bytes,
                            .length = contents.length,
                            .name = request->name,
                            .text_bytes_max = request->text_bytes_max};
        g_autoptr(GVariant) result = extract_run(extract, &file, error);
        int fd = result ? document_pack(result, error) : -1;
        *ret_large = contents.length > DOCUMENT_TRIM_BYTES ||
                     output_length(extract->output) > DOCUMENT_TRIM_BYTES;
        contents_clear(&contents);
        return fd;
}

void document_rest(void *data)
{
        Extract *extract = data;

        output_reset(extract->output, 0);
}
