"""How a page is shown: who may come, what he sent, what is around it; each in both languages, for GET and POST."""

import gzip
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, route
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from gongji.channels.api.callers import Caller
from gongji.channels.api.desk import Desk
from gongji.channels.api.limits import network_of
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.session import OWN_WAY
from gongji.channels.identity.desk import identity_of
from gongji.channels.identity.pages import COOKIE, jar_of
from gongji.channels.pages.asking import Download, View
from gongji.channels.pages.assets import encoding_for, page_headers
from gongji.channels.pages.rendering import render
from gongji.channels.screens.guards import is_guard
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.uploads import UploadError, taken_in
from gongji.channels.screens.visiting import (
    ACTING_COOKIE,
    GUARD,
    LANGUAGES,
    SIZES,
    Acting,
    Found,
    Page,
    Sent,
    Visit,
    fields_of,
    plain,
    redirected,
)
from gongji.domain.faults import RequestFault
from gongji.domain.texts import Language
from gongji.services.access import unfinished
from gongji.services.office.mandates import allowed, mandate_scope
from gongji.services.store import Books


class Shell(Struct, frozen=True, kw_only=True):
    """Around which pages: the template of what went wrong, who may come, and what every page of it is told.

    `roles` are those who may; empty for everybody, signed in or not.
    """

    fault: str
    roles: frozenset[str]
    around: Callable[[Visit], dict[str, Any]]
    cookie: str = COOKIE
    sign_in: str = "/oauth/sign-in"


def page(path: str, show: Page, shell: Shell) -> list[HTTPRouteHandler]:
    """Return the handlers of a page, in both languages, for GET and POST.

    Where the path has {draft:str}, an unfinished form, what somebody sends whose sign-in has run out is kept in it.
    """
    return [_handler(f"{prefix}{path}" or "/", language, show, shell) for language, prefix in LANGUAGES.items()]


# Helpers


def _handler(path: str, language: Language, show: Page, shell: Shell) -> HTTPRouteHandler:
    @route(path, http_method=["GET", "POST"], include_in_schema=False, opt={OWN_WAY: True}, status_code=200)
    async def answer(request: Request[Any, Any, Any]) -> Response[bytes]:
        return _from_behind(request, await _answered(request, language, show, shell))

    return answer


def _from_behind(request: Request[Any, Any, Any], response: Response[bytes]) -> Response[bytes]:
    """Tell a script that sent a form from behind its page where to go on; sent there, it would not learn where."""
    if request.method == "POST" and request.headers.get("x-fragment") and response.status_code == 303:
        response.status_code = 200
    return response


async def _answered(request: Request[Any, Any, Any], language: Language, show: Page, shell: Shell) -> Response[bytes]:
    visit = await _visit(request, language, shell)
    if isinstance(visit, Response):
        return visit
    try:
        if visit.sent:
            await _take_in(visit)
        if shell.roles and not visit.known:
            return await _to_sign_in(visit, shell)
        _look_at(visit, shell)
        return _sent(visit, await show(visit), shell)
    except TroubleError as trouble:
        if trouble.signed_out and not visit.known:
            return await _to_sign_in(visit, shell)
        told = {"trouble": trouble.problem, "back": visit.link("/")}
        return _sent(visit, View(shell.fault, told, trouble.problem.status), shell)


async def _visit(request: Request[Any, Any, Any], language: Language, shell: Shell) -> "Visit | Response[bytes]":
    """Return who visits, and count the visit: by person, and by address where nobody is signed in."""
    desk: Desk = request.app.state.desk
    identity, now = identity_of(request), desk.clock()
    jar = jar_of(identity.tokens.issuer)
    secret = jar.read(request, shell.cookie)
    caller = await identity.known.visitor(secret, now) if secret else None
    client = request.scope.get("client")
    if caller is not None:
        left = desk.limits.take(caller, now)
    else:
        left = desk.limits.addresses.take(network_of(client[0]) if client else "", now)
    if left.wait_seconds:
        raise ProblemError(RequestFault.RATE_REACHED, headers={"retry-after": str(left.wait_seconds)})
    acting = await _acting(desk, caller, jar.read(request, ACTING_COOKIE), now) if caller is not None else None
    return Visit(request, language, caller, secret if caller is not None else "", acting)


