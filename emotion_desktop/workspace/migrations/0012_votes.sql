-- Votes of several people on one photo. JSON objects: how many gave which answer, an emotion,
-- “unknown” or “not a face”.
ALTER TABLE listings ADD COLUMN votes TEXT;          -- as the row says; NULL where it tells no votes
-- Worked out from the listings, as “listed” is: all votes for the photo, and the share of pairs of
-- people who agree, 0 to 1. NULL where fewer than two people voted.
ALTER TABLE photos ADD COLUMN votes TEXT;
ALTER TABLE photos ADD COLUMN agreement REAL;
ALTER TABLE split_photos ADD COLUMN votes TEXT;      -- as they were when the split was frozen
