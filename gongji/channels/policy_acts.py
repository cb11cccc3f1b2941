"""What the commands do that change the rules: read files, ask the policy desk, and print what was done."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from msgspec import Struct

from gongji.channels import reading_tables, tables
from gongji.channels.cases.drafted import cases_of, name_of_case
from gongji.channels.cli_reading import print_json
from gongji.channels.house import House
from gongji.ledger.publishing import Approved, Checked, Drafted, PolicyAct, Published
from gongji.rules.lessons import lesson
from gongji.services.policies.drafts import DeskError, Publication, Report
from gongji.services.policies.publications import PolicyDesk
from gongji.services.policies.timetables import sentence


class Deed(Struct, frozen=True):
    """What all that act say: who and why, in which data folder, by which clock, and how it is told."""

    by: str
    why: str
    data: Path | None
    now: datetime | None
    as_json: bool


class _UnreadableError(Exception):
    pass


def run_draft(house: House, deed: Deed, file: Path, notice: Path) -> int:
    """Bring a policy file with its notice; 0, or 2 when one cannot be taken."""

    def draft(desk: PolicyDesk, now: datetime) -> PolicyAct:
        content, words = _content(file), _content(notice)
        return desk.draft(file.name, content, (notice.name, words), who=deed.by, why=deed.why, now=now)

    return _done(
        house, deed, draft, lambda act: f"Draft {act.draft_id}: {file.name}. Next: gongji policy check {act.draft_id}"
    )


def run_check(house: House, deed: Deed, draft: int, *, cases: Iterable[Path], whatif: Path | None) -> int:
    """Check a draft and tell what was found; 0, 1 when something is against it, 2 when it cannot be checked."""

    def check(desk: PolicyDesk, now: datetime) -> Report:
        return desk.check(
            draft,
            cases_of(house.cases()),
            cases={name_of_case(file, house.cases()): _content(file) for file in cases},
            whatif=_contents(whatif) if whatif is not None else {},
            who=deed.by,
            why=deed.why,
            now=now,
        )

    found: list[Report] = []
    status = _done(house, deed, check, lambda report: "\n".join(_lines(report)), found)
    if not status and not deed.as_json and found[0].changes is not None:
        tables.wide_console().print(reading_tables.changes_table(found[0].changes, "zh"))
    return status or int(not found[0].sound)


def run_approve(house: House, deed: Deed, draft: int) -> int:
    """Approve a draft; 0, or 2 when that cannot be."""
    return _done(house, deed, lambda desk, now: desk.approve(draft, who=deed.by, why=deed.why, now=now), told)


def run_publish(house: House, deed: Deed, draft: int, since: datetime | None) -> int:
    """Publish a draft; 0, or 2 when that cannot be."""
    return _done(
        house, deed, lambda desk, now: desk.publish(draft, since=since, who=deed.by, why=deed.why, now=now), told
    )


def run_rollback(house: House, deed: Deed, to: int | None, since: datetime | None) -> int:
    """Publish an earlier publication again; 0, or 2 when that cannot be."""
    return _done(
        house, deed, lambda desk, now: desk.publish_again(to, since=since, who=deed.by, why=deed.why, now=now), told
    )


def run_log(house: House, data: Path | None, *, as_json: bool) -> int:
    """Show every act."""
    with _desk(house, data) as desk:
        acts = desk.log()
    if as_json:
        print_json(acts)
    for act in () if as_json else acts:
        typer.echo(f"{act.done_at:%Y-%m-%d %H:%M:%S}  {told(act)}")
    return 0


def told(act: PolicyAct) -> str:
    """Return a line about an act."""
    what = act.told
    why = f": {act.why}" if act.why else ""
    if isinstance(what, Published):
        return f"{sentence(Publication(act, what))}{why}"
    said = f"Draft {act.draft_id}"
    if isinstance(what, Drafted):
        return f"{said}, {what.file} with {what.notice_name}, brought by {act.who}{why}"
    if isinstance(what, Checked):
        return f"{said} {'is sound' if what.sound else 'is not sound'}, checked by {act.who}{why}"
    if isinstance(what, Approved):
        return f"{said} is approved by {act.who}, bundle {what.bundle[:12]}{why}"
    raise TypeError(f"no words for {what}")


# Helpers


def _done(
    house: House,
    deed: Deed,
    do: Callable[[PolicyDesk, datetime], Any],
    words: Callable[[Any], str],
    found: list[Any] | None = None,
) -> int:
    """Do something at the desk and tell it; 2 when it is refused. What came of it is put into `found`."""
    try:
        with _desk(house, deed.data) as desk:
            done = do(desk, house.clock(deed.now)())
    except (DeskError, _UnreadableError) as fault:
        typer.echo(str(fault), err=True)
        return 2
    if found is not None:
        found.append(done)
    if deed.as_json:
        print_json(done)
    else:
        typer.echo(words(done))
    return 0


@contextmanager
def _desk(house: House, data: Path | None) -> Iterator[PolicyDesk]:
    with house.archive(data, lambda said: typer.echo(said, err=True)) as archive:
        yield PolicyDesk(archive, house.rulebook)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise _UnreadableError(f"{file}: cannot be read: {fault.strerror}") from fault


def _contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name. Raise _UnreadableError where there are none."""
    found = {
        file.relative_to(folder).as_posix(): _content(file) for file in sorted(folder.rglob("*")) if file.is_file()
    }
    if not found:
        raise _UnreadableError(f"--whatif: {folder}: no files in it")
    return found


def _lines(report: Report) -> Iterable[str]:
    for problem in report.problems:
        yield problem
        if teaches := lesson(problem):
            yield f"    write: {teaches}"
    yield from report.cases.failed
    yield f"{report.cases.passed} cases passed, {len(report.cases.failed)} things came out otherwise"
    yield from (f"what-if: {name} {sha256[:12]}" for name, sha256 in report.whatif.items())
    if report.sound:
        yield f"Draft {report.draft_id} is sound: bundle {report.bundle[:12]} over {report.base[:12]}. It changes:"
    else:
        yield f"Draft {report.draft_id} is not sound."
