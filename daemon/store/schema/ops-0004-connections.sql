-- SPDX-License-Identifier: GPL-3.0-or-later
-- Connections, their terms and their bearers. A connection is never deleted but by the revert of its making: what it did
-- stays told apart from what others did. Times are UTC microseconds.

CREATE TABLE connections (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,           -- text_key(name): what people take for the same
    profile TEXT NOT NULL CHECK (profile IN ('full', 'read-only', 'custom')),
    tools TEXT,                       -- JSON array of names, of a custom profile
    scoped INTEGER NOT NULL,          -- 1: sees what connection_entities has for it, even if that is nothing
    expires_at INTEGER,               -- NULL: never
    calls_per_day INTEGER NOT NULL,   -- 0: no limit
    bytes_per_day INTEGER NOT NULL,
    observer INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE UNIQUE INDEX connections_name ON connections (name_key) WHERE revoked_at IS NULL;

CREATE TABLE connection_entities (
    connection_id TEXT NOT NULL REFERENCES connections (id),
    entity_id TEXT NOT NULL,          -- of the vault; kept when it is deleted there, and then shows nothing
    PRIMARY KEY (connection_id, entity_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX connection_entities_entity ON connection_entities (entity_id);

-- What the agent itself may choose: which tools it is shown at first.
CREATE TABLE connection_listings (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES connections (id),
    listing TEXT NOT NULL CHECK (listing IN ('essential', 'full', 'some')),
    listed TEXT                       -- JSON array of names, of some
) STRICT;

-- The bearer itself is nowhere but with the agent.
CREATE TABLE bearers (
    connection_id TEXT NOT NULL REFERENCES connections (id),
    hash TEXT NOT NULL UNIQUE,        -- BLAKE2b-256 of its text, in hex
    kind TEXT NOT NULL,               -- file: in a file of ours; handed: given to who asked; others: of a door
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    PRIMARY KEY (connection_id, hash)
) STRICT, WITHOUT ROWID;

-- Counts for the budget, by day of UTC since 1970.
CREATE TABLE connection_usage (
    connection_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    bytes INTEGER NOT NULL,           -- of answers, as JSON
    PRIMARY KEY (connection_id, day)
) STRICT, WITHOUT ROWID;

INSERT INTO table_kinds VALUES
    ('connections', 'user', NULL), ('connection_entities', 'user', NULL), ('connection_listings', 'user', NULL),
    ('bearers', 'user', NULL), ('connection_usage', 'log', NULL);
