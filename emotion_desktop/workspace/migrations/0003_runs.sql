-- Training runs: everything needed to list, compare and repeat them. What is large (their state,
-- figures of each epoch, log) lies in a folder per run.

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    place TEXT NOT NULL,                  -- here or sagemaker
    state TEXT NOT NULL,
    parameters TEXT NOT NULL,             -- JSON
    created REAL NOT NULL,                -- seconds since the epoch
    ended REAL,
    fingerprint TEXT NOT NULL DEFAULT '',
    device TEXT NOT NULL DEFAULT '',
    epochs INTEGER NOT NULL DEFAULT 0,    -- finished ones
    seconds REAL NOT NULL DEFAULT 0,      -- those took
    photos INTEGER NOT NULL DEFAULT 0,    -- learnt from
    model TEXT NOT NULL DEFAULT '',
    scores TEXT NOT NULL DEFAULT 'null',  -- JSON
    message TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT '',
    owner INTEGER NOT NULL                -- id of the process that runs it
) STRICT;
CREATE INDEX runs_by_creation ON runs (created);
