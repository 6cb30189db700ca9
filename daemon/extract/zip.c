/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/zip.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/base.h"

#define ZIP_RATIO_FROM (8L * 1024 * 1024)

struct Zip {
        struct archive *archive;
        struct archive_entry *entry;
        Output *output;
        size_t packed;
        long inflated;
        unsigned entries;
        char buffer[64 * 1024];
};

static bool failed(Zip *zip, int r)
{
        if (r >= ARCHIVE_WARN)
                return false;
        output_fail(zip->output, OUROBOROS_ERROR_INVALID, "the ZIP is damaged: %s",
                    archive_error_string(zip->archive) ?: "no reason given");
        return true;
}

Zip *zip_open(const char *bytes, size_t length, Output *output)
{
        Zip *zip = g_new0(Zip, 1);
        zip->output = output;
        zip->packed = length;
        zip->archive = archive_read_new();
        archive_read_support_format_zip_seekable(zip->archive);
        (void)failed(zip, archive_read_open_memory(zip->archive, bytes, length));
        return zip;
}

Zip *zip_free(Zip *zip)
{
        if (!zip)
                return NULL;
        archive_read_free(zip->archive);
        g_free(zip);
        return NULL;
}

const char *zip_next(Zip *zip)
{
        while (!output_failed(zip->output)) {
                int r = archive_read_next_header(zip->archive, &zip->entry);
                if (r == ARCHIVE_EOF || failed(zip, r))
                        return NULL;
                if (++zip->entries > ZIP_ENTRIES_MAX) {
                        output_fail(zip->output, OUROBOROS_ERROR_LIMIT,
                                    "the ZIP has more than %d entries (ZIP_ENTRIES_MAX)",
                                    ZIP_ENTRIES_MAX);
                        return NULL;
                }
                const char *name = archive_entry_pathname(zip->entry);
                if (name)
                        return name;
        }
        return NULL;
}

static bool over_limit(Zip *zip)
{
        if (zip->inflated > ZIP_INFLATED_BYTES_MAX)
                output_fail(zip->output, OUROBOROS_ERROR_LIMIT,
                            "the ZIP inflates to more than %ld bytes (ZIP_INFLATED_BYTES_MAX)",
                            ZIP_INFLATED_BYTES_MAX);
        else if (zip->inflated > ZIP_RATIO_FROM &&
                 (size_t)zip->inflated / ZIP_RATIO_MAX > zip->packed)
                output_fail(zip->output, OUROBOROS_ERROR_LIMIT,
                            "the ZIP inflates to more than %d times its size (ZIP_RATIO_MAX)",
                            ZIP_RATIO_MAX);
        return output_failed(zip->output);
}

size_t zip_read(Zip *zip, const char **ret_piece)
{
        if (output_failed(zip->output))
                return 0;
        if (archive_entry_is_encrypted(zip->entry)) {
                output_fail(zip->output, OUROBOROS_ERROR_INVALID,
                            "the file is encrypted and needs a password");
                return 0;
        }
        la_ssize_t n = archive_read_data(zip->archive, zip->buffer, sizeof(zip->buffer));
        if (n < 0) {
                (void)failed(zip, ARCHIVE_FATAL);
                return 0;
        }
        zip->inflated += n;
        if (over_limit(zip))
                return 0;
        *ret_piece = zip->buffer;
        return (size_t)n;
}

GString *zip_read_all(Zip *zip)
{
        g_autoptr(GString) whole = g_string_new(NULL);
        const char *piece;
        for (size_t n; (n = zip_read(zip, &piece)) > 0;) {
                if (whole->len + n > ZIP_PART_BYTES_MAX) {
                        output_fail(
                                zip->output, OUROBOROS_ERROR_LIMIT,
                                "a part of the ZIP is longer than %d bytes (ZIP_PART_BYTES_MAX)",
                                ZIP_PART_BYTES_MAX);
                        break;
                }
                g_string_append_len(whole, piece, (gssize)n);
        }
        return output_failed(zip->output) ? NULL : g_steal_pointer(&whole);
}
