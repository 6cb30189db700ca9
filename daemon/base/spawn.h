/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting a helper program, which finds its socket as SPAWN_FD and nothing else of the daemon: no descriptors, no
 * environment but what debugging needs, no signal mask. Its standard error shows at debug level only. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#define SPAWN_FD 3

typedef struct Spawned {
        pid_t pid; /* 0: none, or reaped */
        int pidfd; /* readable once it is dead */
} Spawned;

/* *ret_socket: our end of a SOCK_SEQPACKET to it, the caller's to close. UNAVAILABLE if it cannot be started. */
bool spawn_helper(const char *program, Spawned *ret, int *ret_socket, GError **error);

/* Kills and reaps it, if that was not done yet, and closes the pidfd. */
void spawned_end(Spawned *spawned);
