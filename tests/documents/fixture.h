/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A vault, a graph and the documents room on a loop of their own, in a temporary folder with a folder of
 * files to point them at. */
#pragma once

#include "documents/documents.h"

typedef struct Fixture {
        char *temp, *files; /* files: the folder that tests fill and register */
        Service *service;
        Store *vault;
        Graph *graph;
        Config *config;
        Paths *paths;
        Reading *reading;
        Documents *documents;
        Access *human;
        uint64_t longest_us; /* most processor time one turn of the loop took */
        bool turns;          /* something was done in the last run */
} Fixture;

/* Nothing is registered yet; the room has been started. */
Fixture *fixture_new(void);
/* One whose writes to table are judged by refuse. */
Fixture *fixture_new_refusing(const char *table, StoreDerivation refuse);
void fixture_free(Fixture *fixture);

/* Stops the documents room and starts another on the same vault, as a restart of the daemon does. */
void fixture_stop(Fixture *fixture);
void fixture_start(Fixture *fixture);

/* Writes a file below files, making its folder. */
void fixture_write(Fixture *fixture, const char *path, const char *content);
void fixture_write_bytes(Fixture *fixture, const char *path, const void *data, size_t size);

/* Calls a tool that must succeed; arguments are JSON, made by printf. */
JsonObject *fixture_call(Fixture *fixture, const char *tool, const char *format, ...)
        G_GNUC_PRINTF(3, 4);

/* Calls a tool that must fail so, with words in the message. */
void fixture_fail(Fixture *fixture, const char *tool, const char *args, OuroborosError code,
                  const char *words);

/* Registers files with more members of the arguments ("" for none); returns the root's id. */
char *fixture_register(Fixture *fixture, const char *more);

/* Runs the loop until nothing is pending and the pipeline is idle; fails the test after a minute. */
void fixture_settle(Fixture *fixture);

/* Runs the loop until a query gives this text, or fails after a minute. */
void fixture_expect(Fixture *fixture, const char *sql, const char *expected);

/* First column of the first row as text, NULL if there is none. */
char *fixture_select(Fixture *fixture, const char *sql);

/* Turns the loop once, waiting at most so long. */
void fixture_turn(Fixture *fixture, uint64_t wait_us);

/* Is it known where the real ouroboros-extract is? If not (run by hand), skips the test. */
bool fixture_has_extractor(void);
