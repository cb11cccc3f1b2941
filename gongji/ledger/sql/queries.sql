-- The ledger's queries. Python calls them by name; arrays of whole numbers come as text, "{1,2}".

-- name: find_answers
-- LIMIT keeps the planner from turning this into a join that walks through every month.
SELECT k.institution, k.msgid, k.asked_on, a.kind, a.digest, a.answer, a.book_id, a.settle_id, a.reversed_by
FROM unnest(%(institutions)s::text[], %(msgids)s::text[], %(days)s::date[]) AS k (institution, msgid, asked_on)
CROSS JOIN LATERAL (
    SELECT l.kind, l.digest, l.answer, l.book_id, l.settle_id, l.reversed_by
    FROM gongji.request_answer AS l
    WHERE l.institution = k.institution AND l.asked_on = k.asked_on AND l.msgid = k.msgid
    LIMIT 1
) AS a

-- name: find_settlements
-- Each number is that of a settlement or of a refund. LIMIT keeps a planner without statistics yet from walking through
-- all settlements.
SELECT s.*
FROM gongji.settlement_directory AS d
LEFT JOIN LATERAL (
    SELECT l.settle_id FROM gongji.refund AS l WHERE l.book_id = d.book_id AND l.refund_id = d.settle_id LIMIT 1
) AS r ON true
CROSS JOIN LATERAL (
    SELECT l.*
    FROM gongji.settlement AS l
    WHERE l.book_id = d.book_id AND l.settle_id = coalesce(r.settle_id, d.settle_id)
    LIMIT 1
) AS s
WHERE d.settle_id = ANY (%(settle_ids)s::bigint[])

-- name: find_refunds
SELECT r.refund_id, r.settle_id, r.book_id, r.entry_id, r.refunded_at, r.request, r.back_fens, r.cash_fen, r."full",
    r.balance_fen, r.used_fund_fen, r.used_deductible_fen, r.used_burden_fen, r.used_stays, r.undone_at
FROM unnest(%(book_ids)s::bigint[], %(settle_ids)s::bigint[]) AS n (book_id, settle_id)
JOIN gongji.refund AS r ON r.book_id = n.book_id AND r.settle_id = n.settle_id

-- name: settlements_of
SELECT s.*
FROM gongji.settlement AS s
WHERE s.book_id = %(book_id)s AND s.settled_at >= %(since)s AND s.settled_at < %(until)s
ORDER BY s.settled_at, s.settle_id

-- name: totals_left
-- What is left of settlements that were not fully refunded.
SELECT
    count(*),
    coalesce(sum(s.total_fen - s.refunded_fen), 0)::bigint,
    coalesce(sum(s.fund_fen), 0)::bigint,
    coalesce(sum(gongji.total(s.draw_fens) - gongji.total(s.given_back_fens)), 0)::bigint
FROM gongji.settlement AS s
WHERE s.institution = %(institution)s AND s.settled_at >= %(since)s AND s.settled_at < %(until)s AND NOT s.reversed
    AND s.insutype = %(insutype)s AND s.clr_type = %(clr_type)s AND s.office = %(office)s

-- name: totals_as_made
-- Settlements as they were made, and each refund that stands as a row of its own.
SELECT
    count(*),
    coalesce(sum(total_fen), 0)::bigint,
    coalesce(sum(fund_fen), 0)::bigint,
    coalesce(sum(account_fen), 0)::bigint
FROM (
    SELECT s.total_fen, s.fund_fen, gongji.total(s.draw_fens) AS account_fen
    FROM gongji.settlement AS s
    WHERE s.institution = %(institution)s AND s.settled_at >= %(since)s AND s.settled_at < %(until)s
        AND s.insutype = %(insutype)s AND s.clr_type = %(clr_type)s AND s.office = %(office)s
    UNION ALL
    SELECT
        -gongji.total(r.back_fens) - r.cash_fen
            - CASE WHEN r."full" THEN s.fund_fen + s.hospital_fen ELSE 0 END,
        CASE WHEN r."full" THEN -s.fund_fen ELSE 0 END,
        -gongji.total(r.back_fens)
    FROM gongji.refund AS r
    CROSS JOIN LATERAL (
        SELECT l.insutype, l.clr_type, l.office, l.fund_fen, l.hospital_fen
        FROM gongji.settlement AS l
        WHERE l.book_id = r.book_id AND l.settle_id = r.settle_id
        LIMIT 1
    ) AS s
    WHERE r.institution = %(institution)s AND r.refunded_at >= %(since)s AND r.refunded_at < %(until)s
        AND r.undone_at IS NULL
        AND s.insutype = %(insutype)s AND s.clr_type = %(clr_type)s AND s.office = %(office)s
) AS made

