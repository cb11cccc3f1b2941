"""Channel apps 渠道应用: who may connect, with which scopes, and where people are sent back to. Each is a dossier."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.access.permissions import PERMISSIONS, STAFF_ROLES, SYSTEM, TWO_PERSONS
from gongji.services.store import Books

APP: Final = "app"


class AppKind(StrEnum):
    """What kind of channel an app is."""

    NATIONAL_APP = "national_app"
    CITY_APP = "city_app"
    ALIPAY = "alipay"
    WECHAT = "wechat"
    PAYMENT_APP = "payment_app"
    COUNTER = "counter"
    KIOSK = "kiosk"
    INSTITUTION = "institution"
    BUREAU_SYSTEM = "bureau_system"


class GrantType(StrEnum):
    """By what an app gets its tokens: a person's consent, a refresh token, or its own credentials."""

    CODE = "authorization_code"
    REFRESH = "refresh_token"
    CREDENTIALS = "client_credentials"


class AppState(StrEnum):
    """Whether an app may be used. A revoked one stays so."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


SYSTEMS: Final = frozenset({AppKind.COUNTER, AppKind.KIOSK, AppKind.INSTITUTION, AppKind.BUREAU_SYSTEM})
"""The kinds that may act in their own name."""


LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""This very machine, where apps may listen without TLS."""


class ChannelApp(Struct, frozen=True, kw_only=True):
    """A registered channel app. `secret_hash` is argon2's, "" for an app on people's phones, which can keep no secret.

    `requests_per_minute` is its rate, 0 for that of the server. `staff` tells that clerks sign in through it.
    `changed_by` is who changed its state last, by whom two are told from each other.
    """

    client_id: str
    name_zh: str
    name_en: str
    kind: AppKind
    grant_types: tuple[GrantType, ...]
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    secret_hash: str = ""
    requests_per_minute: int = 0
    staff: bool = False
    registered_by: str = ""
    why: str = ""
    changed_by: str = ""


class Registered(Struct, frozen=True, kw_only=True):
    """An app as it stands."""

    app: ChannelApp
    state: AppState
    since: datetime

    @property
    def usable(self) -> bool:
        """Tell whether it may ask for tokens, and whether those it has hold."""
        return self.state is AppState.ACTIVE


class StateRequest(Struct, frozen=True, kw_only=True):
    """An app is to be suspended, revoked or let in again, by somebody, for a reason.

    `officer` is his number where he has one. `alone` he may do what takes two, who sits at the bureau's own machine.
    """

    client_id: str
    state: AppState
    by: str
    why: str
    at: datetime
    officer: str = ""
    alone: bool = False


def app_id(client_id: str) -> str:
    """Return the id of the dossier of an app."""
    return f"{APP}-{client_id}"


def app_scope(client_id: str) -> Scope:
    """Return what has to be loaded to find an app; nothing for a text that is no client id."""
    return Scope(dossiers={app_id(client_id)} if _CLIENT_ID.fullmatch(client_id) else set())


def registered(books: Books, client_id: str) -> Registered | None:
    """Return an app as it stands, None where there is none."""
    dossier = books.dossiers.get(app_id(client_id))
    return None if dossier is None else as_registered(dossier)


def as_registered(dossier: Dossier) -> Registered:
    """Return the app of a dossier."""
    return Registered(app=opened(dossier, ChannelApp), state=AppState(dossier.state), since=dossier.made_at)


def register(books: Books, app: ChannelApp, at: datetime) -> Registered | Refused:
    """Register an app, or say which field is not sound. A client id is given once."""
    fault = _fault(app)
    if fault is not None:
        return Refused(Refusal.MESSAGE_MALFORMED, subject=fault)
    if registered(books, app.client_id) is not None:
        return Refused(Refusal.ALREADY_BOUND, subject="client_id")
    books.dossiers.put(
        Dossier(dossier_id=app_id(app.client_id), kind=APP, made_at=at, state=AppState.ACTIVE, content=filed(app))
    )
    return Registered(app=app, state=AppState.ACTIVE, since=at)


