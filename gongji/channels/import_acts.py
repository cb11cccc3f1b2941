"""What `gongji import` does: reads a file, runs a job for each line, writes down which were refused and why."""

import csv
import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import typer
from msgspec import Struct
from rich.console import Console
from rich.progress import Progress

from gongji.channels.house import House
from gongji.channels.import_files import Columns, ImportFileError, Line, opened
from gongji.channels.published import published_rules
from gongji.domain.money import NotMoneyError, fen_from_yuan
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language, sentence
from gongji.registry.certificates import RESIDENT_ID
from gongji.rules.policybook import PolicyBook
from gongji.services.accounts.crediting import MonthRequest, month_job, retired_of
from gongji.services.batching import Job
from gongji.services.family.enrolments import EnrolRequest, enrol_job
from gongji.services.runs import Came, run, told
from gongji.services.store import Store

REPORT_HEADER: Final = ("line", "field", "reason", "refusal")

_FIELD: Final = re.compile(r"at `\$\.(?P<field>\w+)`")
_MISSING: Final = re.compile(r"missing required field `(?P<field>\w+)`")


class Settings(Struct, frozen=True, kw_only=True):
    """Where the books are, where the report goes (None: beside the file), in which language, and since when it is."""

    data: Path | None = None
    refused: Path | None = None
    lang: Language = "zh"
    now: datetime | None = None


class LineFault(Struct, frozen=True):
    """Why a line is not even tried: the field, and what is wrong with it."""

    field: str
    why: str


Maker = Callable[[Line, PolicyBook, datetime], Job | LineFault]
"""Makes the job of a line, by the rules and at the moment handed in."""


def run_people(house: House, file: Path, settings: Settings) -> int:
    """Return the exit status: 0 when all lines are in, 1 when some were refused, 2 when the file cannot be taken in."""
    return _from_file(house, file, PEOPLE, _person, settings)


def run_credits(house: House, file: Path, month: date, settings: Settings) -> int:
    """Return the exit status, as `run_people` does."""

    def make(line: Line, policy: PolicyBook, at: datetime) -> Job | LineFault:
        try:
            base_fen = fen_from_yuan(line.told["base"]) if "base" in line.told else None
            named = {"psn_no": line.told.get("psn_no"), "month": month, "base_fen": base_fen}
            request = msgspec.convert(named, MonthRequest)
        except NotMoneyError as fault:
            return LineFault("base", str(fault))
        except msgspec.ValidationError as fault:
            return _fault(fault)
        return month_job(policy, request, at)

    return _from_file(house, file, CREDITS, make, settings)


def run_retired(house: House, region: str, month: date, report: Path, settings: Settings) -> int:
    """Credit a month to the retired of a region, whose sums the rules know; return the exit status."""
    with ExitStack() as stack:
        store, policy, at = _books(stack, house, settings)
        if region not in policy.names:
            typer.echo(f"{region} has no policy file: gongji policy regions lists those that have.", err=True)
            return 2
        numbers = enumerate(retired_of(store, region), start=1)
        jobs = (
            ((Line(number=number, done=number), ""), month_job(policy, MonthRequest(psn_no=psn_no, month=month), at))
            for number, psn_no in numbers
        )
        return _carried_out(store, jobs, None, report, settings)


# Helpers

_OF_A_PERSON: Final = [field for field in msgspec.structs.fields(EnrolRequest) if field.name != "at"]

PEOPLE: Final = Columns(
    tuple(field.name for field in _OF_A_PERSON if field.required),
    tuple(field.name for field in _OF_A_PERSON if not field.required),
)
CREDITS: Final = Columns(("psn_no", "base"))

Place = tuple[Line, str]
"""The line a job stands for, and what is wrong with it where it was not tried."""


def _person(line: Line, policy: PolicyBook, at: datetime) -> Job | LineFault:
    named: dict[str, Any] = {"at": at} | line.told
    if line.told.get("cert_type") == RESIDENT_ID and "certno" in line.told:
        named["certno"] = line.told["certno"].upper()  # its last digit may be an X
    try:
        request = msgspec.convert(named, EnrolRequest, strict=False)
    except msgspec.ValidationError as fault:
        return _fault(fault)
    return enrol_job(policy, request, line.told)


def _fault(fault: msgspec.ValidationError) -> LineFault:
    found = _FIELD.search(str(fault)) or _MISSING.search(str(fault))
    return LineFault(found["field"] if found else "", str(fault).partition(" - at")[0])


def _from_file(house: House, file: Path, columns: Columns, make: Maker, settings: Settings) -> int:
    report = settings.refused or file.with_name(f"{file.name}.refused.csv")
    try:
        with ExitStack() as stack:
            source = stack.enter_context(opened(file, columns))
            store, policy, at = _books(stack, house, settings)
            jobs = (_tried(line, make, policy, at) for line in source.lines)
            return _carried_out(store, jobs, source.size, report, settings)
    except ImportFileError as fault:
        typer.echo(str(fault), err=True)
        return 2


def _tried(line: Line, make: Maker, policy: PolicyBook, at: datetime) -> tuple[Place, Job]:
    """Return the job of a line, or in its place, so that the report stays in order, one that says what is wrong."""
    made = LineFault("", line.wrong) if line.wrong else make(line, policy, at)
    if isinstance(made, Job):
        return (line, ""), made
    came = told(Came(refused=Refused(Refusal.MESSAGE_MALFORMED, subject=made.field or None)))
    return (line, made.why), Job(Scope(), lambda _: came)


def _books(stack: ExitStack, house: House, settings: Settings) -> tuple[Store, PolicyBook, datetime]:
    clock = house.clock(settings.now)
    store = stack.enter_context(house.store(settings.data, _to_stderr, clock))
    rules = stack.enter_context(published_rules(house, settings.data))
    at = clock()
    return store, rules.at(at), at


def _carried_out(
    store: Store, jobs: Iterable[tuple[Place, Job]], size: int | None, report: Path, settings: Settings
) -> int:
    """Run all jobs before the watcher's eyes; write the report; say in one line what came of them."""
    entered = known = refused = 0
    try:
        with report.open("w", encoding="utf-8", newline="") as out, Progress(console=Console(stderr=True)) as progress:
            writer = csv.writer(out)
            writer.writerow(REPORT_HEADER)
            task = progress.add_task("lines", total=size)
            for (line, why), came in run(store, jobs):
                progress.update(task, completed=line.done)
                if came.refused is not None:
                    refused += 1
                    writer.writerow(_report_row(line, why, came.refused, settings.lang))
                elif came.known:
                    known += 1
                else:
                    entered += 1
    except OSError as fault:
        typer.echo(f"{fault.filename or report}: {fault.strerror}", err=True)
        return 2
    typer.echo(f"{entered} entered, {known} were there already, {refused} refused. Refused lines: {report}")
    return 1 if refused else 0


def _report_row(line: Line, why: str, refused: Refused, lang: Language) -> tuple[int, str, str, str]:
    return line.number, refused.subject or "", why or sentence(refused.reason, lang), refused.reason


def _to_stderr(said: str) -> None:
    typer.echo(said, err=True)
