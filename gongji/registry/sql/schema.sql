-- The registry's tables, whole. The migrations build the same; a test compares them. The ledger's file comes first:
-- it makes the schema and the role.
--
-- Two times are kept of insurance and bonds: since when something is true, and since when it is known. Nothing known
-- is forgotten: a row is closed (known_until) and others are put beside it.

CREATE TABLE gongji.person (
    book_id bigint NOT NULL,
    born date NOT NULL,
    sex text,
    credential_active boolean NOT NULL,
    own_face_check boolean NOT NULL,
    suspended_until date,
    wallet_open boolean NOT NULL,
    wallet_region text,
    alive boolean NOT NULL,
    CONSTRAINT person_pkey PRIMARY KEY (book_id)
);

CREATE TABLE gongji.insurance (
    book_id bigint NOT NULL,
    version bigint NOT NULL,
    true_from date NOT NULL,
    true_until date NOT NULL DEFAULT 'infinity',
    known_from timestamp NOT NULL,
    known_until timestamp NOT NULL DEFAULT 'infinity',
    insured text NOT NULL,
    region text NOT NULL,
    status text NOT NULL,
    work text NOT NULL,
    retired_on date,
    account boolean NOT NULL,
    tier text,
    enrolled_months bigint NOT NULL,
    filed_away boolean NOT NULL,
    arrears_until date,
    CONSTRAINT insurance_pkey PRIMARY KEY (book_id, version),
    CONSTRAINT insurance_true_for_some_time CHECK (true_from < true_until),
    CONSTRAINT insurance_known_forward CHECK (known_from <= known_until)
);

CREATE UNIQUE INDEX insurance_current ON gongji.insurance (book_id)
    WHERE known_until = 'infinity' AND true_until = 'infinity';

-- `sealed` holds name and numbers, encrypted; they are found by keyed hash in the directory.
CREATE TABLE gongji.identity (
    book_id bigint NOT NULL,
    psn_no text NOT NULL,
    cert_type text NOT NULL,
    sex text NOT NULL,
    nation text NOT NULL,
    employer text NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT identity_pkey PRIMARY KEY (book_id)
);

CREATE TABLE gongji.directory (
    kind text NOT NULL,
    key_hash bytea NOT NULL,
    person_id bigint NOT NULL,
    CONSTRAINT directory_pkey PRIMARY KEY (key_hash, kind)
);

-- In the sharer's book. The terms of a bond; what has been used over it stands apart, since every bill changes that.
CREATE TABLE gongji.bond (
    book_id bigint NOT NULL,
    bond_id bigint NOT NULL,
    version bigint NOT NULL,
    true_from timestamp NOT NULL,
    true_until timestamp NOT NULL DEFAULT 'infinity',
    known_from timestamp NOT NULL,
    known_until timestamp NOT NULL DEFAULT 'infinity',
    member_id bigint NOT NULL,
    relation text NOT NULL,
    since timestamp NOT NULL,
    modes text[] NOT NULL,
    until timestamp,
    rank bigint,
    cap_fen bigint,
    quota_fen bigint,
    confirmed boolean NOT NULL,
    reviewed boolean NOT NULL,
    ended_at timestamp,
    paused_until date,
    once boolean NOT NULL DEFAULT false,
    CONSTRAINT bond_pkey PRIMARY KEY (book_id, bond_id, version),
    CONSTRAINT bond_of_two CHECK (book_id <> member_id),
    CONSTRAINT bond_true_for_some_time CHECK (true_from < true_until),
    CONSTRAINT bond_known_forward CHECK (known_from <= known_until)
);

CREATE UNIQUE INDEX bond_current ON gongji.bond (book_id, bond_id)
    WHERE known_until = 'infinity' AND true_until = 'infinity';

