/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the linker reads: the units of one repository as the store has them, with those that have changed laid over. Units are
 * read when they are asked for and stay until the overlay goes. One thread. */
#pragma once

#include "code/link.h"
#include "code/symbols.h"
#include "store/store.h"

typedef struct Overlay Overlay;

/* The handle must show what the changes were made of, and be there as long as the overlay is asked. */
Overlay *overlay_new(Db *db, uint32_t repository);
Overlay *overlay_free(Overlay *overlay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Overlay, overlay_free)

/* From now on it reads by another handle; NULL: it is not asked for anything until it gets one. */
void overlay_use(Overlay *overlay, Db *db);

/* A module as it is now, whatever the store says: unit NULL: it has none. All are borrowed. Each module is put or dropped once at most,
 * and what has gone is dropped before another one of its path is put; all before anything is asked for. */
typedef struct OverlayModule {
        uint32_t module;
        const char *path;
        const Unit *unit;
        const Symbols *symbols; /* NULL if unit is */
} OverlayModule;
void overlay_put(Overlay *overlay, const OverlayModule *module);

/* A module that has gone. */
void overlay_drop(Overlay *overlay, uint32_t module, const char *path);

const LinkSource *overlay_source(Overlay *overlay);

/* The index of a declaration's symbol; UNIT_NONE: it is none. */
uint32_t overlay_place(Overlay *overlay, uint32_t module, uint32_t decl);

/* How many bytes of units it has read so far. */
size_t overlay_bytes(const Overlay *overlay);

/* Whether all could be read that was asked for; if not, what was linked is not to be used. */
bool overlay_check(Overlay *overlay, GError **error);
