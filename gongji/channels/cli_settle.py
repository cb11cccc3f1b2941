"""One national message from a file: handled at the door, answered, explained."""

import sys
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
import typer
from msgspec import Struct
from rich.console import Console

from gongji.channels import tables
from gongji.channels.filling import fill_books, fill_code, fill_envelope, fill_split
from gongji.channels.house import House
from gongji.channels.national.desk import Watched
from gongji.channels.national.door import Door
from gongji.channels.national.envelope import open_envelope
from gongji.channels.national.fields import MalformedError, parse
from gongji.channels.published import published_rules
from gongji.channels.sandbox import is_sandbox, load_samples
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.texts import Language
from gongji.registry.catalogue import sample_catalogue
from gongji.registry.codes import Codes
from gongji.rules.explain import Explanation, explain, explain_refused
from gongji.rules.policybook import PolicyBook
from gongji.rules.trace import Trace, trace, trace_refused
from gongji.services.bills.replays import NotReplayableError, replay_request
from gongji.services.policies.timetables import Timetable
from gongji.services.store import Store

CATCH_ALL: Final = "/fsi/api/callFsiService/callService"
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)


class Handled(Struct, frozen=True, kw_only=True):
    """What came of a message. `explained` is in Chinese and English, `trace` the same as docs/trace.md has it.

    Both are None where there is nothing to explain.

    `raw` is the answer byte for byte; in `answer` its fractions are exact decimals.
    """

    raw: bytes
    answer: dict[str, Any]
    explained: tuple[Explanation, Explanation] | None
    trace: Trace | None
    filled: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Tell whether the message was carried out."""
        return self.answer.get("infcode") == 0


class Counter:
    """The door with somebody beside it who notes what is decided, for explanations."""

    def __init__(self, store: Store, policy: PolicyBook | Timetable, codes: Codes) -> None:
        """Stand at the door of `store`."""
        self.store = store
        self._timetable = policy if isinstance(policy, Timetable) else Timetable(policy)
        self._decided: list[Watched] = []
        self._refused: list[tuple[Refused, PolicyBook]] = []
        self._door = Door(
            store,
            self._timetable,
            sample_catalogue(),
            codes=codes,
            watch=self._decided.append,
            watch_refused=lambda no, policy: self._refused.append((no, policy)),
        )

    def policy(self, now: datetime) -> PolicyBook:
        """Return the rules that hold."""
        return self._timetable.at(now)

    def handle(self, raw: bytes, now: datetime, *, filled: tuple[str, ...] = ()) -> Handled:
        """Hand in a message and return answer and explanation."""
        self._decided.clear()
        self._refused.clear()
        told = self._door.handle(raw, CATCH_ALL, now)
        answer = _DECODER.decode(told)
        known = self._known(raw, answer, now)
        if isinstance(known, tuple):
            no, book = known
            explained = _no(no, book, "zh"), _no(no, book, "en")
            return Handled(
                raw=told, answer=answer, explained=explained, trace=trace_refused(no, {}, book), filled=filled
            )
        if known is None:
            return Handled(raw=told, answer=answer, explained=None, trace=None, filled=filled)
        watched, day = known, known.at.date()
        return Handled(
            raw=told,
            answer=answer,
            explained=(_yes(watched, "zh"), _yes(watched, "en")),
            trace=trace(watched.decision, watched.patient, watched.names, watched.policy, day),
            filled=filled,
        )

    def _known(self, raw: bytes, answer: dict[str, Any], now: datetime) -> Watched | tuple[Refused, PolicyBook] | None:
        """Return what was decided, or why not and by which rules; None for messages that settle nothing."""
        if answer.get("infcode") != 0:
            return self._refused[-1] if self._refused else _read_back(answer, self._timetable.at(now))
        return self._decided[-1] if self._decided else self._decided_before(raw, now)

    def _decided_before(self, raw: bytes, now: datetime) -> Watched | None:
        """Return the decision behind a first answer that was given again, and the rules of then."""
        message = open_envelope(raw, CATCH_ALL, now)
        if message.infno not in {"2207", "2207A"}:
            return None
        try:
            replayed = replay_request(self.store, self._timetable.at(now), message.key)
        except NotReplayableError:
            return None
        if replayed is None:
            return None
        return Watched(
            infno=message.infno,
            at=replayed.bill.at,
            patient=replayed.patient,
            decision=replayed.decision,
            names=dict(replayed.names),
            policy=replayed.policy,
        )


def run_settle(house: House, file: Path, *, data: Path | None, as_json: bool, now: datetime | None) -> int:
    """Handle the message in `file` and print what came of it; 0 when accepted, 1 when refused, 2 when unreadable."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as fault:
        typer.echo(f"{file} cannot be read: {fault.strerror}", err=True)
        return 2
    at = house.clock(now)()
    with ExitStack() as stack:
        store = house.throwaway() if data is None else stack.enter_context(house.store(data, _to_stderr))
        codes = house.throwaway_codes() if data is None else house.codes(data, _to_stderr)
        rules = Timetable(house.book()) if data is None else stack.enter_context(published_rules(house, data))
        handled = settle_message(store, rules, codes, raw, at, sandbox=is_sandbox(store))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(as_data(handled)), indent=2).decode())
    else:
        show(tables.wide_console(), handled)
    return 0 if handled.accepted else 1


