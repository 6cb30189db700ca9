/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The room's side of store_impatient_begin(): what would wait asks here first. */
#pragma once

#include "store/store.h"

/* Must this thread not wait? Then sets an error and notes that it gave up. */
bool impatience_refuses(GError **error);

/* Steps that a read of this thread may take, 0: any number; and that one took more. */
uint64_t impatience_steps(void);
void impatience_note(void);
