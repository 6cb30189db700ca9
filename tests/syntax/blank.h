/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declarations for tests that make units by hand. */
#pragma once

#include "syntax/builder.h"

/* A public declaration in the first line of its file, of which no more is known than its kind and name. */
static inline UnitDecl blank_decl(UnitKind kind, UnitString name)
{
        return (UnitDecl){.kind = kind,
                          .visibility = UNIT_PUBLIC,
                          .name = name,
                          .container = UNIT_NONE,
                          .outer = UNIT_NONE,
                          .first_line = 1,
                          .last_line = 1,
                          .name_line = 1,
                          .type = UNIT_NONE,
                          .value = UNIT_NONE,
                          .bases = UNIT_NONE,
                          .parameters = UNIT_NONE,
                          .type_parameters = UNIT_NONE};
}
