"""Channel apps and staff: what can be registered, suspended, and asked for over the API."""

import pytest
from msgspec.structs import replace

from gongji.channels.api.app import HANDLERS
from gongji.channels.api.declaring import BEARER
from gongji.channels.identity.sample_apps import SAMPLE_SECRET
from gongji.channels.identity.secrets import Secrets
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.access.channel_apps import (
    AppKind,
    AppState,
    ChannelApp,
    GrantType,
    StateRequest,
    app_scope,
    change_state,
    is_redirect,
    register,
    registered,
)
from gongji.services.access.permissions import PERMISSIONS
from gongji.services.access.staff import Member, at_work, dismiss, staff_scope, take_on
from gongji.services.store import MemoryStore
from tests.api_world import problem
from tests.identity_world import Browser, IdentityWorld
from tests.national_world import NOW

APP = ChannelApp(
    client_id="ssb-app",
    name_zh="随申办",
    name_en="Shanghai app",
    kind=AppKind.CITY_APP,
    grant_types=(GrantType.CODE, GrantType.REFRESH),
    scopes=("accounts.read",),
    redirect_uris=("https://app.example/callback",),
    secret_hash="hash",
    registered_by="王芳",
)
CLERK = Member(staff_no="W1", name="王芳", role="clerk", office="320200", by="人事")


@pytest.fixture
def store():
    return MemoryStore()


def put(store, app):
    return store.run(app_scope("ssb-app"), lambda books: register(books, app, NOW))


def to(store, state, by="稽核", why="投诉", **more):
    request = StateRequest(client_id="ssb-app", state=state, by=by, why=why, at=NOW, **{"alone": True} | more)
    return store.run(app_scope("ssb-app"), lambda books: change_state(books, request))


def test_an_app_is_registered_once_and_found_again(store):
    first, again = put(store, APP), put(store, replace(APP, name_zh="另一个"))

    found = store.read(app_scope("ssb-app"), lambda books: registered(books, "ssb-app"))

    assert first == found
    assert found is not None
    assert (found.app, found.usable) == (APP, True)
    assert again == Refused(Refusal.ALREADY_BOUND, subject="client_id")


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("client_id", {"client_id": "SSB"}),
        ("client_id", {"client_id": "1ssb"}),
        ("name_zh", {"name_zh": " "}),
        ("name_en", {"name_en": "a\nb"}),
        ("grant_types", {"grant_types": ()}),
        ("grant_types", {"grant_types": (GrantType.REFRESH,)}),
        ("kind", {"grant_types": (GrantType.CREDENTIALS,)}),
        ("redirect_uris", {"redirect_uris": ()}),
        ("redirect_uris", {"redirect_uris": ("https://app.example/callback", "http://app.example/")}),
        ("redirect_uris", {"grant_types": (GrantType.CREDENTIALS,), "kind": AppKind.BUREAU_SYSTEM}),
        ("scopes", {"scopes": ()}),
        ("scopes", {"scopes": ("accounts.read", "everything")}),
        (
            "secret",
            {
                "grant_types": (GrantType.CREDENTIALS,),
                "kind": AppKind.BUREAU_SYSTEM,
                "redirect_uris": (),
                "secret_hash": "",
            },
        ),
        ("staff", {"staff": True}),
        ("requests_per_minute", {"requests_per_minute": -1}),
        ("registered_by", {"registered_by": ""}),
    ],
)
def test_what_is_not_sound_is_named_and_not_registered(store, field, changed):
    assert put(store, replace(APP, **changed)) == Refused(Refusal.MESSAGE_MALFORMED, subject=field)
    assert store.read(app_scope("ssb-app"), lambda books: registered(books, "ssb-app")) is None


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback?x=1",
        "http://127.0.0.1/callback",
        "http://[::1]:8000/",
        "http://localhost/cb",
        "cn.gov.sh.app:/callback",
    ],
)
def test_people_may_be_sent_back_there(uri):
    assert is_redirect(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "app.example/callback",
        "http://app.example/",
        "https://app.example/#part",
        "https://user:word@app.example/",
        "https://app.example:port/",
        "https:///callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "app:/callback",
        "cn.gov.sh.app://callback/x",
        "https://app.example/ callback",
        "https://应用.example/",
        "https://app.example/" + "x" * 2000,
    ],
)
def test_and_not_there(uri):
    assert not is_redirect(uri)


def test_an_app_is_suspended_let_in_again_and_shut_out_for_good(store):
    put(store, APP)
    states = [to(store, state).state for state in (AppState.SUSPENDED, AppState.ACTIVE, AppState.REVOKED)]

    assert states == ["suspended", "active", "revoked"]
    assert to(store, AppState.ACTIVE) == Refused(Refusal.MESSAGE_MALFORMED, subject="state")
    found = store.read(app_scope("ssb-app"), lambda books: registered(books, "ssb-app"))
    assert found.app.why == f"{NOW:%Y-%m-%d %H:%M:%S} 稽核: 投诉"


