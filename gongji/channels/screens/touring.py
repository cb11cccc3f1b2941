"""The tour of a sample server: every side of it by one click, signed in as somebody who does not exist.

There is none elsewhere. Whoever comes is nobody here, so a click needs no guard: a browser tells where it was made.
"""

from collections.abc import Mapping
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler

from gongji.channels import samples
from gongji.channels.identity.pages import COOKIE
from gongji.channels.identity.sample_apps import SAMPLE_SECRET, sample_staff
from gongji.channels.pages.asking import View
from gongji.channels.sample_story import INVITED, KEY, SON
from gongji.channels.screens.entering import let_in
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.shells import Shell, page
from gongji.channels.screens.visiting import ACTING_COOKIE, Found, Visit
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused
from gongji.domain.texts import next_step, sentence
from gongji.services.access.signing_in import Proven
from gongji.services.office.mandates import ADULT_AGE

TOUR: Final = "/tour"

FIRST: Final[Mapping[str, str]] = {
    "clerk": "/console",
    "reviewer": "/console",
    "inspector": "/console/inspections",
    "auditor": "/console/audit",
}
"""Where the desk of each role begins."""


async def tour(visit: Visit) -> Found:
    """Show all sides; whoever is picked, the browser is signed in as him, and led to where he begins."""
    if visit.identity.sandbox is None:
        raise TroubleError(visit.problem(RequestFault.NO_SUCH_PLACE))
    if not visit.sent:
        return _shown(visit)
    picked = visit.form.get("who", "")
    found = _people(visit).get(picked) or _staff(visit).get(picked)
    if found is None:
        return visit.to(TOUR)
    kept = await let_in(visit, found, COOKIE)
    if isinstance(kept, Refused):
        return _shown(visit, kept)
    roles = {member.staff_no: member.role for member in sample_staff()}
    nobody_else = visit.jar().kept(ACTING_COOKIE, "", 0)
    return visit.to(FIRST[roles[found.staff_no]] if found.staff_no else "/", kept, nobody_else)


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers."""
    shell = Shell(fault="citizen/trouble.html", roles=frozenset(), around=lambda _: {}, cookie="gongji-tour")
    return page(TOUR, tour, shell)


# Helpers


def _shown(visit: Visit, refused: Refused | None = None) -> View:
    told: dict[str, Any] = {
        "people": [(key, one.name, visit.say(f"tour.person_{key}")) for key, one in _people(visit).items()],
        "first": str(SON),
        "staff": [(key, one.name, visit.say(f"tour.staff_{key}")) for key, one in _staff(visit).items()],
        "invited": visit.link(f"/i/{INVITED}"),
        "address": visit.identity.tokens.issuer,
        "secret": SAMPLE_SECRET,
        "refused": [f(refused.reason, visit.language) for f in (sentence, next_step)] if refused else [],
        "sandbox": False,  # the page says it all over already
    }
    return View("tour/tour.html", told, 403 if refused else 200)


def _people(visit: Visit) -> dict[str, Proven]:
    """Return the grown people of the story's family, by the numbers under which the books have them."""
    everyone, today = samples.people(), visit.now.date()
    family = [everyone[samples.person_id(person.number)] for person in samples.family_of(KEY).person]
    return {
        str(one.insured.person_id): Proven(
            cert_type=one.identity.cert_type,
            certno=one.identity.certno,
            name=one.identity.name,
            face="passed",
            amr=("face",),
            proved_at=visit.now,
            sandbox=True,
        )
        for one in family
        if one.insured.age(today) >= ADULT_AGE
    }


def _staff(visit: Visit) -> dict[str, Proven]:
    return {
        one.staff_no: Proven(
            cert_type="", certno="", name=one.name, staff_no=one.staff_no, proved_at=visit.now, sandbox=True
        )
        for one in sample_staff()
    }
