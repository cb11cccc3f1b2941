"""The line of a webhook: in order, signed, tried again, never lost, resting after three days; from every store."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.access.channel_apps import (
    AppKind,
    AppState,
    ChannelApp,
    GrantType,
    StateRequest,
    app_scope,
    change_state,
)
from gongji.services.access.channel_apps import register as register_app
from gongji.services.access.sessions import Session, Who, begin, end
from gongji.services.policies.timetables import Timetable
from gongji.services.telling.events import event_of, events_since
from gongji.services.telling.events import line_of as events_of
from gongji.services.telling.notice_feeding import feed
from gongji.services.telling.notices import NOTICE, app_office
from gongji.services.telling.pushing import lines_due, push_line, signed
from gongji.services.telling.webhooks import (
    OLD_SECRET_LIFE,
    Attempt,
    Subscribed,
    again,
    line_of,
    push_of,
    queue,
    renew_secret,
    set_state,
    subscribe,
    url_fault,
    webhook_of,
)
from tests.contract.people import DAUGHTER, FATHER, NOON, family, settle
from tests.national_world import policy_book
from tests.webhook_reader import SECRET, event_in

RULES = Timetable(policy_book())
CLIENT = "city-bureau"
DAY = timedelta(days=1)


class Receiver:
    """Answers as it is told, by status; 0 is no answer at all."""

    def __init__(self):
        self.status, self.got, self.tried = 200, [], 0

    def post(self, _url, body, headers, at):
        self.tried += 1
        status = self.status(headers["webhook-id"]) if callable(self.status) else self.status
        attempt = Attempt(at=at, status=status, fault="" if status else "ConnectError")
        if attempt.taken:
            self.got.append((headers["webhook-id"], body, headers))
        return attempt


class Line:
    """A family, an app that may receive what the father is told, and its webhook."""

    def __init__(self, store):
        self.store, self.receiver, self.now = store, Receiver(), NOON
        self.bond_id, self.bills = family(store), 0
        app = ChannelApp(
            client_id=CLIENT,
            name_zh="市局",
            name_en="Bureau",
            kind=AppKind.BUREAU_SYSTEM,
            grant_types=(GrantType.CREDENTIALS,),
            scopes=("notices.read", "webhooks.write"),
            secret_hash="hash",
            registered_by="test",
        )
        store.run(app_scope(CLIENT), lambda books: register_app(books, app, NOON))
        self.allow("one")
        self.webhook_id = self.open().dossier_id

    def allow(self, number, scopes=("notices.read",), person_id=FATHER):
        who = Who(role="citizen", person_id=person_id)
        form = Session(client_id=CLIENT, who=who, scopes=scopes, until=NOON + 30 * DAY)
        self.store.run(Scope(), lambda books: begin(books, number, form, NOON))
        feed(self.store, RULES, self.store.run, self.now)  # so that this is told before there is a webhook

    def open(self, *types):
        wish = Subscribed(client_id=CLIENT, url="https://app.example/hook", types=types, secret=SECRET, at=NOON)
        return self.store.run(Scope(), lambda books: subscribe(books, wish))

    def pay(self, count=1):
        for _ in range(count):
            self.bills += 1
            self.store.run(
                Scope(people={DAUGHTER}), lambda books: settle(books, f"bill-{self.bills}", self.bills, self.bond_id)
            )
        feed(self.store, RULES, self.store.run, self.now)

    def push(self, *, after=None):
        """Push whatever is due, until nothing is; time stands still meanwhile."""
        self.now += after or timedelta()
        for _ in range(50):
            due = lines_due(self.store, self.now)
            if not due:
                return
            for one in due:
                push_line(self.store, self.store.run, self.receiver, one, self.now)
        raise AssertionError("the line never comes to rest")

    def here(self, webhook_id=None):
        name = webhook_id or self.webhook_id
        return self.store.read(Scope(dossiers={name}), lambda books: books.dossiers.get(name))

    def log(self):
        return self.store.dossiers(Asked(kind=line_of(self.webhook_id)))[::-1]

    def change(self, work, *more):
        names = {self.webhook_id, *more}
        return self.store.run(Scope(dossiers=names), lambda books: work(books, books.dossiers.get(self.webhook_id)))

    @property
    def amounts(self):
        return [event["data"]["amount_fen"] for event in self.events]

    @property
    def events(self):
        return [event_in(body, headers) for _, body, headers in self.receiver.got]


@pytest.fixture
def line(store):
    return Line(store)


def test_events_leave_in_order_signed_and_without_a_place(line):
    line.pay(12)

    line.push()

    assert line.amounts == list(range(1, 13))
    assert {event["type"] for event in line.events} == {"notice.relative_deduction"}
    assert all(set(one["data"]) == {"notice_id", "person_id", "at", "amount_fen", "path"} for one in line.events)
    assert {one.state for one in line.log()} == {"delivered"}
    assert line.here().due_at is None


def test_a_receiver_that_is_down_for_a_day_gets_everything_afterwards_in_order(line):
    line.receiver.status = 0
    for _ in range(24):
        line.pay()
        line.push(after=timedelta(hours=1))
    assert line.receiver.got == []
    line.receiver.status = 200

    line.push(after=timedelta(hours=1))

    assert line.amounts == list(range(1, 25))
    assert webhook_of(line.here()).failing_since is None
    assert line.receiver.tried < 24 + 30  # one try for the whole line, not one for each event


def test_waits_grow_to_an_hour(line):
    line.receiver.status = 503
    line.pay()
    waits = []
    for _ in range(12):
        line.push()
        waits.append(int((line.here().due_at - line.now).total_seconds()))
        line.now = line.here().due_at

    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]


def test_what_is_refused_comes_again_later_and_keeps_nothing_back(line):
    line.pay(3)
    poison = event_of(line.store.changed_dossiers([events_of(CLIENT)], 0, 9)[1][1]).id
    line.receiver.status = lambda event_id: 400 if event_id == poison else 200
    line.push()
    assert line.amounts == [1, 3]
    line.receiver.status = 200
    line.pay()
    line.push()
    assert line.amounts == [1, 3, 4]

    line.push(after=timedelta(seconds=10))

    assert line.amounts == [1, 3, 4, 2]


def test_after_three_days_the_line_rests_its_owner_is_told_and_nothing_is_lost(line):
    line.receiver.status = 500
    line.pay(3)
    for _ in range(80):
        line.push(after=timedelta(hours=1))
    resting = line.here()
    tried = line.receiver.tried
    line.pay()
    line.push(after=DAY)
    told = line.store.dossiers(Asked(kind=NOTICE, office=app_office(CLIENT)))

    line.receiver.status = 200
    line.change(lambda books, dossier: set_state(books, dossier, "active", line.now))
    line.push()

    assert (resting.state, resting.due_at, line.receiver.tried - tried) == ("paused", None, 4)
    assert len(told) == 1
    assert line.amounts == [1, 2, 3, 4]


def test_a_receiver_that_is_gone_is_left_alone_at_once(line):
    line.receiver.status = 410
    line.pay(2)
    line.push()

    assert (line.here().state, line.receiver.tried) == ("paused", 1)


def test_one_event_or_all_since_a_moment_are_sent_again_under_their_ids(line):
    line.pay(3)
    line.push()
    second = line.log()[1]

    line.change(lambda books, dossier: again(books, dossier, books.dossiers.get(second.dossier_id), line.now),
                second.dossier_id)  # fmt: skip
    line.push()
    several = events_since(line.store, CLIENT, NOON, 9)
    line.change(lambda books, dossier: queue(books, dossier, several, line.now))
    line.push()

    assert line.amounts == [1, 2, 3, 2, 1, 2, 3]
    assert len({event["id"] for event in line.events}) == 3
    assert push_of(line.log()[1]).tries == 1


def test_what_comes_while_a_line_is_pushed_is_not_forgotten(line):
    class Busy(Receiver):
        def post(self, url, body, headers, at):
            if not self.tried:
                line.pay()
            return super().post(url, body, headers, at)

    line.receiver = Busy()
    line.pay()
    line.push()

    assert line.amounts == [1, 2]


def test_an_app_is_told_of_nobody_who_has_not_let_it(line):
    line.store.run(Scope(dossiers={"session-one"}), lambda books: end(books, "one", "the person said so"))
    line.pay()
    line.allow("two", scopes=("bonds.read",))
    line.pay()
    line.allow("three", person_id=DAUGHTER)
    line.pay()
    line.push()

    assert [event["type"] for event in line.events] == ["notice.new_app"]  # of the daughter, who has let it


def test_a_webhook_gets_the_types_it_asked_for(line):
    other = line.open("notice.refund").dossier_id
    line.pay()

    assert (line.here().due_at, line.here(other).due_at) == (NOON, None)


def test_an_app_that_was_shut_out_is_told_nothing(line):
    line.pay()
    wish = StateRequest(client_id=CLIENT, state=AppState.SUSPENDED, by="test", why="test", at=NOON)
    line.store.run(app_scope(CLIENT), lambda books: change_state(books, wish))

    line.push()

    assert (line.receiver.tried, line.here().state) == (0, "paused")


@pytest.mark.parametrize(
    ("url", "sandbox", "fine"),
    [
        ("https://app.example/hook", False, True),
        ("http://app.example/hook", True, False),
        ("http://127.0.0.1:9000/hook", True, True),
        ("http://127.0.0.1:9000/hook", False, False),
        ("https://user:word@app.example/", True, False),
        ("https:///hook", True, False),
        ("https://app.example:99999/", True, False),
        ("https://app.example/#part", True, False),
        ("ftp://app.example/", True, False),
        ("https://app.example/a b", True, False),
    ],
)
def test_an_address_is_https_or_this_machine_in_a_sandbox(url, sandbox, fine):
    assert (url_fault(url, sandbox=sandbox) is None) == fine


def test_the_signature_is_that_of_standard_webhooks():
    body = b'{"id":"evt_1"}'
    headers = signed((SECRET,), "evt_1", body, NOON)

    assert int(headers["webhook-timestamp"]) == 1772424000  # 2026-03-02 12:00 in Shanghai is 04:00 UTC
    assert headers["webhook-id"] == "evt_1"


# Secrets.

OTHER, THIRD = "whsec_b3RoZXIgc2VjcmV0IG9mIHRoZSBsaW5l", "whsec_dGhpcmQgc2VjcmV0IG9mIHRoZSBsaW5l"


def accepted_by(line, *secrets):
    """Return which of these secrets a receiver may have to take what came last."""
    _, body, headers = line.receiver.got[-1]
    return [one for one in secrets if _takes(one, body, headers)]


def _takes(secret, body, headers):
    moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=UTC)
    wanted = Webhook(secret).sign(headers["webhook-id"], moment, body.decode())
    return wanted in headers["webhook-signature"].split(" ")


def test_for_a_day_the_secret_before_signs_as_well(line):
    line.change(lambda books, webhook: renew_secret(books, webhook, OTHER, NOON))
    taken = []
    for after in (timedelta(), OLD_SECRET_LIFE - timedelta(seconds=1), timedelta(seconds=1)):
        line.now += after
        line.pay()
        line.push()
        taken.append(accepted_by(line, OTHER, SECRET))

    assert taken == [[OTHER, SECRET], [OTHER, SECRET], [OTHER]]


def test_of_a_secret_renewed_twice_the_first_is_dropped_at_once(line):
    line.change(lambda books, webhook: renew_secret(books, webhook, OTHER, NOON))
    line.change(lambda books, webhook: renew_secret(books, webhook, THIRD, NOON))

    line.pay()
    line.push()

    assert accepted_by(line, THIRD, OTHER, SECRET) == [THIRD, OTHER]


def test_what_waited_is_signed_by_the_secret_of_the_moment_it_leaves(line):
    line.pay()
    line.change(lambda books, webhook: renew_secret(books, webhook, OTHER, NOON))

    line.push(after=OLD_SECRET_LIFE)

    assert accepted_by(line, OTHER, SECRET) == [OTHER]
