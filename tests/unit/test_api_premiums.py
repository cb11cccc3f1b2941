"""Premiums over the API: in full or not at all, once, and back to the pockets they came from."""

from datetime import datetime

import pytest

from gongji.domain.account import Pocket
from gongji.domain.family import Mode, Relation
from gongji.domain.insured import Insurance
from tests.api_world import ApiWorld, problem

SON, MOTHER, DAUGHTER, STRANGER = 1, 2, 3, 4
WUHAN = "420100"
SCOPES = frozenset({"accounts.read", "premiums.write", "statements.read"})
PREMIUMS = "/api/v1/premiums"


@pytest.fixture
def api():
    with ApiWorld() as found:
        found.now = datetime(2025, 9, 1, 10)
        found.world.person(SON, region=WUHAN, money=600_00, current=100_00)
        found.world.person(MOTHER, region=WUHAN, insured=Insurance.RESIDENT)
        found.world.person(DAUGHTER, region=WUHAN, money=1_000_00)
        found.world.person(STRANGER, region=WUHAN, money=1_000_00)
        for sharer in (SON, DAUGHTER):
            found.world.bond(sharer, MOTHER, relation=Relation.PARENT)
        yield found
        assert found.store.faults() == []


@pytest.fixture
def son(api):
    return api.identity.let_in(SON, scopes=SCOPES)


@pytest.fixture
def clerk(api):
    return api.identity.let_in(role="clerk", clerk="王", office=WUHAN, scopes=SCOPES)


def wish(**more):
    return {"kind": "resident", "year": 2026, "amount_fen": 400_00, "notice": "N-1", "insured_id": MOTHER} | more


def pay(api, token, **more):
    answer = api.post(PREMIUMS, token, body=wish(**more))
    assert answer.status_code == 200, answer.text
    return answer.json()


def back(api, clerk, **more):
    body = {"insured_id": MOTHER, "kind": "resident", "year": 2026, "why": "overpaid"} | more
    return api.post("/api/v1/premium-refunds", clerk, body=body)


def used(api):
    bonds = api.store.registry.bonds_of_sharer(SON)
    return [bond.used_fen for bond in bonds]


def test_a_premium_is_paid_once_and_a_relative_learns_that_without_learning_by_whom(api, son):
    paid = pay(api, son)
    assert (paid["amount_fen"], paid["left_fen"], paid["by"], paid["payer_id"]) == (400_00, 400_00, "you", SON)
    assert api.world.balance(SON) == 300_00

    daughter = api.identity.let_in(DAUGHTER, scopes=SCOPES)
    outlook = api.get(
        f"/api/v1/people/{DAUGHTER}/premiums/outlook", daughter, query={"insured_id": MOTHER, "year": 2026}
    ).json()

    (resident,) = [one for one in outlook["kinds"] if one["kind"] == "resident"]
    assert resident["payable"] is False
    assert [one["refusal"] for one in resident["reasons"]] == ["PREMIUM_ALREADY_PAID"]
    assert (resident["paid"]["by"], resident["paid"]["payer_id"]) == ("relative", None)
    told = problem(api.post(PREMIUMS, daughter, body=wish()), "PREMIUM_ALREADY_PAID")
    assert told["figures"] == {"kind": "resident", "paid_on": "2025-09-01"}
    assert api.world.balance(DAUGHTER) == 1_000_00


def test_the_insured_sees_who_paid(api, son):
    pay(api, son)

    (told,) = api.get(f"/api/v1/people/{MOTHER}/premiums", api.identity.let_in(MOTHER, scopes=SCOPES)).json()["items"]

    assert (told["by"], told["payer_id"], told["notice"]) == ("relative", SON, "N-1")


def test_before_anything_is_typed_the_largest_amount_is_known(api, son):
    outlook = api.get(f"/api/v1/people/{SON}/premiums/outlook", son, query={"insured_id": MOTHER, "year": 2026}).json()
    (resident,) = [one for one in outlook["kinds"] if one["kind"] == "resident"]

    assert resident["payable"] is True
    assert outlook["window"] is None  # Hubei's collection period is not known
    assert resident["most_fen"] == 700_00
    problem(api.post(PREMIUMS, son, body=wish(amount_fen=resident["most_fen"] + 1)), "BALANCE_SHORT")
    assert pay(api, son, amount_fen=resident["most_fen"])["left_fen"] == 700_00


def test_what_was_too_much_goes_back_to_the_last_pocket_first(api, son, clerk):
    pay(api, son, amount_fen=650_00)
    assert (used(api), api.world.balance(SON, Pocket.CARRY_OVER)) == ([650_00], 0)

    some = back(api, clerk, amount_fen=120_00).json()

    assert (some["left_fen"], used(api)) == (530_00, [530_00])
    assert api.world.balance(SON, Pocket.CURRENT_YEAR) == 100_00  # this year's money was drawn last
    assert api.world.balance(SON, Pocket.CARRY_OVER) == 70_00
    problem(back(api, clerk, amount_fen=530_01), "NOTHING_TO_REFUND")
    problem(api.post(PREMIUMS, son, body=wish(amount_fen=10_00)), "PREMIUM_ALREADY_PAID")


