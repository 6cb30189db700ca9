-- SPDX-License-Identifier: GPL-3.0-or-later
-- Autolinks: links that were proposed and wait for review, and what the human decided: user data.

-- One row for each pair. A rejection is a tombstone: the pair is never proposed again. Links between an entity and a
-- symbol, and between two pages, have their place here; nobody proposes them yet.
CREATE TABLE autolinks (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('entity-document', 'entity-symbol', 'page-page')),
    left_id TEXT NOT NULL,            -- the entity as it was found (it may count for another), or a page
    right_id TEXT NOT NULL,           -- the document, symbol or page
    quote TEXT NOT NULL,              -- evidence: what stands in the text …
    quote_start INTEGER NOT NULL,     -- … at these characters …
    quote_end INTEGER NOT NULL,
    sha256 TEXT NOT NULL,             -- … of this content version
    proposed_by TEXT NOT NULL,        -- conn-…, 'human', 'pipeline'
    proposed_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'rejected')),
    decided_at INTEGER,
    fact_id TEXT,                     -- accepted: recorded as this fact …
    made_fact INTEGER NOT NULL DEFAULT 0, -- … which was not there before
    reason TEXT                       -- of the decision
) STRICT;
CREATE UNIQUE INDEX autolinks_pair ON autolinks (kind, left_id, right_id);
CREATE INDEX autolinks_right ON autolinks (right_id, kind);
CREATE INDEX autolinks_left ON autolinks (left_id, state);
CREATE INDEX autolinks_state ON autolinks (state, id);
CREATE INDEX autolinks_fact ON autolinks (fact_id) WHERE fact_id IS NOT NULL;

-- Both ends must be visible.
INSERT INTO table_kinds VALUES
    ('autolinks', 'user', 'kind = ''entity-document'''
        || ' AND (left_id IN (SELECT id FROM temp.scope)'
        || ' OR left_id IN (SELECT m.id FROM main.merged_entities m WHERE m.subject_id IN (SELECT id FROM temp.scope)))'
        || ' AND right_id IN (SELECT document_id FROM main.entities WHERE id IN (SELECT id FROM temp.scope))');
