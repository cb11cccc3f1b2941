"""The other side of a transfer: a relative known by a bond, or by his papers."""

from gongji.channels.api.desk import Desk
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.relatives import Relative, find_relative
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.store import Books


async def by_number(desk: Desk, whose: int, other_id: int, relation: Relation | None) -> Relation:
    """Return what a person, known by a bond with the caller, is to him: as the caller's own bond has it, or as told.

    Raise ProblemError for somebody with whom there is no bond, and where neither tells the relation or they differ.
    """

    def find(books: Books) -> tuple[bool, Relation | None]:
        mine = [one for one in books.registry.bonds_of_sharer(whose) if one.member_id == other_id]
        theirs = [one for one in books.registry.bonds_of_member(whose) if one.sharer_id == other_id]
        return bool(mine or theirs), mine[-1].relation if mine else None

    known, stands = await desk.read(Scope(people={whose}), find)
    if not known:
        raise refused(Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond"))
    if stands is not None and relation not in (None, stands):
        raise refused(Refused(Refusal.IDENTITY_MISMATCH, subject="relation"))
    found = stands or relation
    if found is None:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field="relation", said="no bond of the caller's tells it")
    return found


async def by_papers(desk: Desk, whose: int, relative: Relative) -> int:
    """Return the number of a person by his papers. Raise ProblemError for nobody, for another name, for the caller."""
    found = await find_relative(desk, relative)
    if found == whose:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field="/relative", said="that is the caller himself")
    return found
