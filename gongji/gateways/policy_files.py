"""The policy files of a folder, and the bundle they make, kept beside them."""

import hashlib
import secrets
from contextlib import suppress
from pathlib import Path

from gongji.rules.bundle import PolicyError, book_from_bundle, compile_book
from gongji.rules.policybook import PolicyBook
from gongji.services.policies.drafts import parsed


def policy_files(folder: Path) -> dict[str, bytes]:
    """Return the policy files of a folder by name."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.toml"))}


def read_policies(folder: Path) -> tuple[PolicyBook, bytes]:
    """Return the book of the policy files in `folder`, and its bundle. Raise PolicyError when they are not sound.

    The bundle is kept beside the files under a hash of their names and bytes, so that the next start need not compile
    it; where the folder cannot be written to, every start compiles.
    """
    files = policy_files(folder)
    if not files:
        raise PolicyError([f"{folder}: no policy files here"])
    seal = hashlib.sha256()
    for name, content in files.items():
        seal.update(f"{name} {len(content)}\n".encode())
        seal.update(content)
    kept = folder / ".bundle.json"
    bundle = _kept_bundle(kept, seal.hexdigest())
    if bundle is not None:
        return book_from_bundle(bundle), bundle
    book, bundle = compile_book(parsed(files))
    _keep_bundle(kept, seal.hexdigest(), bundle)
    return book, bundle


# Helpers


def _kept_bundle(kept: Path, seal: str) -> bytes | None:
    try:
        heading, _, bundle = kept.read_bytes().partition(b"\n")
    except OSError:
        return None
    return bundle if heading == _heading(seal, bundle) else None


def _keep_bundle(kept: Path, seal: str, bundle: bytes) -> None:
    draft = kept.with_name(f".bundle-{secrets.token_hex(4)}.draft")
    try:
        draft.write_bytes(_heading(seal, bundle) + b"\n" + bundle)
        draft.replace(kept)  # whole or not at all, also when two programs start at once
    except OSError:
        with suppress(OSError):
            draft.unlink()


def _heading(seal: str, bundle: bytes) -> bytes:
    return f"{seal} {hashlib.sha256(bundle).hexdigest()}".encode()
