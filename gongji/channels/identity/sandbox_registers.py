"""The sandbox of the registers: the same protocol, answered from the sample families."""

from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from litestar import Response, post

from gongji.channels import samples
from gongji.channels.api.declaring import public
from gongji.channels.api.meta import TheDesk
from gongji.channels.api.session import OWN_WAY
from gongji.channels.identity.pages import AnyRequest
from gongji.channels.samples import Sample
from gongji.domain.codes import insutype
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance, Sex
from gongji.services.access.registers import (
    PATHS,
    FaceAnswer,
    FaceQuestion,
    InsuranceAnswer,
    InsuranceQuestion,
    Insured,
    MarriageAnswer,
    MarriageQuestion,
    Paper,
    PersonAnswer,
    PersonQuestion,
    Relative,
)

ROOT: Final = "/sandbox/registers"

RESIDENT_ID: Final = "01"

_OPEN: Final[dict[str, Any]] = {"opt": {**public()["opt"], OWN_WAY: True}, "include_in_schema": False}

Q = TypeVar("Q", FaceQuestion, PersonQuestion, MarriageQuestion, InsuranceQuestion)


@post(f"{ROOT}{PATHS[FaceQuestion]}", status_code=200, **_OPEN)
async def post_face(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Answer with the outcome that the proof names: passed or failed."""
    question = _read(await request.body(), FaceQuestion)
    return _told(question, lambda one: face(one, desk.clock()))


@post(f"{ROOT}{PATHS[PersonQuestion]}", status_code=200, **_OPEN)
async def post_person(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Answer with the sample person and his sample family."""
    question = _read(await request.body(), PersonQuestion)
    return _told(question, lambda one: person(one, desk.clock()))


@post(f"{ROOT}{PATHS[MarriageQuestion]}", status_code=200, **_OPEN)
async def post_marriage(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Answer whether two sample people are spouses."""
    question = _read(await request.body(), MarriageQuestion)
    return _told(question, lambda one: marriage(one, desk.clock()))


@post(f"{ROOT}{PATHS[InsuranceQuestion]}", status_code=200, **_OPEN)
async def post_insurance(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Answer where a sample person is insured."""
    question = _read(await request.body(), InsuranceQuestion)
    return _told(question, lambda one: insurance(one, desk.clock()))


def face(question: FaceQuestion, now: datetime) -> FaceAnswer:
    """Return the outcome that the proof names, "unknown" for nobody of the samples."""
    found = _sample(question.paper)
    outcome: Any = question.proof if found is not None and question.proof in ("passed", "failed") else "unknown"
    return FaceAnswer(request_id=question.request_id, as_of=now, outcome=outcome)


def person(question: PersonQuestion, now: datetime) -> PersonAnswer:
    """Return the sample person, and those with whom he has a bond."""
    found = _sample(question.paper)
    if found is None:
        return PersonAnswer(request_id=question.request_id, as_of=now, found=False)
    return PersonAnswer(
        request_id=question.request_id,
        as_of=now,
        found=True,
        name_agrees=found.identity.name == question.paper.name,
        alive=found.insured.alive,
        relatives=tuple(_relatives(found)),
    )


def marriage(question: MarriageQuestion, now: datetime) -> MarriageAnswer:
    """Return whether a bond between the two says that they are spouses."""
    one, other = _sample(question.one), _sample(question.other)
    state: Any = "unknown"
    if one is not None and other is not None:
        spouses = {kin for kin, relation in _kin(one) if relation is Relation.SPOUSE}
        state = "married" if other.insured.person_id in spouses else "none"
    return MarriageAnswer(request_id=question.request_id, as_of=now, state=state)


def insurance(question: InsuranceQuestion, now: datetime) -> InsuranceAnswer:
    """Return where the sample person is insured, if it is elsewhere."""
    found = _sample(question.paper)
    if found is None or found.insured.insured is Insurance.NONE or found.insured.region == question.besides:
        return InsuranceAnswer(request_id=question.request_id, as_of=now)
    kind: Any = insutype(found.insured)
    relation = Insured(region=found.insured.region, insutype=kind, status=found.insured.status.value)
    return InsuranceAnswer(request_id=question.request_id, as_of=now, insured=(relation,))


# Helpers

_CODES: Final = {
    Relation.SPOUSE: ("10", "10"),
    Relation.PARENT: ("51", "52"),
    Relation.CHILD: ("20", "30"),
    Relation.SIBLING: ("70", "70"),
    Relation.GRANDPARENT: ("60", "60"),
    Relation.GRANDCHILD: ("40", "40"),
    Relation.CHILD_SPOUSE: ("28", "38"),
}
"""GB/T 4761 for a man and for a woman; what is not here (a spouse's parents among it) no sample family shows."""

_TURNED: Final = {
    Relation.PARENT: Relation.CHILD,
    Relation.CHILD: Relation.PARENT,
    Relation.GRANDPARENT: Relation.GRANDCHILD,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
    Relation.SPOUSE: Relation.SPOUSE,
    Relation.SIBLING: Relation.SIBLING,
}


def _read(body: bytes, form: type[Q]) -> Q | str:
    """Return a question, or what is wrong with it."""
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        return str(fault)


def _told(question: Any, answer: Any) -> Response[bytes]:
    told = {"error": question} if isinstance(question, str) else answer(question)
    status = 400 if isinstance(question, str) else 200
    headers = {"x-sandbox": "true"}
    return Response(msgspec.json.encode(told), status_code=status, media_type="application/json", headers=headers)


def _sample(paper: Paper) -> Sample | None:
    if paper.certificate_type != RESIDENT_ID:
        return None
    number = paper.certificate_number
    return next((one for one in samples.people().values() if one.identity.certno == number), None)


def _kin(found: Sample) -> list[tuple[int, Relation]]:
    """Return the people with whom a sample person has a bond, and what they are to him."""
    mine = found.insured.person_id
    kin: dict[int, Relation] = {}
    for family in samples.families():
        for bond in family.bond:
            sharer, member = samples.person_id(bond.sharer), samples.person_id(bond.member)
            if sharer == mine:
                kin[member] = bond.relation
            elif member == mine and bond.relation in _TURNED:
                kin.setdefault(sharer, _TURNED[bond.relation])
    return [*kin.items()]


def _relatives(found: Sample) -> list[Relative]:
    everyone = samples.people()
    return [
        Relative(relationship=_CODES[relation][everyone[kin].insured.sex is Sex.FEMALE], paper=_paper(everyone[kin]))
        for kin, relation in _kin(found)
        if relation in _CODES
    ]


def _paper(sample: Sample) -> Paper:
    identity = sample.identity
    return Paper(certificate_type=identity.cert_type, certificate_number=identity.certno, name=identity.name)
