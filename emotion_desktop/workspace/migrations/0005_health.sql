-- Pairs of photos that are nearly the same picture, by their content; a < b.
CREATE TABLE near_copies (
    a BLOB NOT NULL,
    b BLOB NOT NULL,
    correlation REAL NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;

-- What an audit found that takes long to find.
CREATE TABLE audits (
    name TEXT PRIMARY KEY,
    made REAL NOT NULL,                   -- seconds since the epoch
    basis TEXT NOT NULL,                  -- what it rests on; another one now: it is out of date
    result TEXT NOT NULL                  -- JSON
) STRICT, WITHOUT ROWID;
