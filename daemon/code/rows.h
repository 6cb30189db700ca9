/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing what there is of a module: its row, its unit, its symbols, its edges. Inside a write. */
#pragma once

#include "code/files.h"
#include "code/link.h"
#include "code/symbols.h"
#include "store/store.h"

/* Of a symbol's flags, beside those of its declaration: link_names() tells it. */
#define SYMBOL_NAMED (1 << 30)

#define MODULE_EDGES_MAX SYMBOL_FILE /* of one module; those beyond are left out */

/* A module as its file is now. */
typedef struct ModuleRow {
        uint32_t id, repository;
        const FoundFile *file;
        const uint64_t *hash;     /* of its bytes, unit_hash(); NULL: they could not be read */
        const UnitHeader *header; /* what is known of it; NULL: nothing */
        const Unit *unit;         /* NULL: it has none, because of error, or since it is skipped */
        unsigned maker;           /* as code_modules.maker */
        const void *block;        /* that the unit lies in … */
        size_t block_bytes;
        const Symbols *symbols;
        const GError *error; /* or NULL */
} ModuleRow;

/* Replaces all that there is of the module but its edges, which wait to be made anew. */
bool rows_write_module(Db *db, const ModuleRow *row, GError **error);

/* The file was touched, and says what it said. */
bool rows_touch_module(Db *db, uint32_t module, const FoundFile *file, GError **error);

/* Its edges are to be made anew. */
bool rows_unlink_module(Db *db, uint32_t module, GError **error);

/* Everything of a module but what it consulted. */
bool rows_delete_module(Db *db, uint32_t module, GError **error);

#define EDGE_NO_TARGET INT64_C(-1)

typedef struct EdgeRow {
        uint8_t kind, class;
        uint32_t source; /* index, or UNIT_NONE */
        uint32_t line, column;
        int64_t target;   /* symbol_id(), or EDGE_NO_TARGET */
        const char *name; /* or NULL */
} EdgeRow;

/* Replaces the edges of a module (EdgeRow). */
bool rows_write_edges(Db *db, uint32_t repository, uint32_t module, const GArray *edges,
                      GError **error);

/* It is linked. */
bool rows_mark_linked(Db *db, uint32_t module, GError **error);