def test_nobody_is_shut_out_without_a_name_and_a_reason(store):
    put(store, APP)

    assert to(store, AppState.SUSPENDED, by=" ").subject == "by"
    assert to(store, AppState.SUSPENDED, why=" ").subject == "why"


def test_an_app_that_is_not_there_is_not_found(store):
    assert to(store, AppState.SUSPENDED) == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="client_id")
    assert app_scope("No Such Id").dossiers == set()


def test_a_secret_is_known_by_its_hash_alone():
    secrets = Secrets()
    kept = secrets.hashed("a secret")

    assert "a secret" not in kept
    assert kept.startswith("$argon2id$")
    assert [secrets.is_right("a secret", kept) for _ in range(2)] == [True, True]
    assert not secrets.is_right("another", kept)
    assert not secrets.is_right("a secret", "no hash")


def test_every_scope_that_an_address_asks_for_is_one_that_people_can_be_asked_for():
    asked = {
        scope
        for handler in HANDLERS
        for wanted in getattr(handler, "security", None) or ()
        for scope in wanted.get(BEARER, ())
    }

    assert asked
    assert asked <= set(PERMISSIONS)


def test_no_permission_is_worded_for_machines():
    for name, permission in PERMISSIONS.items():
        assert permission.roles, name
        assert not {"授权", "接口", "scope", "API"} & set(permission.zh.split()), name
        assert permission.zh != permission.en


def states(store, *steps):
    """Return what came of steps, each a state and the number of the officer."""
    done = [to(store, state, officer=officer, alone=False) for state, officer in steps]
    return [one.state if hasattr(one, "state") else one for one in done]


@pytest.mark.parametrize("state", [AppState.ACTIVE, AppState.REVOKED])
def test_what_one_has_suspended_another_lets_in_or_shuts_out(store, state):
    put(store, APP)
    suspended, no = AppState.SUSPENDED, RequestFault.NOT_YOUR_TASK

    assert states(store, (suspended, "S1"), (state, "S1"), (state, "S2")) == [suspended, no, state]


def test_no_app_in_use_is_shut_out_for_good_by_one(store):
    put(store, APP)

    assert states(store, (AppState.REVOKED, "S1"), (AppState.ACTIVE, "S1")) == [
        RequestFault.NOT_YOUR_TASK,
        AppState.ACTIVE,
    ]


def test_who_suspended_an_app_is_told_by_his_number_and_not_by_his_name(store):
    put(store, APP)
    to(store, AppState.SUSPENDED, by="王芳", officer="S1", alone=False)

    assert to(store, AppState.ACTIVE, by="王芳", officer="S2", alone=False).state is AppState.ACTIVE


# Staff.


def employed(store, member):
    return store.run(staff_scope(member.staff_no), lambda books: take_on(books, member, NOW))


def test_staff_are_taken_on_change_their_role_and_leave(store):
    employed(store, CLERK)
    employed(store, replace(CLERK, role="reviewer"))
    there = store.read(staff_scope("W1"), lambda books: at_work(books, "W1"))
    left = store.run(staff_scope("W1"), lambda books: dismiss(books, "W1", "人事"))

    assert there.role == "reviewer"
    assert left.name == "王芳"
    assert store.read(staff_scope("W1"), lambda books: at_work(books, "W1")) is None
    assert store.run(Scope(), lambda books: dismiss(books, "W9", "人事")).reason is Refusal.PERSON_UNKNOWN


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("staff_no", {"staff_no": "1001"}),
        ("name", {"name": ""}),
        ("role", {"role": "citizen"}),
        ("office", {"office": "wuxi"}),
        ("by", {"by": " "}),
    ],
)
def test_staff_who_are_not_soundly_described_are_not_taken_on(store, field, changed):
    assert employed(store, replace(CLERK, **changed)) == Refused(Refusal.MESSAGE_MALFORMED, subject=field)


# Over the API.


@pytest.fixture
def house():
    with IdentityWorld() as found:
        found.person(1, money=500)
        yield found


def of_staff(house, number, scope):
    browser = Browser(house)
    browser.go("/oauth/authorize?" + browser.query(client_id="sample-counter", scope=scope))
    browser.proves("", "", staff=number)
    browser.submit(decision="agree")
    answer = house.redeemed(browser.left["code"], client="sample-counter", secret=SAMPLE_SECRET)
    return answer.json()["access_token"]


def test_an_inspector_suspends_an_app_while_the_server_runs(house):
    inspector, citizen = of_staff(house, "S1003", "apps.read apps.write"), house.signed_in()["access_token"]
    seen = house.get("/api/v1/channel-apps/sample-city-app", inspector)
    wanted = {"state": "suspended", "why": "投诉"}
    address = "/api/v1/channel-apps/sample-city-app/state"

    done = house.post(address, inspector, body=wanted, headers=[("if-match", seen.headers["etag"])])
    house.later(seconds=5)

    assert done.json()["state"] == "suspended"
    assert "样例稽核" in done.json()["why"]
    problem(house.get("/api/v1/accounts/1/balances", citizen), "SIGN_IN_INVALID")
    late = house.post(address, inspector, body=wanted, headers=[("if-match", seen.headers["etag"])])
    problem(late, "CHANGED_MEANWHILE")


