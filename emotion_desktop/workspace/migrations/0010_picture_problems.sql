-- What kind of problem a photo's file has: missing, unreadable; NULL where it has none. Before, that
-- was told from the sentence.
ALTER TABLE photos ADD COLUMN problem_code TEXT;
UPDATE photos SET problem_code =
    CASE problem WHEN 'There is no such file.' THEN 'missing' ELSE 'unreadable' END
    WHERE problem IS NOT NULL;
