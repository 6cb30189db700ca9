/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run: one request that a tool answers, and the rounds in which its client is asked. mcp-run.c has its life,
 * mcp-rounds.c the rounds. */
#pragma once

#include "http/mcp-private.h"

typedef struct Run {
        Call call;
        const RunKind *kind;
        const Tool *tool;
        Access *access;
        ToolRun *run;               /* NULL between rounds */
        char *method, *uri;         /* uri: of the resource that it is about, or NULL */
        char *request;              /* what a state is bound to; NULL: the client cannot be asked */
        JsonObject *args, *replies; /* or NULL */
        char *note;
        JsonNode *progress; /* its token, or NULL */
        double done;        /* last told */
        int level;
        unsigned can_ask;
        GHashTable *open; /* number of a request of ours → Asked; NULL: none were asked */
} Run;

/* Has the tool called, with the replies that there are. */
void run_call(Run *run);

/* The end in a failure, in the manner of its method. */
void run_fail(Run *run, const GError *error);

/* Asks the client, or ends in a failure if it can answer nothing of it. */
void rounds_ask(Run *run, JsonObject *asks, const char *note);

/* Takes back what the client has not answered. */
void rounds_stop(Run *run);

/* What the client brings of the rounds before; false after failing the turn. */
bool rounds_read(Run *run, Turn *turn);
