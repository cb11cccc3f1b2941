-- Two more terms of a bond: until when the sharer lets it rest, and whether it is for one payment alone.
--
-- No row is rewritten: both columns come with what older rows mean, nothing.

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '1h';

ALTER TABLE gongji.bond
    ADD COLUMN paused_until date,
    ADD COLUMN once boolean NOT NULL DEFAULT false;
