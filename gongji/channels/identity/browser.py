"""Where browsers come: signing in at the provider, agreeing to an app, coming back, signing out."""

import asyncio
import hashlib
import hmac
import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec
from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oidc.core.errors import ConsentRequiredError, LoginRequiredError
from litestar import Response, get, post

from gongji.channels.api.declaring import public
from gongji.channels.api.desk import Desk
from gongji.channels.api.meta import TheDesk
from gongji.channels.identity.asked import Asking, OAuthAsked, fields_of, plain
from gongji.channels.identity.clients import App, Room
from gongji.channels.identity.desk import IdentityDesk, identity_of
from gongji.channels.identity.pages import (
    COOKIE,
    KNOCK_COOKIE,
    AnyRequest,
    fault_page,
    jar_of,
    language_for,
    masked,
    page,
    said_page,
    sent_on,
)
from gongji.channels.identity.server import Server, Told
from gongji.channels.identity.tokens import KNOCK, KNOCK_LIFE
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import next_step, sentence
from gongji.services.access.channel_apps import app_scope, scopes_of
from gongji.services.access.permissions import CITIZEN, PERMISSIONS
from gongji.services.access.sessions import (
    SESSION_LIFE,
    SIGN_IN_LIFE,
    SignIn,
    Who,
    put_sign_in,
    sign_in_of,
    sign_in_scope,
    sign_out,
)
from gongji.services.access.signing_in import (
    Knock,
    Proven,
    ProviderError,
    sign_in_names,
    still_there,
    who_is,
    who_scope,
)
from gongji.services.batching import Job
from gongji.services.store import Books

_OPEN: Final[dict[str, Any]] = {"opt": public()["opt"], "include_in_schema": False}

AGREED: Final = "agree"


