"""The form of a case file. Unknown keys, floats and wrong words are refused with the key's name."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct, field

from gongji.domain.bill import FeeClass, FeeKind, Place, Visit
from gongji.domain.family import Mode, Relation
from gongji.domain.insured import Insurance, Sex, Status, Work
from gongji.domain.refusals import Refusal
from gongji.rules.schema import Premium

Money = Annotated[str, Meta(pattern=r"^\d{1,13}\.\d{2}$")]
"""Yuan with two decimals, never negative."""
Sum = Annotated[str, Meta(pattern=r"^-?\d{1,13}\.\d{2}$")]
"""The same in an act, where a negative one is read and refused, as it would be in a message."""


class Form(Struct, forbid_unknown_fields=True, kw_only=True):
    """A table of a case file."""


class Used(Form):
    """What a person had used of this medical year before the case."""

    fund: Money = "0.00"
    deductible: Money = "0.00"
    stays: Annotated[int, Meta(ge=0)] = 0


class Person(Form, kw_only=True):
    """`[[person]]`."""

    id: str
    insured: Insurance
    status: Status = Status.ACTIVE
    work: Work = Work.IN_SERVICE
    retired_on: date | None = None
    born: date = date(1980, 1, 1)
    sex: Sex | None = None
    region: str | None = None
    account: bool | None = None
    current_year: Money = "0.00"
    carry_over: Money = "0.00"
    wallet: Literal["none", "open"] = "none"
    wallet_balance: Money = "0.00"
    own_face_check: bool = True
    suspended_until: date | None = None
    enrolled_months: int = 24
    tier: str | None = None
    used: Used = field(default_factory=Used)
    filed_away: bool = False
    credential_active: bool = True


class StandingBond(Form, kw_only=True):
    """`[[bond]]`."""

    sharer: str
    member: str
    relation: Relation
    since: datetime
    modes: list[Mode] = field(default_factory=lambda: [Mode.PAY, Mode.PREMIUM])
    until: datetime | None = None
    rank: int | None = None
    cap: Money | None = None
    quota: Money | None = None
    pot: Money | None = None
    confirmed: bool = True


class Expect(Form):
    """`[act.expect]`: at least one key."""

    fund: Money | None = None
    own: Money | None = None
    shared: dict[str, Money] | None = None
    wallet: Money | None = None
    cash: Money | None = None
    balance: dict[str, Money] = {}
    current_year: dict[str, Money] = {}
    carry_over: dict[str, Money] = {}
    wallet_balance: dict[str, Money] = {}
    free: dict[str, Money] = {}
    refused: Refusal | None = None
    skipped: dict[str, Refusal] = {}
    state: str | None = None
    freed: Money | None = None
    most: Money | None = None
    paid: Money | None = None
    returned: dict[str, Money] = {}
    cash_back: Money | None = None
    credited: Money | None = None
    bonds: dict[str, str] = {}


class Act(Form, tag_field="do", kw_only=True):
    """`[[act]]`; `do` chooses the kind."""

    expect: Expect
    at: datetime | None = None


class Fee(Form, kw_only=True):
    """`[[act.fee]]`."""

    amount: Sum
    fee_class: FeeClass = field(default=FeeClass.A, name="class")
    kind: FeeKind | None = None
    first_self_pay: str = "0"
    over_limit: Sum = "0.00"


class PartsForm(Form):
    """`parts = { … }`."""

    deductible: Sum = "0.00"
    copay: Sum = "0.00"
    first_self_pay: Sum = "0.00"
    over_limit: Sum = "0.00"
    off_catalogue: Sum = "0.00"


class Settle(Act, tag="settle", kw_only=True):
    """A bill."""

    patient: str
    id: str | None = None
    credential_of: str | None = None
    place: Place = Place.HOSPITAL
    designated: bool = True
    level: Literal[1, 2, 3] = 2
    region: str | None = None
    visit: Visit | None = None
    admitted: date | None = None
    takes_wallet: bool = True
    scan: list[str] | None = None
    swipe: Literal[1, 2] | None = None
    personal_part: Sum | None = None
    parts: PartsForm | None = None
    fee: list[Fee] | None = None


class Bind(Act, tag="bind", kw_only=True):
    """Forming a bond."""

    sharer: str
    member: str
    relation: Relation
    modes: list[Mode] = field(default_factory=lambda: [Mode.PAY, Mode.PREMIUM])
    since: datetime | None = None
    until: datetime | None = None
    rank: int | None = None
    cap: Sum | None = None
    quota: Sum | None = None
    proof: list[Literal["hukou", "birth_certificate", "marriage_certificate", "pledge"]] = []
    second_side: bool = False
    review: bool = False


class Pair(Act, kw_only=True):
    """An act on a standing bond."""

    sharer: str
    member: str


class Confirm(Pair, tag="confirm", kw_only=True):
    """The member confirms."""


class Review(Pair, tag="review", kw_only=True):
    """The clerk passes it."""


class Unbind(Pair, tag="unbind", kw_only=True):
    """The bond ends."""


class SetRank(Pair, tag="set_rank", kw_only=True):
    """The order."""

    rank: int


class SetCap(Pair, tag="set_cap", kw_only=True):
    """The sharer's limit."""

    cap: Sum


class SetQuota(Pair, tag="set_quota", kw_only=True):
    """The frozen quota."""

    quota: Sum


class Allocate(Act, tag="allocate", kw_only=True):
    """Money into the pot."""

    sharer: str
    amount: Sum
    member: str | None = None


class OpenWallet(Act, tag="open_wallet", kw_only=True):
    """A wallet."""

    person: str
    region: str | None = None
    phone: str | None = None


