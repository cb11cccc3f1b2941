"""What people see: being asked to agree, signing in at the sandbox provider, and everything that can go wrong there."""

import asyncio
import base64
import json
import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from gongji.channels.identity.browser import _guard
from gongji.channels.identity.known import OWN_PAGES
from gongji.channels.identity.pages import COOKIE, KNOCK_COOKIE
from gongji.channels.identity.tokens import seconds
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.access.channel_apps import AppState, StateRequest, app_scope, change_state
from gongji.services.access.staff import dismiss, staff_scope
from tests.identity_world import BACK, ISSUER, Browser, IdentityWorld, asked_for, authorize, proved

CHILD_BORN = date(2012, 3, 4)


@pytest.fixture
def house():
    with IdentityWorld() as found:
        found.person(1, money=500)
        yield found


@pytest.fixture
def browser(house):
    return Browser(house)


# The request of the app.


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody-knows-it"},
        {"client_id": "no such id"},
        {"client_id": ""},
        {"redirect_uri": "https://evil.test/callback"},
        {"redirect_uri": BACK + "/../other"},
        {"redirect_uri": "http://127.0.0.1.evil.test/callback"},
        {"redirect_uri": "http://user@127.0.0.1/callback"},
        {"redirect_uri": "http://127.0.0.1/call\r\nback"},
        {"redirect_uri": "http://127.0.0.1/callback#"},
        {"redirect_uri": "http://测试/"},
        {"response_type": '"'},
        {"redirect_uri": ""},
    ],
)
def test_nobody_is_sent_to_where_no_app_is_registered(browser, changed):
    answer = authorize(browser, **changed)

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "没有登录成功" in answer.text


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "no.such.scope"}, "invalid_scope"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_what_an_app_asks_wrongly_is_told_to_the_app(browser, changed, name):
    answer = authorize(browser, **changed)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(BACK)
    assert browser.left["error"] == name
    assert (browser.left["state"], browser.left["iss"]) == ("app-state", ISSUER)


def test_a_parameter_that_comes_twice_is_refused(browser):
    assert browser.go("/oauth/authorize?" + browser.query() + "&state=other").status_code == 400


def test_an_app_that_may_not_use_codes_is_told_so(browser):
    assert authorize(browser, client_id="sample-bureau").status_code == 400


def test_a_suspended_app_gets_nobody(house, browser):
    request = StateRequest(client_id="sample-city-app", state=AppState.SUSPENDED, by="稽核", why="投诉", at=house.now)
    house.store.run(app_scope("sample-city-app"), lambda books: change_state(books, request))

    assert authorize(browser).status_code == 400


# Consent.


def test_the_page_says_in_plain_words_what_the_app_may_do(house, browser):
    text = proved(house, browser).text

    assert "样例城市应用" in text
    assert "看您的个人账户和医保钱包里有多少钱" in text
    assert "accounts.read" not in re.sub(r'action="[^"]*"', "", text)
    assert "样例</strong>" in text
    assert "测1" not in text
    assert "*1" in text


def test_the_page_is_kept_framed_and_changed_by_nobody(house, browser):
    answer = proved(house, browser)

    assert answer.headers["cache-control"] == "private, no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1" in policy
    assert "unsafe" not in policy


def test_the_same_page_in_english(house):
    browser = Browser(house, language="en")

    assert "May “Sample city app” act for you?" in proved(house, browser).text


def test_who_does_not_agree_goes_back_without_a_code(house, browser):
    proved(house, browser)
    browser.submit(decision="disagree")

    assert browser.left["error"] == "access_denied"
    assert (browser.left["state"], browser.left["iss"]) == ("app-state", ISSUER)
    assert not house.store.dossiers(Asked(kind="code"))


def test_who_agrees_goes_back_with_a_code_and_with_who_we_are(house, browser):
    proved(house, browser)
    browser.submit(decision="agree")

    assert set(browser.left) == {"code", "state", "iss"}


def test_agreeing_cannot_be_done_by_another_sites_form(house, browser):
    proved(house, browser)
    address = browser.address

    browser.go(address, "POST", {"decision": "agree"})
    without = browser.answer.status_code
    browser.go(address, "POST", {"decision": "agree", "guard": "0" * 64})

    assert (without, browser.answer.status_code) == (403, 403)
    assert not house.store.dossiers(Asked(kind="code"))


