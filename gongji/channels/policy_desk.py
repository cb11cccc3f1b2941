"""The policy desk over HTTP: what `gongji policy draft` to `rollback` do, as JSON; each act is put under a name.

    GET  /policy/drafts                    the drafts and how far each has come
    GET  /policy/drafts/ID                 a draft, and what its last check found
    POST /policy/drafts                    {"file", "content", "notice": {"name", "content"}, "why"}
    POST /policy/drafts/ID/check           {"cases": {NAME: TEXT}, "whatif": {NAME: BASE64}, "why"}
    POST /policy/drafts/ID/approve         {"why"}
    POST /policy/drafts/ID/publish         {"at", "why"}
    GET  /policy/publications              what held, holds and will hold, and from when
    POST /policy/publications/rollback     {"to", "at", "why"}
    GET  /policy/log                       every act: who, when, why

The content of a notice and of what-if files is base64. Who acts stands in the header that the deployment's own sign-on
sets and a setting names; without that setting nobody acts, but for sample clerks at a sample server.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import unquote

import msgspec
from msgspec import Meta, Struct, field

from gongji.channels.asked import Answered, Asked
from gongji.channels.policy_pages import ROOT, PolicyPage
from gongji.services.policies.drafts import (
    BadDraftError,
    DeskError,
    Draft,
    NoSuchDraftError,
    OutOfTurnError,
    Publication,
    RunCases,
    SamePersonError,
    publications,
)
from gongji.services.policies.publications import PolicyDesk
from gongji.services.policies.timetables import Timetable
from gongji.services.store import StoreError

B = TypeVar("B", bound=Struct)

SAMPLE_HEADER: Final = "x-sample-clerk"
"""In which a sample server is told who acts; it believes everybody, and marks the name."""

_STATUSES: Final = ((NoSuchDraftError, 404), (OutOfTurnError, 409), (SamePersonError, 403), (BadDraftError, 400))


class DeskPages:
    """Answers at the desk. `header` is that of the sign-on; a `sample` server takes anybody for a sample clerk."""

    def __init__(
        self,
        desk: PolicyDesk,
        timetable: Timetable,
        run: RunCases,
        clock: Callable[[], datetime],
        *,
        header: str | None,
        sample: bool,
    ) -> None:
        """Stand at `desk`; checks `run` the cases, and what is published enters the `timetable` at once."""
        self._desk = desk
        self._timetable = timetable
        self._run = run
        self._clock = clock
        self._header = header.lower() if header is not None else None
        self._sample = sample

    def answered(self, asked: Asked) -> bytes:
        """Return the answer to a request, packed to travel."""
        page = self.page(asked)
        return msgspec.msgpack.encode(Answered(page.status, [("content-type", page.kind)], page.body))

    def page(self, asked: Asked) -> PolicyPage:
        """Return the answer to a request below /policy/."""
        try:
            return self._page(asked)
        except _NobodyError as fault:
            return _note(fault.status, str(fault))
        except DeskError as fault:
            status = next(status for kind, status in _STATUSES if isinstance(fault, kind))
            return _note(status, str(fault))
        except StoreError as fault:
            return _note(503, f"{fault}; GET {ROOT}log tells what was done")

    def _page(self, asked: Asked) -> PolicyPage:
        who = self._who(asked)
        match asked.method, *asked.path.removeprefix(ROOT).rstrip("/").split("/"):
            case "GET", "log":
                return _told(self._desk.log())
            case "GET", "drafts":
                return _told([_summary(draft) for draft in self._desk.drafts()])
            case "GET", "drafts", number:
                draft, report = self._desk.find(_number(number))
                return _told({**_summary(draft), "report": report})
            case "GET", "publications":
                return _told([self._publication(one) for one in publications(self._desk.log())])
            case "POST", *rest:
                return self._done(rest, _json(asked), who)
        return _nowhere()

    def _done(self, what: list[str], body: bytes, who: str) -> PolicyPage:
        now = self._clock()
        match what:
            case ["drafts"]:
                new = _read(body, _NewDraft)
                act = self._desk.draft(
                    new.file,
                    new.content.encode(),
                    (new.notice.name, new.notice.content),
                    who=who,
                    why=new.why,
                    now=now,
                )
                return _told({"draft_id": act.draft_id, "state": "drafted"}, status=201)
            case ["drafts", number, "check"]:
                wanted = _read(body, _Check)
                cases = {name: text.encode() for name, text in wanted.cases.items()}
                report = self._desk.check(
                    _number(number),
                    self._run,
                    cases=cases,
                    whatif=wanted.whatif,
                    who=who,
                    why=wanted.why,
                    now=now,
                )
                return _told({"sound": report.sound, "report": report})
            case ["drafts", number, "approve"]:
                return _told(self._desk.approve(_number(number), who=who, why=_read(body, _Why).why, now=now))
            case ["drafts", number, "publish"]:
                moment = _read(body, _Moment)
                act = self._desk.publish(_number(number), since=moment.at, who=who, why=moment.why, now=now)
            case ["publications", "rollback"]:
                back = _read(body, _Back)
                act = self._desk.publish_again(back.to, since=back.at, who=who, why=back.why, now=now)
            case _:
                return _nowhere()
        self._timetable.look()
        return _told(act)

    def _who(self, asked: Asked) -> str:
        if self._header is not None:
            who = unquote(_header(asked, self._header)).strip()
            if not who:
                raise _NobodyError(401, f"{self._header}: the sign-on has to say in this header who acts")
            return who
        if not self._sample:
            raise _NobodyError(403, "nobody acts here: the setting GONGJI_SIGN_ON_HEADER names no header of a sign-on")
        return f"sample:{unquote(_header(asked, SAMPLE_HEADER)).strip() or 'clerk'}"

    def _publication(self, one: Publication) -> dict[str, Any]:
        holding = self._timetable.holding(self._clock())
        return {
            "number": one.act.number,
            "draft_id": one.act.draft_id,
            "bundle": one.told.bundle,
            "since": one.told.since,
            "again": one.told.again,
            "who": one.act.who,
            "done_at": one.act.done_at,
            "why": one.act.why,
            "holds": holding is not None and holding.act.number == one.act.number,
        }


def is_desk(path: str) -> bool:
    """Tell whether a path is one of the desk's."""
    return path.startswith(ROOT) and path.removeprefix(ROOT).partition("/")[0] in ("drafts", "publications", "log")


