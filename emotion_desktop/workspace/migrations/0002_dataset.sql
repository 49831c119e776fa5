-- Labelled photos: where they come from, who is in them, what they are said to show, what the user
-- changed, and frozen splits of them.

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                   -- table, folders, pixels, workspace, s3, gallery
    location BLOB NOT NULL UNIQUE,        -- path or URI, the system's bytes
    title TEXT NOT NULL,
    settings TEXT NOT NULL DEFAULT '{}',  -- JSON: columns, rule for persons, whether copied in
    complete INTEGER NOT NULL DEFAULT 0,  -- 0 while its first import is not over
    imported REAL                         -- seconds since the epoch
) STRICT;

CREATE TABLE persons (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE              -- the name casefolded: its spellings are one person
) STRICT;

CREATE TABLE photos (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,            -- the system's bytes; relative to the workspace's folder
    name TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES sources,   -- the one that brought it first
    ready INTEGER NOT NULL DEFAULT 0,     -- 0 while the import that brings it is not over
    digest BLOB,                          -- of the content; NULL where it could not be read
    size INTEGER NOT NULL,                -- bytes
    modified INTEGER NOT NULL,            -- nanoseconds since the epoch
    width INTEGER,                        -- of the upright picture; NULL where it is none
    height INTEGER,
    problem TEXT,                         -- why it cannot be used as a picture
    person INTEGER REFERENCES persons,
    listed TEXT,                          -- the emotion that all its listings agree on
    standing TEXT NOT NULL,               -- of its listings: labelled, unlabelled, unknown,
                                          -- contradictory
    given TEXT,                           -- the emotion the user gave it
    excluded TEXT,                        -- why the user wants it left out
    emotion TEXT GENERATED ALWAYS AS (coalesce(given, listed)) VIRTUAL,
    section TEXT GENERATED ALWAYS AS (
        CASE WHEN excluded IS NULL THEN coalesce(given, listed, standing) ELSE 'excluded' END
    ) VIRTUAL
) STRICT;
CREATE INDEX photos_by_section ON photos (ready, section, name, id);
CREATE INDEX photos_by_digest ON photos (digest);
CREATE INDEX photos_by_source ON photos (source);
CREATE INDEX photos_by_person ON photos (person);

-- What a source says of a photo: a row of a table, or a place in a folder of a class.
CREATE TABLE listings (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources,
    photo INTEGER NOT NULL REFERENCES photos,
    row INTEGER NOT NULL,                 -- line of the table; 0 where there is none
    written TEXT NOT NULL,                -- the label as it is written; empty for none
    annotator TEXT NOT NULL DEFAULT '',
    usage TEXT NOT NULL DEFAULT '',       -- the part of the data the source puts it in
    ignored INTEGER NOT NULL DEFAULT 0    -- 1: it only repeats another one
) STRICT;
CREATE INDEX listings_by_photo ON listings (photo);
CREATE INDEX listings_by_source ON listings (source, written);

CREATE TABLE spellings (
    source INTEGER NOT NULL REFERENCES sources,
    written TEXT NOT NULL,
    emotion TEXT,                         -- NULL: kept aside
    PRIMARY KEY (source, written)
) STRICT, WITHOUT ROWID;

-- Rows of a source that could not be used.
CREATE TABLE rejects (
    source INTEGER NOT NULL REFERENCES sources,
    row INTEGER NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX rejects_by_source ON rejects (source);

-- What is done with an emotion that too few photos show.
CREATE TABLE classes (
    emotion TEXT PRIMARY KEY,
    treatment TEXT NOT NULL,              -- keep, merge, exclude
    target TEXT                           -- the emotion to merge it into
) STRICT, WITHOUT ROWID;

CREATE TABLE options (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL                   -- JSON
) STRICT, WITHOUT ROWID;

-- The user's changes, each with what was there before: undone in reverse order.
CREATE TABLE edits (
    id INTEGER PRIMARY KEY,
    made REAL NOT NULL,
    title TEXT NOT NULL,
    changes TEXT NOT NULL,                -- JSON
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE splits (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created REAL NOT NULL,
    seed INTEGER NOT NULL,
    fractions TEXT NOT NULL,              -- JSON: training, validation, test
    kept_whole TEXT NOT NULL,             -- person or photo
    balance TEXT NOT NULL,                -- JSON
    grey INTEGER NOT NULL,                -- 1: to be looked at without colour
    fingerprint TEXT NOT NULL,
    report TEXT NOT NULL                  -- JSON: counts, leaks, what is impossible, left out
) STRICT;
-- Labels and persons as they were when the split was frozen.
CREATE TABLE split_photos (
    split INTEGER NOT NULL REFERENCES splits ON DELETE CASCADE,
    photo INTEGER NOT NULL REFERENCES photos,
    part INTEGER NOT NULL,                -- 0 training, 1 validation, 2 test
    emotion TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (split, photo)
) STRICT, WITHOUT ROWID;
CREATE INDEX split_photos_by_photo ON split_photos (photo);
-- Each time somebody looked into the sealed test part.
CREATE TABLE openings (
    split INTEGER NOT NULL REFERENCES splits ON DELETE CASCADE,
    opened REAL NOT NULL,
    purpose TEXT NOT NULL
) STRICT;
CREATE INDEX openings_by_split ON openings (split);
