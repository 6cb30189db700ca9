-- SPDX-License-Identifier: GPL-3.0-or-later
-- Merged entities: what was said of them stays as it was said, and counts for the entity that they were merged into.

-- Which entity each merged one counts for, however many merges lie between. Follows from entities.
CREATE TABLE merged_entities (
    id TEXT NOT NULL PRIMARY KEY,
    subject_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_entities_subject ON merged_entities (subject_id, id);
CREATE INDEX entities_merged ON entities (merged_into) WHERE merged_into IS NOT NULL;

-- As it was, with subject_id and object_as. That the entity is there is seen to by the triggers below: a
-- foreign key would need an index of its own on entity_id.
CREATE TABLE facts_with_subjects (
    id TEXT NOT NULL PRIMARY KEY,
    entity_id TEXT NOT NULL,          -- that it was said of
    subject_id TEXT,                  -- that this one counts for, NULL unless it was merged; follows from entities
    predicate TEXT NOT NULL REFERENCES predicates (name),
    object TEXT NOT NULL,             -- canonical text: ISO date, 'true', number, id, compact JSON
    object_as TEXT,                   -- what an object that is a merged entity counts for, else NULL; follows too
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
INSERT INTO facts_with_subjects
    SELECT id, entity_id, NULL, predicate, object, NULL, object_number, qualifiers, agent, observed_at, recorded_at,
           trust_tier, confidence, quote, quote_start, quote_end, document_id, document_hash, stale_source,
           superseded_by, superseded_at, is_active
    FROM facts ORDER BY rowid;
DROP TABLE facts;
ALTER TABLE facts_with_subjects RENAME TO facts;

-- Beginning and end of the object keep the index small whatever is said; queries repeat the expressions (see
-- daemon/graph/fact.h).
CREATE INDEX facts_entity ON facts
    (coalesce(subject_id, entity_id), predicate, substr(coalesce(object_as, object), 1, 64),
     substr(coalesce(object_as, object), -16), superseded_at, is_active);
CREATE INDEX facts_predicate ON facts (predicate, id);
CREATE INDEX facts_document ON facts (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX facts_superseded_by ON facts (superseded_by) WHERE superseded_by IS NOT NULL;
-- Facts whose object is an entity, by that entity. A text may begin so too: look at the predicate's kind.
CREATE INDEX facts_object ON facts (coalesce(object_as, object), predicate) WHERE substr(object, 1, 4) = 'ent-';
-- What was said of, or with, entities that were merged.
CREATE INDEX facts_merged ON facts (entity_id) WHERE subject_id IS NOT NULL;
CREATE INDEX facts_merged_object ON facts (object) WHERE object_as IS NOT NULL;

CREATE TRIGGER facts_need_entity AFTER INSERT ON facts
    WHEN NOT EXISTS (SELECT 1 FROM entities WHERE id = new.entity_id)
    BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY: the entity of the fact is not there'); END;
CREATE TRIGGER facts_keep_entity AFTER UPDATE OF entity_id ON facts
    WHEN NOT EXISTS (SELECT 1 FROM entities WHERE id = new.entity_id)
    BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY: the entity of the fact is not there'); END;
CREATE TRIGGER entities_keep_facts BEFORE DELETE ON entities
    WHEN EXISTS (SELECT 1 FROM facts WHERE coalesce(subject_id, entity_id) = old.id AND subject_id IS NULL)
      OR EXISTS (SELECT 1 FROM facts WHERE entity_id = old.id AND subject_id IS NOT NULL)
    BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY: facts of the entity are there'); END;

-- An alias is taken back softly; who adds it anew has it back.
ALTER TABLE entity_aliases ADD COLUMN is_active INTEGER NOT NULL DEFAULT 1;

-- For reading the past: what is no longer there, by the entity it was said of, and what was merged once.
CREATE INDEX mutations_deleted ON mutations (table_name, json_extract(before, '$.entity_id'), seq)
    WHERE op = 'delete' AND json_valid(before);
CREATE INDEX mutations_unmerged ON mutations (json_extract(before, '$.merged_into'), seq)
    WHERE table_name = 'entities' AND op <> 'insert' AND json_valid(before);

-- Keys under which names and aliases are looked for as people write them (see graph/entity-key.h), and all keys of an
-- entity in one text, to take them away by. Entities that stand for documents have none.
CREATE TABLE entity_keys (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    PRIMARY KEY (kind, key, entity_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE entity_key_lists (
    entity_id TEXT NOT NULL PRIMARY KEY,
    keys TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Facts that tell who somebody is by what they say.
CREATE INDEX facts_identifier ON facts (object COLLATE NOCASE)
    WHERE predicate IN ('alias', 'email', 'handle', 'phone', 'username', 'registration_number', 'account_number');

-- The one that was merged into is shown what was said of the other; the other one what was said of itself.
UPDATE table_kinds SET scope = 'id IN (SELECT id FROM temp.scope)'
    || ' OR id IN (SELECT m.id FROM main.merged_entities m WHERE m.subject_id IN (SELECT id FROM temp.scope))'
    WHERE name = 'entities';
UPDATE table_kinds SET scope = 'entity_id IN (SELECT id FROM temp.scope)'
    || ' OR entity_id IN (SELECT m.id FROM main.merged_entities m WHERE m.subject_id IN (SELECT id FROM temp.scope))'
    WHERE name = 'entity_aliases';
UPDATE table_kinds SET scope = 'coalesce(subject_id, entity_id) IN (SELECT id FROM temp.scope)'
    || ' OR entity_id IN (SELECT id FROM temp.scope)'
    WHERE name = 'facts';
INSERT INTO table_kinds VALUES
    ('entity_keys', 'projection', 'entity_id IN (SELECT id FROM temp.scope)'
        || ' OR entity_id IN (SELECT m.id FROM main.merged_entities m WHERE m.subject_id IN (SELECT id FROM temp.scope))'),
    ('entity_key_lists', 'projection', NULL),
    ('merged_entities', 'projection', 'id IN (SELECT id FROM temp.scope) OR subject_id IN (SELECT id FROM temp.scope)');
