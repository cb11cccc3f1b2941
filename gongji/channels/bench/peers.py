"""How others do it: one call and one commit a transfer, in plain SQL and with django-hordak, in the same server."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import psycopg
from msgspec import Struct

from gongji.channels.bench import hordak_peer
from gongji.channels.bench.ratios import ratios, spread
from gongji.channels.bench.reference import CLIENTS, Pgbench
from gongji.channels.ground import Ground
from gongji.channels.house import Say
from gongji.domain.named_sql import named_queries

HORDAK_ACCOUNTS: Final = 200
_INSTALL_SECONDS_MAX: Final = 300
_QUERIES: Final = named_queries((files("gongji.channels.bench") / "sql" / "peers.sql").read_text("utf-8"))


class Peers(Struct, kw_only=True):
    """Transfers a second of each, beside pgbench -N in turn; `why_not` says why hordak was left out."""

    plain: list[float] = []
    beside: list[float] = []
    hordak: float | None = None
    why_not: str = ""

    def told(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "plain_sql_per_second": spread(self.plain),
            "plain_sql_vs_pgbench_n": ratios(self.plain, self.beside),
            "hordak_per_second": self.hordak,
            "hordak_left_out": self.why_not or None,
        }


def measure_peers(ground: Ground, pgbench: Pgbench, accounts: int, seconds: float, *, runs: int, say: Say) -> Peers:
    """Measure both. A transfer has one payer and one payee; a settlement of ours has up to eight payers and rules."""
    peers = Peers()
    with ground.beside("gongji_peers") as url:
        with psycopg.connect(url) as connection:
            for query in ("tables", "function", "accounts"):
                connection.execute(_QUERIES[query], {"accounts": accounts} if query == "accounts" else None)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
        script = ground.folder / "peer.sql"
        both = "".join(f"\\set {side} random(1, {accounts})\n" for side in ("payer", "payee"))
        script.write_text(f"{both}SELECT peer.move(:payer, :payee, 10);\n", encoding="utf-8")
        peer = Pgbench(ground, url)
        for _ in range(runs):
            peers.beside.append(pgbench.tps(seconds))
            peers.plain.append(peer.script_tps(seconds, "-f", str(script)))
            say(f"plain SQL {peers.plain[-1]:,.0f} transfers/s, pgbench -N {peers.beside[-1]:,.0f}/s")
    with ground.beside("gongji_hordak") as url:
        try:
            peers.hordak = _hordak(ground, url, seconds)
            say(f"django-hordak {peers.hordak:,.0f} transfers/s")
        except (subprocess.SubprocessError, OSError) as fault:
            peers.why_not = f"django-hordak could not be installed or run: {fault}"
            say(peers.why_not)
    return peers


# Helpers


def _hordak(ground: Ground, url: str, seconds: float) -> float:
    home = ground.folder / "hordak"
    _run(ground, sys.executable, "-m", "venv", str(home))
    python = str(home / "bin" / "python")
    _run(ground, python, "-m", "pip", "install", "--quiet", "django-hordak", "psycopg[binary]")
    program = Path(hordak_peer.__file__)
    return float(_run(ground, python, str(program), url, str(HORDAK_ACCOUNTS), str(CLIENTS), str(seconds)))


def _run(ground: Ground, *command: str) -> str:
    done = subprocess.run(  # noqa: S603  # our own arguments
        command, check=False, capture_output=True, text=True, env=dict(ground.environment), timeout=_INSTALL_SECONDS_MAX
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise subprocess.SubprocessError("; ".join(last))
    return done.stdout
