/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches of source files through the processes of ouroboros-syntax. A file that crashes one, or holds it too long, costs
 * that file: the others of its batch are given again, one by one. Loop thread only. */
#pragma once

#include "code/parse.h"
#include "reading/reading.h"

#define PARSER_TIMEOUT_MS 60000 /* of wall time for one batch */

typedef struct Parser Parser;

typedef struct ParserOptions {
        sd_event *loop;
        Reading *reading; /* must outlive it */
        int64_t file_bytes_max;
} ParserOptions;

Parser *parser_new(const ParserOptions *options, GError **error);
Parser *parser_free(Parser *parser); /* what is under way ends with CANCELLED */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Parser, parser_free)

/* Called on the loop, never from within parser_submit(): each file of the batch has its unit or its error. error: nothing could
 * be read, through no fault of the files (UNAVAILABLE, CANCELLED). May submit; may not free the parser. */
typedef void (*ParserDone)(ParseBatch *batch, const GError *error, void *data);

/* Reads those files of a batch that have a descriptor and no error. The batch is the parser's until it is done. */
void parser_submit(Parser *parser, ParseBatch *batch, ParserDone done, void *data);