def test_a_premium_that_all_went_back_may_be_paid_again(api, son, clerk):
    pay(api, son)
    assert back(api, clerk, why="duplicate").json()["left_fen"] == 0
    problem(back(api, clerk), "ALREADY_REVERSED")
    assert api.world.balance(SON) == 700_00

    again = pay(api, son, amount_fen=380_00)

    assert (again["turn"], again["left_fen"]) == (1, 380_00)
    assert back(api, clerk, turn=1).json()["left_fen"] == 0
    assert used(api) == [0]
    problem(back(api, clerk, turn=2), "SETTLEMENT_NOT_FOUND")
    kinds = [one["kind"] for one in api.get(f"/api/v1/accounts/{SON}/statement", son).json()["items"]]
    assert kinds.count("premium_refund") == kinds.count("premium") > 0


def test_only_an_office_gives_back(api, son):
    pay(api, son)

    problem(back(api, son), "NOT_YOUR_TASK")
    assert api.world.balance(SON) == 300_00


def test_another_citys_office_finds_no_premium_and_that_of_the_one_who_paid_does(api):
    wuhan, huangshi = (
        api.identity.let_in(role="clerk", clerk="王", office=office, scopes=SCOPES) for office in (WUHAN, "420200")
    )
    problem(back(api, wuhan), "SETTLEMENT_NOT_FOUND")
    sharer = api.world.person(5, region="420200", money=400_00)
    api.world.bond(sharer, MOTHER, relation=Relation.PARENT)
    pay(api, api.identity.let_in(sharer, scopes=SCOPES))

    wuxi = api.identity.let_in(role="clerk", clerk="李", office="320200", scopes=SCOPES)
    problem(back(api, wuxi), "SETTLEMENT_NOT_FOUND")
    assert api.world.balance(sharer) == 0
    assert back(api, huangshi, amount_fen=100_00).json()["left_fen"] == 300_00
    assert back(api, wuhan).json()["left_fen"] == 0
    assert api.world.balance(sharer) == 400_00


def test_what_was_paid_in_cash_is_had_back_where_the_region_has_that(api, son, clerk):
    cash = {"receipt": "T-1", "paid_on": "2025-08-30"}
    told = pay(api, son, **cash)
    assert told["reimbursed"] is True
    assert api.world.balance(SON) == 300_00
    again = api.post(PREMIUMS, son, body=wish(year=2027, amount_fen=100_00, **cash))
    assert problem(again, "RECEIPT_ALREADY_USED")["subject"] == "T-1"

    assert back(api, clerk).json()["left_fen"] == 0

    assert pay(api, son, **cash)["turn"] == 1


@pytest.mark.parametrize(
    ("changed", "name", "field"),
    [
        ({"amount_fen": 0}, "MESSAGE_MALFORMED", "/amount_fen"),
        ({"receipt": "T-1"}, "MESSAGE_MALFORMED", "paid_on"),
        ({"receipt": "T-1", "paid_on": "2025-09-02"}, "MESSAGE_MALFORMED", "paid_on"),
        ({"kind": "large_amount"}, "USE_NOT_ALLOWED", None),
        ({"insured_id": STRANGER}, "SETTLEMENT_NOT_FOUND", None),
        ({"insured_id": 99}, "SETTLEMENT_NOT_FOUND", None),
        ({"amount_fen": 700_01}, "BALANCE_SHORT", None),
    ],
)
def test_a_premium_that_cannot_be_is_refused_by_name(api, son, changed, name, field):
    told = problem(api.post(PREMIUMS, son, body=wish(**changed)), name)

    assert told.get("field") == field
    assert told["money_moved"] is False
    assert api.world.balance(SON) == 700_00


def test_paying_first_is_refused_by_name_where_no_document_has_it(api):
    api.world.person(11, region="320200", money=1_000_00)
    api.world.person(12, region="320200", insured=Insurance.RESIDENT)
    api.world.bond(11, 12, relation=Relation.PARENT)
    token = api.identity.let_in(11, scopes=SCOPES)

    told = problem(
        api.post(PREMIUMS, token, body=wish(insured_id=12, receipt="T-9", paid_on="2025-08-30")), "RULE_NOT_IN_FORCE"
    )

    assert told["rule"] == "000000/premium_reimbursed/1998-12-14"


def test_strangers_learn_nothing_of_premiums(api, son):
    pay(api, son)
    stranger = api.identity.let_in(STRANGER, scopes=SCOPES)

    outlook = {"insured_id": MOTHER, "year": 2026}
    for path, query in (("premiums", {"insured_id": MOTHER}), ("premiums/outlook", outlook)):
        asked = api.get(f"/api/v1/people/{STRANGER}/{path}", stranger, query=query)
        assert "others" not in problem(asked, "SETTLEMENT_NOT_FOUND")
    problem(api.get(f"/api/v1/people/{SON}/premiums", stranger), "NOT_YOURS")


def test_a_bond_without_that_mode_pays_no_premium(api):
    api.world.person(21, region=WUHAN, money=1_000_00)
    api.world.bond(21, MOTHER, relation=Relation.PARENT, modes=(Mode.PAY,))

    problem(api.post(PREMIUMS, api.identity.let_in(21, scopes=SCOPES), body=wish()), "SETTLEMENT_NOT_FOUND")