def change_state(books: Books, request: StateRequest) -> Registered | Refused | RequestFault:
    """Suspend, revoke or let in an app; its tokens cease to hold with it.

    NOT_YOUR_TASK for what takes two: somebody else has suspended it before.
    """
    dossier = books.dossiers.get(app_id(request.client_id))
    if dossier is None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="client_id")
    if dossier.state == AppState.REVOKED and request.state is not AppState.REVOKED:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="state")
    if not request.why.strip() or not request.by.strip():
        return Refused(Refusal.MESSAGE_MALFORMED, subject="by" if request.why.strip() else "why")
    app, officer = opened(dossier, ChannelApp), request.officer or request.by
    by_another = dossier.state == AppState.SUSPENDED and app.changed_by not in ("", officer)
    if request.state in TWO_PERSONS and request.state != dossier.state and not (request.alone or by_another):
        return RequestFault.NOT_YOUR_TASK
    told = f"{request.at:%Y-%m-%d %H:%M:%S} {request.by}: {request.why}"
    app = replace(app, why=told, changed_by=officer)
    books.dossiers.put(replace(dossier, state=request.state, content=filed(app)))
    return Registered(app=app, state=request.state, since=dossier.made_at)


def is_redirect(uri: str) -> bool:
    """Tell whether people may be sent back to a URI: https, http on this very machine, or an app's own scheme.

    An app's own scheme is a reversed domain name (RFC 8252), so that no other app has it by chance.
    """
    try:
        found = urlsplit(uri)
        found.port  # noqa: B018  # raises for a port that is none
    except ValueError:
        return False
    if not _PLAIN.fullmatch(uri) or "#" in uri or found.username is not None:
        return False
    if found.scheme == "https":
        return bool(found.hostname)
    return _is_loopback(found) or ("." in found.scheme and not found.netloc and found.path.startswith("/"))


def scopes_of(app: ChannelApp, role: str) -> frozenset[str]:
    """Return what an app may ask for when somebody in that role uses it.

    Staff sign in through apps for staff, and nobody else does: no app on a phone gets a clerk's powers.
    """
    if role != SYSTEM and app.staff != (role in STAFF_ROLES):
        return frozenset()
    return frozenset(name for name in app.scopes if role in PERMISSIONS[name].roles)


# Helpers

_CLIENT_ID: Final = re.compile(r"[a-z][a-z0-9-]{2,62}")
_PLAIN: Final = re.compile(r"[!-~]{1,2000}")


def _is_loopback(found: SplitResult) -> bool:
    return found.scheme == "http" and found.hostname in LOOPBACK


def _fault(app: ChannelApp) -> str | None:
    """Return the name of the first field that is not sound, or None."""
    grants = set(app.grant_types)
    wrong = {
        "client_id": not _CLIENT_ID.fullmatch(app.client_id),
        "name_zh": not _is_name(app.name_zh),
        "name_en": not _is_name(app.name_en),
        "grant_types": not grants or grants == {GrantType.REFRESH},
        "kind": GrantType.CREDENTIALS in grants and app.kind not in SYSTEMS,
        "redirect_uris": (GrantType.CODE in grants) != bool(app.redirect_uris)
        or not all(map(is_redirect, app.redirect_uris)),
        "scopes": not app.scopes or not set(app.scopes) <= set(PERMISSIONS),
        "secret": GrantType.CREDENTIALS in grants and not app.secret_hash,
        "staff": app.staff and app.kind not in SYSTEMS,
        "requests_per_minute": app.requests_per_minute < 0,
        "registered_by": not app.registered_by.strip(),
    }
    return next((field for field, is_wrong in wrong.items() if is_wrong), None)


def _is_name(text: str) -> bool:
    return bool(text.strip()) and len(text) <= 60 and text.isprintable()
