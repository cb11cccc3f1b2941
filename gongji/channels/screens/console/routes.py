"""All pages of the desk; each room of it hands in its own."""

from litestar.handlers import HTTPRouteHandler

from gongji.channels.screens.console import (
    audit,
    calling,
    cases,
    deciding,
    differences,
    inspections,
    intake,
    intake_check,
    intake_terms,
    lookup,
    presence,
    printing,
    queue,
    settings,
)
from gongji.channels.screens.console.shell import (
    AUDITORS,
    BOOKKEEPERS,
    CLERKS,
    DESKS,
    INSPECTORS,
    LOOKERS,
    STAFF_SHELL,
    handlers,
)


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers."""
    return [
        *handlers(queue.PAGES | settings.PAGES, STAFF_SHELL),
        *handlers(cases.PAGES | deciding.PAGES | printing.PAGES, DESKS),
        *handlers(calling.PAGES | presence.PAGES | intake.PAGES | intake_terms.PAGES | intake_check.PAGES, CLERKS),
        *handlers(lookup.PAGES, LOOKERS),
        *handlers(inspections.PAGES, INSPECTORS),
        *handlers(audit.PAGES, AUDITORS),
        *handlers(differences.PAGES, BOOKKEEPERS),
    ]
