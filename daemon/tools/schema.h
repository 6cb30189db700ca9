/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON Schema (draft 2020-12), the subset that our tools use. A schema that says more than this room can
 * check is refused when it is compiled, so that no keyword is ever silently without effect. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

#define SCHEMA_DEPTH_MAX                                                                           \
        128 /* nesting of rules and values while checking, also of $ref to itself */

typedef struct Schema Schema; /* immutable; may be used by several threads at once */

/* Compiles a schema; the document is referenced. INVALID names the keyword that is wrong or unknown. */
Schema *schema_compile(JsonNode *document, GError **error);
Schema *schema_free(Schema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Schema, schema_free)

/* Does value fit? With fill, absent members get their default and 5.0 becomes 5 where an integer is
 * asked for. INVALID (LIMIT for a length, number of items or depth) with the JSON pointer of what is
 * wrong, and what would be right. */
bool schema_check(const Schema *schema, JsonNode *value, bool fill, GError **error);
