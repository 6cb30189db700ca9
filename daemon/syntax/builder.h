/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes one unit after another. Equal strings, lists and expressions become one; what is beyond a limit of unit.h is left
 * out and the unit flagged UNIT_IS_CUT, so that front-ends need not look. One builder serves many files and keeps its memory. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "syntax/unit.h"

#define BUILDER_LIST_ITEMS_MAX 1000 /* of one list; the rest is left out */

typedef struct Builder Builder;

Builder *builder_new(void);
Builder *builder_free(Builder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Builder, builder_free)

/* Begins a unit. */
void builder_reset(Builder *builder, UnitLanguage language);

/* The string of these bytes; those that are no UTF-8 are replaced, and it ends before a NUL. */
UnitString builder_string(Builder *builder, const char *bytes, size_t length);
UnitString builder_word(Builder *builder, const char *text);
const char *builder_text(const Builder *builder,
                         UnitString string); /* until the next string is made */

/* Adds a declaration (a copy); UNIT_NONE beyond UNIT_DECLS_MAX. Its container must be an earlier one. */
uint32_t builder_decl(Builder *builder, const UnitDecl *decl);
UnitDecl *builder_decl_at(Builder *builder,
                          uint32_t index); /* to fill in; until the next one is added */
uint32_t builder_decls(const Builder *builder);

/* The expression of these; UNIT_NONE beyond UNIT_EXPRS_MAX, and if it rests on an expression that is UNIT_NONE. */
uint32_t builder_expr(Builder *builder, UnitOp op, uint32_t a, uint32_t b);
const UnitExpr *builder_expr_at(const Builder *builder,
                                uint32_t index); /* until the next one is made */

/* A list of declarations or expressions, or of plain numbers; an empty one is a list too. */
uint32_t builder_list(Builder *builder, const uint32_t *items, size_t count);
uint32_t builder_list_items(const Builder *builder, uint32_t list, const uint32_t **ret_items);

/* One of these: UNIT_EXPR_ANY of what is known, flat and without repetition; the one itself; UNIT_NONE for none. */
uint32_t builder_any(Builder *builder, const uint32_t *items, size_t count);

uint32_t builder_import(Builder *builder, const UnitImport *import);
const UnitImport *builder_import_at(const Builder *builder,
                                    uint32_t index); /* until the next one is added */
void builder_export(Builder *builder, UnitString name, uint32_t expr);
void builder_site(Builder *builder, const UnitSite *site);
void builder_setting(Builder *builder, const char *key, const char *value);

void builder_flag(Builder *builder, uint32_t flags); /* of the unit: added */
void builder_package(Builder *builder, UnitString package);
void builder_lines(Builder *builder, uint32_t lines, uint32_t errors);

/* Bytes of the finished unit, and the unit written to a block of that size, which is aligned to 4. */
size_t builder_bytes(const Builder *builder);
void builder_write(const Builder *builder, void *block);
