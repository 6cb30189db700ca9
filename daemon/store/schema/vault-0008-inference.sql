-- SPDX-License-Identifier: GPL-3.0-or-later
-- Declared rules, what follows from facts by them, and projections: user data. See daemon/graph/infer.h.

CREATE TABLE rules (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,               -- what it infers is observed by rule:NAME
    kind TEXT NOT NULL CHECK (kind IN ('closure', 'inverse', 'aggregate')),
    spec TEXT NOT NULL,               -- JSON: what it reads, and how
    predicate TEXT NOT NULL REFERENCES predicates (name), -- what it infers
    state TEXT NOT NULL CHECK (state IN ('active', 'proposed', 'retired')),
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX rules_name ON rules (name) WHERE is_active = 1;

-- The derivation of each inferred fact, in order. It never changes: what is derived in another way is another
-- fact. No foreign keys: a source that was reverted leaves its place here, and has it again when it comes back.
CREATE TABLE fact_sources (
    fact_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    source_id TEXT NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (fact_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_sources_source ON fact_sources (source_id, fact_id);

CREATE TABLE rule_problems (          -- the last limit that a rule met
    rule_id TEXT NOT NULL PRIMARY KEY,
    problem TEXT NOT NULL,
    noted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Named views that bring several predicates into one shape.
CREATE TABLE projections (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    spec TEXT NOT NULL,               -- JSON: columns, and what becomes a row
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX projections_name ON projections (name) WHERE is_active = 1;

-- Facts whose object is a document, by that document. A text may begin so too: look at the predicate's kind.
CREATE INDEX facts_of_document ON facts (object, predicate) WHERE substr(object, 1, 4) = 'doc-';

INSERT INTO table_kinds VALUES
    ('rules', 'user', '1'),
    ('fact_sources', 'user',
     'EXISTS (SELECT 1 FROM main.facts f WHERE f.id = fact_id'
     || ' AND (coalesce(f.subject_id, f.entity_id) IN (SELECT id FROM temp.scope) OR f.entity_id IN (SELECT id FROM temp.scope)))'
     || ' AND EXISTS (SELECT 1 FROM main.facts f WHERE f.id = source_id'
     || ' AND (coalesce(f.subject_id, f.entity_id) IN (SELECT id FROM temp.scope) OR f.entity_id IN (SELECT id FROM temp.scope)))'),
    ('rule_problems', 'projection', NULL),
    ('projections', 'user', '1');
