-- The registry's queries. Python calls them by name; arrays of whole numbers come as text, "{1,2}".

-- name: find_people
SELECT kind, key_hash, person_id
FROM gongji.directory
WHERE key_hash = ANY (%(key_hashes)s::bytea[])

-- name: find_visits
SELECT v.book_id, v.visit_id, v.institution, v.reference, v.begun_at, v.insutype, v.med_type, v.cancelled,
    v.lines::text AS lines, v.swiped_at, v.in_hospital, v.ended_at, v.told,
    v.orders::text AS orders
FROM gongji.visit_directory AS d
JOIN gongji.visit AS v ON v.book_id = d.book_id AND v.visit_id = d.visit_id
WHERE d.visit_id = ANY (%(visit_ids)s::text[])

-- name: find_stays
-- Hospital stays that go on.
SELECT v.book_id, v.visit_id, v.institution, v.reference, v.begun_at, v.insutype, v.med_type, v.cancelled,
    v.lines::text AS lines, v.swiped_at, v.in_hospital, v.ended_at, v.told,
    v.orders::text AS orders
FROM gongji.visit AS v
WHERE v.book_id = ANY (%(book_ids)s::bigint[]) AND v.in_hospital AND NOT v.cancelled

-- name: visits_of
SELECT v.book_id, v.visit_id, v.institution, v.reference, v.begun_at, v.insutype, v.med_type, v.cancelled,
    v.lines::text AS lines, v.swiped_at, v.in_hospital, v.ended_at, v.told,
    v.orders::text AS orders
FROM gongji.visit AS v
WHERE v.book_id = %(book_id)s AND v.begun_at >= %(since)s AND v.begun_at < %(until)s AND NOT v.cancelled
ORDER BY v.begun_at, v.visit_id COLLATE "C"

-- name: find_codes
SELECT digest, book_id, visit_id, used_at, spent_by
FROM gongji.code_use
WHERE digest = ANY (%(digests)s::bytea[])

-- name: find_signs
SELECT sign_no, institution, operator, signed_at, ended_at
FROM gongji.sign_in
WHERE sign_no = ANY (%(sign_nos)s::text[])

-- name: load_institutions
SELECT code, name, kind, level, region, takes_wallet, designated
FROM gongji.institution

-- name: load_bonds
-- The bonds over which these people share.
SELECT b.bond_id, b.book_id AS sharer_id, b.member_id, b.relation, b.since, b.modes, b.until, b.rank, b.cap_fen,
    b.quota_fen, u.used_fen, b.confirmed, b.reviewed, b.ended_at, b.paused_until, b.once
FROM gongji.bond AS b
JOIN gongji.bond_use AS u ON u.book_id = b.book_id AND u.bond_id = b.bond_id
WHERE b.book_id = ANY (%(people)s::bigint[]) AND u.book_id = ANY (%(people)s::bigint[])
    AND b.known_until = 'infinity' AND b.true_until = 'infinity'
ORDER BY b.bond_id

-- name: load_sharers
SELECT book_id, sharer_id
FROM gongji.bond_mirror
WHERE book_id = ANY (%(people)s::bigint[])

-- name: load_people
-- The people are named for both tables, so that a planner without statistics yet does not walk through one of them.
SELECT p.book_id AS person_id, p.born, p.sex, p.credential_active, p.own_face_check, p.suspended_until, p.wallet_open,
    p.wallet_region, p.alive, i.insured, i.region, i.status, i.work, i.retired_on, i.account, i.tier,
    i.enrolled_months, i.filed_away, i.arrears_until
FROM gongji.person AS p
JOIN gongji.insurance AS i ON i.book_id = p.book_id
WHERE p.book_id = ANY (%(people)s::bigint[]) AND i.book_id = ANY (%(people)s::bigint[])
    AND i.known_until = 'infinity' AND i.true_until = 'infinity'

-- name: load_identities
SELECT book_id, psn_no, cert_type, sex, nation, employer, key_id, sealed
FROM gongji.identity
WHERE book_id = ANY (%(people)s::bigint[])

-- name: everyone
SELECT book_id FROM gongji.person

