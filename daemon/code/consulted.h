/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which modules looked at what: for each number that the linker gave, the modules that consulted it. */
#pragma once

#include "store/store.h"
#include "syntax/unit.h"

typedef struct Consulted {
        uint32_t number, module;
        bool gone; /* no longer; else newly */
} Consulted;

/* Beside what it consulted, a module has a number for each name that it gives something to (LINK_GIVEN_PREFIX…): none of the
 * linker's. By them such modules are found. */
uint32_t consulted_given(const char *name);

/* Appends those of a unit to what it consulted, which is sorted; so are they, each once. */
void consulted_add_given(const Unit *unit, GArray *numbers);

/* Appends what becomes of a module's numbers to changes (Consulted): before and after are sorted, each number once. */
void consulted_compare(uint32_t module, const GArray *before, const GArray *after, GArray *changes);

/* The numbers (uint32_t) that a module consulted, as they were kept; the caller frees. */
GArray *consulted_of(Db *db, uint32_t module, GError **error);

/* Keeps them; NULL: the module has gone. Where there are none there is no row. */
bool consulted_keep(Db *db, uint32_t module, const GArray *numbers, GError **error);

/* Carries changes (Consulted, which it sorts) into the lists: at most one of each number and module. What stands already, and what
 * goes that was not there, changes nothing; of a number that nobody consults there is no row. */
bool consulted_apply(Db *db, uint32_t repository, GArray *changes, GError **error);

/* Adds the modules (as keys of a set) that consulted one of the numbers (uint32_t, which it sorts). */
bool consulted_find(Db *db, uint32_t repository, GArray *numbers, GHashTable *ret, GError **error);
