/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper's side of the protocol. */
#pragma once

#include "extract/extract.h"

/* Answers requests on EXTRACT_FD until the daemon closes it. */
void serve(Extract *extract);

/* The result in a sealed memfd, or -1. LIMIT when it is over EXTRACT_RESULT_BYTES_MAX. */
int serve_pack(GVariant *result, GError **error);
