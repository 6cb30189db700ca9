/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The symbols of a unit as rows: which declarations they are, what they are called, and the two names by which they stay
 * the same: the hash for everybody, the index for other rows. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "syntax/unit.h"

#define SYMBOL_BITS      20                        /* of an id: the index in its module */
#define SYMBOL_FILE      ((1u << SYMBOL_BITS) - 1) /* the index that stands for the file itself */
#define SYMBOL_INDEX_MAX (SYMBOL_FILE - 1)
#define SYMBOL_ID_PREFIX "sym-"
#define SYMBOL_ID_BYTES  (sizeof(SYMBOL_ID_PREFIX) + 16) /* of it as text, with the NUL */

static inline int64_t symbol_id(uint32_t module, uint32_t index)
{
        return (int64_t)module << SYMBOL_BITS | index;
}

/* "sym-0123456789abcdef" and back; false: that is none. */
void symbol_hash_write(int64_t hash, char text[SYMBOL_ID_BYTES]);
bool symbol_hash_from_text(const char *text, int64_t *ret);

typedef struct SymbolRow {
        uint32_t decl, index;
        uint32_t
                parent; /* the index of the symbol that it is a member of or lies in; UNIT_NONE: the file */
        int64_t hash;
        const char *name;      /* never "" */
        const char *qualified; /* with the names of all that it lies in */
} SymbolRow;

typedef struct Symbols {
        GArray *rows;     /* of SymbolRow, in the order of the declarations */
        uint32_t *places; /* declaration → index, UNIT_NONE for what is no symbol */
        uint32_t decls;
        bool identity; /* each index is that of the declaration */
        uint32_t next; /* an index that none has had */
        GStringChunk *texts;
} Symbols;

/* Whose they are, and which indexes their hashes (int64_t *) had before (NULL: there were none), below next. */
typedef struct SymbolsOf {
        const char *repository_id, *path;
        GHashTable *before;
        uint32_t next;
} SymbolsOf;

/* The unit must outlive them. Symbols beyond SYMBOL_INDEX_MAX are left out, which takes a million renamings of one file. */
Symbols *symbols_new(const Unit *unit, const SymbolsOf *of);
Symbols *symbols_free(Symbols *symbols);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Symbols, symbols_free)