async def _acting(desk: Desk, caller: Caller, number: str, now: datetime) -> Acting | None:
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        return None
    person_id = int(number)

    def work(books: Books) -> Acting | None:
        if isinstance(allowed(books, caller.actor, person_id, now), RequestFault):
            return None
        identity = books.registry.identities.get(person_id)
        return Acting(person_id, identity.name if identity is not None else "")

    return await desk.read(mandate_scope(person_id), work)


def _look_at(visit: Visit, shell: Shell) -> None:
    """Raise TroubleError for whose business the page is not, and for a form that is none of our own."""
    if shell.roles and visit.caller.role not in shell.roles:
        raise TroubleError(visit.problem(RequestFault.NOT_YOUR_TASK))
    if visit.sent and visit.known and not is_guard(visit.secret, visit.form.pop(GUARD, "")):
        raise TroubleError(visit.problem(RequestFault.NOT_YOURS, GUARD))


async def _take_in(visit: Visit) -> None:
    """Read the fields that were sent. Raise TroubleError for what a form of ours does not send."""
    site = visit.request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none"):
        raise TroubleError(visit.problem(RequestFault.NOT_YOURS, "Sec-Fetch-Site"))
    kind = visit.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        try:
            sent = await taken_in(visit.request)
        except UploadError as fault:
            raise TroubleError(visit.problem(RequestFault.BODY_TOO_LONG, "Content-Type")) from fault
        visit.files = sent.files
        visit.several = {name: [plain(text) for text in texts] for name, texts in sent.fields.items()}
        visit.form = {name: texts[0] for name, texts in visit.several.items()}
        return
    if kind not in ("application/x-www-form-urlencoded", ""):
        raise TroubleError(visit.problem(RequestFault.KIND_NOT_TAKEN, "Content-Type"))
    body = await visit.request.body()
    visit.several = fields_of(body)
    visit.form = {name: texts[0] for name, texts in visit.several.items()}


async def _to_sign_in(visit: Visit, shell: Shell) -> Response[bytes]:
    """Send to the sign-in, and back here; what was sent is kept, if it was sent to an unfinished form."""
    draft = visit.names.get("draft", "")
    if visit.sent and draft:
        fields = {name: ",".join(texts) for name, texts in visit.several.items() if name != GUARD}
        await visit._kept(draft, partial(unfinished.fill_in, secret=draft, fields=fields, at=visit.now))  # noqa: SLF001  # ours
    return redirected(f"{shell.sign_in}?back={quote(visit.here, safe='')}")


def _sent(visit: Visit, found: Found, shell: Shell) -> Response[bytes]:
    if isinstance(found, Sent):
        return redirected(found.location, found.cookies)
    private = {"cache-control": "private, no-store", "vary": "cookie, accept-language, accept-encoding"}
    if isinstance(found, Download):
        more = {"content-disposition": f'attachment; filename="{found.name}"'}
        return Response(found.body, media_type=found.kind, headers={**private, **more})
    told = {**_around(visit), **shell.around(visit), **found.told}
    body = render(found.template, visit.language, told).encode()
    headers = {**page_headers(), **private}
    if encoding_for(visit.request.headers.get("accept-encoding", ""), {"gzip": b""}):
        body = gzip.compress(body, compresslevel=5, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(body, status_code=found.status, media_type="text/html; charset=utf-8", headers=headers)


def _around(visit: Visit) -> dict[str, Any]:
    """Return what every page is told."""
    size = visit.request.cookies.get("size", "")
    other = "/en" if visit.language == "zh" else ""
    told = visit.request.scope["query_string"].decode("latin-1")
    return {
        "size": size if size in SIZES else "s",
        "here": visit.path,
        "twin": f"{other}{visit.path}" + (f"?{told}" if told else ""),
        "guard": visit.guard if visit.known else "",
        "sandbox": visit.identity.sandbox is not None,
        "today": visit.now.date(),
        "now": visit.now,
        "caller": visit.caller if visit.known else None,
        "acting_for": visit.acting.name if visit.acting is not None else None,
        "stop_acting": visit.link("/help/acting"),
        "home": visit.link("/"),
        "help": visit.link("/help"),
    }
