-- What was seen in photos, by their content: it holds wherever a photo lies and whoever lists it.

CREATE TABLE sketches (
    digest BLOB PRIMARY KEY,
    small BLOB NOT NULL,         -- 24 x 24 bytes of grey
    colour BLOB NOT NULL         -- six 4-byte floats, see imaging.sketch
) STRICT, WITHOUT ROWID;

CREATE TABLE faces (
    digest BLOB PRIMARY KEY,
    faces INTEGER NOT NULL,      -- how many were found
    side INTEGER                 -- the shorter side of the largest one's box, pixels
) STRICT, WITHOUT ROWID;
