-- SPDX-License-Identifier: GPL-3.0-or-later
-- The journal (a log) and the register of table kinds. Every table of the vault is entered in
-- table_kinds by the schema file that makes it:
--   user        journaled by generated triggers, deleted by the human only
--   projection  rebuilt from files or user data, not journaled
--   log         append-only
-- scope is the condition under which a scoped handle shows a row (NULL: never; '1': always); it may name
-- temp.scope(id), the entities of the handle.

CREATE TABLE table_kinds (
    name TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'projection', 'log')),
    scope TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE mutations (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    group_id TEXT NOT NULL,
    table_name TEXT NOT NULL,
    row_id TEXT NOT NULL,             -- JSON object of the primary key
    op TEXT NOT NULL CHECK (op IN ('insert', 'update', 'delete')),
    before TEXT,                      -- JSON object of the whole row, NULL for insert
    after TEXT,                       -- NULL for delete
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('human', 'agent', 'system')),
    actor_connection TEXT,
    actor_name TEXT NOT NULL,
    session_id TEXT,
    reason TEXT,
    reverts TEXT,                     -- mut-… or grp-… that this entry undoes
    ts INTEGER NOT NULL,              -- UTC microseconds
    prev_hash BLOB NOT NULL,          -- 32 bytes; zeros in the first entry
    hash BLOB NOT NULL                -- BLAKE2b-256, see store/chain.c
) STRICT;
CREATE INDEX mutations_row ON mutations (table_name, row_id);
CREATE INDEX mutations_group ON mutations (group_id);

INSERT INTO table_kinds VALUES ('table_kinds', 'log', NULL), ('mutations', 'log', NULL);
