-- SPDX-License-Identifier: GPL-3.0-or-later
-- An entity that a fact has as its object stays as long as the fact, as one that a fact is about does: else undoing
-- the call that first named it would leave facts about nothing. The tests are those of the indexes facts_object and
-- facts_merged_object.

CREATE TRIGGER entities_keep_objects BEFORE DELETE ON entities
    WHEN EXISTS (SELECT 1 FROM facts WHERE coalesce(object_as, object) = old.id AND substr(object, 1, 4) = 'ent-'
                 AND object_as IS NULL
                 AND predicate IN (SELECT name FROM predicates WHERE object_kind = 'entity'))
      OR EXISTS (SELECT 1 FROM facts WHERE object = old.id AND object_as IS NOT NULL)
    BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY: facts with the entity as their object are there'); END;
