/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what it is made of, and what its tools share. */
#pragma once

#include "gate/approvals.h"
#include "gate/grants.h"
#include "gate/guess.h"
#include "gate/read-log.h"
#include "gate/registry.h"

#define NO_CONNECTION "No active connection has this bearer" /* whatever is wrong with it */

struct Gate {
        GateOptions options;
        GArray *tools; /* Tool: all lists below */
        Registry *registry;
        Grants *grants;
        Mailbox *mailbox; /* to the loop */
        Approvals *approvals;
        Usage *usage;
        ReadLog *read_log;
        GMutex minting; /* held while bearer files and what says that they are wanted are changed */
        gint stopped;   /* atomic */

        Guesses *guesses;         /* loop thread, as all below */
        GHashTable *sessions;     /* conn-… → Session */
        GArray *feeds;            /* Feed */
        char *address;            /* of the HTTP door, or NULL */
        GateKnowsTool knows_tool; /* or NULL */
        void *knows_data;
        sd_event_source *end; /* of the next connection that expires */
};

/* The tools by theme, each list ended by a NULL name. */
extern const Tool connection_tools[];
extern const Tool approval_tools[];
extern const Tool config_tools[];
extern const Tool read_tools[];

/* ---- told to others ---- */

/* Has the loop tell that a connection has changed. Any thread. */
void gate_tell(Gate *gate, const char *connection);

/* The connection, whatever its state, for people. NOT_FOUND, UNAVAILABLE. */
Connection *gate_any_connection(Gate *gate, const char *id, GError **error);

/* Are the connections known? UNAVAILABLE, saying why not. */
bool gate_is_ready(Gate *gate, GError **error);
