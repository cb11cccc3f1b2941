"""A database of its own for one measurement: made empty, migrated, and gone at the end, whatever happens in between."""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from gongji.gateways.database import PostgresStore
from gongji.gateways.embedded import EmbeddedPostgres
from gongji.gateways.migrating import migrate
from gongji.gateways.private_files import put
from gongji.gateways.programs import find_programs
from gongji.services.store import Store

KEY_BYTES = 32


class Scratch:
    """The database at `url` with our tables, and what a measurement needs beside it.

    `folder` is a closed folder that goes with it, `programs` that of PostgreSQL's programs, `server_pid` the server's
    process, None where it runs elsewhere. `environment` is that of a `gongji` to be started on the same data.
    """

    def __init__(self, url: str, folder: Path, environment: Mapping[str, str], server_pid: int | None) -> None:
        """Make tables and key for the empty database at `url`."""
        self.url = url
        self.folder = folder
        self.server_pid = server_pid
        self.programs = find_programs(None, major=None).folder
        self._key = secrets.token_bytes(KEY_BYTES)
        put(folder / "key", self._key)
        self.environment: Mapping[str, str] = {
            **environment,
            "GONGJI_DATABASE_URL": url,
            "GONGJI_KEY_FILE": str(folder / "key"),
            "GONGJI_INSTITUTION_KEYS": str(self.keys_file),
        }
        migrate(url, lambda _: None)

    @property
    def keys_file(self) -> Path:
        """Return where the institutions' keys are to be written."""
        return self.folder / "institution-keys.toml"

    def store(self, clock: Callable[[], datetime]) -> Store:
        """Return a new store over the database; the caller closes it."""
        return PostgresStore(self.url, self._key, clock=clock)

    @contextmanager
    def beside(self, name: str) -> Iterator[str]:
        """Make another empty database in the same server, give its URL, and drop it at the end."""
        with _new_database(self.url, name) as url:
            yield url

    @contextmanager
    def sibling(self) -> "Iterator[Scratch]":
        """Make another such database in the same server, and drop it at the end."""
        with _new_database(self.url, "gongji_bench") as url:
            folder = Path(tempfile.mkdtemp(dir=self.folder))
            yield Scratch(url, folder, self.environment, self.server_pid)


@contextmanager
def scratch(given: str | None, parent: Path | None, environment: Mapping[str, str]) -> Iterator[Scratch]:
    """Make a database in the server at `given`, or in one of our own in a new folder (in `parent`); drop it at the end.

    Raise EmbeddedPostgresError when our own server cannot run.
    """
    if parent is not None:
        parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="gongji-bench-", dir=parent))
    try:
        if given:
            with _new_database(given, "gongji_bench") as url:
                yield Scratch(url, folder, environment, None)
            return
        server = EmbeddedPostgres(folder)
        try:
            url = server.start()
            yield Scratch(url, folder, environment, server.pid)
        finally:
            server.remove()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# Helpers


@contextmanager
def _new_database(server: str, prefix: str) -> Iterator[str]:
    name = f"{prefix}_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield make_conninfo(server, dbname=name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
