"""Wallets and transfers over the API: limits before typing, hours to the second, receipt, recall, and what closes."""

from datetime import datetime

import pytest

from gongji.domain.account import Pocket
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from tests.api_world import ApiWorld, problem
from tests.national_world import certno

SON, MOTHER, STRANGER = 1, 2, 3
HEFEI = "340100"
NIGHT, SIX = datetime(2025, 9, 2, 5, 59, 59), datetime(2025, 9, 2, 6)
SCOPES = frozenset({"accounts.read", "wallet.write"})


@pytest.fixture
def api():
    with ApiWorld() as found:
        found.now = datetime(2025, 9, 1, 10)
        found.world.person(SON, region=HEFEI, money=5_000_00, wallet=0)
        found.world.person(MOTHER, region=HEFEI, insured=Insurance.RESIDENT, wallet=0)
        found.world.person(STRANGER, region=HEFEI, money=100_00)
        found.world.bond(SON, MOTHER, relation=Relation.PARENT)
        yield found
        assert found.store.faults() == []


@pytest.fixture
def son(api):
    return api.identity.let_in(SON, scopes=SCOPES)


@pytest.fixture
def mother(api):
    return api.identity.let_in(MOTHER, scopes=SCOPES)


def send(api, token, fen=500_00, **more):
    return api.post("/api/v1/transfers", token, body={"amount_fen": fen, "receiver_id": MOTHER} | more)


def sent(api, token, fen=500_00, **more):
    answer = send(api, token, fen, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def do(api, token, transfer, what):
    return api.post(f"/api/v1/transfers/{transfer['transfer_id']}/{what}", token)


def ways(api, token, person=SON):
    return api.get(f"/api/v1/people/{person}/wallet/ways", token, query={"relative_id": MOTHER}).json()


def opening(person, **more):
    signed = {"version": 1, "language": "zh", "signature": {"kind": "typed_name", "value": f"测{person}"}}
    return {"phone": "13800001234", "agreed": signed} | more


def test_a_wallet_is_opened_by_its_words_and_told_without_the_whole_phone(api):
    stranger = api.identity.let_in(STRANGER, scopes=SCOPES)
    path = f"/api/v1/people/{STRANGER}/wallet"

    assert api.get(path, stranger).json()["open"] is False
    told = problem(api.post(path, stranger, body=opening(SON)), "IDENTITY_MISMATCH")
    assert told["subject"] == "agreed/signature/value"
    opened = api.post(path, stranger, body=opening(STRANGER, region="130100")).json()
    again = api.post(path, stranger, body=opening(STRANGER)).json()

    assert (opened["open"], opened["region"], opened["phone"]) == (True, "130100", "138****1234")
    assert again == opened  # it was open, and stays as it was


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"phone": "12345"}, "/phone"), ({"region": "999999"}, "/region"), ({"region": "34"}, "/region")],
)
def test_a_wallet_wants_a_phone_and_a_region_that_exist(api, changed, field):
    stranger = api.identity.let_in(STRANGER, scopes=SCOPES)

    answer = api.post(f"/api/v1/people/{STRANGER}/wallet", stranger, body=opening(STRANGER, **changed))

    assert problem(answer, "MESSAGE_MALFORMED")["field"] == field


def test_what_the_receiver_takes_is_his_and_does_not_go_back(api, son, mother):
    transfer = sent(api, son)
    assert (transfer["state"], transfer["return_at"]) == ("awaiting_receipt", "2025-09-02T06:00:00+08:00")
    seen = api.get(f"/api/v1/transfers/{transfer['transfer_id']}", mother).json()
    assert (seen["direction"], seen["other_name"], seen["amount_fen"]) == ("received", "测1", 500_00)

    taken = do(api, mother, transfer, "receipt").json()

    assert taken["state"] == "received"
    assert api.world.balance(MOTHER, Pocket.WALLET) == 500_00
    assert api.world.balance(SON) == 4_500_00
    for what, token in (("recall", son), ("refusal", mother), ("receipt", mother)):
        problem(do(api, token, transfer, what), "TRANSFER_NOT_PENDING")