def test_an_inspector_alone_does_not_let_in_again_what_he_suspended(house):
    inspector = of_staff(house, "S1003", "apps.write")
    address = "/api/v1/channel-apps/sample-bureau/state"
    house.post(address, inspector, body={"state": "suspended", "why": "投诉"})

    problem(house.post(address, inspector, body={"state": "active", "why": "查无实据"}), "NOT_YOUR_TASK")

    employed(house.store, replace(CLERK, staff_no="S1002", role="inspector", name="样例审核"))
    other = of_staff(house, "S1002", "apps.write")
    assert house.post(address, other, body={"state": "active", "why": "查无实据"}).json()["state"] == "active"


def test_who_is_dismissed_over_the_api_is_out_within_seconds(house):
    clerk, auditor = of_staff(house, "S1001", "people.read"), of_staff(house, "S1004", "staff.read staff.write")
    address = "/api/v1/staff/S1001"
    seen = house.get(address, auditor)
    assert seen.json()["state"] == "active"
    assert house.get("/api/v1/audit", clerk).status_code != 401

    tag = [("if-match", seen.headers["etag"])]
    done = house.post(f"{address}/dismissal", auditor, body={"why": "离职"}, headers=tag)
    house.later(seconds=5)

    assert (done.json()["state"], done.json()["by"], done.json()["why"]) == ("left", "样例审计", "离职")
    problem(house.get("/api/v1/audit", clerk), "SIGN_IN_INVALID")
    problem(house.post(f"{address}/dismissal", auditor, body={"why": "x"}, headers=tag), "CHANGED_MEANWHILE")
    listed = house.get("/api/v1/staff", auditor).json()["items"]
    assert {one["staff_no"]: one["state"] for one in listed} == {
        "S1001": "left", "S1002": "active", "S1003": "active", "S1004": "active",
    }  # fmt: skip


def test_an_auditor_answers_for_the_desks_of_his_office_alone(house):
    auditor = of_staff(house, "S1004", "staff.read staff.write")
    employed(house.store, replace(CLERK, office="510100"))

    problem(house.get("/api/v1/staff/W1", auditor), "PERSON_UNKNOWN")
    problem(house.post("/api/v1/staff/W1/dismissal", auditor, body={"why": "x"}), "PERSON_UNKNOWN")
    problem(house.get("/api/v1/staff/no-such", auditor), "PERSON_UNKNOWN")
    problem(house.get("/api/v1/staff", auditor, query={"office": "510100"}), "NOT_YOUR_TASK")
    assert house.store.read(staff_scope("W1"), lambda books: at_work(books, "W1")) is not None
    inspector = of_staff(house, "S1003", "apps.read")
    problem(house.get("/api/v1/staff", inspector), "SCOPE_MISSING")


def test_apps_are_listed_page_by_page_without_secrets(house):
    auditor = of_staff(house, "S1004", "apps.read")

    first = house.get("/api/v1/channel-apps", auditor, query={"limit": 2})
    rest = house.get("/api/v1/channel-apps", auditor, query={"limit": 2, "cursor": first.json()["next"]})

    names = [one["client_id"] for one in first.json()["items"] + rest.json()["items"]]
    assert sorted(names) == ["sample-bureau", "sample-city-app", "sample-counter"]
    assert rest.json()["next"] is None
    assert "argon2" not in first.text + rest.text


def test_who_is_no_inspector_changes_nothing(house):
    auditor = of_staff(house, "S1004", "apps.read apps.write")
    citizen = house.signed_in()["access_token"]
    wanted = {"state": "suspended", "why": "x"}

    problem(house.post("/api/v1/channel-apps/sample-city-app/state", auditor, body=wanted), "SCOPE_MISSING")
    problem(house.get("/api/v1/channel-apps", citizen), "SCOPE_MISSING")
    problem(house.get("/api/v1/channel-apps/nobody", auditor), "SETTLEMENT_NOT_FOUND")


def test_an_app_with_a_rate_of_its_own_is_held_to_it(house):
    app = replace(APP, redirect_uris=("http://127.0.0.1/callback",), secret_hash="", requests_per_minute=2)
    put(house.store, app)
    browser = Browser(house)
    code = browser.through(house.name_of(1), house.number_of(1), client_id="ssb-app", scope="accounts.read")
    token = house.redeemed(code, client="ssb-app").json()["access_token"]

    answers = [house.get("/api/v1/accounts/1/balances", token) for _ in range(3)]
    house.later(seconds=29)
    early = house.get("/api/v1/accounts/1/balances", token)
    house.later(seconds=1)

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) == 30
    assert (early.status_code, house.get("/api/v1/accounts/1/balances", token).status_code) == (429, 200)
