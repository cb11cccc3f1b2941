"""The threads that tell people: out of the way of settlements, and not stopped by what goes wrong once."""

import threading
import tomllib
from datetime import timedelta
from types import SimpleNamespace

import pytest

from gongji.channels import telling as module
from gongji.channels.telling import LOOKS_EVERY, Teller, telling
from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.gateways.outside import Outside
from gongji.ledger.publishing import PolicyAct, Published, sha256_of
from gongji.ledger.records import EntryKind
from gongji.rules.bundle import compile_book
from gongji.services.batching import Batcher, Job
from gongji.services.office.differences import DIFFERENCE
from gongji.services.policies.archives import MemoryArchive
from gongji.services.policies.timetables import Timetable
from gongji.services.retention import EVERY
from gongji.services.store import MemoryStore, StoreDownError
from gongji.services.telling.bulletins import BULLETIN, bulletin_of, bulletins_for, unseen
from gongji.services.telling.notice_feeding import feed
from tests.national_world import NOW, POLICIES, World, policy_book

RULES = Timetable(policy_book())
PATIENCE_SECONDS = 30


def test_what_goes_on_behind_the_settlements_rests_where_others_settle(monkeypatch):
    monkeypatch.setattr(module, "feed", lambda _store, _rules, write, _now: write(Scope(), lambda _: b"") == b"")
    with Batcher(MemoryStore()) as batcher:
        teller = Teller(MemoryStore(), batcher, RULES, Outside({}, sandbox=True), lambda: NOW)

        def beside_a_settlement():
            batcher.submit(Job(Scope(), lambda _: b"")).result()
            return teller.feed()

        assert teller.paced(teller.feed) == 0.0, "its own portions keep nobody waiting"
        assert (teller.paced(beside_a_settlement) or 0.0) > 0.0
        assert teller.paced(lambda: False) is None


def test_what_waited_long_for_a_gateway_does_not_rest_three_times_as_long(monkeypatch):
    batcher, times = Batcher(MemoryStore()), iter((0.0, 100.0))
    teller = Teller(MemoryStore(), batcher, RULES, Outside({}, sandbox=True), lambda: NOW)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(times)))

    def delivered_slowly():
        batcher.submit(Job(Scope(), lambda _: b""))  # somebody else's
        return True

    assert teller.paced(delivered_slowly) == module.SECONDS


def test_the_journal_is_looked_through_once_a_minute(monkeypatch):
    looked, now, more = [], [NOW], [True]

    def look_through(*told):
        looked.append(told[-1])
        return more[0]

    monkeypatch.setattr(module, "look_through", look_through)
    teller = Teller(MemoryStore(), Batcher(MemoryStore()), RULES, Outside({}, sandbox=True), lambda: now[0])

    assert teller.look_through()
    more[0] = False
    assert not teller.look_through()
    now[0] = NOW + LOOKS_EVERY - timedelta(seconds=1)
    assert not teller.look_through()
    now[0] = NOW + LOOKS_EVERY
    assert not teller.look_through()

    assert looked == [NOW, NOW, NOW + LOOKS_EVERY]


def test_a_server_files_differences_by_itself():
    filed = threading.Event()

    class Looking(Teller):
        def look_through(self):
            found = super().look_through()
            filed.set()
            return found

    store = MemoryStore()
    World(store).person(1, money=100_00)
    store.run(Scope(people={1}), _refunded)
    with Batcher(store) as batcher:
        teller = Looking(store, batcher, RULES, Outside({}, sandbox=True), lambda: NOW)
        with telling(teller, lambda _: None, seconds=0.001):
            assert filed.wait(PATIENCE_SECONDS)

    (one,) = store.dossiers(Asked(kind=DIFFERENCE))
    assert (one.parties, one.office) == ((1,), "320200")


def _refunded(books):
    account, other = Account(1, Pocket.CARRY_OVER), Account(1, Pocket.INSTITUTION)
    when = {"book_id": 1, "event_at": NOW, "recorded_at": NOW}
    paid = books.ledger.append(EntryKind.SETTLEMENT, {account: -1_00, other: 1_00}, **when)
    books.ledger.append(EntryKind.REVERSAL, {account: 1_00, other: -1_00}, **when, reverses=paid.entry_id)


class Faulty(Teller):
    """Its feeding goes wrong each time."""

    def __init__(self, fault):
        super().__init__(MemoryStore(), Batcher(MemoryStore()), RULES, Outside({}, sandbox=True), lambda: NOW)
        self.fault, self.tries, self.enough = fault, 0, threading.Event()

    def feed(self):
        self.tries += 1
        if self.tries == 3:
            self.enough.set()
        raise self.fault

    def look_through(self):
        return False  # nothing writes here


@pytest.mark.parametrize(
    ("fault", "said"), [(StoreDownError("away"), ["Notices wait: away"]), (ValueError("ours"), [])]
)
def test_what_goes_wrong_is_said_once_and_tried_again(fault, said):
    heard: list[str] = []
    faulty = Faulty(fault)

    with telling(faulty, heard.append, seconds=0.001):
        assert faulty.enough.wait(PATIENCE_SECONDS)

    assert heard == said


# Changes of rules.


def published(*without):
    """An archive with one publication for each of these: all policy files but the one of that name."""
    archive = MemoryArchive()
    files = {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in POLICIES.glob("*.toml")}
    for number, name in enumerate(without, 1):
        _, bundle = compile_book({key: value for key, value in files.items() if key != name})
        told = Published(bundle=sha256_of(bundle), files={}, since=NOW)
        act = PolicyAct(number=number, draft_id=number, who="a", done_at=NOW, why="b", told=told)
        archive.add([act], bundles=[bundle])
    return archive


def test_a_publication_is_told_where_it_changed_a_rule_and_only_once():
    (name,) = (file.name for file in POLICIES.glob("650100*"))
    timetable = Timetable(policy_book(), published("", name))
    assert unseen(timetable, 0) == (0, [])  # the timetable has not read it yet
    timetable.look()
    store = MemoryStore()

    for _ in range(2):
        feed(store, timetable, store.run, NOW)

    (posted,) = store.dossiers(Asked(kind=BULLETIN))
    bulletin = bulletin_of(posted)
    assert (bulletin.region, bulletin.since) == ("650100", NOW)
    assert bulletin.rules
    assert bulletins_for(store, policy_book(), "650100", None, 9) == [posted]
    assert bulletins_for(store, policy_book(), "320200", None, 9) == []


# Retention.


def test_the_sweep_comes_once_in_a_while(monkeypatch):
    swept, now, more = [], [NOW], [True]

    def sweep(_, at):
        swept.append(at)
        return more[0]

    monkeypatch.setattr(module, "sweep", sweep)
    teller = Teller(MemoryStore(), Batcher(MemoryStore()), RULES, Outside({}, sandbox=True), lambda: now[0])

    assert teller.forget()
    more[0] = False
    assert not teller.forget()
    now[0] = NOW + EVERY - timedelta(seconds=1)
    assert not teller.forget()
    now[0] = NOW + EVERY
    assert not teller.forget()

    assert swept == [NOW, NOW, NOW + EVERY]
