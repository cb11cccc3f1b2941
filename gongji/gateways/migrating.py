"""The schema: brought up to date by revisions that are plain SQL, in order, each once."""

import time
from collections.abc import Callable
from importlib.resources import as_file, files
from typing import Final

import psycopg
from psycopg import errors

LATEST: Final = "0012"
"""The newest revision in `migrations/versions`; a test holds the two together."""

_TRIES: Final = 20
_OTHERS_WERE_FASTER: Final = (
    errors.UniqueViolation,
    errors.DuplicateObject,
    errors.InternalError_,  # "tuple concurrently updated"
)
"""What a program meets that brings up another database of the same server: roles are the server's."""

_TURN: Final = 20260109
"""The number of the advisory lock by which the programs that bring up one database take turns."""


def migrate(url: str, say: Callable[[str], None]) -> None:
    """Bring the database at `url` up to the latest schema. Nothing is done, and little time spent, when it is there.

    The role of `url` must be allowed to create a schema and, the first time, the role `gongji_app`. When another
    program does the same at this moment, one waits for the other and finds the work done.
    """
    if revision_of(url) == LATEST:
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_TURN])  # until this connection is closed
        if (before := revision_of(url)) == LATEST:
            return
        for left in reversed(range(_TRIES)):
            try:
                _upgrade(url)
            except _OTHERS_WERE_FASTER:
                if not left:
                    raise
                time.sleep(0.5)
            else:
                break
    say(f"The database's schema is at revision {LATEST} now." if before else "The database has got its tables.")


def revision_of(url: str) -> str | None:
    """Return the revision of the schema, or None where there is none yet."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('gongji.alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM gongji.alembic_version").fetchone()
    return str(row[0]) if row else None


def _upgrade(url: str) -> None:
    # Imported here, since a program whose schema is up to date should not wait for these to load.
    import sqlalchemy  # noqa: PLC0415
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS gongji")
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=sqlalchemy.pool.NullPool
    )
    with as_file(files("gongji") / "migrations") as folder, engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
            connection.commit()
        except sqlalchemy.exc.DBAPIError as fault:
            raise fault.orig or fault from fault
