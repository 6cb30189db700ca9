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

typedef struct ConfineCalls {
        const int *allowed, *refused; /* SCMP_SYS(…); refused ones give EACCES */
        size_t allowed_count, refused_count;
        int (*add)(
                void *filter); /* its further rules, of a scmp_filter_ctx: not 0 if one cannot be added */
} ConfineCalls;

/* From here on all other system calls end the process. Beside those that it names: writing to the standard error output, memory
 * that is not executable, and abort(). Needs confine_privileges(). In confine-calls.c: only programs that it is for are linked
 * with libseccomp (confine_calls_dep). */
bool confine_calls(const ConfineCalls *calls, GError **error);
