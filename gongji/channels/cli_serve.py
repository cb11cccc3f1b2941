"""Serving: the national door over HTTP, and beside it the lists of a sample server."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from msgspec import Struct

from gongji.channels import samples
from gongji.channels.api.forwarded import seen_through
from gongji.channels.asked import Asked
from gongji.channels.beside import taking_orders
from gongji.channels.cases.drafted import cases_of
from gongji.channels.clerk import AboutRules, BooksClerk
from gongji.channels.house import Clock, House, Outside
from gongji.channels.http import HttpDoor
from gongji.channels.national.door import Door
from gongji.channels.national.signing.keys import KeyRing, SampleKeys, profiles_page
from gongji.channels.national.signing.profiles import BY_REGION, Choice, ProfileError, chosen
from gongji.channels.policy_desk import DeskPages
from gongji.channels.policy_pages import ROOT, PolicyPages
from gongji.channels.published import published_rules
from gongji.channels.sample_story import tell_story
from gongji.channels.sandbox import has_samples, is_sandbox, lists, load_samples
from gongji.channels.serving.crew import serve_by_workers
from gongji.channels.serving.frames import Settings
from gongji.channels.serving.listening import listen, own_url, serve
from gongji.channels.serving.worker import run_worker as run
from gongji.channels.telling import Teller, telling
from gongji.domain.bill import FeeClass
from gongji.domain.money import BASIS, yuan
from gongji.registry.catalogue import Catalogue, sample_catalogue
from gongji.rules.policybook import PolicyBook
from gongji.services.batching import Batcher
from gongji.services.policies.publications import PolicyDesk
from gongji.services.policies.timetables import Timetable, looking, sentence
from gongji.services.store import Store

if TYPE_CHECKING:
    from gongji.channels.api.opening import Opened

_LEVELS = {FeeClass.A: "01", FeeClass.B: "02", FeeClass.C: "03"}


class Address(Struct, frozen=True):
    """Where to listen; with `or_any` at any free port when that one is taken."""

    host: str
    port: int
    or_any: bool = False


class Gate(Struct, frozen=True):
    """Which profile messages come under, by name, and the keys institutions sign by; None for no file of keys.

    With `core_split` institutions are believed how an outside core has split a bill; in a sandbox they always are.
    """

    profile: str = "plain"
    keys: KeyRing | None = None
    core_split: bool = False


class Crew(Struct, frozen=True):
    """How many workers take connections, none to serve in one process; `clock_is_set` where it shows another time."""

    workers: int = 0
    clock_is_set: bool = False


_PLAIN: Final = Gate()
_ALONE: Final = Crew()


def run_serve(
    house: House,
    at: Address,
    *,
    data: Path | None,
    sample: bool,
    now: datetime | None,
    profile: str = "plain",
    core_split: bool = False,
    workers: int = 0,
) -> int:
    """Open the books and serve until asked to stop; 0 then, 1 when the port is taken, 2 when it may not be so."""
    gate = Gate(profile, house.institution_keys(data), core_split)
    try:
        signed = chosen(profile).signed
    except ProfileError as fault:
        typer.echo(f"--profile: {fault}.", err=True)
        return 2
    if signed and gate.keys is None and not sample:
        typer.echo(f"--profile {profile} asks for signatures: name a file of keys, GONGJI_INSTITUTION_KEYS.", err=True)
        return 2
    book, clock = house.book(), house.clock(now)
    typer.echo(f"{len(book.regions)} regions, rule bundle {book.digest[:12]}")
    with (
        house.store(data, typer.echo, clock if now else None, standby=True) as store,
        published_rules(house, data) as rules,
    ):
        if sample and not is_sandbox(store):
            typer.echo("--sample: these books are somebody's; anybody could sign in as whom he likes.", err=True)
            return 2
        if sample:
            load(store, rules.at(clock()), clock())
        crew = Crew(workers, clock_is_set=now is not None)
        return keep_serving(store, house, clock, at, data=data, rules=rules, sample=sample, gate=gate, crew=crew)


def load(store: Store, policy: PolicyBook, now: datetime) -> None:
    """Load the sample families, and say whether they were there."""
    fresh = load_samples(store, policy, now)
    typer.echo(
        "The sample families are loaded." if fresh else "The sample families were there; their money is as it was."
    )


def keep_serving(
    store: Store,
    house: House,
    clock: Clock,
    at: Address,
    *,
    data: Path | None,
    rules: Timetable,
    sample: bool,
    gate: Gate = _PLAIN,
    crew: Crew = _ALONE,
) -> int:
    """Serve until SIGTERM or SIGINT. `ready` and the address are printed once the socket accepts.

    A sample server speaks every profile below /profiles/; without a file of keys it makes some, and publishes them.
    """
    if sample:
        _tell_story(store, rules.at(clock()), clock())
    outside, proxies = house.outside(sandbox=sample), house.trusted_proxies()
    catalogue, keys, codes = sample_catalogue(), gate.keys, house.codes(data, typer.echo)
    extra: dict[str, Callable[[], bytes]] = {}
    if sample:
        made = SampleKeys(samples.institutions()) if keys is None else None
        keys = keys if made is None else made.ring
        extra |= lists(store, rules.at, clock, codes, _listed(catalogue))
        extra |= outside.pages
        extra["/sandbox/profiles.json"] = partial(profiles_page, made, gate.profile)
    choice, split = chosen(gate.profile, sandbox=sample), gate.core_split or has_samples(store)
    door = Door(store, rules, catalogue, codes=codes, choice=choice, keys=keys, believes_split=split)
    about_rules = AboutRules(_pages(rules, clock, store if sample else None), _desk(house, rules, clock, sample=sample))
    if (listening := _listening(at)) is None:
        return 1
    _say_rules(rules, house.book(), clock())
    with (
        looking(rules, typer.echo),
        _application(house, store, rules, clock, outside, data=data, url=own_url(listening), sample=sample) as (
            batcher,
            api,
        ),
        closing(BooksClerk(door, batcher, extra, about_rules, seen_through(proxies, api.app))) as clerk,
    ):
        ready = partial(_ready, tour=f"{house.public_url() or own_url(listening)}/tour" if sample else "")
        if crew.workers:
            ahead = clock() - house.clock(None)() if crew.clock_is_set else timedelta(0)
            settings = partial(_settings, choice, keys, [*extra, ROOT], api.paths, ahead)
            serve_by_workers(crew.workers, clerk, settings, listening, on_ready=ready, say=typer.echo)
        else:
            serve(HttpDoor(door.reception, clerk, clock, [*extra, ROOT], api.paths), listening, ready)
    typer.echo("Stopped.")
    return 0


def run_worker(house: House, wire: int, listening: int) -> None:
    """Be a worker on two sockets that were handed down: the wire to the writer, and the one that listens."""
    run(house.clock(None), socket.socket(fileno=wire), socket.socket(fileno=listening))


# Helpers


def _tell_story(store: Store, policy: PolicyBook, now: datetime) -> None:
    """Tell the story of a sample family, once, and say what of it the rules in these books refuse."""
    refused = tell_story(store, policy, now)
    if refused:
        typer.echo(f"The rules refuse parts of the sample family's story: {', '.join(refused)}.")


@contextmanager
def _application(
    house: House,
    store: Store,
    rules: Timetable,
    clock: Clock,
    outside: Outside,
    *,
    data: Path | None,
    url: str,
    sample: bool,
) -> "Iterator[tuple[Batcher, Opened]]":
    """Open what signs people in, the loop that writes, what tells people, and the application over all of it."""
    from gongji.channels.api.opening import opened  # noqa: PLC0415  # workers are quicker up without Litestar
    from gongji.channels.identity.opening import handlers, identity_opened  # noqa: PLC0415  # the same
    from gongji.channels.screens.routes import routes  # noqa: PLC0415  # the same

    codes = house.codes(data, typer.echo)
    with (
        identity_opened(house, store, data, clock=clock, url=url, sample=sample, say=typer.echo) as known,
        Batcher(store) as batcher,
        closing(outside),
        telling(Teller(store, batcher, rules, outside, clock), typer.echo),
        taking_orders(house.data_folder(data), batcher, clock, typer.echo),
        opened(
            store,
            batcher,
            rules,
            clock=clock,
            tokens=house.token,
            codes=codes,
            identity=known,
            more=[*handlers(known), *routes()],
            sandbox=sample,
        ) as api,
    ):
        yield batcher, api


def _pages(rules: Timetable, clock: Clock, store: Store | None) -> Callable[[str], bytes]:
    """Return what answers questions about the rules, by those that hold when it is asked."""
    return lambda asked: PolicyPages(rules.at(clock()), clock, store).answered(asked)


def _desk(house: House, rules: Timetable, clock: Clock, *, sample: bool) -> Callable[[Asked], bytes]:
    if rules.archive is None:
        raise TypeError("a server's rules come out of an archive")
    desk = PolicyDesk(rules.archive, house.rulebook)
    run = cases_of(house.cases())
    return DeskPages(desk, rules, run, clock, header=house.sign_on_header(), sample=sample).answered


def _say_rules(rules: Timetable, files: PolicyBook, now: datetime) -> None:
    """Say which rules hold, and which are to come."""
    holding = rules.holding(now)
    if holding is None:
        typer.echo("The rules are those of the policy files; nothing has been published.")
        return
    typer.echo(f"{sentence(holding)}.")
    if rules.at(now).digest != files.digest:
        typer.echo("The policy files say otherwise than what was published; what was published holds.")
    for one in rules.coming(now):
        typer.echo(f"To come: {sentence(one)}.")


def _listening(at: Address) -> socket.socket | None:
    for port in (at.port, 0) if at.or_any else (at.port,):
        try:
            return listen(at.host, port)
        except OSError as fault:
            typer.echo(f"{at.host}:{port} cannot be listened on: {fault.strerror or fault}.", err=True)
    return None


def _ready(url: str, *, tour: str) -> None:
    typer.echo(f"ready {url}")
    if tour:
        typer.echo(f"Open {tour} in a browser: phone, desk, kiosk and rules of a sample family, each one click away.")


def _settings(choice: Choice, keys: KeyRing | None, pages: list[str], paths: list[str], ahead: timedelta) -> Settings:
    return Settings(
        profile=choice.profile.name if choice.profile is not None else BY_REGION,
        sandbox=choice.sandbox,
        keys=dict(keys.all()) if keys is not None else {},
        pages=pages,
        ahead=ahead,
        paths=paths,
    )


def _listed(catalogue: Catalogue) -> Callable[[], list[dict[str, Any]]]:
    items = [
        {
            "med_list_codg": item.code,
            "name": item.name,
            "chrgitm_lv": _LEVELS[item.fee_class],
            "first_self_pay": _ratio(item.first_self_pay),
            "price": None if item.ceiling_fen is None else yuan(item.ceiling_fen),
        }
        for item in catalogue.items.values()
    ]
    return lambda: items


def _ratio(points: int) -> str:
    """Return basis points as a decimal ratio with at least two decimals."""
    whole, rest = divmod(points, BASIS)
    return f"{whole}.{rest:04d}".removesuffix("00")