-- name: put_people
INSERT INTO gongji.person AS p (
    book_id, born, sex, credential_active, own_face_check, suspended_until, wallet_open, wallet_region, alive
)
SELECT * FROM unnest(
    %(book_ids)s::bigint[], %(borns)s::date[], %(sexes)s::text[], %(credential_actives)s::boolean[],
    %(own_face_checks)s::boolean[], %(suspended_untils)s::date[], %(wallet_opens)s::boolean[],
    %(wallet_regions)s::text[], %(alives)s::boolean[]
)
ON CONFLICT ON CONSTRAINT person_pkey DO UPDATE
SET born = excluded.born, sex = excluded.sex, credential_active = excluded.credential_active,
    own_face_check = excluded.own_face_check, suspended_until = excluded.suspended_until,
    wallet_open = excluded.wallet_open, wallet_region = excluded.wallet_region, alive = excluded.alive

-- name: close_insurances
-- What was held to be true from that day on is so no longer; what was true before it still is, and is put down again.
WITH closed AS (
    UPDATE gongji.insurance AS i
    SET known_until = n.known_from
    FROM unnest(%(book_ids)s::bigint[], %(true_froms)s::date[], %(known_froms)s::timestamp[])
        AS n (book_id, true_from, known_from)
    WHERE i.book_id = n.book_id AND i.known_until = 'infinity' AND i.true_until > n.true_from
    RETURNING i.*, n.true_from AS cut
)
INSERT INTO gongji.insurance (
    book_id, version, true_from, true_until, known_from, insured, region, status, work, retired_on, account, tier,
    enrolled_months, filed_away, arrears_until
)
SELECT c.book_id, 1 + (SELECT max(l.version) FROM gongji.insurance AS l WHERE l.book_id = c.book_id),
    c.true_from, c.cut, c.known_until, c.insured, c.region, c.status, c.work, c.retired_on, c.account, c.tier,
    c.enrolled_months, c.filed_away, c.arrears_until
FROM closed AS c
WHERE c.true_from < c.cut

-- name: insert_insurances
INSERT INTO gongji.insurance (
    book_id, version, true_from, known_from, insured, region, status, work, retired_on, account, tier,
    enrolled_months, filed_away, arrears_until
)
SELECT n.book_id, 1 + coalesce((SELECT max(l.version) FROM gongji.insurance AS l WHERE l.book_id = n.book_id), 0),
    n.true_from, n.known_from, n.insured, n.region, n.status, n.work, n.retired_on, n.account, n.tier,
    n.enrolled_months, n.filed_away, n.arrears_until
FROM unnest(
    %(book_ids)s::bigint[], %(true_froms)s::date[], %(known_froms)s::timestamp[], %(insureds)s::text[],
    %(regions)s::text[], %(statuses)s::text[], %(works)s::text[], %(retired_ons)s::date[], %(accounts)s::boolean[],
    %(tiers)s::text[], %(enrolled_months)s::bigint[], %(filed_aways)s::boolean[],
    %(arrears_untils)s::date[]
) AS n (
    book_id, true_from, known_from, insured, region, status, work, retired_on, account, tier, enrolled_months,
    filed_away, arrears_until
)
ON CONFLICT DO NOTHING

-- name: put_identities
INSERT INTO gongji.identity AS i (book_id, psn_no, cert_type, sex, nation, employer, key_id, sealed)
SELECT * FROM unnest(
    %(book_ids)s::bigint[], %(psn_nos)s::text[], %(cert_types)s::text[], %(sexes)s::text[], %(nations)s::text[],
    %(employers)s::text[], %(key_ids)s::text[], %(sealeds)s::bytea[]
)
ON CONFLICT ON CONSTRAINT identity_pkey DO UPDATE
SET psn_no = excluded.psn_no, cert_type = excluded.cert_type, sex = excluded.sex, nation = excluded.nation,
    employer = excluded.employer, key_id = excluded.key_id, sealed = excluded.sealed

-- name: drop_papers
DELETE FROM gongji.directory AS d
USING unnest(%(kinds)s::text[], %(key_hashes)s::bytea[]) AS n (kind, key_hash)
WHERE d.key_hash = n.key_hash AND d.kind = n.kind

-- name: insert_papers
INSERT INTO gongji.directory (kind, key_hash, person_id)
SELECT * FROM unnest(%(kinds)s::text[], %(key_hashes)s::bytea[], %(person_ids)s::bigint[])
ON CONFLICT DO NOTHING

