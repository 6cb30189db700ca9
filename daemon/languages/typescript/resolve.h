/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of TypeScript's resolver for each other. */
#pragma once

#include "code/language.h"

/* The modules that an import names: see LinkLanguage.target. */
LinkSet typescript_target(Linker *linker, const LinkModule *from, const UnitImport *import);
