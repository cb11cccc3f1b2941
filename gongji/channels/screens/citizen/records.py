"""C11 记录: every movement by day, with what lay there after it; filters, a sheet to print, files to keep."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, get_args

from gongji.channels.api.family import Family
from gongji.channels.api.moments import taken, told
from gongji.channels.api.periods import KINDS as FILES
from gongji.channels.api.periods import FileFormat
from gongji.channels.api.statements import MovementTold, StatementTold
from gongji.channels.exports.words import KINDS, PLACES
from gongji.channels.pages.asking import Download, View
from gongji.channels.screens.citizen.doubting import DOUBT, reported
from gongji.channels.screens.citizen.family import GENERATIONS
from gongji.channels.screens.citizen.kindred import none_there
from gongji.channels.screens.inside import named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.account import Pocket
from gongji.ledger.records import EntryKind

MONTHS: Final = 24
"""So many months back can be chosen."""
PAGE: Final = 50
FILTERS: Final = ("month", "person", "kind", "pocket")
POCKETS: Final = (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER, Pocket.WALLET, Pocket.POT, Pocket.POT_CURRENT, Pocket.TRANSIT)


async def records(visit: Visit) -> Found:
    """Show the movements that the filters leave, the newest first."""
    filters = _filters(visit)
    family = await visit.api.get("family", Family, ended="true")
    people = {str(kin.person_id): kin.name for name in GENERATIONS for kin in getattr(family, name)}
    query = _query(filters)
    found = await visit.api.get(
        _address(visit), StatementTold, limit=PAGE, cursor=visit.query.get("cursor") or None, **query
    )
    shown = [one for one in found.items if filters["pocket"] or one.pocket is not Pocket.TRANSIT]
    kept = {name: text for name, text in filters.items() if text}
    told = {
        "days": [(day, [*rows]) for day, rows in groupby((_row(visit, one) for one in shown), _day)],
        "values": filters,
        "months": [(f"{month:%Y-%m}", _month_said(visit, month)) for month in _months(visit.now.date())],
        "people": [*people.items()],
        "kinds": [(kind.value, words) for kind, words in _kinds(visit).items()],
        "pockets": [(pocket.value, visit.say(f"records.pocket_{pocket}")) for pocket in POCKETS],
        "filtered": bool(kept),
        "after": visit.link("/records", **kept, cursor=found.next) if found.next else None,
        "first": visit.link("/records", **kept) if visit.query.get("cursor") else None,
        "files": [(form, visit.link("/records/file", **kept, as_a=form)) for form in get_args(FileFormat)],
    }
    return View("citizen/records.html", told)


async def file(visit: Visit) -> Found:
    """Return what the filters leave as a file."""
    form = visit.query.get("as_a", "")
    if form not in get_args(FileFormat):
        raise none_there(visit)
    query = {**_query(_filters(visit)), "file_format": form}
    answer = await visit.api.answer("GET", f"{_address(visit)}/file", query=query)
    return Download(answer.body, FILES[form], f"records-{visit.now:%Y%m%d}.{form}")


async def doubt(visit: Visit) -> Found:
    """Say what to do at once about a use that nobody of the family made, and begin a report of it."""
    try:
        at = datetime.fromisoformat(visit.query.get("at", ""))
        person = int(visit.query.get("person", ""))
    except ValueError as fault:
        raise none_there(visit) from fault
    if person == visit.person_id or at.tzinfo is not None:
        raise none_there(visit)
    span = {"since": _said(at), "until": _said(_next(at))}
    found = await visit.api.get(
        _address(visit), StatementTold, limit=PAGE, relative_id=person, kind=EntryKind.SETTLEMENT.value, **span
    )
    several = [one for one in found.items if taken(one.at) == at and one.amount_fen < 0 and one.entry_id is not None]
    if not several:
        raise none_there(visit)
    entry_id = several[0].entry_id
    amount_fen = -sum(one.amount_fen for one in several if one.entry_id == entry_id)
    if visit.sent:
        fields = {"entry_id": str(entry_id), "person": str(person), "at": at.isoformat(), "amount_fen": str(amount_fen)}
        return visit.to(f"/records/doubt/{await visit.begin(DOUBT, **fields)}")
    family = await visit.api.get("family", Family, ended="true")
    bonds = [
        kin.bond.bond_id
        for name in GENERATIONS
        for kin in getattr(family, name)
        if kin.person_id == person and kin.direction == "i_help" and kin.bond.ended_at is None
    ]
    told = {
        "row": _row(visit, several[0]),
        "amount_fen": amount_fen,
        "reported": await reported(visit, entry_id or 0),
        "bond_id": bonds[0] if bonds else None,
    }
    return View("citizen/records_doubt.html", told)


def cause(visit: Visit, one: MovementTold) -> str:
    """Return what a movement was made for, in words."""
    if one.undoes and one.kind is EntryKind.REVERSAL:
        return visit.say("records.undone")
    return _kinds(visit).get(one.kind, one.kind)


PAGES: Final[Mapping[str, Page]] = {"/records": records, "/records/file": file, "/records/doubt": doubt}


# Helpers

_DECEMBER: Final = 12


def _address(visit: Visit) -> str:
    return named("accounts", visit.person_id, "statement")


def _filters(visit: Visit) -> dict[str, str]:
    """Return the filters of the address, those left out that make no sense."""
    told = {name: visit.query.get(name, "") for name in FILTERS}
    if told["month"] not in {f"{month:%Y-%m}" for month in _months(visit.now.date())}:
        told["month"] = ""
    if told["kind"] not in set(EntryKind):
        told["kind"] = ""
    if told["pocket"] not in set(POCKETS):
        told["pocket"] = ""
    person = told["person"]
    if not (person.isascii() and person.isdecimal() and 0 < len(person) < 16 and int(person)):
        told["person"] = ""
    return told


def _query(filters: Mapping[str, str]) -> dict[str, str | None]:
    """Return the filters as the API takes them."""
    since, until = None, None
    if filters["month"]:
        month = datetime.fromisoformat(f"{filters['month']}-01")
        since, until = _said(month), _said(_month_after(month))
    return {
        "since": since,
        "until": until,
        "kind": filters["kind"] or None,
        "pocket": filters["pocket"] or None,
        "relative_id": filters["person"] or None,
    }


def _said(at: datetime) -> str:
    return told(at).isoformat()


def _next(at: datetime) -> datetime:
    return at + timedelta(seconds=1)


def _month_after(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // _DECEMBER, month=month.month % _DECEMBER + 1)


def _months(today: date) -> list[date]:
    """Return the first days of the last months, this one first."""
    count = today.year * _DECEMBER + today.month - 1
    return [date((count - back) // _DECEMBER, (count - back) % _DECEMBER + 1, 1) for back in range(MONTHS)]


def _month_said(visit: Visit, month: date) -> str:
    return visit.say("records.month_is", year=month.year, month=f"{month.month:02d}")


def _kinds(visit: Visit) -> dict[EntryKind, str]:
    return {kind: words[0].upper() + words[1:] for kind, words in KINDS[visit.language].items()}  # type: ignore[misc]  # its keys are kinds


def _row(visit: Visit, one: MovementTold) -> dict[str, Any]:
    at = taken(one.at)
    another = one.person_id not in (None, visit.person_id)
    return {
        "at": at,
        "what": cause(visit, one),
        "name": one.name if another else "",
        "place": PLACES[visit.language].get(one.place, "") if one.place else "",
        "amount_fen": one.amount_fen,
        "balance_fen": one.balance_fen,
        "pocket": visit.say(f"records.pocket_{one.pocket}"),
        "quota": one.quota,
        "path": _path(one),
        "waits": one.recorded_at is None,
        "doubt": {"at": at.isoformat(), "person": one.person_id}
        if another and one.kind is EntryKind.SETTLEMENT and one.amount_fen < 0
        else None,
    }


def _path(one: MovementTold) -> str | None:
    if one.settle_id is not None:
        return f"/bills/{one.settle_id}"
    return f"/wallet/transfers/{one.transfer_id}" if one.transfer_id is not None else None


def _day(row: Mapping[str, Any]) -> date:
    at: datetime = row["at"]
    return at.date()
