-- SPDX-License-Identifier: GPL-3.0-or-later
-- Contradictions as they stand (projections, kept by graph/dispute.c and filled here for a vault that has facts)
-- and what the human said of them (user data).

-- Where observations disagree, one row for each entity and predicate:
--   disagreement  there can be but one value and several are current
--   overridden    a higher tier, or the human's word, superseded what said something else
CREATE TABLE contradictions (
    entity_id TEXT NOT NULL,          -- that the facts count for
    predicate TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('disagreement', 'overridden')),
    resolution TEXT NOT NULL CHECK (resolution IN ('unresolved', 'resolved', 'acknowledged')),
    PRIMARY KEY (entity_id, predicate)
) STRICT, WITHOUT ROWID;
CREATE INDEX contradictions_resolution ON contradictions (resolution, entity_id, predicate);

-- Facts that were superseded by one of a higher tier, or of the human, with another object.
CREATE TABLE contradicted_facts (
    entity_id TEXT NOT NULL,
    predicate TEXT NOT NULL,
    fact_id TEXT NOT NULL,
    PRIMARY KEY (entity_id, predicate, fact_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX contradicted_facts_id ON contradicted_facts (fact_id);

-- That observations may stand side by side. It holds as long as no object comes that was not there.
CREATE TABLE contradiction_reviews (
    entity_id TEXT NOT NULL,
    predicate TEXT NOT NULL,
    resolution TEXT NOT NULL CHECK (resolution IN ('acknowledged', 'unresolved')),
    objects TEXT NOT NULL,            -- JSON array of digests of the objects that were there
    note TEXT,
    reviewed_at INTEGER NOT NULL,
    PRIMARY KEY (entity_id, predicate)
) STRICT, WITHOUT ROWID;

-- What is current by predicate: counts, and the latest observation.
CREATE INDEX facts_current ON facts (predicate, observed_at) WHERE superseded_at IS NULL AND is_active = 1;

INSERT INTO contradicted_facts
    SELECT coalesce(s.subject_id, s.entity_id), s.predicate, s.id FROM facts s JOIN facts b ON b.id = s.superseded_by
    WHERE s.is_active = 1 AND s.superseded_by IS NOT NULL AND coalesce(s.object_as, s.object) <> coalesce(b.object_as, b.object)
    AND (CASE b.trust_tier WHEN 'human' THEN 2 WHEN 'extracted' THEN 1 ELSE 0 END
         > CASE s.trust_tier WHEN 'human' THEN 2 WHEN 'extracted' THEN 1 ELSE 0 END
         OR (b.agent = 'human' AND s.agent <> 'human'));

INSERT INTO contradictions
    SELECT coalesce(f.subject_id, f.entity_id), f.predicate, 'disagreement', 'unresolved'
    FROM facts f JOIN predicates p ON p.name = f.predicate
    WHERE f.superseded_at IS NULL AND f.is_active = 1 AND p.cardinality = 'one'
    GROUP BY 1, 2 HAVING min(coalesce(f.object_as, f.object)) <> max(coalesce(f.object_as, f.object));

INSERT OR IGNORE INTO contradictions
    SELECT c.entity_id, c.predicate, 'overridden',
           CASE WHEN max(n.agent = 'human' OR n.trust_tier = 'human') THEN 'resolved' ELSE 'unresolved' END
    FROM contradicted_facts c JOIN facts s ON s.id = c.fact_id
    JOIN facts n ON coalesce(n.subject_id, n.entity_id) = +c.entity_id AND n.predicate = c.predicate
        AND n.superseded_at IS NULL AND n.is_active = 1
    WHERE NOT EXISTS (SELECT 1 FROM facts m WHERE coalesce(m.subject_id, m.entity_id) = +c.entity_id
        AND m.predicate = c.predicate AND m.superseded_at IS NULL AND m.is_active = 1 AND coalesce(m.object_as, m.object) = coalesce(s.object_as, s.object))
    GROUP BY c.entity_id, c.predicate;

INSERT INTO table_kinds VALUES
    ('contradictions', 'projection', 'entity_id IN (SELECT id FROM temp.scope)'),
    ('contradicted_facts', 'projection', 'entity_id IN (SELECT id FROM temp.scope)'),
    ('contradiction_reviews', 'user', 'entity_id IN (SELECT id FROM temp.scope)');
