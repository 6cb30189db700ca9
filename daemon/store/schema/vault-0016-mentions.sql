-- SPDX-License-Identifier: GPL-3.0-or-later
-- Documents and facts that mention symbols and source files: links like those between entities and documents.

-- Their left end is the document or fact, their right end "sym-…" or, for a file, "repo-…:path". A symbol that is no more
-- keeps its links: they count again when it is back.
CREATE TABLE autolinks_new (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN
        ('entity-document', 'entity-symbol', 'page-page', 'document-symbol', 'fact-symbol')),
    left_id TEXT NOT NULL,            -- the entity as it was found (it may count for another), a page, document or fact
    right_id TEXT NOT NULL,           -- the document, symbol, file or page
    quote TEXT NOT NULL,              -- evidence: what stands in the text …
    quote_start INTEGER NOT NULL,     -- … at these characters …
    quote_end INTEGER NOT NULL,
    sha256 TEXT NOT NULL,             -- … of this content version; '' for what a fact itself says
    proposed_by TEXT NOT NULL,        -- conn-…, 'human', 'pipeline'
    proposed_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'rejected')),
    decided_at INTEGER,
    fact_id TEXT,                     -- accepted: recorded as this fact …
    made_fact INTEGER NOT NULL DEFAULT 0, -- … which was not there before
    reason TEXT,                      -- of the decision
    repository_id TEXT,               -- of a symbol or file: whose it is …
    title TEXT,                       -- … its qualified name or path …
    mention TEXT,                     -- … what it is called there …
    field TEXT,                       -- … in what: text (of a document), object or quote (of a fact) …
    resolution TEXT                   -- … and whether that could mean another one, too: unique, several
) STRICT;
INSERT INTO autolinks_new (id, kind, left_id, right_id, quote, quote_start, quote_end, sha256, proposed_by, proposed_at,
    state, decided_at, fact_id, made_fact, reason) SELECT id, kind, left_id, right_id, quote, quote_start, quote_end,
    sha256, proposed_by, proposed_at, state, decided_at, fact_id, made_fact, reason FROM autolinks;
DROP TABLE autolinks;
ALTER TABLE autolinks_new RENAME TO autolinks;
CREATE UNIQUE INDEX autolinks_pair ON autolinks (kind, left_id, right_id);
CREATE INDEX autolinks_right ON autolinks (right_id, kind);
CREATE INDEX autolinks_left ON autolinks (left_id, state);
CREATE INDEX autolinks_state ON autolinks (state, id);
CREATE INDEX autolinks_fact ON autolinks (fact_id) WHERE fact_id IS NOT NULL;
CREATE INDEX autolinks_repository ON autolinks (repository_id) WHERE repository_id IS NOT NULL;

-- The words of texts that may name a symbol or a source file: asked by the names that a changed file has.
CREATE TABLE code_mention_words (
    name TEXT NOT NULL,               -- what the symbol or file would be called
    source TEXT NOT NULL,             -- doc-…, fact-…
    word TEXT NOT NULL,               -- with what stands before the name: Class.method, path/file.ts
    shape INTEGER NOT NULL,           -- daemon/code/mention.h
    PRIMARY KEY (name, source, word)
) STRICT, WITHOUT ROWID;
CREATE INDEX code_mention_words_source ON code_mention_words (source);

-- Documents whose words those are.
CREATE TABLE code_mention_sources (
    document_id TEXT NOT NULL PRIMARY KEY,
    sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Up to which entry of the journal facts were looked at: one row.
CREATE TABLE code_mention_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
) STRICT;
INSERT INTO code_mention_state VALUES (1, 0);

-- parsed_at of the file as it was when its names were looked for.
ALTER TABLE code_modules ADD COLUMN mentioned_at INTEGER;
CREATE INDEX code_modules_unmentioned ON code_modules (id) WHERE mentioned_at IS NOT parsed_at;
CREATE INDEX code_modules_file ON code_modules
    (substr(path, CASE folder WHEN '' THEN 1 ELSE length(folder) + 2 END));

INSERT INTO table_kinds VALUES
    ('code_mention_words', 'projection', NULL),
    ('code_mention_sources', 'projection', NULL),
    ('code_mention_state', 'projection', NULL);

-- Both ends must be visible.
UPDATE table_kinds SET scope = '(kind = ''entity-document'''
    || ' AND left_id IN (SELECT id FROM temp.entities) AND right_id IN (SELECT id FROM temp.documents))'
    || ' OR (kind = ''document-symbol'' AND left_id IN (SELECT id FROM temp.documents)'
    || ' AND +repository_id IN (SELECT r.id FROM temp.code_repositories r))'
    || ' OR (kind = ''fact-symbol'' AND repository_id IN (SELECT r.id FROM temp.code_repositories r)'
    || ' AND EXISTS (SELECT 1 FROM temp.facts f WHERE f.id = left_id))'
    WHERE name = 'autolinks';
