/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helpers' side of the protocol: two programs answer requests of one kind each, ouroboros-extract for documents and
 * ouroboros-syntax for source code. Neither has the other's libraries in it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "syntax/protocol.h"

/* What was asked, of either kind. */
typedef struct ServeRequest {
        guint64 text_bytes_max;
        char *name;
        SyntaxRequest *sources; /* NULL: a document */
        int fds[SYNTAX_BATCH_FILES_MAX];
        unsigned fd_count;
} ServeRequest;

/* The answer in a sealed memfd, or -1; *ret_large: it took so much that memory is to be given back now. */
typedef int (*ServeHandler)(void *data, const ServeRequest *request, bool *ret_large,
                            GError **error);

typedef struct Server {
        ServeHandler document, sources; /* NULL: EXTRACT_UNSUPPORTED */
        void (*rest)(void *data);       /* gives back what data holds without need; may be NULL */
        void *data;
} Server;

/* The first thing that a program does: it ends with the daemon, and keeps little memory. */
void serve_prepare(void);

/* Gives up every privilege, then answers requests on EXTRACT_FD until the daemon closes it, which ends the process. What
 * libraries need is loaded before. Returns a status for exit() if it cannot be confined. */
int serve_run(const char *program, const Server *server);
