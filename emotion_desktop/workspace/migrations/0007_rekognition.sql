-- What the user has agreed to send to a service, and how many photos of that are still to be sent.
CREATE TABLE consents (
    service TEXT PRIMARY KEY,
    given REAL NOT NULL,         -- seconds since the epoch
    approved INTEGER NOT NULL    -- photos that may still be sent
) STRICT, WITHOUT ROWID;

-- Answers that were paid for, by the digest of the photo: kept for good.
CREATE TABLE paid_answers (
    service TEXT NOT NULL,
    photo BLOB NOT NULL,
    answer TEXT NOT NULL,        -- JSON
    made REAL NOT NULL,
    PRIMARY KEY (service, photo)
) STRICT, WITHOUT ROWID;
