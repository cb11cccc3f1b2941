"""Quotes and e-credential codes over the API: what a bill would cost whom, and showing a relative's code."""

import xml.etree.ElementTree as ET

import pytest

from gongji.domain.account import Pocket
from gongji.domain.insured import Insurance
from gongji.domain.requests import Scope
from tests.api_world import ApiWorld, problem
from tests.national_world import CLOSED_HOSPITAL, WUHAN_HOSPITAL, WUXI_HOSPITAL, certno

SON, FATHER, STRANGER = 1, 2, 3
QUOTES = "/api/v1/quotes"
ASKS = frozenset({"quotes.read", "bonds.read", "bonds.write", "credentials.show"})


@pytest.fixture
def api():
    with ApiWorld() as found:
        found.world.person(SON, money=500_00)
        found.world.person(FATHER, money=30_00)
        found.world.person(STRANGER, insured=Insurance.RESIDENT)
        found.world.bond(SON, FATHER)
        yield found


@pytest.fixture
def son(api):
    return api.identity.let_in(SON, scopes=ASKS)


@pytest.fixture
def father(api):
    return api.identity.let_in(FATHER, scopes=ASKS)


@pytest.fixture
def hospital(api):
    return api.identity.let_in(role="system", client="hospital", scopes=frozenset({"settlements.write"}))


def bill(fen=100_00, **more):
    return {"institution": WUXI_HOSPITAL, "parts": {"copay_fen": fen}} | more


def quoted(api, token, fen=100_00, **more):
    answer = api.post(QUOTES, token, body=bill(fen, **more))
    assert answer.status_code == 200, answer.text
    return answer.json()


def settle(api, token, quote_id, credential=None, **more):
    shown = credential or {"kind": "certno", "number": certno(FATHER)}
    return api.post(f"{QUOTES}/{quote_id}/settlement", token, body={"patient_id": FATHER, "credential": shown}, **more)


def balance(api, person):
    """What lies in a person's own account, in fen."""
    own = (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER)
    return api.store.read(
        Scope(people={person}), lambda books: sum(books.ledger.balance(person, pocket) for pocket in own)
    )


def pays(told):
    return [(one["name"], one["amount_fen"]) for one in told["shares"]]


def test_a_family_asks_what_a_bill_would_cost_and_the_hospital_settles_just_that(api, father, hospital):
    told = quoted(api, father)

    assert pays(told) == [("测2", 30_00), ("测1", 70_00)]
    assert (told["total_fen"], told["cash_fen"], told["until"]) == (100_00, 0, "2025-06-02T10:30:00+08:00")
    assert all(one["document"] for share in told["shares"] for one in share["rules"])
    assert told["bundle"] == api.world.policy.digest

    done = settle(api, hospital, told["quote_id"], key="k").json()
    again = settle(api, hospital, told["quote_id"], key="k")
    twice = settle(api, hospital, told["quote_id"])

    assert (done["settled"], done["changes"], done["anew"]) == (True, [], None)
    assert again.json() == done
    assert again.headers["idempotency-replayed"] == "true"
    assert problem(twice, "SETTLEMENT_NOT_FOUND")["subject"] == "quote_settled"
    assert api.get(f"{QUOTES}/{told['quote_id']}", father).json()["settle_id"] == done["settle_id"]


def test_a_bond_that_ends_makes_the_quote_void_for_its_sharer(api, father, son, hospital):
    told = quoted(api, father)
    api.post("/api/v1/bonds/1/ending", son)

    seen = api.get(f"{QUOTES}/{told['quote_id']}", father).json()
    done = settle(api, hospital, told["quote_id"]).json()

    assert [(one["why"], one["person_id"]) for one in seen["void"]] == [("bond_ended", SON)]
    assert (done["settled"], done["settle_id"]) == (False, None)
    assert [one["why"] for one in done["changes"]] == ["bond_ended"]
    assert (pays(done["anew"]), done["anew"]["cash_fen"]) == ([("测2", 30_00)], 70_00)
    assert settle(api, hospital, done["anew"]["quote_id"]).json()["settled"] is True


def test_after_half_an_hour_it_is_quoted_anew(api, father, hospital):
    told = quoted(api, father)
    api.later(minutes=30)

    done = settle(api, hospital, told["quote_id"]).json()

    assert [one["why"] for one in done["changes"]] == ["expired"]
    assert done["anew"]["until"] == "2025-06-02T11:00:00+08:00"


