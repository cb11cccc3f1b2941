"""A draft of a rule: a policy file over the rules of the moment, and what a check of it finds. Writes nothing."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.ledger.publishing import Approved, Checked, Drafted, PolicyAct, Published, sha256_of
from gongji.rules.bundle import PolicyError, book_from_bundle, compile_book
from gongji.rules.policybook import PolicyBook
from gongji.rules.reading_changes import Changes, changes
from gongji.services.policies.archives import Archive

NOTICE_BYTES_MAX: Final = 16 << 20
NOTICES: Final = (".pdf", ".txt", ".html")


class DeskError(ValueError):
    """What was asked of the policy desk is not done; the message says why, in one line. Nothing was written."""


class BadDraftError(DeskError):
    """A file, a name or a moment cannot be taken as it is."""


class NoSuchDraftError(DeskError):
    """There is no draft or publication of that number."""


class OutOfTurnError(DeskError):
    """It is not the turn of this act: another has to come before it, or came already."""


class SamePersonError(DeskError):
    """A second person is wanted."""


class CaseRun(Struct, frozen=True):
    """What came of the cases: how many passed, and a line for each thing that came out otherwise."""

    passed: int
    failed: tuple[str, ...] = ()


RunCases = Callable[[PolicyBook, Mapping[str, bytes]], CaseRun]
"""Runs the program's own cases by a book, and those given by file name, which go before others of the same name."""


class Rulebook(Struct, frozen=True, kw_only=True):
    """What a draft is laid over: the files by name, what they make, and the cases published with earlier drafts."""

    files: Mapping[str, bytes]
    book: PolicyBook
    bundle: bytes
    cases: Mapping[str, bytes] = {}
    published: bool = False


class Publication(Struct, frozen=True):
    """The act of a publication, and what it says."""

    act: PolicyAct
    told: Published


class Made(Struct, frozen=True, kw_only=True):
    """What a draft makes of its base."""

    book: PolicyBook
    bundle: bytes
    files: Mapping[str, bytes]


class Report(Struct, frozen=True, kw_only=True):
    """What a check found. `problems` are lines of the loader, `attached` and `whatif` files by name and SHA-256."""

    draft_id: int
    file: str
    notice: str
    base: str
    bundle: str
    problems: tuple[str, ...]
    cases: CaseRun
    attached: Mapping[str, str]
    whatif: Mapping[str, str]
    changes: Changes | None

    @property
    def sound(self) -> bool:
        """Tell whether nothing was found against the draft."""
        return not self.problems and not self.cases.failed


class Draft(Struct, frozen=True, kw_only=True):
    """A draft with the last act of each kind on it."""

    drafted: PolicyAct
    told: Drafted
    checked: PolicyAct | None = None
    approved: PolicyAct | None = None
    published: PolicyAct | None = None

    @property
    def state(self) -> str:
        """Return how far it has come: drafted, failed, checked, approved or published."""
        if self.published is not None:
            return "published"
        if self.checked is None or not isinstance(self.checked.told, Checked):
            return "drafted"
        if self.approved is not None and self.approved.number > self.checked.number:
            return "approved"
        return "checked" if self.checked.told.sound else "failed"


def draft_of(acts: list[PolicyAct], draft_id: int) -> Draft:
    """Return the draft of that number. Raise NoSuchDraftError."""
    mine = [act for act in acts if draft_id and act.draft_id == draft_id]
    if not mine or not isinstance(mine[0].told, Drafted):
        raise NoSuchDraftError(f"no draft {draft_id}: gongji policy log lists them")
    last: dict[type[Struct], PolicyAct] = {type(act.told): act for act in mine}
    return Draft(
        drafted=mine[0],
        told=mine[0].told,
        checked=last.get(Checked),
        approved=last.get(Approved),
        published=last.get(Published),
    )


