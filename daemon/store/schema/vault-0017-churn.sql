-- SPDX-License-Identifier: GPL-3.0-or-later
-- How often each file changed: commits of the last year, merges left out, by the path that it had then. code_modules.churn
-- has the same for the files that are there; this is what a file that comes (back) begins with.
CREATE TABLE code_churn (
    repository INTEGER NOT NULL,
    path TEXT NOT NULL,               -- below the repository
    commits INTEGER NOT NULL,
    PRIMARY KEY (repository, path)
) STRICT, WITHOUT ROWID;

-- When all of it was counted; since then only what came after is added.
ALTER TABLE code_states ADD COLUMN churn_at INTEGER;

INSERT INTO table_kinds VALUES
    ('code_churn', 'projection', 'repository IN (SELECT number FROM temp.code_states)');
