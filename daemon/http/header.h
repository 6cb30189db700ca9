/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of headers that repeat what a body says. */
#pragma once

/* The value that a header stands for: itself, or what =?base64?…?= holds. NULL if it has characters that no header may
 * have, or the Base64 is bad, or holds a NUL or anything but UTF-8. The caller frees. */
char *header_decode(const char *value);
