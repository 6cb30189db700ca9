/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TypeScript declarations of `sophia`, made from the schemas of tools. */
#pragma once

#include "tools/table.h"

/* entries: const Entry*, in order. An interface of arguments and one of the answer for each tool, and both spellings of
 * its method. Compiles with tsc --strict. The caller frees. */
char *sdk_types(const GPtrArray *entries, const char *version);

/* The type of a JSON schema, as TypeScript; object literals are indented by indent levels. The caller frees. */
char *sdk_type(JsonNode *schema, unsigned indent);
