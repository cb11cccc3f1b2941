"""What the pages about people share: names, relations in plain words, and what is signed word for word."""

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import Struct

from gongji.channels.api.consents import Texts, TextTold
from gongji.channels.api.moments import taken
from gongji.channels.api.reminding import ReminderTold
from gongji.channels.screens.inside import Inside, TroubleError, given
from gongji.channels.screens.visiting import Visit
from gongji.domain.family import Relation
from gongji.domain.faults import RequestFault
from gongji.domain.requests import Scope
from gongji.services.access.permissions import CITIZEN, is_fresh
from gongji.services.accounts.movements import names_of
from gongji.services.family.consent_texts import TextId
from gongji.services.family.consents import Agreed, Signature

RELATIONS: Final = tuple(relation for relation in Relation if relation is not Relation.OTHER)
"""What a relative may be, in the order in which the pages offer it; whether he may be helped the rules decide."""

ONCE: Final = "once"
"""The field of a form that does one thing: a key made anew for each page that shows the form."""

SIGNED: Final = "signed"
"""The field in which somebody writes his name instead of signing."""


class Words(Struct, frozen=True):
    """A text that is agreed to, as a page shows it: word for word, a clause a paragraph."""

    title: str
    clauses: list[str]
    told: TextTold


async def called(visit: Visit, people: Collection[int]) -> dict[int, str]:
    """Return the names of people whom the API has told the visitor of as the other side, by number."""
    wanted = set(people) - {0}
    if not wanted:
        return {}
    return await visit.desk.read(Scope(people=wanted), lambda books: names_of(books, wanted))


async def own_name(visit: Visit) -> str:
    """Return the visitor's own name: he signs, whomever he acts for."""
    return (await called(visit, {visit.caller.subject})).get(visit.caller.subject, "")


async def text_of(visit: Visit, text_id: TextId) -> Words:
    """Return the text that is agreed to, as it is shown now in the language of the page."""
    several = await visit.api.get("consent-texts", Texts)
    told = next(text for text in several.items if text.id == text_id)
    clauses = _CLAUSE.split(told.words.strip())
    return Words(told.title, [" ".join(clause.split("\n")) for clause in clauses], told)


def agreed(text: Words, signed: str) -> Agreed:
    """Return the agreement to that text by a name that was typed."""
    told = text.told
    return Agreed(version=told.version, language=told.language, signature=Signature(kind="typed_name", value=signed))


def own_api(visit: Visit) -> Inside:
    """Return the API in the visitor's own name, whomever he acts for."""
    return Inside(visit.request.app, visit.caller, visit.language)


def key_of(visit: Visit) -> str:
    """Return the key that the form brought, or a fresh one."""
    told = visit.form.get(ONCE, "")
    return told if 8 <= len(told) <= 64 and told.isascii() and told.isprintable() and " " not in told else fresh(visit)


def fresh(visit: Visit) -> str:
    """Return the key of a form that is shown now."""
    return visit.desk.tokens()


async def reminding(visit: Visit, matter: str) -> dict[str, Any]:
    """Return what a page tells that can have the other side told again; `matter` is the address of what waits."""
    found = await visit.api.get(f"{matter}/reminder", ReminderTold)
    return {"reminded_at": when(found.last_at), "again_at": when(found.again_at)}


async def remind(visit: Visit, matter: str) -> None:
    """Have the other side told again, once for each day, however often that is sent."""
    found = await visit.api.get(f"{matter}/reminder", ReminderTold)
    before = found.last_at.isoformat() if found.last_at is not None else ""
    if found.again_at is None:
        key = hashlib.sha256(f"{matter}/reminder {before}".encode()).hexdigest()
        await visit.api.post(f"{matter}/reminder", ReminderTold, key=key)


def when(at: datetime | None) -> datetime | None:
    """Return a moment of the API as the pages show it: by the clock on the wall."""
    return taken(at) if at is not None else None


def left(visit: Visit, at: datetime | None) -> str:
    """Return how long there is until then, in words; "" where no term is set."""
    until = when(at)
    if until is None:
        return ""
    hours = max(0, int((until - visit.now).total_seconds() // 3600))
    if hours >= 24:
        return visit.say("people.left_days", days=hours // 24)
    return visit.say("people.left_hours", hours=hours) if hours else visit.say("people.left_soon")


def related(visit: Visit, relation: Relation | None) -> str:
    """Return a relation in plain words."""
    known = relation is not None and relation in RELATIONS
    return visit.say(f"helping.relation_{relation}") if known else visit.say("people.other_relation")


def none_there(visit: Visit) -> TroubleError:
    """Return what tells that there is no such page for this visitor."""
    return TroubleError(visit.problem(RequestFault.NO_SUCH_PLACE))


def about_signature(trouble: TroubleError) -> bool:
    """Tell whether the API refused because the name that was typed is not the signer's."""
    return trouble.name == "IDENTITY_MISMATCH" and (given(trouble.problem.subject) or "").startswith("agreed")


def prove_anew(visit: Visit) -> str:
    """Return where to prove anew who one is, to come back here; "" while the last time will do (see permissions)."""
    caller = visit.caller
    if caller.role != CITIZEN or is_fresh(caller.face, caller.proved_at, visit.now):
        return ""
    return f"/oauth/sign-in?{urlencode({'prompt': 'login', 'back': visit.here})}"


def signing(visit: Visit, name: str, *texts: Words) -> dict[str, Any]:
    """Return what a page with a signature is told."""
    return {
        "name": name,
        "texts": texts,
        "once": fresh(visit),
        "values": visit.form,
        "faults": {},
        "trouble": None,
        "prove": prove_anew(visit),
    }


def faulty(told: Mapping[str, Any], faults: Mapping[str, str]) -> dict[str, Any]:
    """Return what a page is told whose form has faults."""
    return {**told, "faults": dict(faults), "faulty": bool(faults)}


# Helpers

_CLAUSE: Final = re.compile(r"\n(?=\d+\. |[一二三四五六七八九十]+、)")
