-- The peers' way: one call and one commit a transfer, in plain SQL, for comparison only.

-- name: tables
CREATE SCHEMA peer;
CREATE TABLE peer.account (
    id bigint PRIMARY KEY,
    balance_fen bigint NOT NULL CHECK (balance_fen >= 0),
    version bigint NOT NULL
) WITH (fillfactor = 70);
CREATE SEQUENCE peer.transfer_id CACHE 100;
CREATE TABLE peer.transfer (
    id bigint PRIMARY KEY,
    made_at timestamptz NOT NULL,
    kind text NOT NULL
);
CREATE TABLE peer.entry (
    transfer_id bigint NOT NULL,
    account_id bigint NOT NULL,
    amount_fen bigint NOT NULL,
    balance_fen bigint NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (account_id, version)
);
CREATE INDEX entry_of_transfer ON peer.entry (transfer_id);

-- name: function
-- Moves an amount: both accounts are locked in the order of their ids, the balance is looked at, both legs are written.
CREATE FUNCTION peer.move(payer bigint, payee bigint, fen bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    made bigint := nextval('peer.transfer_id');
    held bigint;
BEGIN
    PERFORM FROM peer.account WHERE id IN (payer, payee) ORDER BY id FOR UPDATE;
    SELECT balance_fen INTO held FROM peer.account WHERE id = payer;
    IF held < fen THEN
        RETURN 0;
    END IF;
    INSERT INTO peer.transfer VALUES (made, now(), 'pay');
    WITH legs (account_id, amount_fen) AS (VALUES (payer, -fen), (payee, fen)),
    moved AS (
        UPDATE peer.account AS a
        SET balance_fen = a.balance_fen + l.amount_fen, version = a.version + 1
        FROM legs AS l
        WHERE a.id = l.account_id
        RETURNING a.id, l.amount_fen, a.balance_fen, a.version
    )
    INSERT INTO peer.entry SELECT made, m.id, m.amount_fen, m.balance_fen, m.version FROM moved AS m;
    RETURN made;
END
$$;

-- name: accounts
INSERT INTO peer.account SELECT n, 1000000000, 0 FROM generate_series(1::bigint, %(accounts)s::bigint) AS n
