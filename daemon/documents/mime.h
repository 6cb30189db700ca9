/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A first guess at a file's type while it is being scanned, from its first bytes and its name. The
 * extractor looks properly. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIME_HEAD_BYTES 512 /* how much of the beginning is looked at */

/* A static string, "application/octet-stream" if nothing is known. */
const char *mime_guess(const char *name, const uint8_t *head, size_t size);

/* Is there any use in extracting text from it? */
bool mime_has_text(const char *mime);
