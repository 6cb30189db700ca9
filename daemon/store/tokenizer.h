/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdbool.h>

#include <sqlite3.h>

/* Registers the FTS5 tokenizer "words" and the function phrase_hits() (see hits.c) with a handle; false if the handle has no FTS5. */
bool tokenizer_register(sqlite3 *sqlite);
