-- SPDX-License-Identifier: GPL-3.0-or-later
-- Documents: what the human pointed at (user) and what was made of it (projections).

CREATE TABLE roots (
    id TEXT NOT NULL PRIMARY KEY,
    path TEXT NOT NULL,               -- absolute, normalised
    profile TEXT NOT NULL CHECK (profile IN ('general', 'legal', 'code-doc', 'paper')),
    features TEXT NOT NULL,           -- JSON array
    include TEXT NOT NULL,            -- JSON array of globs; empty: everything
    exclude TEXT NOT NULL,            -- JSON array of globs
    max_file_bytes INTEGER NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX roots_path ON roots (path) WHERE is_active = 1;

CREATE TABLE documents (
    id TEXT NOT NULL PRIMARY KEY,
    root_id TEXT NOT NULL REFERENCES roots (id),
    path TEXT NOT NULL,               -- relative to the root
    sha256 TEXT,                      -- of the current content version, hex; NULL while unreadable
    mime TEXT,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,           -- microseconds
    is_active INTEGER NOT NULL DEFAULT 1, -- 0: the file is gone
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX documents_path ON documents (root_id, path);
CREATE INDEX documents_sha256 ON documents (sha256);

-- One row per document: how far it has come, and what stopped it.
CREATE TABLE document_states (
    document_id TEXT NOT NULL PRIMARY KEY,
    sha256 TEXT,                      -- content version these states speak of
    scanned INTEGER NOT NULL DEFAULT 0,
    searchable INTEGER NOT NULL DEFAULT 0,
    indexed INTEGER NOT NULL DEFAULT 0,
    error TEXT,                       -- code of the error table
    reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    wanted INTEGER NOT NULL DEFAULT 1, -- 0: a type without text, nothing more to do
    ctime INTEGER NOT NULL DEFAULT 0,  -- of the file when it was taken, microseconds; 0: look again
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX document_states_error ON document_states (error) WHERE error IS NOT NULL;
CREATE INDEX document_states_unsearchable ON document_states (document_id)
    WHERE searchable = 0 AND wanted = 1 AND error IS NULL;
CREATE INDEX document_states_unindexed ON document_states (document_id)
    WHERE indexed = 0 AND searchable = 1 AND error IS NULL;

-- Text of a content version. map and structure are serialised GVariants, see daemon/extract/protocol.h. The
-- text comes last: what stands behind a long value is slow to reach.
CREATE TABLE document_text (
    sha256 TEXT NOT NULL PRIMARY KEY,
    chars INTEGER NOT NULL,
    title TEXT,                       -- that it gives itself
    name TEXT,                        -- file name it was first met under
    map BLOB NOT NULL,                -- characters at which pages and lines begin
    structure BLOB NOT NULL,          -- features found
    text TEXT NOT NULL
) STRICT;

-- Pieces of a text for search: byte offsets to cut it, character offsets to name it.
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    heading TEXT NOT NULL,            -- "Chapter › Section"
    byte_start INTEGER NOT NULL,
    byte_length INTEGER NOT NULL,
    char_start INTEGER NOT NULL,
    char_end INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunks_place ON chunks (sha256, ordinal);

CREATE VIEW chunk_content AS
    SELECT c.id AS id, coalesce(t.title, t.name, '') AS title, c.heading AS heading,
           CAST(substr(CAST(t.text AS BLOB), c.byte_start + 1, c.byte_length) AS TEXT) AS body
    FROM chunks c JOIN document_text t ON t.sha256 = c.sha256;

CREATE VIRTUAL TABLE chunks_fts USING fts5 (
    title, heading, body, content = 'chunk_content', content_rowid = 'id',
    tokenize = 'words');
-- Bulk ingest: fewer, larger segments and later merges.
INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('hashsize', 8388608), ('automerge', 8), ('rank', 'bm25(6.0, 3.0, 1.0)');

INSERT INTO table_kinds VALUES
    ('roots', 'user', '1'),
    ('documents', 'user', 'id IN (SELECT document_id FROM main.entities WHERE id IN (SELECT id FROM temp.scope))'),
    ('document_states', 'projection', 'document_id IN (SELECT document_id FROM main.entities WHERE id IN (SELECT id FROM temp.scope))'),
    ('document_text', 'projection', 'sha256 IN (SELECT d.sha256 FROM main.documents d JOIN main.entities e ON e.document_id = d.id WHERE e.id IN (SELECT id FROM temp.scope))'),
    ('chunks', 'projection', 'sha256 IN (SELECT d.sha256 FROM main.documents d JOIN main.entities e ON e.document_id = d.id WHERE e.id IN (SELECT id FROM temp.scope))'),
    ('chunks_fts', 'projection', 'rowid IN (SELECT c.id FROM main.chunks c JOIN main.documents d ON d.sha256 = c.sha256 JOIN main.entities e ON e.document_id = d.id WHERE e.id IN (SELECT id FROM temp.scope))');
