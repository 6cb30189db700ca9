/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a character of a text to the page or line it stands on. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stddef.h>
#include <stdint.h>

typedef struct TextPlace {
        int64_t page; /* from 1; 0: not paged */
        int64_t line; /* from 1; 0: unknown, as in paged formats */
} TextPlace;

/* The place of a character. map is as document_text keeps it: serialised pairs of page (0: not paged) and
 * first character, in order; a damaged one gives {0, 0}. */
TextPlace textmap_find(const void *map, size_t size, int64_t character);

/* Sets "page" and "line", null where unknown. */
void textmap_to_json(TextPlace place, JsonObject *object);