def test_who_was_skipped_is_told_with_the_reason(api, father, son):
    api.post("/api/v1/bonds/1/pause", son, body={"paused_until": "2025-06-05"})

    told = quoted(api, father)

    (skip,) = told["skips"]
    assert (skip["name"], skip["reason"]["refusal"]) == ("测1", "BOND_PAUSED")
    assert skip["reason"]["figures"] == {"paused_until": "2025-06-05"}


def test_fee_lines_are_split_by_the_regions_schedule(api):
    api.world.person(9, region="420100", money=5_000_00)
    patient = api.identity.let_in(9, scopes=ASKS)

    told = quoted(api, patient, institution=WUHAN_HOSPITAL, parts=None, lines=[{"amount_fen": 3_000_00}])

    assert told["layers"]["basic"] > 0
    assert told["layers"]["basic"] + sum(one["amount_fen"] for one in told["shares"]) + told["cash_fen"] == 3_000_00


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"parts": None}, "MESSAGE_MALFORMED"),
        ({"lines": [{"amount_fen": 1}]}, "MESSAGE_MALFORMED"),
        ({"lines": [{"amount_fen": 1, "over_limit_fen": 2}], "parts": None}, "AMOUNTS_DISAGREE"),
        ({"institution": "H0"}, "SETTLEMENT_NOT_FOUND"),
        ({"institution": None}, "MESSAGE_MALFORMED"),
        ({"institution": CLOSED_HOSPITAL}, "PLACE_NOT_DESIGNATED"),
        ({"institution": None, "region": "990000", "parts": None, "lines": [{"amount_fen": 1}]}, "BENEFITS_UNKNOWN"),
        ({"swipe": 1, "parts": {"copay_fen": -1}}, "MESSAGE_MALFORMED"),
    ],
)
def test_a_bill_that_cannot_be_quoted_is_refused_by_name(api, father, body, name):
    problem(api.post(QUOTES, father, body=bill() | body), name)


def test_nobody_else_sees_a_quote_and_a_quote_without_a_place_is_not_settled(api, father, son, hospital):
    told = quoted(api, father)
    nowhere = quoted(api, father, institution=None, region="320200")

    problem(api.get(f"{QUOTES}/{told['quote_id']}", son), "SETTLEMENT_NOT_FOUND")
    problem(api.post(f"{QUOTES}/{told['quote_id']}/settlement", father, body={}), "SCOPE_MISSING")
    problem(settle(api, hospital, nowhere["quote_id"]), "PLACE_NOT_DESIGNATED")
    problem(settle(api, hospital, "quote-99"), "SETTLEMENT_NOT_FOUND")


def give_back(api, token, quote_id, **more):
    return api.post(f"{QUOTES}/{quote_id}/refund", token, **({"body": {}} | more))


def test_the_hospital_gives_a_part_back_once_and_then_the_rest(api, father, hospital):
    told = quoted(api, father)
    settled = settle(api, hospital, told["quote_id"]).json()

    part = give_back(api, hospital, told["quote_id"], body={"amount_fen": 20_00}, key="part")
    again = give_back(api, hospital, told["quote_id"], body={"amount_fen": 20_00}, key="part")
    between = balance(api, SON)
    rest = give_back(api, hospital, told["quote_id"]).json()

    assert again.content == part.content
    assert again.headers["idempotency-replayed"] == "true"
    assert between == 450_00
    assert part.json() | {"refund_id": 0} == {
        "quote_id": told["quote_id"],
        "settle_id": settled["settle_id"],
        "refund_id": 0,
        "at": "2025-06-02T10:00:00+08:00",
        "amount_fen": 20_00,
        "cash_fen": 0,
        "returned": [{"person_id": SON, "amount_fen": 20_00}],
        "full": False,
        "left_fen": 80_00,
    }
    assert (rest["amount_fen"], rest["full"], rest["left_fen"]) == (80_00, True, 0)
    assert (balance(api, SON), balance(api, FATHER)) == (500_00, 30_00)
    assert api.get(f"{QUOTES}/{told['quote_id']}", father).json()["state"] == "refunded"
    problem(give_back(api, hospital, told["quote_id"]), "ALREADY_REVERSED")


