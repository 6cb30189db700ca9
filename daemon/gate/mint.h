/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Minting: what the human writes about connections. All of it blocks; what a verb has changed holds when it returns. */
#pragma once

#include "gate/bearer.h"
#include "gate/room.h"
#include "gate/terms.h"

/* How a caller's write is entered in the journal. */
typedef struct MintWrite {
        Gate *gate;
        const Access *access;
        const char *reason; /* or NULL */
} MintWrite;

/* Makes a connection and, in the user instance, the file with its bearer. Its id, which the caller frees. CONFLICT if the
 * name is taken, LIMIT over CONNECTIONS_MAX. What fails leaves neither. */
char *mint_connection(const MintWrite *write, const Draft *draft, GError **error);

/* The same inside a write of the caller's, who holds Gate.minting and calls mint_tidy() if the write fails. */
bool mint_inside(Gate *gate, Db *db, const Draft *draft, char ret_id[ID_MAX], GError **error);

/* The name, or the first of "name 2", "name 3" … that no active connection has; the caller frees. */
char *mint_free_name(Db *db, const char *name, GError **error);

/* Removes the bearer files of connections that are not active, and of none; Gate.minting is held. */
void mint_tidy(Gate *gate);

/* What tools a connection is shown at first. Inside a write. */
bool mint_set_listing(Db *db, const char *id, ToolListing listing, const char *const *listed,
                      GError **error);

bool mint_rename(const MintWrite *write, const char *id, const char *name, GError **error);

/* Replaces scope (entities: ids, NULL: everything), or all other terms but the name. */
bool mint_set_scope(const MintWrite *write, const char *id, const char *const *entities,
                    GError **error);
bool mint_set_terms(const MintWrite *write, const char *id, const Draft *draft, GError **error);

/* CONFLICT if it is revoked already. */
bool mint_revoke(const MintWrite *write, const char *id, GError **error);

/* A new bearer in place of those in files and hands: into the connection's file, or into fd if it is not -1. */
bool mint_rotate(const MintWrite *write, const char *id, int fd, GError **error);

/* One more bearer for whoever asked for the connection, into fd: once for each approval, then CONFLICT. */
typedef struct MintHandOut {
        const char *connection, *approval;
        int fd;
} MintHandOut;
bool mint_hand_out(const MintWrite *write, const MintHandOut *hand_out, GError **error);

/* Enters one more bearer of a connection; kind is file, handed or a door's own. Inside a write. */
typedef struct NewBearer {
        const char *connection, *kind;
        int64_t expires_us; /* 0: never */
} NewBearer;
bool mint_add_bearer(Db *db, const NewBearer *new, Bearer *ret, GError **error);
