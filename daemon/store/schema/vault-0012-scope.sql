-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a scoped handle sees of the facts is found by way of its entities, through the indexes facts_entity and
-- facts_merged: the second part says as that index does that it is for what was said of merged entities.

UPDATE table_kinds SET scope = 'coalesce(subject_id, entity_id) IN (SELECT id FROM temp.scope)'
    || ' OR (subject_id IS NOT NULL AND entity_id IN (SELECT id FROM temp.scope))'
    WHERE name = 'facts';

-- + has full text look for the words once, not once for each piece that the scope has: to rank it counts all that
-- has the words, each time.
UPDATE table_kinds SET scope = '+' || scope WHERE name = 'chunks_fts';
