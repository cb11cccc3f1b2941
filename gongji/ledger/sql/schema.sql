-- The ledger's tables, whole. The migrations build the same; a test compares them.
--
-- Every table of a book has book_id first in each key, so that the same schema can be spread over several servers.
-- Uniqueness over all books lives in the directories, each with its own key. distribution.txt says which is which.
-- Moments are Beijing time without a zone, as the national messages write them.
-- New tables keep nobody waiting, so no timeouts are set.
-- squawk-ignore-file prefer-timestamp-tz, require-lock-timeout, require-statement-timeout

CREATE SCHEMA IF NOT EXISTS gongji;

-- The program works as gongji_app, which may add but not change what has been recorded.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongji_app') THEN
        CREATE ROLE gongji_app NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- two databases of one server were being built at once
END
$$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'gongji_app', 'MEMBER') THEN
        EXECUTE format('GRANT gongji_app TO %I', current_user);
    END IF;
END
$$;

GRANT USAGE ON SCHEMA gongji TO gongji_app;

-- A loop, because a plain SQL function with an aggregate is started anew for every row checked, at five times the cost.
CREATE FUNCTION gongji.total(amounts bigint[]) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    amount bigint;
    total bigint := 0;
BEGIN
    FOREACH amount IN ARRAY amounts LOOP
        total := total + amount;
    END LOOP;
    RETURN total;
END
$$;

