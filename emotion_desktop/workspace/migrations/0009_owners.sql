-- When a row's owner wrote it, seconds since the epoch: a process that was started later only bears
-- the same id. NULL in rows of earlier versions.
ALTER TABLE jobs ADD COLUMN written REAL;
ALTER TABLE runs ADD COLUMN written REAL;
