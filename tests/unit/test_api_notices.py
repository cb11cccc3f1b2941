"""The inbox, preferences, webhooks and events over the API: one's own and nobody else's."""

from datetime import timedelta

import pytest

from gongji.domain.requests import Scope
from gongji.gateways.messages import SandboxMessenger
from gongji.services.access.channel_apps import AppKind, ChannelApp, GrantType, app_scope, register
from gongji.services.access.sessions import Session, Who, begin
from gongji.services.telling.bulletins import Bulletin, Posted, post
from gongji.services.telling.deliveries import deliver
from gongji.services.telling.notice_feeding import feed
from tests.api_world import ApiWorld, problem
from tests.contract.people import DAUGHTER, FATHER, settle
from tests.national_world import NOW

STRANGER = 3
CLIENT = "city-bureau"
NOTICES, PREFERENCES, WEBHOOKS, EVENTS = (
    f"/api/v1/{name}" for name in ("notices", "preferences", "webhooks", "events")
)
SCOPES = frozenset({"notices.read", "notices.write", "webhooks.write"})


class Notified(ApiWorld):
    def pay(self, amount_fen):
        def work(books):
            (bond,) = books.registry.bonds_of_sharer(FATHER)
            return settle(books, f"bill-{amount_fen}", amount_fen, bond.bond_id)

        self.store.run(Scope(people={FATHER, DAUGHTER}), work)
        self.feed()

    def feed(self):
        while feed(self.store, self.desk.rules, self.store.run, self.now):
            pass

    def inbox(self, token, **query):
        answer = self.get(NOTICES, token, query=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def api():
    with Notified() as found:
        found.world.person(FATHER, money=500_00)
        found.world.person(DAUGHTER)
        found.world.person(STRANGER)
        found.world.bond(FATHER, DAUGHTER)
        yield found


@pytest.fixture
def father(api):
    return api.identity.let_in(FATHER, scopes=SCOPES)


@pytest.fixture
def system(api):
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
    api.store.run(app_scope(CLIENT), lambda books: register(books, app, NOW))
    who = Who(role="citizen", person_id=FATHER)
    form = Session(client_id=CLIENT, who=who, scopes=("notices.read",), until=NOW.replace(year=2027))
    api.store.run(Scope(), lambda books: begin(books, "one", form, NOW))
    api.feed()
    return api.identity.let_in(client=CLIENT, role="system", scopes=SCOPES)


def test_the_inbox_says_who_used_how_much_and_where_to_look(api, father):
    api.pay(30_00)

    (notice,) = api.inbox(father)["items"]

    assert (notice["topic"], notice["amount_fen"], notice["other_name"]) == ("relative_deduction", 30_00, "测12")
    assert "测12" in notice["words"]
    assert "30.00" in notice["words"]
    assert notice["path"].startswith("/bills/")
    assert notice["read_at"] is None
    english = api.get(NOTICES, father, headers=[("accept-language", "en")]).json()["items"][0]["words"]
    assert english.endswith("used 30.00 yuan of your account at a designated institution.")


def reminders(api, token):
    return [one for one in api.inbox(token)["items"] if one["topic"] == "reminder"]


def set_line(api, token, fen):
    assert api.post(PREFERENCES, token, body={"reminder_fen": fen}).status_code == 200


def test_who_set_a_line_is_told_once_a_month_that_a_relative_passed_it(api, father):
    api.now = NOW  # the bills are of that day
    set_line(api, father, 50_00)
    api.pay(30_00)
    api.pay(20_00)
    assert reminders(api, father) == []  # the line itself is not above the line

    api.pay(1)
    api.pay(5_00)

    (notice,) = reminders(api, father)
    assert (notice["amount_fen"], notice["other_name"]) == (50_01, "测12")
    assert "50.01" in notice["words"]
    set_line(api, father, 56_00)
    api.pay(2_00)
    assert sorted(one["amount_fen"] for one in reminders(api, father)) == [50_01, 57_01]


def test_without_a_line_nobody_is_reminded_and_one_s_own_bills_do_not_count(api, father):
    api.pay(90_00)
    daughter = api.identity.let_in(DAUGHTER, scopes=SCOPES)
    set_line(api, daughter, 1)
    api.pay(91_00)

    assert (reminders(api, father), reminders(api, daughter)) == ([], [])


def test_unread_notices_are_counted_and_read_one_by_one_or_all_at_once(api, father):
    for amount_fen in (1_00, 2_00, 3_00):
        api.pay(amount_fen)
    inbox = api.inbox(father, limit=2)
    rest = api.inbox(father, limit=2, cursor=inbox["next"])
    assert ([len(inbox["items"]), len(rest["items"])], inbox["unread"], rest["next"]) == ([2, 1], 3, None)

    for _ in range(2):
        notice_id = inbox["items"][0]["notice_id"]
        assert api.post(f"{NOTICES}/{notice_id}/read", father).json() == {"notice_id": notice_id, "read": True}
    assert api.inbox(father)["unread"] == 2
    assert len(api.inbox(father, unread="true")["items"]) == 2
    assert api.post(f"{NOTICES}/read", father).json() == {"read": 2}
    assert api.inbox(father)["unread"] == 0


def test_a_stranger_sees_and_marks_nothing_of_anothers(api, father):
    stranger = api.identity.let_in(STRANGER, scopes=SCOPES)
    api.pay(30_00)
    notice_id = api.inbox(father)["items"][0]["notice_id"]

    assert api.inbox(stranger) == {"items": [], "unread": 0, "next": None}
    problem(api.post(f"{NOTICES}/{notice_id}/read", stranger), "NO_SUCH_PLACE")
    problem(api.get(NOTICES, api.identity.let_in(FATHER)), "SCOPE_MISSING")
    assert api.inbox(father)["unread"] == 1


def test_preferences_hold_for_messages_from_then_on(api, father):
    gateway = SandboxMessenger()
    api.pay(1_00)
    said = api.post(PREFERENCES, father, body={"channels": ["sms"], "phone": "13800004711", "language": "en"})
    assert said.status_code == 200, said.text
    assert api.get(PREFERENCES, father).json() == said.json()
    api.pay(2_00)

    assert deliver(api.store, api.store.run, gateway, api.now) == 1
    assert b"2.00 yuan" in gateway.listed()
    assert b"13800004711" in gateway.listed()


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("phone", {"channels": ["sms"]}),
        ("phone", {"phone": "12345678901"}),
        ("wechat", {"channels": ["wechat"], "phone": "13800004711"}),
        ("alipay", {"alipay": "a b"}),
        ("channels", {"channels": ["sms", "sms"], "phone": "13800004711"}),
        ("/text_size", {"text_size": "huge"}),
        ("/reminder_fen", {"reminder_fen": 0}),
        ("quiet_from", {"quiet_from": "22:00:30"}),
    ],
)
def test_preferences_that_are_not_sound_are_refused_by_field(api, father, field, wanted):
    told = problem(api.post(PREFERENCES, father, body=wanted), "MESSAGE_MALFORMED")

    assert told["field"] == field
    assert api.get(PREFERENCES, father).json()["channels"] == []


