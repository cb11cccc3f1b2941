"""`gongji replay` and `gongji policy why`: a settled bill decided again by the rules it was settled by."""

import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import typer
from msgspec import Struct, to_builtins
from rich.console import Console
from rich.progress import track

from gongji.channels import reading_tables, tables
from gongji.channels.cli_reading import open_book, print_json
from gongji.channels.house import House
from gongji.channels.published import published_rules
from gongji.channels.sample_bills import settled_bills
from gongji.domain.refusals import Refused
from gongji.domain.texts import Language
from gongji.rules.policybook import PolicyBook
from gongji.rules.reading_titles import Said
from gongji.rules.trace import Trace, trace
from gongji.services.bills.rechecks import Bundles, Difference, Rechecked, Reconsidered, find_kept, recheck, reconsider
from gongji.services.bills.replays import NotReplayableError
from gongji.services.store import Store

_EQUAL = Said(
    "按当日所知的规则重算，每一分、每一条规则都相同。",
    "Decided again by the rules of then: every fen and every rule is the same.",
)
_DIFFERS = Said("重算结果不同，第一处：{first}。", "Decided otherwise; the first difference: {first}.")
_TODAY_SAME = Said("按今天所知的规则，结果相同。", "By what is known today it would come out the same.")
_TODAY_OTHER = Said("按今天所知的规则，会有下列不同：", "By what is known today it would differ:")
_SETTLED = Said("当时", "as settled")
_AGAIN = Said("重算", "again")
_TODAY = Said("今天", "by today's rules")


class SampleRun(Struct, frozen=True, kw_only=True):
    """What came of replaying sample bills. `first` is the first that came out otherwise, if one did."""

    seed: int
    replayed: int
    equal: int
    regions: dict[str, int]
    days: int
    with_shared_money: int
    first: tuple[Difference, ...]


def run_why(house: House, number: str, *, data: Path | None, lang: Language, as_json: bool) -> int:
    """Print the trace of a settled bill; 1 when it is decided otherwise now, 2 when there is no such settlement."""
    with house.store(data, _to_stderr) as store:
        checked = _checked(store, number)
        if checked is None:
            return 2
    if checked.differences or isinstance(checked.again.decision, Refused):
        typer.echo(_first(checked.differences, lang), err=True)
        return 1
    told = trace_of(checked)
    if as_json:
        print_json(told)
    else:
        title = f"{number}: {told.region}, {told.day}, {told.total}"
        tables.wide_console().print(reading_tables.trace_tables(told, lang, title=title))
    return 0


def run_recheck(house: House, number: str, *, data: Path | None, lang: Language, as_json: bool) -> int:
    """Replay one settlement, and tell what today's rules would say; 1 when it differs, 2 when there is none."""
    if open_book(house) is None:
        return 2
    with house.store(data, _to_stderr) as store:
        checked = _checked(store, number)
        if checked is None:
            return 2
        with published_rules(house, data) as rules:
            book = rules.at(house.clock(None)())
    today = reconsider(checked, book)
    if as_json:
        print_json(_data(checked, today, book))
    else:
        _show(checked, today, lang)
    return 1 if checked.differences else 0


def run_sample(house: House, count: int, *, seed: int, as_json: bool) -> int:
    """Settle so many sample bills in memory and replay each by the bundle kept with it; 0 when all are equal."""
    book = open_book(house)
    if book is None:
        return 2
    run = replay_samples(book, house.bundle(), count, seed, watched=sys.stderr.isatty())
    if as_json:
        print_json(run)
    else:
        typer.echo(
            f"{run.equal} of {run.replayed} sample settlements came out the same, in {len(run.regions)} regions"
            f" and on {run.days} days; {run.with_shared_money} drew shared money. Seed {run.seed}."
        )
        for one in run.first:
            typer.echo(f"{one.figure}: {one.was} → {one.now}")
    return 0 if run.equal == run.replayed else 1


