"""到那天提醒我取消: a day on which somebody wants to be told that he may end a bond; nothing ends by itself."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.store import Books
from gongji.services.telling.notices import Notice, Telling, Topic

ENDING_DAY: Final = "endingday"
WAITING, TOLD, REMOVED = "waiting", "told", "removed"
MORNING: Final = time(9)
FURTHEST: Final = timedelta(days=3 * 366)


class EndingDay(Struct, frozen=True, kw_only=True):
    """The bond, and the day."""

    bond_id: int
    day: date


def ending_day_id(bond_id: int, person_id: int) -> str:
    """Return the id of the dossier of a bond's day, as one side of it wants it."""
    return f"{ENDING_DAY}-{bond_id}-{person_id}"


def ending_day_scope(bond_id: int, person_id: int) -> Scope:
    """Return what has to be loaded to choose a day."""
    return Scope(people={person_id}, dossiers={ending_day_id(bond_id, person_id)})


def ending_day(books: Books, bond_id: int, person_id: int) -> date | None:
    """Return the day on which that person will be told, None for none."""
    dossier = books.dossiers.get(ending_day_id(bond_id, person_id))
    return opened(dossier, EndingDay).day if dossier is not None and dossier.state == WAITING else None


def choose_ending_day(
    books: Books, bond_id: int, person_id: int, day: date | None, at: datetime
) -> date | Refused | None:
    """Choose the day, or None for no day any more. The bond has to be the person's own, and still there."""
    bond = books.registry.bonds.get(bond_id)
    if bond is None or person_id not in (bond.sharer_id, bond.member_id) or bond.ended_at is not None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")
    if day is not None and not at.date() < day <= at.date() + FURTHEST:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="day")
    dossier_id = ending_day_id(bond_id, person_id)
    known = books.dossiers.get(dossier_id)
    if known is None and day is None:
        return None
    dossier = known or Dossier(
        dossier_id=dossier_id,
        kind=ENDING_DAY,
        made_at=at,
        parties=(person_id, sum((bond.sharer_id, bond.member_id)) - person_id),
        content=b"",
    )
    if day is None:
        books.dossiers.put(replace(dossier, state=REMOVED, due_at=None))
    else:
        content = filed(EndingDay(bond_id=bond_id, day=day))
        due_at = datetime.combine(day, MORNING)
        books.dossiers.put(replace(dossier, state=WAITING, due_at=due_at, content=content))
    return day


def tellings_of_days(dossiers: Iterable[Dossier]) -> list[Telling]:
    """Return what those are to be told whose day has come."""
    return [_telling(dossier, opened(dossier, EndingDay)) for dossier in dossiers]


def note_days_told(books: Books, dossiers: Iterable[Dossier]) -> list[Telling]:
    """Note that their day has come, and return what they are told; not those who changed it or ended it meanwhile."""
    told = []
    for dossier in dossiers:
        now = books.dossiers.get(dossier.dossier_id)
        if now is None or now.version != dossier.version:
            continue
        form = opened(now, EndingDay)
        bond = books.registry.bonds.get(form.bond_id)
        books.dossiers.put(replace(now, state=TOLD, due_at=None))
        if bond is not None and bond.ended_at is None:
            told.append(_telling(now, form))
    return told


# Helpers


def _telling(dossier: Dossier, form: EndingDay) -> Telling:
    person_id, other_id = dossier.parties
    notice = Notice(
        topic=Topic.ENDING_DAY,
        at=datetime.combine(form.day, MORNING),
        path=f"/family/{form.bond_id}/ending",
        other_id=other_id,
    )
    return Telling(person_id=person_id, source=f"{dossier.dossier_id} {form.day}", notice=notice)
