/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The D-Bus door: org.ouroboros.Ouroboros1 on the session or system bus. Decodes, asks polkit, calls a tool or
 * a verb of care on a worker, encodes. Loop thread only. */
#pragma once

#include "base/base.h"
#include "documents/documents.h"
#include "store/store.h"
#include "tools/tools.h"

#define BUS_NAME               "org.ouroboros.Ouroboros1"
#define BUS_PATH               "/org/ouroboros/Ouroboros1"
#define BUS_CALLS_PER_PEER_MAX 32             /* calls of one client under way at once */
#define BUS_PEERS_MAX          1024           /* clients remembered; all of them busy: LIMIT */
#define BUS_ARGS_BYTES_MAX     JSON_BYTES_MAX /* text in the arguments of one call */
#define BUS_ARGS_COUNT_MAX     10000          /* values in the arguments of one call */
#define BUS_SIGNALS_PER_COMMIT_MAX                                                                 \
        32 /* Appended signals of one commit; the last entry always has one */

typedef struct Bus Bus;

typedef struct BusOptions {
        Instance instance;
        Service *service;
        WorkerPool *pool;
        Tools *tools;
        Runner *runner; /* for tools that have a starter */
        Care *care;
        Documents *documents;
        Code *code; /* or NULL */
        Gate *gate;
        Settings *settings;
        Store *vault, *ops;
        void (*exit)(int status, void *data); /* Restart, Panic, or the bus has gone (status 0) */
        void (*reload)(void *data);
        void *data;
} BusOptions;

#define BUS_EXIT_RESTART 42 /* RestartForceExitStatus= of the unit */
#define BUS_EXIT_PANIC   99 /* RestartPreventExitStatus= of the unit */

/* Connects and registers the interfaces; the name is not taken yet. */
Bus *bus_new(const BusOptions *options, GError **error);

/* Takes the name. CONFLICT if another process has it. */
bool bus_claim(Bus *bus, GError **error);

/* Gives the name up; calls already here are still answered. */
void bus_release(Bus *bus);

/* Nothing under way, and no message that came in is still unread. */
bool bus_is_quiet(Bus *bus);

/* Tells clients that Manager's properties about the vault have changed. */
void bus_vault_changed(Bus *bus);

/* Tells clients which properties of Settings have changed since they were last told. */
void bus_settings_changed(Bus *bus);

/* Sends Manager.Progress. */
void bus_progress(Bus *bus, const char *operation, double fraction);

/* Sends what is queued, closes. Calls still waiting for polkit are dropped; none may be on a worker. */
Bus *bus_free(Bus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bus, bus_free)
