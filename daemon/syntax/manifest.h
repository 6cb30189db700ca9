/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manifests: what package.json, tsconfig.json, Cargo.toml, pyproject.toml and go.mod say, as settings of a unit (UnitSetting). They are a stranger's: what
 * is no good is left out. */
#pragma once

#include <stdbool.h>

#include "syntax/builder.h"

#define MANIFEST_DEPTH_MAX    20   /* of values in each other; deeper ones are left out */
#define MANIFEST_KEY_MAX      500  /* bytes of a key; a longer one is left out */
#define MANIFEST_VALUE_MAX    2000 /* bytes of a value in JSON; a longer one is left out */
#define MANIFEST_SETTINGS_MAX 5000 /* of one file; the rest is left out */

/* Reads the file of that name into the unit that the builder has begun; false: no such manifest is known. */
bool manifest_read(Builder *builder, const char *name, const char *text, size_t length);

/* One form each: go.mod as "module", "require.PATH", "replace.PATH"; TOML and JSON by their keys joined by ".". JSON that cannot be
 * read, whatever is forgiven (comments, a last comma), gives a unit with UNIT_HAS_ERRORS. */
void manifest_read_go(Builder *builder, const char *text, size_t length);
void manifest_read_toml(Builder *builder, const char *text, size_t length);
void manifest_read_json(Builder *builder, const char *text, size_t length);
