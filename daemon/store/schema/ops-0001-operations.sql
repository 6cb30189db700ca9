-- SPDX-License-Identifier: GPL-3.0-or-later
-- ops.db: who may do what. The journal tables are those of the vault, see vault-0001-journal.sql.

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
    row_id TEXT NOT NULL,
    op TEXT NOT NULL CHECK (op IN ('insert', 'update', 'delete')),
    before TEXT,
    after TEXT,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('human', 'agent', 'system')),
    actor_connection TEXT,
    actor_name TEXT NOT NULL,
    session_id TEXT,
    reason TEXT,
    reverts TEXT,
    ts INTEGER NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX mutations_row ON mutations (table_name, row_id);
CREATE INDEX mutations_group ON mutations (group_id);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

INSERT INTO table_kinds VALUES
    ('table_kinds', 'log', NULL), ('mutations', 'log', NULL), ('settings', 'user', NULL);
