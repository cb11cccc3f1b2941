-- What the books say after the load.

-- name: answers
SELECT a.msgid, coalesce(a.settle_id, 0), md5(a.answer)
FROM gongji.request_answer AS a
WHERE a.kind = %(kind)s

-- name: settlements
-- Each settlement with the request that its entry was made for.
SELECT e.request, s.settle_id
FROM gongji.settlement AS s
LEFT JOIN gongji.entry AS e ON e.book_id = s.book_id AND e.entry_id = s.entry_id AND e.kind = 'settlement'

-- name: negative
SELECT count(*) FROM gongji.pocket WHERE balance_fen < 0

-- name: unbalanced
SELECT count(*) FROM gongji.entry WHERE gongji.total(leg_fens) IS DISTINCT FROM 0

-- name: drawn
-- Of the settlements by the bench itself, those that drew on two sharers or more.
SELECT
    count(*) FILTER (WHERE d.bonds > 1),
    count(*) FILTER (WHERE d.bonds > 0),
    count(*)
FROM gongji.settlement AS s
CROSS JOIN LATERAL (
    SELECT count(DISTINCT draw ->> 'bond_id') AS bonds FROM json_array_elements(s.detail::json -> 'draws') AS draw
) AS d

-- name: sizes
SELECT coalesce(parent.relname, t.relname), sum(pg_total_relation_size(t.oid))::bigint
FROM pg_class AS t
JOIN pg_namespace AS n ON n.oid = t.relnamespace
LEFT JOIN pg_inherits AS i ON i.inhrelid = t.oid
LEFT JOIN pg_class AS parent ON parent.oid = i.inhparent
WHERE n.nspname = 'gongji' AND t.relkind = 'r'
GROUP BY 1
ORDER BY 2 DESC
