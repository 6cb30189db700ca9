/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units in memory as a source of the linker: for tests, measuring and developers' programs. */
#pragma once

#include "code/link.h"

typedef struct Memory Memory;

Memory *memory_new(void);
Memory *memory_free(Memory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Memory, memory_free)

/* Adds a file, or puts another unit in its place; returns its module. The block is taken over. */
uint32_t memory_put(Memory *memory, const char *path, void *block, size_t bytes);
void memory_remove(Memory *memory, const char *path);

/* The unit at a path; NULL: no such file. Until the path is put or removed. */
const Unit *memory_unit(const Memory *memory, const char *path);

/* The number beyond the last module; some may be gone. */
uint32_t memory_modules(const Memory *memory);
const char *memory_path(const Memory *memory, uint32_t module); /* NULL: gone */

/* Valid until the memory is freed; what it says changes with it. */
LinkSource memory_source(Memory *memory);