-- name: find_transfers
SELECT t.*
FROM gongji.transfer_directory AS d
JOIN gongji.transfer AS t ON t.book_id = d.book_id AND t.transfer_id = d.transfer_id
WHERE d.transfer_id = ANY (%(transfer_ids)s::text[])

-- name: load_pockets
SELECT book_id, pocket, member_id, balance_fen, version
FROM gongji.pocket
WHERE book_id = ANY (%(people)s::bigint[])

-- name: load_years
SELECT book_id, year_start, allocated_month, allocations, goods_month, goods_fen
FROM gongji.account_year
WHERE book_id = ANY (%(people)s::bigint[])

-- name: load_accumulators
SELECT book_id, year_start, inpatient, fund_fen, deductible_fen, burden_fen, stays
FROM gongji.accumulator
WHERE book_id = ANY (%(people)s::bigint[])

-- name: load_premiums
SELECT p.*
FROM gongji.premium AS p
WHERE p.book_id = ANY (%(people)s::bigint[])

-- name: load_transfers
-- On their way from or to these people; and all that one of them sent within two days before his latest one.
SELECT t.*
FROM gongji.transfer AS t
WHERE t.book_id = ANY (%(people)s::bigint[]) AND t.state = 'awaiting_receipt'
UNION ALL
SELECT t.*
FROM gongji.transfer_mirror AS m
JOIN gongji.transfer AS t ON t.book_id = m.sender_id AND t.transfer_id = m.transfer_id
WHERE m.book_id = ANY (%(people)s::bigint[]) AND m.state = 'awaiting_receipt'
UNION ALL
SELECT t.*
FROM unnest(%(people)s::bigint[]) AS n (book_id)
CROSS JOIN LATERAL (
    SELECT max(l.sent_at) AS sent_at FROM gongji.transfer AS l WHERE l.book_id = n.book_id
) AS latest
JOIN gongji.transfer AS t ON t.book_id = n.book_id AND t.sent_at >= latest.sent_at - interval '2 days'

-- name: entries_of
SELECT e.*
FROM gongji.entry AS e
WHERE e.book_id = %(book_id)s AND e.recorded_at >= %(since)s AND e.recorded_at < %(until)s
UNION
SELECT e.*
FROM gongji.posting AS p
JOIN gongji.entry AS e
    ON e.book_id = p.entry_book_id AND e.entry_id = p.entry_id AND e.recorded_at = p.recorded_at
WHERE p.book_id = %(book_id)s AND p.recorded_at >= %(since)s AND p.recorded_at < %(until)s
ORDER BY entry_id

-- name: entries_after
SELECT e.*
FROM gongji.entry AS e
WHERE e.entry_id > %(entry_id)s AND e.entry_id <= %(until)s
ORDER BY e.entry_id
LIMIT %(most)s

-- name: entries_of_kinds
-- Those of some kinds among the next entries, and the last of these in any case: it tells how far that goes.
SELECT e.*
FROM (
    SELECT
        n.*,
        row_number() OVER (ORDER BY n.entry_id) AS place,
        lead(n.entry_id) OVER (ORDER BY n.entry_id) IS NULL AS is_last
    FROM (
        SELECT l.*
        FROM gongji.entry AS l
        WHERE l.entry_id > %(entry_id)s AND l.entry_id <= %(until)s
        ORDER BY l.entry_id
        LIMIT %(most)s
    ) AS n
) AS e
WHERE e.kind = ANY (%(kinds)s::text[]) OR e.is_last
ORDER BY e.entry_id

-- name: recorded_late
-- What was recorded after it took effect, of a book's own: recorded from one moment on, in effect before another.
SELECT e.*
FROM gongji.entry AS e
WHERE e.book_id = %(book_id)s AND e.event_at < e.recorded_at
    AND e.recorded_at >= %(begin_at)s AND e.event_at <= %(end_at)s

