-- What tells people what happened goes by order over all books: entries by their number, dossiers by that of their last
-- change. Dossiers that are there already have 0, and are not told.
--
-- The index of entries has a few bytes for each stretch of the table. All books are walked through once to build it.
-- Not CONCURRENTLY: a partitioned table's index cannot be, and the tables are young.
-- squawk-ignore-file require-concurrent-index-creation

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '1h';

CREATE INDEX entry_by_number ON gongji.entry USING brin (entry_id) WITH (pages_per_range = 32, autosummarize = on);

ALTER TABLE gongji.dossier ADD COLUMN changed bigint NOT NULL DEFAULT 0;

CREATE INDEX dossier_changed ON gongji.dossier (kind, changed);

GRANT UPDATE (changed) ON gongji.dossier TO gongji_app;
