/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A unit as the linker has it: with a table of its names, and a place for each answer about it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code/link-value.h"
#include "code/link-words.h"
#include "syntax/unit.h"

#define LINK_OF_FILE UNIT_NONE /* container of what is declared at the top of a file */
#define LINK_OF_IMPORTS                                                                            \
        (UNIT_NONE -                                                                               \
         1) /* imports at the top of a file by their local name; "" are those of every name */
#define LINK_OF_EXPORTS (UNIT_NONE - 2)
#define LINK_OF_OUTER                                                                              \
        (UNIT_NONE - 3) /* what stands at the top, but is a member of what its outer says */
#define LINK_IS_DECL                                                                               \
        0x40000000u /* added to the index of what stands among exports and is a declaration: the default one */

enum {                             /* marks of a declaration */
       LINK_MARK_GENERIC = 1 << 0, /* it, or one around it, has type parameters */
       LINK_MARK_MERGED = 1 << 1,  /* it is one of several of its name in its container */
};

/* An answer that is kept: value is UINT32_MAX until it is known, node what was consulted for it. */
typedef struct LinkCell {
        uint32_t value, node;
} LinkCell;

typedef struct LinkLanguage LinkLanguage;
typedef struct LinkEntry LinkEntry;

typedef struct LinkModule {
        uint32_t number;
        const Unit *unit;
        const char *path;
        uint32_t path_hash;
        const LinkLanguage *language; /* NULL: a manifest */
        LinkCell *exprs, *decls, *imports;
        uint8_t *marks; /* of each declaration */
        bool modular;
        LinkEntry *entries;
        uint32_t entries_mask;
        size_t bytes; /* of memory that all this takes */
} LinkModule;

/* The unit must stay. */
LinkModule *link_module_new(LinkWords *words, const Unit *unit, uint32_t number);
LinkModule *link_module_free(LinkModule *module);

/* Walks the declarations (imports, exports) of a name in a container, in the order of the file: *probe begins at 0; UNIT_NONE after
 * the last. What is local to a function is not in the table. */
uint32_t link_module_next(const LinkModule *module, uint32_t container, uint32_t word,
                          uint32_t *probe);

/* The first of them, or UNIT_NONE. */
uint32_t link_module_find(const LinkModule *module, uint32_t container, uint32_t word);

/* The declaration at the top of the file around this one. */
uint32_t link_module_top(const LinkModule *module, uint32_t decl);

static inline const UnitDecl *link_decl(const LinkModule *module, uint32_t decl)
{
        return &module->unit->decls[decl];
}

static inline const char *link_text(const LinkModule *module, UnitString string)
{
        return unit_string(module->unit, string);
}

/* Has it imports or exports? Where it has none, TypeScript's names at the top are everybody's. */
bool link_is_modular(const Unit *unit);

/* What holds names of its own that are found through it, unlike what is local to a body. */
bool link_kind_has_members(UnitKind kind);
