/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The linker: what the sites and imports of units mean, as edges between declarations. It reads units and nothing else, so
 * linking again what changed, and those who consulted it, comes to the same as linking everything anew.
 *
 * A Linker lives for one batch: the units that it was given must not change while it lives. One thread at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "syntax/unit.h"

#define LINK_NONE       UINT32_MAX /* no module */
#define LINK_MODULE_MAX 0xffffff   /* module numbers are below it */
#define LINK_CANDIDATES_MAX                                                                        \
        8 /* declarations of one name that are told for a site of which nothing but that name is known */

typedef enum LinkClass {                       /* stored: never renumber */
                         LINK_EXACT = 1,       /* lexical, or the receiver's type is known */
                         LINK_IMPORT_RESOLVED, /* through an import */
                         LINK_NAME_UNIQUE, /* the only declaration of that name in the repository */
                         LINK_AMBIGUOUS,   /* one of several, or what a local variable may hold */
                         LINK_UNRESOLVED,  /* not known */
                         LINK_EXTERNAL,    /* outside the repository: a package, a built-in */
} LinkClass;

/* "exact", "import-resolved", "name-unique", "ambiguous", "unresolved", "external" */
const char *link_class_to_string(LinkClass class);

typedef struct LinkPlace {
        uint32_t module, decl; /* decl UNIT_NONE: the file itself */
} LinkPlace;

/* One edge. An import of a module that was not found, and a site of which no declaration is known, have no target
 * (module LINK_NONE), but the name. */
typedef struct LinkEdge {
        uint8_t kind;  /* UnitSiteKind */
        uint8_t class; /* LinkClass */
        uint16_t unused;
        uint32_t source;       /* declaration of the module, or UNIT_NONE: the file */
        uint32_t line, column; /* as the site's; of imports the line */
        UnitString
                name; /* a string of the source's unit: the name, of imports the module as written */
        LinkPlace target;
} LinkEdge;

/* Where modules and their units come from. All functions are called on the linker's thread. What paths and units a source
 * has depends on nothing but the repository's files, not on the order in which they were added. */
typedef struct LinkSource {
        void *data;
        /* The unit of a module, or NULL if it has none. It stays as long as the linker. */
        const Unit *(*unit)(void *data, uint32_t module);
        /* Its path from the top of the repository, without "/" before it. It stays as long as the linker. */
        const char *(*path)(void *data, uint32_t module);
        /* The module of a path; LINK_NONE: no such file. */
        uint32_t (*find)(void *data, const char *path);
        /* The modules whose files lie in a folder ("" is the top), not deeper: their number, and the first max of them in ret. */
        size_t (*folder)(void *data, const char *folder, uint32_t *ret, size_t max);
        /* The modules with a unit whose files have a name, in whichever folder ("c.h": "a/b/c.h"): their number, and the first max of them
         * in ret. */
        size_t (*files)(void *data, const char *name, uint32_t *ret, size_t max);
        /* The declarations of a name as link_names() tells them: their number, and the first max of them in ret, in the order of their
         * files' paths and of their places there, whatever the numbers of modules. Of a name without one of the prefixes below that has
         * more than max, their number alone need be told. */
        size_t (*named)(void *data, const char *name, LinkPlace *ret, size_t max);
} LinkSource;

typedef struct Linker Linker;

/* The source must outlive the linker. */
Linker *linker_new(const LinkSource *source);
Linker *linker_free(Linker *linker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Linker, linker_free)

/* About how much memory it takes by now, for the modules that it has looked at and for what was consulted; it only grows. */
size_t linker_bytes(const Linker *linker);

/* Appends the edges of one module (LinkEdge) in the order of its imports and sites, and what it consulted (uint32_t, each once,
 * ascending): numbers that stand for a name of a file, for a path, or for a name anywhere. Either array may be NULL. */
void linker_module(Linker *linker, uint32_t module, GArray *edges, GArray *consulted);

/* ---- what must be linked anew ---- */

/* Appends the numbers (uint32_t, unordered, may repeat) of what means something else if the file at path had the unit before and has
 * the unit after; NULL: there was, or is, none. Modules that consulted one of them must be linked anew, and that file itself. A file
 * that moved is one that went and one that came. */
void link_changes(const char *path, const Unit *before, const Unit *after, GArray *ret);

/* Calls func for each name under which a unit's declarations are to be found by LinkSource.named; a manifest as a whole (decl
 * UNIT_NONE) by the package that it says it is of, with a prefix that no name has. The name stays until func returns. */
#define LINK_PACKAGE_PREFIX "package "
#define LINK_GIVEN_TO_ALL                                                                          \
        "*" /* in place of that name: it is given to what a type parameter stands for */
#define LINK_GIVEN_PREFIX "given " /* and what gives members to a type by the last name of that */
typedef void (*LinkNameFunc)(const char *name, uint32_t decl, void *data);
void link_names(const Unit *unit, LinkNameFunc func, void *data);
