/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands between a snippet and the machine, besides the engine. Engines have bugs: whoever has taken one over finds
 * himself in a process that can compute, allocate up to a limit and talk on ISOLATE_FD, in namespaces where there is
 * nothing else. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define WALLS_DATA_BYTES_MAX (160L * 1024 * 1024) /* RLIMIT_DATA, the zygote's own share included */
#define WALLS_FILES_MAX      8                    /* RLIMIT_NOFILE */
#define WALLS_CPU_SPARE_SEC  2                    /* RLIMIT_CPU beyond the limit of the snippet */

typedef struct Walls Walls;

/* Prepares the filter of system calls. UNAVAILABLE if the kernel has none that kills: nothing may run then. */
Walls *walls_new(GError **error);

/* New namespaces for user, mounts, network, IPC, host name, cgroups, and processes (for children). An error, with errno: the
 * machine does not allow it. There is no way back, from a part of it neither. */
bool walls_leave_namespaces(GError **error);

/* An empty root that cannot be written, in the place of the machine's. Needs walls_leave_namespaces(). */
bool walls_empty_root(GError **error);

/* Gives up every capability and the right to get any, for itself and its children. */
bool walls_drop_privileges(GError **error);

/* In the process of a snippet: its limits … */
bool walls_limit(GError **error);

/* … and, last, the filter. */
bool walls_close(const Walls *walls, GError **error);
