-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a scoped handle sees, made exact: it is the same whatever there is outside of the scope. Conditions may name the
-- views of the handle, so that each says only what is its own; a scope that begins with SELECT is the whole of what is
-- shown in the table's place. Common table expressions in it are named scoped_….

-- What was merged into something is part of it: seen by who sees that, and by nobody else. (A merge outside of the scope
-- would else show in what is left of the merged one.)
UPDATE table_kinds SET scope = 'id IN (SELECT id FROM temp.scope) AND merged_into IS NULL'
    || ' OR id IN (SELECT m.id FROM main.merged_entities m WHERE m.subject_id IN (SELECT id FROM temp.scope))'
    WHERE name = 'entities';
UPDATE table_kinds SET scope = 'entity_id IN (SELECT id FROM temp.entities)'
    WHERE name IN ('entity_aliases', 'entity_keys');
-- Of keys that begin alike those of the entities that are seen are found without the others.
CREATE INDEX entity_keys_entity ON entity_keys (entity_id, kind, key);
UPDATE table_kinds SET scope = 'subject_id IN (SELECT id FROM temp.scope)' WHERE name = 'merged_entities';

-- What a rule infers is seen if it follows from what was said of one entity that is seen, and leads to something that is
-- seen: to what is outside it leads anew when that is merged. A way over several entities (closures) is not seen: which
-- of several ways was taken may depend on what is outside. What an object that was merged counts for is
-- told only of what is seen.
UPDATE table_kinds SET scope =
    'SELECT id, entity_id, subject_id, predicate, object,'
    || ' CASE WHEN object_as IN (SELECT id FROM temp.scope) THEN object_as END AS object_as, object_number,'
    || ' qualifiers, agent, observed_at, recorded_at, trust_tier, confidence, quote, quote_start, quote_end,'
    || ' document_id, document_hash, stale_source, superseded_by, superseded_at, is_active'
    || ' FROM main.facts WHERE coalesce(subject_id, entity_id) IN (SELECT id FROM temp.scope)'
    || ' AND (substr(agent, 1, 5) <> ''rule:'' OR'
    || ' CASE substr(object, 1, 4) WHEN ''ent-'' THEN coalesce(object_as, object) IN (SELECT id FROM temp.scope)'
    || ' WHEN ''doc-'' THEN object IN (SELECT id FROM temp.documents) ELSE 1 END AND'
    || ' (WITH RECURSIVE scoped_up (id) AS (SELECT s.source_id FROM main.fact_sources s WHERE s.fact_id = facts.id'
    || ' UNION SELECT s.source_id FROM scoped_up up JOIN main.fact_sources s ON s.fact_id = up.id),'
    || ' scoped_said (of) AS (SELECT coalesce(f.subject_id, f.entity_id) FROM scoped_up up LEFT JOIN main.facts f ON f.id = up.id)'
    || ' SELECT min(of) = max(of) AND count(of) = count(*) AND min(of) IN (SELECT id FROM temp.scope) FROM scoped_said))'
    WHERE name = 'facts';
UPDATE table_kinds SET scope = 'EXISTS (SELECT 1 FROM temp.facts f WHERE f.id = fact_id)'
    || ' AND EXISTS (SELECT 1 FROM temp.facts f WHERE f.id = source_id)'
    WHERE name = 'fact_sources';
UPDATE table_kinds SET scope = 'entity_id IN (SELECT id FROM temp.scope)'
    || ' AND EXISTS (SELECT 1 FROM temp.facts f WHERE f.id = fact_id)'
    WHERE name = 'contradicted_facts';
UPDATE table_kinds SET scope = 'entity_id IN (SELECT id FROM temp.scope) AND (kind = ''disagreement'' OR'
    || ' EXISTS (SELECT 1 FROM temp.contradicted_facts o'
    || ' WHERE o.entity_id = contradictions.entity_id AND o.predicate = contradictions.predicate))'
    WHERE name = 'contradictions';

-- A document is seen with the entity that stands for it, whatever that was merged into; a root if a document of it is.
-- + keeps the planner from all documents' entities in place of those of the scope.
UPDATE table_kinds SET scope = 'id IN (SELECT document_id FROM temp.entities WHERE +document_id IS NOT NULL)'
    WHERE name = 'documents';
UPDATE table_kinds SET scope = 'id IN (SELECT root_id FROM temp.documents)' WHERE name = 'roots';
UPDATE table_kinds SET scope = 'document_id IN (SELECT id FROM temp.documents)'
    WHERE name IN ('document_states', 'mining_jobs', 'mining_windows');
UPDATE table_kinds SET scope = 'sha256 IN (SELECT sha256 FROM temp.documents WHERE +sha256 IS NOT NULL)'
    WHERE name = 'chunks';
-- The name is that of the file that had the text first, which may be another's.
UPDATE table_kinds SET scope = 'SELECT sha256, chars, title, NULL AS name, map, structure, text FROM main.document_text'
    || ' WHERE sha256 IN (SELECT sha256 FROM temp.documents WHERE +sha256 IS NOT NULL)'
    WHERE name = 'document_text';
UPDATE table_kinds SET scope = '+rowid IN (SELECT id FROM temp.chunks)' WHERE name = 'chunks_fts';
UPDATE table_kinds SET scope = 'kind = ''entity-document'' AND left_id IN (SELECT id FROM temp.entities)'
    || ' AND right_id IN (SELECT id FROM temp.documents)'
    WHERE name = 'autolinks';
