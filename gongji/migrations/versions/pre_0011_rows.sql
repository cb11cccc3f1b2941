-- What every bill adds comes as rows of these types, many in one parameter, so that all of a batch travels at once.
-- The order of their columns is that in which the program packs them; a row of another shape is refused whole.

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '1min';

CREATE TYPE gongji.entry_row AS (
    book_id bigint,
    entry_id bigint,
    recorded_at timestamp,
    event_at timestamp,
    kernel bigint,
    reverses bigint,
    kind text,
    request text,
    bundle text,
    rule_ids text[],
    decision bytea,
    leg_pockets text[],
    leg_books bigint[],
    leg_members bigint[],
    leg_fens bigint[],
    leg_balances bigint[],
    leg_versions bigint[]
);

CREATE TYPE gongji.settlement_row AS (
    book_id bigint,
    settle_id bigint,
    entry_id bigint,
    settled_at timestamp,
    total_fen bigint,
    hospital_fen bigint,
    deductible_fen bigint,
    burden_fen bigint,
    goods_fen bigint,
    cash_fen bigint,
    cash_back_fen bigint,
    refunded_fen bigint,
    fund_fen bigint,
    visited_on date,
    year_start date,
    inpatient boolean,
    reversed boolean,
    counts_stay boolean,
    region text,
    institution text,
    insutype text,
    clr_type text,
    office text,
    visit_id text,
    draw_fens bigint[],
    given_back_fens bigint[],
    detail text
);

CREATE TYPE gongji.answer_row AS (
    book_id bigint,
    settle_id bigint,
    institution text,
    asked_on date,
    msgid text,
    kind text,
    digest bytea,
    answer bytea,
    reversed_by text
);
