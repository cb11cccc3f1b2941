"""T2 核身: who stands there, by the e-credential code or the ID card, then by his face, or by one of the staff.

Nothing is kept until his face is known: what was shown goes from page to page in forms. The machine's camera sends what
it has taken as `proof`, of which the face register is asked; where there is none, or it does not know him, somebody of
the staff makes sure, with a place in line.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from gongji.channels import samples
from gongji.channels.pages.asking import View
from gongji.channels.sample_story import KEY
from gongji.channels.screens.entering import let_in
from gongji.channels.screens.kiosk.line import stand_in_line
from gongji.channels.screens.kiosk.pads import number_after
from gongji.channels.screens.kiosk.shell import COOKIE, ROOT, SECOND_COOKIE, own_page
from gongji.channels.screens.kiosk.wishes import followed
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.registry.certificates import RESIDENT_ID, is_number
from gongji.registry.records import Identity
from gongji.services.access.registers import FaceQuestion, Paper, Unknown
from gongji.services.access.signing_in import Proven
from gongji.services.store import Books
from gongji.services.visits import credentials
from gongji.services.visits.credentials import CODE, Credential

_TRIES_MOST: Final = 2


class Shown(Struct, frozen=True):
    """Whose paper or code was shown."""

    person_id: int
    identity: Identity


async def first(visit: Visit) -> Found:
    """Make sure of who stands there, and lead to what he wanted."""
    back = own_page(visit.form.get("back") or visit.query.get("back", ""))
    if back.startswith("/en/") and visit.language == "zh":  # the way here is the same in both languages
        return visit.to(f"/en{ROOT}/who", back=back)
    return await _who(visit, COOKIE, back, second=False)


async def beside(visit: Visit) -> Found:
    """Make sure of who stands beside the visitor."""
    return await _who(visit, SECOND_COOKIE, visit.link(f"{ROOT}/add/{visit.names['draft']}"), second=True)


FIRST: Final[Mapping[str, Page]] = {"/who": first}
BESIDE: Final[Mapping[str, Page]] = {"/second/{draft:str}": beside}


# Helpers


async def _who(visit: Visit, cookie: str, back: str, *, second: bool) -> Found:
    form, told = visit.form, {"back": back, "second": second, "faults": {}, "certno": "", "code": ""}
    if not visit.sent:
        return _asked(visit, told)
    if "key" in form:
        return _asked(visit, {**told, "certno": number_after(form.get("certno", ""), form["key"])})
    shown = await _shown(visit, form.get("code", ""), form.get("certno", "").upper())
    told |= {"certno": form.get("certno", ""), "code": form.get("code", "")}
    if form.get("staff"):
        person_id = shown.person_id if isinstance(shown, Shown) else 0
        return await stand_in_line(visit, person_id, back, second=second)
    if not isinstance(shown, Shown):
        return _asked(visit, {**told, "faults": {shown: visit.say(f"kiosk_who.no_{shown}")}, "faulty": True}, 400)
    if not form.get("proof"):
        return _face(visit, told, 0)
    return await _seen(visit, shown, cookie, told)


async def _seen(visit: Visit, shown: Shown, cookie: str, told: dict[str, Any]) -> Found:
    """Ask the register whether it is his face; let him in, or say what else he can do."""
    identity, now, paper = visit.identity, visit.now, shown.identity
    key = (paper.cert_type, paper.certno)
    tries = visit.filled().number("tries", 0, 9, 0) + 1
    if identity.wrong_people.shut_until(key, now) is not None:
        return _face(visit, told, _TRIES_MOST)
    question = FaceQuestion(
        request_id=visit.desk.tokens()[:64],
        paper=Paper(certificate_type=paper.cert_type, certificate_number=paper.certno, name=paper.name),
        proof=visit.form["proof"],
    )
    answer = await identity.away(lambda: identity.registers.face(question))
    if isinstance(answer, Unknown) or answer.outcome != "passed":
        identity.wrong_people.wrong(key, now)
        return _face(visit, told, _TRIES_MOST if isinstance(answer, Unknown) else tries)
    kept = await let_in(visit, proven(visit, paper, "passed"), cookie)
    if isinstance(kept, Refused):
        return _face(visit, told, _TRIES_MOST)
    identity.wrong_people.right(key)
    wishes = await followed(visit, shown.person_id) if cookie == COOKIE else ()
    return visit.to(told["back"].removeprefix("/en"), kept, *wishes)


def proven(visit: Visit, paper: Identity, face: str) -> Proven:
    """Return what the kiosk, or somebody of the staff, has proved."""
    return Proven(
        cert_type=paper.cert_type,
        certno=paper.certno,
        name=paper.name,
        amr=("face",) if face == "passed" else ("staff",),
        face=face,
        proved_at=visit.now,
        sandbox=visit.identity.sandbox is not None,
    )


async def _shown(visit: Visit, code: str, certno: str) -> Shown | str:
    """Return whose code or number it is, or which of the two nobody can be found by."""
    if code:
        credential = Credential(CODE, code, code=visit.desk.codes.open(code))
        scope = credentials.names(credential)
        found = await visit.desk.read(scope, lambda books: _by_code(books, credential, visit))
        return found or "code"
    if not is_number(RESIDENT_ID, certno):
        return "certno"
    found = await visit.desk.read(Scope(certificates={("certno", certno)}), lambda books: _by_number(books, certno))
    return found or "certno"


def _by_code(books: Books, credential: Credential, visit: Visit) -> Shown | None:
    person_id = credentials.read_by(books, credential, visit.now)
    return None if isinstance(person_id, Refused) else Shown(person_id, books.registry.identities[person_id])


def _by_number(books: Books, certno: str) -> Shown | None:
    person_id = books.registry.directory.get(("certno", certno))
    identity = books.registry.identities.get(person_id) if person_id is not None else None
    return Shown(person_id, identity) if person_id is not None and identity is not None else None


def _asked(visit: Visit, told: Mapping[str, Any], status: int = 200) -> View:
    family = samples.family_of(KEY).person if visit.identity.sandbox is not None else ()
    everyone = samples.people()
    several = [everyone[samples.person_id(person.number)].identity for person in family]
    return View("kiosk/who.html", {**told, "samples": [(one.certno, one.name) for one in several]}, status)


def _face(visit: Visit, told: Mapping[str, Any], tries: int) -> View:
    can = visit.identity.sandbox is not None and tries < _TRIES_MOST
    more = {"tries": tries, "can": can, "failed": tries > 0, "faulty": tries > 0}
    return View("kiosk/face.html", {**told, **more}, 200)
