"""The four columns of a review: what was filled in, what papers say, what the register has, what the rules say."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from msgspec import Struct

from gongji.channels.api.moments import taken
from gongji.channels.api.review_sheets import SheetTold, SomeoneTold
from gongji.channels.figures import money
from gongji.channels.pages.asking import region_name
from gongji.channels.screens.visiting import Visit


class Line(Struct, frozen=True, kw_only=True):
    """One line. "" is what there is nothing of; `same` tells that nothing in it wants to be looked at.

    `doubt` tells that something does which no check says. Of papers there is never anything: no machine reads them
    here, and nothing is made up.
    """

    title: str
    filled: str
    register: str
    rule: str
    path: str
    same: bool
    doubt: bool


def lines(visit: Visit, sheet: SheetTold) -> Iterator[Line]:
    """Yield the lines of an application: its people first, then what its kind is about."""
    for one in sheet.people:
        yield from _of_person(visit, sheet, one)
    yield from _OF_KIND.get(sheet.application.kind, _nothing)(visit, sheet)


# Helpers

_ADULT: Final = 18


def _of_person(visit: Visit, sheet: SheetTold, one: SomeoneTold) -> Iterator[Line]:
    side = visit.say(f"desk_case.side_{one.side}")
    name = visit.say("desk_case.name_of", side=side)
    number = visit.say("desk_case.ends_in", end=one.certno_end)
    filled = visit.say("desk_case.name_and_number", name=one.name, number=number)
    yield _line(visit, sheet, name, filled, filled)
    book = visit.desk.book(visit.now)
    parts = [
        region_name(book, one.region, visit.language),
        visit.say(f"desk_case.insured_{one.insured}"),
        visit.say(f"desk_case.status_{one.status}"),
        *([visit.say("desk_case.with_account")] if one.account else []),
        *([] if one.alive else [visit.say("desk_case.dead")]),
    ]
    well = one.status == "active" and one.alive
    wanted_dead = sheet.application.kind == "inheritance" and one.side == "about"
    title = visit.say("desk_case.insurance_of", side=side)
    register = visit.say("desk.comma").join(parts)
    yield _line(visit, sheet, title, "", register, "sharing", same=well or wanted_dead)


def _of_bond(visit: Visit, sheet: SheetTold) -> Iterator[Line]:
    bond = sheet.bond
    if bond is None:
        return
    ages = visit.say("desk.comma").join(
        visit.say("desk_case.age_of", side=visit.say(f"desk_case.side_{one.side}"), age=one.age) for one in sheet.people
    )
    relation = visit.say(f"desk_relations.{bond.relation}")
    rule = "relatives" if bond.quota_fen is None else "wallet_relatives"
    fits = all(one.passed for one in sheet.checks if one.name in ("ages", rule))
    yield _line(visit, sheet, visit.say("desk_case.relation"), relation, ages, rule, same=fits, checked=True)
    modes = visit.say("desk.comma").join(visit.say(f"desk_case.mode_{one}") for one in bond.modes)
    yield _line(visit, sheet, visit.say("desk_case.modes"), modes, "")
    for name, fen in (("quota", bond.quota_fen), ("cap", bond.cap_fen)):
        if fen is not None:
            yield _line(visit, sheet, visit.say(f"desk_case.{name}"), money(fen, visit.language), "", name)
    if bond.rank is not None:
        yield _line(visit, sheet, visit.say("desk_case.rank"), str(bond.rank), "", "order")
    if bond.until is not None:
        last = (bond.until - timedelta(seconds=1)).date().isoformat()
        yield _line(visit, sheet, visit.say("desk_case.until"), last, "")


def _of_receipts(visit: Visit, sheet: SheetTold) -> Iterator[Line]:
    told = sheet.application
    there = sum(1 for one in sheet.materials if one.paper == "invoice")
    filled = visit.say("desk_case.receipts_filled", count=len(told.receipts), numbers=" ".join(told.receipts))
    title, register = visit.say("desk_case.receipts"), visit.say("desk_case.receipts_there", count=there)
    yield _line(visit, sheet, title, filled, register, same=there >= len(told.receipts))
    yield _line(visit, sheet, visit.say("desk_case.total"), money(told.total_fen or 0, visit.language), "")


def _of_wallet(visit: Visit, sheet: SheetTold) -> Iterator[Line]:
    about = sheet.people[-1]
    if sheet.relation is not None:
        relation = visit.say(f"desk_relations.{sheet.relation}")
        yield _line(visit, sheet, visit.say("desk_case.relation"), relation, "", "wallet_relatives")
    place = region_name(visit.desk.book(visit.now), sheet.region or about.region, visit.language)
    open_ = visit.say("desk_case.wallet_open" if about.wallet_open else "desk_case.wallet_closed")
    yield _line(visit, sheet, visit.say("desk_case.wallet"), place, open_, "wallet", same=not about.wallet_open)


def _of_guardian(visit: Visit, sheet: SheetTold) -> Iterator[Line]:
    ward = sheet.people[-1]
    minor = "minor" if ward.age < _ADULT else "adult"
    age = visit.say(f"desk_case.ward_{minor}", age=ward.age)
    yield _line(visit, sheet, visit.say("desk_case.ward"), ward.name, age, same=minor == "minor")


def _of_phone(visit: Visit, sheet: SheetTold) -> Iterator[Line]:
    yield _line(visit, sheet, visit.say("desk_case.phone"), sheet.phone or "", "")


def _of_inheritance(visit: Visit, sheet: SheetTold) -> Iterator[Line]:
    dead = sheet.people[-1]
    lives = visit.say("desk_case.alive" if dead.alive else "desk_case.dead")
    title = visit.say("desk_case.inheritance")
    yield _line(visit, sheet, title, sheet.application.inheritance_id or "", lives, "inheritance", same=not dead.alive)


def _of_use(visit: Visit, sheet: SheetTold) -> Iterator[Line]:
    use, told = sheet.application.use, sheet.use
    if use is None or told is None:
        return
    place = visit.say("desk.comma").join(
        part
        for part in (region_name(visit.desk.book(visit.now), told.region, visit.language), told.institution)
        if part
    )
    at = taken(told.at)
    moment = visit.say("desk_case.use_at", day=f"{at:%Y-%m-%d}", clock=f"{at:%H:%M}")
    yield _line(visit, sheet, visit.say("desk_case.use"), moment, place)
    back = visit.say("desk_case.use_back", amount=money(told.back_fen, visit.language)) if told.back_fen else ""
    register = visit.say("desk_case.use_taken", amount=money(told.taken_fen, visit.language)) + back
    amount = money(use.amount_fen, visit.language)
    yield _line(visit, sheet, visit.say("desk_case.use_amount"), amount, register, same=not told.back_fen)
    why = [*(visit.say(f"records.why_{one}") for one in use.why), *([use.words] if use.words else [])]
    yield _line(visit, sheet, visit.say("desk_case.use_why"), visit.say("desk_case.and_").join(why), "", same=False)


def _nothing(_: Visit, __: SheetTold) -> Iterator[Line]:
    yield from ()


_OF_KIND: Final = {
    "bind": _of_bond,
    "reimbursement": _of_receipts,
    "open_wallet": _of_wallet,
    "guardian": _of_guardian,
    "change_phone": _of_phone,
    "inheritance": _of_inheritance,
    "doubted_use": _of_use,
}


def _line(
    visit: Visit,
    sheet: SheetTold,
    title: str,
    filled: str,
    register: str,
    check: str = "",
    *,
    same: bool = True,
    checked: bool = False,
) -> Line:
    """Return a line; the last column tells the check of that name. `checked`: what differs is a check of its own."""
    found = next((one for one in sheet.checks if check and one.name == check and one.rule is not None), None)
    passed = found is None or found.passed
    rule, path = "", ""
    if found is not None and found.rule is not None:
        outcome = visit.say("console.passed" if found.passed else "console.look")
        rule = visit.say("desk_case.outcome", outcome=outcome, rule=found.rule.title)
        path = visit.link(f"/rules/{found.rule.rule}")
    return Line(
        title=title,
        filled=filled,
        register=register,
        rule=rule,
        path=path,
        same=same and passed,
        doubt=not same and passed and not checked,
    )
