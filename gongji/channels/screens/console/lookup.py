"""K7 查人查网: a person, his insurance and his bonds in both directions; for a reason, on record, and he sees it."""

from collections.abc import Mapping
from typing import Final

from gongji.channels.api.bonds import BondTold
from gongji.channels.api.counter import Lookup, PersonTold
from gongji.channels.api.relatives import Relative
from gongji.channels.pages.asking import View, region_name
from gongji.channels.screens.console.presence import forms_of, papers_in, reason_in
from gongji.channels.screens.console.shell import once_in
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.visiting import Found, Page, Visit

KIND: Final = "console-lookup"


async def ask(visit: Visit) -> Found:
    """Take whom the officer looks up, and why."""
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        filled = visit.filled()
        person, reason = papers_in(filled), reason_in(visit, filled)
        faults = filled.faults
        if person is not None and reason is not None:
            fields = {"certno": person.certno, "name": person.name, "cert_type": person.cert_type, "reason": reason}
            fields["once"] = once_in(visit)
            try:
                await _looked_up(visit, fields)
            except TroubleError as met:
                trouble = met.problem
            else:
                return visit.to(f"/console/people/{await visit.begin(KIND, **fields)}")
    told = {**forms_of(visit), "values": visit.form, "faults": faults, "faulty": bool(faults), "trouble": trouble}
    return View("console/lookup.html", told, trouble.status if trouble else 400 if faults else 200)


async def show(visit: Visit) -> Found:
    """Show what the office has of him: the answer of that one look, as it was then."""
    form = await visit.unfinished(visit.names["draft"], KIND)
    if form is None:
        return visit.to("/console/people")
    person = await _looked_up(visit, form.fields)
    told = {
        "fields": form.fields,
        "person": person,
        "place": region_name(visit.desk.book(visit.now), person.region, visit.language),
        "directions": [
            ("pays", [one for one in person.bonds if one.sharer_id == person.person_id]),
            ("paid", [one for one in person.bonds if one.member_id == person.person_id]),
        ],
        "other": _other_side(person),
    }
    return View("console/person.html", told)


PAGES: Final[dict[str, Page]] = {"/people": ask, "/people/{draft:str}": show}


# Helpers


async def _looked_up(visit: Visit, fields: Mapping[str, str]) -> PersonTold:
    """Return what one look found. Its key makes it one look, however often the page is shown."""
    person = Relative(certno=fields["certno"], name=fields["name"], cert_type=fields["cert_type"])
    wish = Lookup(person=person, reason=fields["reason"])
    return await visit.api.post("counter/lookups", PersonTold, wish, key=fields["once"])


def _other_side(person: PersonTold) -> dict[int, int]:
    """Return who is on the other side of each bond."""

    def other(bond: BondTold) -> int:
        return bond.member_id if bond.sharer_id == person.person_id else bond.sharer_id

    return {bond.bond_id: other(bond) for bond in person.bonds}
