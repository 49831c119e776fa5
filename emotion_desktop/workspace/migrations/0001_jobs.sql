CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    lane TEXT NOT NULL,
    parameters TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT '',
    result TEXT NOT NULL DEFAULT 'null',
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    owner INTEGER NOT NULL  -- id of the process that runs the job
) STRICT;
CREATE INDEX jobs_by_creation ON jobs (created);
