/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A daemon's rooms on real files, without doors, and its copy that goes on from the same state. */
#pragma once

#include "rooms.h"

typedef struct World {
        char *folder; /* of its data */
        Rooms *rooms;
        Access *human, *other; /* other: an agent that sees everything */
} World;

/* An empty one on the loop of service. */
World *world_new(const char *folder, Service *service);

/* One with a copy of everything that world has; world is closed meanwhile. */
World *world_copy(World *world, const char *folder, Service *service);
void world_free(World *world);

/* Runs the pipeline over what the roots have until nothing is left to be done. */
void world_ingest(World *world, Service *service);

/* Waits until the pipeline rests, which goes on whenever the loop is run. */
void world_settle(World *world, Service *service);

/* Calls a tool. What may fail returns NULL, the other fails the test. */
JsonObject *world_try(World *world, const Access *access, const char *tool, JsonObject *args,
                      GError **error);
JsonObject *world_call(World *world, const Access *access, const char *tool, const char *format,
                       ...) G_GNUC_PRINTF(4, 5);

/* The first column of all rows, unscoped; to be freed with g_ptr_array_unref(). */
GPtrArray *world_list(World *world, const char *sql);

/* One statement as the human; what happens in tests only. */
void world_sql(World *world, const char *sql);
