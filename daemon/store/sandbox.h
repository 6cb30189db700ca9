/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what a Sandbox is made of. */
#pragma once

#include "store/allowance.h"
#include "store/db.h"

/* What one virtual table is connected with. */
typedef struct SandboxBinding {
        Sandbox *sandbox;
        const SandboxView *view;
} SandboxBinding;

struct Sandbox {
        sqlite3 *sqlite; /* empty, in memory */
        sqlite3_stmt *statement;
        Db *reader;
        Allowance allowance;
        SandboxLimits limits;
        const SandboxView *views;
        GHashTable *names;   /* of all views, lower-case */
        GPtrArray *bindings; /* SandboxBinding */
        bool keys_are_used;  /* to tell rows apart, without SQLite saying so */
        GPtrArray *plans;    /* Plan; SQLite knows them by their place */
        GPtrArray *cursors;  /* open ones, and NULL where one was */
        char *listing[2];    /* from of the views "views" and "columns" */
        SandboxView own[2];  /* these */
        char *denied;        /* what the authorizer said no to */
        GError *inner;       /* why the reader failed */
};

/* sandbox-table.c: makes the virtual table of a view; its name can be said then. */
bool sandbox_add_table(Sandbox *sandbox, const SandboxView *view);
void sandbox_plan_free(void *plan);

/* sandbox-function.c: is it a function that strangers may call? */
bool sandbox_allows_function(const char *name);

/* sandbox-function.c: replaces those whose cost has no bounds. */
bool sandbox_add_functions(sqlite3 *sqlite);

/* sandbox-listing.c: the views that tell of the views. */
void sandbox_add_listing(Sandbox *sandbox);

/* sandbox-error.c: says what became of the statement so that its author can mend it. */
void sandbox_set_error(Sandbox *sandbox, const char *sql, GError **error);
