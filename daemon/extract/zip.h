/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of a ZIP in memory, with limits against bombs. Only entries that are asked for are inflated. */
#pragma once

#include "extract/output.h"

#define ZIP_ENTRIES_MAX        10000
#define ZIP_INFLATED_BYTES_MAX (256L * 1024 * 1024) /* of all entries that are read */
#define ZIP_RATIO_MAX          200                  /* inflated to packed, once over 8 MiB */
#define ZIP_PART_BYTES_MAX     (8 * 1024 * 1024)    /* of an entry that is read whole */

typedef struct Zip Zip;

/* Begins anew at the first entry. Fails output (INVALID) when it cannot be read. */
Zip *zip_open(const char *bytes, size_t length, Output *output);
Zip *zip_free(Zip *zip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zip, zip_free)

/* The name of the next entry, or NULL at the end or on failure. It holds until the next call. */
const char *zip_next(Zip *zip);

/* The next piece of the entry; 0 at its end or on failure. The piece holds until the next call. */
size_t zip_read(Zip *zip, const char **ret_piece);

/* The rest of the entry; the caller frees. NULL on failure. */
GString *zip_read_all(Zip *zip);
