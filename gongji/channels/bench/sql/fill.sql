-- The people of the bench, set-wise. A block of twenty people are five families of 2, 3, 4, 5 and 6:
-- father and mother (in service), two of their parents (retired), two children (residents, without an account).

-- name: seats
CREATE SCHEMA bench;
CREATE UNLOGGED TABLE bench.seat AS
SELECT
    size * (size - 1) / 2 - 1 + place AS seat,
    size,
    place
FROM generate_series(2, 6) AS size, LATERAL generate_series(0, size - 1) AS place

-- name: people
CREATE UNLOGGED TABLE bench.folk AS
SELECT
    n AS book_id,
    s.size,
    s.place,
    n - s.place AS father_id,
    CASE
        WHEN s.place = 1 AND s.size IN (4, 6) THEN (1 + n / 20 %% %(steps)s) * %(short_fen)s
        WHEN s.place IN (0, 1) THEN %(plenty_fen)s
        ELSE 0
    END AS carry_over_fen,
    CASE WHEN s.place = 0 THEN %(plenty_fen)s ELSE 0 END AS current_year_fen
FROM generate_series(1::bigint, %(people)s::bigint) AS n
JOIN bench.seat AS s ON s.seat = (n - 1) %% 20

-- name: person
INSERT INTO gongji.person (
    book_id, born, sex, credential_active, own_face_check, suspended_until, wallet_open, wallet_region, alive
)
SELECT
    book_id,
    CASE WHEN place < 2 THEN date '1980-01-01' WHEN place < 4 THEN date '1950-01-01' ELSE date '2012-01-01' END
        + (book_id %% 3000)::integer,
    CASE WHEN book_id %% 2 = 0 THEN 'female' ELSE 'male' END, true, true, NULL, false, NULL, true
FROM bench.folk

-- name: insurance
INSERT INTO gongji.insurance (
    book_id, version, true_from, known_from, insured, region, status, work, retired_on, account, tier,
    enrolled_months, filed_away, arrears_until
)
SELECT
    book_id, 1, date '0001-01-01', %(opened_at)s::timestamp,
    CASE WHEN place < 4 THEN 'employee' ELSE 'resident' END, %(region)s::text, 'active',
    CASE WHEN place IN (2, 3) THEN 'retired' ELSE 'in_service' END,
    CASE WHEN place IN (2, 3) THEN date '2012-06-01' END,
    place < 4, NULL, 24, false, NULL
FROM bench.folk

-- name: pocket
INSERT INTO gongji.pocket (book_id, pocket, member_id, balance_fen, version)
SELECT f.book_id, p.pocket, 0, p.fen, 1
FROM bench.folk AS f
CROSS JOIN LATERAL (
    VALUES ('carry_over', f.carry_over_fen), ('current_year', f.current_year_fen)
) AS p (pocket, fen)
WHERE p.fen > 0

-- name: entry
INSERT INTO gongji.entry (
    book_id, entry_id, recorded_at, event_at, kind, request, reverses, bundle, rule_ids, decision, kernel,
    leg_books, leg_pockets, leg_members, leg_fens, leg_balances, leg_versions
)
SELECT
    book_id, book_id, %(opened_at)s::timestamp, %(opened_at)s::timestamp, 'opening', 'opening', NULL, '', '{}', '', 0,
    CASE WHEN current_year_fen > 0 THEN ARRAY[book_id, book_id, book_id] ELSE ARRAY[book_id, book_id] END,
    CASE
        WHEN current_year_fen > 0 THEN ARRAY['carry_over', 'credits', 'current_year'] ELSE ARRAY['carry_over', 'credits']
    END,
    CASE WHEN current_year_fen > 0 THEN ARRAY[0, 0, 0] ELSE ARRAY[0, 0] END,
    CASE
        WHEN current_year_fen > 0 THEN ARRAY[carry_over_fen, -carry_over_fen - current_year_fen, current_year_fen]
        ELSE ARRAY[carry_over_fen, -carry_over_fen]
    END,
    CASE
        WHEN current_year_fen > 0 THEN ARRAY[carry_over_fen, 0, current_year_fen] ELSE ARRAY[carry_over_fen, 0]
    END,
    CASE WHEN current_year_fen > 0 THEN ARRAY[1, 0, 1] ELSE ARRAY[1, 0] END
FROM bench.folk
WHERE carry_over_fen > 0

-- name: posting
INSERT INTO gongji.posting (
    book_id, recorded_at, pocket, member_id, version, amount_fen, balance_fen, entry_book_id, entry_id
)
SELECT p.book_id, %(opened_at)s::timestamp, p.pocket, 0, 1, p.balance_fen, p.balance_fen, p.book_id, p.book_id
FROM gongji.pocket AS p

-- name: account_year
INSERT INTO gongji.account_year (book_id, year_start, allocated_month, allocations, goods_month, goods_fen)
SELECT book_id, %(year_start)s::date, '', 0, '', 0
FROM bench.folk

-- name: bonds
-- The father shares with all of his family; in families of four and of six the mother shares, too, with all but him.
CREATE UNLOGGED TABLE bench.tie AS
SELECT
    f.book_id AS member_id, s.sharer_id, 2 * f.book_id + s.late AS bond_id,
    %(opened_at)s::timestamp + s.late * interval '1 day' AS since,
    CASE WHEN f.place = 1 THEN 'spouse' WHEN f.place < 4 THEN 'parent' ELSE 'child' END AS relation
FROM bench.folk AS f
CROSS JOIN LATERAL (
    VALUES (f.father_id, 0, f.place > 0), (f.father_id + 1, 1, f.place > 1 AND f.size IN (4, 6))
) AS s (sharer_id, late, shares)
WHERE s.shares

-- name: bond
INSERT INTO gongji.bond (
    book_id, bond_id, version, true_from, known_from, member_id, relation, since, modes, until, rank, cap_fen,
    quota_fen, confirmed, reviewed, ended_at
)
SELECT
    sharer_id, bond_id, 1, since, since, member_id, relation, since, '{pay,premium}', NULL, NULL, NULL, NULL, true,
    true, NULL
FROM bench.tie

-- name: bond_use
INSERT INTO gongji.bond_use (book_id, bond_id, used_fen)
SELECT sharer_id, bond_id, 0
FROM bench.tie

-- name: bond_mirror
INSERT INTO gongji.bond_mirror (book_id, sharer_id, bond_id)
SELECT member_id, sharer_id, bond_id
FROM bench.tie

-- name: drop_helpers
DROP SCHEMA bench CASCADE

-- name: primary_keys
SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
FROM pg_constraint AS c
WHERE c.contype = 'p' AND c.conparentid = 0 AND c.conrelid = ANY (%(tables)s::text[]::regclass[])

-- name: further_indexes
SELECT quote_ident(n.nspname) || '.' || quote_ident(x.relname), replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = x.relnamespace
WHERE i.indrelid = ANY (%(tables)s::text[]::regclass[]) AND NOT i.indisprimary

-- name: ids
INSERT INTO gongji.id_block AS b (kind, next_id)
VALUES ('entry', %(people)s + 1), ('bond', 2 * %(people)s + 2)
ON CONFLICT ON CONSTRAINT id_block_pkey DO UPDATE SET next_id = greatest(b.next_id, excluded.next_id)