def test_a_refund_is_for_whoever_settled_and_never_more_than_was_paid(api, father, hospital):
    told = quoted(api, father)
    other = api.identity.let_in(role="system", client="other", scopes=frozenset({"settlements.write"}))
    problem(give_back(api, hospital, told["quote_id"]), "SETTLEMENT_NOT_FOUND")
    settle(api, hospital, told["quote_id"])

    problem(give_back(api, other, told["quote_id"]), "SETTLEMENT_NOT_FOUND")
    problem(give_back(api, father, told["quote_id"]), "SCOPE_MISSING")
    problem(give_back(api, hospital, told["quote_id"], body={"amount_fen": 100_01}), "NOTHING_TO_REFUND")
    problem(give_back(api, hospital, told["quote_id"], body={"amount_fen": 0}), "MESSAGE_MALFORMED")
    assert (balance(api, SON), balance(api, FATHER)) == (430_00, 0)


# Codes.


def code_of(api, token, person=FATHER):
    return api.get(f"/api/v1/credentials/{person}/code", token)


def test_a_quote_is_settled_with_the_patients_own_code_once(api, father, son, hospital):
    code = code_of(api, father).json()
    mine = code_of(api, son, SON).json()
    told = quoted(api, father, 10_00)
    next_one = quoted(api, father, 10_00)

    problem(settle(api, hospital, told["quote_id"], {"kind": "ec_token", "number": mine["code"]}), "NOT_OWN_CREDENTIAL")
    problem(settle(api, hospital, told["quote_id"], {"kind": "ec_token", "number": "x" * 50}), "NOT_OWN_CREDENTIAL")
    problem(settle(api, hospital, told["quote_id"], {"kind": "certno", "number": certno(SON)}), "NOT_OWN_CREDENTIAL")
    done = settle(api, hospital, told["quote_id"], {"kind": "ec_token", "number": code["code"]})
    spent = settle(api, hospital, next_one["quote_id"], {"kind": "ec_token", "number": code["code"]})

    assert done.json()["settled"] is True
    assert code["until"] == "2025-06-02T10:10:00+08:00"
    assert problem(spent, "CREDENTIAL_NOT_ACTIVE")["subject"] == "code_used"


def test_a_code_runs_out(api, father, hospital):
    code = code_of(api, father).json()["code"]
    told = quoted(api, father)
    api.later(minutes=10)

    answer = settle(api, hospital, told["quote_id"], {"kind": "ec_token", "number": code})

    assert problem(answer, "CREDENTIAL_NOT_ACTIVE")["subject"] == "code_expired"


def signed(person):
    return {"version": 1, "language": "zh", "signature": {"kind": "typed_name", "value": f"测{person}"}}


def test_a_relatives_code_is_shown_after_he_agreed_and_each_time_is_on_record(api, father, son):
    told = problem(code_of(api, son), "NOT_OWN_CREDENTIAL")
    assert "亲情账户" in told["next"][0]
    body = {"owner": {"certno": certno(FATHER), "name": "测2"}, "relation": "parent"}
    asked = api.post("/api/v1/showings", son, body=body).json()
    problem(api.post("/api/v1/showings", son, body=body), "ALREADY_BOUND")
    problem(code_of(api, son), "NOT_OWN_CREDENTIAL")

    path = f"/api/v1/showings/{asked['showing_id']}"
    problem(api.post(f"{path}/answer", son, body={"yes": True, "agreed": signed(SON)}), "SETTLEMENT_NOT_FOUND")
    agreed = api.post(f"{path}/answer", father, body={"yes": True, "agreed": signed(FATHER)}).json()
    shown = code_of(api, son).json()

    assert agreed["state"] == "active"
    assert api.world.codes.open(shown["code"]).person_id == FATHER
    (record,) = api.get("/api/v1/showings/shown", father).json()["items"]
    assert (record["owner_id"], record["helper_id"], record["channel"]) == (FATHER, SON, "city-app")
    api.post(f"{path}/ending", father)
    problem(code_of(api, son), "NOT_OWN_CREDENTIAL")
    (listed,) = api.get("/api/v1/showings", son).json()["items"]
    assert (listed["state"], listed["relation"]) == ("ended", "parent")


def test_a_picture_of_a_code_is_drawn_and_kept_by_nobody(api, father, son):
    answer = api.get(f"/api/v1/credentials/{FATHER}/qr.svg", father)

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cache-control"] == "no-store"
    assert ET.fromstring(answer.content).tag.endswith("svg")  # noqa: S314  # drawn by ourselves
    problem(api.get(f"/api/v1/credentials/{FATHER}/qr.svg", son), "NOT_OWN_CREDENTIAL")
    problem(api.get("/api/v1/credentials/77/code", father), "NOT_OWN_CREDENTIAL")
