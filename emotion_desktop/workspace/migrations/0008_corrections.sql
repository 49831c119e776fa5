-- What a person says of a face that a model has read, by the photo's content and the face's box.
CREATE TABLE corrections (
    digest BLOB NOT NULL,
    x INTEGER NOT NULL,
    y INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    emotion TEXT NOT NULL,
    PRIMARY KEY (digest, x, y, width, height)
) STRICT, WITHOUT ROWID;
