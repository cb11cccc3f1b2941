"""Sessions 会话: what a channel app may do for whom, from consent to revocation; and the codes they begin with.

No token stands in the books. A code is found by its digest; a refresh token says which session and which turn it is of,
and only the newest turn is good. One that was used before tells that somebody has a copy: then the session is over.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.requests import Scope
from gongji.services.access.links import digest_of
from gongji.services.store import Books

CODE: Final = "code"
SESSION: Final = "session"
SIGN_IN: Final = "signin"

CODE_LIFE: Final = timedelta(seconds=60)
SESSION_LIFE: Final = timedelta(days=30)
"""So long can an app go on with refresh tokens before the person is asked again."""

SIGN_IN_LIFE: Final = timedelta(minutes=30)

OPEN: Final = "open"

_USED, _OVER = "used", "over"


class Who(Struct, frozen=True, kw_only=True):
    """Who has signed in, and how. `person_id` is 0 for staff and systems; `staff_no` and `clerk` are number and name.

    `amr` are the ways in which he proved who he is, `face` the outcome of a face check, "" for none. `proved_at` is
    when he did, None where the provider did not say. `sandbox` marks what the sandbox provider said.
    """

    role: str
    person_id: int = 0
    staff_no: str = ""
    clerk: str = ""
    office: str = ""
    acr: str = ""
    amr: tuple[str, ...] = ()
    face: str = ""
    proved_at: datetime | None = None
    sandbox: bool = False


class Consent(Struct, frozen=True, kw_only=True):
    """What a person agreed to: that app, these scopes. The rest is what the code has to be redeemed with.

    `nonce` is the app's own, for the id_token; `proved_at` when the person proved who he is.
    """

    client_id: str
    who: Who
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    nonce: str = ""
    proved_at: datetime


class Session(Struct, frozen=True, kw_only=True):
    """What an app may do for whom, until when. `turn` counts refresh tokens; `why` tells what ended it."""

    client_id: str
    who: Who
    scopes: tuple[str, ...]
    until: datetime
    turn: int = 0
    why: str = ""


class SignIn(Struct, frozen=True, kw_only=True):
    """A sign-in of a browser, until when."""

    who: Who
    until: datetime

    @property
    def since(self) -> datetime:
        """Return when he signed in."""
        return self.until - SIGN_IN_LIFE


def session_of_code(code: str) -> str:
    """Return the number of the session that a code begins."""
    return digest_of(f"session of {code}")


def code_scope(code: str) -> Scope:
    """Return what has to be loaded to redeem a code."""
    return Scope(dossiers={f"{CODE}-{digest_of(code)}", f"{SESSION}-{session_of_code(code)}"})


def session_scope(number: str) -> Scope:
    """Return what has to be loaded to look at a session."""
    return Scope(dossiers={f"{SESSION}-{number}"})


def sign_in_scope(secret: str) -> Scope:
    """Return what has to be loaded to know a browser."""
    return Scope(dossiers={f"{SIGN_IN}-{digest_of(secret)}"})


# Codes.


def put_code(books: Books, code: str, consent: Consent, at: datetime) -> None:
    """File a consent under a code, which may be redeemed once within CODE_LIFE."""
    books.dossiers.put(
        Dossier(
            dossier_id=f"{CODE}-{digest_of(code)}",
            kind=CODE,
            made_at=at,
            parties=_parties(consent.who),
            state=OPEN,
            content=filed(consent),
        )
    )


def consent_of(books: Books, code: str, client_id: str, at: datetime) -> Consent | None:
    """Return what was agreed to under a code that is still good for that app, or None.

    A code that comes again has been stolen on one of its ways: what it began is over.
    """
    dossier = books.dossiers.get(f"{CODE}-{digest_of(code)}")
    if dossier is None:
        return None
    consent = opened(dossier, Consent)
    if consent.client_id != client_id:
        return None
    if dossier.state == _USED:
        end(books, session_of_code(code), "code used twice")
        return None
    return consent if dossier.made_at <= at < dossier.made_at + CODE_LIFE else None


def use_code(books: Books, code: str) -> None:
    """Note that a code has been redeemed."""
    dossier = books.dossiers.get(f"{CODE}-{digest_of(code)}")
    if dossier is not None:
        books.dossiers.put(replace(dossier, state=_USED))


# Sessions.


def agreed(consent: Consent, at: datetime) -> Session:
    """Return the session that a consent begins."""
    return Session(client_id=consent.client_id, who=consent.who, scopes=consent.scopes, until=at + SESSION_LIFE)


def begin(books: Books, number: str, session: Session, at: datetime) -> None:
    """Begin a session."""
    books.dossiers.put(
        Dossier(
            dossier_id=f"{SESSION}-{number}",
            kind=SESSION,
            made_at=at,
            parties=_parties(session.who),
            office=session.who.office,
            state=OPEN,
            content=filed(session),
        )
    )


def session_of(books: Books, number: str, at: datetime) -> Session | None:
    """Return a session that goes on, or None."""
    dossier = books.dossiers.get(f"{SESSION}-{number}")
    if dossier is None or dossier.state != OPEN:
        return None
    session = opened(dossier, Session)
    return session if at < session.until else None


def refreshable(books: Books, number: str, turn: int, at: datetime) -> Session | None:
    """Return the session that a refresh token of that turn is good for, or None.

    One of an earlier turn ends the session: of two who hold it, one has no right to.
    """
    session = session_of(books, number, at)
    if session is not None and turn != session.turn:
        end(books, number, "refresh token used twice")
        return None
    return session


def turned(books: Books, number: str, session: Session) -> Session:
    """Return the session in its next turn, in which no earlier refresh token is good."""
    after = replace(session, turn=session.turn + 1)
    _change(books, number, after, OPEN)
    return after


def end(books: Books, number: str, why: str) -> None:
    """End a session, if it goes on."""
    dossier = books.dossiers.get(f"{SESSION}-{number}")
    if dossier is not None and dossier.state == OPEN:
        _change(books, number, replace(opened(dossier, Session), why=why), _OVER)


def session_by(books: Books, number: str, person_id: int) -> Dossier | None:
    """Return the dossier of a session that goes on, of that person, or None."""
    dossier = books.dossiers.get(f"{SESSION}-{number}")
    own = dossier is not None and dossier.state == OPEN and person_id in dossier.parties
    return dossier if own else None


def taken_back(books: Books, number: str) -> None:
    """End a session whose person wants it no more."""
    end(books, number, "taken back by the person")


# Sign-ins.


def put_sign_in(books: Books, secret: str, who: Who, at: datetime) -> SignIn:
    """File who sits at a browser, under the secret that it keeps."""
    signed_in = SignIn(who=who, until=at + SIGN_IN_LIFE)
    books.dossiers.put(
        Dossier(
            dossier_id=f"{SIGN_IN}-{digest_of(secret)}",
            kind=SIGN_IN,
            made_at=at,
            parties=_parties(who),
            office=who.office,
            state=OPEN,
            content=filed(signed_in),
        )
    )
    return signed_in


def sign_in_of(books: Books, secret: str, at: datetime) -> SignIn | None:
    """Return who sits at a browser, None for nobody."""
    dossier = books.dossiers.get(f"{SIGN_IN}-{digest_of(secret)}")
    if dossier is None or dossier.state != OPEN:
        return None
    signed_in = opened(dossier, SignIn)
    return signed_in if dossier.made_at <= at < signed_in.until else None


def sign_out(books: Books, secret: str) -> None:
    """End a sign-in. What apps were allowed meanwhile goes on."""
    dossier = books.dossiers.get(f"{SIGN_IN}-{digest_of(secret)}")
    if dossier is not None:
        books.dossiers.put(replace(dossier, state=_OVER))


# Helpers


def _parties(who: Who) -> tuple[int, ...]:
    return (who.person_id,) if who.person_id else ()


def _change(books: Books, number: str, session: Session, state: str) -> None:
    dossier = books.dossiers.get(f"{SESSION}-{number}")
    if dossier is None:
        raise LookupError(f"session {number} is not among what was loaded")
    books.dossiers.put(replace(dossier, state=state, content=filed(session)))