def settle_message(
    store: Store, rules: PolicyBook | Timetable, codes: Codes, raw: bytes, now: datetime, *, sandbox: bool
) -> Handled:
    """Hand in one message. What it lacks is filled in, and in the books of a sandbox also what it refers to."""
    counter = Counter(store, rules, codes)
    policy = rules.at(now) if isinstance(rules, Timetable) else rules
    try:
        message = parse(raw, "message")
    except MalformedError:
        message = None
    if not isinstance(message, dict):
        return counter.handle(raw, now)
    whole = fill_envelope(message, now)
    notes = whole.notes
    if sandbox:
        load_samples(store, policy, now)
        notes += fill_books(store, policy, whole.message, now)
        whole = fill_split(store, policy, whole.message, now)
        notes += whole.notes
        whole = fill_code(store, codes, whole.message, now)
        notes += whole.notes
    return counter.handle(msgspec.json.encode(whole.message), now, filled=notes)


def as_data(handled: Handled) -> dict[str, Any]:
    """Return answer, explanation, trace and what was filled in, for JSON."""
    explanation = None
    if handled.explained is not None:
        chinese, english = (one.as_data() for one in handled.explained)
        for line, twin in zip(chinese["lines"], english["lines"], strict=True):
            line["why_en"], line["next_step_en"] = twin["why"], twin["next_step"]
        explanation = chinese
    return {
        "answer": msgspec.Raw(handled.raw),
        "explanation": explanation,
        "trace": handled.trace,
        "filled": list(handled.filled),
    }


def show(console: Console, handled: Handled) -> None:
    """Print what was filled in, the answer, and who paid what and why."""
    if handled.filled:
        console.print("[bold]补齐 filled in[/bold]")
        for note in handled.filled:
            console.print(f"  {note}", markup=False, highlight=False)
    output = handled.answer.get("output") or {}
    if not handled.accepted:
        console.print(
            f"infcode {handled.answer.get('infcode')}: {handled.answer.get('err_msg')}",
            style="red",
            markup=False,
            soft_wrap=True,
        )
    elif "setlinfo" in output:
        info = output["setlinfo"]
        title = f"回答 answer: infcode 0, setl_id {info.get('setl_id')}, {info.get('psn_name')}"
        console.print(tables.answer_table(info, title=title))
    else:
        console.print_json(handled.raw.decode())
    if handled.explained is not None:
        console.print(tables.explanation_table(*handled.explained, title="说明 explanation"))


# Helpers


def _yes(watched: Watched, lang: Language) -> Explanation:
    return explain(watched.decision, watched.patient, watched.names, watched.policy, watched.at.date(), lang)


def _no(no: Refused, policy: PolicyBook, lang: Language) -> Explanation:
    return explain_refused(no, {}, policy, lang)


def _read_back(answer: dict[str, Any], policy: PolicyBook) -> tuple[Refused, PolicyBook] | None:
    """Return the refusal that err_msg names, for messages refused before anybody looked into the books."""
    name = str(answer.get("err_msg") or "").removeprefix("FSI-").partition(":")[0]
    return (Refused(Refusal(name)), policy) if name in Refusal.__members__ else None


def _to_stderr(sentence: str) -> None:
    typer.echo(sentence, err=True)
