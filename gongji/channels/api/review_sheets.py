"""The sheet by which an officer decides, over the API: the people, the papers, what the rules say of them."""

from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get
from msgspec import Struct

from gongji.channels.api.application_forms import ApplicationTold, application_told
from gongji.channels.api.applications import ApplicationId
from gongji.channels.api.bonds import BondTold, told_bond
from gongji.channels.api.declaring import reads
from gongji.channels.api.etags import tagged
from gongji.channels.api.materials import MaterialTold, material_told
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.outcomes import got
from gongji.channels.api.reasons import Reason, RuleTold, language, rules_told
from gongji.channels.api.reasons import told as reason_told
from gongji.channels.api.session import caller_of
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance, Status
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.rules.policybook import PolicyBook
from gongji.services.office.application_kinds import RISKS, taken_fen
from gongji.services.office.applications import application_scope
from gongji.services.office.review_sheets import Check, Sheet, Side, Someone, sheet

CERTNO_END = 4
"""So many characters of a number on somebody's papers are shown: enough to compare with the paper in hand."""


class SomeoneTold(Struct, frozen=True, kw_only=True):
    """One whom it concerns, as the register has him; of the number on his papers the end alone."""

    side: Side
    person_id: int
    name: str
    cert_type: str
    certno_end: str
    born: date
    age: int
    region: str
    insured: Insurance
    status: Status
    account: bool
    alive: bool
    wallet_open: bool


class SheetCheckTold(Struct, frozen=True, kw_only=True):
    """One thing that was looked at: passed, or left to the officer, with the rule or whoever else asks for it.

    `any_of` are the papers of which one is wanted; `text` says what is not as it should be.
    """

    name: str
    passed: bool
    rule: RuleTold | None
    source: str
    text: str
    reason: Reason | None
    any_of: list[str]


class UseSeen(Struct, frozen=True, kw_only=True):
    """A bill that somebody doubts, as it stands on record: where it was made, what it took, what went back to him.

    Of what was bought nothing is told: who may look at that opens a case.
    """

    institution: str
    place: str
    region: str
    at: Moment
    taken_fen: int
    back_fen: int


class SheetTold(Struct, frozen=True, kw_only=True):
    """An application as it is decided. What was filled in stands in `application`, `bond` and the fields beside them.

    Papers are not read by a machine here, so nothing of what stands on them is told. `grounds` are the rules that a
    refusal may name, first those by which a check was not passed.
    """

    application: ApplicationTold
    people: list[SomeoneTold]
    bond: BondTold | None
    relation: Relation | None
    region: str | None
    phone: str | None
    materials: list[MaterialTold]
    checks: list[SheetCheckTold]
    grounds: list[RuleTold]
    use: UseSeen | None


@get(f"{API}/applications/{{application_id:str}}/sheet", operation_id="readReviewSheet",
     summary="What an officer decides an application by", tags=["applications"],
     **reads("reviews.write", roles=("clerk", "reviewer")))  # fmt: skip
async def read_review_sheet(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId
) -> Response[SheetTold]:
    """Return it to the officer who has the application or had a hand in it, and to a second person who may check it."""
    actor, now, lang = caller_of(request).actor, desk.clock(), language(request)
    policy, named = desk.book(now), Scope(dossiers={application_id})
    dossier = await desk.read(named, lambda books: books.dossiers.get(application_id))
    scope = application_scope(dossier, application_id)
    found = got(await desk.read(scope, lambda books: sheet(books, policy, actor, application_id, now)))
    return tagged(request, _told(found, policy, lang, now))


# Helpers


def _told(found: Sheet, book: PolicyBook, lang: Language, now: datetime) -> SheetTold:
    wish = found.stands.application.wish
    bond = found.bond
    return SheetTold(
        application=application_told(found.stands, book, lang, now),
        people=[_someone(one, now.date()) for one in found.people],
        bond=told_bond(bond) if bond is not None else None,
        relation=bond.relation if bond is not None else getattr(wish, "relation", None),
        region=getattr(wish, "region", None),
        phone=getattr(wish, "phone", None),
        materials=[material_told(one) for one in found.materials],
        checks=[_check(one, book, lang) for one in found.checks],
        grounds=rules_told(found.grounds, book, lang),
        use=_use(found),
    )


def _use(found: Sheet) -> UseSeen | None:
    bill, place, payer_id = found.bill, found.place, found.stands.applicant_id
    if bill is None:
        return None
    back_fen = sum(
        fen for draw, fen in zip(bill.draws, bill.given_back, strict=True) if draw.account.book_id == payer_id
    )
    return UseSeen(
        institution=place.name if place is not None else "",
        place=place.kind if place is not None else "",
        region=bill.region,
        at=told(bill.settled_at),
        taken_fen=taken_fen(bill, payer_id),
        back_fen=back_fen,
    )


def _someone(one: Someone, today: date) -> SomeoneTold:
    insured, identity = one.insured, one.identity
    return SomeoneTold(
        side=one.side,
        person_id=insured.person_id,
        name=identity.name if identity is not None else "",
        cert_type=identity.cert_type if identity is not None else "",
        certno_end=identity.certno[-CERTNO_END:] if identity is not None else "",
        born=insured.born,
        age=insured.age(today),
        region=insured.region,
        insured=insured.insured,
        status=insured.status,
        account=insured.account,
        alive=insured.alive,
        wallet_open=insured.wallet_open,
    )


def _check(one: Check, book: PolicyBook, lang: Language) -> SheetCheckTold:
    rules = rules_told((one.row,), book, lang) if one.row is not None else []
    risk = RISKS.get(one.source)
    return SheetCheckTold(
        name=one.name,
        passed=one.passed,
        rule=rules[0] if rules else None,
        source="" if risk is not None else one.source,
        text=(risk.zh if lang == "zh" else risk.en) if risk is not None else "",
        reason=reason_told(one.refused, book, lang) if one.refused is not None else None,
        any_of=sorted(one.wanted.any_of) if one.wanted is not None else [],
    )