def parsed(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return policy files as the loader takes them. Raise PolicyError when one is no TOML."""
    found, problems = {}, []
    for name, content in files.items():
        try:
            found[name] = tomllib.loads(content.decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
            problems.append(f"{name}: {fault}")
    if problems:
        raise PolicyError(problems)
    return found


def made_of(base: Rulebook, file: str, content: bytes) -> Made:
    """Return what a file makes of its base. Raise PolicyError when the rules are not sound with it."""
    files = {**base.files, file: content}
    book, bundle = compile_book(parsed(files))
    return Made(book=book, bundle=bundle, files=files)


def fault_of_draft(base: Rulebook, file: str, content: bytes) -> str | None:
    """Return what stands against taking a policy file at all; what its rules say is for the check."""
    if not _FILE.fullmatch(file):
        return f"{file}: call the file by its region, like 350000-fujian.toml"
    try:
        parsed({file: content})
    except PolicyError as fault:
        return str(fault)
    if base.files.get(file) == content:
        return f"{file}: is as the rules have it already, to the byte"
    return None


def fault_of_notice(name: str, content: bytes) -> str | None:
    """Return what stands against a notice: it is a text, a page or a PDF, and not empty."""
    suffix = name[name.rfind(".") :].lower()
    if suffix not in NOTICES:
        return f"{name}: a notice is a file in {', '.join(NOTICES)}"
    if not content.strip():
        return f"{name}: is empty"
    if len(content) > NOTICE_BYTES_MAX:
        return f"{name}: is longer than {NOTICE_BYTES_MAX >> 20} MiB"
    if suffix == ".pdf" and not content.startswith(b"%PDF-"):
        return f"{name}: is no PDF"
    return None


def report_on(
    draft_id: int, told: Drafted, content: bytes, base: Rulebook, run: RunCases, cases: Mapping[str, bytes]
) -> tuple[Report, Made | None]:
    """Return what a check finds, and what the draft makes, where it loads."""
    plain = Report(
        draft_id=draft_id,
        file=told.file,
        notice=told.notice_name,
        base=base.book.digest,
        bundle="",
        problems=(),
        cases=CaseRun(0),
        attached={},
        whatif={},
        changes=None,
    )
    try:
        made = made_of(base, told.file, content)
    except PolicyError as fault:
        return replace(plain, problems=tuple(fault.problems)), None
    ran = run(made.book, {**base.cases, **cases})
    found = replace(plain, bundle=made.book.digest, cases=ran, changes=changes(base.book, made.book))
    return found, made


def publications(acts: Iterable[PolicyAct]) -> list[Publication]:
    """Return what holds and from when, in order; the moments never go back."""
    return [Publication(act, act.told) for act in acts if isinstance(act.told, Published)]


def rulebook_of(archive: Archive, acts: list[PolicyAct], seed: Rulebook) -> Rulebook:
    """Return what the last publication holds, or `seed` where nothing was published."""
    several = publications(acts)
    if not several:
        return seed
    last = several[-1].told
    files = {name: kept(archive, sha256) for name, sha256 in last.files.items()}
    cases = {name: kept(archive, sha256) for name, sha256 in last.cases.items()}
    bundle = kept_bundle(archive, last.bundle)
    book = seed.book if last.bundle == seed.book.digest else book_from_bundle(bundle)
    return Rulebook(files=files, cases=cases, book=book, bundle=bundle, published=True)


def kept(archive: Archive, sha256: str) -> bytes:
    """Return a document. Raise OutOfTurnError when it is gone, or is not what was kept."""
    content = archive.document(sha256)
    if content is None or sha256_of(content) != sha256:
        raise OutOfTurnError(f"the document {sha256[:12]} is not as it was kept: bring the draft anew")
    return content


def kept_bundle(archive: Archive, sha256: str) -> bytes:
    """Return a bundle. Raise OutOfTurnError when it is gone, or is not what was kept."""
    content = archive.bundle(sha256)
    if content is None or sha256_of(content) != sha256:
        raise OutOfTurnError(f"the bundle {sha256[:12]} is not as it was kept")
    return content


# Helpers

_FILE: Final = re.compile(r"[0-9a-z][\w-]*\.toml", re.ASCII)
