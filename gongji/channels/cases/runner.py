"""Running case files: every act in order, every expectation compared, one line a case."""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from gongji.channels.cases import form
from gongji.channels.cases.acts import do
from gongji.channels.cases.form import CaseError, Expect, read_case
from gongji.channels.cases.world import World
from gongji.domain.account import Pocket
from gongji.domain.money import NotMoneyError, fen_from_yuan, yuan
from gongji.domain.refusals import Refused
from gongji.rules.drawing import Payment
from gongji.rules.policybook import PolicyBook, UnknownDayError
from gongji.services.accounts import pots
from gongji.services.calendar import bring_up_to
from gongji.services.outcomes import Done


class Difference(Struct, frozen=True):
    """An expectation that was not met; `act` counts from 1."""

    act: int
    key: str
    expected: str | None
    got: str | None


class Result(Struct, frozen=True):
    """What came of one case file. `error` tells why the file is not a case at all."""

    file: str
    name: str
    ok: bool
    differences: tuple[Difference, ...] = ()
    error: str | None = None


def run_paths(paths: Iterable[Path], policy: PolicyBook) -> Iterator[Result]:
    """Run every case in the files and folders named, each file once, in order of name."""
    seen = set()
    for path in paths:
        found = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
        if not found:
            yield Result(str(path), path.name, ok=False, error="no case file in this folder")
        for file in found:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield run_file(file, policy)


