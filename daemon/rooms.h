/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All rooms of one daemon, built from the lowest shelf up and freed from the doors down. */
#pragma once

#include "bus/bus.h"
#include "execute/execute.h"
#include "http/http.h"
#include "journal/journal.h"

typedef struct Rooms {
        Service *service;
        Config *config;
        Paths *paths;
        Metrics *metrics;
        WorkerPool *pool;
        Store *vault, *ops;
        Secrets *secrets;
        Reading *reading;
        Reading *code_reading; /* … of source code */
        Gate *gate;
        Graph *graph;
        Journal *journal;
        Documents *documents;
        Code *code;
        Search *search;
        Care *care;
        Settings *settings;
        Approved *approved;
        Tools *tools;
        Runner *runner;
        Execute *execute;
        Bus *bus;
        Http *http;
} Rooms;

/* What the doors ask of main.c. */
typedef struct RoomsHandlers {
        void (*exit)(int status, void *data);
        void (*reload)(void *data);
        void *data;
} RoomsHandlers;

/* Builds every room on the service given; the stores are closed, the bus name is not taken. On failure
 * what was built stays for rooms_free(). */
bool rooms_build(Rooms *rooms, Instance instance, const RoomsHandlers *handlers, GError **error);

/* The same without doors: every tool can be called, nobody can reach them. For tests. */
bool rooms_build_tools(Rooms *rooms, Instance instance, GError **error);

/* Gives back the memory that the last requests took; returns at once. */
void rooms_rest(Rooms *rooms);

/* No new work: gives up the name and the socket, asks what takes long to end. */
void rooms_stop(Rooms *rooms);

/* Ends work under way, closes the stores, frees what was built. */
void rooms_free(Rooms *rooms);
