-- SPDX-License-Identifier: GPL-3.0-or-later
-- Journal entries whose content was deleted for good. An entry keeps its place and its hash; redacted says which of
-- its fields are gone (1 before, 2 after, 4 reason, 8 the row's key, in whose place a made-up one stands).

ALTER TABLE mutations ADD COLUMN redacted INTEGER NOT NULL DEFAULT 0;

-- What makes a redacted entry still provable: the hash that it had, on which the chain goes on, and the hash of what is
-- left of it. The rows are user data, so they are journaled themselves; nobody but the erasing writes them.
CREATE TABLE redactions (
    seq INTEGER PRIMARY KEY,          -- of the entry
    mutation_id TEXT NOT NULL,
    fields INTEGER NOT NULL,          -- mutations.redacted
    hash BLOB NOT NULL,
    rest_hash BLOB NOT NULL,          -- as that of an entry, over what is left
    erasure_id TEXT NOT NULL
) STRICT;

-- Erasures: a row that is not done has its cleaning still to come (files, database pages, write-ahead log), at the
-- next start at the latest.
CREATE TABLE erasures (
    id TEXT NOT NULL PRIMARY KEY,
    ts INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL,         -- rows
    redacted INTEGER NOT NULL,        -- entries
    files TEXT NOT NULL               -- JSON array of what is to be removed: {"path","table","column","value"}; [] when done
) STRICT;

-- Contents of documents that were deleted for good: a file that still has one is not taken again. What the human deletes
-- here may come back.
CREATE TABLE erased_contents (
    sha256 TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    erased_at INTEGER NOT NULL
) STRICT;
CREATE INDEX erased_contents_size ON erased_contents (size);

INSERT INTO table_kinds VALUES ('redactions', 'user', NULL), ('erasures', 'log', NULL), ('erased_contents', 'user', NULL);