-- name: stretch_oldest_first
-- The entries that took effect when they were recorded, in the order of the postings.
SELECT e.*
FROM (
    SELECT DISTINCT p.recorded_at, p.entry_id, p.entry_book_id
    FROM gongji.posting AS p
    WHERE p.book_id = %(book_id)s AND p.recorded_at >= %(begin_at)s AND p.recorded_at <= %(end_at)s
        AND (p.recorded_at, p.entry_id) >= (%(begin_at)s, %(begin_id)s)
        AND (p.recorded_at, p.entry_id) < (%(end_at)s, %(end_id)s)
        AND p.entry_id <> ALL (%(late)s::bigint[])
    ORDER BY p.recorded_at ASC, p.entry_id ASC, p.entry_book_id
    LIMIT %(most)s
) AS p
CROSS JOIN LATERAL (
    SELECT l.*
    FROM gongji.entry AS l
    WHERE l.book_id = p.entry_book_id AND l.entry_id = p.entry_id AND l.recorded_at = p.recorded_at
        AND l.recorded_at >= %(begin_at)s AND l.recorded_at <= %(end_at)s
    LIMIT 1
) AS e

-- name: stretch_newest_first
-- The same the other way round.
SELECT e.*
FROM (
    SELECT DISTINCT p.recorded_at, p.entry_id, p.entry_book_id
    FROM gongji.posting AS p
    WHERE p.book_id = %(book_id)s AND p.recorded_at >= %(begin_at)s AND p.recorded_at <= %(end_at)s
        AND (p.recorded_at, p.entry_id) >= (%(begin_at)s, %(begin_id)s)
        AND (p.recorded_at, p.entry_id) < (%(end_at)s, %(end_id)s)
        AND p.entry_id <> ALL (%(late)s::bigint[])
    ORDER BY p.recorded_at DESC, p.entry_id DESC, p.entry_book_id
    LIMIT %(most)s
) AS p
CROSS JOIN LATERAL (
    SELECT l.*
    FROM gongji.entry AS l
    WHERE l.book_id = p.entry_book_id AND l.entry_id = p.entry_id AND l.recorded_at = p.recorded_at
        AND l.recorded_at >= %(begin_at)s AND l.recorded_at <= %(end_at)s
    LIMIT 1
) AS e

-- name: sums_before
SELECT p.pocket, p.member_id, sum(p.amount_fen)::bigint
FROM gongji.posting AS p
WHERE p.book_id = %(book_id)s AND p.recorded_at <= %(at)s
    AND (p.recorded_at, p.entry_id) < (%(at)s, %(entry_id)s)
    AND p.entry_id <> ALL (%(late)s::bigint[])
GROUP BY p.pocket, p.member_id

-- name: refunds_behind
SELECT r.refund_id, r.settle_id, r.book_id, r.entry_id, r.refunded_at, r.request, r.back_fens, r.cash_fen, r."full",
    r.balance_fen, r.used_fund_fen, r.used_deductible_fen, r.used_burden_fen, r.used_stays, r.undone_at
FROM gongji.refund AS r
WHERE r.book_id = ANY (%(book_ids)s::bigint[]) AND r.entry_id = ANY (%(entry_ids)s::bigint[])

-- name: settlements_behind
SELECT s.*
FROM gongji.settlement AS s
WHERE s.book_id = ANY (%(book_ids)s::bigint[])
    AND (s.entry_id = ANY (%(entry_ids)s::bigint[]) OR s.settle_id = ANY (%(settle_ids)s::bigint[]))

-- name: update_pockets
UPDATE gongji.pocket AS p
SET balance_fen = n.balance_fen, version = n.version
FROM unnest(
    %(book_ids)s::bigint[], %(pockets)s::text[], %(member_ids)s::bigint[],
    %(balance_fens)s::bigint[], %(versions)s::bigint[], %(expected)s::bigint[]
) AS n (book_id, pocket, member_id, balance_fen, version, expected)
WHERE p.book_id = n.book_id AND p.pocket = n.pocket AND p.member_id = n.member_id AND p.version = n.expected

-- name: insert_pockets
INSERT INTO gongji.pocket (book_id, pocket, member_id, balance_fen, version)
SELECT * FROM unnest(
    %(book_ids)s::bigint[], %(pockets)s::text[], %(member_ids)s::bigint[],
    %(balance_fens)s::bigint[], %(versions)s::bigint[]
)
ON CONFLICT DO NOTHING

