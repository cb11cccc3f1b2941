"""The reference: PostgreSQL's own pgbench in the same server, with tables of as many accounts."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import psycopg

from gongji.channels.ground import Ground

ACCOUNTS_PER_SCALE: Final = 100_000
CLIENTS: Final = 32
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_SETTINGS: Final = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


class PgbenchError(RuntimeError):
    """pgbench is not there, or failed; the message says what it said."""


class Pgbench:
    """`pgbench` against one database of its own."""

    def __init__(self, ground: Ground, url: str) -> None:
        """Find the program beside the server's programs, or on PATH."""
        beside = ground.programs / "pgbench"
        found = str(beside) if beside.exists() else shutil.which("pgbench")
        if found is None:
            raise PgbenchError("there is no pgbench beside postgres, nor on PATH")
        self._program = found
        self._url = url

    def fill(self, accounts: int) -> int:
        """Make its tables with `accounts` accounts, at least 100 000, and return how many there are."""
        scale = max(1, round(accounts / ACCOUNTS_PER_SCALE))
        self.run("-i", "-I", "dtgvp", "-s", str(scale), "--quiet")
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
            connection.execute("SELECT pg_prewarm('pgbench_accounts'), pg_prewarm('pgbench_accounts_pkey')")
            connection.execute("CHECKPOINT")
        return scale * ACCOUNTS_PER_SCALE

    def tps(self, seconds: float, *more: str) -> float:
        """Return the transactions a second of `pgbench -N` with 32 clients; `more` are further arguments."""
        return self.script_tps(seconds, "-N", *more)

    def script_tps(self, seconds: float, *more: str) -> float:
        """Return the transactions a second of pgbench with 32 clients, running what `more` says."""
        said = self.run("-n", "-c", str(CLIENTS), "-j", "2", "-T", str(max(1, round(seconds))), *more)
        found = _TPS.search(said)
        if found is None:
            raise PgbenchError(said)
        return float(found[1])

    def run(self, *arguments: str) -> str:
        """Run it and return what it printed. Raise PgbenchError when it fails."""
        command = [self._program, *arguments, self._url]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=Path("/"))  # noqa: S603  # our own arguments
        if done.returncode:
            raise PgbenchError(done.stderr.strip() or done.stdout.strip())
        return done.stdout


def settings(url: str) -> dict[str, str]:
    """Return the server's settings that matter here, as they are; nothing is set."""
    asked = "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name"
    with psycopg.connect(url) as connection:
        return dict(connection.execute(asked, [list(_SETTINGS)]).fetchall())