def run_file(file: Path, policy: PolicyBook) -> Result:
    """Run one file. Whatever is wrong with it is in the result, never an exception."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        return Result(str(file), file.stem, ok=False, error=f"{file}: {fault}")
    try:
        case = read_case(content)
        differences = tuple(_differences(case, policy))
    except (CaseError, NotMoneyError, UnknownDayError) as fault:
        name = content.get("name", file.stem)
        return Result(str(file), str(name), ok=False, error=f"{file}: {fault}")
    except Exception as fault:  # noqa: BLE001  # our own mistake fails this case alone; the other files still run
        return Result(str(file), case.name, ok=False, error=f"{file}: {type(fault).__name__}: {fault}")
    return Result(str(file), case.name, ok=not differences, differences=differences)


def as_lines(result: Result) -> list[str]:
    """Return the lines that are printed for a case."""
    lines = [f"{'ok  ' if result.ok else 'FAIL'} {result.name}"]
    if result.error is not None:
        lines.append(f"     {result.error}")
    lines.extend(
        f"     {result.file} act {one.act}: {one.key}: expected {one.expected}, got {one.got}"
        for one in result.differences
    )
    return lines


def summary(results: Iterable[Result]) -> str:
    """Return the closing line."""
    several = list(results)
    passed = sum(result.ok for result in several)
    return f"{passed} passed, {len(several) - passed} failed"


def as_json(results: Iterable[Result]) -> str:
    """Return all results as one JSON object."""
    several = list(results)
    passed = sum(result.ok for result in several)
    cases = []
    for result in several:
        one: dict[str, Any] = {"file": result.file, "name": result.name, "ok": result.ok}
        one["differences"] = [
            {"act": item.act, "key": item.key, "expected": item.expected, "got": item.got}
            for item in result.differences
        ]
        if result.error is not None:
            one["error"] = result.error
        cases.append(one)
    return json.dumps({"passed": passed, "failed": len(several) - passed, "cases": cases}, ensure_ascii=False)


# Helpers


def _differences(case: form.Case, policy: PolicyBook) -> Iterator[Difference]:
    world = World(case, policy)
    for number, act in enumerate(case.act, start=1):
        world.now = act.at if act.at is not None else max(world.now, case.at)
        bring_up_to(world.books, policy, world.people(), world.now)
        most = _most(act, world)
        outcome = do(act, world)
        for key, expected, got in _compare(act.expect, outcome, world, most):
            if expected != got:
                yield Difference(number, key, expected, got)


def _most(act: form.Act, world: World) -> str | None:
    """Return the largest allocation accepted before the act, since the act itself uses it up."""
    if not isinstance(act, form.Allocate) or act.expect.most is None:
        return None
    sharer = world.id_of(act.sharer)
    return yuan(pots.most(world.books, world.policy, sharer, world.now)) if sharer in world.people() else None


Triple = tuple[str, str | None, str | None]


def _compare(expect: Expect, outcome: Done | Refused, world: World, most: str | None) -> Iterator[Triple]:
    refused = outcome.reason if isinstance(outcome, Refused) else None
    yield "refused", expect.refused, refused
    done = outcome if isinstance(outcome, Done) else None
    yield from _compare_payment(expect, done, world)
    yield from _compare_numbers(expect, done, most)
    if expect.state is not None:
        yield "state", expect.state, done.state if done is not None else None
    returned = dict(done.returned) if done is not None else {}
    for label, text in expect.returned.items():
        yield f"returned.{label}", _money(text), yuan(returned.get(world.id_of(label), 0))
    for pair, state in expect.bonds.items():
        yield f"bonds.{pair}", state, _bond_state(pair, world)
    yield from _compare_balances(expect, world)


def _compare_payment(expect: Expect, done: Done | None, world: World) -> Iterator[Triple]:
    decision = done.decision if done is not None else None
    sums: dict[str, int] = {}
    shared: dict[str, int] = {}
    skipped: dict[str, str] = {}
    if decision is not None:
        sums = {"fund": decision.share.fund_fen, "own": _sum(decision.own)}
        sums |= {"wallet": _sum(decision.wallet), "cash": decision.cash_fen}
        skipped = {world.label_of(skip.person_id): skip.refused.reason for skip in decision.skips}
        for payment in decision.shared:
            label = world.label_of(payment.account.book_id)
            shared[label] = shared.get(label, 0) + payment.amount_fen
    for key in ("fund", "own", "wallet", "cash"):
        value = getattr(expect, key)
        if value is not None:
            yield key, _money(value), yuan(sums[key]) if key in sums else None
    if expect.shared is not None:
        for label in sorted(set(shared) | set(expect.shared)):
            got = yuan(shared.get(label, 0)) if decision is not None else None
            yield f"shared.{label}", _money(expect.shared.get(label, "0.00")), got
    for label, reason in expect.skipped.items():
        yield f"skipped.{label}", reason, skipped.get(label)


def _compare_numbers(expect: Expect, done: Done | None, most: str | None) -> Iterator[Triple]:
    got: dict[str, Callable[[Done], int | None]] = {
        "freed": lambda one: one.freed_fen,
        "paid": lambda one: one.paid_fen,
        "credited": lambda one: one.credited_fen,
        "cash_back": lambda one: one.cash_back_fen,
    }
    for key, read in got.items():
        value = getattr(expect, key)
        if value is not None:
            fen = read(done) if done is not None else None
            yield key, _money(value), None if fen is None else yuan(fen)
    if expect.most is not None:
        yield "most", _money(expect.most), most


def _compare_balances(expect: Expect, world: World) -> Iterator[Triple]:
    readers: dict[str, Callable[[int], int]] = {
        "balance": world.balance_fen,
        "current_year": lambda person: world.pocket_fen(person, Pocket.CURRENT_YEAR),
        "carry_over": lambda person: world.pocket_fen(person, Pocket.CARRY_OVER),
        "wallet_balance": lambda person: world.pocket_fen(person, Pocket.WALLET),
        "free": world.free_fen,
    }
    for key, read in readers.items():
        for label, text in getattr(expect, key).items():
            yield f"{key}.{label}", _money(text), yuan(read(world.id_of(label)))


def _bond_state(pair: str, world: World) -> str | None:
    sharer, _, member = pair.partition(">")
    member_id = world.id_of(member)
    bonds = [bond for bond in world.books.registry.bonds_of_sharer(world.id_of(sharer)) if bond.member_id == member_id]
    return bonds[-1].state if bonds else None


def _sum(payments: tuple[Payment, ...]) -> int:
    return sum(payment.amount_fen for payment in payments)


def _money(text: str) -> str:
    return yuan(fen_from_yuan(text))
