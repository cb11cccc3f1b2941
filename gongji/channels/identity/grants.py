"""How an app gets tokens: by a code that a person agreed to, by a refresh token, by its own credentials."""

from typing import Any, Final

from authlib.oauth2.rfc6749 import InvalidRequestError, InvalidScopeError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from gongji.channels.identity.clients import ALL_WAYS, SECRET_WAYS, App, Room
from gongji.channels.identity.tokens import ACCESS_LIFE
from gongji.services.access.channel_apps import scopes_of
from gongji.services.access.links import digest_of
from gongji.services.access.permissions import SYSTEM, in_order
from gongji.services.access.sessions import (
    Consent,
    Session,
    SignIn,
    Who,
    agreed,
    begin,
    consent_of,
    put_code,
    refreshable,
    session_of_code,
    turned,
    use_code,
)

METHOD: Final = "S256"


class OnlyS256(CodeChallenge):
    """PKCE, from every app, and by S256 alone."""

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Raise InvalidRequestError for a request without a challenge, or with another method."""
        asked = grant.request.payload.data
        if not asked.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'")
        if asked.get("code_challenge_method") != METHOD:
            raise InvalidRequestError("Unsupported 'code_challenge_method': S256 is wanted")
        super().validate_code_challenge(grant, redirect_uri)


class AgreedCode:
    """A consent as Authlib knows codes."""

    code_challenge_method = METHOD

    def __init__(self, code: str, consent: Consent) -> None:
        """Take a code, and what was agreed to under it."""
        self.code = code
        self.consent = consent
        self.code_challenge = consent.challenge

    def get_redirect_uri(self) -> str:
        """Return where the code was sent to."""
        return self.consent.redirect_uri

    def get_scope(self) -> str:
        """Return what was agreed to."""
        return " ".join(self.consent.scopes)


class CodeGrant(grants.AuthorizationCodeGrant):
    """A code that a person agreed to."""

    TOKEN_ENDPOINT_AUTH_METHODS = ALL_WAYS

    def generate_authorization_code(self) -> str:
        """Return a new code."""
        return _room(self).fresh()

    def save_authorization_code(self, code: str, request: Any) -> None:
        """File what the person agreed to."""
        room, app = _room(self), request.client.app
        signed_in: SignIn = request.user
        who = signed_in.who
        consent = Consent(
            client_id=app.client_id,
            who=who,
            scopes=in_order(frozenset(request.scope.split()) & scopes_of(app, who.role)),
            redirect_uri=request.payload.redirect_uri,
            challenge=request.payload.data["code_challenge"],
            nonce=request.payload.data.get("nonce", ""),
            proved_at=who.proved_at or signed_in.since,
        )
        put_code(room.books, code, consent, room.at)

    def query_authorization_code(self, code: str, client: Any) -> AgreedCode | None:
        """Return a code of that app that is still good, or None."""
        room = _room(self)
        consent = consent_of(room.books, code, client.app.client_id, room.at)
        return AgreedCode(code, consent) if consent is not None else None

    def authenticate_user(self, authorization_code: AgreedCode) -> Who:
        """Begin the session that was agreed to, and return whose it is."""
        room, consent = _room(self), authorization_code.consent
        room.consent = consent
        room.number, room.session = session_of_code(authorization_code.code), agreed(consent, room.at)
        begin(room.books, room.number, room.session, room.at)
        return consent.who

    def delete_authorization_code(self, authorization_code: AgreedCode) -> None:
        """Note that the code has been redeemed."""
        use_code(_room(self).books, authorization_code.code)


class HeldToken:
    """The session of a refresh token as Authlib knows such tokens."""

    def __init__(self, session: Session) -> None:
        """Take a session that goes on."""
        self.session = session

    def check_client(self, client: App) -> bool:
        """Tell whether it is that app's."""
        return client.app.client_id == self.session.client_id

    def get_scope(self) -> str:
        """Return what was agreed to."""
        return " ".join(self.session.scopes)


class RefreshGrant(grants.RefreshTokenGrant):
    """A refresh token, good for one turn."""

    TOKEN_ENDPOINT_AUTH_METHODS = ALL_WAYS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Any:  # noqa: ARG002  # it was opened before
        """Return the session that the token is good for; one of another app leaves its session alone."""
        room, client = _room(self), self.request.client
        held = room.held
        if held is None or not isinstance(client, App) or held["client_id"] != client.app.client_id:
            return None
        session = refreshable(room.books, held["sid"], held["turn"], room.at)
        if session is None or not room.still_there(session):
            return None
        room.number = held["sid"]
        return HeldToken(session)

    def authenticate_user(self, refresh_token: HeldToken) -> Who:
        """Go on to the next turn of the session, and return whose it is."""
        room = _room(self)
        room.session = turned(room.books, room.number, refresh_token.session)
        return room.session.who

    def revoke_old_credential(self, refresh_token: Any) -> None:
        """Do nothing: in the next turn the old token is good no more."""


class CredentialsGrant(grants.ClientCredentialsGrant):
    """An app in its own name."""

    TOKEN_ENDPOINT_AUTH_METHODS = SECRET_WAYS

    def validate_requested_scope(self) -> None:
        """Begin a session with what the app may do in its own name. Raise InvalidScopeError for anything else."""
        super().validate_requested_scope()
        room, client = _room(self), self.request.client
        if not isinstance(client, App):
            raise TypeError("the client has been authenticated before")
        its_own = scopes_of(client.app, SYSTEM)
        asked = frozenset(self.request.form.get("scope", "").split()) or its_own
        if not its_own or not asked <= its_own:
            raise InvalidScopeError
        room.session = Session(
            client_id=client.app.client_id, who=Who(role=SYSTEM), scopes=in_order(asked), until=room.at + ACCESS_LIFE
        )
        room.number = digest_of(room.fresh())
        begin(room.books, room.number, room.session, room.at)


# Helpers


def _room(grant: Any) -> Room:
    room: Room = grant.server.room
    return room
