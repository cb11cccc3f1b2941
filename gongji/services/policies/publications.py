"""The policy desk: a change of rule is drafted, checked, approved by a second person, published, and published again.

Everything is an act, added after the last one: who, when, why. Nothing is changed and nothing is deleted. Whoever was
overtaken by another act looks again, and does it only if it is still his turn.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from gongji.ledger.publishing import Approved, Checked, Deed, Drafted, PolicyAct, Published, sha256_of
from gongji.rules.bundle import PolicyError
from gongji.services.policies.archives import Archive
from gongji.services.policies.drafts import (
    BadDraftError,
    Draft,
    Made,
    NoSuchDraftError,
    OutOfTurnError,
    Report,
    Rulebook,
    RunCases,
    SamePersonError,
    draft_of,
    fault_of_draft,
    fault_of_notice,
    kept,
    kept_bundle,
    made_of,
    publications,
    report_on,
    rulebook_of,
)
from gongji.services.store import StaleError

AHEAD: Final = timedelta(seconds=3)
"""So long before it holds is a publication on record: every server has heard of it by then."""

PROGRAM: Final = "policies/"
"""Who brought the files that the program came with."""

ATTACHED_BYTES_MAX: Final = 64 << 20

_TRIES: Final = 5
_NAME_MAX: Final = 100


class PolicyDesk:
    """Does what is done to the rules. `seed` are the files that hold while nothing was published."""

    def __init__(self, archive: Archive, seed: Callable[[], Rulebook]) -> None:
        """Work on `archive`; `seed` is asked when it is needed."""
        self._archive = archive
        self._seed = seed

    def log(self) -> list[PolicyAct]:
        """Return every act, in order."""
        return self._archive.acts()

    def drafts(self) -> list[Draft]:
        """Return the drafts, in order."""
        acts = self.log()
        return [draft_of(acts, act.number) for act in acts if isinstance(act.told, Drafted)]

    def find(self, draft_id: int) -> tuple[Draft, Report | None]:
        """Return a draft, and what its last check found. Raise NoSuchDraftError."""
        draft = draft_of(self.log(), draft_id)
        told = draft.checked.told if draft.checked is not None else None
        if not isinstance(told, Checked):
            return draft, None
        return draft, msgspec.json.decode(kept(self._archive, told.report), type=Report)

    def draft(
        self, file: str, content: bytes, notice: tuple[str, bytes], *, who: str, why: str, now: datetime
    ) -> PolicyAct:
        """Take in a policy file with its notice (name and content). Raise BadDraftError."""
        notice_name, notice_content = notice
        fault = fault_of_draft(self._rulebook(self.log()), file, content) or fault_of_notice(
            notice_name, notice_content
        )
        if fault is not None:
            raise BadDraftError(fault)
        told = Drafted(file=file, content=sha256_of(content), notice_name=notice_name, notice=sha256_of(notice_content))
        return self._add(
            lambda acts: [_act(acts, len(acts) + 1, told, who=who, why=why, at=now)], [content, notice_content]
        )

    def check(
        self,
        draft_id: int,
        run: RunCases,
        *,
        cases: Mapping[str, bytes],
        whatif: Mapping[str, bytes],
        who: str,
        why: str,
        now: datetime,
    ) -> Report:
        """Check a draft over the rules of the moment, and keep what was found. `cases` and `whatif` go with it."""
        named(who)
        for name in (*cases, *whatif):
            if not _INSIDE.fullmatch(name):
                raise BadDraftError(f"{name}: cannot be the name of a file to attach")
        if sum(map(len, (*cases.values(), *whatif.values()))) > ATTACHED_BYTES_MAX:
            raise BadDraftError(f"what is attached is longer than {ATTACHED_BYTES_MAX >> 20} MiB together")
        acts = self.log()
        draft = _unpublished(acts, draft_id)
        base = self._rulebook(acts)
        found, made = report_on(draft_id, draft.told, kept(self._archive, draft.told.content), base, run, cases)
        found = replace(found, attached=_hashes(cases), whatif=_hashes(whatif))
        content = msgspec.json.encode(found)
        told = Checked(sound=found.sound, base=found.base, bundle=found.bundle, report=sha256_of(content))

        def checked(now_acts: list[PolicyAct]) -> list[PolicyAct]:
            _unpublished(now_acts, draft_id)
            return [_act(now_acts, draft_id, told, who=who, why=why, at=now)]

        self._add(checked, [content, *cases.values(), *whatif.values()], [] if made is None else [made.bundle])
        return found

    def approve(self, draft_id: int, *, who: str, why: str, now: datetime) -> PolicyAct:
        """Stand up for a checked draft as a second person. Raise SamePersonError or OutOfTurnError."""

        def approved(acts: list[PolicyAct]) -> list[PolicyAct]:
            draft = _unpublished(acts, draft_id)
            if _same(draft.drafted.who, who):
                raise SamePersonError(f"draft {draft_id} was drafted by {draft.drafted.who}: another has to approve it")
            if draft.state != "checked" or draft.checked is None or not isinstance(draft.checked.told, Checked):
                raise OutOfTurnError(f"draft {draft_id} is {draft.state}: {_NEXT[draft.state]}")
            self._remade(acts, draft, draft.checked.told)
            told = Approved(check=draft.checked.number, bundle=draft.checked.told.bundle)
            return [_act(acts, draft_id, told, who=who, why=why, at=now)]

        return self._add(approved)

    def publish(self, draft_id: int, *, since: datetime | None, who: str, why: str, now: datetime) -> PolicyAct:
        """Let an approved draft hold from `since` on (None: as soon as every server knows). Raise OutOfTurnError."""

        def published(acts: list[PolicyAct]) -> list[PolicyAct]:
            draft = _unpublished(acts, draft_id)
            if draft.state != "approved" or draft.checked is None or not isinstance(draft.checked.told, Checked):
                raise OutOfTurnError(f"draft {draft_id} is {draft.state}: {_NEXT[draft.state]}")
            made, base = self._remade(acts, draft, draft.checked.told)
            first = self._first(acts, base, now)
            _, report = self.find(draft_id)
            attached = report.attached if report is not None else {}
            told = Published(
                bundle=made.book.digest,
                files=_hashes(made.files),
                cases={**_hashes(base.cases), **attached},
                since=_since(acts, since, now),
            )
            return [*first, _act([*acts, *first], draft_id, told, who=who, why=why, at=now)]

        return self._add(published)

    def publish_again(
        self, number: int | None, *, since: datetime | None, who: str, why: str, now: datetime
    ) -> PolicyAct:
        """Publish the bundle of an earlier publication again; None: of the one before the last."""
        if not why.strip():
            raise BadDraftError("why: what is rolled back is told why")

        def again(acts: list[PolicyAct]) -> list[PolicyAct]:
            several = publications(acts)
            if len(several) < 2:
                raise OutOfTurnError("nothing was published yet that could be rolled back")
            found = several[-2] if number is None else next((one for one in several if one.act.number == number), None)
            if found is None:
                raise NoSuchDraftError(f"no publication {number}: gongji policy log lists them")
            if several[-1].told.bundle == found.told.bundle:
                raise OutOfTurnError(f"publication {found.act.number} is what holds, or will hold, already")
            kept_bundle(self._archive, found.told.bundle)
            told = replace(found.told, since=_since(acts, since, now), again=found.act.number)
            return [_act(acts, 0, told, who=who, why=why, at=now)]

        return self._add(again)

    # Helpers.

    def _rulebook(self, acts: list[PolicyAct]) -> Rulebook:
        return rulebook_of(self._archive, acts, self._seed())

    def _remade(self, acts: list[PolicyAct], draft: Draft, checked: Checked) -> tuple[Made, Rulebook]:
        """Return what the draft makes today. Raise OutOfTurnError when it is not what was checked."""
        base = self._rulebook(acts)
        number = draft.drafted.number
        if base.book.digest != checked.base:
            raise OutOfTurnError(f"the rules have changed since draft {number} was checked: check it again")
        try:
            made = made_of(base, draft.told.file, kept(self._archive, draft.told.content))
        except PolicyError as fault:
            raise OutOfTurnError(f"draft {number} does not load any more: check it again") from fault
        if made.book.digest != checked.bundle:
            raise OutOfTurnError(f"draft {number} makes another bundle than was checked: check it again")
        return made, base

    def _first(self, acts: list[PolicyAct], base: Rulebook, now: datetime) -> list[PolicyAct]:
        """Return the publication of the files that held until now, where that is the first thing published."""
        if base.published:
            return []
        self._archive.add([], base.files.values(), [base.bundle])  # named by the act that comes next
        told = Published(bundle=base.book.digest, files=_hashes(base.files), since=now)
        return [_act(acts, 0, told, who=PROGRAM, why="", at=now)]

    def _add(
        self,
        make: Callable[[list[PolicyAct]], list[PolicyAct]],
        documents: Iterable[bytes] = (),
        bundles: Iterable[bytes] = (),
    ) -> PolicyAct:
        """Add what `make` makes of the log, and return the last of it; when another was faster, look again."""
        documents, bundles = list(documents), list(bundles)
        for _ in range(_TRIES):
            made = make(self._archive.acts())
            try:
                self._archive.add(made, documents, bundles)
            except StaleError:
                continue
            return made[-1]
        raise StaleError("others were faster every time")


def named(who: str) -> str:
    """Return a person's name as it is put on record. Raise BadDraftError for none."""
    name = " ".join(unicodedata.normalize("NFKC", who).split())
    if not name or len(name) > _NAME_MAX or not name.isprintable():
        raise BadDraftError(f"by: a name of 1 to {_NAME_MAX} characters is wanted")
    return name


