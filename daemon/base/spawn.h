/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Helper programs: one is started, finds its socket as SPAWN_FD and nothing else of the daemon (no descriptors, no
 * environment but what debugging needs, no signal mask), and is watched until it dies or is ended. Its standard error shows
 * at debug level only. */
#pragma once

#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#define SPAWN_FD 3

typedef struct SpawnOptions {
        sd_event *loop;
        const char *program;
        sd_event_io_handler_t said;                     /* its socket can be read, or was closed */
        void (*died)(const siginfo_t *how, void *data); /* after what it had said; it is reaped */
        void *data;
} SpawnOptions;

typedef struct Spawned {
        pid_t pid;  /* 0: none, or reaped */
        int pidfd;  /* readable once it is dead */
        int socket; /* our end of a SOCK_SEQPACKET */
        sd_event_source *news, *death;
        void (*died)(const siginfo_t *how, void *data);
        void *data;
} Spawned;

/* Loop thread. Starts and watches it; *ret stays where it is until it is ended. UNAVAILABLE if it cannot be started. */
bool spawn_helper(const SpawnOptions *options, Spawned *ret, GError **error);

/* Kills it without waiting: died() is called soon, with the status that it had if it was ending by itself. */
void spawned_kill(Spawned *spawned);

/* Kills and reaps it, if that was not done yet; nothing is called for it any more. A second time is one too many, but harmless. */
void spawned_end(Spawned *spawned);

#define SPAWN_FDS_MAX 250 /* descriptors of one message; the kernel takes 253 */

typedef struct SpawnMessage {
        const void *bytes;
        size_t size;
        const int *fds; /* they stay the caller's */
        unsigned fd_count;
} SpawnMessage;

/* Sends one message on a helper's socket; flags: of sendmsg(), beside MSG_NOSIGNAL. false, and errno: it was not sent. */
bool spawn_send(int socket, const SpawnMessage *message, int flags);
