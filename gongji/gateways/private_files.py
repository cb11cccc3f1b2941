"""Files that only this account may read: keys. A file is whole or not there, also after a crash."""

import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


class ExposedFileError(Exception):
    """Others than its owner can read a file."""


def read_or_make(file: Path, make: Callable[[], bytes]) -> tuple[bytes, bool]:
    """Return what is in a file, made first where there is none; and tell whether it was. Raise OSError."""
    made = False
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(file, make())
        with suppress(FileExistsError):  # another program made one in the meantime: its file is the file
            os.link(draft, file)
            made = True
        draft.unlink()
    return file.read_bytes(), made


def put(file: Path, content: bytes) -> None:
    """Put other content in place of a file's. Raise OSError."""
    _draft(file, content).replace(file)


def read_closed(file: Path) -> bytes:
    """Return what is in a file that nobody else can read. Raise OSError, ExposedFileError."""
    with file.open("rb") as opened:
        if os.fstat(opened.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ExposedFileError(f"others than its owner can read this file: chmod 600 {file}")
        return opened.read()


# Helpers


def _draft(file: Path, content: bytes) -> Path:
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
        made.write(content)
        made.flush()
        os.fsync(made.fileno())
    return draft
