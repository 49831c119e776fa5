-- Labelled sets that models were scored on, as their labels were at the time.
CREATE TABLE set_versions (
    source TEXT NOT NULL,        -- a part of a split, or a folder or table
    fingerprint TEXT NOT NULL,   -- changes with any photo or label
    version INTEGER NOT NULL,    -- from 1, in the order they were seen
    PRIMARY KEY (source, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluations (
    id INTEGER PRIMARY KEY,
    made REAL NOT NULL,          -- seconds since the epoch
    source TEXT NOT NULL,
    version INTEGER NOT NULL,
    models TEXT NOT NULL         -- JSON: name and scores of each
) STRICT;
CREATE INDEX evaluations_by_source ON evaluations (source, made);
