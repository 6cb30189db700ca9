/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of Python's resolver for each other. */
#pragma once

#include "code/language.h"

/* The modules that an import names, for all names or, where they have no file, for one; and the one that "import a.b.c" binds: see
 * LinkLanguage. */
LinkSet python_target(Linker *linker, const LinkModule *from, const UnitImport *import);
LinkSet python_target_of_name(Linker *linker, const LinkModule *from, const UnitImport *import);
LinkSet python_first(Linker *linker, const LinkModule *from, const UnitImport *import);

/* The module of that name in a package, or LINK_EMPTY. */
LinkSet python_submodule(Linker *linker, const LinkModule *package, uint32_t word);

/* What a package without a file of its own has: see LinkLanguage. */
LinkSet python_space(Linker *linker, const LinkModule *from, uint32_t space, uint32_t word);