def test_preferences_changed_by_another_meanwhile_are_noticed(api, father):
    tag = api.get(PREFERENCES, father).headers["etag"]
    api.post(PREFERENCES, father, body={"language": "en"})

    problem(api.post(PREFERENCES, father, body={"easy_mode": True}, headers=[("if-match", tag)]), "CHANGED_MEANWHILE")


def test_changes_of_rules_are_told_by_region_with_its_province_and_the_nation(api, father):
    several = [
        Posted(
            f"bulletin-7-{region}",
            Bulletin(region=region, rules=("reach",), since=NOW, published_at=NOW, path=f"/rules/{region}"),
        )
        for region in ("320000", "320200", "370100")
    ]
    api.store.run(Scope(), lambda books: post(books, several, NOW))

    found = api.get("/api/v1/bulletins", father).json()["items"]

    assert sorted(one["region"] for one in found) == ["320000", "320200"]


# Webhooks.


def hook(api, system, **more):
    answer = api.post(WEBHOOKS, system, body={"url": "https://app.example/hook"} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_webhook_is_made_with_a_secret_that_is_never_shown_again(api, system):
    made = hook(api, system)
    webhook_id = made["webhook"]["webhook_id"]

    assert made["secret"].startswith("whsec_")
    assert api.get(WEBHOOKS, system).json() == {"items": [made["webhook"]]}
    assert api.get(f"{WEBHOOKS}/{webhook_id}", system).json() == made["webhook"]
    assert made["secret"] not in api.get(f"{WEBHOOKS}/{webhook_id}", system).text


def test_a_secret_is_renewed_once_for_each_key_and_never_shown_again(api, system):
    made = hook(api, system)
    webhook_id = made["webhook"]["webhook_id"]
    address = f"{WEBHOOKS}/{webhook_id}/secret"

    renewed, again = (api.post(address, system, key="renew") for _ in range(2))
    other = api.post(address, system)

    assert len({made["secret"], renewed.json()["secret"], other.json()["secret"]}) == 3
    assert renewed.json() == again.json()
    until = (api.now + timedelta(hours=24)).isoformat()
    assert renewed.json()["webhook"]["old_secret_until"] == f"{until}+08:00"
    assert made["webhook"]["old_secret_until"] is None
    assert renewed.json()["secret"] not in api.get(f"{WEBHOOKS}/{webhook_id}", system).text
    stranger = api.identity.let_in(client="bank-app", role="system", scopes=SCOPES)
    problem(api.post(address, stranger), "NO_SUCH_PLACE")


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("url", {"url": "http://app.example/hook"}),
        ("url", {"url": "http://127.0.0.1/hook"}),
        ("types", {"types": ["notice.unheard_of"]}),
    ],
)
def test_a_webhook_that_is_not_sound_is_refused_by_field(api, system, field, wanted):
    told = problem(api.post(WEBHOOKS, system, body={"url": "https://app.example/hook"} | wanted), "MESSAGE_MALFORMED")

    assert told["field"] == field
    assert api.get(WEBHOOKS, system).json()["items"] == []