-- name: close_bonds
-- As with insurance: what is known to have been true until then is put down again.
WITH closed AS (
    UPDATE gongji.bond AS b
    SET known_until = n.known_from
    FROM unnest(
        %(book_ids)s::bigint[], %(bond_ids)s::bigint[], %(true_froms)s::timestamp[], %(known_froms)s::timestamp[]
    ) AS n (book_id, bond_id, true_from, known_from)
    WHERE b.book_id = n.book_id AND b.bond_id = n.bond_id
        AND b.known_until = 'infinity' AND b.true_until > n.true_from
    RETURNING b.*, n.true_from AS cut
)
INSERT INTO gongji.bond (
    book_id, bond_id, version, true_from, true_until, known_from, member_id, relation, since, modes, until, rank,
    cap_fen, quota_fen, confirmed, reviewed, ended_at, paused_until, once
)
SELECT c.book_id, c.bond_id,
    1 + (SELECT max(l.version) FROM gongji.bond AS l WHERE l.book_id = c.book_id AND l.bond_id = c.bond_id),
    c.true_from, c.cut, c.known_until, c.member_id, c.relation, c.since, c.modes, c.until, c.rank,
    c.cap_fen, c.quota_fen, c.confirmed, c.reviewed, c.ended_at, c.paused_until, c.once
FROM closed AS c
WHERE c.true_from < c.cut

-- name: insert_bonds
INSERT INTO gongji.bond (
    book_id, bond_id, version, true_from, known_from, member_id, relation, since, modes, until, rank,
    cap_fen, quota_fen, confirmed, reviewed, ended_at, paused_until, once
)
SELECT n.book_id, n.bond_id,
    1 + coalesce(
        (SELECT max(l.version) FROM gongji.bond AS l WHERE l.book_id = n.book_id AND l.bond_id = n.bond_id), 0
    ),
    n.true_from, n.known_from, n.member_id, n.relation, n.since, n.modes::text[], n.until, n.rank,
    n.cap_fen, n.quota_fen, n.confirmed, n.reviewed, n.ended_at, n.paused_until, n.once
FROM unnest(
    %(book_ids)s::bigint[], %(bond_ids)s::bigint[], %(true_froms)s::timestamp[], %(known_froms)s::timestamp[],
    %(member_ids)s::bigint[], %(relations)s::text[], %(sinces)s::timestamp[], %(modes)s::text[],
    %(untils)s::timestamp[], %(ranks)s::bigint[], %(cap_fens)s::bigint[], %(quota_fens)s::bigint[],
    %(confirmeds)s::boolean[], %(revieweds)s::boolean[], %(ended_ats)s::timestamp[],
    %(paused_untils)s::date[], %(onces)s::boolean[]
) AS n (
    book_id, bond_id, true_from, known_from, member_id, relation, since, modes, until, rank,
    cap_fen, quota_fen, confirmed, reviewed, ended_at, paused_until, once
)
ON CONFLICT DO NOTHING

-- name: insert_bond_uses
WITH mirrored AS (
    INSERT INTO gongji.bond_mirror (book_id, sharer_id, bond_id)
    SELECT * FROM unnest(%(member_ids)s::bigint[], %(book_ids)s::bigint[], %(bond_ids)s::bigint[])
    ON CONFLICT DO NOTHING
)
INSERT INTO gongji.bond_use (book_id, bond_id, used_fen)
SELECT * FROM unnest(%(book_ids)s::bigint[], %(bond_ids)s::bigint[], %(used_fens)s::bigint[])
ON CONFLICT DO NOTHING

-- name: update_bond_uses
UPDATE gongji.bond_use AS u
SET used_fen = n.used_fen
FROM unnest(
    %(book_ids)s::bigint[], %(bond_ids)s::bigint[], %(used_fens)s::bigint[], %(expected_fens)s::bigint[]
) AS n (book_id, bond_id, used_fen, expected_fen)
WHERE u.book_id = n.book_id AND u.bond_id = n.bond_id AND u.used_fen = n.expected_fen

-- name: insert_visits
WITH entered AS (
    INSERT INTO gongji.visit_directory (visit_id, book_id)
    SELECT * FROM unnest(%(visit_ids)s::text[], %(book_ids)s::bigint[])
    ON CONFLICT DO NOTHING
    RETURNING visit_id
)
INSERT INTO gongji.visit (
    book_id, visit_id, institution, reference, begun_at, insutype, med_type, cancelled, lines, swiped_at,
    in_hospital, ended_at, told, orders
)
SELECT n.book_id, n.visit_id, n.institution, n.reference, n.begun_at, n.insutype, n.med_type, n.cancelled,
    n.lines::jsonb, n.swiped_at, n.in_hospital, n.ended_at, n.told::jsonb,
    n.orders::jsonb