def test_a_guard_that_no_page_of_ours_shows_is_refused_like_any_other(house, browser):
    proved(house, browser)

    assert browser.go(browser.address, "POST", {"decision": "agree", "guard": "é"}).status_code == 403


def test_a_guard_is_good_for_the_request_that_was_shown(house, browser):
    text = proved(house, browser).text
    guard = re.findall(r'name="guard" value="([^"]*)"', text)[0]
    wider = urlencode(asked_for(scope="accounts.read bonds.write wallet.write"))

    assert browser.go(f"/oauth/authorize?{wider}", "POST", {"decision": "agree", "guard": guard}).status_code == 403


def test_a_sign_in_lasts_half_an_hour(house, browser):
    proved(house, browser)
    house.later(minutes=29)
    assert "同意" in authorize(browser).text
    house.later(minutes=1)

    assert "请证明是您本人" in authorize(browser).text


def test_after_signing_out_the_provider_is_asked_again(house, browser):
    proved(house, browser)
    browser.go("/oauth/sign-out", "POST", {"x": "y"})

    assert COOKIE not in {name.removeprefix("__Host-") for name in browser.cookies}
    assert "请证明是您本人" in authorize(browser).text


def test_a_citizen_gets_nowhere_through_a_counters_app(house, browser):
    authorize(browser, client_id="sample-counter")
    answer = browser.proves(house.name_of(1), house.number_of(1))

    assert answer.status_code == 403
    assert "这个应用只给经办人员使用" in answer.text


def test_staff_give_their_powers_to_no_app_of_citizens(browser):
    authorize(browser, scope="bonds.write")
    answer = browser.proves("", "", staff="S1001")
    guard = _guard(browser.cookies[f"__Host-{COOKIE}"], browser.query(scope="bonds.write"))
    browser.go(f"/oauth/authorize?{browser.query(scope='bonds.write')}", "POST", {"decision": "agree", "guard": guard})

    assert answer.status_code == 403
    assert "这个应用只给参保人自己使用" in answer.text
    assert browser.left["error"] == "access_denied"


def test_a_citizen_agrees_to_no_counters_app_by_a_form_of_his_own(house, browser):
    proved(house, browser)
    query = browser.query(client_id="sample-counter")
    guard = _guard(browser.cookies[f"__Host-{COOKIE}"], query)
    browser.go(f"/oauth/authorize?{query}", "POST", {"decision": "agree", "guard": guard})

    assert browser.left["error"] == "access_denied"


def test_staff_who_left_meanwhile_are_asked_anew_who_they_are(house, browser):
    authorize(browser, client_id="sample-counter", scope="people.read")
    browser.proves("", "", staff="S1001")
    secret = browser.cookies[f"__Host-{COOKIE}"]
    before = asyncio.run(house.known.known.visitor(secret, house.now))
    house.store.run(staff_scope("S1001"), lambda books: dismiss(books, "S1001", "人事"))

    assert before.staff_no == "S1001"
    assert "请证明是您本人" in authorize(browser, client_id="sample-counter", scope="people.read").text
    assert asyncio.run(house.known.known.visitor(secret, house.now)) is None


def test_who_has_died_signs_in_no_more(house, browser):
    people = Scope(people={1})
    house.store.run(people, lambda books: books.registry.people.put(1, replace(books.registry.people[1], alive=False)))

    assert proved(house, browser).status_code == 403


# Who sits there now.


@pytest.mark.parametrize(
    "asked", [{"prompt": "login"}, {"prompt": "consent login"}, {"max_age": "59"}, {"max_age": "x"}]
)
def test_an_app_may_want_who_sits_there_now_to_prove_himself_once_more(house, browser, asked):
    proved(house, browser)
    house.later(minutes=1)

    before, asked_there = authorize(browser, **asked).text, browser.address
    after = browser.proves(house.name_of(1), house.number_of(1)).text

    assert "请证明是您本人" in before
    assert "prompt=login" in asked_there
    assert "样例城市应用" in after


def test_who_proved_himself_lately_enough_is_not_asked_again(house, browser):
    proved(house, browser)
    house.later(minutes=1)

    assert "样例城市应用" in authorize(browser, max_age="60").text


