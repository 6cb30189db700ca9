/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: the lock file beside a store, which keeps a second daemon off it. */
#pragma once

#include "store/store.h"

/* Takes PATH.lock; the descriptor holds it until it is closed. CONFLICT if another process has it. */
int lock_take(const char *path, GError **error);
