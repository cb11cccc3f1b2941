"""Offices 经办机构: on whose desk a matter lies, which of the staff may do it, and by when it has to be done."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from gongji.domain.faults import RequestFault
from gongji.domain.insured import Insured
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor

NOT_YOUR_TASK: Final = RequestFault.NOT_YOUR_TASK
CHANGED: Final = RequestFault.CHANGED_MEANWHILE


class Term(Struct, frozen=True, kw_only=True):
    """A time that a law sets: days, `working` ones or all, and the article. `grade` is how well it is known here."""

    days: int
    working: bool
    source: str
    grade: Literal["official", "assumed"] = "assumed"


HEARING: Final = Term(days=5, working=True, source="中华人民共和国行政处罚法（2021年修订）第六十四条第一项、第八十五条")
"""So long after he is told may somebody ask to be heard."""

CASE: Final = Term(days=90, working=False, source="中华人民共和国行政处罚法（2021年修订）第六十条")
"""So long after a case was opened it has to be decided."""

APPEAL: Final = Term(days=60, working=False, source="中华人民共和国行政复议法（2023年修订）第二十条")
"""So long after a decision may somebody object to it."""


def due_after(at: datetime, term: Term) -> datetime:
    """Return the moment at which a term is over: the end of its last day.

    Working days are Monday to Friday: public holidays are not known here, so an office is never late by this reckoning
    where it is not by the law's. For a citizen's own time use `open_until`.
    """
    day, left = at.date(), term.days
    while left:
        day += timedelta(days=1)
        left -= 1 if not term.working or day.weekday() < 5 else 0
    return datetime.combine(day + timedelta(days=1), datetime.min.time())


def open_until(at: datetime, term: Term) -> datetime:
    """Return until when a citizen may still act: working days are counted with the longest holiday in them."""
    return due_after(at, term) + (_LONGEST_HOLIDAY if term.working else timedelta())


def office_of(policy: PolicyBook, person: Insured, at: datetime) -> str:
    """Return the code of the office that a person's matters lie with: that of his pool 统筹区."""
    return policy.on(person.region, at.date()).pool


def covers(office: str, region: str) -> bool:
    """Tell whether an office answers for a region: its own, or one that lies in it."""
    if len(office) != 6:
        return False
    place = office[:2] if office.endswith("0000") else office[:4] if office.endswith("00") else office
    return region.startswith(place)


def desk_fault(actor: Actor, roles: Collection[str], office: str) -> RequestFault | None:
    """Return NOT_YOUR_TASK unless the actor is one of the staff, in one of those roles, of an office that covers it."""
    at_desk = bool(actor.officer) and actor.role in roles and covers(actor.office, office)
    return None if at_desk else NOT_YOUR_TASK


# Helpers

_LONGEST_HOLIDAY: Final = timedelta(days=8)
