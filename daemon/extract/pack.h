/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes EXTRACT_STRUCTURE_TYPE in GVariant's serialised form, without a GVariant for each item, key and
 * value: a page of links would cost more in them than in its parsing. */
#pragma once

#include "extract/output.h"

typedef struct Pack {
        GByteArray *bytes; /* empty at first; the whole array after pack_end() */
        GArray *ends;      /* size_t: where each item ends */
} Pack;

/* start and end are in characters. */
void pack_item(Pack *pack, const Item *item, guint32 start, guint32 end);
void pack_end(Pack *pack);