-- name: insert_entries
-- The legs in people's own pockets, which are those with a version, are written out of the entry's arrays in the same
-- statement, so that the two cannot disagree.
WITH made AS MATERIALIZED (
    SELECT * FROM unnest(%(rows)s::gongji.entry_row[])
),

posted AS (
    INSERT INTO gongji.posting (
        book_id, recorded_at, member_id, version, amount_fen, balance_fen, entry_book_id, entry_id, pocket
    )
    SELECT
        leg.book_id, made.recorded_at, leg.member_id, leg.version, leg.amount_fen, leg.balance_fen,
        made.book_id, made.entry_id, leg.pocket
    FROM made
    CROSS JOIN unnest(leg_pockets, leg_books, leg_members, leg_fens, leg_balances, leg_versions)
        AS leg (pocket, book_id, member_id, amount_fen, balance_fen, version)
    WHERE leg.version > 0
)

INSERT INTO gongji.entry (
    book_id, entry_id, recorded_at, event_at, kernel, reverses, kind, request, bundle, rule_ids, decision,
    leg_pockets, leg_books, leg_members, leg_fens, leg_balances, leg_versions
)
SELECT * FROM made

-- name: insert_settlements
WITH made AS MATERIALIZED (
    SELECT * FROM unnest(%(rows)s::gongji.settlement_row[])
),

entered AS (
    INSERT INTO gongji.settlement_directory (settle_id, book_id)
    SELECT settle_id, book_id FROM made
)

INSERT INTO gongji.settlement (
    book_id, settle_id, entry_id, settled_at, total_fen, hospital_fen, deductible_fen, burden_fen, goods_fen,
    cash_fen, cash_back_fen, refunded_fen, fund_fen, visited_on, year_start, inpatient, reversed, counts_stay, region,
    institution, insutype, clr_type, office, visit_id, draw_fens, given_back_fens, detail
)
SELECT * FROM made

-- name: insert_refunds
WITH entered AS (
    INSERT INTO gongji.settlement_directory (settle_id, book_id)
    SELECT * FROM unnest(%(refund_ids)s::bigint[], %(book_ids)s::bigint[])
)
INSERT INTO gongji.refund (
    book_id, refund_id, settle_id, entry_id, institution, refunded_at, request, back_fens, cash_fen, "full",
    balance_fen, used_fund_fen, used_deductible_fen, used_burden_fen, used_stays, undone_at
)
SELECT n.book_id, n.refund_id, n.settle_id, n.entry_id, s.institution, n.refunded_at, n.request,
    n.back_fens::bigint[], n.cash_fen, n.whole, n.balance_fen, n.used_fund_fen, n.used_deductible_fen,
    n.used_burden_fen, n.used_stays, n.undone_at
FROM unnest(
    %(book_ids)s::bigint[], %(refund_ids)s::bigint[], %(settle_ids)s::bigint[], %(entry_ids)s::bigint[],
    %(refunded_ats)s::timestamp[], %(requests)s::text[], %(back_fens)s::text[], %(cash_fens)s::bigint[],
    %(fulls)s::boolean[], %(balance_fens)s::bigint[], %(used_fund_fens)s::bigint[],
    %(used_deductible_fens)s::bigint[], %(used_burden_fens)s::bigint[], %(used_stays)s::bigint[],
    %(undone_ats)s::timestamp[]
) AS n (
    book_id, refund_id, settle_id, entry_id, refunded_at, request, back_fens, cash_fen, whole, balance_fen,
    used_fund_fen, used_deductible_fen, used_burden_fen, used_stays, undone_at
)
JOIN gongji.settlement AS s ON s.book_id = n.book_id AND s.settle_id = n.settle_id

-- name: update_refunds
-- A refund can be taken back once.
UPDATE gongji.refund AS r
SET undone_at = n.undone_at
FROM unnest(
    %(book_ids)s::bigint[], %(refund_ids)s::bigint[], %(undone_ats)s::timestamp[]
) AS n (book_id, refund_id, undone_at)
WHERE r.book_id = n.book_id AND r.refund_id = n.refund_id AND r.undone_at IS NULL

-- name: update_settlements
-- Guarded by what had been refunded: two refunds under different ids cannot both find the same money.
UPDATE gongji.settlement AS s
SET given_back_fens = n.given_back_fens::bigint[], cash_back_fen = n.cash_back_fen,
    refunded_fen = n.refunded_fen, reversed = n.reversed
