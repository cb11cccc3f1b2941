"""Accounts over the API: what lies in a person's pockets now."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.params import PathParameter
from msgspec import Meta, Struct

from gongji.channels.api.declaring import reads
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.plain import PLAIN
from gongji.channels.api.problems import refused
from gongji.channels.api.session import own
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.services.accounts.balances import Balances, balances_of

ID_MOST: Final = 2**53 - 1
"""The largest number that every JSON reader keeps whole."""

PersonId = Annotated[int, PathParameter(ge=1, le=ID_MOST, description="The person's number in these books.")]
Fen = Annotated[int, Meta(description="Fen 分.")]


class BalancesTold(Struct, frozen=True):
    """What lies in a person's pockets, in fen 分.

    `held_fen` of the account is frozen by quotas for relatives, `free_fen` is the rest of it. The wallet, family pots
    and transfers on their way are not part of the account.
    """

    person_id: int
    current_year_fen: Fen
    carry_over_fen: Fen
    held_fen: Fen
    free_fen: Fen
    wallet_fen: Fen
    pots_fen: Fen
    transit_fen: Fen


@get(
    f"{API}/accounts/{{person_id:int}}/balances",
    operation_id="readBalances",
    summary="What lies in a person's pockets",
    tags=["accounts"],
    opt={PLAIN: True},
    **reads("accounts.read"),
)
async def read_balances(request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId) -> Response[BalancesTold]:
    """Return the balances of the caller, or of the person he acts for."""
    whose, now = own(request, person_id), desk.clock()
    found = await desk.read(Scope(people={whose}), lambda books: balances_of(books, desk.book(now), whose, now))
    if isinstance(found, Refused):
        raise refused(found)
    return tagged(request, _told(found))


# Helpers


def _told(found: Balances) -> BalancesTold:
    purse = found.purse
    return BalancesTold(
        person_id=found.person_id,
        current_year_fen=purse.current_year_fen,
        carry_over_fen=purse.carry_over_fen,
        held_fen=purse.held_fen,
        free_fen=purse.account_fen - purse.held_fen,
        wallet_fen=purse.wallet_fen,
        pots_fen=found.pots_fen,
        transit_fen=found.transit_fen,
    )
