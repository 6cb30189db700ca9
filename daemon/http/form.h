/* SPDX-License-Identifier: GPL-3.0-or-later */
/* application/x-www-form-urlencoded, as it comes in bodies, and how its values are written. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define FORM_FIELDS_MAX 64

/* name → value of all fields; the caller unrefs. INVALID: not UTF-8, NUL, a bad escape, a name twice; LIMIT. */
GHashTable *form_parse(const char *text, size_t length, GError **error);

/* What length bytes of a form or query say without their escapes; NULL if that is no text. The caller frees. */
char *form_unescape(const char *text, size_t length);

/* A value as it stands in a form or query; the caller frees. */
char *form_escape(const char *value);
