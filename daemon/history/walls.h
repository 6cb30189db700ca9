/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives up, for good, everything that reading a stranger's repository does not need: after it the process can read and list what
 * lies beneath some folders, allocate up to a limit, make memfds, and talk on HISTORY_FD. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define WALLS_DATA_BYTES_MAX (768L * 1024 * 1024) /* RLIMIT_DATA */
#define WALLS_CPU_SEC_MAX                                                                          \
        30                  /* RLIMIT_CPU: libgit2 turns in circles on an object that was cut off */
#define WALLS_FILES_MAX 256 /* RLIMIT_NOFILE: packs, and some */

/* UNAVAILABLE when the kernel has no Landlock. Opening elsewhere fails softly with EACCES; making or changing a file, starting
 * programs, sockets, signals, and every system call that is not listed end the process (SIGSYS) or fail. */
bool walls_close(const int *folders, unsigned count, GError **error);
