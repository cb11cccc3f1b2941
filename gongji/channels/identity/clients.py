"""Channel apps as Authlib knows clients, and what one request of theirs is answered with."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import ClientMixin
from msgspec import Struct

from gongji.channels.identity.tokens import Claims, Tokens
from gongji.services.access.channel_apps import LOOPBACK, GrantType, Registered, is_redirect, registered
from gongji.services.access.permissions import in_order
from gongji.services.access.sessions import Consent, Session
from gongji.services.access.signing_in import still_there
from gongji.services.store import Books

SECRET_WAYS: Final = ("client_secret_basic", "client_secret_post")
ALL_WAYS: Final = (*SECRET_WAYS, "none")
"""How an app says who it is; "none" is for those that can keep no secret."""


class Room(Struct, kw_only=True):
    """What one request is answered with. `fresh` makes random texts; `proven` is the secret that was checked.

    `held` is what the token says that was sent along, if it is one of ours. `number` and `session` are those that a
    token is made for, once a grant has found them, and `consent` what the session has just begun with.
    """

    books: Books
    tokens: Tokens
    at: datetime
    fresh: Callable[[], str]
    proven: str = ""
    held: Claims | None = None
    number: str = ""
    session: Session | None = None
    consent: Consent | None = None

    def client(self, client_id: str) -> "App | None":
        """Return an app that may be used, or None."""
        found = registered(self.books, client_id)
        return App(found, self.proven) if found is not None and found.usable else None

    def still_there(self, session: Session) -> bool:
        """Tell whether who signed in is still who he was then."""
        return still_there(self.books, session.who)


class App(ClientMixin):
    """A channel app as Authlib knows clients."""

    def __init__(self, found: Registered, proven: str) -> None:
        """Take an app, and the secret that was checked to be its own."""
        self.app = found.app
        self._proven = proven

    def get_client_id(self) -> str:
        """Return the client id."""
        return self.app.client_id

    def get_default_redirect_uri(self) -> str:
        """Return "": where people are sent back to has to be told."""
        return ""

    def get_allowed_scope(self, scope: Collection[str] | str) -> Any:
        """Return the scopes that are asked for, all the app has where none is; None where one is not the app's."""
        asked = frozenset(str(scope or "").split() or self.app.scopes)
        return " ".join(in_order(asked)) if asked <= set(self.app.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether it is registered; on this very machine any port will do (RFC 8252)."""
        return any(_leads_to(redirect_uri, one) for one in self.app.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        """Tell whether it is the secret that was checked before."""
        return bool(self._proven) and client_secret == self._proven

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002  # all are alike
        """Tell whether the app says so who it is: with its secret, if it has one."""
        return (method == "none") != bool(self.app.secret_hash)

    def check_response_type(self, response_type: str) -> bool:
        """Tell whether people may be sent to us."""
        return response_type == "code" and GrantType.CODE in self.app.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell whether it is one of the app's."""
        return grant_type in self.app.grant_types


# Helpers


def _leads_to(told: str, registered_uri: str) -> bool:
    if told == registered_uri:
        return True
    if not is_redirect(told):
        return False
    ours, theirs = urlsplit(registered_uri), urlsplit(told)
    if ours.scheme != "http" or ours.hostname not in LOOPBACK:
        return False
    same_place = theirs.hostname == ours.hostname and theirs.scheme == "http"
    return same_place and theirs._replace(netloc="") == ours._replace(netloc="")
