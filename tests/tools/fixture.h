/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All tools of the daemon on stores of their own in a temporary folder, without doors and without a running pipeline:
 * documents are put there as rows. Every answer is held to its schema. */
#pragma once

#include "tools/tools.h"

typedef struct Fixture {
        char *folder;
        Paths *paths;
        Config *config;
        Service *service;
        WorkerPool *pool;
        Store *vault, *ops;
        Gate *gate;
        Graph *graph;
        Journal *journal;
        Reading *reading;
        Documents *documents;
        Search *search;
        Tools *tools;
        Access *human;
} Fixture;

void fixture_up(Fixture *fixture, const void *data);
void fixture_down(Fixture *fixture, const void *data);

/* Calls that must succeed, or fail so: expected is the name of the code, a space, and words of the message. Arguments are
 * JSON with ' for ", made by printf. */
JsonObject *fixture_call(Fixture *fixture, const Access *access, const char *tool,
                         const char *format, ...) G_GNUC_PRINTF(4, 5);
void fixture_fail(Fixture *fixture, const Access *access, const char *tool, const char *args,
                  const char *expected);

/* The text of an answer; the caller frees. */
char *fixture_ask(Fixture *fixture, const Access *access, const char *tool, const char *format, ...)
        G_GNUC_PRINTF(4, 5);

/* Mints a connection and gives a caller that is it. more: further members of mint_connection's arguments. */
Access *fixture_connect(Fixture *fixture, const char *name, const char *more);

/* Lets the loop and the workers do what has come to them. */
void fixture_turn(Fixture *fixture);

/* Statements that no tool carries out, as the pipeline. */
void fixture_sql(Fixture *fixture, const char *sql);

/* A document with this text, as the pipeline leaves it; its id, which the caller frees. */
char *fixture_document(Fixture *fixture, const char *path, const char *text);
