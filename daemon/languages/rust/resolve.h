/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of Rust's resolver for each other: which files are which modules (resolve-module.c). Sets of modules are LINK_ATOM_MODULE, for a
 * file, or LINK_ATOM_DECL, for a module that is written in one; LINK_EMPTY: there is none. */
#pragma once

#include "code/language.h"

/* The root of the crate that a file belongs to, and the module around the one that a file is. */
LinkSet rust_root(Linker *linker, const LinkModule *from);
LinkSet rust_parent(Linker *linker, const LinkModule *from);
LinkSet rust_super_of(Linker *linker, LinkSet modules);

/* The root of the library of a crate of the repository, by the name that it has in code. */
LinkSet rust_crate(Linker *linker, const LinkModule *from, const char *name);

/* The file of "mod name;" in a container (UNIT_NONE: the file); NULL: there is none. */
const LinkModule *rust_file_of(Linker *linker, const LinkModule *from, uint32_t container,
                               const char *name);

/* Is a file's package of the edition of 2015, in which paths of use declarations begin at the root? */
bool rust_is_old(Linker *linker, const LinkModule *from);
