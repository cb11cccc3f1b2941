-- The questions asked of dossiers, by name.

-- name: load_dossiers
SELECT dossier_id, kind, made_at, parties, office, state, due_at, version, key_id, sealed
FROM gongji.dossier
WHERE dossier_id = ANY (%(dossier_ids)s::text[])

-- name: find_dossiers_of
SELECT p.dossier_id
FROM unnest(%(kinds)s::text[], %(book_ids)s::bigint[]) AS asked (kind, book_id)
JOIN gongji.dossier_party AS p ON p.book_id = asked.book_id AND p.kind = asked.kind

-- name: asked_dossiers
SELECT dossier_id, kind, made_at, parties, office, state, due_at, version, key_id, sealed
FROM gongji.dossier
WHERE kind = %(kind)s
    AND (%(office)s::text IS NULL OR office = %(office)s)
    AND (%(states)s::text[] IS NULL OR state = ANY (%(states)s::text[]))
    AND (made_at, dossier_id) < (%(made_at)s, %(dossier_id)s)
ORDER BY made_at DESC, dossier_id DESC
LIMIT %(most)s

-- name: asked_dossiers_of
-- A person's page; what is in no wanted state is passed over.
SELECT d.dossier_id, d.kind, d.made_at, d.parties, d.office, d.state, d.due_at, d.version, d.key_id, d.sealed
FROM gongji.dossier_party AS p
JOIN gongji.dossier AS d ON d.dossier_id = p.dossier_id
WHERE p.book_id = %(book_id)s AND p.kind = %(kind)s
    AND (%(office)s::text IS NULL OR d.office = %(office)s)
    AND (%(states)s::text[] IS NULL OR d.state = ANY (%(states)s::text[]))
    AND (p.made_at, p.dossier_id) < (%(made_at)s, %(dossier_id)s)
ORDER BY p.made_at DESC, p.dossier_id DESC
LIMIT %(most)s

-- name: due_dossiers
SELECT dossier_id, kind, made_at, parties, office, state, due_at, version, key_id, sealed
FROM gongji.dossier
WHERE kind = %(kind)s AND due_at <= %(by)s
ORDER BY due_at, dossier_id
LIMIT %(most)s

-- name: changed_dossiers
SELECT
    d.changed, d.dossier_id, d.kind, d.made_at, d.parties, d.office, d.state, d.due_at, d.version, d.key_id, d.sealed
FROM unnest(%(kinds)s::text[]) AS asked (kind)
CROSS JOIN LATERAL (
    SELECT l.*
    FROM gongji.dossier AS l
    WHERE l.kind = asked.kind AND l.changed > %(changed)s
    ORDER BY l.changed
    LIMIT %(most)s
) AS d
ORDER BY d.changed
LIMIT %(most)s

-- name: insert_dossiers
INSERT INTO gongji.dossier (
    dossier_id, office, state, due_at, version, key_id, sealed, changed, kind, made_at, parties
)
SELECT
    n.dossier_id, n.office, n.state, n.due_at, n.version, n.key_id, n.sealed, n.changed, n.kind, n.made_at,
    n.parties::bigint[]
FROM unnest(
    %(dossier_ids)s::text[], %(offices)s::text[], %(states)s::text[], %(due_ats)s::timestamp[], %(versions)s::bigint[],
    %(key_ids)s::text[], %(sealeds)s::bytea[], %(changeds)s::bigint[], %(kinds)s::text[], %(made_ats)s::timestamp[],
    %(parties)s::text[]
) AS n (dossier_id, office, state, due_at, version, key_id, sealed, changed, kind, made_at, parties)

-- name: insert_dossier_parties
INSERT INTO gongji.dossier_party (book_id, kind, made_at, dossier_id)
SELECT * FROM unnest(
    %(book_ids)s::bigint[], %(kinds)s::text[], %(made_ats)s::timestamp[], %(dossier_ids)s::text[]
)

-- name: update_dossiers
UPDATE gongji.dossier AS d
SET office = n.office, state = n.state, due_at = n.due_at, version = n.version, key_id = n.key_id, sealed = n.sealed,
    changed = n.changed
FROM unnest(
    %(dossier_ids)s::text[], %(offices)s::text[], %(states)s::text[], %(due_ats)s::timestamp[], %(versions)s::bigint[],
    %(key_ids)s::text[], %(sealeds)s::bytea[], %(changeds)s::bigint[], %(expecteds)s::bigint[]
) AS n (dossier_id, office, state, due_at, version, key_id, sealed, changed, expected)
WHERE d.dossier_id = n.dossier_id AND d.version = n.expected

-- name: forget_dossiers
SELECT gongji.forget_dossiers(%(kind)s, %(before)s, %(most)s)
