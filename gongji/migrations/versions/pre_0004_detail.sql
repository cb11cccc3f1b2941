-- Of a settlement, what is asked by stands in columns, the rest in one text of JSON: a row costs half as much to write.
-- Entries, postings and answers are no longer compressed where they fit on a page.
--
-- Tables are rewritten in one transaction, while nobody writes; one that an older program is using is waited for, but
-- not for ever.
-- squawk-ignore-file ban-drop-column, adding-not-nullable-field, prefer-bigint-over-int

SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '6h';

ALTER TABLE gongji.settlement
    ADD COLUMN fund_fen bigint,
    ADD COLUMN insutype text,
    ADD COLUMN clr_type text,
    ADD COLUMN office text,
    ADD COLUMN detail text;

UPDATE gongji.settlement AS s
SET fund_fen = gongji.total(s.layer_fens),
    insutype = coalesce(s.statement ->> 'insutype', ''),
    clr_type = coalesce(s.statement ->> 'clr_type', ''),
    office = coalesce(s.statement ->> 'office', ''),
    detail = json_build_object(
        'layers', coalesce((
            SELECT json_agg(json_build_array(l.name, l.fen) ORDER BY l.place)
            FROM unnest(s.layer_names, s.layer_fens) WITH ORDINALITY AS l (name, fen, place)
        ), '[]'),
        'parts', to_json(s.part_fens),
        'draws', coalesce((
            SELECT json_agg(json_build_object(
                'account', json_build_object('book_id', d.book, 'pocket', d.pocket, 'member_id', d.member),
                'amount_fen', d.fen, 'bond_id', d.bond
            ) ORDER BY d.place)
            FROM unnest(s.draw_books, s.draw_pockets, s.draw_members, s.draw_fens, s.draw_bonds)
                WITH ORDINALITY AS d (book, pocket, member, fen, bond, place)
        ), '[]'),
        'statement', s.statement
    )::text;

ALTER TABLE gongji.settlement
    ALTER COLUMN fund_fen SET NOT NULL,
    ALTER COLUMN insutype SET NOT NULL,
    ALTER COLUMN clr_type SET NOT NULL,
    ALTER COLUMN office SET NOT NULL,
    ALTER COLUMN detail SET NOT NULL,
    DROP COLUMN layer_names,
    DROP COLUMN layer_fens,
    DROP COLUMN part_fens,
    DROP COLUMN draw_books,
    DROP COLUMN draw_pockets,
    DROP COLUMN draw_members,
    DROP COLUMN draw_bonds,
    DROP COLUMN statement;

DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN
        SELECT inhrelid::regclass FROM pg_inherits
        WHERE inhparent IN ('gongji.entry'::regclass, 'gongji.posting'::regclass, 'gongji.request_answer'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s SET (toast_tuple_target = 8160)', part);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION gongji.make_months(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part record;
    starts date;
    ends date;
    name text;
    stays boolean;
    made integer := 0;
BEGIN
    FOR part IN SELECT * FROM (VALUES
        ('entry', 'recorded_at'), ('posting', 'recorded_at'), ('request_answer', 'asked_on')
    ) AS p (parent, key) LOOP
        FOR ahead IN 0 .. months - 1 LOOP
            starts := date_trunc('month', first) + make_interval(months => ahead);
            ends := starts + interval '1 month';
            name := part.parent || to_char(starts, '_YYYY_MM');
            CONTINUE WHEN to_regclass('gongji.' || name) IS NOT NULL;
            EXECUTE format('SELECT EXISTS (SELECT FROM gongji.%I WHERE %I >= %L AND %I < %L)',
                part.parent || '_default', part.key, starts, part.key, ends) INTO stays;
            CONTINUE WHEN stays;
            EXECUTE format('CREATE TABLE gongji.%I PARTITION OF gongji.%I FOR VALUES FROM (%L) TO (%L)'
                ' WITH (toast_tuple_target = 8160)', name, part.parent, starts, ends);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;
