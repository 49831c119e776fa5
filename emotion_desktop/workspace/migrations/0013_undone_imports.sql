-- What the import of a source had brought besides its photos, once that import was undone: kept so
-- that it can be made again. JSON: the rows of listings, spellings and rejects, by table.
CREATE TABLE undone_imports (
    source INTEGER PRIMARY KEY,
    content TEXT NOT NULL
) STRICT;
