-- Entries are found by their number at once, also those that came just now. The index of stretches knew only stretches
-- that had been summed up, so each question walked through all that had been written in the last minutes.
--
-- Numbers only rise, so a new one goes to the last page of the index. All books are walked through once to build it; not
-- CONCURRENTLY, since a partitioned table's index cannot be.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '1h';

DROP INDEX IF EXISTS gongji.entry_by_number;

CREATE INDEX entry_by_number ON gongji.entry (entry_id);
