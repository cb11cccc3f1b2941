"""Made-up regions for tests of single rules: whatever is not said is not in force, and whoever asks sees the row."""

from datetime import date, datetime
from typing import Any

import msgspec

from gongji.domain.bill import Component, FeeKind, Place
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.refusals import Ground, Refusal, Refused
from gongji.rules.policybook import EPOCH, PolicyBook, RegionDay, Row
from gongji.rules.schema import RULES

HOME, NEXT_TOWN, FAR = "990100", "990200", "980100"
"""A city, another of its province, and one of another province."""
AT = datetime(2026, 3, 2, 9, 30)
SHARER, MEMBER = 1, 2
_EVERYTHING = list(Component)
_USUAL: dict[str, Any] = {
    "own_credential": {},
    "sharing": {},
    "pay_mode": {},
    "premium_mode": {},
    "own_first": {},
    "wallet": {},
    "pays": dict.fromkeys(("own_current_year", "own_carry_over", "shared", "wallet"), _EVERYTHING),
    "uses": {place.value: list(FeeKind) for place in Place},
    "retained_minimum": {"fen": 100_00},
}


def rules_of(region: str = HOME, **said: Any) -> RegionDay:
    """Return the rules of a region on the day of `AT`: each value as in a policy file, or the word of an absence."""
    rows = []
    for rule in RULES:
        told = (_USUAL | said).get(rule, "not_in_force")
        if isinstance(told, str):
            rows.append(msgspec.convert({"rule": rule, "region": region, "start": EPOCH, "state": told}, Row))
        else:
            rows.append(Row(rule=rule, region=region, start=EPOCH, value=msgspec.convert(told, RULES[rule])))
    return PolicyBook(rows, {}, {region: region}, "made up").on(region, AT.date())


def no(reason: Refusal, rule: str, region: str = HOME, /, subject: Any = None, **figures: object) -> Refused:
    """Return the refusal that names this rule of the made-up region on the day of `AT`, with what was compared."""
    told = tuple((name, str(figure)) for name, figure in figures.items())
    return Refused(reason, Ground(f"{region}/{rule}/{EPOCH}", region, str(AT.date()), told), subject=subject)


def person(number: int = SHARER, /, region: Any = HOME, **other: Any) -> Insured:
    """Return an employee of 46 years whose wallet is open."""
    usual: dict[str, Any] = {"insured": Insurance.EMPLOYEE, "born": date(1980, 1, 1), "wallet_open": True}
    return Insured(person_id=number, region=region, **(usual | other))


def bond(number: int = 7, **other: Any) -> Bond:
    """Return the bond by which the sharer shares with a parent."""
    usual: dict[str, Any] = {"sharer_id": SHARER, "member_id": MEMBER, "relation": Relation.PARENT, "since": AT}
    return Bond(bond_id=number, **(usual | other))