@get("/oauth/authorize", **_OPEN)
async def read_authorize(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Ask a person whether an app may act for him; somebody who is not signed in is sent to the provider first."""
    identity, now, asking = identity_of(request), desk.clock(), _asking(request)
    secret = jar_of(identity.tokens.issuer).read(request, COOKIE)
    found = await _looked(identity, desk, asking, secret, now)
    if isinstance(found, OAuth2Error):
        return _turned_down(request, found)
    if "none" in asking.get("prompt").split():
        return _turned_down(request, _unseen(asking, found))
    anew = found.signed_in is not None and _wants_anew(asking, found.signed_in, now)
    if found.signed_in is None or anew:
        return await _to_provider(request, identity, desk, _here_again(request), anew=anew)
    return _consent_page(request, found, secret)


@post("/oauth/authorize", **_OPEN)
async def post_authorize(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Send a person back to an app, with a code if he agreed."""
    identity, now, asking = identity_of(request), desk.clock(), _asking(request)
    secret = jar_of(identity.tokens.issuer).read(request, COOKIE)
    form = dict(_fields((await request.body()).decode("ascii", "replace")))
    if not secret or not _same(form.get("guard", ""), _guard(secret, _query(request))):
        return fault_page(request, "form", status=403)
    found = await _looked(identity, desk, asking, secret, now)
    if isinstance(found, OAuth2Error):
        return _turned_down(request, found)
    if found.signed_in is None:
        return await _to_provider(request, identity, desk, _here(request))
    may = form.get("decision") == AGREED and scopes_of(found.app.app, found.signed_in.who.role)
    agreed = found.signed_in if may else None

    def work(books: Books) -> bytes:
        room = Room(books=books, tokens=identity.tokens, at=now, fresh=desk.tokens)
        return msgspec.msgpack.encode(Server(room).consented(asking, agreed))

    scope = app_scope(asking.get("client_id"))
    told = await asyncio.wrap_future(desk.batcher.submit(Job(scope, work)))
    return sent_on(msgspec.msgpack.decode(told, type=Told).location)


@get("/oauth/callback", **_OPEN)
async def read_callback(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Take in what the provider says of somebody who comes back from it."""
    identity, now = identity_of(request), desk.clock()
    jar = jar_of(identity.tokens.issuer)
    knock = _knock_of(identity, jar.read(request, KNOCK_COOKIE), now)
    told = dict(_fields(_query(request)))
    if knock is None or not _same(told.get("state", ""), knock.state) or identity.provider is None:
        return fault_page(request, "expired", status=400)
    if "code" not in told:
        return fault_page(request, "refused", status=403, again=knock.back)
    provider, code = identity.provider, told["code"]
    try:
        proven: Proven = await identity.away(lambda: provider.proven(knock, code, now))
    except ProviderError as fault:
        return fault_page(request, "down", status=503, again=knock.back, detail=_ascii(str(fault)))
    return await _signed_in(request, desk, knock, proven, now)


@get("/oauth/sign-in", **_OPEN)
async def read_sign_in(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Sign a person in to the pages of this deployment, and lead back to the one named by `back`.

    With prompt=login he proves anew who he is, however lately he did: what is kept of a face check is fresh then.
    """
    told = dict(_fields(_query(request)))
    back, anew = told.get("back", "/"), told.get("prompt") == "login"
    where = back if _OWN_PAGE.fullmatch(back) else "/"
    return await _to_provider(request, identity_of(request), desk, where, anew=anew)


@post("/oauth/sign-out", **_OPEN)
async def post_sign_out(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """End the sign-in of this browser."""
    jar = jar_of(identity_of(request).tokens.issuer)
    secret = jar.read(request, COOKIE)
    if secret:

        def work(books: Books) -> bytes:
            sign_out(books, secret)
            return b""

        await asyncio.wrap_future(desk.batcher.submit(Job(sign_in_scope(secret), work)))
    return sent_on("/", jar.kept(COOKIE, "", 0))


# Helpers

_OWN_PAGE: Final = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path of our own: browsers drop tabs and line ends, and take a backslash for a slash, so there is none of them."""


_ANEW: Final = frozenset({"login", "select_account"})
_SECONDS: Final = re.compile(r"[0-9]{1,9}")


class _Found(msgspec.Struct, frozen=True):
    """A sound request for consent: of which app, for which scopes, and who is signed in."""

    app: App
    scopes: tuple[str, ...]
    signed_in: SignIn | None
    name: str


async def _looked(
    identity: IdentityDesk, desk: Desk, asking: Asking, secret: str, now: datetime
) -> "_Found | OAuth2Error":
    """Return what is asked and who is there, or why it cannot be."""
    scope = app_scope(asking.get("client_id"))
    if secret:
        scope.merge(sign_in_scope(secret))

    def work(books: Books) -> _Found | OAuth2Error:
        room = Room(books=books, tokens=identity.tokens, at=now, fresh=desk.tokens)
        asked = OAuthAsked(asking)
        try:
            plain(asking)
            Server(room).get_consent_grant(asked)  # type: ignore[no-untyped-call]  # the library's own
        except OAuth2Error as error:
            return error
        if not isinstance(asked.client, App):
            raise TypeError("a sound request names an app")
        signed_in = sign_in_of(books, secret, now) if secret else None
        return _Found(asked.client, tuple(asked.scope.split()), signed_in, "")

    found: _Found | OAuth2Error = await desk.read(scope, work)
    if isinstance(found, OAuth2Error) or found.signed_in is None:
        return found
    who = found.signed_in.who
    if not await desk.read(who_scope(who), lambda books: still_there(books, who)):
        return msgspec.structs.replace(found, signed_in=None)
    return msgspec.structs.replace(found, name=await _name_of(desk, who))


async def _name_of(desk: Desk, who: Who) -> str:
    if not who.person_id:
        return who.clerk
    identity = await desk.read(
        Scope(people={who.person_id}), lambda books: books.registry.identities.get(who.person_id)
    )
    return masked(identity.name) if identity is not None else ""


def _consent_page(request: AnyRequest, found: _Found, secret: str) -> Response[bytes]:
    if found.signed_in is None:
        raise TypeError("nobody is asked who has not signed in")
    who, app, language = found.signed_in.who, found.app.app, language_for(request)
    if app.staff == (who.role == CITIZEN):
        return fault_page(request, "staff" if app.staff else "people", status=403, sandbox=who.sandbox)
    may = scopes_of(app, who.role)
    uri = dict(_fields(_query(request)))["redirect_uri"]
    told = {
        "app": app.name_zh if language == "zh" else app.name_en,
        "who": found.name,
        "lines": [PERMISSIONS[name].text(language) for name in found.scopes if name in may],
        "days": SESSION_LIFE.days,
        "place": urlsplit(uri).hostname or urlsplit(uri).scheme,
        "action": _here(request),
        "guard": _guard(secret, _query(request)),
        "sandbox": who.sandbox,
    }
    return page(request, "consent", told, leads_to=uri)


def _unseen(asking: Asking, found: _Found) -> OAuth2Error:
    """Return why an app gets nothing without a page being shown: people are asked each time."""
    fault = LoginRequiredError if found.signed_in is None else ConsentRequiredError
    return fault(redirect_uri=asking.get("redirect_uri"), state=asking.get("state"))


def _wants_anew(asking: Asking, signed_in: SignIn, now: datetime) -> bool:
    """Tell whether an app wants who sits there now to prove who he is, however lately somebody did there."""
    if _ANEW & set(asking.get("prompt").split()):
        return True
    most = asking.get("max_age")
    proved_at = signed_in.who.proved_at or signed_in.since
    return bool(most) and (not _SECONDS.fullmatch(most) or (now - proved_at).total_seconds() > int(most))


async def _to_provider(
    request: AnyRequest, identity: IdentityDesk, desk: Desk, back: str, *, anew: bool = False
) -> Response[bytes]:
    """Send a browser to the provider, with what ties the answer to it."""
    provider, now = identity.provider, desk.clock()
    if provider is None:
        return fault_page(request, "down", status=503)
    verifier = desk.tokens() + desk.tokens()
    knock = Knock(state=desk.tokens(), nonce=desk.tokens(), verifier=verifier, back=back, anew=anew)
    try:
        where: str = await identity.away(lambda: provider.address(knock))
    except ProviderError as fault:
        return fault_page(request, "down", status=503, again=back, detail=_ascii(str(fault)))
    kept = identity.tokens.knock(msgspec.to_builtins(knock), now)
    cookie = jar_of(identity.tokens.issuer).kept(KNOCK_COOKIE, kept, int(KNOCK_LIFE.total_seconds()))
    return sent_on(where, cookie)


async def _signed_in(request: AnyRequest, desk: Desk, knock: Knock, proven: Proven, now: datetime) -> Response[bytes]:
    """Note who sits at a browser, or say why the books do not know him."""
    identity, secret = identity_of(request), desk.tokens()
    key = proven.staff_no or (proven.cert_type, proven.certno)
    until = identity.wrong_people.shut_until(key, now)
    if until is not None:
        return fault_page(request, "locked", status=429, sandbox=proven.sandbox, until=f"{until:%H:%M}")

    def work(books: Books) -> bytes:
        who = who_is(books, proven)
        if isinstance(who, Refused):
            return msgspec.msgpack.encode(who)
        put_sign_in(books, secret, who, now)
        return b""

    scope = sign_in_names(proven)
    scope.merge(sign_in_scope(secret))
    told = await asyncio.wrap_future(desk.batcher.submit(Job(scope, work)))
    jar = jar_of(identity.tokens.issuer)
    if told:
        identity.wrong_people.wrong(key, now)
        reason = msgspec.msgpack.decode(told, type=Refused).reason
        language = language_for(request)
        what, following = sentence(reason, language), next_step(reason, language)
        return said_page(request, what, following, status=403, sandbox=proven.sandbox, again=knock.back)
    identity.wrong_people.right(key)
    kept = jar.kept(COOKIE, secret, int(SIGN_IN_LIFE.total_seconds()))
    return sent_on(knock.back, kept, jar.kept(KNOCK_COOKIE, "", 0))


def _turned_down(request: AnyRequest, fault: OAuth2Error) -> Response[bytes]:
    """Send the error to the app, where it is known where that is; tell it on a page otherwise."""
    if not fault.redirect_uri:
        return fault_page(request, "request", status=400, detail=f"{fault.error}: {fault.get_error_description()}")
    issuer = identity_of(request).tokens.issuer
    _, _, headers = fault()
    return sent_on(add_params_to_uri(dict(headers)["Location"], [("iss", issuer)]))


def _knock_of(identity: IdentityDesk, kept: str, now: datetime) -> Knock | None:
    claims = identity.tokens.opened(kept, KNOCK, now) if kept else None
    return msgspec.convert(claims, Knock) if claims is not None else None


def _asking(request: AnyRequest) -> Asking:
    return Asking(method="GET", fields=_fields(_query(request)))


def _fields(text: str) -> tuple[tuple[str, str], ...]:
    """Return the fields, none of a text that cannot be read."""
    try:
        return fields_of(text)
    except ValueError:
        return ()


def _query(request: AnyRequest) -> str:
    query: bytes = request.scope["query_string"]
    return query.decode("ascii", "replace")


def _here(request: AnyRequest) -> str:
    return f"{request.scope['path']}?{_query(request)}"


def _here_again(request: AnyRequest) -> str:
    """Return where to come back to once somebody has just proved who he is: he is not to do so twice."""
    kept = [(name, value) for name, value in _fields(_query(request)) if name not in ("prompt", "max_age")]
    return f"{request.scope['path']}?{urlencode(kept)}"


def _same(told: str, wanted: str) -> bool:
    """Tell whether two texts are one; it takes as long, wherever they differ."""
    return hmac.compare_digest(told.encode(), wanted.encode())


def _guard(secret: str, query: str) -> str:
    """Return what a form has to bring back: only who sees the page at this browser can know it, for this request."""
    return hmac.new(secret.encode(), b"consent\n" + query.encode(), hashlib.sha256).hexdigest()


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()
