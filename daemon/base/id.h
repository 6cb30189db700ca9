/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids: a prefix and 32 lower-case hex digits: 48 bits of Unix milliseconds, 80 random bits (RFC 9562's
 * UUIDv7 layout without version and variant). Within one process they sort by creation. */
#pragma once

#include <stdbool.h>

#define ID_DIGITS 32 /* hex digits after "prefix-" */
#define ID_MAX    48 /* longest id with its NUL */

/* A new id such as "fact-0199…"; prefix is without the dash. The caller frees. Thread-safe. */
char *id_new(const char *prefix);

/* The same into a buffer of ID_MAX bytes. */
void id_write(const char *prefix, char buffer[ID_MAX]);

/* Is it well-formed, and of this prefix (NULL: any)? */
bool id_is_valid(const char *id, const char *prefix);
