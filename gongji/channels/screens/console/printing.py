"""K6 打印: application, receipt, one-time notice, refusal and record of a case, on A4 or on a roll of 80 mm.

Each has a QR code that leads the applicant to the same on his phone: where no printer works, he needs no paper.
"""

import io
from typing import Final

import segno
from markupsafe import Markup

from gongji.channels.pages.asking import View
from gongji.channels.screens.console.cases import Case, case_of
from gongji.channels.screens.console.comparing import lines
from gongji.channels.screens.console.deciding import refusal_text
from gongji.channels.screens.console.shell import ROOT
from gongji.channels.screens.visiting import Found, Page, Visit

PAPERS: Final = ("a4", "roll")
SHEETS: Final = ("application", "receipt", "notice", "refusal", "record")


async def choose(visit: Visit) -> Found:
    """Show which sheets there are to print, and the code by which the applicant finds his case."""
    case = await case_of(visit)
    told = {"case": case, "told": case.told, "sheets": sheets_of(case), "qr": qr_of(visit, case), "back": _back(visit)}
    return View("console/prints.html", told)


async def show_sheet(visit: Visit) -> Found:
    """Show one sheet as it is printed."""
    case, name = await case_of(visit), visit.names["sheet"]
    if name not in sheets_of(case):
        return visit.to(f"{ROOT}/cases/{case.number}/print")
    paper = visit.query.get("paper", "a4")
    told = {
        "case": case,
        "told": case.told,
        "name": name,
        "paper": paper if paper in PAPERS else "a4",
        "people": case.sheet.people if case.sheet is not None else [],
        "lines": [*lines(visit, case.sheet)] if case.sheet is not None else [],
        "text": refusal_text(visit, case, case.told.refused_by) if case.told.refused_by is not None else [],
        "qr": qr_of(visit, case),
        "back": _back(visit),
    }
    return View("console/sheet.html", told)


_AT: Final = "/cases/{application_id:str}/print"
PAGES: Final[dict[str, Page]] = {_AT: choose, f"{_AT}/{{sheet:str}}": show_sheet}


def sheets_of(case: Case) -> list[str]:
    """Return the sheets that there are of a case just now."""
    there = {
        "application": case.sheet is not None,
        "receipt": True,
        "notice": bool(case.told.told),
        "refusal": case.told.refused_by is not None,
        "record": True,
    }
    return [name for name in SHEETS if there[name]]


def qr_of(visit: Visit, case: Case) -> Markup:
    """Return a QR code that leads the applicant to his case."""
    drawn = io.BytesIO()
    address = f"{visit.identity.tokens.issuer}/applications/{case.number}"
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, svgns=False, scale=4, border=4)
    return Markup(drawn.getvalue().decode())  # noqa: S704  # drawn here, of an address of ours


# Helpers


def _back(visit: Visit) -> str:
    return visit.link(f"{ROOT}/cases/{visit.names['application_id']}")
