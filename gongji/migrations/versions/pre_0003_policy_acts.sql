-- What is done to the rules: drafts, checks, approvals, publications, and the documents they name.
--
-- Moments are Beijing time without a zone, as the national messages write them.
-- squawk-ignore-file prefer-timestamp-tz

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '1h';

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

GRANT SELECT, INSERT ON gongji.policy_act, gongji.policy_document TO gongji_app;
