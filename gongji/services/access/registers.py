"""Registers 登记: what other authorities know of people, asked by a small protocol; docs/registers.md describes it.

An answer says what the register has. Where it cannot be asked the answer is `Unknown`, which is never a "no": whoever
asked goes on by papers, or waits.
"""

from datetime import date, datetime
from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

CertType = Annotated[str, Meta(min_length=1, max_length=6, description="psn_cert_type, as in the national tables.")]
CertNumber = Annotated[str, Meta(min_length=1, max_length=50)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]
RequestId = Annotated[str, Meta(min_length=1, max_length=64, description="Of the one who asks; comes back.")]
Region = Annotated[str, Meta(pattern=r"^\d{6}$", description="医保区划, six digits.")]


class Paper(Struct, frozen=True, kw_only=True):
    """A paper and the name on it."""

    certificate_type: CertType
    certificate_number: CertNumber
    name: Name


class FaceQuestion(Struct, frozen=True, kw_only=True):
    """Is that the face of the one on the paper? `proof` is what the check on the phone gave; no picture is sent."""

    request_id: RequestId
    paper: Paper
    proof: Annotated[str, Meta(min_length=1, max_length=4096)]


class FaceAnswer(Struct, frozen=True, kw_only=True):
    """The outcome; "unknown" where the register has no picture of the person."""

    request_id: RequestId
    as_of: datetime
    outcome: Literal["passed", "failed", "unknown"]


class PersonQuestion(Struct, frozen=True, kw_only=True):
    """Who is that, does he live, and who are his relatives (家庭图谱)?"""

    request_id: RequestId
    paper: Paper


class Relative(Struct, frozen=True, kw_only=True):
    """A relative: what he is to the person asked about, by GB/T 4761 in two digits, and his paper."""

    relationship: Annotated[
        str, Meta(pattern=r"^\d{2}$", description="GB/T 4761: 10 spouse, 50 parent, 20 or 30 child.")
    ]
    paper: Paper


class PersonAnswer(Struct, frozen=True, kw_only=True):
    """What the population register has. What it does not know of somebody it has is null."""

    request_id: RequestId
    as_of: datetime
    found: bool
    name_agrees: bool | None = None
    alive: bool | None = None
    died_on: date | None = None
    relatives: tuple[Relative, ...] = ()


class MarriageQuestion(Struct, frozen=True, kw_only=True):
    """Are these two married to each other?"""

    request_id: RequestId
    one: Paper
    other: Paper


class MarriageAnswer(Struct, frozen=True, kw_only=True):
    """What the marriage register has of the two; "unknown" where it does not reach back so far."""

    request_id: RequestId
    as_of: datetime
    state: Literal["married", "divorced", "none", "unknown"]
    since: date | None = None


class InsuranceQuestion(Struct, frozen=True, kw_only=True):
    """Where is that person insured, other than in `besides`?"""

    request_id: RequestId
    paper: Paper
    besides: Region | None = None


class Insured(Struct, frozen=True, kw_only=True):
    """An insurance relation: 310 employee or 390 resident, and how it stands."""

    region: Region
    insutype: Literal["310", "390"]
    status: Literal["active", "suspended", "ended"]


class InsuranceAnswer(Struct, frozen=True, kw_only=True):
    """The insurance relations that a register of other provinces has."""

    request_id: RequestId
    as_of: datetime
    insured: tuple[Insured, ...] = ()


class Unknown(Struct, frozen=True):
    """The register could not be asked; `why` is for the log and names nobody."""

    why: str


PATHS = {
    FaceQuestion: "/v1/face-checks",
    PersonQuestion: "/v1/people",
    MarriageQuestion: "/v1/marriages",
    InsuranceQuestion: "/v1/insurances",
}
"""Where each question goes, below the address of a register."""


class Registers(Protocol):
    """The registers of other authorities. To be asked away from the event loop; nothing is raised."""

    def face(self, question: FaceQuestion) -> FaceAnswer | Unknown:
        """Return whether it is that face."""
        ...

    def person(self, question: PersonQuestion) -> PersonAnswer | Unknown:
        """Return what the population register has."""
        ...

    def marriage(self, question: MarriageQuestion) -> MarriageAnswer | Unknown:
        """Return whether two are married."""
        ...

    def insurance(self, question: InsuranceQuestion) -> InsuranceAnswer | Unknown:
        """Return where else somebody is insured."""
        ...


class NoRegisters:
    """No register can be asked: everything is unknown."""

    def face(self, _: FaceQuestion) -> FaceAnswer | Unknown:
        """Return that it is unknown."""
        return _NONE

    def person(self, _: PersonQuestion) -> PersonAnswer | Unknown:
        """Return that it is unknown."""
        return _NONE

    def marriage(self, _: MarriageQuestion) -> MarriageAnswer | Unknown:
        """Return that it is unknown."""
        return _NONE

    def insurance(self, _: InsuranceQuestion) -> InsuranceAnswer | Unknown:
        """Return that it is unknown."""
        return _NONE


_NONE = Unknown("no register is set up")
