-- Premiums that go back: who paid how much, what has been refunded, and the turn in which one is paid again after that.
--
-- No row is rewritten but for the key's new column, which is 0 in all older rows; those know no draws and are refunded
-- at the office that took them. The key gets a column, so it is made anew: a row a person and year, looked at once,
-- while nobody writes, for the one writer has not begun yet.
-- squawk-ignore-file constraint-missing-not-valid, ban-drop-constraint, adding-serial-primary-key-field

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '1h';

ALTER TABLE gongji.premium
    ADD COLUMN turn bigint NOT NULL DEFAULT 0,
    ADD COLUMN notice text NOT NULL DEFAULT '',
    ADD COLUMN receipt text NOT NULL DEFAULT '',
    ADD COLUMN entry_id bigint NOT NULL DEFAULT 0,
    ADD COLUMN refunded_fen bigint NOT NULL DEFAULT 0,
    ADD COLUMN draw_books bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN draw_pockets text[] NOT NULL DEFAULT '{}',
    ADD COLUMN draw_members bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN draw_fens bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN draw_bonds bigint[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT premium_refunded_at_most_once CHECK (refunded_fen BETWEEN 0 AND amount_fen),
    DROP CONSTRAINT premium_pkey,
    ADD CONSTRAINT premium_pkey PRIMARY KEY (book_id, kind, year, turn);

GRANT UPDATE (refunded_fen) ON gongji.premium TO gongji_app;
