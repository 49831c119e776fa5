-- Whether photos have colour, by the digest of the file.
CREATE TABLE colours (
    photo BLOB PRIMARY KEY,
    grey INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
