-- SPDX-License-Identifier: GPL-3.0-or-later
-- Entities that were found but never declared, and the claims that wait for them: user data.

-- One row for each name and type. A dismissal is a tombstone: claims about a dismissed name are dropped, whoever
-- makes them and however it is spelt. One of a name without a type covers the name with every type.
CREATE TABLE discovered (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,               -- as first seen
    name_key TEXT NOT NULL,           -- text_key(name)
    type TEXT NOT NULL,               -- '': none was given
    aliases TEXT,                     -- JSON array: other names that came with it
    state TEXT NOT NULL CHECK (state IN ('waiting', 'promoted', 'merged', 'dismissed')),
    entity_id TEXT REFERENCES entities (id), -- what it became or was merged into
    agent TEXT NOT NULL,              -- who first named it: conn-…, 'human'
    document_id TEXT,                 -- where
    reason TEXT,                      -- why it was proposed or dismissed
    first_seen INTEGER NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX discovered_name ON discovered (name_key, type) WHERE is_active = 1;
CREATE INDEX discovered_state ON discovered (state, id) WHERE is_active = 1;
CREATE INDEX discovered_entity ON discovered (entity_id) WHERE entity_id IS NOT NULL;

-- A claim that was checked like any other and became no fact, since its entity or its object waits. Each end is an
-- entity or waits as a row of discovered. There are no foreign keys: a row of discovered that was reverted comes
-- back as long as a claim waits for it, made of the name that the claim gives.
CREATE TABLE held_claims (
    id TEXT NOT NULL PRIMARY KEY,
    entity_id TEXT,                   -- the subject is declared …
    subject_id TEXT,                  -- … or waits as disc-…
    subject_name TEXT,                -- then: its name as claimed …
    subject_type TEXT,                -- … and its type, '': none was given
    predicate TEXT NOT NULL REFERENCES predicates (name),
    object TEXT NOT NULL,             -- canonical text; of an object that waits its name as claimed
    object_id TEXT,                   -- the object waits as disc-…
    object_type TEXT,
    qualifiers TEXT,                  -- JSON object
    supersedes TEXT,                  -- JSON array of fact ids
    agent TEXT NOT NULL,              -- observer
    trust_tier TEXT NOT NULL CHECK (trust_tier IN ('extracted', 'inferred')),
    observed_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    confidence REAL,
    quote TEXT NOT NULL,
    quote_start INTEGER NOT NULL,     -- characters into the stored text
    quote_end INTEGER NOT NULL,
    document_id TEXT NOT NULL,
    document_hash TEXT NOT NULL,      -- content version that the quote was found in
    state TEXT NOT NULL CHECK (state IN ('waiting', 'recorded', 'dropped', 'dismissed')),
    fact_id TEXT,                     -- recorded: as this fact
    reason TEXT,                      -- dropped: why
    is_active INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX held_claims_subject ON held_claims (subject_id, predicate, document_id) WHERE subject_id IS NOT NULL;
CREATE INDEX held_claims_object ON held_claims (object_id, predicate, document_id) WHERE object_id IS NOT NULL;
CREATE INDEX held_claims_fact ON held_claims (fact_id) WHERE fact_id IS NOT NULL;
CREATE INDEX held_claims_document ON held_claims (document_id, id);

INSERT INTO table_kinds VALUES
    ('discovered', 'user', NULL),
    ('held_claims', 'user', NULL);
