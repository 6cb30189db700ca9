/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The listening sockets that systemd passed. They can be taken once in the life of the process, so one place takes
 * them and tells by name who gets which. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* One socket; fd is the receiver's if it returns true. */
typedef bool (*PassedSocket)(int fd, void *data, GError **error);

/* Who wants the sockets of a name that are of a family (AF_UNIX, or AF_INET for both of IP) and listen. */
typedef struct PassedName {
        const char *name;
        int family;
        PassedSocket take;
} PassedName;

/* Tells every passed socket to the one of names (ended by a NULL name) that wants it; others are ignored. False if a
 * receiver fails. */
bool passed_take(const PassedName *names, void *data, GError **error);
