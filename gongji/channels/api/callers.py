"""Who asks: the person, clerk or system behind an access token, and what the token allows."""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from gongji.services.acts import Actor

Role = Literal["citizen", "clerk", "reviewer", "inspector", "auditor", "system"]


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks. `subject` is the person, 0 for a clerk or a system; `clerk` a clerk's name, "" for everybody else.

    `client` is the registered channel app, `scopes` what the token allows. `acting_for` is the person it is done for by
    another, 0 where everybody acts for himself; `mandate` the dossier that allows it. `face` is the outcome of a face
    check (passed, failed_twice, under_16, helper), "" for none; `sandbox` tells that a sandbox vouches for him.
    `proved_at` is when that was proved, None where nobody knows.
    `staff_no` and `office` are a clerk's number and the region of his desk.
    """

    client: str
    role: Role = "citizen"
    subject: int = 0
    clerk: str = ""
    scopes: frozenset[str] = frozenset()
    acting_for: int = 0
    mandate: str = ""
    face: str = ""
    proved_at: datetime | None = None
    sandbox: bool = False
    staff_no: str = ""
    office: str = ""

    @property
    def person_id(self) -> int:
        """Return the person whose business it is, 0 for nobody's: himself, unless he acts for another."""
        return self.acting_for or self.subject

    @property
    def actor(self) -> Actor:
        """Return the caller as he stands on record."""
        return Actor(
            channel=self.client,
            role=self.role,
            person_id=self.subject,
            clerk=self.clerk,
            acting_for=self.acting_for,
            mandate=self.mandate,
            sandbox=self.sandbox,
            staff_no=self.staff_no,
            office=self.office,
        )


class Identity(Protocol):
    """Knows who is behind an access token."""

    async def caller(self, token: str, now: datetime) -> Caller | None:
        """Return who asks, None for a token that is unknown, expired or revoked. Called on the event loop."""
        ...


class NobodyKnown:
    """Knows nobody: every token is refused, as long as no sign-in is set up."""

    async def caller(self, _token: str, _now: datetime) -> Caller | None:
        """Return None."""
        return None