FROM unnest(
    %(book_ids)s::bigint[], %(settle_ids)s::bigint[], %(given_back_fens)s::text[], %(cash_back_fens)s::bigint[],
    %(refunded_fens)s::bigint[], %(reverseds)s::boolean[], %(expected_fens)s::bigint[], %(were_reversed)s::boolean[]
) AS n (
    book_id, settle_id, given_back_fens, cash_back_fen, refunded_fen, reversed, expected_fen, was_reversed
)
WHERE s.book_id = n.book_id AND s.settle_id = n.settle_id
    AND s.refunded_fen = n.expected_fen AND s.reversed = n.was_reversed

-- name: update_accumulators
UPDATE gongji.accumulator AS a
SET fund_fen = n.fund_fen, deductible_fen = n.deductible_fen, burden_fen = n.burden_fen, stays = n.stays
FROM unnest(
    %(book_ids)s::bigint[], %(year_starts)s::date[], %(inpatients)s::boolean[],
    %(fund_fens)s::bigint[], %(deductible_fens)s::bigint[], %(burden_fens)s::bigint[], %(stays)s::bigint[]
) AS n (book_id, year_start, inpatient, fund_fen, deductible_fen, burden_fen, stays)
WHERE a.book_id = n.book_id AND a.year_start = n.year_start AND a.inpatient = n.inpatient

-- name: insert_accumulators
INSERT INTO gongji.accumulator (book_id, year_start, inpatient, fund_fen, deductible_fen, burden_fen, stays)
SELECT * FROM unnest(
    %(book_ids)s::bigint[], %(year_starts)s::date[], %(inpatients)s::boolean[],
    %(fund_fens)s::bigint[], %(deductible_fens)s::bigint[], %(burden_fens)s::bigint[], %(stays)s::bigint[]
)
ON CONFLICT DO NOTHING

-- name: put_years
INSERT INTO gongji.account_year (book_id, year_start, allocated_month, allocations, goods_month, goods_fen)
SELECT * FROM unnest(
    %(book_ids)s::bigint[], %(year_starts)s::date[], %(allocated_months)s::text[], %(allocations)s::bigint[],
    %(goods_months)s::text[], %(goods_fens)s::bigint[]
)
ON CONFLICT ON CONSTRAINT account_year_pkey DO UPDATE
SET year_start = excluded.year_start, allocated_month = excluded.allocated_month, allocations = excluded.allocations,
    goods_month = excluded.goods_month, goods_fen = excluded.goods_fen

-- name: insert_transfers
WITH entered AS (
    INSERT INTO gongji.transfer_directory (transfer_id, book_id)
    SELECT * FROM unnest(%(transfer_ids)s::text[], %(book_ids)s::bigint[])
), mirrored AS (
    INSERT INTO gongji.transfer_mirror (book_id, transfer_id, sender_id, state)
    SELECT * FROM unnest(
        %(receiver_ids)s::bigint[], %(transfer_ids)s::text[], %(book_ids)s::bigint[], %(states)s::text[]
    )
)
INSERT INTO gongji.transfer (
    book_id, transfer_id, receiver_id, amount_fen, sent_at, return_at,
    draw_books, draw_pockets, draw_members, draw_fens, draw_bonds, state
)
SELECT
    n.book_id, n.transfer_id, n.receiver_id, n.amount_fen, n.sent_at, n.return_at, n.draw_books::bigint[],
    n.draw_pockets::text[], n.draw_members::bigint[], n.draw_fens::bigint[], n.draw_bonds::bigint[], n.state
FROM unnest(
    %(book_ids)s::bigint[], %(transfer_ids)s::text[], %(receiver_ids)s::bigint[], %(amount_fens)s::bigint[],
    %(sent_ats)s::timestamp[], %(return_ats)s::timestamp[], %(draw_books)s::text[], %(draw_pockets)s::text[],
    %(draw_members)s::text[], %(draw_fens)s::text[], %(draw_bonds)s::text[], %(states)s::text[]
) AS n (
    book_id, transfer_id, receiver_id, amount_fen, sent_at, return_at,
    draw_books, draw_pockets, draw_members, draw_fens, draw_bonds, state
)

-- name: update_transfers
UPDATE gongji.transfer AS t
SET state = n.state
FROM unnest(
    %(book_ids)s::bigint[], %(transfer_ids)s::text[], %(states)s::text[], %(were)s::text[]
) AS n (book_id, transfer_id, state, was)
WHERE t.book_id = n.book_id AND t.transfer_id = n.transfer_id AND t.state = n.was

