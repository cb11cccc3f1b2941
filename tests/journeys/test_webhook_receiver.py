"""Events on their way to a real receiver, over real connections: it fails, is slow, sends elsewhere, and comes back."""

import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gongji.channels.telling import Teller, telling
from gongji.domain.dossiers import Dossier
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.gateways.messages import SandboxMessenger
from gongji.gateways.webhooks import WebhookPoster
from gongji.services.access.channel_apps import AppKind, ChannelApp, GrantType, app_scope, register
from gongji.services.access.sessions import Session, Who, begin
from gongji.services.batching import Batcher
from gongji.services.policies.timetables import Timetable
from gongji.services.store import MemoryStore
from gongji.services.telling.notices import NOTICE
from gongji.services.telling.webhooks import Subscribed, line_of, push_of, subscribe, webhook_of
from tests.contract.people import DAUGHTER, FATHER, NOON, family, settle
from tests.national_world import policy_book
from tests.webhook_reader import SECRET, event_in

CLIENT = "city-bureau"
BILLS = 6
PATIENCE_SECONDS = 60


class Receiver(ThreadingHTTPServer):
    """Does with each post what its list says, and afterwards takes everything."""

    daemon_threads = True

    def __init__(self, ways):
        super().__init__(("127.0.0.1", 0), Handler)
        self.ways, self.got, self.met = list(ways), [], Counter[tuple[str, str]]()
        self.let_go = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        way = self.server.ways.pop(0) if self.server.ways else "take"
        self.server.met[way, self.path] += 1
        if way == "hang":
            self.server.let_go.wait(PATIENCE_SECONDS)
            return
        if way == "drip":
            with suppress(OSError):  # until the other side has had enough
                while not self.server.let_go.wait(0.2):
                    self.wfile.write(b"H")
            return
        if way == "cut":
            self.connection.close()
            return
        status = {"fail": 500, "elsewhere": 302, "no": 400}.get(way, 200)
        self.send_response(status)
        if way == "elsewhere":
            self.send_header("location", "/inside")
        self.send_header("content-length", "0")
        self.end_headers()
        if status == 200:
            self.server.got.append((body, dict(self.headers)))

    def log_message(self, *_):
        """Say nothing."""


class Gateways:
    def __init__(self):
        self.messenger = SandboxMessenger()
        self.poster = WebhookPoster(sandbox=True, seconds=1)


class Clock:
    """Shows an hour more each time a line waits, so that nobody has to."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def receiver():
    found = Receiver(["fail", "take", "hang", "elsewhere", "drip", "cut", "no", "fail"])
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.let_go.set()
    found.shutdown()
    found.server_close()
    thread.join()


def prepared(url):
    store = MemoryStore()
    bond_id = family(store)
    app = ChannelApp(
        client_id=CLIENT,
        name_zh="市局",
        name_en="Bureau",
        kind=AppKind.BUREAU_SYSTEM,
        grant_types=(GrantType.CREDENTIALS,),
        scopes=("notices.read",),
        secret_hash="hash",
        registered_by="test",
    )
    store.run(app_scope(CLIENT), lambda books: register(books, app, NOON))
    who = Who(role="citizen", person_id=FATHER)
    long_ago = NOON - timedelta(days=20)  # so that the sign-in itself is no news
    form = Session(client_id=CLIENT, who=who, scopes=("notices.read",), until=NOON + timedelta(days=9))
    store.run(Scope(), lambda books: begin(books, "one", form, long_ago))
    wish = Subscribed(client_id=CLIENT, url=url, types=(), secret=SECRET, at=NOON, sandbox=True)
    webhook = store.run(Scope(), lambda books: subscribe(books, wish))
    assert isinstance(webhook, Dossier)

    def pay_all(books):
        for number in range(1, BILLS + 1):
            settle(books, f"bill-{number}", number, bond_id)

    store.run(Scope(people={DAUGHTER}), pay_all)
    return store, webhook.dossier_id


def test_everything_arrives_once_the_receiver_takes_it_again(receiver):
    store, webhook_id = prepared(receiver.url)
    clock = Clock()
    deadline = time.monotonic() + PATIENCE_SECONDS
    with Batcher(store) as batcher:
        teller = Teller(store, batcher, Timetable(policy_book()), Gateways(), clock)
        with telling(teller, print, seconds=0.01):
            while len(receiver.got) < BILLS and time.monotonic() < deadline:
                time.sleep(0.05)
                clock.now += timedelta(minutes=2)

    events = [event_in(body, headers) for body, headers in receiver.got]
    line = store.dossiers(Asked(kind=line_of(webhook_id)))
    assert sorted(event["data"]["amount_fen"] for event in events) == list(range(1, BILLS + 1))
    assert len({event["id"] for event in events}) == BILLS
    assert {one.state for one in line} == {"delivered"}
    statuses = {attempt.status or attempt.fault for one in line for attempt in push_of(one).attempts}
    assert {200, 302, 400, 500, "TimeoutError"} <= statuses
    assert receiver.met["take", "/inside"] == 0  # it said to go there
    assert webhook_of(store.read(Scope(dossiers={webhook_id}), lambda b: b.dossiers.get(webhook_id))).tries == 0
    assert len(store.dossiers(Asked(kind=NOTICE, party=FATHER))) == BILLS
