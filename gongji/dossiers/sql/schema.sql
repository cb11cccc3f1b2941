-- The tables of dossiers, whole. The migrations build the same; a test compares them. The ledger's file comes first:
-- it makes the schema and the role.

-- `sealed` holds the content, encrypted; what a desk sorts by stands open beside it.
CREATE TABLE gongji.dossier (
    dossier_id text NOT NULL,
    kind text NOT NULL,
    made_at timestamp NOT NULL,
    parties bigint[] NOT NULL,
    office text NOT NULL,
    state text NOT NULL,
    due_at timestamp,
    version bigint NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    changed bigint NOT NULL DEFAULT 0,
    CONSTRAINT dossier_pkey PRIMARY KEY (dossier_id),
    CONSTRAINT dossier_counts_from_one CHECK (version > 0)
);

CREATE INDEX dossier_newest ON gongji.dossier (kind, made_at DESC, dossier_id DESC);
CREATE INDEX dossier_before_an_office ON gongji.dossier (kind, office, state, due_at) WHERE office <> '';
CREATE INDEX dossier_changed ON gongji.dossier (kind, changed);
CREATE INDEX dossier_due ON gongji.dossier (kind, due_at, dossier_id) WHERE due_at IS NOT NULL;

-- Whom a dossier concerns, in each one's book.
CREATE TABLE gongji.dossier_party (
    book_id bigint NOT NULL,
    kind text NOT NULL,
    made_at timestamp NOT NULL,
    dossier_id text NOT NULL,
    CONSTRAINT dossier_party_pkey PRIMARY KEY (book_id, dossier_id)
);

CREATE INDEX dossier_party_newest ON gongji.dossier_party (book_id, kind, made_at DESC, dossier_id DESC);

GRANT SELECT, INSERT, UPDATE (office, state, due_at, version, key_id, sealed, changed) ON gongji.dossier TO gongji_app;
GRANT SELECT, INSERT ON gongji.dossier_party TO gongji_app;

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