-- name: update_transfer_mirrors
UPDATE gongji.transfer_mirror AS m
SET state = n.state
FROM unnest(
    %(receiver_ids)s::bigint[], %(transfer_ids)s::text[], %(states)s::text[], %(were)s::text[]
) AS n (book_id, transfer_id, state, was)
WHERE m.book_id = n.book_id AND m.transfer_id = n.transfer_id AND m.state = n.was

-- name: insert_premiums
INSERT INTO gongji.premium (
    book_id, kind, year, turn, payer_id, amount_fen, paid_at, product, notice, receipt, entry_id, refunded_fen,
    draw_books, draw_pockets, draw_members, draw_fens, draw_bonds
)
SELECT
    n.book_id, n.kind, n.year, n.turn, n.payer_id, n.amount_fen, n.paid_at, n.product, n.notice, n.receipt,
    n.entry_id, n.refunded_fen, n.draw_books::bigint[], n.draw_pockets::text[], n.draw_members::bigint[],
    n.draw_fens::bigint[], n.draw_bonds::bigint[]
FROM unnest(
    %(book_ids)s::bigint[], %(kinds)s::text[], %(years)s::bigint[], %(turns)s::bigint[], %(payer_ids)s::bigint[],
    %(amount_fens)s::bigint[], %(paid_ats)s::timestamp[], %(products)s::text[], %(notices)s::text[],
    %(receipts)s::text[], %(entry_ids)s::bigint[], %(refunded_fens)s::bigint[], %(draw_books)s::text[],
    %(draw_pockets)s::text[], %(draw_members)s::text[], %(draw_fens)s::text[], %(draw_bonds)s::text[]
) AS n (
    book_id, kind, year, turn, payer_id, amount_fen, paid_at, product, notice, receipt, entry_id, refunded_fen,
    draw_books, draw_pockets, draw_members, draw_fens, draw_bonds
)
ON CONFLICT DO NOTHING

-- name: update_premiums
UPDATE gongji.premium AS p
SET refunded_fen = n.refunded_fen
FROM unnest(
    %(book_ids)s::bigint[], %(kinds)s::text[], %(years)s::bigint[], %(turns)s::bigint[],
    %(refunded_fens)s::bigint[], %(expected_fens)s::bigint[]
) AS n (book_id, kind, year, turn, refunded_fen, expected_fen)
WHERE p.book_id = n.book_id AND p.kind = n.kind AND p.year = n.year AND p.turn = n.turn
    AND p.refunded_fen = n.expected_fen

-- name: insert_answers
INSERT INTO gongji.request_answer (
    book_id, settle_id, institution, asked_on, msgid, kind, digest, answer, reversed_by
)
SELECT * FROM unnest(%(rows)s::gongji.answer_row[])

-- name: update_answers
-- An answer can be taken back once.
UPDATE gongji.request_answer AS a
SET reversed_by = n.reversed_by
FROM unnest(
    %(institutions)s::text[], %(days)s::date[], %(msgids)s::text[], %(reversed_bys)s::text[]
) AS n (institution, asked_on, msgid, reversed_by)
WHERE a.institution = n.institution AND a.asked_on = n.asked_on AND a.msgid = n.msgid AND a.reversed_by IS NULL

-- name: make_months
SELECT gongji.make_months(%(first)s::date, %(months)s::integer)

-- name: keep_bundle
INSERT INTO gongji.policy_bundle (sha256, content) VALUES (%(sha256)s, %(content)s)
ON CONFLICT DO NOTHING

-- name: find_bundle
SELECT content FROM gongji.policy_bundle WHERE sha256 = %(sha256)s

-- name: find_policy_acts
SELECT number, draft_id, who, done_at, why, told::text AS told FROM gongji.policy_act
WHERE number > %(after)s ORDER BY number

-- name: add_policy_act
INSERT INTO gongji.policy_act (number, draft_id, who, done_at, why, told)
VALUES (%(number)s, %(draft_id)s, %(who)s, %(done_at)s, %(why)s, %(told)s::jsonb)

-- name: keep_policy_document
INSERT INTO gongji.policy_document (sha256, content) VALUES (%(sha256)s, %(content)s)
ON CONFLICT DO NOTHING