def test_another_apps_webhook_is_not_there_and_people_have_none(api, system, father):
    webhook_id = hook(api, system)["webhook"]["webhook_id"]
    other = api.identity.let_in(client="bank-app", role="system", scopes=SCOPES)

    problem(api.get(f"{WEBHOOKS}/{webhook_id}", other), "NO_SUCH_PLACE")
    problem(api.get(f"{WEBHOOKS}/{webhook_id}/deliveries", other), "NO_SUCH_PLACE")
    problem(api.post(f"{WEBHOOKS}/{webhook_id}/state", other, body={"state": "closed"}), "NO_SUCH_PLACE")
    problem(api.post(f"{WEBHOOKS}/{webhook_id}/replay", other, body={"since": "2025-06-02T00:00:00Z"}), "NO_SUCH_PLACE")
    problem(api.get(f"{WEBHOOKS}/{webhook_id}", father), "NOT_YOUR_TASK")
    problem(api.get(EVENTS, father), "NOT_YOUR_TASK")
    assert api.get(WEBHOOKS, other).json() == {"items": []}


def test_what_waits_is_logged_and_can_be_sent_again(api, system):
    webhook_id = hook(api, system)["webhook"]["webhook_id"]
    for amount_fen in (1_00, 2_00):
        api.pay(amount_fen)
    log = api.get(f"{WEBHOOKS}/{webhook_id}/deliveries", system, query={"limit": 1}).json()
    assert (log["items"][0]["state"], log["items"][0]["attempts"]) == ("waiting", [])
    assert log["next"]

    again = api.post(f"{WEBHOOKS}/{webhook_id}/deliveries/{log['items'][0]['delivery_id']}/replay", system)
    assert again.json()["delivery_id"] == log["items"][0]["delivery_id"]
    queued = api.post(f"{WEBHOOKS}/{webhook_id}/replay", system, body={"since": "2025-06-02T10:00:00+08:00"})
    assert queued.json() == {"queued": 2}
    assert len(api.get(f"{WEBHOOKS}/{webhook_id}/deliveries", system).json()["items"]) == 4
    problem(api.post(f"{WEBHOOKS}/{webhook_id}/deliveries/push.9-1/replay", system), "NO_SUCH_PLACE")


def test_a_webhook_rests_wakes_and_is_closed_for_good(api, system):
    webhook_id = hook(api, system)["webhook"]["webhook_id"]
    for state in ("paused", "active", "closed"):
        said = api.post(f"{WEBHOOKS}/{webhook_id}/state", system, body={"state": state})
        assert said.json()["state"] == state

    problem(api.get(f"{WEBHOOKS}/{webhook_id}", system), "NO_SUCH_PLACE")
    problem(api.post(f"{WEBHOOKS}/{webhook_id}/state", system, body={"state": "active"}), "NO_SUCH_PLACE")


def test_an_app_has_ten_webhooks_at_most(api, system):
    for _ in range(10):
        hook(api, system)

    problem(api.post(WEBHOOKS, system, body={"url": "https://app.example/hook"}), "MESSAGE_MALFORMED")


def test_who_asks_gets_the_events_after_the_last_one_seen(api, system):
    hook(api, system)
    for amount_fen in (1_00, 2_00, 3_00):
        api.pay(amount_fen)

    first = api.get(EVENTS, system, query={"limit": 2}).json()
    rest = api.get(EVENTS, system, query={"after": first["after"]}).json()
    none = api.get(EVENTS, system, query={"after": rest["after"]}).json()

    assert [one["data"]["amount_fen"] for one in first["items"] + rest["items"]] == [1_00, 2_00, 3_00]
    assert none == {"items": [], "after": rest["after"]}
    assert {one["data"]["person_id"] for one in first["items"]} == {"11"}
    assert api.get(EVENTS, api.identity.let_in(client="bank-app", role="system", scopes=SCOPES)).json()["items"] == []
