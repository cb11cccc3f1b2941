"""The one way to write: once for each key, and only what the caller saw."""

import asyncio

import pytest

from gongji.domain.requests import Scope
from gongji.services.batching import QueueFullError
from tests.api_world import CAPPED_REGION, ApiWorld, problem

CAP = "/api/v1/bonds/1/cap"
BOND = "/api/v1/bonds/1"


@pytest.fixture
def api():
    with ApiWorld() as found:
        for number in (1, 2, 3):
            found.world.person(number, region=CAPPED_REGION, money=100_00)
        found.world.bond(1, 2)
        yield found


@pytest.fixture
def sharer(api):
    return api.identity.let_in(1)


def cap_of(api):
    return api.store.read(Scope(people={1}), lambda books: books.registry.bonds[1].cap_fen)


def test_a_limit_is_set_and_told(api, sharer):
    answer = api.post(CAP, sharer, body={"cap_fen": 300_00})

    assert answer.status_code == 200
    assert answer.json() == api.get(BOND, sharer).json()
    assert answer.headers["etag"] == api.get(BOND, sharer).headers["etag"]
    assert cap_of(api) == 300_00


def test_the_same_key_gets_the_first_answer_byte_for_byte(api, sharer):
    first = api.post(CAP, sharer, key="a", body={"cap_fen": 300_00})
    api.post(CAP, sharer, body={"cap_fen": 500_00})
    api.later(days=1)

    again = api.post(CAP, sharer, key="a", body=b'  {"cap_fen" : 30000}')

    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert cap_of(api) == 500_00


def test_the_same_key_with_another_content_is_refused(api, sharer):
    api.post(CAP, sharer, key="a", body={"cap_fen": 300_00})

    answer = api.post(CAP, sharer, key="a", body={"cap_fen": 300_01})

    assert problem(answer, "SAME_REQUEST_DIFFERENT_CONTENT")["status"] == 409
    assert cap_of(api) == 300_00


def test_the_same_key_at_another_address_is_another_content(api, sharer):
    api.world.bond(1, 3)
    api.post(CAP, sharer, key="a", body={"cap_fen": 300_00})

    problem(
        api.post("/api/v1/bonds/2/cap", sharer, key="a", body={"cap_fen": 300_00}), "SAME_REQUEST_DIFFERENT_CONTENT"
    )


def test_keys_of_different_callers_never_meet(api, sharer):
    by_phone = api.identity.let_in(1, client="phone")

    api.post(CAP, sharer, key="a", body={"cap_fen": 300_00})
    answer = api.post(CAP, by_phone, key="a", body={"cap_fen": 400_00})

    assert answer.json()["cap_fen"] == 400_00


@pytest.mark.parametrize("key", ["", "a b", "键", "x" * 65, "a\t"])
def test_without_a_usable_key_nothing_is_done(api, sharer, key):
    answer = api.post(CAP, sharer, key=key, body={"cap_fen": 300_00})

    assert problem(answer, "REQUEST_ID_MISSING")["field"] == "Idempotency-Key"
    assert cap_of(api) is None


def test_two_keys_are_none(api, sharer):
    headers = [("idempotency-key", "a"), ("idempotency-key", "b")]

    problem(api.ask("POST", CAP, sharer, body={"cap_fen": 1}, headers=headers), "REQUEST_ID_MISSING")


def test_a_refusal_leaves_no_trace_and_the_key_may_be_used_again(api):
    api.world.person(8, region="310000", money=100_00)
    api.world.person(9, region="310000")
    api.world.bond(8, 9)
    token = api.identity.let_in(8)
    before = api.world.snapshot()

    answer = api.post("/api/v1/bonds/2/cap", token, key="a", body={"cap_fen": 1})

    told = problem(answer, "CAP_NOT_ADJUSTABLE")
    assert told["status"] == 422
    assert told["rule"].split("/")[1] == "cap"
    assert told["document"]["quote"]
    assert api.world.snapshot() == before
    problem(api.post("/api/v1/bonds/2/cap", token, key="a", body={"cap_fen": 2}), "CAP_NOT_ADJUSTABLE")


@pytest.mark.parametrize("subject", [2, 3])
def test_only_the_sharer_sets_his_limit(api, subject):
    answer = api.post(CAP, api.identity.let_in(subject), body={"cap_fen": 1})

    assert problem(answer, "SETTLEMENT_NOT_FOUND")["status"] == 404
    assert cap_of(api) is None


