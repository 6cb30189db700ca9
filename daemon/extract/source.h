/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper's answer to a batch of source files: see syntax/protocol.h. */
#pragma once

#include <glib.h>

#include "syntax/protocol.h"
#include "syntax/syntax.h"

/* Reads the files of a request that was checked (count, ends of names). The caller frees the block. */
GByteArray *source_read(Syntax *syntax, const SyntaxRequest *request, const int *fds);
