"""Consents over the API: the texts, what the caller agreed to, and whether the one who pays may see medicines."""

from datetime import datetime
from typing import Any, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody
from msgspec import Struct

from gongji.channels.api.bonds import BondId
from gongji.channels.api.declaring import lists, public, writes
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.reasons import language
from gongji.channels.api.relatives import whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.family import Mode
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.dossiers.cabinet import Asked
from gongji.services.family.consent_texts import ConsentText, newest_texts
from gongji.services.family.consents import CONSENT, Agreed, Consent, Lasts, consent_scope, set_details, standing
from gongji.services.store import Books


class TextTold(Struct, frozen=True, kw_only=True):
    """A text as it is shown now: who agrees to it names `id`, `version` and `language`."""

    id: str
    version: int
    language: Language
    title: str
    words: str
    sha256: str


class Texts(Struct, frozen=True):
    """The texts that people agree to."""

    items: list[TextTold]


class ChangeTold(Struct, frozen=True, kw_only=True):
    """When a consent was changed, and through which channel; null where nobody did but a day or a death."""

    what: str
    at: Moment
    channel: str | None


class ConsentTold(Struct, frozen=True, kw_only=True):
    """A consent on record, with the very words. `given_by_me` tells that the caller gave it, and not the other side.

    `details`: the one who pays may see medicines. `signed` is how: by a name that was typed, or a picture.
    """

    consent_id: str
    bond_id: int
    given_by_me: bool
    side: Literal["sharer", "member"]
    state: str
    given_at: Moment
    channel: str
    by_another: bool
    modes: tuple[Mode, ...]
    lasts: Lasts
    until: Moment | None
    cap_fen: int | None
    quota_fen: int | None
    pot_fen: int | None
    text: TextTold
    signed: str
    details: bool
    changes: list[ChangeTold]


class Consents(Struct, frozen=True):
    """A page of consents, newest first, and the cursor of the next page."""

    items: list[ConsentTold]
    next: str | None


class Details(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the one who pays may see medicines; yes wants `agreed`."""

    details: bool
    agreed: Agreed | None = None


class ConsentDetailsTold(Struct, frozen=True, kw_only=True):
    """What the one who pays may see from now on."""

    bond_id: int
    details: bool


@get(
    f"{API}/consent-texts",
    operation_id="listConsentTexts",
    summary="The texts that people agree to",
    tags=["consents"],
    **public(),
)
async def list_texts(request: Request[Any, Any, Any]) -> Texts:
    """Return the newest version of each text, in the language that is asked for."""
    return Texts([_text(text) for text in newest_texts(language(request))])


@get(
    f"{API}/consents",
    operation_id="listConsents",
    summary="What the caller and his relatives agreed to",
    tags=["consents"],
    **lists("bonds.read"),
)
async def list_consents(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Consents]:
    """Return the consents about the caller's bonds, of both sides, newest first."""
    party, now = whose(request), desk.clock()
    page, more = await dossier_page(desk, "consents", Asked(kind=CONSENT, party=party), limit, cursor)
    items = await desk.read(Scope(people={party}), lambda books: [_told(one, party, books, now) for one in page])
    return paged(request, Consents(items, more), more)


@post(
    f"{API}/bonds/{{bond_id:int}}/details",
    operation_id="setDetails",
    summary="Let the one who pays see medicines, or not",
    tags=["consents"],
    **writes("bonds.write"),
)
async def post_details(
    request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId, data: JSONBody[Details]
) -> Response[ConsentDetailsTold]:
    """Say, as the member of a bond, whether the one who pays may see the medicines on bills he paid for."""
    member_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    scope = consent_scope(member_id)
    scope.people |= {actor.person_id} - {0}

    def act(books: Books) -> ConsentDetailsTold | Refused:
        done = set_details(books, actor, bond_id, now, details=data.details, agreed=data.agreed)
        return done if isinstance(done, Refused) else ConsentDetailsTold(bond_id=bond_id, details=data.details)

    return await write(desk, request, operation="setDetails", scope=scope, act=act, content=data)


# Helpers


def _text(text: ConsentText) -> TextTold:
    return TextTold(
        id=text.id,
        version=text.version,
        language=text.language,
        title=text.title,
        words=text.words,
        sha256=text.sha256,
    )


def _told(dossier: Dossier, party: int, books: Books, now: datetime) -> ConsentTold:
    form = opened(dossier, Consent)
    terms = form.terms
    return ConsentTold(
        consent_id=dossier.dossier_id,
        bond_id=form.bond_id,
        given_by_me=dossier.parties[0] == party,
        side=form.side,
        state=standing(dossier, form, books, now),
        given_at=told(dossier.made_at),
        channel=form.actor.channel,
        by_another=form.actor.person_id != dossier.parties[0],
        modes=terms.modes,
        lasts=terms.lasts,
        until=told(terms.until),
        cap_fen=terms.cap_fen,
        quota_fen=terms.quota_fen,
        pot_fen=terms.pot_fen,
        text=_text(form.text),
        signed=form.signature.kind,
        details=form.details,
        changes=[
            ChangeTold(what=one.what, at=told(one.at), channel=one.actor.channel if one.actor is not None else None)
            for one in form.changes
        ],
    )
