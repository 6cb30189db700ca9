-- SPDX-License-Identifier: GPL-3.0-or-later
-- What waits for the human, and what was decided. Times are UTC microseconds.

CREATE TABLE approvals (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    connection_id TEXT,               -- who asks, if it is a connection
    asked_by TEXT NOT NULL,           -- the name of who asks, as a door attested it
    title TEXT NOT NULL,
    payload TEXT NOT NULL,            -- JSON object: what is asked for; once approved, as the human left it
    decision TEXT,                    -- JSON object: what came of it
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'withdrawn')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,               -- when it withdraws itself
    decided_at INTEGER
) STRICT;
CREATE INDEX approvals_pending ON approvals (created_at) WHERE state = 'pending';
CREATE INDEX approvals_connection ON approvals (connection_id, decided_at) WHERE connection_id IS NOT NULL;

-- Decisions that the connection which asked has read.
CREATE TABLE approval_reads (
    approval_id TEXT NOT NULL PRIMARY KEY,
    read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO table_kinds VALUES ('approvals', 'user', NULL), ('approval_reads', 'log', NULL);
