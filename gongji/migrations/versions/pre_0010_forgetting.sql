-- What is kept for a time only can be forgotten: by two functions, which know what that is. Nobody may DELETE besides.
-- Not CONCURRENTLY: the index has a few bytes for each stretch of the table, which is walked through once.
-- squawk-ignore-file require-concurrent-index-creation

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '1h';

CREATE INDEX code_use_by_time ON gongji.code_use USING brin (used_at);

-- Forgets the uses of codes that ran out long ago: such a code is refused for its age. `gongji_app` deletes nothing.
CREATE FUNCTION gongji.forget_codes(used_before timestamp, most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    digests bytea[];
BEGIN
    SELECT array_agg(d.digest) INTO digests
    FROM (SELECT c.digest FROM gongji.code_use AS c WHERE c.used_at < used_before LIMIT most) AS d;
    IF digests IS NULL THEN
        RETURN 0;
    END IF;
    DELETE FROM gongji.code_use WHERE digest = ANY (digests);
    RETURN cardinality(digests);
END
$$;

REVOKE EXECUTE ON FUNCTION gongji.forget_codes(timestamp, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gongji.forget_codes(timestamp, bigint) TO gongji_app;

-- Some things are kept for a time only: what somebody signed in by, forms, messages that went out. `gongji_app` may
-- delete nothing; it may ask this, which forgets those kinds and refuses all others, the longest made first. Three
-- statements, each by the key of its table.
CREATE FUNCTION gongji.forget_dossiers(of_kind text, made_before timestamp, most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids text[];
    books bigint[];
BEGIN
    IF of_kind IS NULL OR of_kind NOT IN ('code', 'delivery', 'link', 'session', 'signin', 'unfinished') THEN
        RAISE insufficient_privilege USING MESSAGE = format('dossiers of the kind %s stay for ever', of_kind);
    END IF;
    SELECT array_agg(d.dossier_id) INTO ids
    FROM (
        SELECT l.dossier_id FROM gongji.dossier AS l
        WHERE l.kind = of_kind AND l.made_at < made_before
        ORDER BY l.made_at, l.dossier_id LIMIT most
    ) AS d;
    IF ids IS NULL THEN
        RETURN 0;
    END IF;
    SELECT array_agg(DISTINCT p.book_id) INTO books
    FROM gongji.dossier AS d CROSS JOIN LATERAL unnest(d.parties) AS p (book_id)
    WHERE d.dossier_id = ANY (ids);
    DELETE FROM gongji.dossier_party WHERE book_id = ANY (books) AND dossier_id = ANY (ids);
    DELETE FROM gongji.dossier WHERE dossier_id = ANY (ids);
    RETURN cardinality(ids);
END
$$;

REVOKE EXECUTE ON FUNCTION gongji.forget_dossiers(text, timestamp, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gongji.forget_dossiers(text, timestamp, bigint) TO gongji_app;
