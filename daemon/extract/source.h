/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper's answer to a batch of source files: see syntax/protocol.h. */
#pragma once

#include "extract/serve.h"

/* ServeHandler; syntax is a Syntax. */
int source_answer(void *syntax, const ServeRequest *request, bool *ret_large, GError **error);
