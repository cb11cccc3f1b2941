"""Signing somebody in whom no provider sent: at a kiosk, or on the tour of a sample server."""

import asyncio

import msgspec
from litestar.datastructures import Cookie

from gongji.channels.screens.visiting import Visit
from gongji.domain.refusals import Refused
from gongji.services.access.sessions import SIGN_IN_LIFE, put_sign_in, sign_in_scope, sign_out
from gongji.services.access.signing_in import Proven, sign_in_names, who_is
from gongji.services.batching import Job
from gongji.services.store import Books


async def let_in(visit: Visit, proven: Proven, cookie: str) -> Cookie | Refused:
    """Note who sits there, in place of whoever sat there before; return what the browser keeps, or why he is nobody."""
    secret, before = visit.desk.tokens(), visit.jar().read(visit.request, cookie)

    def work(books: Books) -> bytes:
        who = who_is(books, proven)
        if isinstance(who, Refused):
            return msgspec.msgpack.encode(who)
        sign_out(books, before)
        put_sign_in(books, secret, who, visit.now)
        return b""

    scope = sign_in_names(proven)
    scope.merge(sign_in_scope(secret))
    scope.merge(sign_in_scope(before))
    told = await asyncio.wrap_future(visit.desk.batcher.submit(Job(scope, work)))
    if told:
        return msgspec.msgpack.decode(told, type=Refused)
    return visit.jar().kept(cookie, secret, int(SIGN_IN_LIFE.total_seconds()))


async def let_out(visit: Visit, cookie: str) -> Cookie:
    """End whoever's sign-in the browser keeps, and have it forget."""
    secret = visit.jar().read(visit.request, cookie)

    def work(books: Books) -> bytes:
        sign_out(books, secret)
        return b""

    if secret:
        await asyncio.wrap_future(visit.desk.batcher.submit(Job(sign_in_scope(secret), work)))
    return visit.jar().kept(cookie, "", 0)