# Helpers

_INSIDE: Final = re.compile(r"(?:[\w-][\w.-]*/){0,4}[\w-][\w.-]*")
"""The name of a file below a folder: no way leads out of it."""

_NEXT: Final = {
    "drafted": "check it first",
    "failed": "its last check found faults; bring a better draft, or check it again",
    "checked": "a second person has to approve it first",
    "approved": "that was done already",
    "published": "that was done already",
}


def _act(acts: list[PolicyAct], draft_id: int, told: Deed, *, who: str, why: str, at: datetime) -> PolicyAct:
    return PolicyAct(number=len(acts) + 1, draft_id=draft_id, who=named(who), done_at=at, why=why.strip(), told=told)


def _unpublished(acts: list[PolicyAct], draft_id: int) -> Draft:
    draft = draft_of(acts, draft_id)
    if draft.published is not None:
        raise OutOfTurnError(f"draft {draft_id} is published: {_NEXT['published']}")
    return draft


def _same(one: str, other: str) -> bool:
    """Tell whether two names are one person's, however they are spaced or in whichever letters."""
    return named(one).replace(" ", "").casefold() == named(other).replace(" ", "").casefold()


def _since(acts: list[PolicyAct], asked: datetime | None, now: datetime) -> datetime:
    """Return from when a publication holds. Raise BadDraftError for a moment too soon, or before another's."""
    last = max((one.told.since for one in publications(acts)), default=now)
    if asked is None:
        return max(now + AHEAD, last)
    if asked < now + AHEAD:
        raise BadDraftError(f"at: {asked} is too soon; servers hear of it within {AHEAD.seconds} seconds")
    if asked < last:
        raise BadDraftError(f"at: {asked} lies before {last}, when an earlier publication begins to hold")
    return asked


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: sha256_of(content) for name, content in files.items()}
