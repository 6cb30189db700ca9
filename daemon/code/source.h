/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The source of a symbol out of its live file. */
#pragma once

#include "code/query.h"

#define SOURCE_BYTES_MAX      (128 * 1024) /* of the text of one answer */
#define SOURCE_FILE_BYTES_MAX (8 * 1024 * 1024)

/* {"symbol_id" …, "source", "stale", "cut"} of the symbol that the arguments name. Reads within the repository only. NOT_FOUND
 * if the file has gone, DENIED if it cannot be read. Blocks. */
JsonObject *source_of_symbol(const Query *query, GError **error);