def test_a_bond_that_is_not_there_cannot_be_changed(api, sharer):
    told = problem(api.post("/api/v1/bonds/4711/cap", sharer, body={"cap_fen": 1}), "SETTLEMENT_NOT_FOUND")

    assert told["subject"] == "bond"


def test_what_changed_meanwhile_is_not_changed_again(api, sharer):
    seen = api.get(BOND, sharer).headers["etag"]
    api.post(CAP, sharer, body={"cap_fen": 300_00})

    late = api.post(CAP, sharer, body={"cap_fen": 400_00}, headers=[("if-match", seen)])

    assert problem(late, "CHANGED_MEANWHILE")["status"] == 412
    assert cap_of(api) == 300_00


def test_a_change_that_knows_what_stands_is_made_and_its_repetition_answered(api, sharer):
    seen = [("if-match", api.get(BOND, sharer).headers["etag"])]

    first = api.post(CAP, sharer, key="a", body={"cap_fen": 300_00}, headers=seen)
    again = api.post(CAP, sharer, key="a", body={"cap_fen": 300_00}, headers=seen)

    assert first.content == again.content
    assert again.status_code == 200


@pytest.mark.parametrize(("header", "status"), [("*", 200), ('"x", "y"', 412), ("W/{tag}", 412), ('"x", {tag}', 200)])
def test_if_match_is_compared_strongly(api, sharer, header, status):
    tag = api.get(BOND, sharer).headers["etag"]

    answer = api.post(CAP, sharer, body={"cap_fen": 1}, headers=[("if-match", header.format(tag=tag))])

    assert answer.status_code == status


def test_of_two_relatives_who_change_what_they_both_saw_one_is_told(api, sharer):
    seen = [("if-match", api.get(BOND, sharer).headers["etag"])]

    async def both():
        async def change(number):
            headers = [*seen, ("idempotency-key", f"k{number}")]
            return await api.asked("POST", CAP, sharer, body={"cap_fen": number}, headers=headers)

        return await asyncio.gather(change(1), change(2))

    assert sorted(answer.status_code for answer in asyncio.run(both())) == [200, 412]


BAD = [
    (b"", ""),
    (b"[]", ""),
    (b"null", ""),
    (b'{"cap_fen":100', ""),
    (b"\xff", ""),
    (b'"\\ud800"', ""),
    (b'{"cap_fen":"100"}', "/cap_fen"),
    (b'{"cap_fen":1.5}', "/cap_fen"),
    (b'{"cap_fen":1e999999999}', "/cap_fen"),
    (b'{"cap_fen":1e3}', "/cap_fen"),
    (b'{"cap_fen":true}', "/cap_fen"),
    (b'{"cap_fen":-1}', "/cap_fen"),
    (b'{"cap_fen":99999999999999999999999}', "/cap_fen"),
    (b'{"cap_fen":NaN}', ""),
    (b"{}", "/cap_fen"),
    (b'{"cap_fen":1,"a/b":2}', "/a~1b"),
    (b'{"cap_fen":1,"x":"\\u0000"}', ""),
    (b"[" * 100_000, ""),
]


@pytest.mark.parametrize(("body", "field"), BAD)
def test_a_body_that_is_wrong_is_refused_by_its_field(api, sharer, body, field):
    told = problem(api.post(CAP, sharer, body=body), "MESSAGE_MALFORMED")

    assert told["status"] == 400
    assert told["refusal"] == "MESSAGE_MALFORMED"
    assert told["field"] == field
    assert cap_of(api) is None


def test_a_whole_number_may_be_written_with_a_point(api, sharer):
    answer = api.post(CAP, sharer, body=b'{"cap_fen":9007199254740.00}')

    assert answer.json()["cap_fen"] == 9007199254740


def test_a_nul_that_is_only_written_about_is_no_nul(api, sharer):
    told = problem(api.post(CAP, sharer, body=b'{"cap_fen":1,"x":"\\\\u0000"}'), "MESSAGE_MALFORMED")

    assert told["field"] == "/x"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
def test_another_kind_of_content_is_not_read(api, sharer, kind):
    answer = api.post(CAP, sharer, body=b'{"cap_fen":1}', headers=[("content-type", kind)])

    assert problem(answer, "KIND_NOT_TAKEN")["status"] == 415


def test_who_finds_the_queue_full_is_told_when_to_come_again(api, sharer, monkeypatch):
    def full(_):
        raise QueueFullError("512 are waiting")

    monkeypatch.setattr(api.batcher, "submit", full)

    answer = api.post(CAP, sharer, body={"cap_fen": 1})

    assert problem(answer, "BUSY")["money_moved"] is False
    assert answer.headers["retry-after"] == "1"
