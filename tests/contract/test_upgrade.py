"""A database that an earlier release has filled works on after it is migrated: nothing is lost, refunds find it."""

from datetime import date

import msgspec
import psycopg
import pytest
from msgspec.structs import replace

from gongji.domain.requests import Scope
from gongji.gateways.database import PostgresStore
from gongji.gateways.migrating import LATEST, migrate
from gongji.ledger.records import Accumulated, AccumulatorKey
from gongji.registry.cipher import Seal
from gongji.registry.records import Visit
from gongji.services.store import Books
from tests.contract.conftest import KEY
from tests.contract.people import DAUGHTER, FATHER, MORNING, family, give_back, identity, settle
from tests.contract.test_schema import REVISIONS, ask

VISIT = Visit(visit_id="v1", book_id=DAUGHTER, institution="H1", reference="M1", begun_at=MORNING, insutype="310")
YEAR = AccumulatorKey(DAUGHTER, date(2026, 1, 1), inpatient=True)
TABLES = """
SELECT relname, array_agg(quote_ident(attname) ORDER BY attnum)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'gongji'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname NOT IN ('lease', 'alembic_version') AND attnum > 0
GROUP BY relname
"""

_LAYERS = "FROM json_array_elements(detail::json -> 'layers') WITH ORDINALITY AS l (value, place)"
_PARTS = "FROM json_array_elements_text(detail::json -> 'parts') WITH ORDINALITY AS p (value, place)"
_DRAWS = "FROM json_array_elements(detail::json -> 'draws') WITH ORDINALITY AS d (value, place)"
IN_DETAIL = {
    "layer_names": f"ARRAY(SELECT value ->> 0 {_LAYERS} ORDER BY place)",
    "layer_fens": f"ARRAY(SELECT (value ->> 1)::bigint {_LAYERS} ORDER BY place)",
    "part_fens": f"ARRAY(SELECT value::bigint {_PARTS} ORDER BY place)",
    "draw_books": f"ARRAY(SELECT (value -> 'account' ->> 'book_id')::bigint {_DRAWS} ORDER BY place)",
    "draw_pockets": f"ARRAY(SELECT value -> 'account' ->> 'pocket' {_DRAWS} ORDER BY place)",
    "draw_members": f"ARRAY(SELECT (value -> 'account' ->> 'member_id')::bigint {_DRAWS} ORDER BY place)",
    "draw_bonds": f"ARRAY(SELECT (value ->> 'bond_id')::bigint {_DRAWS} ORDER BY place)",
}
"""Columns that a settlement had once, read out of its detail."""


def first_revision(url: str) -> None:
    """Make the tables of the first release."""
    with psycopg.connect(url) as connection:
        connection.execute((REVISIONS / "pre_0001_first.sql").read_bytes())
        connection.execute("CREATE TABLE gongji.alembic_version (version_num varchar(32) PRIMARY KEY)")
        connection.execute("INSERT INTO gongji.alembic_version VALUES ('0001')")


def copy_rows(source: str, target: str) -> None:
    """Copy all rows into the tables of another revision, as far as those have the columns."""
    with psycopg.connect(source) as old, psycopg.connect(target) as new:
        for table, columns in new.execute(TABLES).fetchall():
            names = ", ".join(columns)
            asked = names
            if table == "settlement":
                asked = ", ".join(IN_DETAIL.get(column, column) for column in columns)
            reading = f"COPY (SELECT {asked} FROM gongji.{table}) TO STDOUT".encode()  # noqa: S608  # our own names
            writing = f"COPY gongji.{table} ({names}) FROM STDIN".encode()
            with old.cursor().copy(reading) as rows, new.cursor().copy(writing) as taken:
                for row in rows:
                    taken.write(row)


def seal_with_a_token(url: str) -> None:
    """Seal the father's papers as the first release did, when everybody had a token that never changed."""
    seal, papers = Seal(KEY), identity(FATHER)
    private = [papers.name, papers.certno, papers.card_no, papers.card_sn, "EC-TOKEN"]
    sealed = seal.seal(msgspec.json.encode(private), owner=f"identity {FATHER}")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE gongji.identity SET sealed = %s WHERE book_id = %s", (sealed, FATHER))
        connection.execute(
            "INSERT INTO gongji.directory VALUES ('ec_token', %s, %s)", (seal.key_hash("ec_token", "EC-TOKEN"), FATHER)
        )


@pytest.fixture(scope="module")
def filled(new_database):
    """Return a database of the first release with a family in it, a bill partly refunded, and what was settled."""
    today, earlier = new_database(), new_database()
    migrate(today, say=lambda _: None)
    store = PostgresStore(today, KEY)
    bond_id = family(store)

    def work(books: Books):
        books.registry.visits.put("v1", VISIT)
        books.ledger.accumulators.put(YEAR, Accumulated(1, 2, 3))
        return settle(books, "one", 30_00, bond_id)

    settlement = store.run(Scope(people={DAUGHTER}), work)
    refund = store.run(
        Scope(settlements={settlement.settle_id}), lambda books: give_back(books, settlement.settle_id, 10_00)
    )
    store.close()
    first_revision(earlier)
    copy_rows(today, earlier)
    seal_with_a_token(earlier)
    with psycopg.connect(earlier) as connection:  # in those days a refund had no number of its own
        connection.execute("DELETE FROM gongji.settlement_directory WHERE settle_id = %s", (refund.refund_id,))
    return earlier, replace(settlement, given_back=(10_00,))


def test_what_an_earlier_release_wrote_is_read_and_refunded_after_the_migration(filled):
    url, settlement = filled
    said: list[str] = []

    migrate(url, say=said.append)

    assert said == [f"The database's schema is at revision {LATEST} now."]
    store = PostgresStore(url, KEY)
    scope = Scope(settlements={settlement.settle_id}, visits={"v1"}, people={FATHER, DAUGHTER})
    books = store.read(scope, lambda books: books)
    assert dict(books.ledger.settlements.rows) == {settlement.settle_id: settlement}
    assert books.ledger.accumulators[YEAR] == Accumulated(1, 2, 3, 0)
    assert books.registry.visits["v1"] == VISIT
    assert books.registry.identities[FATHER] == identity(FATHER)
    assert ask(url, "SELECT DISTINCT kind FROM gongji.directory ORDER BY kind") == [
        ("card_no",), ("certno",), ("psn_no",),
    ]  # fmt: skip

    refund = store.run(scope, lambda books: give_back(books, settlement.settle_id, 20_00, full=True))

    found = store.read(Scope(settlements={refund.refund_id}), lambda books: books.ledger)
    assert dict(found.refunds.rows) == {refund.refund_id: refund}
    assert found.settlements[settlement.settle_id] == replace(settlement, given_back=(30_00,), reversed=True)
    assert store.faults() == []
    store.close()