FROM unnest(
    %(book_ids)s::bigint[], %(visit_ids)s::text[], %(institutions)s::text[], %(references)s::text[],
    %(begun_ats)s::timestamp[], %(insutypes)s::text[], %(med_types)s::text[], %(cancelleds)s::boolean[],
    %(lines)s::text[], %(swiped_ats)s::timestamp[], %(in_hospitals)s::boolean[], %(ended_ats)s::timestamp[],
    %(tolds)s::text[], %(orders)s::text[]
) AS n (
    book_id, visit_id, institution, reference, begun_at, insutype, med_type, cancelled, lines, swiped_at,
    in_hospital, ended_at, told, orders
)
JOIN entered USING (visit_id)
ON CONFLICT DO NOTHING

-- name: update_visits
-- A stay goes on again only where no other does.
UPDATE gongji.visit AS v
SET institution = n.institution, reference = n.reference, begun_at = n.begun_at, insutype = n.insutype,
    med_type = n.med_type, cancelled = n.cancelled, lines = n.lines::jsonb, swiped_at = n.swiped_at,
    in_hospital = n.in_hospital, ended_at = n.ended_at, told = n.told::jsonb,
    orders = n.orders::jsonb
FROM unnest(
    %(book_ids)s::bigint[], %(visit_ids)s::text[], %(institutions)s::text[], %(references)s::text[],
    %(begun_ats)s::timestamp[], %(insutypes)s::text[], %(med_types)s::text[], %(cancelleds)s::boolean[],
    %(lines)s::text[], %(swiped_ats)s::timestamp[], %(in_hospitals)s::boolean[], %(ended_ats)s::timestamp[],
    %(tolds)s::text[], %(orders)s::text[]
) AS n (
    book_id, visit_id, institution, reference, begun_at, insutype, med_type, cancelled, lines, swiped_at,
    in_hospital, ended_at, told, orders
)
WHERE v.book_id = n.book_id AND v.visit_id = n.visit_id
    AND (NOT n.in_hospital OR n.cancelled OR NOT EXISTS (
        SELECT FROM gongji.visit AS o
        WHERE o.book_id = n.book_id AND o.visit_id <> n.visit_id AND o.in_hospital AND NOT o.cancelled
    ))

-- name: insert_codes
INSERT INTO gongji.code_use (digest, book_id, visit_id, used_at, spent_by)
SELECT * FROM unnest(
    %(digests)s::bytea[], %(book_ids)s::bigint[], %(visit_ids)s::text[], %(used_ats)s::timestamp[],
    %(spent_bys)s::text[]
)
ON CONFLICT DO NOTHING

-- name: spend_codes
-- A code pays once.
UPDATE gongji.code_use AS c
SET spent_by = n.spent_by
FROM unnest(%(digests)s::bytea[], %(spent_bys)s::text[]) AS n (digest, spent_by)
WHERE c.digest = n.digest AND c.spent_by = ''

-- name: put_signs
INSERT INTO gongji.sign_in AS s (sign_no, institution, operator, signed_at, ended_at)
SELECT * FROM unnest(
    %(sign_nos)s::text[], %(institutions)s::text[], %(operators)s::text[], %(signed_ats)s::timestamp[],
    %(ended_ats)s::timestamp[]
)
ON CONFLICT ON CONSTRAINT sign_in_pkey DO UPDATE
SET institution = excluded.institution, operator = excluded.operator, signed_at = excluded.signed_at,
    ended_at = excluded.ended_at

-- name: put_institutions
INSERT INTO gongji.institution AS i (code, name, kind, level, region, takes_wallet, designated)
SELECT * FROM unnest(
    %(codes)s::text[], %(names)s::text[], %(kinds)s::text[], %(levels)s::bigint[], %(regions)s::text[],
    %(takes_wallets)s::boolean[], %(designateds)s::boolean[]
)
ON CONFLICT ON CONSTRAINT institution_pkey DO UPDATE
SET name = excluded.name, kind = excluded.kind, level = excluded.level, region = excluded.region,
    takes_wallet = excluded.takes_wallet, designated = excluded.designated

-- name: now
SELECT localtimestamp

-- name: forget_codes
SELECT gongji.forget_codes(%(before)s, %(most)s)
