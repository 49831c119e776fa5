-- What a file held when it was last looked at; its times and size tell whether that still holds.
CREATE TABLE files (
    path BLOB PRIMARY KEY,
    modified INTEGER NOT NULL,  -- nanoseconds
    changed INTEGER NOT NULL,
    size INTEGER NOT NULL,
    digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Whoever answers: a model with its engine and its way of looking at photos.
CREATE TABLE readers (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    labels TEXT NOT NULL,  -- JSON list, the order of the probabilities
    answered INTEGER NOT NULL DEFAULT 0,  -- photos whose reading was timed
    seconds REAL NOT NULL DEFAULT 0  -- and how long they took
) STRICT;

CREATE TABLE readings (
    reader INTEGER NOT NULL REFERENCES readers ON DELETE CASCADE,
    photo BLOB NOT NULL,  -- digest of the file
    reading BLOB NOT NULL,
    PRIMARY KEY (reader, photo)
) STRICT, WITHOUT ROWID;
