-- Hospital stays, orders of mobile payment, what settlements said, refunds under numbers of their own, e-credential codes that have been used.
--
-- Old rows get the defaults: no stay counted, nothing said, no refund of their own. Indexes are built in the same
-- transaction, while nobody writes; a table that an older program is using is waited for, but not for ever.
-- Moments are Beijing time without a zone, as the national messages write them.
-- squawk-ignore-file prefer-timestamp-tz, require-concurrent-index-creation

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '1h';

ALTER TABLE gongji.accumulator ADD COLUMN stays bigint NOT NULL DEFAULT 0;

-- `statement` is what the answer said besides the amounts.
ALTER TABLE gongji.settlement
    ADD COLUMN counts_stay boolean NOT NULL DEFAULT false,
    ADD COLUMN statement jsonb NOT NULL DEFAULT '{}';

CREATE INDEX settlement_by_institution ON gongji.settlement (institution, settled_at);

-- Its number stands in settlement_directory too. `institution` is that of the settlement, to find a day's refunds by.
CREATE TABLE gongji.refund (
    book_id bigint NOT NULL,
    refund_id bigint NOT NULL,
    settle_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    institution text NOT NULL,
    refunded_at timestamp NOT NULL,
    request text NOT NULL,
    back_fens bigint[] NOT NULL,
    cash_fen bigint NOT NULL,
    "full" boolean NOT NULL,
    balance_fen bigint NOT NULL,
    used_fund_fen bigint NOT NULL,
    used_deductible_fen bigint NOT NULL,
    used_burden_fen bigint NOT NULL,
    used_stays bigint NOT NULL,
    undone_at timestamp,
    CONSTRAINT refund_pkey PRIMARY KEY (book_id, refund_id),
    CONSTRAINT refund_under_its_own_number CHECK (refund_id <> settle_id)
) WITH (fillfactor = 90);

CREATE INDEX refund_of_settlement ON gongji.refund (book_id, settle_id);
CREATE INDEX refund_by_institution ON gongji.refund (institution, refunded_at);

ALTER TABLE gongji.visit
    ADD COLUMN in_hospital boolean NOT NULL DEFAULT false,
    ADD COLUMN ended_at timestamp,
    ADD COLUMN told jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN orders jsonb NOT NULL DEFAULT '{}';

-- Nobody lies in two hospitals.
CREATE UNIQUE INDEX visit_open_stay ON gongji.visit (book_id) WHERE in_hospital AND NOT cancelled;

CREATE TABLE gongji.code_use (
    digest bytea NOT NULL,
    book_id bigint NOT NULL,
    visit_id text NOT NULL,
    used_at timestamp NOT NULL,
    spent_by text NOT NULL,
    CONSTRAINT code_use_pkey PRIMARY KEY (digest)
);

GRANT SELECT, INSERT ON gongji.refund, gongji.code_use TO gongji_app;
GRANT UPDATE (undone_at) ON gongji.refund TO gongji_app;
GRANT UPDATE (spent_by) ON gongji.code_use TO gongji_app;
GRANT UPDATE (stays) ON gongji.accumulator TO gongji_app;
GRANT UPDATE (in_hospital, ended_at, told, orders) ON gongji.visit TO gongji_app;

-- E-credential tokens that never change are no longer honoured.
DELETE FROM gongji.directory WHERE kind = 'ec_token';
