"""K3 核身: a clerk makes sure who stands before him, lawfully, and says why; then he may act for him."""

import base64
from typing import Any, Final, get_args

from msgspec.structs import replace

from gongji.channels.api.mandates import MandateTold, Presence
from gongji.channels.api.materials import MaterialSent, MaterialTold
from gongji.channels.api.relatives import Relative
from gongji.channels.pages.asking import Filled, View
from gongji.channels.screens.console.shell import acting_for, key_of, once_in
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.registry.certificates import RESIDENT_ID, is_number
from gongji.services.office.mandates import How

KIND: Final = "console-presence"
HOWS: Final[tuple[How, ...]] = get_args(How)
CERTIFICATES: Final = (RESIDENT_ID, "02", "03", "04", "05", "06", "07", "08", "17", "90")
REASON_MOST: Final = 200


async def presence(visit: Visit) -> Found:
    """Take who stands there, how that was made sure, and why; the person sees it afterwards."""
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        filled = visit.filled()
        wish = standing_in(visit, filled)
        faults = filled.faults
        if wish is not None and not faults:
            try:
                done = await stand(visit, wish, once_in(visit), visit.files.get("scan", b""))
            except TroubleError as met:
                trouble = met.problem
            else:
                draft = await visit.begin(KIND, mandate=done.mandate_id, name=wish.person.name, how=wish.how)
                return visit.to(f"/console/presence/{draft}")
    given = {"reason": visit.query.get("reason", "")[:REASON_MOST]}  # a call at a kiosk names its number
    values = visit.form if visit.sent else given
    told = {**forms_of(visit), "values": values, "faults": faults, "faulty": bool(faults), "trouble": trouble}
    return View("console/presence.html", told, trouble.status if trouble else 400 if faults else 200)


async def stood(visit: Visit) -> Found:
    """Show that it is on record, until when it holds, and what can be done now."""
    form = await visit.unfinished(visit.names["draft"], KIND)
    if form is None:
        return visit.to("/console/presence")
    return View("console/stood.html", {"fields": form.fields})


PAGES: Final[dict[str, Page]] = {"/presence": presence, "/presence/{draft:str}": stood}


async def stand(visit: Visit, wish: Presence, key: str, scan: bytes = b"") -> MandateTold:
    """Put on record that somebody stands here, by a code or by a scan of his paper where there is one.

    A scan is filed for him, on the clerk's word, and then shows who he is. Raise TroubleError.
    """
    stood = await visit.api.post("counter/presences", MandateTold, wish, key=key)
    if not scan or wish.code is not None:
        return stood
    sent = MaterialSent(paper="id_card", content=base64.b64encode(scan).decode())
    api = acting_for(visit, stood.person_id)
    paper = await api.post("materials", MaterialTold, sent, key=key_of(key, "scan"))
    shown = replace(wish, material=paper.material_id)
    return await visit.api.post("counter/presences", MandateTold, shown, key=key_of(key, "shown"))


def standing_in(visit: Visit, filled: Filled) -> Presence | None:
    """Return who stands there as it was filled in; None, and faults, where something is missing."""
    person, how, reason = papers_in(filled), how_in(filled), reason_in(visit, filled)
    if person is None or how is None or reason is None:
        return None
    return Presence(person=person, how=how, reason=reason, code=filled.values.get("code") or None)


def forms_of(visit: Visit) -> dict[str, Any]:
    """Return the choices of the fields of a person and of how he was made sure of."""
    return {
        "certificates": [("", [(code, visit.say(f"counter.cert_{code}")) for code in CERTIFICATES])],
        "hows": [(how, visit.say(f"counter.how_{how}")) for how in HOWS],
    }


def papers_in(filled: Filled, prefix: str = "") -> Relative | None:
    """Return somebody's papers as they were filled in; None, and faults, where they cannot be anybody's."""
    names = {name: f"{prefix}{name}" for name in ("cert_type", "certno", "name")}
    told = {name: filled.values.get(field, "") for name, field in names.items()}
    cert_type, certno = told["cert_type"] or RESIDENT_ID, told["certno"].upper().replace(" ", "")
    if cert_type not in CERTIFICATES:
        filled.fault(names["cert_type"], "forms.choose_one")
    elif not certno or not is_number(cert_type, certno):
        filled.fault(names["certno"], "counter.no_number")
    if not 1 <= len(told["name"]) <= 50:
        filled.fault(names["name"], "counter.no_name")
    if any(field in filled.faults for field in names.values()):
        return None
    return Relative(certno=certno, name=told["name"], cert_type=cert_type)


def how_in(filled: Filled, name: str = "how") -> How | None:
    """Return in which way it was made sure; None, and a fault, where none was chosen."""
    return filled.choice(name, HOWS)


def reason_in(visit: Visit, filled: Filled) -> str | None:
    """Return the reason that was filled in; None, and a fault, where there is none."""
    reason = visit.form.get("reason", "")
    if not 2 <= len(reason) <= REASON_MOST or not reason.isprintable():
        filled.fault("reason", "counter.no_reason")
        return None
    return reason