-- True when no refund is larger than what was drawn; refunds not noted yet count as nothing.
CREATE FUNCTION gongji.refunds_within(refunds bigint[], draws bigint[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF cardinality(refunds) > cardinality(draws) THEN
        RETURN false;
    END IF;
    FOR place IN 1 .. cardinality(refunds) LOOP
        IF refunds[place] NOT BETWEEN LEAST(0, draws[place]) AND GREATEST(0, draws[place]) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;

CREATE TABLE gongji.pocket (
    book_id bigint NOT NULL,
    pocket text NOT NULL,
    member_id bigint NOT NULL,
    balance_fen bigint NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT pocket_pkey PRIMARY KEY (book_id, pocket, member_id),
    CONSTRAINT pocket_never_below_zero CHECK (balance_fen >= 0)
) WITH (fillfactor = 70);

-- toast_tuple_target, here and at the answers: what fits on a page is not compressed, which takes longer than writing it.
-- One row an entry, its legs as arrays: so a plain CHECK sees the whole entry and refuses one that does not add up,
-- whoever writes it. Counter-accounts (funds, institutions, cash) are summed from here and have no row to queue at.
CREATE TABLE gongji.entry (
    book_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    recorded_at timestamp NOT NULL,
    event_at timestamp NOT NULL,
    kind text NOT NULL,
    request text NOT NULL,
    reverses bigint,
    bundle text NOT NULL,
    rule_ids text[] NOT NULL,
    decision bytea NOT NULL,
    kernel bigint NOT NULL,
    leg_books bigint[] NOT NULL,
    leg_pockets text[] NOT NULL,
    leg_members bigint[] NOT NULL,
    leg_fens bigint[] NOT NULL,
    leg_balances bigint[] NOT NULL,
    leg_versions bigint[] NOT NULL,
    CONSTRAINT entry_pkey PRIMARY KEY (book_id, entry_id, recorded_at),
    CONSTRAINT entry_adds_up_to_zero CHECK (gongji.total(leg_fens) IS NOT DISTINCT FROM 0),
    CONSTRAINT entry_legs_are_whole CHECK (
        cardinality(leg_books) = cardinality(leg_fens)
        AND cardinality(leg_pockets) = cardinality(leg_fens)
        AND cardinality(leg_members) = cardinality(leg_fens)
        AND cardinality(leg_balances) = cardinality(leg_fens)
        AND cardinality(leg_versions) = cardinality(leg_fens)
    )
) PARTITION BY RANGE (recorded_at);

CREATE TABLE gongji.entry_default PARTITION OF gongji.entry DEFAULT WITH (toast_tuple_target = 8160);

-- What took effect before it was recorded, as the turn of a year: few, and looked for by when it took effect.
CREATE INDEX entry_recorded_late ON gongji.entry (book_id, event_at) WHERE event_at < recorded_at;

-- Who tells people what was recorded goes by number, over all books. Numbers only rise, so a new one goes to the last
-- page of the index; an index of stretches would not know those written just now.
CREATE INDEX entry_by_number ON gongji.entry (entry_id);

-- One row for each leg in a person's own pocket, in the book of its owner: "who used my money" is one index scan.
-- Written out of the entry's arrays in the same statement, so that the two cannot disagree.
CREATE TABLE gongji.posting (
    book_id bigint NOT NULL,
    recorded_at timestamp NOT NULL,
    pocket text NOT NULL,
    member_id bigint NOT NULL,
    version bigint NOT NULL,
    amount_fen bigint NOT NULL,
    balance_fen bigint NOT NULL,
    entry_book_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT posting_pkey PRIMARY KEY (book_id, recorded_at, pocket, member_id, version),
    CONSTRAINT posting_never_below_zero CHECK (balance_fen >= 0)
) PARTITION BY RANGE (recorded_at);

CREATE TABLE gongji.posting_default PARTITION OF gongji.posting DEFAULT WITH (toast_tuple_target = 8160);

-- What is asked by stands in columns; `detail` is the rest, as JSON: funds, parts, who drew what, what was said.
CREATE TABLE gongji.settlement (
    book_id bigint NOT NULL,
    settle_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    settled_at timestamp NOT NULL,
    visited_on date NOT NULL,
    region text NOT NULL,
    institution text NOT NULL,
    visit_id text,
    year_start date NOT NULL,
    inpatient boolean NOT NULL,
    total_fen bigint NOT NULL,
    hospital_fen bigint NOT NULL,
    deductible_fen bigint NOT NULL,
    burden_fen bigint NOT NULL,
    goods_fen bigint NOT NULL,
    draw_fens bigint[] NOT NULL,
    given_back_fens bigint[] NOT NULL,
    cash_fen bigint NOT NULL,
    cash_back_fen bigint NOT NULL,
    refunded_fen bigint NOT NULL,
    reversed boolean NOT NULL,
    counts_stay boolean NOT NULL DEFAULT false,
    fund_fen bigint NOT NULL,
    insutype text NOT NULL,
    clr_type text NOT NULL,
    office text NOT NULL,
    detail text NOT NULL,
    CONSTRAINT settlement_pkey PRIMARY KEY (book_id, settle_id),
    CONSTRAINT settlement_refunds_within_draws CHECK (gongji.refunds_within(given_back_fens, draw_fens)),
    CONSTRAINT settlement_cash_back_within_cash
        CHECK (cash_back_fen BETWEEN LEAST(0, cash_fen) AND GREATEST(0, cash_fen)),
    CONSTRAINT settlement_refunded_is_the_sum CHECK (refunded_fen = gongji.total(given_back_fens) + cash_back_fen)
) WITH (fillfactor = 90);

-- A day's totals of an institution are asked of all books at once.
CREATE INDEX settlement_by_institution ON gongji.settlement (institution, settled_at);

-- Its number stands in the directory too. `institution` is that of the settlement, to find a day's refunds by.
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

-- Numbers of settlements and of refunds.
CREATE TABLE gongji.settlement_directory (
    settle_id bigint NOT NULL,
    book_id bigint NOT NULL,
    CONSTRAINT settlement_directory_pkey PRIMARY KEY (settle_id)
);

CREATE TABLE gongji.accumulator (
    book_id bigint NOT NULL,
    year_start date NOT NULL,
    inpatient boolean NOT NULL,
    fund_fen bigint NOT NULL,
    deductible_fen bigint NOT NULL,
    burden_fen bigint NOT NULL,
    stays bigint NOT NULL DEFAULT 0,
    CONSTRAINT accumulator_pkey PRIMARY KEY (book_id, year_start, inpatient)
) WITH (fillfactor = 70);

CREATE TABLE gongji.transfer (
    book_id bigint NOT NULL,
    transfer_id text NOT NULL,
    receiver_id bigint NOT NULL,
    amount_fen bigint NOT NULL,
    sent_at timestamp NOT NULL,
    return_at timestamp NOT NULL,
    draw_books bigint[] NOT NULL,
    draw_pockets text[] NOT NULL,
    draw_members bigint[] NOT NULL,
    draw_fens bigint[] NOT NULL,
    draw_bonds bigint[] NOT NULL,
    state text NOT NULL,
    CONSTRAINT transfer_pkey PRIMARY KEY (book_id, transfer_id),
    CONSTRAINT transfer_of_some_money CHECK (amount_fen > 0)
) WITH (fillfactor = 90);

CREATE INDEX transfer_by_day ON gongji.transfer (book_id, sent_at);
CREATE INDEX transfer_on_its_way ON gongji.transfer (book_id) WHERE state = 'awaiting_receipt';

-- The same transfer in the receiver's book.
CREATE TABLE gongji.transfer_mirror (
    book_id bigint NOT NULL,
    transfer_id text NOT NULL,
    sender_id bigint NOT NULL,
    state text NOT NULL,
    CONSTRAINT transfer_mirror_pkey PRIMARY KEY (book_id, transfer_id)
) WITH (fillfactor = 90);

CREATE INDEX transfer_mirror_on_its_way ON gongji.transfer_mirror (book_id) WHERE state = 'awaiting_receipt';

CREATE TABLE gongji.transfer_directory (
    transfer_id text NOT NULL,
    book_id bigint NOT NULL,
    CONSTRAINT transfer_directory_pkey PRIMARY KEY (transfer_id)
);

CREATE TABLE gongji.premium (
    book_id bigint NOT NULL,
    kind text NOT NULL,
    year bigint NOT NULL,
    payer_id bigint NOT NULL,
    amount_fen bigint NOT NULL,
    paid_at timestamp NOT NULL,
    product text,
    turn bigint NOT NULL DEFAULT 0,
    notice text NOT NULL DEFAULT '',
    receipt text NOT NULL DEFAULT '',
    entry_id bigint NOT NULL DEFAULT 0,
    refunded_fen bigint NOT NULL DEFAULT 0,
    draw_books bigint[] NOT NULL DEFAULT '{}',
    draw_pockets text[] NOT NULL DEFAULT '{}',
    draw_members bigint[] NOT NULL DEFAULT '{}',
    draw_fens bigint[] NOT NULL DEFAULT '{}',
    draw_bonds bigint[] NOT NULL DEFAULT '{}',
    CONSTRAINT premium_pkey PRIMARY KEY (book_id, kind, year, turn),
    CONSTRAINT premium_refunded_at_most_once CHECK (refunded_fen BETWEEN 0 AND amount_fen)
);

CREATE TABLE gongji.account_year (
    book_id bigint NOT NULL,
    year_start date NOT NULL,
    allocated_month text NOT NULL,
    allocations bigint NOT NULL,
    goods_month text NOT NULL,
    goods_fen bigint NOT NULL,
    CONSTRAINT account_year_pkey PRIMARY KEY (book_id)
);

-- A request is one by its institution and the id it gave, with the date in that id.
CREATE TABLE gongji.request_answer (
    institution text NOT NULL,
    asked_on date NOT NULL,
    msgid text NOT NULL,
    kind text NOT NULL,
    digest bytea NOT NULL,
    answer bytea NOT NULL,
    book_id bigint NOT NULL,
    settle_id bigint,
    reversed_by text,
    CONSTRAINT request_answer_pkey PRIMARY KEY (institution, asked_on, msgid)
) PARTITION BY RANGE (asked_on);

CREATE TABLE gongji.request_answer_default PARTITION OF gongji.request_answer DEFAULT WITH (toast_tuple_target = 8160);

-- What every bill adds comes as rows of these types, many in one parameter, so that all of a batch travels at once.
-- The order of their columns is that in which the program packs them; a row of another shape is refused whole.
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

CREATE TABLE gongji.policy_bundle (
    sha256 text NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT policy_bundle_pkey PRIMARY KEY (sha256)
);

-- What was done to the rules, by whom, when and why: one row after the other, for ever. `told` says what each kind of
-- act has to say; drafts, approvals and publications are nothing but their acts.
CREATE TABLE gongji.policy_act (
    number bigint NOT NULL,
    draft_id bigint NOT NULL,
    who text NOT NULL,
    done_at timestamp NOT NULL,
    why text NOT NULL,
    told jsonb NOT NULL,
    CONSTRAINT policy_act_pkey PRIMARY KEY (number),
    CONSTRAINT policy_act_is_somebodys CHECK (who <> ''),
    CONSTRAINT policy_act_counts_from_one CHECK (number > 0)
);

-- Policy files, notices, reports of checks: what acts name by its hash.
CREATE TABLE gongji.policy_document (
    sha256 text NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT policy_document_pkey PRIMARY KEY (sha256)
);

-- Who may write. A batch that does not find its epoch here cannot commit.
CREATE TABLE gongji.lease (
    name text NOT NULL,
    writer text NOT NULL,
    epoch bigint NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT lease_pkey PRIMARY KEY (name)
) WITH (fillfactor = 10);

INSERT INTO gongji.lease (name, writer, epoch, until) VALUES ('writer', '', 0, '-infinity');

CREATE TABLE gongji.id_block (
    kind text NOT NULL,
    next_id bigint NOT NULL,
    CONSTRAINT id_block_pkey PRIMARY KEY (kind)
);

-- Makes the partitions of `months` months from the one that `first` lies in, and returns how many were new. A month
-- of which the default partition already holds rows stays there: nothing is lost, only not apart.
CREATE FUNCTION gongji.make_months(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part record;
    starts date;
    ends date;
    name text;
    stays boolean;
    made integer := 0;
BEGIN
    FOR part IN SELECT * FROM (VALUES
        ('entry', 'recorded_at'), ('posting', 'recorded_at'), ('request_answer', 'asked_on')
    ) AS p (parent, key) LOOP
        FOR ahead IN 0 .. months - 1 LOOP
            starts := date_trunc('month', first) + make_interval(months => ahead);
            ends := starts + interval '1 month';
            name := part.parent || to_char(starts, '_YYYY_MM');
            CONTINUE WHEN to_regclass('gongji.' || name) IS NOT NULL;
            EXECUTE format('SELECT EXISTS (SELECT FROM gongji.%I WHERE %I >= %L AND %I < %L)',
                part.parent || '_default', part.key, starts, part.key, ends) INTO stays;
            CONTINUE WHEN stays;
            EXECUTE format('CREATE TABLE gongji.%I PARTITION OF gongji.%I FOR VALUES FROM (%L) TO (%L)'
                ' WITH (toast_tuple_target = 8160)', name, part.parent, starts, ends);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;

REVOKE EXECUTE ON FUNCTION gongji.make_months(date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gongji.make_months(date, integer) TO gongji_app;

-- Recorded is recorded: what has no UPDATE here is never changed, and nothing at all is deleted.
GRANT SELECT, INSERT ON
    gongji.entry, gongji.posting, gongji.settlement, gongji.refund, gongji.settlement_directory, gongji.transfer,
    gongji.transfer_mirror, gongji.transfer_directory, gongji.premium, gongji.request_answer, gongji.policy_bundle,
    gongji.policy_act, gongji.policy_document
TO gongji_app;
GRANT UPDATE (given_back_fens, cash_back_fen, refunded_fen, reversed) ON gongji.settlement TO gongji_app;
GRANT UPDATE (undone_at) ON gongji.refund TO gongji_app;
GRANT UPDATE (state) ON gongji.transfer, gongji.transfer_mirror TO gongji_app;
GRANT UPDATE (refunded_fen) ON gongji.premium TO gongji_app;
GRANT UPDATE (reversed_by) ON gongji.request_answer TO gongji_app;
GRANT SELECT, INSERT, UPDATE (balance_fen, version) ON gongji.pocket TO gongji_app;
GRANT SELECT, INSERT, UPDATE (fund_fen, deductible_fen, burden_fen, stays) ON gongji.accumulator TO gongji_app;
GRANT SELECT, INSERT, UPDATE (year_start, allocated_month, allocations, goods_month, goods_fen)
    ON gongji.account_year TO gongji_app;
GRANT SELECT, INSERT, UPDATE (next_id) ON gongji.id_block TO gongji_app;
GRANT SELECT, UPDATE (writer, epoch, until) ON gongji.lease TO gongji_app;
