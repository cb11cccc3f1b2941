"""The endpoints of OAuth that apps call themselves: tokens, revocation, introspection, keys, and what there is."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post

from gongji.channels.api.declaring import public
from gongji.channels.api.desk import Desk
from gongji.channels.api.limits import network_of
from gongji.channels.api.meta import TheDesk
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.session import OWN_WAY
from gongji.channels.identity.asked import Asking, fields_of
from gongji.channels.identity.clients import ALL_WAYS, SECRET_WAYS, Room
from gongji.channels.identity.desk import IdentityDesk, identity_of
from gongji.channels.identity.known import scope_of
from gongji.channels.identity.server import Server, Told
from gongji.channels.identity.tokens import ACCESS, ALGORITHM, REFRESH
from gongji.domain.faults import RequestFault
from gongji.domain.requests import Scope
from gongji.services.access.channel_apps import GrantType, app_scope, registered
from gongji.services.access.permissions import PERMISSIONS
from gongji.services.access.sessions import code_scope, session_of_code
from gongji.services.batching import Job, QueueFullError
from gongji.services.store import Books, StoreError

FORM: Final = "application/x-www-form-urlencoded"

Answering = Callable[[Server, Asking], Told]

_OPEN: Final[dict[str, Any]] = {"opt": {**public()["opt"], OWN_WAY: True}, "include_in_schema": False}


@post("/oauth/token", status_code=200, **_OPEN)
async def post_token(request: Request[Any, Any, Any], desk: TheDesk) -> Response[bytes]:
    """Give tokens for a code, a refresh token or an app's own credentials (RFC 6749)."""
    return await _answered(request, desk, Server.token)


@post("/oauth/revoke", status_code=200, **_OPEN)
async def post_revoke(request: Request[Any, Any, Any], desk: TheDesk) -> Response[bytes]:
    """End the session that a token is of (RFC 7009)."""
    return await _answered(request, desk, Server.revoked)


@post("/oauth/introspect", status_code=200, **_OPEN)
async def post_introspect(request: Request[Any, Any, Any], desk: TheDesk) -> Response[bytes]:
    """Tell whether a token holds, and what it says (RFC 7662)."""
    return await _answered(request, desk, Server.introspected)


@get("/oauth/jwks", **_OPEN)
async def read_keys(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the keys by which tokens can be checked (RFC 7517)."""
    keys = msgspec.json.encode(identity_of(request).tokens.public_keys())
    return Response(keys, media_type="application/jwk-set+json", headers={"cache-control": "public, max-age=300"})


@get(["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"], **_OPEN)
async def read_metadata(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return what there is (RFC 8414, OpenID Connect Discovery)."""
    told = msgspec.json.encode(metadata(identity_of(request).tokens.issuer))
    return Response(told, media_type="application/json", headers={"cache-control": "public, max-age=300"})


def metadata(issuer: str) -> dict[str, Any]:
    """Return what a deployment at that address says of itself."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "scopes_supported": list(PERMISSIONS),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GrantType),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(ALL_WAYS),
        "revocation_endpoint_auth_methods_supported": list(ALL_WAYS),
        "introspection_endpoint_auth_methods_supported": list(SECRET_WAYS),
        "authorization_response_iss_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "claims_supported": ["sub", "acr", "amr", "auth_time", "nonce", "sandbox"],
    }


def error(status: int, name: str, why: str, **headers: str) -> Response[bytes]:
    """Return an error as RFC 6749 has it; `why` is plain ASCII."""
    body = msgspec.json.encode({"error": name, "error_description": why})
    return Response(body, status_code=status, media_type="application/json", headers=_KEPT_BY_NOBODY | headers)


# Helpers

_KEPT_BY_NOBODY: Final = {"cache-control": "no-store", "pragma": "no-cache"}
_UNSURE: Final = "The outcome is not known: ask again; a code or refresh token that was taken is gone."


async def _answered(request: Request[Any, Any, Any], desk: Desk, answering: Answering) -> Response[bytes]:
    identity, now = identity_of(request), desk.clock()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return error(400, "invalid_request", f"The body has to be {FORM}.")
    try:
        fields = fields_of((await request.body()).decode("ascii"))
    except ValueError:
        return error(400, "invalid_request", "The body cannot be read.")
    client = request.scope.get("client")
    asking = Asking(
        method="POST",
        fields=fields,
        authorization=request.headers.get("authorization", ""),
        address=network_of(client[0]) if client else "",
    )
    try:
        return await _carried_out(identity, desk, asking, answering, now)
    except QueueFullError:
        return error(503, "temporarily_unavailable", "There is no room just now.", **{"retry-after": "1"})
    except StoreError:
        return error(503, "temporarily_unavailable", _UNSURE, **{"retry-after": "1"})


async def _carried_out(
    identity: IdentityDesk, desk: Desk, asking: Asking, answering: Answering, now: datetime
) -> Response[bytes]:
    client_id, secret = asking.credentials
    key = client_id, asking.address
    until = identity.wrong_secrets.shut_until(key, now)
    if until is not None:
        wait = {"retry-after": str(int((until - now).total_seconds()) + 1)}
        return error(429, "invalid_client", f"Too many wrong secrets; try again at {until:%H:%M:%S}.", **wait)
    right = await _is_right(identity, desk, client_id, secret)
    if right is False:
        identity.wrong_secrets.wrong(key, now)
    count = desk.limits.apps if right else desk.limits.addresses
    wait_seconds = count.take(client_id if right else asking.address, now).wait_seconds
    if wait_seconds:
        raise ProblemError(RequestFault.RATE_REACHED, headers={"retry-after": str(wait_seconds)})
    told = await _worked(identity, desk, asking, answering, now, proven=secret if right else "")
    headers = _KEPT_BY_NOBODY | {name: value for name, value in told.headers if name != "content-type"}
    return Response(told.body, status_code=told.status, media_type="application/json", headers=headers)


async def _is_right(identity: IdentityDesk, desk: Desk, client_id: str, secret: str) -> bool | None:
    """Tell whether a secret is the app's; None where none is told, or there is none to be guessed."""
    if not secret:
        return None
    found = await desk.read(app_scope(client_id), lambda books: registered(books, client_id))
    if found is None or not found.app.secret_hash:
        return None
    secret_hash = found.app.secret_hash
    right: bool = await identity.away(lambda: identity.secrets.is_right(secret, secret_hash))
    return right


async def _worked(
    identity: IdentityDesk, desk: Desk, asking: Asking, answering: Answering, now: datetime, *, proven: str
) -> Told:
    """Have the authorization server answer within a batch; whom it concerned is looked at anew afterwards."""
    code, sent = asking.get("code"), asking.get("refresh_token") or asking.get("token")
    held = identity.tokens.opened(sent, REFRESH, now) or identity.tokens.opened(sent, ACCESS, now) if sent else None
    scope = Scope()
    for one in (app_scope(asking.credentials[0]), code_scope(code) if code else Scope(), scope_of(held)):
        scope.merge(one)
    if asking.get("refresh_token") and held is not None and "turn" not in held:
        held = None

    def work(books: Books) -> bytes:
        room = Room(books=books, tokens=identity.tokens, at=now, fresh=desk.tokens, proven=proven, held=held)
        return msgspec.msgpack.encode(answering(Server(room), asking))

    answer = await asyncio.wrap_future(desk.batcher.submit(Job(scope, work)))
    for number in (session_of_code(code) if code else "", held["sid"] if held is not None else ""):
        identity.known.forget(number)
    return msgspec.msgpack.decode(answer, type=Told)
