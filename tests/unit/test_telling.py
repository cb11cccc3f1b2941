"""The threads that tell people: out of the way of settlements, and not stopped by what goes wrong once."""

import threading
import tomllib
from datetime import timedelta

import pytest

from gongji.channels import telling as module
from gongji.channels.telling import Teller, telling
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.gateways.outside import Outside
from gongji.ledger.publishing import PolicyAct, Published, sha256_of
from gongji.rules.bundle import compile_book
from gongji.services.batching import Batcher, Job
from gongji.services.policies.archives import MemoryArchive
from gongji.services.policies.timetables import Timetable
from gongji.services.retention import EVERY
from gongji.services.store import MemoryStore, StoreDownError
from gongji.services.telling.bulletins import BULLETIN, bulletin_of, bulletins_for, unseen
from gongji.services.telling.notice_feeding import feed
from tests.national_world import NOW, POLICIES, policy_book

RULES = Timetable(policy_book())
PATIENCE_SECONDS = 30


def test_while_a_settlement_waits_the_rest_of_the_notices_wait_too(monkeypatch):
    monkeypatch.setattr(module, "feed", lambda *_: True)
    batcher = Batcher(MemoryStore())
    teller = Teller(MemoryStore(), batcher, RULES, Outside({}, sandbox=True), lambda: NOW)
    assert teller.feed()

    batcher.submit(Job(Scope(), lambda _: b""))

    assert not teller.feed()


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


def test_the_sweep_comes_once_in_a_while_and_lets_settlements_go_first(monkeypatch):
    swept, now, more = [], [NOW], [True]

    def sweep(_, at):
        swept.append(at)
        return more[0]

    monkeypatch.setattr(module, "sweep", sweep)
    batcher = Batcher(MemoryStore())
    teller = Teller(MemoryStore(), batcher, RULES, Outside({}, sandbox=True), lambda: now[0])

    assert teller.forget()
    batcher.submit(Job(Scope(), lambda _: b""))
    assert not teller.forget()
    more[0] = False
    teller.forget()
    now[0] = NOW + EVERY - timedelta(seconds=1)
    teller.forget()
    now[0] = NOW + EVERY
    teller.forget()

    assert swept == [NOW, NOW, NOW, NOW + EVERY]
