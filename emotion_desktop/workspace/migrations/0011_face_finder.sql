-- How many faces a photo shows, by its content and by the finder that counted them. Which finder
-- counted before was not kept: those counts are made anew by the next check.
DROP TABLE faces;
CREATE TABLE faces (
    digest BLOB NOT NULL,
    finder TEXT NOT NULL,
    faces INTEGER NOT NULL,      -- how many were found
    side INTEGER,                -- the shorter side of the largest one's box, pixels
    PRIMARY KEY (digest, finder)
) STRICT, WITHOUT ROWID;
