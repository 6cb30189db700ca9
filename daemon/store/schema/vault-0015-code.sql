-- SPDX-License-Identifier: GPL-3.0-or-later
-- The code graph: repositories that a person added (user data), and what their files say (projections).

CREATE TABLE code_repositories (
    id TEXT NOT NULL PRIMARY KEY,     -- repo-…
    path TEXT NOT NULL,               -- absolute, normalised: its top folder
    name TEXT NOT NULL,               -- what people call it
    entity_id TEXT REFERENCES entities (id), -- who sees that sees it; NULL: seen by nobody whose scope is limited
    languages TEXT NOT NULL,          -- JSON array; empty: all
    include TEXT NOT NULL,            -- JSON array of globs; empty: everything
    exclude TEXT NOT NULL,            -- JSON array of globs
    skip_generated INTEGER NOT NULL,
    include_vendored INTEGER NOT NULL,
    added_by TEXT NOT NULL,           -- conn-…, 'human'
    added_at INTEGER NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX code_repositories_path ON code_repositories (path) WHERE is_active = 1;
CREATE INDEX code_repositories_entity ON code_repositories (entity_id) WHERE entity_id IS NOT NULL;

-- How far each repository has come. number stands for it in the tables below.
CREATE TABLE code_states (
    number INTEGER PRIMARY KEY,
    repository_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'syncing', 'synced', 'unreadable', 'leaving')),
    options TEXT,                     -- those under which all its files were looked at; NULL: they never were
    cpp_headers INTEGER NOT NULL DEFAULT 0, -- its .h files are taken as C++
    branch TEXT,                      -- checked out …
    head TEXT,                        -- … and its commit, when it was looked at last
    churn_head TEXT,                  -- commit up to which code_modules.churn counts
    submodules TEXT,                  -- JSON array of paths: repositories of their own within it
    files_left INTEGER NOT NULL DEFAULT 0, -- of the sync under way
    synced_at INTEGER,                -- when it was last known to be as its files are
    error TEXT,
    reason TEXT
) STRICT;

-- A file. Its symbols and edges have ids from id << 20 on.
CREATE TABLE code_modules (
    id INTEGER PRIMARY KEY,
    repository INTEGER NOT NULL,
    folder TEXT NOT NULL,             -- relative to the repository, "": its top
    path TEXT NOT NULL,               -- with the folder
    language TEXT NOT NULL,
    kind TEXT NOT NULL,               -- lib, test, script, generated, vendored
    bytes INTEGER NOT NULL,
    mtime INTEGER NOT NULL,           -- microseconds, as ctime
    ctime INTEGER NOT NULL,           -- 0: look again
    hash INTEGER,                     -- of its bytes: unit_hash(); NULL: they were not read
    lines INTEGER NOT NULL,
    parsed_at INTEGER,
    syntax_errors INTEGER NOT NULL,
    symbols INTEGER NOT NULL,         -- how many
    edges INTEGER NOT NULL,
    next_symbol INTEGER NOT NULL,     -- index that no symbol of it has had
    churn INTEGER NOT NULL DEFAULT 0, -- commits that changed it
    maker INTEGER NOT NULL,           -- the version of what made its rows; 0: it was not to be read
    linked INTEGER NOT NULL,          -- 0: its edges are to be made anew
    error TEXT,                       -- code of the error table
    reason TEXT
) STRICT;
CREATE UNIQUE INDEX code_modules_path ON code_modules (repository, folder, path);
CREATE INDEX code_modules_unlinked ON code_modules (repository) WHERE linked = 0;

-- What a file says, as ouroboros-extract made it: daemon/syntax/unit.h.
CREATE TABLE code_units (
    module INTEGER PRIMARY KEY,
    places BLOB,                      -- index of the symbol of each declaration; NULL: that of the declaration
    unit BLOB NOT NULL
) STRICT;

-- id: module << 20 | index. The index of a symbol stays as long as its name and kind do. Numbers are those of
-- daemon/syntax/unit.h.
CREATE TABLE code_symbols (
    id INTEGER PRIMARY KEY,
    repository INTEGER NOT NULL,
    hash INTEGER NOT NULL,            -- sym-…: of repository, path, qualified name, kind, ordinal among equals
    parent INTEGER,                   -- index
    kind INTEGER NOT NULL,
    visibility INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    first_line INTEGER NOT NULL,
    last_line INTEGER NOT NULL,
    name_line INTEGER NOT NULL,
    name_column INTEGER NOT NULL,
    name TEXT NOT NULL,
    qualified_name TEXT,              -- NULL: the name
    signature TEXT,
    doc TEXT
) STRICT;
CREATE INDEX code_symbols_name ON code_symbols (name COLLATE NOCASE);
CREATE INDEX code_symbols_hash ON code_symbols (hash);

-- id: module << 20 | ordinal.
CREATE TABLE code_edges (
    id INTEGER PRIMARY KEY,
    repository INTEGER NOT NULL,
    source INTEGER,                   -- index of the symbol in the module; NULL: the file itself
    kind INTEGER NOT NULL,
    class INTEGER NOT NULL,           -- how it was resolved: daemon/code/link.h
    line INTEGER NOT NULL,
    column INTEGER NOT NULL,
    target INTEGER,                   -- symbol; module << 20 | 1048575: a file itself; NULL: not known or outside
    name TEXT                         -- what stands there, if target is NULL or called otherwise
) STRICT;
CREATE INDEX code_edges_target ON code_edges (target) WHERE target IS NOT NULL;

-- What linking each module looked at in others, as sorted 32-bit numbers (daemon/code/link.h), and the other way about: for
-- each number, as repository << 32 | number, the modules, likewise.
CREATE TABLE code_consultations (
    module INTEGER PRIMARY KEY,
    numbers BLOB NOT NULL
) STRICT;
CREATE TABLE code_consulted (
    id INTEGER PRIMARY KEY,
    modules BLOB NOT NULL
) STRICT;

INSERT INTO table_kinds VALUES
    ('code_repositories', 'user', 'entity_id IN (SELECT id FROM temp.entities)'),
    ('code_states', 'projection', 'repository_id IN (SELECT id FROM temp.code_repositories)'),
    ('code_modules', 'projection', '+repository IN (SELECT number FROM temp.code_states)'),
    ('code_units', 'projection', 'EXISTS (SELECT 1 FROM temp.code_modules m WHERE m.id = module)'),
    ('code_consultations', 'projection', NULL),
    ('code_consulted', 'projection', NULL),
    ('code_symbols', 'projection', '+repository IN (SELECT number FROM temp.code_states)'),
    ('code_edges', 'projection', '+repository IN (SELECT number FROM temp.code_states)');
