-- SPDX-License-Identifier: GPL-3.0-or-later
-- The graph: user data. See design notes in daemon/graph/graph.h.

CREATE TABLE entities (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,           -- text_key(name)
    type TEXT NOT NULL,               -- person, organization, document, project …
    is_active INTEGER NOT NULL DEFAULT 1,
    merged_into TEXT REFERENCES entities (id),
    document_id TEXT,                 -- the document that this entity stands for, if it is one
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX entities_name ON entities (name_key, type) WHERE is_active = 1 AND merged_into IS NULL AND document_id IS NULL;
CREATE UNIQUE INDEX entities_document ON entities (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX entities_key ON entities (name_key, id);

CREATE TABLE entity_aliases (
    entity_id TEXT NOT NULL REFERENCES entities (id),
    alias_key TEXT NOT NULL,
    alias TEXT NOT NULL,
    PRIMARY KEY (entity_id, alias_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_aliases_key ON entity_aliases (alias_key);

CREATE TABLE predicates (
    name TEXT NOT NULL PRIMARY KEY,
    object_kind TEXT NOT NULL CHECK (object_kind IN ('text', 'number', 'date', 'bool', 'entity', 'document', 'json')),
    cardinality TEXT NOT NULL CHECK (cardinality IN ('one', 'many')),
    description TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'proposed', 'retired'))
) STRICT;

CREATE TABLE facts (
    id TEXT NOT NULL PRIMARY KEY,
    entity_id TEXT NOT NULL REFERENCES entities (id),
    predicate TEXT NOT NULL REFERENCES predicates (name),
    object TEXT NOT NULL,             -- canonical text: ISO date, 'true', number, id, compact JSON
    object_number REAL,               -- number kinds and dates (microseconds), for ranges
    qualifiers TEXT,                  -- JSON object
    agent TEXT NOT NULL,              -- observer: conn-…, 'human', 'pipeline'
    observed_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    trust_tier TEXT NOT NULL CHECK (trust_tier IN ('human', 'extracted', 'inferred')),
    confidence REAL,                  -- 0…1
    quote TEXT,
    quote_start INTEGER,              -- characters into the stored text
    quote_end INTEGER,
    document_id TEXT,
    document_hash TEXT,               -- sha256 of the content version that holds the quote
    stale_source INTEGER NOT NULL DEFAULT 0,
    superseded_by TEXT,
    superseded_at INTEGER,            -- NULL: current
    is_active INTEGER NOT NULL DEFAULT 1
) STRICT;
-- Beginning and end of the object keep the index small whatever is said; queries repeat the expressions.
CREATE INDEX facts_entity ON facts
    (entity_id, predicate, substr(object, 1, 64), substr(object, -16), superseded_at, is_active);
CREATE INDEX facts_predicate ON facts (predicate, id);
CREATE INDEX facts_document ON facts (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX facts_superseded_by ON facts (superseded_by) WHERE superseded_by IS NOT NULL;

-- What a fact's observer said it replaces. No foreign keys: a fact that was reverted leaves its word
-- here without effect, and has it again when it comes back.
CREATE TABLE fact_supersedes (
    fact_id TEXT NOT NULL,
    target_id TEXT NOT NULL,
    PRIMARY KEY (fact_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_supersedes_target ON fact_supersedes (target_id);

CREATE TABLE rejections (             -- claims that were dropped, and why
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    agent TEXT NOT NULL,
    document_id TEXT,
    entity TEXT,
    predicate TEXT,
    object TEXT,
    quote TEXT,
    reason TEXT NOT NULL
) STRICT;

INSERT INTO table_kinds VALUES
    ('entities', 'user', 'id IN (SELECT id FROM temp.scope)'),
    ('entity_aliases', 'user', 'entity_id IN (SELECT id FROM temp.scope)'),
    ('predicates', 'user', '1'),
    ('facts', 'user', 'entity_id IN (SELECT id FROM temp.scope)'),
    ('fact_supersedes', 'user', NULL),
    ('rejections', 'log', NULL);