def replay_samples(book: PolicyBook, bundle: bytes, count: int, seed: int, *, watched: bool = False) -> SampleRun:
    """Settle `count` sample bills by `book` and replay each by the rules read back from `bundle`."""
    bills = islice(settled_bills(book, bundle, seed), count)
    bar = Console(stderr=True)
    followed = track(bills, "replay", total=count, console=bar, transient=True) if watched else bills
    opened: Bundles | None = None
    regions: Counter[str] = Counter()
    days, equal, shared = set(), 0, 0
    first: tuple[Difference, ...] = ()
    for bill in followed:
        kept = find_kept(bill.store, bill.number)
        if kept is None:
            raise LookupError(f"settlement {bill.number} is not in the books it was settled in")
        opened = opened or Bundles(bill.store)
        checked = recheck(kept, opened.book(kept.entry.basis.bundle))
        regions[bill.region] += 1
        days.add(bill.at.date())
        equal += not checked.differences
        shared += any(draw.account.book_id != kept.settlement.book_id for draw in kept.settlement.draws)
        first = first or checked.differences
    return SampleRun(
        seed=seed,
        replayed=regions.total(),
        equal=equal,
        regions=dict(sorted(regions.items())),
        days=len(days),
        with_shared_money=shared,
        first=first,
    )


def trace_of(checked: Rechecked) -> Trace:
    """Return the trace of a settlement that was decided again. Raise ValueError where it was refused."""
    decision, patient = checked.again.decision, checked.again.patient
    if isinstance(decision, Refused):
        raise ValueError(f"refused when decided again: {decision.reason}")  # noqa: TRY004  # a refusal is a value
    return trace(decision, patient, checked.kept.names, checked.rules, checked.again.bill.at.date())


# Helpers


def _checked(store: Store, number: str) -> Rechecked | None:
    """Return the settlement decided again, or None once it has been told why that cannot be."""
    if not (number.isascii() and number.isdigit()):
        typer.echo(f"{number} is no settlement: a number is wanted, the setl_id of the answer.", err=True)
        return None
    kept = find_kept(store, int(number))
    if kept is None:
        typer.echo(f"No settlement {number} is in these books.", err=True)
        return None
    try:
        return recheck(kept, Bundles(store).book(kept.entry.basis.bundle))
    except NotReplayableError as fault:
        typer.echo(f"Settlement {number} cannot be replayed: {fault}.", err=True)
        return None


def _show(checked: Rechecked, today: Reconsidered, lang: Language) -> None:
    console, settlement = tables.wide_console(), checked.kept.settlement
    bundle = checked.kept.entry.basis.bundle[:12]
    console.rule(f"[bold]{settlement.settle_id}[/bold]  {settlement.settled_at}  {bundle}", align="left")
    if checked.differences:
        console.print(_first(checked.differences, lang), markup=False, style="red")
        console.print(
            reading_tables.difference_table(checked.differences, lang, _SETTLED.text(lang), _AGAIN.text(lang))
        )
    else:
        console.print(_EQUAL.text(lang), markup=False)
    if not today.differences:
        console.print(_TODAY_SAME.text(lang), markup=False)
        return
    console.print(_TODAY_OTHER.text(lang), markup=False)
    console.print(reading_tables.difference_table(today.differences, lang, _SETTLED.text(lang), _TODAY.text(lang)))


def _first(differences: tuple[Difference, ...], lang: Language) -> str:
    first = differences[0]
    return _DIFFERS.text(lang).format(first=f"{first.figure} {first.was} → {first.now}")


def _data(checked: Rechecked, today: Reconsidered, book: PolicyBook) -> dict[str, object]:
    kept = checked.kept
    return {
        "settlement": kept.settlement.settle_id,
        "settled_at": kept.settlement.settled_at,
        "visited_on": kept.settlement.visited_on,
        "bundle": kept.entry.basis.bundle,
        "kernel": kept.entry.basis.kernel,
        "equal": not checked.differences,
        "differences": to_builtins(checked.differences),
        "trace": None if isinstance(checked.again.decision, Refused) else trace_of(checked),
        "today": {
            "bundle": book.digest,
            "same": not today.differences,
            "differences": to_builtins(today.differences),
        },
    }


def _to_stderr(sentence: str) -> None:
    typer.echo(sentence, err=True)
