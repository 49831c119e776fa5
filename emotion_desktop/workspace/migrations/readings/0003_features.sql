-- Features of the largest face of photos, by the digest of the file; empty where there is no face.
CREATE TABLE features (
    extractor TEXT NOT NULL,
    photo BLOB NOT NULL,
    vector BLOB NOT NULL,  -- float16, little-endian
    PRIMARY KEY (extractor, photo)
) STRICT, WITHOUT ROWID;
