"""The family network over the API: whom the caller helps and who helps him, in one view."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter
from msgspec import Struct

from gongji.channels.api.bonds import BondTold, told_bond
from gongji.channels.api.declaring import reads
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.problems import refused
from gongji.channels.api.reasons import Reason, all_told, language
from gongji.channels.api.relatives import whose
from gongji.domain.refusals import Refused
from gongji.services.family.family_views import Direction, Generation, Kin, State, family_view

Ended = Annotated[bool, QueryParameter(description="Whether bonds that are over are told too.")]


class KinTold(Struct, frozen=True, kw_only=True):
    """One bond as the caller sees it; amounts in fen 分.

    `left_fen` is what cap, quota or pot leave, null where none limits it. `answer_by` is null where no rule sets a
    term, `earliest_end` where the sharer may end the bond today. `reasons` are why it pays no bill today.
    """

    bond: BondTold
    direction: Direction
    person_id: int
    name: str
    generation: Generation
    state: State
    left_fen: int | None
    pot_fen: int | None
    used_this_month_fen: int
    used_this_year_fen: int
    invitation_id: str | None
    answer_by: Moment | None
    earliest_end: date | None
    reasons: list[Reason]


class Family(Struct, frozen=True, kw_only=True):
    """The network of one person: the elder, those of his own age group, the younger, and all others."""

    elder: list[KinTold]
    same: list[KinTold]
    younger: list[KinTold]
    other: list[KinTold]
    used_this_month_fen: int
    """What others have used of the caller's money this month."""


@get(
    f"{API}/family",
    operation_id="readFamily",
    summary="Whom the caller helps, and who helps him",
    tags=["bonds"],
    **reads("bonds.read"),
)
async def read_family(request: Request[Any, Any, Any], desk: TheDesk, *, ended: Ended = False) -> Response[Family]:
    """Return both directions by generation; `ended` adds the bonds that are over."""
    person_id, now = whose(request), desk.clock()
    book, lang = desk.book(now), language(request)
    found = await desk.away(lambda: family_view(desk.store, book, person_id, now, ended=ended))
    if isinstance(found, Refused):
        raise refused(found)

    def kin_told(kin: Kin) -> KinTold:
        return KinTold(
            bond=told_bond(kin.bond),
            direction=kin.direction,
            person_id=kin.other_id,
            name=kin.name,
            generation=kin.generation,
            state=kin.state,
            left_fen=kin.left_fen,
            pot_fen=kin.pot_fen,
            used_this_month_fen=kin.used_this_month_fen,
            used_this_year_fen=kin.used_this_year_fen,
            invitation_id=kin.invitation_id or None,
            answer_by=told(kin.answer_by),
            earliest_end=kin.earliest_end,
            reasons=all_told(kin.reasons, book, lang),
        )

    by = {generation: [kin_told(kin) for kin in found if kin.generation == generation] for generation in _GENERATIONS}
    mine = {kin.other_id: kin.used_this_month_fen for kin in found if kin.direction == "i_help"}
    return tagged(request, Family(**by, used_this_month_fen=sum(mine.values())))


# Helpers

_GENERATIONS: tuple[Generation, ...] = ("elder", "same", "younger", "other")
