"""The schema itself: migrations and schema files build the same, and it can be spread over servers as it is.

The rules, from the first table on: (1) book_id first in every key of a book's table; (2) uniqueness over all books
in directories with a key of their own; (3) no foreign key out of a reference table; (4) no advisory locks and no
row locks over several books; (5) no triggers, MERGE, ROLLUP, identities, row security; (6) ids are bigint from blocks,
never sequences.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

import gongji
from gongji.domain.named_sql import named_queries
from gongji.gateways.migrating import LATEST, migrate, revision_of

PACKAGE = Path(gongji.__file__).parent
SCHEMAS = [PACKAGE / side / "sql" / "schema.sql" for side in ("ledger", "registry", "dossiers")]
QUERIES = [PACKAGE / side / "sql" / "queries.sql" for side in ("ledger", "registry", "dossiers")]
REVISIONS = PACKAGE / "migrations" / "versions"

FOR_ALL = {"settlement_by_institution", "refund_by_institution", "entry_by_number"}
"""Not unique, and asked on every server at once: a day of an institution, and the latest entries, are in many books."""

CATALOG = {
    "columns": "SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid),"
    " attacl::text, attidentity::text, attgenerated::text FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid"
    " LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
    " WHERE relnamespace = 'gongji'::regnamespace AND attnum > 0 AND NOT attisdropped ORDER BY relname, attnum",
    "tables": "SELECT relname, relkind::text, relacl::text, reloptions, pg_get_partkeydef(oid),"
    " pg_get_expr(relpartbound, oid) FROM pg_class WHERE relnamespace = 'gongji'::regnamespace ORDER BY relname",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'gongji'"
    " ORDER BY tablename, indexname",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'gongji'::regnamespace ORDER BY conrelid::regclass::text, conname",
    "functions": "SELECT proname, pg_get_functiondef(oid), proacl::text FROM pg_proc"
    " WHERE pronamespace = 'gongji'::regnamespace ORDER BY proname",
    "schema": "SELECT nspacl::text FROM pg_namespace WHERE nspname = 'gongji'",
    "first rows": "SELECT name, writer, epoch, until::text FROM gongji.lease",
}


def catalog(url: str) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        found = {name: connection.execute(question.encode()).fetchall() for name, question in CATALOG.items()}
    return {
        name: [row for row in rows if not any("alembic_version" in str(value) for value in row[:2])]
        for name, rows in found.items()
    }


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(question.encode()).fetchall()


def distribution() -> dict[str, tuple[str, str]]:
    """Return kind and key of each table, as the two lists say."""
    lines = [line for schema in SCHEMAS for line in schema.with_name("distribution.txt").read_text().splitlines()]
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {name: (kind, key) for name, kind, key in rows}


def tables_of(kind: str) -> list[str]:
    return [name for name, (its_kind, _) in distribution().items() if its_kind == kind]


def without_comments(text: str) -> str:
    return re.sub(r"--.*", "", text)


# One schema.


def test_migrations_and_schema_files_build_the_same_database(new_database):
    migrated, built = new_database(), new_database()

    migrate(migrated, say=lambda _: None)
    with psycopg.connect(built) as connection:
        for schema in SCHEMAS:
            connection.execute(schema.read_bytes())

    assert catalog(migrated) == catalog(built)


def test_migrating_twice_does_nothing_the_second_time(new_database):
    url = new_database()
    said: list[str] = []

    migrate(url, say=said.append)
    migrate(url, say=said.append)

    assert said == ["The database has got its tables."]
    assert revision_of(url) == LATEST


def test_programs_that_start_at_once_bring_up_one_database_in_turn(new_database):
    url = new_database()
    work = "import sys; from gongji.gateways.migrating import migrate; migrate(sys.argv[1], print)"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(20260109)")
        programs = [
            subprocess.Popen([sys.executable, "-c", work, url], stdout=subprocess.PIPE, text=True) for _ in range(2)
        ]
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while connection.execute(waiting).fetchone() != (2,):
            assert [program.poll() for program in programs] == [None, None]
            time.sleep(0.05)
    said = [program.communicate(timeout=120)[0] for program in programs]

    assert [program.returncode for program in programs] == [0, 0]
    assert sorted(said) == ["", "The database has got its tables.\n"]
    assert revision_of(url) == LATEST


def test_the_latest_revision_is_the_one_the_program_asks_for():
    revisions = sorted(path.name for path in REVISIONS.glob("r*.py"))

    assert revisions[-1].startswith(f"r{LATEST}_")
    assert all(re.fullmatch(r"(pre|post)_\d{4}_\w+\.sql", path.name) for path in REVISIONS.glob("*.sql"))


# The rules.


def test_every_table_is_in_the_list_with_its_kind(database):
    rows = ask(
        database,
        "SELECT relname FROM pg_class WHERE relnamespace = 'gongji'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition AND relname <> 'alembic_version'",
    )

    assert {name for (name,) in rows} == set(distribution())


def keys(database: str) -> list[tuple[str, str, list[str]]]:
    """Return each unique index: table, name, columns; those of partitions are their parent's."""
    rows = ask(
        database,
        "SELECT c.relname, i.relname,"
        " array(SELECT a.attname::text FROM unnest(x.indkey) WITH ORDINALITY AS k (n, place)"
        " JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.n ORDER BY k.place)"
        " FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid"
        " WHERE c.relnamespace = 'gongji'::regnamespace AND x.indisunique AND NOT c.relispartition",
    )
    return [(str(table), str(name), list(columns)) for table, name, columns in rows]  # type: ignore[call-overload]


