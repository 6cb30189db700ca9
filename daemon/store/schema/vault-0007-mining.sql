-- SPDX-License-Identifier: GPL-3.0-or-later
-- Mining: what waits for it, and who is at it.

-- One row for each document somebody wants mined: user data.
CREATE TABLE mining_jobs (
    document_id TEXT NOT NULL PRIMARY KEY REFERENCES documents (id),
    sha256 TEXT NOT NULL,             -- content version that was asked for
    state TEXT NOT NULL CHECK (state IN ('queued', 'mined', 'failed', 'dropped')),
    priority INTEGER NOT NULL,        -- the higher the sooner
    profile TEXT,                     -- instead of the root's
    features TEXT,                    -- JSON array, instead of the root's
    requested_by TEXT NOT NULL,       -- conn-…, 'human'
    requested_at INTEGER NOT NULL,
    reason TEXT                       -- why it failed or was dropped
) STRICT;
CREATE INDEX mining_jobs_queue ON mining_jobs (priority DESC, requested_at, document_id) WHERE state = 'queued';

-- The windows in which a content version is handed out, and the lease on each. A projection: leases are over in
-- minutes, and a window that is open again is mined again, which changes nothing that is known.
CREATE TABLE mining_windows (
    id INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,         -- from 0
    sha256 TEXT NOT NULL,
    char_start INTEGER NOT NULL,      -- characters into the stored text
    char_end INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'leased', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0, -- that failed
    lease_id TEXT,                    -- of who holds it, or held it last
    holder TEXT,                      -- conn-…, 'human'
    group_id TEXT,                    -- of all that the holder writes about this version
    expires_at INTEGER,               -- microseconds
    reason TEXT                       -- why it failed last
) STRICT;
CREATE UNIQUE INDEX mining_windows_place ON mining_windows (document_id, ordinal);
CREATE UNIQUE INDEX mining_windows_lease ON mining_windows (lease_id) WHERE lease_id IS NOT NULL;

INSERT INTO table_kinds VALUES
    ('mining_jobs', 'user', 'document_id IN (SELECT document_id FROM main.entities WHERE id IN (SELECT id FROM temp.scope))'),
    ('mining_windows', 'projection', 'document_id IN (SELECT document_id FROM main.entities WHERE id IN (SELECT id FROM temp.scope))');
