-- SPDX-License-Identifier: GPL-3.0-or-later
-- The read log: which connection called what, and which rows it was shown. Arguments are not kept, nor is what the rows
-- said. The oldest go as [Gate] ReadLogDays and ReadLogRowsMax say.

CREATE TABLE reads (
    id INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,              -- when the call ended
    connection_id TEXT NOT NULL,
    session_id TEXT,
    tool TEXT NOT NULL,
    digest TEXT NOT NULL,             -- BLAKE2b-128 of the arguments as canonical JSON, in hex
    row_count INTEGER NOT NULL,       -- elements of the lists of the answer
    bytes INTEGER NOT NULL,           -- of the answer, as JSON
    shown INTEGER NOT NULL,           -- rows of read_rows
    cut INTEGER NOT NULL,             -- 1: it showed more than that
    outcome TEXT NOT NULL,            -- OK or the code of its error
    duration_us INTEGER NOT NULL
) STRICT;
CREATE INDEX reads_connection ON reads (connection_id, id);

CREATE TABLE read_rows (
    row_id TEXT NOT NULL,             -- fact-…, ent-…, doc-…
    read_id INTEGER NOT NULL REFERENCES reads (id),
    PRIMARY KEY (row_id, read_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX read_rows_read ON read_rows (read_id);

INSERT INTO table_kinds VALUES ('reads', 'log', NULL), ('read_rows', 'log', NULL);
