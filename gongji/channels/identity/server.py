"""The authorization server: Authlib's, over the books of one batch. It knows no clock, no chance and no HTTP.

Errors are those of RFC 6749. What is written is written with the batch, also when the answer is an error: a stolen code
or refresh token ends its session.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc9207 import IssuerParameter
from msgspec import Struct

from gongji.channels.identity.asked import Asking, OAuthAsked, plain, single
from gongji.channels.identity.clients import ALL_WAYS, SECRET_WAYS, App, Room
from gongji.channels.identity.grants import CodeGrant, CredentialsGrant, OnlyS256, RefreshGrant
from gongji.channels.identity.tokens import ACCESS_LIFE, Claims
from gongji.services.access.channel_apps import GrantType
from gongji.services.access.permissions import OPENID, PERMISSIONS
from gongji.services.access.sessions import Session, SignIn, end, session_of

INTROSPECT: Final = "tokens.introspect"


class Told(Struct, kw_only=True):
    """An answer of the authorization server; `location` is where the browser is sent, "" for nowhere."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    location: str = ""


class Server(AuthorizationServer):
    """Answers one request within one batch."""

    def __init__(self, room: Room) -> None:
        """Take what to answer with."""
        super().__init__(scopes_supported=list(PERMISSIONS))
        self.room = room
        self.register_token_generator("default", self._made)  # type: ignore[arg-type]  # any callable will do
        self.register_grant(CodeGrant, [OnlyS256()])
        self.register_grant(RefreshGrant)
        self.register_grant(CredentialsGrant)
        self.register_endpoint(_Revocation)
        self.register_endpoint(_Introspection)
        self.register_extension(_issuer)

    def token(self, asking: Asking) -> Told:
        """Return the answer of the token endpoint."""
        return self._once(asking) or self.create_token_response(asking)  # type: ignore[return-value]  # handle_response

    def revoked(self, asking: Asking) -> Told:
        """Return the answer of the revocation endpoint (RFC 7009)."""
        return self._endpoint("revocation", asking)

    def introspected(self, asking: Asking) -> Told:
        """Return the answer of the introspection endpoint (RFC 7662)."""
        return self._endpoint("introspection", asking)

    def consented(self, asking: Asking, agreed: SignIn | None) -> Told:
        """Return where to send the browser: with a code for who `agreed`, with access_denied for None.

        Raise OAuth2Error where it cannot be sent anywhere.
        """
        request = OAuthAsked(asking)
        grant = self.get_consent_grant(request)  # type: ignore[no-untyped-call]  # the library's own
        return self.create_authorization_response(request, grant_user=agreed, grant=grant)  # type: ignore[return-value]  # the same

    def query_client(self, client_id: str) -> Any:
        """Return an app that may be used, or None."""
        return self.room.client(client_id)

    def save_token(self, token: Any, request: Any) -> None:
        """Do nothing: the session is in the books already, and no token is kept."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody."""

    def create_oauth2_request(self, request: Any) -> Any:
        """Return what is asked as Authlib reads it."""
        return request if isinstance(request, OAuthAsked) else OAuthAsked(request)

    def handle_response(self, status: int, body: Any, headers: Any) -> Told:
        """Return an answer."""
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        several: Sequence[tuple[str, str]] = [*headers.items()] if isinstance(headers, Mapping) else headers
        location = next((value for name, value in several if name.lower() == "location"), "")
        kept = tuple((name.lower(), value) for name, value in several if name.lower() != "location")
        return Told(status=status, body=content, headers=kept, location=location)

    def _endpoint(self, name: str, asking: Asking) -> Told:
        found = self._once(asking) or self.create_endpoint_response(name, asking)  # type: ignore[no-untyped-call]  # the same
        if not isinstance(found, Told):
            raise TypeError(f"the {name} endpoint answers always")
        return found

    def _made(self, *, scope: str | None, include_refresh_token: bool, **_: Any) -> dict[str, str | int]:
        """Return a token of the session that the grant has begun or gone on with."""
        room, session = self.room, self.room.session
        if session is None:
            raise TypeError("a token is made for a session")
        scopes = scope or " ".join(session.scopes)
        token: dict[str, str | int] = {
            "token_type": "Bearer",
            "access_token": room.tokens.access(room.number, session, scopes, token_id=room.fresh(), at=room.at),
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "scope": scopes,
        }
        if include_refresh_token:
            token["refresh_token"] = room.tokens.refresh(room.number, session, room.at)
        if room.consent is not None and OPENID in room.consent.scopes:
            token["id_token"] = room.tokens.identity(room.consent, room.at)
        return token

    def _once(self, asking: Asking) -> Told | None:
        """Return the error for a parameter that comes twice, or cannot be one; or None."""
        try:
            single(asking)
            plain(asking)
        except OAuth2Error as error:
            return self.handle_error_response(None, error)  # type: ignore[arg-type,return-value]  # it is not looked at
        return None


# Helpers


class _Held:
    """A token that was sent along, as Authlib knows tokens."""

    def __init__(self, claims: Claims, session: Session | None) -> None:
        self.claims = claims
        self.session = session

    def check_client(self, client: App) -> bool:
        return bool(client.app.client_id == self.claims["client_id"])

    def is_expired(self) -> bool:
        """Tell False: one that is over was not opened at all."""
        return False

    def is_revoked(self) -> bool:
        """Tell whether its session is over, or gone on to another turn."""
        return self.session is None or self.claims.get("turn", self.session.turn) != self.session.turn


class _Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = ALL_WAYS

    def query_token(self, *_: Any) -> _Held | None:
        return _held(self)

    def revoke_token(self, token: _Held, _: Any) -> None:
        """End the session: an access token and the refresh tokens beside it cease to hold together."""
        end(_room(self).books, token.claims["sid"], "revoked by the app")


class _Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = SECRET_WAYS

    def query_token(self, *_: Any) -> _Held | None:
        return _held(self)

    def check_permission(self, token: _Held, client: App, _: Any) -> bool:
        asks_for_others = INTROSPECT in client.app.scopes and client.check_grant_type(GrantType.CREDENTIALS)
        allowed, room = token.check_client(client) or asks_for_others, _room(self)
        usable = room.client(token.claims["client_id"]) is not None
        return allowed and usable and token.session is not None and room.still_there(token.session)

    def introspect_token(self, token: _Held) -> Claims:
        kind = "refresh_token" if "turn" in token.claims else "Bearer"
        told = {name: value for name, value in token.claims.items() if name not in ("sid", "turn")}
        return {"active": True, "token_type": kind, **told}


def _issuer(server: Server) -> None:
    """Have every answer to a browser say who we are (RFC 9207)."""

    class Issuer(IssuerParameter):
        def get_issuer(self) -> str:
            return server.room.tokens.issuer

    Issuer()(server)


def _room(endpoint: Any) -> Room:
    room: Room = endpoint.server.room
    return room


def _held(endpoint: Any) -> _Held | None:
    room = _room(endpoint)
    held = room.held
    return _Held(held, session_of(room.books, held["sid"], room.at)) if held is not None else None
