-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes, as in the vault, see vault-0009-writes.sql.

CREATE TABLE writes (
    first_seq INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    ended INTEGER NOT NULL,           -- entries that deleted, deactivated or superseded a row
    group_id TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_connection TEXT,
    actor_name TEXT NOT NULL,
    session_id TEXT,
    reverts TEXT,
    ts_first INTEGER NOT NULL,        -- of its earliest and its latest entry
    ts_last INTEGER NOT NULL
) STRICT;
CREATE INDEX writes_group ON writes (group_id, first_seq);
CREATE INDEX writes_connection ON writes (actor_connection, first_seq) WHERE actor_connection IS NOT NULL;
CREATE INDEX writes_session ON writes (session_id, first_seq) WHERE session_id IS NOT NULL;
CREATE INDEX writes_actor ON writes (actor_kind, first_seq) WHERE actor_kind <> 'system';
CREATE INDEX writes_time ON writes (ts_first);

-- Entries after which a row counts no longer; of one whose content was deleted it is not known.
CREATE VIEW ends_of_mutations AS
    SELECT seq, op = 'update' AND (before IS NULL OR after IS NULL) AS unknown,
           op = 'delete' OR (before ->> 'is_active' IS 1 AND after ->> 'is_active' IS 0)
           OR (before IS NOT NULL AND before ->> 'superseded_at' IS NULL AND after ->> 'superseded_at' IS NOT NULL) AS ends
    FROM mutations WHERE op <> 'insert';

CREATE VIEW writes_of_mutations AS
    SELECT *, (SELECT total(ends) FROM ends_of_mutations e WHERE e.seq BETWEEN first_seq AND last_seq) AS ended
    FROM (SELECT min(seq) AS first_seq, max(seq) AS last_seq, count(*) AS entries, group_id, actor_kind, actor_connection,
                 actor_name, session_id, reverts, min(ts) AS ts_first, max(ts) AS ts_last
          FROM (SELECT *, sum(begins) OVER (ORDER BY seq) AS run
                FROM (SELECT seq, group_id, actor_kind, actor_connection, actor_name, session_id, reverts, ts,
                             lag(group_id) OVER w IS NOT group_id OR lag(actor_kind) OVER w IS NOT actor_kind
                             OR lag(actor_connection) OVER w IS NOT actor_connection
                             OR lag(actor_name) OVER w IS NOT actor_name OR lag(session_id) OVER w IS NOT session_id
                             OR lag(reverts) OVER w IS NOT reverts AS begins
                      FROM mutations WINDOW w AS (ORDER BY seq)))
          GROUP BY run);

INSERT INTO writes (first_seq, last_seq, entries, ended, group_id, actor_kind, actor_connection, actor_name,
                    session_id, reverts, ts_first, ts_last)
    SELECT first_seq, last_seq, entries, ended, group_id, actor_kind, actor_connection, actor_name, session_id,
           reverts, ts_first, ts_last
    FROM writes_of_mutations;

DROP INDEX mutations_group;

INSERT INTO table_kinds VALUES ('writes', 'projection', NULL);
