"""Values written as binary rows, and arrays written as text, come back from PostgreSQL as they were."""

from datetime import date, datetime

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongji.domain import binary_rows as rows
from gongji.domain.named_sql import bigints, booleans, moments, texts
from gongji.gateways.connections import takes_rows

BIGINTS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))  # Beijing time
QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@QUIET
@given(
    numbers=st.tuples(BIGINTS, BIGINTS),
    nothing=st.none() | BIGINTS,
    times=st.tuples(MOMENTS, st.dates()),
    truth=st.booleans(),
    raw=st.binary(max_size=50),
    written=st.tuples(TEXTS, st.none() | TEXTS),
    both=st.lists(st.tuples(BIGINTS, BIGINTS), max_size=4),
    names=st.lists(TEXTS, max_size=4),
)
def test_a_row_comes_back_as_it_was(server_url, numbers, nothing, times, truth, raw, written, both, names):
    columns = [[one for one, _ in both], [other for _, other in both]]
    row = b"".join(
        (
            rows.row_of(13),
            rows.whole_numbers("qqt", *numbers, rows.microseconds(times[0])),
            rows.bigint(nothing),
            rows.day(times[1]),
            rows.boolean(truth),
            rows.raw(raw),
            *map(rows.text, written),
            rows.encoded(written[0].encode()),
            rows.bigints(*columns),
            rows.words(tuple(names)),
        )
    )
    with psycopg.connect(server_url) as connection:
        connection.execute("DROP TYPE IF EXISTS made_row")
        connection.execute(
            "CREATE TYPE made_row AS (a bigint, b bigint, c timestamp, d bigint, e date, f boolean, g bytea, h text,"
            " i text, m text, j bigint[], k bigint[], l text[])"
        )
        made = rows.rows_of("made_row", [row, row])
        takes_rows(connection, ("made_row",))
        found = connection.execute("SELECT * FROM unnest(%s::made_row[])", [made]).fetchall()
        connection.rollback()

    assert found == 2 * [(*numbers, times[0], nothing, times[1], truth, raw, *written, written[0], *columns, names)]


@QUIET
@given(
    names=st.lists(st.none() | TEXTS, max_size=5),
    numbers=st.lists(st.none() | BIGINTS, max_size=5),
    when=st.lists(st.none() | MOMENTS, max_size=5),
    truths=st.lists(st.booleans(), max_size=5),
)
def test_an_array_written_as_text_comes_back_as_it_was(server_url, names, numbers, when, truths):
    days = [date(2026, 2, 28), None, date(1, 1, 1)]
    with psycopg.connect(server_url) as connection:
        found = connection.execute(
            "SELECT %s::text::text[], %s::text::bigint[], %s::text::timestamp[], %s::text::boolean[], %s::text::date[]",
            (texts(names), bigints(numbers), moments(when), booleans(truths), moments(days)),
        ).fetchone()

    assert found == (names, numbers, when, truths, days)
