/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A unit as text, for golden files and for people. */
#pragma once

#include "syntax/unit.h"

/* Appends the unit, a line for each record; expressions are written out where they are used. */
void print_unit(const Unit *unit, GString *out);