def test_without_a_page_nobody_agrees_to_anything(house, browser):
    authorize(browser, prompt="none")
    nobody = browser.left
    proved(house, browser)
    authorize(browser, prompt="none")

    assert (nobody["error"], browser.left["error"]) == ("login_required", "consent_required")
    assert (browser.left["state"], browser.left["iss"]) == ("app-state", ISSUER)


def test_an_id_token_tells_when_he_proved_himself_and_not_when_he_agreed(house, browser):
    proved(house, browser)
    proved_at = seconds(house.now)
    house.later(minutes=20)
    authorize(browser)
    browser.submit(decision="agree")
    told = house.redeemed(browser.left["code"]).json()["id_token"].split(".")[1]

    assert json.loads(base64.urlsafe_b64decode(told + "=="))["auth_time"] == proved_at


def test_cookies_are_out_of_the_reach_of_scripts_and_other_hosts(browser):
    browser.send("GET", "/oauth/sign-in", "", [], b"")
    told = browser.send("GET", "/oauth/sign-in", "", [], b"").headers["set-cookie"]

    assert told.startswith(f"__Host-{KNOCK_COOKIE}=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(told.split("; "))


@pytest.mark.parametrize(
    ("back", "where"),
    [
        ("/me/family?x=1", "/me/family"),
        ("//evil.test/", "/"),
        ("https://evil.test/", "/"),
        ("/\\evil.test", "/"),
        ("/\t\\evil.test", "/"),
        ("/\t/evil.test", "/"),
        ("/me\r\nx: y", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_after_signing_in_one_is_led_to_our_own_pages_only(house, browser, back, where):
    browser.go("/oauth/sign-in?" + urlencode({"back": back}))
    browser.proves(house.name_of(1), house.number_of(1))

    assert browser.address.partition("?")[0] == where


# Coming back from the provider.


def test_the_answer_to_another_browsers_question_is_not_taken(house, browser):
    authorize(browser)
    browser.submit(name=house.name_of(1), number=house.number_of(1), person="", staff="")
    browser.submit(code=browser.sms)
    own, browser.cookies = browser.cookies, {}

    answer = browser.submit(outcome="passed")

    assert answer.status_code == 400
    assert "换了浏览器" in answer.text
    assert own


def test_a_forged_state_is_not_taken(browser):
    authorize(browser)

    assert browser.go("/oauth/callback?code=x&state=forged").status_code == 400
    assert browser.go("/oauth/callback?code=x&state=%C3%A9").status_code == 400


def test_who_gives_up_is_told_what_else_he_can_do(browser):
    authorize(browser)
    answer = browser.submit(give_up="yes")

    assert answer.status_code == 403
    assert "经办窗口" in answer.text


def test_a_stranger_is_told_that_nobody_is_insured_under_that_number(house, browser):
    authorize(browser)
    answer = browser.proves("测9", house.number_of(9))

    assert answer.status_code == 403
    assert "没有登录成功" in answer.text
    assert not house.store.dossiers(Asked(kind="signin"))


def test_another_name_under_that_number_is_not_taken_and_in_the_end_shut_out(house, browser):
    for _ in range(10):
        authorize(browser)
        answer = browser.proves("冒名", house.number_of(1))
    shut = proved(house, browser)
    house.later(minutes=15)

    assert answer.status_code == 403
    assert "姓名" in answer.text
    assert (shut.status_code, "10:15" in shut.text) == (429, True)
    assert "同意" in proved(house, browser).text


def test_our_own_pages_know_who_sits_at_the_browser(house, browser):
    browser.go("/oauth/sign-in?back=/me")
    browser.proves(house.name_of(1), house.number_of(1))
    secret = browser.cookies[f"__Host-{COOKIE}"]

    visitor = asyncio.run(house.known.known.visitor(secret, house.now))
    later = asyncio.run(house.known.known.visitor(secret, house.now + timedelta(minutes=30)))

    assert visitor is not None
    assert (visitor.subject, visitor.role, visitor.client, visitor.sandbox) == (1, "citizen", OWN_PAGES, True)
    assert "accounts.read" in visitor.scopes
    assert "apps.write" not in visitor.scopes
    assert later is None
    assert asyncio.run(house.known.known.visitor("another", house.now)) is None