# Helpers


class _NobodyError(Exception):
    """Nobody is known to act."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class _Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    why: str = ""


class _Why(_Body, frozen=True):
    pass


class _Notice(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    content: bytes


class _NewDraft(_Body, frozen=True):
    file: str
    content: str
    notice: _Notice


class _Check(_Body, frozen=True):
    cases: dict[str, str] = field(default_factory=dict)
    whatif: dict[str, bytes] = field(default_factory=dict)


class _Moment(_Body, frozen=True):
    at: Annotated[datetime, Meta(tz=False)] | None = None


class _Back(_Moment, frozen=True):
    to: int | None = None


def _header(asked: Asked, name: str) -> str:
    """Return the header of that name, "" for none. Raise BadDraftError when it comes twice."""
    found = [value for key, value in asked.headers if key == name]
    if len(found) > 1:
        raise BadDraftError(f"{name}: the header comes {len(found)} times")
    return found[0] if found else ""


def _json(asked: Asked) -> bytes:
    """Return the body, which has to say that it is JSON: no form of another site's page can send that."""
    if _header(asked, "content-type").partition(";")[0].strip().lower() != "application/json":
        raise _NobodyError(415, "content-type: application/json is wanted")
    return asked.body or b"{}"


def _read(body: bytes, kind: type[B]) -> B:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as fault:
        what, _, place = str(fault).partition(" - at `$.")
        raise BadDraftError(f"{place.rstrip('`')}: {what}" if place else f"body: {what}") from fault


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NoSuchDraftError(f"{text} is no draft: a number is wanted")
    return int(text)


def _summary(draft: Draft) -> Mapping[str, Any]:
    return {
        "draft_id": draft.drafted.number,
        "state": draft.state,
        "file": draft.told.file,
        "notice": draft.told.notice_name,
        "acts": [act for act in (draft.drafted, draft.checked, draft.approved, draft.published) if act is not None],
    }


def _told(content: Any, *, status: int = 200) -> PolicyPage:
    return PolicyPage(msgspec.json.encode(content), status)


def _note(status: int, what: str) -> PolicyPage:
    return PolicyPage(msgspec.json.encode({"error": what}), status)


def _nowhere() -> PolicyPage:
    return _note(404, f"no such page; docs/governance.md lists those of the desk, under {ROOT}drafts and beside it")
