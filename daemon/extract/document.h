/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper's answer to a request for a document: see extract/protocol.h. */
#pragma once

#include "extract/extract.h"
#include "extract/serve.h"

/* ServeHandler; extract is an Extract. */
int document_answer(void *extract, const ServeRequest *request, bool *ret_large, GError **error);

/* Gives back what the last one took. */
void document_rest(void *extract);

/* The result in a sealed memfd, or -1. LIMIT when it is over EXTRACT_RESULT_BYTES_MAX. */
int document_pack(GVariant *result, GError **error);
