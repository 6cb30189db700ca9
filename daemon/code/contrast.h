/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others may use, before and after: which symbols came, went, or have another signature. Pure: files and their symbols in,
 * changes out.
 *
 * Public is what is marked so, is exported if it stands at the top of its file, and lies in nothing but what is public itself. Symbols
 * of one file, kind and qualified name are one set: signatures that are on both sides (white space aside) cancel out, and what is
 * left is paired in order. A file that went and one that came are one that was moved if at least half of their symbols have the
 * same kind and name; apart from that a symbol that went from one file and came in another was moved if its kind, name and
 * signature are the same and no other is like it. What was moved is no change by itself. */
#pragma once

#include "syntax/unit.h"

#define CONTRAST_SYMBOLS_MAX 400000 /* of both sides */

typedef enum ContrastChange { CONTRAST_ADDED, CONTRAST_REMOVED, CONTRAST_SIGNATURE } ContrastChange;
const char *contrast_change_to_string(ContrastChange change); /* "added" … */

/* A public symbol; its texts belong to the Contrast. */
typedef struct ContrastSymbol {
        const char *name, *qualified, *signature; /* signature: or NULL */
        const char *path;
        int64_t hash; /* as symbols have */
        UnitKind kind;
        UnitVisibility visibility;
        UnitLanguage language;
        uint32_t first_line, last_line;
        bool is_test;
} ContrastSymbol;

typedef struct ContrastRow {
        ContrastChange change;
        const ContrastSymbol *old_symbol, *new_symbol; /* as change says */
} ContrastRow;

typedef struct Contrast Contrast;

Contrast *contrast_new(const char *repository_id);
Contrast *contrast_free(Contrast *contrast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Contrast, contrast_free)

/* A file, before or after; it is on a side only if something was added for that. The unit need not outlive the call. False: there
 * are CONTRAST_SYMBOLS_MAX, and not all of its symbols are taken. */
bool contrast_add(Contrast *contrast, const char *path, bool is_new, const Unit *unit);

/* A file that is on both sides, whatever symbols it has there: it did not come or go. */
void contrast_keep(Contrast *contrast, const char *path);

/* The changes, by path, line and name: ContrastRow, as long as the Contrast. Once, at the end. */
const GArray *contrast_rows(Contrast *contrast);
