"""Manual reimbursement over the API: the schedule of the day of care, the family's money, each receipt once."""

from datetime import datetime

import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from tests.api_world import ApiWorld, problem
from tests.national_world import SHANGHAI_HOSPITAL, certno

SON, MOTHER = 1, 2
SHANGHAI = "310000"
CLAIMS = "/api/v1/reimbursements"
SCOPES = frozenset({"settlements.write", "statements.read", "accounts.read"})


@pytest.fixture
def api():
    with ApiWorld() as found:
        found.now = datetime(2025, 6, 2, 10)
        found.world.person(SON, region=SHANGHAI, money=5_000_00)
        found.world.person(MOTHER, region=SHANGHAI, current=100_00)
        found.world.bond(SON, MOTHER, relation=Relation.PARENT)
        yield found
        assert found.store.faults() == []


@pytest.fixture
def clerk(api):
    return api.identity.let_in(role="clerk", clerk="王", scopes=SCOPES)


def claim(**more):
    bill = {"institution": SHANGHAI_HOSPITAL, "lines": [{"amount_fen": 1_500_00}]}
    usual = {"patient": {"certno": certno(MOTHER), "name": "测2"}, "bill": bill, "visited_on": "2025-05-20"}
    return usual | {"receipts": ["R-1", "R-2"]} | more


def reimburse(api, clerk, **more):
    answer = api.post(CLAIMS, clerk, body=claim(**more))
    assert answer.status_code == 200, answer.text
    return answer.json()


def handed_out(api):
    """What the counters' cash accounts say was handed to people, in fen."""
    legs = [leg for entry in api.store.ledger.entries for leg in entry.legs]
    return sum(leg.amount_fen for leg in legs if leg.account == Account(MOTHER, Pocket.CASH))


def test_fund_and_family_pay_and_the_cash_comes_back(api, clerk):
    told = reimburse(api, clerk)

    fund_fen, pockets_fen = sum(told["layers"].values()), sum(one["amount_fen"] for one in told["parts"])
    assert (told["total_fen"], fund_fen) == (1_500_00, 750_00)  # level 2: 75 % above the deductible of 500
    assert [(one["person_id"], one["amount_fen"]) for one in told["parts"]] == [(MOTHER, 100_00), (SON, 650_00)]
    assert told["paid_out_fen"] == fund_fen + pockets_fen == handed_out(api)
    assert told["cash_fen"] == 0
    assert api.world.balance(SON) == 4_350_00


def test_a_receipt_counts_once_until_its_claim_is_taken_back(api, clerk):
    first = reimburse(api, clerk)
    again = api.post(CLAIMS, clerk, body=claim(receipts=["R-3", "R-2"]))
    assert problem(again, "RECEIPT_ALREADY_USED")["subject"] == "R-2"

    back = api.post(f"{CLAIMS}/{first['reimbursement_id']}/return", clerk).json()

    assert back["state"] == "taken_back"
    assert (handed_out(api), api.world.balance(SON), api.world.balance(MOTHER)) == (0, 5_000_00, 100_00)
    problem(api.post(f"{CLAIMS}/{first['reimbursement_id']}/return", clerk), "ALREADY_REVERSED")
    assert reimburse(api, clerk, receipts=["R-2"])["state"] == "paid"
    assert api.get(f"{CLAIMS}/{first['reimbursement_id']}", clerk).json()["state"] == "taken_back"


def test_what_nobody_pays_stays_the_patients(api, clerk):
    api.world.person(3, region=SHANGHAI)
    patient = {"certno": certno(3), "name": "测3"}

    told = reimburse(api, clerk, patient=patient)

    assert (told["paid_out_fen"], told["cash_fen"]) == (750_00, 750_00)
    assert api.get(f"{CLAIMS}/{told['reimbursement_id']}", api.identity.let_in(3, scopes=SCOPES)).json() == told


def test_the_schedule_is_that_of_the_day_of_care(api, clerk):
    old = reimburse(api, clerk, visited_on="2023-06-30", receipts=["R-9"])

    assert sum(old["layers"].values()) == 0  # below the deductible of 1500 that held before July 2023


@pytest.mark.parametrize(
    ("changed", "name", "field"),
    [
        ({"receipts": []}, "MESSAGE_MALFORMED", "/receipts"),
        ({"receipts": ["R-1", "R-1"]}, "MESSAGE_MALFORMED", "receipts"),
        ({"visited_on": "2025-06-03"}, "MESSAGE_MALFORMED", "visited_on"),
        ({"visited_on": "2025-05-20", "discharged_on": "2025-05-19"}, "MESSAGE_MALFORMED", "visited_on"),
        ({"patient": {"certno": certno(MOTHER), "name": "别人"}}, "IDENTITY_MISMATCH", None),
        ({"patient": {"certno": "nobody", "name": "测2"}}, "PERSON_UNKNOWN", None),
        ({"bill": {"institution": "H0", "parts": {"copay_fen": 1}}}, "SETTLEMENT_NOT_FOUND", None),
        ({"bill": {"parts": {"copay_fen": 1}}}, "MESSAGE_MALFORMED", "/bill/region"),
        ({"bill": {"region": SHANGHAI}}, "MESSAGE_MALFORMED", "/lines"),
        ({"bill": {"institution": SHANGHAI_HOSPITAL, "lines": [{"amount_fen": 1, "over_limit_fen": 2}]}},
         "AMOUNTS_DISAGREE", None),
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_is_refused_by_name(api, clerk, changed, name, field):
    told = problem(api.post(CLAIMS, clerk, body=claim(**changed)), name)

    assert told.get("field") == field
    assert handed_out(api) == 0


def test_where_the_schedule_is_unknown_the_fund_is_not_guessed(api, clerk):
    api.world.person(4, region=SHANGHAI, insured=Insurance.RESIDENT)

    problem(api.post(CLAIMS, clerk, body=claim(patient={"certno": certno(4), "name": "测4"})), "BENEFITS_UNKNOWN")


def test_only_a_clerk_reimburses_and_strangers_see_none(api, clerk):
    made = reimburse(api, clerk)

    problem(api.post(CLAIMS, api.identity.let_in(MOTHER, scopes=SCOPES), body=claim()), "NOT_YOUR_TASK")
    for who in (SON, 99):
        answer = api.get(f"{CLAIMS}/{made['reimbursement_id']}", api.identity.let_in(who, scopes=SCOPES))
        problem(answer, "SETTLEMENT_NOT_FOUND")
    problem(api.get(f"{CLAIMS}/reimbursement-999", clerk), "SETTLEMENT_NOT_FOUND")
