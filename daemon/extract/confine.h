/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives up, for good, everything that a parser of strangers' files does not need. After it the process can
 * read and map descriptors that it holds, make memfds, allocate up to a limit, and talk on EXTRACT_FD. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define CONFINE_ADDRESS_SPACE_MAX (1024L * 1024 * 1024) /* RLIMIT_AS */
#define CONFINE_STACK_BYTES       (64L * 1024 * 1024) /* RLIMIT_STACK, unless it is more or may not be */
#define CONFINE_FILES_MAX         96 /* RLIMIT_NOFILE: a batch of source files and some */

/* Limits, no new privileges, no file system (Landlock), few system calls (seccomp). A kernel without
 * Landlock is logged and borne, because seccomp already forbids opening; one without seccomp is an error.
 * Opening, looking up and connecting fail softly with EACCES, since libraries try them; starting programs,
 * sending signals, tracing, and every system call that is not listed end the process (SIGSYS). */
bool confine(GError **error);
