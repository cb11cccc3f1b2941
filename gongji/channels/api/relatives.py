"""A relative as the caller names him: by the number and the name on his papers, both of which have to fit."""

from typing import Annotated, Any

from litestar import Request
from msgspec import Meta, Struct

from gongji.channels.api.desk import Desk
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.session import caller_of
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.store import Books


class Relative(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Certificate type by the national code (01 for an ID card), number, and name."""

    certno: Annotated[str, Meta(min_length=1, max_length=50)]
    name: Annotated[str, Meta(min_length=1, max_length=50)]
    cert_type: Annotated[str, Meta(pattern="^[0-9]{2}$")] = "01"


def whose(request: Request[Any, Any, Any]) -> int:
    """Return the person whose business it is. Raise ProblemError for a caller who is nobody's."""
    person_id = caller_of(request).person_id
    if not person_id:
        raise ProblemError(RequestFault.NOT_YOURS)
    return person_id


async def find_relative(desk: Desk, relative: Relative) -> int:
    """Return the person's number. Raise ProblemError where nobody has these papers, or another name."""
    paper = ("certno", relative.certno.upper())

    def find(books: Books) -> int | Refused:
        person_id = books.registry.directory.get(paper)
        identity = books.registry.identities.get(person_id) if person_id is not None else None
        if person_id is None or identity is None:
            return Refused(Refusal.PERSON_UNKNOWN, subject="relative")
        if (identity.cert_type, identity.name) != (relative.cert_type, relative.name.strip()):
            return Refused(Refusal.IDENTITY_MISMATCH, subject="relative")
        return person_id

    found = await desk.read(Scope(certificates={paper}), find)
    if isinstance(found, Refused):
        raise refused(found)
    return found
