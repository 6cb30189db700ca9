/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that goes to another process, which nobody can change any more: how helpers answer. */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef void (*MemfdFill)(const void *data, void *place);

/* A sealed memfd of size bytes, which are what fill() leaves in place: zeros where it writes nothing. size is not 0. -1 if the system
 * refuses. Its bytes are shared memory: RLIMIT_FSIZE holds for them, RLIMIT_DATA does not. */
int memfd_seal(size_t size, MemfdFill fill, const void *data, GError **error);
