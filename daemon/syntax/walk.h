/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's side of a walk: see language.h for what a front-end sees of it. */
#pragma once

#include "syntax/language.h"

void walk_init(Walk *walk, Tree *tree, Builder *builder);
void walk_clear(Walk *walk);

/* Reads the tree that stands in walk->tree with this front-end; the unit is in walk->builder then. TIMEOUT. */
bool walk_run(Walk *walk, const FrontEnd *front, const Rules *rules, GError **error);

/* The text of a declaration from its beginning up to its body, white space folded; cut at UNIT_SIGNATURE_BYTES_MAX. */
UnitString comment_signature(Walk *walk, const Definition *definition);

/* The text of its doc comment without markers, cut at UNIT_DOC_BYTES_MAX. */
UnitString comment_doc(Walk *walk, const Definition *definition);