def test_a_transfer_waits_until_a_second_before_six_and_is_back_at_six(api, son, mother):
    first = sent(api, son)
    api.now = NIGHT
    assert api.get("/api/v1/transfers", son).json()["items"][0]["state"] == "awaiting_receipt"
    assert do(api, mother, first, "receipt").json()["state"] == "received"

    api.now = datetime(2025, 9, 2, 6, 0, 1)
    second = sent(api, son)
    api.now = datetime(2025, 9, 3, 6)

    problem(do(api, mother, second, "receipt"), "TRANSFER_NOT_PENDING")
    assert api.get(f"/api/v1/transfers/{second['transfer_id']}", son).json()["state"] == "returned"
    assert api.get(f"/api/v1/accounts/{SON}/balances", son).json()["transit_fen"] == 0


def test_transfers_are_closed_to_the_second_before_six(api, son):
    api.now = NIGHT
    told = ways(api, son)
    assert told["limits"]["opens_at"] == "2025-09-02T06:00:00+08:00"
    assert [one["most_fen"] for one in told["sendings"]] == [0, 0]
    closed = problem(send(api, son), "WALLET_HOURS")
    assert closed["figures"] == {"closed_from": "22:00:00", "closed_until": "06:00:00"}
    assert closed["document"]["grade"] == "official"

    api.now = SIX

    assert ways(api, son)["limits"]["opens_at"] is None
    assert sent(api, son)["state"] == "awaiting_receipt"


def test_the_day_has_three_and_each_a_ceiling_that_is_told_before(api, son, mother):
    account = ways(api, son)["sendings"][0]
    assert (account["source"], account["most_fen"]) == ("account", 2_000_00)
    assert problem(send(api, son, 2_000_01), "TRANSFER_TOO_LARGE")["figures"]["ceiling_fen"] == "200000"

    for number in range(3):
        transfer = sent(api, son, 100_00)
        refused = problem(send(api, son), "TRANSFER_PENDING" if number < 2 else "TRANSFER_COUNT_REACHED")
        assert ("TRANSFER_PENDING" in refused.get("others", [])) == (number == 2)
        assert ways(api, son)["limits"]["pending_id"] == transfer["transfer_id"]
        do(api, mother, transfer, ("receipt", "refusal", "receipt")[number])

    limits = ways(api, son)["limits"]
    assert (limits["sent_today"], limits["left_today"]) == (3, 0)
    problem(send(api, son), "TRANSFER_COUNT_REACHED")
    assert api.world.balance(SON) == 4_800_00


def test_what_is_declined_or_called_back_returns_at_once(api, son, mother):
    declined = do(api, mother, sent(api, son), "refusal").json()
    recalled = do(api, son, sent(api, son), "recall").json()

    assert (declined["state"], recalled["state"]) == ("declined", "recalled")
    assert [one["state"] for one in recalled["unknown"]] == ["unknown"]  # no document says whether one may
    assert recalled["unknown"][0]["rule"] == "000000/transfer_recall/1998-12-14"
    assert api.world.balance(SON) == 5_000_00


def test_a_transfer_is_nobody_elses(api, son, mother):
    transfer = sent(api, son)
    stranger = api.identity.let_in(STRANGER, scopes=SCOPES)

    problem(api.get(f"/api/v1/transfers/{transfer['transfer_id']}", stranger), "SETTLEMENT_NOT_FOUND")
    for what, token in (("receipt", stranger), ("receipt", son), ("refusal", son), ("recall", mother)):
        problem(do(api, token, transfer, what), "SETTLEMENT_NOT_FOUND")
    assert api.get("/api/v1/transfers", stranger).json() == {"items": []}
    problem(send(api, stranger), "SETTLEMENT_NOT_FOUND")
    problem(api.get(f"/api/v1/people/{SON}/wallet", stranger), "NOT_YOURS")


