"""Periods that are asked about over the API, and tables about them as files to keep: CSV, XLSX, PDF."""

from datetime import datetime
from functools import partial
from typing import Annotated, Final, Literal

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from gongji.channels.api.desk import Desk
from gongji.channels.api.moments import Moment, taken
from gongji.channels.api.problems import ProblemError
from gongji.channels.exports.files import as_csv, as_workbook
from gongji.channels.exports.papers import NoPaperError, as_pdf, sheet_page
from gongji.channels.exports.sheets import Sheet
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal
from gongji.domain.requests import Scope
from gongji.ledger.stretches import BEGINNING, END
from gongji.services.accounts.movements import names_of
from gongji.services.store import Books

WHEN: Final = "A moment with an offset, as 2026-03-02T12:00:00+08:00."
OF_MOMENTS: Final = {"format": "date-time"}
Since = Annotated[str | None, QueryParameter(description=f"From here on, included. {WHEN}", schema_extra=OF_MOMENTS)]
Until = Annotated[str | None, QueryParameter(description=f"Up to here, not included. {WHEN}", schema_extra=OF_MOMENTS)]
FileFormat = Literal["csv", "xlsx", "pdf"]


def moment_of(text: str, field: str) -> datetime:
    """Return a moment as the books have it. Raise ProblemError for what is none, has no offset, or is out of reach."""
    try:
        return taken(msgspec.convert(text, Moment))
    except msgspec.ValidationError as fault:
        said = "a moment with an offset is wanted"
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field=field, said=said) from fault
    except OverflowError as fault:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field=field, said="out of reach") from fault


def span_of(since: str | None, until: str | None) -> tuple[datetime, datetime]:
    """Return the period as the books have it, open ends included."""
    first = moment_of(since, "since") if since is not None else BEGINNING
    return first, moment_of(until, "until") if until is not None else END


async def name_of(desk: Desk, person_id: int) -> str:
    """Return a person's name, as far as the books have it."""

    def named(books: Books) -> str:
        return names_of(books, {person_id}).get(person_id, "")

    return await desk.read(Scope(people={person_id}), named)


async def file_of(desk: Desk, sheet: Sheet, file_format: FileFormat, name: str) -> Response[bytes]:
    """Return a table as a file to be kept. Raise ProblemError where paper cannot be made here."""
    called = f"{name}-{sheet.made_at:%Y%m%d}.{file_format}"
    if file_format == "pdf":
        return await page_file_of(desk, sheet_page(sheet), called)
    content = await desk.away(partial(as_csv if file_format == "csv" else as_workbook, sheet))
    return _kept(content, KINDS[file_format], called)


async def page_file_of(desk: Desk, page: str, called: str) -> Response[bytes]:
    """Return a page as a PDF to be kept. Raise ProblemError where paper cannot be made here."""
    try:
        content = await desk.away(partial(as_pdf, page))
    except NoPaperError as fault:
        raise ProblemError(RequestFault.SERVER_FAULT, field="file_format", said=str(fault)) from fault
    return _kept(content, KINDS["pdf"], called)


# Helpers

KINDS: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def _kept(content: bytes, kind: str, called: str) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{called}"', "cache-control": "private, no-store"}
    return Response(content, media_type=kind, headers=headers)
