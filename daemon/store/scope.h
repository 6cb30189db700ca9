/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: the elements of a scope. */
#pragma once

#include "store/store.h"

/* How many entities. */
unsigned scope_count(const Scope *scope);

/* Calls each for every entity of the scope, in no order. */
void scope_each(const Scope *scope, void (*each)(const char *entity_id, void *data), void *data);
