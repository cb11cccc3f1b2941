"""The citizen's pages about money: wallet, transfers, quotas, premiums, bills, records, balance."""

from litestar.handlers import HTTPRouteHandler

from gongji.channels.screens.citizen import (
    balance,
    bills,
    doubting,
    premiums,
    quota,
    records,
    sending,
    transfers,
    wallet,
)
from gongji.channels.screens.citizen.shell import handlers

ROOMS = (wallet, sending, transfers, quota, premiums, bills, records, doubting, balance)


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers."""
    return [handler for room in ROOMS for handler in handlers(room.PAGES)]
