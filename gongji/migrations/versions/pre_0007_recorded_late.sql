-- An index of the entries that were recorded after they took effect: statements go by when something took effect.
--
-- They are few: turns of the year, transfers that came back, bonds that ran out. All books are walked through once.
-- Not CONCURRENTLY: a partitioned table's index cannot be, and the tables are young.
-- squawk-ignore-file require-concurrent-index-creation

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '1h';

CREATE INDEX entry_recorded_late ON gongji.entry (book_id, event_at) WHERE event_at < recorded_at;
