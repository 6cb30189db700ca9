/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: the hash chain over the journal; its format is told in chain.c. */
#pragma once

#include "store/db.h"

#define CHAIN_HASH_BYTES 32
#define CHAIN_TAIL       256 /* entries that are checked whenever a store is opened */

/* The text columns of an entry in the order in which they are hashed. */
typedef enum ChainField {
        CHAIN_ID,
        CHAIN_GROUP,
        CHAIN_TABLE,
        CHAIN_ROW,
        CHAIN_OP,
        CHAIN_BEFORE,
        CHAIN_AFTER,
        CHAIN_ACTOR_KIND,
        CHAIN_ACTOR_CONNECTION,
        CHAIN_ACTOR_NAME,
        CHAIN_SESSION,
        CHAIN_REASON,
        CHAIN_REVERTS,
        CHAIN_FIELDS,
} ChainField;

/* What may be gone from an entry that was redacted: bits of mutations.redacted. */
typedef enum ChainGone {
        CHAIN_GONE_BEFORE = 1,
        CHAIN_GONE_AFTER = 2,
        CHAIN_GONE_REASON = 4,
        CHAIN_GONE_ROW = 8, /* a made-up key stands in its place */
} ChainGone;

typedef struct ChainEntry {
        int64_t seq, ts;
        int64_t redacted;               /* of ChainGone; no part of the hash */
        const char *text[CHAIN_FIELDS]; /* NULL for NULL */
        size_t length[CHAIN_FIELDS];
} ChainEntry;

/* The hash of an entry that follows prev; scratch is a buffer kept for the next call. */
void chain_hash(const ChainEntry *entry, const uint8_t prev[CHAIN_HASH_BYTES], GByteArray *scratch,
                uint8_t ret[CHAIN_HASH_BYTES]);

/* How far a check has come; begins as zeros. */
typedef struct ChainCheck {
        int64_t seq;                    /* last entry that was found good */
        int64_t checked;                /* how many were */
        uint8_t hash[CHAIN_HASH_BYTES]; /* of entry seq; zeros before the first */
        int64_t bad_seq;                /* first entry that does not follow, 0: none */
        char *problem;                  /* which link is broken, and where; NULL: none */
        bool no_redactions;             /* the schema is older than they are */
} ChainCheck;

/* Goes on with up to count more entries. False only if reading failed: a broken link is in check->problem. */
bool chain_check(Db *db, ChainCheck *check, int64_t count, GError **error);
void chain_check_clear(ChainCheck *check);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ChainCheck, chain_check_clear)

/* Reads an entry from a row of CHAIN_COLUMNS; its texts are the row's. */
#define CHAIN_COLUMNS                                                                              \
        "seq, ts, prev_hash, hash, id, group_id, table_name, row_id, op, before, after, "          \
        "actor_kind, actor_connection, actor_name, session_id, reason, reverts"
void chain_entry_from_row(sqlite3_stmt *row, ChainEntry *ret);

/* Checks the last CHAIN_TAIL entries: CORRUPT if they do not follow from each other. */
bool chain_check_tail(Db *db, GError **error);