def test_every_key_of_a_books_table_begins_with_the_book(database):
    books = set(tables_of("book"))
    found = [(table, name, columns) for table, name, columns in keys(database) if table in books]

    assert {table for table, _, _ in found} == books
    assert [key for key in found if key[2][0] != "book_id"] == []


def test_every_index_of_a_books_table_begins_with_the_book_unless_it_is_for_totals(database):
    rows = ask(database, "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'gongji'")
    books = set(tables_of("book"))

    others = {str(name) for table, name, made in rows if table in books and "(book_id" not in str(made)}

    assert others == FOR_ALL


def test_the_book_is_a_bigint_that_is_always_said_and_never_changed(database):
    rows = ask(
        database,
        "SELECT table_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'gongji' AND column_name = 'book_id'",
    )
    updatable = ask(
        database,
        "SELECT table_name FROM information_schema.column_privileges"
        " WHERE grantee = 'gongji_app' AND privilege_type = 'UPDATE' AND column_name = 'book_id'",
    )

    assert set(tables_of("book")) <= {table for table, *_ in rows}
    assert {row[1:] for row in rows} == {("bigint", "NO")}
    assert updatable == []
    assert "SET book_id" not in "".join(path.read_text() for path in QUERIES)


def test_uniqueness_over_all_books_lives_in_directories_with_a_key_of_their_own(database):
    directories = tables_of("directory")
    found = {table: columns for table, _, columns in keys(database) if table in directories}

    assert {table: columns[0] for table, columns in found.items()} == {
        table: distribution()[table][1] for table in directories
    }


def test_nothing_is_tied_by_foreign_keys_across_books(database):
    rows = ask(
        database,
        "SELECT conname FROM pg_constraint WHERE connamespace = 'gongji'::regnamespace AND contype IN ('f', 'x', 't')",
    )

    assert rows == []  # those that come must begin with book_id on both sides


def test_there_are_no_triggers_identities_sequences_rules_or_row_security(database):
    classes = "SELECT relname FROM pg_class AS c WHERE relnamespace = 'gongji'::regnamespace AND "
    columns = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'gongji' AND "
    questions = [
        classes + "EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)",
        classes + "EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attidentity <> '')",
        classes + "relkind IN ('S', 'v', 'm')",
        classes + "(relrowsecurity OR relhasrules)",
        columns + "(data_type IN ('integer', 'smallint') OR column_default LIKE 'nextval%')",
        columns + "data_type IN ('real', 'double precision', 'numeric', 'money')",
    ]

    assert [ask(database, question) for question in questions] == [[]] * len(questions)


@pytest.mark.parametrize("file", [*SCHEMAS, *QUERIES], ids=lambda file: f"{file.parent.parent.name}/{file.name}")
def test_the_sql_has_nothing_that_works_on_one_server_alone(file):
    text = without_comments(file.read_text(encoding="utf-8")).upper()

    for word in ("ADVISORY", "MERGE INTO", "ROLLUP", "CREATE TRIGGER", "FOR UPDATE", "FOR SHARE", "UUIDV7", "NEXTVAL"):
        assert word not in text
    for upsert in re.findall(r"DO UPDATE\s+SET(.*?)(?:RETURNING|\Z|;)", text, re.DOTALL):
        assert "NOW()" not in upsert
        assert "RANDOM" not in upsert


def test_every_query_is_used_and_every_used_query_is_there():
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    names = [name for file in QUERIES for name in named_queries(file.read_text(encoding="utf-8"))]

    assert len(set(names)) == len(names)
    assert [name for name in names if f'"{name}"' not in code] == []


def test_a_name_that_comes_twice_is_told():
    with pytest.raises(ValueError, match="twice"):
        named_queries("-- name: a\nSELECT 1\n-- name: a\nSELECT 2\n")
