/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every helper program gives up, for good, before it looks at what a stranger wrote. Each has beside it a filter of
 * system calls of its own. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/resource.h>

/* A build for tests: its runtime needs more memory and calls than the program. */
#if defined(__SANITIZE_ADDRESS__)
#define CONFINE_UNDER_SANITIZER true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CONFINE_UNDER_SANITIZER true
#endif
#endif
#ifndef CONFINE_UNDER_SANITIZER
#define CONFINE_UNDER_SANITIZER false
#endif

/* Sets a limit (RLIMIT_…), soft and hard; name is for the error. */
bool confine_limit(int resource, rlim_t value, const char *name, GError **error);

/* Nothing that is started can gain privileges, and nobody of the same user can look inside. */
bool confine_privileges(GError **error);

/* No file system (Landlock): false, logged at debug, when the kernel has none. Needs confine_privileges(). */
bool confine_files(void);

/* No file system but what lies beneath these folders, which can be read and listed (Landlock). UNAVAILABLE when the kernel has
 * none: then there is no wall between them and everything else. Needs confine_privileges(). */
bool confine_files_to(const int *folders, unsigned count, GError **error);