-- name: find_policy_document
SELECT content FROM gongji.policy_document WHERE sha256 = %(sha256)s

-- name: take_ids
INSERT INTO gongji.id_block AS b (kind, next_id) VALUES (%(kind)s, 1 + %(count)s)
ON CONFLICT ON CONSTRAINT id_block_pkey DO UPDATE SET next_id = b.next_id + %(count)s
RETURNING next_id - %(count)s

-- name: take_lease
UPDATE gongji.lease
SET writer = %(writer)s, epoch = epoch + 1, until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE name = 'writer' AND (writer = '' OR until < clock_timestamp())
RETURNING epoch

-- name: keep_lease
UPDATE gongji.lease
SET until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE name = 'writer' AND writer = %(writer)s AND epoch = %(epoch)s

-- name: give_back_lease
UPDATE gongji.lease
SET writer = '', until = '-infinity'
WHERE name = 'writer' AND writer = %(writer)s AND epoch = %(epoch)s

-- name: faults
-- One sentence for each thing that is wrong with the books; none when all is well.
SELECT format('entry %%s does not add up to zero', entry_id)
FROM gongji.entry
WHERE gongji.total(leg_fens) IS DISTINCT FROM 0
UNION ALL
SELECT format('pocket %%s/%%s/%%s holds %%s fen in %%s steps, its postings say %%s in %%s',
    book_id, pocket, member_id, p.balance_fen, p.version, s.fen, s.legs)
FROM gongji.pocket AS p
FULL JOIN (
    SELECT book_id, pocket, member_id, sum(amount_fen) AS fen, count(DISTINCT version) AS legs
    FROM gongji.posting
    GROUP BY book_id, pocket, member_id
) AS s USING (book_id, pocket, member_id)
WHERE p.balance_fen IS DISTINCT FROM coalesce(s.fen, 0) OR p.version IS DISTINCT FROM coalesce(s.legs, 0)
UNION ALL
SELECT format('posting %%s/%%s/%%s step %%s does not follow from the one before', book_id, pocket, member_id, version)
FROM (
    SELECT *, lag(balance_fen, 1, 0::bigint)
        OVER (PARTITION BY book_id, pocket, member_id ORDER BY version) AS before_fen
    FROM gongji.posting
) AS p
WHERE balance_fen <> before_fen + amount_fen
UNION ALL
SELECT format('entry %%s is posted in %%s of %%s legs', e.entry_id, count(p.entry_id), e.legs)
FROM (
    SELECT book_id, entry_id, recorded_at, (SELECT count(*) FROM unnest(leg_versions) AS v WHERE v > 0) AS legs
    FROM gongji.entry
) AS e
LEFT JOIN gongji.posting AS p
    ON p.entry_book_id = e.book_id AND p.entry_id = e.entry_id AND p.recorded_at = e.recorded_at
GROUP BY e.book_id, e.entry_id, e.legs
HAVING count(p.entry_id) <> e.legs
UNION ALL
SELECT format('settlement or refund %%s has no entry %%s', s.settle_id, s.entry_id)
FROM (
    SELECT book_id, settle_id, entry_id FROM gongji.settlement
    UNION ALL
    SELECT book_id, refund_id, entry_id FROM gongji.refund
) AS s
LEFT JOIN gongji.entry AS e ON e.book_id = s.book_id AND e.entry_id = s.entry_id
WHERE e.entry_id IS NULL
UNION ALL
SELECT format('settlement or refund %%s stands in the directory with book %%s, in book %%s itself',
    settle_id, d.book_id, s.book_id)
FROM gongji.settlement_directory AS d
FULL JOIN (
    SELECT settle_id, book_id FROM gongji.settlement UNION ALL SELECT refund_id, book_id FROM gongji.refund
) AS s USING (settle_id)
WHERE d.book_id IS DISTINCT FROM s.book_id
UNION ALL
SELECT format('the refunds of settlement %%s give back %%s fen, it says %%s itself',
    s.settle_id, r.fen, s.refunded_fen)
FROM gongji.settlement AS s
JOIN (
    SELECT book_id, settle_id, sum(gongji.total(back_fens) + cash_fen) AS fen
    FROM gongji.refund
    WHERE undone_at IS NULL
    GROUP BY book_id, settle_id
) AS r USING (book_id, settle_id)
WHERE r.fen > s.refunded_fen
