"""What all transactions share: what they read from, what a task for the books is, and the papers people show."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from gongji.channels.national.envelope import LONGEST_GAP, Message
from gongji.channels.national.fields import Fields, MalformedError
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.registry.catalogue import Catalogue
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Settled
from gongji.services.outcomes import Done
from gongji.services.store import Books
from gongji.services.visits import Claim


class Watched(Struct, frozen=True, kw_only=True):
    """A bill as it was decided, for whoever explains it: `names` of patient and sharers by person id."""

    infno: str
    at: datetime
    patient: Insured
    decision: Settled
    names: dict[int, str]


class Desk(Struct, frozen=True, kw_only=True):
    """The rules, the catalogue, and `watch`, which is told of each bill decided (again when a batch is done again)."""

    policy: PolicyBook
    catalogue: Catalogue
    watch: Callable[[Watched], None] | None = None


class Output(Struct, frozen=True):
    """The output node of an accepted request, with what the record of the request keeps of it."""

    content: Any
    done: Done = Done()


class Task(Struct, frozen=True, kw_only=True):
    """A message read: the names it may touch and what is to be done. `claim`, `batch`: the lines it wants to settle."""

    scope: Scope
    act: Callable[[Books], Output | Refused]
    writes: bool = True
    claim: Claim | None = None
    batch: str = ""


Transaction = Callable[[Desk, Message, datetime], Task]
"""Reads the input of one message; raises MalformedError naming the field that cannot be read."""

_PAPERS: Final = {"01": "ec_token", "02": "certno", "03": "card_no"}


def credential(fields: Fields) -> tuple[str, str]:
    """Return the paper shown as the directory has it: 01 e-credential token, 02 ID number, 03 card number."""
    kind = _PAPERS.get(fields.text("mdtrt_cert_type"))
    if kind is None:
        raise MalformedError("mdtrt_cert_type", "应为 01 电子凭证、02 身份证或 03 社保卡")
    number = fields.text("mdtrt_cert_no")
    return kind, number.upper() if kind == "certno" else number


def claim_of(fields: Fields, message: Message) -> Claim:
    """Return the visit that a message means."""
    return Claim(fields.text("mdtrt_id"), fields.text("psn_no"), message.institution)


def scope_of(claim: Claim, *papers: tuple[str, str]) -> Scope:
    """Return the names of a visit, its patient and the papers shown."""
    return Scope(certificates={("psn_no", claim.psn_no), *papers}, visits={claim.visit_id})


def timely(fields: Fields, name: str, now: datetime) -> datetime:
    """Return a required moment at most a year from `now`. Raise MalformedError otherwise."""
    moment = fields.moment(name)
    if moment is None:
        raise MalformedError(name, "没有填")
    if abs(moment - now) > LONGEST_GAP:
        raise MalformedError(name, "与今天相差超过一年")
    return moment


def required_fen(fields: Fields, name: str) -> int:
    """Return a required amount in fen."""
    fen = fields.fen(name)
    if fen is None:
        raise MalformedError(name, "没有填")
    return fen
