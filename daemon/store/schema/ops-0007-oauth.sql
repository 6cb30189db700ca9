-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tokens that come and go, and what keys are derived from. Times are UTC microseconds.

-- A token ends by its time, or all of a family at once; ended ones stay for a day, so that a second use is recognised.
CREATE TABLE oauth_tokens (
    hash TEXT NOT NULL PRIMARY KEY,   -- BLAKE2b-256 of its text, in hex
    family TEXT NOT NULL,             -- what came of one approval
    kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
    connection_id TEXT NOT NULL REFERENCES connections (id),
    client TEXT NOT NULL,             -- BLAKE2b-256 of the client's id, in hex
    audience TEXT NOT NULL,           -- the resource that it is for
    expires_at INTEGER NOT NULL,
    spent_at INTEGER                  -- used up (refresh), or ended with its family
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_tokens_family ON oauth_tokens (family);
CREATE INDEX oauth_tokens_end ON oauth_tokens (expires_at);

CREATE TABLE gate_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO table_kinds VALUES ('oauth_tokens', 'log', NULL), ('gate_secrets', 'log', NULL);