class Transfer(Act, tag="transfer", kw_only=True):
    """A wallet transfer."""

    sender: str
    receiver: str
    relation: Relation
    amount: Sum
    id: str | None = None
    from_: Literal["account", "wallet"] = field(default="account", name="from")


class Accept(Act, tag="accept", kw_only=True):
    """Receiving it."""

    transfer: str


class PassTime(Act, tag="pass_time", kw_only=True):
    """Time passes."""

    to: datetime


class PayPremium(Act, tag="premium", kw_only=True):
    """A premium."""

    payer: str
    insured: str
    kind: Premium
    amount: Sum
    id: str | None = None
    product: str | None = None
    receipt: str | None = None
    year: int | None = None


class Refund(Act, tag="refund", kw_only=True):
    """A refund."""

    of: str
    amount: Sum | None = None


class Credit(Act, tag="credit", kw_only=True):
    """A monthly credit."""

    person: str
    base: Sum | None = None
    months: int = 1


class Suspend(Act, tag="suspend", kw_only=True):
    """A suspension."""

    person: str
    reason: Literal["violation", "arrears"]
    until: date | None = None


class EndInsurance(Act, tag="end_insurance", kw_only=True):
    """The insurance ends."""

    person: str


class MoveRegion(Act, tag="move_region", kw_only=True):
    """The insurance moves."""

    person: str
    region: str


class Die(Act, tag="die", kw_only=True):
    """A death."""

    person: str


AnyAct = (
    Settle | Bind | Confirm | Review | Unbind | SetRank | SetCap | SetQuota | Allocate | OpenWallet | Transfer
    | Accept | PassTime | PayPremium | Refund | Credit | Suspend | EndInsurance | MoveRegion | Die
)  # fmt: skip


class Case(Form, kw_only=True):
    """A whole file."""

    name: str
    region: str
    at: datetime
    act: list[AnyAct]
    source: str | None = None
    grade: Literal["official", "portal", "derived"] | None = None
    person: list[Person] = []
    bond: list[StandingBond] = []


class CaseError(ValueError):
    """The file is not a case; the message names the key."""


def read_case(content: dict[str, Any]) -> Case:
    """Return the case in a parsed TOML file. Raise CaseError naming the key that is wrong."""
    try:
        case = msgspec.convert(_moments(content), Case)
    except msgspec.ValidationError as fault:
        raise CaseError(str(fault)) from fault
    moment = case.at
    for number, act in enumerate(case.act):
        if not content["act"][number]["expect"]:
            raise CaseError(f"act[{number}].expect: at least one key is wanted")
        moment = max(moment, act.to) if isinstance(act, PassTime) else act.at or moment
        if isinstance(act, Settle):
            _one_way(act, number)
            _admission(act, number, moment)
    if not case.act:
        raise CaseError("act: at least one is wanted")
    labels = [person.id for person in case.person]
    for label in labels:
        if labels.count(label) > 1:
            raise CaseError(f"person.id: {label!r} stands twice")
    _known_people(case, set(labels))
    return case


def _known_people(case: Case, labels: set[str]) -> None:
    """Refuse a bond or an expectation about somebody whom no [[person]] describes; an act may name a stranger."""
    pairs_seen: set[tuple[str, str]] = set()
    for number, bond in enumerate(case.bond):
        if bond.sharer == bond.member or (bond.sharer, bond.member) in pairs_seen:
            raise CaseError(f"bond[{number}]: {bond.sharer} and {bond.member} cannot be bound, or are bound already")
        if bond.until is None:
            pairs_seen.add((bond.sharer, bond.member))
    named = {f"bond[{number}]": {bond.sharer, bond.member} for number, bond in enumerate(case.bond)}
    for number, act in enumerate(case.act):
        several = [getattr(act.expect, key) or {} for key in _BY_PERSON]
        pairs = {label for pair in act.expect.bonds for label in pair.split(">")}
        named[f"act[{number}].expect"] = pairs.union(*several)
    for key, people in named.items():
        for label in sorted(people - labels):
            raise CaseError(f"{key}: no [[person]] has the id {label!r}")


_BY_PERSON = ("shared", "balance", "current_year", "carry_over", "wallet_balance", "free", "skipped", "returned")


def _one_way(act: Settle, number: int) -> None:
    given = [name for name in ("personal_part", "parts", "fee") if getattr(act, name) is not None]
    if len(given) != 1:
        raise CaseError(f"act[{number}]: exactly one of personal_part, parts, fee is wanted, not {given or 'none'}")


def _admission(act: Settle, number: int, moment: datetime) -> None:
    if act.admitted is not None and act.visit is not Visit.INPATIENT:
        raise CaseError(f'act[{number}].admitted: wanted only with visit = "inpatient"')
    if act.admitted is not None and act.admitted > moment.date():
        raise CaseError(f"act[{number}].admitted: a day not after the act's is wanted")


_DATES = {"admitted", "born", "retired_on", "suspended_until"}


def _moments(value: Any, key: str = "") -> Any:
    """Return `value` with plain dates as moments where a moment is wanted, and moments without their offset."""
    if isinstance(value, dict):
        day_wanted = value.get("do") == "suspend"
        return {name: item if day_wanted and name == "until" else _moments(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_moments(item) for item in value]
    if isinstance(value, datetime):
        if key in _DATES:
            return value.date()
        return value.replace(tzinfo=None) if value.tzinfo is None else _in_shanghai(value)
    if isinstance(value, date) and key not in _DATES:
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # all case times are Asia/Shanghai
    return value


def _in_shanghai(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
