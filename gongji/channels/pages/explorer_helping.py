"""E3: can I help whom? One question at a time, no login, nobody looked up; the engine of the real check answers."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, time
from typing import Any, Final

from msgspec import Struct

from gongji.channels.pages.asking import Asked, Filled, View, known_region, region_groups, region_name
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.domain.refusals import Refused
from gongji.domain.texts import next_step, sentence
from gongji.rules.citing import Citation, cite
from gongji.rules.reading_titles import PREMIUMS
from gongji.services.family.prechecks import (
    TERMS,
    HelpAnswer,
    HelpAsked,
    distance_matters,
    elsewhere_in,
    payer_faults,
    precheck,
)

UNSURE: Final = "unsure"
MINE: Final = {
    "employee": ((Insurance.EMPLOYEE, True),),
    "employee_without": ((Insurance.EMPLOYEE, False),),
    "resident": ((Insurance.RESIDENT, False),),
    "none": ((Insurance.NONE, False),),
    UNSURE: ((Insurance.EMPLOYEE, True), (Insurance.EMPLOYEE, False), (Insurance.RESIDENT, False)),
}
"""What my insurance may be: with or without a personal account; all that are possible where I do not know."""
THEIRS: Final = {
    "employee": (Insurance.EMPLOYEE,),
    "resident": (Insurance.RESIDENT,),
    "none": (Insurance.NONE,),
    UNSURE: (Insurance.EMPLOYEE, Insurance.RESIDENT, Insurance.NONE),
}
"""What a relative's insurance may be."""
RELATIONS: Final = tuple(relation for relation in Relation if relation is not Relation.OTHER)
_QUESTIONS: Final = ("region", "mine", "relation", "theirs", "their_region", "same_place")
_SAME_PLACE: Final = ("same", "other")
_OFFERED: Final[Mapping[str, Collection[str]]] = {
    "mine": MINE,
    "relation": RELATIONS,
    "theirs": THEIRS,
    "same_place": _SAME_PLACE,
}
_NOON: Final = time(12)


class Reason(Struct, frozen=True):
    """Why not: the sentence, what to do, and the rule that says so."""

    what: str
    next: str
    row: Citation | None


def help_whom(asked: Asked) -> View:
    """Return the next question that matters, or the answers."""
    filled = Filled(asked)
    on = filled.day("on", asked.today)
    at = datetime.combine(on or asked.today, _NOON)
    question, families = _progress(asked, filled, at)
    told: dict[str, Any] = {
        "question": question,
        "values": filled.values,
        "faults": filled.faults if filled.has("asked") or "on" in filled.faults else {},
        "groups": region_groups(asked),
        "mine": [(name, asked.say(f"helping.mine_{name}")) for name in MINE],
        "theirs": [(name, asked.say(f"helping.theirs_{name}")) for name in THEIRS],
        "relations": [(relation.value, asked.say(f"helping.relation_{relation}")) for relation in RELATIONS],
        "places": [(name, asked.say(f"helping.{name}")) for name in _SAME_PLACE],
        "given": _given(asked, filled, question),
        "number": _QUESTIONS.index(question) + 1 if question else 0,
        "on": at.date(),
    }
    told["faulty"] = bool(told["faults"])
    if question is None:
        told |= _answered(asked, families, at)
        return View("explorer/help_answer.html", told)
    return View("explorer/help.html", told, 400 if told["faults"] else 200)


# Helpers


def _progress(asked: Asked, filled: Filled, at: datetime) -> tuple[str | None, list[HelpAsked]]:
    """Return the question to ask next, None where the answers decide, with the families that they may mean."""
    readers: dict[str, Callable[[], object]] = {
        "region": lambda: filled.region("region"),
        "mine": lambda: filled.choice("mine", MINE),
        "relation": lambda: filled.choice("relation", (relation.value for relation in RELATIONS)),
        "theirs": lambda: filled.choice("theirs", THEIRS),
        "their_region": lambda: filled.region("their_region"),
    }
    families: list[HelpAsked] = []
    for name, read in readers.items():
        if not filled.has(name) or read() is None or "on" in filled.faults:
            read()
            return name, []
        if name == "mine":
            families = list(_families(filled.values, at))
            if all(payer_faults(asked.book, one) for one in families):
                return None, families
    families = list(_families(filled.values, at))
    if any(distance_matters(asked.book, one) for one in families) and filled.choice("same_place", _SAME_PLACE) is None:
        return "same_place", []
    return None, families


def _families(values: dict[str, str], at: datetime) -> Iterator[HelpAsked]:
    """Yield the family for each insurance that is possible. What was not asked yet does not matter for what is."""
    region = values["region"]
    theirs = values.get("their_region") or region
    for scheme, account in MINE[values["mine"]]:
        for member_scheme in THEIRS.get(values.get("theirs", ""), (Insurance.RESIDENT,)):
            yield HelpAsked(
                at=at,
                region=region,
                scheme=scheme,
                account=account,
                relation=Relation(values.get("relation") or Relation.SPOUSE),
                member_region=elsewhere_in(theirs) if values.get("same_place") == "other" else theirs,
                member_scheme=member_scheme,
            )


def _given(asked: Asked, filled: Filled, question: str | None) -> list[tuple[str, str, str]]:
    """Return what was answered besides the question: it in short, the answer, and its name."""
    given = []
    for name in _QUESTIONS:
        words = _words(asked, name, filled.values.get(name, ""))
        if words and name != question:
            given.append((asked.say(f"helping.short_{name}"), words, name))
    return given


def _words(asked: Asked, name: str, value: str) -> str:
    """Return an answer in words, "" for one that was never offered."""
    if name in ("region", "their_region"):
        return region_name(asked.book, value, asked.language) if known_region(asked.book, value) else ""
    if value not in _OFFERED[name]:
        return ""
    return asked.say(f"helping.{value}" if name == "same_place" else f"helping.{name}_{value}")


def _answered(asked: Asked, families: list[HelpAsked], at: datetime) -> dict[str, object]:
    first = families[0]
    rules = asked.book.on(first.region, at.date())
    member_rules = asked.book.on(first.member_region, at.date())
    of_member = {"face_check", "sharers_per_member", "order"}
    rows = [cite(asked.book, (member_rules if rule in of_member else rules).rows[rule]) for rule in TERMS]
    answers = precheck(asked.book, families)
    return {
        "answers": [_told(asked, answer) for answer in answers],
        "terms": [row for row in rows if row.state == "value"],
        "unknown_terms": [row for row in rows if row.state == "unknown"],
        "anything": any(answer.verdict != "no" for answer in answers),
        "sharer_region": region_name(asked.book, first.region, asked.language),
    }


def _told(asked: Asked, answer: HelpAnswer) -> dict[str, object]:
    return {
        "use": answer.use,
        "verdict": answer.verdict,
        "depends": answer.depends,
        "reasons": [_reason(asked, one) for one in {one.reason: one for one in answer.refusals}.values()],
        "rests_on": [cite(asked.book, asked.book.row(rule_id)) for rule_id in answer.rests_on],
        "unknown": [cite(asked.book, asked.book.row(rule_id)) for rule_id in answer.unknown],
        "kinds": [PREMIUMS[kind].text(asked.language) for kind in answer.kinds],
    }


def _reason(asked: Asked, refused: Refused) -> Reason:
    ground = refused.ground
    row = cite(asked.book, asked.book.row(ground.rule_id)) if ground is not None and ground.rule_id else None
    return Reason(sentence(refused.reason, asked.language), next_step(refused.reason, asked.language), row)