@pytest.mark.parametrize(
    ("changed", "name", "field"),
    [
        ({"amount_fen": 0}, "MESSAGE_MALFORMED", "/amount_fen"),
        ({"receiver_id": None}, "MESSAGE_MALFORMED", "/receiver"),
        ({"relation": "spouse"}, "IDENTITY_MISMATCH", None),
        ({"receiver_id": None, "receiver": {"certno": certno(SON), "name": "测1"}, "relation": "spouse"},
         "MESSAGE_MALFORMED", "/relative"),
        ({"receiver_id": None, "receiver": {"certno": certno(STRANGER), "name": "测3"}, "relation": "cousin"},
         "NOT_A_NEAR_RELATIVE", None),
        ({"receiver_id": None, "receiver": {"certno": certno(STRANGER), "name": "测3"}, "relation": "sibling"},
         "WALLET_NOT_OPEN", None),
        ({"source": "wallet"}, "BALANCE_SHORT", None),
    ],
)  # fmt: skip
def test_a_transfer_that_cannot_be_is_refused_by_name(api, son, changed, name, field):
    told = problem(send(api, son, **changed), name)

    assert told["money_moved"] is False
    assert told.get("field") == field
    assert api.world.balance(SON) == 5_000_00


def test_from_2026_the_quota_is_the_way_and_transfers_stand_beside_it(api, son):
    assert (ways(api, son)["holds"], ways(api, son)["quota"]["verdict"]) == ("transfer", "no")

    api.now = datetime(2026, 3, 1, 10)

    told = ways(api, son)
    assert told["holds"] == "quota"
    assert (told["quota"]["verdict"], told["quota"]["most_more_fen"]) == ("yes", 5_000_00)
    assert told["sendings"][0]["verdict"] == "yes"
    assert {one["rule"].split("/")[1] for one in told["rules"]} >= {"quota", "wallet_transfer"}


def test_a_relative_without_a_bond_is_asked_about_by_papers(api, son):
    path = f"/api/v1/people/{SON}/wallet/ways"
    body = {"relative": {"certno": certno(STRANGER), "name": "测3"}, "relation": "sibling"}

    told = api.ask("POST", path, son, body=body).json()

    assert (told["sender_open"], told["receiver_open"]) == (True, False)
    assert told["sendings"][0]["reasons"][0]["refusal"] == "WALLET_NOT_OPEN"
    problem(api.get(path, son, query={"relative_id": STRANGER}), "SETTLEMENT_NOT_FOUND")


def test_a_wallet_moves_where_the_region_has_a_rule_for_it(api, son):
    path = f"/api/v1/people/{SON}/wallet/region"

    api.now = datetime(2024, 11, 1, 10)
    problem(api.post(path, son, body={"region": "130100"}), "REGION_NOT_COVERED")
    api.now = datetime(2025, 4, 1, 10)
    early = api.post(path, son, body={"region": "340200"}).json()
    api.now = datetime(2025, 9, 1, 10)
    moved = api.post(path, son, body={"region": "130100"}).json()

    assert (moved["region"], moved["unknown"]) == ("130100", [])
    assert early["unknown"][0]["rule"] == "000000/wallet_region_change/1998-12-14"
    assert problem(api.post(path, son, body={"region": "990000"}), "MESSAGE_MALFORMED")["field"] == "/region"


def test_closing_gives_back_what_waits_and_keeps_what_lies_there(api, son, mother):
    do(api, mother, sent(api, son, 30_00), "receipt")
    waiting = sent(api, son, 20_00)
    problem(api.post(f"/api/v1/people/{SON}/wallet/closing", son), "TRANSFER_PENDING")

    closed = api.post(f"/api/v1/people/{MOTHER}/wallet/closing", mother).json()

    assert (closed["open"], closed["region"], closed["balance_fen"]) == (False, None, 30_00)
    assert api.get(f"/api/v1/transfers/{waiting['transfer_id']}", son).json()["state"] == "declined"
    assert api.world.balance(SON) == 4_970_00
    problem(send(api, son), "WALLET_NOT_OPEN")
    problem(api.post(f"/api/v1/people/{MOTHER}/wallet/closing", mother), "WALLET_NOT_OPEN")


def test_closing_ends_bonds_with_a_quota_and_frees_it(api, son):
    api.world.person(4, region=HEFEI, insured=Insurance.RESIDENT, wallet=0)
    api.world.bond(SON, 4, relation=Relation.SIBLING, quota_fen=300_00, used_fen=100_00)
    api.now = datetime(2026, 3, 1, 10)

    closed = api.post(f"/api/v1/people/{SON}/wallet/closing", son).json()

    assert closed["freed_fen"] == 200_00
    assert api.get(f"/api/v1/accounts/{SON}/balances", son).json()["held_fen"] == 0
