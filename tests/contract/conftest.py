"""One server a session, one database a test module. GONGJI_TEST_DATABASE_URL names another server to use."""

import os
import secrets
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from gongji.gateways.database import PostgresStore
from gongji.gateways.embedded import EmbeddedPostgres
from gongji.gateways.migrating import migrate
from gongji.services.store import MemoryStore, Store

KEY = bytes(range(32))


@pytest.fixture(scope="session")
def server_url(tmp_path_factory) -> Iterator[str]:
    if url := os.environ.get("GONGJI_TEST_DATABASE_URL"):
        yield url
        return
    server = EmbeddedPostgres(tmp_path_factory.mktemp("server"))
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture(scope="session")
def new_database(server_url) -> Iterator[Callable[[], str]]:
    """Return a function that makes an empty database and returns its URL; they are all dropped at the end."""
    made: list[str] = []

    def make() -> str:
        made.append(f"gongji_test_{secrets.token_hex(4)}")
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {made[-1]}".encode())
        return make_conninfo(server_url, dbname=made[-1])

    yield make
    with psycopg.connect(server_url, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="module")
def database(new_database) -> str:
    """Return the URL of a database with its tables."""
    url: str = new_database()
    migrate(url, say=lambda _: None)
    return url


@pytest.fixture
def clean_database(database) -> str:
    """Return the module's database, emptied."""
    with psycopg.connect(database, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'gongji'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition AND relname NOT IN ('alembic_version', 'lease')"
        ).fetchall()
        connection.execute(("TRUNCATE " + ", ".join(f"gongji.{name}" for (name,) in rows)).encode())
        connection.execute("UPDATE gongji.lease SET writer = '', epoch = 0, until = '-infinity'")
    return str(database)


@pytest.fixture
def postgres_store(clean_database) -> Iterator[PostgresStore]:
    store = PostgresStore(clean_database, KEY)
    yield store
    store.close()


@pytest.fixture(params=["memory", "postgres"])
def store(request) -> Store:
    """Return an empty store: each test that asks for it runs twice."""
    if request.param == "memory":
        return MemoryStore()
    found: Store = request.getfixturevalue("postgres_store")
    return found
