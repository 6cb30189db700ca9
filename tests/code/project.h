/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A repository of source texts in memory, read by the front-ends and linked, for tests. */
#pragma once

#include "memory.h"
#include "syntax/syntax.h"

typedef struct Project {
        Syntax *syntax;
        Memory *memory;
        LinkSource source;
} Project;

Project *project_new(void);
Project *project_free(Project *project);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Project, project_free)

/* Puts or removes a file; text NULL: removes. Returns what link_changes() says of it. */
GArray *project_put(Project *project, const char *path, const char *text);

/* Puts all sources of a folder. */
void project_read(Project *project, const char *folder);

/* The edges of a module, a line each, sorted; its consultations are added to consulted unless it is NULL. Targets are told by path,
 * kind, names from the top, and how many of that kind and those names come before. The caller frees. */
char *project_link(const Project *project, Linker *linker, uint32_t module, GArray *consulted);