CREATE TABLE gongji.bond_use (
    book_id bigint NOT NULL,
    bond_id bigint NOT NULL,
    used_fen bigint NOT NULL,
    CONSTRAINT bond_use_pkey PRIMARY KEY (book_id, bond_id),
    CONSTRAINT bond_use_never_below_zero CHECK (used_fen >= 0)
) WITH (fillfactor = 70);

-- The same bond in the member's book, to find it from there.
CREATE TABLE gongji.bond_mirror (
    book_id bigint NOT NULL,
    sharer_id bigint NOT NULL,
    bond_id bigint NOT NULL,
    CONSTRAINT bond_mirror_pkey PRIMARY KEY (book_id, sharer_id, bond_id)
);

CREATE TABLE gongji.visit (
    book_id bigint NOT NULL,
    visit_id text NOT NULL,
    institution text NOT NULL,
    reference text NOT NULL,
    begun_at timestamp NOT NULL,
    insutype text NOT NULL,
    med_type text NOT NULL,
    cancelled boolean NOT NULL,
    lines jsonb NOT NULL,
    swiped_at timestamp,
    in_hospital boolean NOT NULL DEFAULT false,
    ended_at timestamp,
    told jsonb NOT NULL DEFAULT '{}',
    orders jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT visit_pkey PRIMARY KEY (book_id, visit_id)
) WITH (fillfactor = 70);

-- Nobody lies in two hospitals.
CREATE UNIQUE INDEX visit_open_stay ON gongji.visit (book_id) WHERE in_hospital AND NOT cancelled;

CREATE TABLE gongji.visit_directory (
    visit_id text NOT NULL,
    book_id bigint NOT NULL,
    CONSTRAINT visit_directory_pkey PRIMARY KEY (visit_id)
);

-- E-credential codes that have been used.
CREATE TABLE gongji.code_use (
    digest bytea NOT NULL,
    book_id bigint NOT NULL,
    visit_id text NOT NULL,
    used_at timestamp NOT NULL,
    spent_by text NOT NULL,
    CONSTRAINT code_use_pkey PRIMARY KEY (digest)
);

CREATE TABLE gongji.sign_in (
    sign_no text NOT NULL,
    institution text NOT NULL,
    operator text NOT NULL,
    signed_at timestamp NOT NULL,
    ended_at timestamp,
    CONSTRAINT sign_in_pkey PRIMARY KEY (sign_no)
);

CREATE TABLE gongji.institution (
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    level bigint NOT NULL,
    region text NOT NULL,
    takes_wallet boolean NOT NULL,
    designated boolean NOT NULL,
    CONSTRAINT institution_pkey PRIMARY KEY (code)
);

GRANT SELECT, INSERT ON
    gongji.person, gongji.insurance, gongji.identity, gongji.bond, gongji.bond_use, gongji.bond_mirror,
    gongji.directory, gongji.visit, gongji.visit_directory, gongji.code_use, gongji.sign_in, gongji.institution
TO gongji_app;
GRANT UPDATE (
    born, sex, credential_active, own_face_check, suspended_until, wallet_open, wallet_region, alive
) ON gongji.person TO gongji_app;
GRANT UPDATE (psn_no, cert_type, sex, nation, employer, key_id, sealed) ON gongji.identity TO gongji_app;
GRANT UPDATE (
    institution, reference, begun_at, insutype, med_type, cancelled, lines, swiped_at, in_hospital, ended_at, told,
    orders
) ON gongji.visit TO gongji_app;
GRANT UPDATE (spent_by) ON gongji.code_use TO gongji_app;
GRANT UPDATE (institution, operator, signed_at, ended_at) ON gongji.sign_in TO gongji_app;
GRANT UPDATE (name, kind, level, region, takes_wallet, designated) ON gongji.institution TO gongji_app;
GRANT UPDATE (known_until) ON gongji.insurance, gongji.bond TO gongji_app;
GRANT UPDATE (used_fen) ON gongji.bond_use TO gongji_app;
-- A person's lost card must no longer find him: the one thing that is ever deleted.
GRANT DELETE ON gongji.directory TO gongji_app;

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
