"""E5: what would this bill cost whom? Filled in from fees or a receipt; the address holds it all, and no names."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time
from typing import Final

from msgspec import Struct

from gongji.channels.figures import money
from gongji.channels.pages.asking import Asked, Filled, View, region_groups, region_name
from gongji.domain.bill import COMPONENTS, FeeClass, FeeKind, FeeLine, Parts, Visit
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance, Work
from gongji.rules.citing import Citation, cite
from gongji.rules.explain import PAYING, Explanation, Line, Witness
from gongji.rules.reading_titles import WORDS
from gongji.rules.settling import CoreSplit
from gongji.services.bills.estimates import PATIENT, EstimateAsked, Relative, estimate

RELATIVES_MOST: Final = 3
_RELATIONS: Final = (Relation.SPOUSE, Relation.CHILD, Relation.PARENT, Relation.SIBLING, Relation.GRANDCHILD,
                     Relation.GRANDPARENT)  # fmt: skip
_SCHEMES: Final = (Insurance.EMPLOYEE, Insurance.RESIDENT)
_KINDS: Final = (FeeKind.TREATMENT, FeeKind.DRUG, FeeKind.EXAM, FeeKind.DEVICE, FeeKind.CONSUMABLE,
                 FeeKind.REGISTRATION, FeeKind.VACCINE, FeeKind.CHECKUP)  # fmt: skip
_FROM_FEES: Final = ("in_full", "in_part", "outside")
_FROM_A_RECEIPT: Final = ("fund", *(f"part_{component}" for component in COMPONENTS))
_PIECES: Final = {
    "fund": "fund",
    "hospital": "fund",
    "own": "own",
    "wallet": "own",
    "shared": "relative",
    "cash": "cash",
}
_TITLES: Final = {"own": "bill.own", "wallet": "bill.own", "cash": "bill.cash"}
_NOT_DONE: Final = frozenset({"skipped", "refused"})
_NOON: Final = time(12)
EXAMPLE: Final = (
    "by=fees&region=310000&scheme=employee&work=retired&age=72&visit=outpatient&level=2&kind=treatment"
    "&total=1200&in_full=800&in_part=300&in_part_rate=10&outside=100&own_carry=50&r1=child&r1_carry=2000"
)
"""A bill filled in, for whoever wants to see one first."""


class Piece(Struct, frozen=True):
    """A piece of the bar and its line in the key."""

    kind: str
    title: str
    amount_fen: int

    @property
    def shape(self) -> tuple[str, int]:
        """Return what the chart needs."""
        return self.kind, self.amount_fen


def cost(asked: Asked) -> View:
    """Return the form, and below it who would pay what."""
    filled = Filled(asked)
    by = filled.values.get("by", "fees")
    told: dict[str, object] = {
        "by": by if by in ("fees", "receipt") else "fees",
        "groups": region_groups(asked),
        "schemes": [(one.value, _word(asked, one)) for one in _SCHEMES],
        "works": [(one.value, _word(asked, one)) for one in Work],
        "visits": [(one.value, _word(asked, one)) for one in Visit],
        "levels": [(str(level), asked.say(f"bill.level_{level}")) for level in (1, 2, 3)],
        "kinds": [(one.value, _word(asked, one)) for one in _KINDS],
        "relations": [(one.value, asked.say(f"helping.relation_{one}")) for one in _RELATIONS],
        "components": [(f"part_{one}", _word(asked, one)) for one in COMPONENTS],
        "relatives": range(1, RELATIVES_MOST + 1),
        "example": EXAMPLE,
        "settled": None,
    }
    if filled.has("region") or filled.has("total"):
        bill = _read(asked, filled, by)
        if not filled.faults and bill is not None:
            told |= _result(asked, bill)
    values = {"on": asked.today.isoformat(), "work": Work.IN_SERVICE.value, "kind": FeeKind.TREATMENT.value}
    told |= {"values": values | filled.values, "faults": filled.faults, "faulty": bool(filled.faults)}
    return View("explorer/bill.html", told, 400 if filled.faults else 200)


# Helpers


def _word(asked: Asked, name: str) -> str:
    return WORDS[name].text(asked.language)


def _read(asked: Asked, filled: Filled, by: str) -> EstimateAsked | None:
    """Return the bill as it was filled in; None with faults, which stand in the order of the page."""
    region = filled.region("region")
    place = filled.region("place") if filled.has("place") else region
    on = filled.day("on", asked.today)
    scheme, work = filled.choice("scheme", _SCHEMES), filled.choice("work", Work)
    age = filled.number("age", 0, 120, 40)
    visit = filled.choice("visit", Visit)
    level = filled.number("level", 1, 3, 2)
    kind = filled.choice("kind", FeeKind) if by != "receipt" and filled.has("kind") else FeeKind.TREATMENT
    lines, split = (None, _receipt(asked, filled)) if by == "receipt" else (_fees(asked, filled, kind), None)
    own = filled.fen("own_current"), filled.fen("own_carry")
    before = filled.fen("deducted"), filled.fen("fund_used")
    relatives = tuple(_relatives(filled, region))
    if region is None or place is None or on is None or scheme is None or work is None or visit is None or kind is None:
        return None
    return EstimateAsked(
        at=datetime.combine(on, _NOON),
        region=region,
        place_region=place,
        scheme=scheme,
        work=work,
        age=age,
        visit=visit,
        level=level,
        kind=kind,
        lines=lines,
        split=split,
        own_current_year_fen=own[0],
        own_carry_over_fen=own[1],
        deducted_fen=before[0],
        fund_fen=before[1],
        relatives=relatives,
    )


def _fees(asked: Asked, filled: Filled, kind: FeeKind | None) -> tuple[FeeLine, ...]:
    total_fen = filled.fen("total")
    in_full_fen, in_part_fen, outside_fen = (filled.fen(name) for name in _FROM_FEES)
    rate = filled.number("in_part_rate", 0, 100, 0)
    over_fen = filled.fen("over")
    if over_fen > in_part_fen:
        filled.fault("over", "bill.over_too_much", most=money(in_part_fen, asked.language))
    _same(asked, filled, total_fen, in_full_fen + in_part_fen + outside_fen)
    of = kind or FeeKind.TREATMENT
    lines = (
        FeeLine(in_full_fen, FeeClass.A, of),
        FeeLine(in_part_fen, FeeClass.B, of, first_self_pay=rate * 100, over_limit_fen=over_fen),
        FeeLine(outside_fen, FeeClass.C, of),
    )
    return tuple(line for line in lines if line.amount_fen)


def _receipt(asked: Asked, filled: Filled) -> CoreSplit:
    total_fen = filled.fen("total")
    fund_fen, *part_fens = (filled.fen(name) for name in _FROM_A_RECEIPT)
    _same(asked, filled, total_fen, fund_fen + sum(part_fens))
    layers = (("hifp_pay", fund_fen),) if fund_fen else ()
    return CoreSplit(layers=layers, hospital_fen=0, parts=Parts(*part_fens))


def _same(asked: Asked, filled: Filled, total_fen: int, parts_fen: int) -> None:
    """Note by how much the parts miss the total."""
    if not total_fen:
        filled.fault("total", "bill.no_total")
    elif total_fen != parts_fen:
        key = "bill.parts_too_little" if parts_fen < total_fen else "bill.parts_too_much"
        figures = {"total": total_fen, "parts": parts_fen, "off": abs(total_fen - parts_fen)}
        filled.fault("total", key, **{name: money(fen, asked.language) for name, fen in figures.items()})


def _relatives(filled: Filled, region: str | None) -> Iterable[Relative]:
    for number in range(1, RELATIVES_MOST + 1):
        current_fen, carry_fen = filled.fen(f"r{number}_current"), filled.fen(f"r{number}_carry")
        if not filled.has(f"r{number}"):
            if current_fen or carry_fen:
                filled.fault(f"r{number}", "forms.choose_one")
            continue
        relation = filled.choice(f"r{number}", _RELATIONS)
        place = filled.region(f"r{number}_region") if filled.has(f"r{number}_region") else region
        if relation is not None and place is not None:
            yield Relative(
                relation=_seen_from_the_relative(relation),
                region=place,
                current_year_fen=current_fen,
                carry_over_fen=carry_fen,
            )


def _seen_from_the_relative(relation: Relation) -> Relation:
    """Return what the patient is to a relative, who is `relation` to the patient."""
    return _TURNED.get(relation, relation)


_TURNED: Final = {
    Relation.CHILD: Relation.PARENT,
    Relation.PARENT: Relation.CHILD,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
    Relation.GRANDPARENT: Relation.GRANDCHILD,
}


def _result(asked: Asked, bill: EstimateAsked) -> dict[str, object]:
    found = estimate(asked.book, bill, _names(asked, bill), asked.language)
    parts = zip(COMPONENTS, found.parts or (), strict=False)
    return {
        "settled": found.parts is not None,
        "lines": [_told(asked, line) for line in found.told.lines if line.step not in _NOT_DONE],
        "not_done": [_told(asked, line) for line in found.told.lines if line.step in _NOT_DONE],
        "unknown": _cited(asked, found.told.unknown),
        "pieces": _pieces(asked, found.told),
        "personal": [(_word(asked, name), fen) for name, fen in parts if fen],
        "in_pots": _in_pots(asked, bill),
        "region_name": region_name(asked.book, bill.region, asked.language),
        "day": bill.at.date(),
    }


def _told(asked: Asked, line: Line) -> dict[str, object]:
    return {"line": line, "counts": line.step in PAYING, "rows": _cited(asked, line.witnesses)}


def _cited(asked: Asked, witnesses: Iterable[Witness]) -> list[Citation]:
    return [cite(asked.book, asked.book.row(one.rule_id)) for one in witnesses]


def _names(asked: Asked, bill: EstimateAsked) -> dict[int, str]:
    """Return what everybody is called: by relation, with a number where there are two of one."""
    words = [asked.say(f"helping.relation_{_seen_from_the_relative(one.relation)}") for one in bill.relatives]
    several, seen = Counter(words), Counter[str]()
    names = {PATIENT: asked.say("bill.patient")}
    for number, word in enumerate(words, start=2):
        seen[word] += 1
        names[number] = f"{word} {seen[word]}" if several[word] > 1 else word
    return names


def _pieces(asked: Asked, told: Explanation) -> list[Piece]:
    """Return the bar: each payer once, funds first, cash last."""
    sums: dict[tuple[str, str], int] = {}
    for line in told.lines:
        if line.step in PAYING:
            key = _PIECES[line.step], asked.say(_TITLES[line.step]) if line.step in _TITLES else line.who
            sums[key] = sums.get(key, 0) + line.amount_fen
    return [Piece(kind, title, fen) for (kind, title), fen in sums.items() if fen]


def _in_pots(asked: Asked, bill: EstimateAsked) -> bool:
    """Tell whether a relative's money is set aside first where the relative is insured."""
    return any(asked.book.on(one.region, bill.at.date()).plan.pot for one in bill.relatives)
