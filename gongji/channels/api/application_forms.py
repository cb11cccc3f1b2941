"""The forms in which applications are sent and told."""

from datetime import datetime
from functools import partial
from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from gongji.channels.api.bonds import FEN_MOST
from gongji.channels.api.desk import Desk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.outcomes import got
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.reasons import RuleTold, rules_told
from gongji.channels.api.relatives import Relative, find_relative
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.rules.policybook import PolicyBook
from gongji.services.family.inheritances import INHERITANCE, To
from gongji.services.office.application_effects import Effect
from gongji.services.office.application_kinds import (
    RISKS,
    BindReview,
    ChangePhone,
    Doubt,
    DoubtedUse,
    Guardian,
    Inheritance,
    Kind,
    OpenWallet,
    Reimbursement,
    Wanted,
    Wish,
    kind_of,
)
from gongji.services.office.applications import REFUSED, Stands, Step
from gongji.services.office.doubted_uses import doubted_use
from gongji.services.offices import APPEAL, open_until

T = TypeVar("T")

Number = Annotated[str, Meta(min_length=1, max_length=80)]
Numbers = Annotated[list[Number], Meta(max_length=20)]
Why = Annotated[str, Meta(min_length=2, max_length=1000)]


class WishSent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for. Each kind has fields of its own: those that it does not name stay null.

    bind: `bond_id`. reimbursement: `receipts`, `total_fen`. inheritance: `inheritance_id`, `to`. guardian: `person`.
    open_wallet: `person`, `relation`, `region`. change_phone: `phone`. doubted_use: `entry_id` of the caller's own
    statement, `why`, and `words` where that says too little.
    """

    kind: Kind
    materials: Numbers = []
    bond_id: Annotated[int, Meta(ge=1, le=2**53 - 1)] | None = None
    receipts: Annotated[list[Number], Meta(max_length=50)] | None = None
    total_fen: Annotated[int, Meta(ge=1, le=FEN_MOST)] | None = None
    inheritance_id: Number | None = None
    to: To | None = None
    person: Relative | None = None
    relation: Relation | None = None
    region: Annotated[str, Meta(pattern=r"^\d{6}$")] | None = None
    phone: Annotated[str, Meta(pattern="^1[3-9][0-9]{9}$")] | None = None
    entry_id: Annotated[int, Meta(ge=1, le=2**53 - 1)] | None = None
    why: Annotated[list[Doubt], Meta(min_length=1, max_length=5)] | None = None
    words: Annotated[str, Meta(max_length=1000)] = ""


class WantedTold(Struct, frozen=True, kw_only=True):
    """A paper that is wanted, one of several; the rule that asks for it, or who else does ("assumed": this office)."""

    any_of: list[str]
    rule: RuleTold | None
    source: str


class StepTold(Struct, frozen=True, kw_only=True):
    """What happened, when, by whom (an officer's number, or the role of anybody else), and why."""

    what: str
    at: Moment
    by: str
    for_another: bool
    why: str


class RiskTold(Struct, frozen=True, kw_only=True):
    """Why a second person has to decide."""

    name: str
    text: str


class UseDoubted(Struct, frozen=True, kw_only=True):
    """The use that is doubted, as the one who reports it knows it: when, whose, how much of his money; and why."""

    entry_id: int
    at: Moment
    patient_id: int
    amount_fen: int
    why: list[Doubt]
    words: str


class ApplicationTold(Struct, frozen=True, kw_only=True):
    """An application as it stands. `due_at` is null where no document sets a time; `appeal_until` while it may be.

    `told` is what the one-time notice named; `refused_by` the rule that a refusal rests on.
    """

    application_id: str
    kind: Kind
    state: str
    applicant_id: int
    office: str
    made_at: Moment
    due_at: Moment | None
    holder: str
    bond_id: int | None
    receipts: list[str]
    total_fen: int | None
    inheritance_id: str | None
    person_id: int | None
    use: UseDoubted | None
    materials: list[str]
    wanted: list[WantedTold]
    missing: list[WantedTold]
    told: list[WantedTold]
    risks: list[RiskTold]
    refused_by: RuleTold | None
    appealed: bool
    appeal_until: Moment | None
    effect: Effect | None
    steps: list[StepTold]


async def wish_of(desk: Desk, sent: WishSent, applicant_id: int) -> Wish:
    """Return what that person asks for. Raise ProblemError naming the field its kind wants and that is not there."""
    wish: Wish
    match sent.kind:
        case "bind":
            wish = BindReview(bond_id=_there("bond_id", sent.bond_id))
        case "reimbursement":
            receipts = tuple(_there("receipts", sent.receipts))
            wish = Reimbursement(receipts=receipts, total_fen=_there("total_fen", sent.total_fen))
        case "inheritance":
            number = _there("inheritance_id", sent.inheritance_id)
            claim = await desk.read(Scope(dossiers={number}), lambda books: books.dossiers.get(number))
            dead_id = claim.parties[0] if claim is not None and claim.kind == INHERITANCE else 0
            wish = Inheritance(inheritance_id=number, dead_id=dead_id, to=_there("to", sent.to))
        case "guardian":
            wish = Guardian(ward_id=await find_relative(desk, _there("person", sent.person)))
        case "open_wallet":
            relation = _there("relation", sent.relation)
            person_id = await find_relative(desk, _there("person", sent.person))
            wish = OpenWallet(person_id=person_id, relation=relation, region=sent.region)
        case "change_phone":
            wish = ChangePhone(phone=_there("phone", sent.phone))
        case "doubted_use":
            why, entry_id = _there("why", sent.why), _there("entry_id", sent.entry_id)
            wish = got(await desk.away(partial(doubted_use, desk.store, applicant_id, entry_id, why, sent.words)))
    return wish


def application_told(found: Stands, book: PolicyBook, lang: Language, now: datetime) -> ApplicationTold:
    """Return an application as it is told."""
    form, wish = found.application, found.application.wish
    until = open_until(form.decided_at, APPEAL) if form.decided_at is not None else None
    may_appeal = found.state == REFUSED and not form.appealed and until is not None and now < until
    rules = rules_told((form.rule_id,), book, lang) if form.rule_id else []
    return ApplicationTold(
        application_id=found.application_id,
        kind=kind_of(wish),
        state=found.state,
        applicant_id=found.applicant_id,
        office=found.office,
        made_at=told(found.made_at),
        due_at=told(found.due_at),
        holder=form.holder,
        bond_id=getattr(wish, "bond_id", None),
        receipts=list(getattr(wish, "receipts", ())),
        total_fen=getattr(wish, "total_fen", None),
        inheritance_id=getattr(wish, "inheritance_id", None),
        person_id=getattr(wish, "person_id", getattr(wish, "ward_id", None)),
        use=_use(wish) if isinstance(wish, DoubtedUse) else None,
        materials=list(form.materials),
        wanted=_wanted(found.wanted, book, lang),
        missing=_wanted(found.missing, book, lang),
        told=_wanted(form.told, book, lang),
        risks=[RiskTold(name=name, text=RISKS[name].zh if lang == "zh" else RISKS[name].en) for name in form.risks],
        refused_by=rules[0] if rules else None,
        appealed=form.appealed,
        appeal_until=told(until) if may_appeal else None,
        effect=form.effect,
        steps=[step_told(step) for step in form.steps],
    )


def step_told(step: Step) -> StepTold:
    """Return a step as it is told: the staff by number, nobody else by name."""
    actor = step.actor
    return StepTold(
        what=step.what,
        at=told(step.at),
        by=actor.officer or actor.role,
        for_another=bool(actor.acting_for),
        why=step.why,
    )


# Helpers


def _use(wish: DoubtedUse) -> UseDoubted:
    return UseDoubted(
        entry_id=wish.entry_id,
        at=told(wish.used_at),
        patient_id=wish.patient_id,
        amount_fen=wish.amount_fen,
        why=list(wish.why),
        words=wish.words,
    )


def _there(name: str, value: T | None) -> T:
    if value is None:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field=f"/{name}", said="this kind wants it")
    return value


def _wanted(several: tuple[Wanted, ...], book: PolicyBook, lang: Language) -> list[WantedTold]:
    return [
        WantedTold(
            any_of=sorted(one.any_of),
            rule=next(iter(rules_told((one.rule_id,), book, lang)), None) if one.rule_id is not None else None,
            source=one.source,
        )
        for one in several
    ]
