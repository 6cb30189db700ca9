/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one error domain and the one table that says what each code is called at each door. A code is
 * named for what the caller does next. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define OUROBOROS_ERROR (ouroboros_error_quark())

typedef enum OuroborosError {
        OUROBOROS_ERROR_NOT_FOUND, /* no such row, file, tool or method */
        OUROBOROS_ERROR_DENIED,    /* polkit, scope or the delete guard said no */
        OUROBOROS_ERROR_INVALID,   /* the argument is wrong; the message says how */
        OUROBOROS_ERROR_CONFLICT,  /* the state has moved on; the message names the later change */
        OUROBOROS_ERROR_LIMIT,     /* over a named limit */
        OUROBOROS_ERROR_STALE,     /* a cursor or version that no longer holds */
        OUROBOROS_ERROR_OFFLINE,   /* the other side (provider, network) is not reachable */
        OUROBOROS_ERROR_CORRUPT,   /* stored data fails its check */
        OUROBOROS_ERROR_UNAVAILABLE, /* cannot work now: locked keyring, read-only or full disk */
        OUROBOROS_ERROR_TIMEOUT,     /* took longer than its limit */
        OUROBOROS_ERROR_CANCELLED,   /* the caller or a shutdown stopped it */
        OUROBOROS_ERROR_FAILED,      /* none of the above */
        OUROBOROS_ERROR_COUNT,
} OuroborosError;

/* How one code appears outside. */
typedef struct ErrorRow {
        const char *name;      /* tool error code: "NOT_FOUND" */
        const char *dbus_name; /* "org.ouroboros.Error.NotFound" */
        int jsonrpc;           /* JSON-RPC error code */
        int http;              /* HTTP status */
        int exit;              /* exit status of ouroborosctl */
} ErrorRow;

GQuark ouroboros_error_quark(void);

/* The row of a code; an unknown code gives FAILED's. */
const ErrorRow *error_row(OuroborosError code);

/* The code of any GError: its own in our domain, else the nearest (G_IO_ERROR_TIMED_OUT is TIMEOUT …). */
OuroborosError error_code(const GError *error);

/* The code of a D-Bus error name of ours; FAILED for any other name. */
OuroborosError error_code_from_dbus_name(const char *dbus_name);

/* Which part of the arguments is wrong, as a JSON pointer ("/limit"); of an error of ours. */
void error_set_path(GError *error, const char *path);
const char *error_path(const GError *error); /* NULL: not said */

/* Sets an error from an errno value (positive), with the nearest code and ": strerror" appended. */
void error_set_errno(GError **error, int errnum, const char *format, ...) G_GNUC_PRINTF(3, 4);
