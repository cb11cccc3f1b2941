"""Sessions, codes and sign-ins keep the same promises in memory and in PostgreSQL, also when two come at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg
import pytest

from gongji.domain.requests import Scope
from gongji.services.access.sessions import (
    CODE_LIFE,
    SESSION_LIFE,
    Consent,
    Who,
    agreed,
    begin,
    code_scope,
    consent_of,
    end,
    put_code,
    put_sign_in,
    refreshable,
    session_of,
    session_of_code,
    session_scope,
    sign_in_of,
    sign_in_scope,
    sign_out,
    turned,
    use_code,
)
from gongji.services.batching import Batcher, Job

NOON = datetime(2026, 3, 2, 12)
CODE = "a-code-that-nobody-can-guess"
NUMBER = session_of_code(CODE)
WHO = Who(role="citizen", person_id=1, acr="face", amr=("sms", "face"), face="passed", sandbox=True)
CONSENT = Consent(
    client_id="city-app",
    who=WHO,
    scopes=("accounts.read",),
    redirect_uri="https://app.example/callback",
    challenge="challenge",
    proved_at=NOON,
)


def run(store, scope, work):
    return store.run(scope, work)


def redeem(books, at=NOON):
    consent = consent_of(books, CODE, "city-app", at)
    if consent is None:
        return False
    use_code(books, CODE)
    begin(books, NUMBER, agreed(consent, at), at)
    return True


@pytest.fixture
def asked(store):
    run(store, code_scope(CODE), lambda books: put_code(books, CODE, CONSENT, NOON))
    return store


@pytest.fixture
def begun(asked):
    run(asked, code_scope(CODE), redeem)
    return asked


def look(store, at=NOON):
    return store.read(session_scope(NUMBER), lambda books: session_of(books, NUMBER, at))


def test_what_was_agreed_to_is_what_the_session_allows(begun):
    session = look(begun)

    assert (session.client_id, session.who, session.scopes) == ("city-app", WHO, ("accounts.read",))
    assert look(begun, NOON + SESSION_LIFE) is None


def test_of_two_who_redeem_one_code_at_once_one_does_and_then_nobody_has_it(asked):
    def work(books) -> bytes:
        return b"yes" if redeem(books) else b"no"

    with Batcher(asked) as batcher, ThreadPoolExecutor(2) as both:
        answers = [*both.map(lambda _: batcher.submit(Job(code_scope(CODE), work)).result(30), range(2))]

    assert sorted(answers) == [b"no", b"yes"]
    assert look(asked) is None


def test_of_two_who_refresh_at_once_one_does_and_then_nobody_has_it(begun):
    def work(books) -> bytes:
        session = refreshable(books, NUMBER, 0, NOON)
        if session is None:
            return b"no"
        return b"yes" if turned(books, NUMBER, session).turn == 1 else b"wrong"

    with Batcher(begun) as batcher, ThreadPoolExecutor(2) as both:
        answers = [*both.map(lambda _: batcher.submit(Job(session_scope(NUMBER), work)).result(30), range(2))]

    assert sorted(answers) == [b"no", b"yes"]
    assert look(begun) is None


def test_a_code_is_over_after_a_minute_and_never_good_before_it_was_made(asked):
    def good(at):
        return asked.read(code_scope(CODE), lambda books: consent_of(books, CODE, "city-app", at)) is not None

    assert good(NOON)
    assert not good(NOON + CODE_LIFE)
    assert not good(NOON - timedelta(seconds=1))


def test_another_app_gets_nothing_for_a_code_and_spoils_nothing(asked):
    stolen = run(asked, code_scope(CODE), lambda books: consent_of(books, CODE, "other-app", NOON))

    assert stolen is None
    assert run(asked, code_scope(CODE), redeem)


def test_an_ended_session_stays_ended(begun):
    run(begun, session_scope(NUMBER), lambda books: end(books, NUMBER, "revoked by the app"))
    run(begun, session_scope(NUMBER), lambda books: end(books, NUMBER, "again"))

    assert look(begun) is None
    assert begun.read(session_scope(NUMBER), lambda books: refreshable(books, NUMBER, 0, NOON)) is None


def test_a_browser_is_known_until_it_signs_out_or_half_an_hour_has_passed(store):
    secret = "kept by a browser"
    run(store, sign_in_scope(secret), lambda books: put_sign_in(books, secret, WHO, NOON))

    def known(at=NOON, told=secret):
        return store.read(sign_in_scope(told), lambda books: sign_in_of(books, told, at))

    assert known().who == WHO
    assert known(NOON + timedelta(minutes=30)) is None
    assert known(told="another") is None
    run(store, sign_in_scope(secret), lambda books: sign_out(books, secret))
    assert known() is None


def test_no_secret_stands_in_the_books_in_clear(postgres_store, clean_database):
    store, secret = postgres_store, "kept-by-a-browser"
    run(store, code_scope(CODE), lambda books: put_code(books, CODE, CONSENT, NOON))
    run(store, sign_in_scope(secret), lambda books: put_sign_in(books, secret, WHO, NOON))

    with psycopg.connect(clean_database) as connection:
        rows = connection.execute("SELECT d::text FROM gongji.dossier AS d").fetchall()

    text = " ".join(row[0] for row in rows)
    assert len(rows) == 2
    assert CODE not in text
    assert secret not in text
    assert "city-app" not in text


def test_what_was_not_loaded_is_not_known(begun):
    assert begun.read(Scope(people={1}), lambda books: session_of(books, NUMBER, NOON)) is None
