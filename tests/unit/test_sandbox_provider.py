"""The sandbox provider: codes by SMS, outcomes of a face check, and who guesses too often."""

from datetime import date

import pytest

from gongji.domain.dossiers import opened
from gongji.dossiers.cabinet import Asked
from gongji.services.access.sessions import SignIn
from tests.identity_world import Browser, IdentityWorld, authorize, proved

CHILD_BORN = date(2012, 3, 4)


@pytest.fixture
def house():
    with IdentityWorld() as found:
        found.person(1, money=500)
        yield found


@pytest.fixture
def browser(house):
    return Browser(house)


def test_every_page_of_the_sandbox_says_that_it_is_one(house, browser):
    pages = [authorize(browser).text]
    pages.append(browser.submit(name=house.name_of(1), number=house.number_of(1), person="", staff="").text)
    pages.append(browser.submit(code=browser.sms).text)
    pages.append(browser.submit(outcome="failed").text)

    assert all("data-sandbox" in page and "样例" in page for page in pages)


@pytest.mark.parametrize(
    ("filled", "what"),
    [
        ({"name": "", "number": "", "person": ""}, "请挑一位"),
        ({"name": "张三", "number": "", "person": ""}, "请挑一位"),
        ({"name": "张三", "number": "123", "person": ""}, "身份证号码不对"),
        ({"name": "张三", "number": "", "person": "320200199901010000"}, "请挑一位"),
    ],
)
def test_what_is_filled_in_wrongly_is_said_at_the_field(browser, filled, what):
    authorize(browser)
    answer = browser.submit(staff="", **filled)

    assert answer.status_code == 400
    assert what in answer.text


@pytest.mark.parametrize(
    ("face", "acr", "kept"),
    [("passed", "face", "passed"), ("helper", "sms", "helper")],
)
def test_the_outcome_of_the_face_check_is_kept(house, browser, face, acr, kept):
    proved(house, browser, face=face)
    (signed_in,) = (opened(one, SignIn) for one in house.store.dossiers(Asked(kind="signin")))

    assert (signed_in.who.acr, signed_in.who.face, signed_in.who.sandbox) == (acr, kept, True)


def test_a_face_that_fails_twice_leaves_the_sms_and_other_ways(house, browser):
    assert "再试一次" in proved(house, browser, face="failed").text
    text = browser.submit(outcome="failed").text
    assert "经办窗口" in text
    browser.submit(outcome="failed_twice")

    (signed_in,) = (opened(one, SignIn) for one in house.store.dossiers(Asked(kind="signin")))
    assert (signed_in.who.acr, signed_in.who.face) == ("sms", "failed_twice")


def test_a_failed_face_cannot_be_called_passed_afterwards(house, browser):
    proved(house, browser, face="failed_twice")

    assert browser.submit(outcome="passed").status_code == 400


def test_nobody_under_sixteen_is_asked_for_his_face(house, browser):
    house.person(5, born=CHILD_BORN)
    authorize(browser)
    browser.submit(name=house.name_of(5), number=house.number_of(5, CHILD_BORN), person="", staff="")
    text = browser.submit(code=browser.sms).text

    assert "不满 16 岁" in text
    assert 'value="passed"' not in text
    assert browser.submit(outcome="passed").status_code == 400


def test_an_sms_code_runs_out_and_another_is_sent(house, browser):
    authorize(browser)
    browser.submit(name=house.name_of(1), number=house.number_of(1), person="", staff="")
    old = browser.sms
    house.later(minutes=5)
    answer = browser.submit(code=old)

    assert answer.status_code == 400
    assert "过期" in answer.text
    assert browser.sms != old
    assert "刷脸" in browser.submit(code=browser.sms).text


def test_five_wrong_codes_shut_a_person_out_whatever_he_begins_anew(house, browser):
    authorize(browser)
    browser.submit(name=house.name_of(1), number=house.number_of(1), person="", staff="")
    wrong = f"{(int(browser.sms) + 1) % 1_000_000:06}"
    said = [browser.submit(code=wrong).text for _ in range(4)]
    last = browser.submit(code=wrong)

    authorize(browser)
    browser.submit(name=house.name_of(1), number=house.number_of(1), person="", staff="")
    shut = browser.submit(code=browser.sms)
    house.later(minutes=15)
    authorize(browser)

    assert "还可以试 4 次" in said[0]
    assert "还可以试 1 次" in said[3]
    assert (last.status_code, shut.status_code) == (429, 429)
    assert "10:15" in shut.text
    assert "同意" in browser.proves(house.name_of(1), house.number_of(1)).text


def test_an_address_that_guesses_for_many_people_is_shut_out(house, browser):
    for number in range(11, 16):
        house.person(number)
        authorize(browser)
        browser.submit(name=house.name_of(number), number=house.number_of(number), person="", staff="")
        wrong = f"{(int(browser.sms) + 1) % 1_000_000:06}"
        for _ in range(4):
            answer = browser.submit(code=wrong)
    authorize(browser)
    browser.submit(name=house.name_of(1), number=house.number_of(1), person="", staff="")

    assert answer.status_code == 400
    assert browser.submit(code=browser.sms).status_code == 429


def test_an_attempt_that_is_over_is_over(house, browser):
    authorize(browser)
    browser.submit(name=house.name_of(1), number=house.number_of(1), person="", staff="")
    house.later(minutes=15)

    assert browser.submit(code="123456").status_code == 400
    assert browser.go("/sandbox/identity/attempts/nothing").status_code == 400


def test_the_sandbox_serves_nobody_but_us(browser):
    answer = browser.go("/sandbox/identity/authorize?client_id=another&redirect_uri=https://evil.test")

    assert answer.status_code == 400
