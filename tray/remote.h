/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon as the tray sees it: org.ouroboros.Ouroboros1 on the session bus, and what waits there. */
#pragma once

#include <gio/gio.h>

#define REMOTE_NAME "org.ouroboros.Ouroboros1"
#define REMOTE_PATH "/org/ouroboros/Ouroboros1"
#define REMOTE_APPROVALS                                                                           \
        200 /* the daemon's APPROVALS_PAGE_MAX, of which it lets no more than half wait */
#define REMOTE_CONNECTIONS 200 /* the daemon's CONNECTIONS_PAGE_MAX */

/* answer is NULL if error is not; both are borrowed. The words of error are the daemon's own. */
typedef void (*RemoteDone)(GVariant *answer, const GError *error, gpointer data);

typedef struct RemoteCall {
        const char *interface, *member; /* without the prefix: "Gate" */
        GVariant *args;                 /* floating; NULL: none */
        gboolean interactive;           /* polkit may ask the person */
        GCancellable *cancellable;      /* once cancelled done is not called any more; or NULL */
        RemoteDone done;                /* or NULL */
        gpointer data;
} RemoteCall;

/* Calls the daemon, which starts if it does not run, and waits as long as it takes. */
void remote_call(GDBusConnection *bus, const RemoteCall *call);

/* A string of an a{sv}; "" if it is not there. Borrowed from row. */
const char *remote_text(GVariant *row, const char *name);
gint64 remote_number(GVariant *row, const char *name);
gboolean remote_flag(GVariant *row, const char *name);

/* ---- what waits ---- */

typedef struct RemoteWatch RemoteWatch;

/* rows: aa{sv} of Approvals.List, borrowed; NULL with an error if it could not be had. */
typedef void (*RemoteTold)(GVariant *rows, const GError *error, gpointer data);

/* Tells what waits, now and whenever it has changed, until it is freed. A daemon that goes leaves things as they are:
 * what waits is kept on its disk. */
RemoteWatch *remote_watch_new(GDBusConnection *bus, RemoteTold told, gpointer data);
void remote_watch_free(RemoteWatch *watch);

/* Asks anew. */
void remote_watch_refresh(RemoteWatch *watch);
