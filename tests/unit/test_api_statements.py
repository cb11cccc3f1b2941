"""Statements over the API: balances of any moment, pages that lose nothing, files, uses, helps, a bill explained."""

import csv
import io
from datetime import datetime

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from gongji.domain.bill import Parts
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.domain.requests import Scope
from gongji.rules.settling import Bill
from gongji.services.bills.settlements import SettleRequest, settle
from tests.api_world import ApiWorld, problem
from tests.national_world import WUXI_HOSPITAL, certno

SON, MOTHER, STRANGER = 1, 2, 3
SCOPES = frozenset({"statements.read", "accounts.read", "premiums.write", "settlements.write"})
NOON = datetime(2025, 6, 3, 12)


@pytest.fixture
def api():
    with ApiWorld() as found:
        found.world.person(SON, money=1_000_00)
        found.world.person(MOTHER, money=30_00)
        found.world.person(STRANGER, insured=Insurance.RESIDENT)
        found.world.bond(SON, MOTHER, relation=Relation.PARENT)
        found.now = NOON
        yield found
        assert found.store.faults() == []


@pytest.fixture
def son(api):
    return api.identity.let_in(SON, scopes=SCOPES)


@pytest.fixture
def mother(api):
    return api.identity.let_in(MOTHER, scopes=SCOPES)


def bill(api, fen, number):
    """Have a bill of the mother's that she paid in cash reimbursed; return its settlement's number."""
    clerk = api.identity.let_in(role="clerk", clerk="王", scopes=SCOPES)
    parts = {"institution": WUXI_HOSPITAL, "parts": {"copay_fen": fen}}
    body = {"patient": {"certno": certno(MOTHER), "name": "测2"}, "bill": parts, "visited_on": "2025-06-02"}
    answer = api.post("/api/v1/reimbursements", clerk, body=body | {"receipts": [f"R{number}"]})
    assert answer.status_code == 200, answer.text
    return answer.json()["settle_id"]


def statement(api, token, who=SON, what="statement", **query):
    return api.get(f"/api/v1/accounts/{who}/{what}", token, query=query)


def test_pages_lose_nothing_and_each_line_has_its_balance(api, son):
    for number in range(3):
        bill(api, 50_00, number)
        api.later(minutes=1)

    first = statement(api, son, limit=2).json()
    second = statement(api, son, limit=2, cursor=first["next"]).json()

    moved = [*first["items"], *second["items"]]
    assert [one["amount_fen"] for one in moved] == [-50_00, -50_00, -20_00, 1_000_00]
    assert [one["balance_fen"] for one in moved] == [880_00, 930_00, 980_00, 1_000_00]
    assert {one["name"] for one in moved[:3]} == {"测2"}
    assert {one["settle_id"] for one in moved} == {None}  # whose bill it was may look at it, the one who paid may not
    assert (second["next"], first["closing"][0]["balance_fen"]) == (None, 880_00)


def test_the_balance_of_any_moment(api, son):
    bill(api, 130_00, 1)
    asked = {"at": "2025-06-03T11:59:59+08:00"}

    before = statement(api, son, what="balances/at", **asked).json()
    api.later(minutes=1)
    after = statement(api, son, what="balances/at", at="2025-06-03T04:00:00Z").json()

    assert (before["total_fen"], after["total_fen"]) == (1_000_00, 900_00)
    assert after["at"] == "2025-06-03T12:00:00+08:00"
    assert (
        problem(statement(api, son, what="balances/at", at="2025-06-04T12:00:00+08:00"), "MESSAGE_MALFORMED")["field"]
        == "at"
    )
    assert (
        problem(statement(api, son, what="balances/at", at="2025-06-03T12:00:00"), "MESSAGE_MALFORMED")["field"] == "at"
    )


def test_movements_by_kind_relative_and_period_and_their_sums(api, son):
    bill(api, 130_00, 1)
    api.later(minutes=1)

    (one,) = statement(api, son, kind="settlement", relative_id=MOTHER).json()["items"]
    sums = statement(api, son, what="statement/sums", kind="settlement").json()["items"]

    assert (one["amount_fen"], one["relation"], one["place"]) == (-100_00, "parent", "hospital")
    assert [(each["month"], each["amount_fen"], each["count"]) for each in sums] == [("2025-06", -100_00, 1)]
    assert statement(api, son, until="2025-06-03T12:00:00+08:00", kind="settlement").json()["items"] == []
    assert problem(statement(api, son, kind="tax"), "MESSAGE_MALFORMED")["field"] == "kind"
    assert problem(statement(api, son, since="2026-01-01T00:00:00+08:00", until="2025-01-01T00:00:00+08:00"),
                   "MESSAGE_MALFORMED")["field"] == "since"  # fmt: skip


@pytest.mark.parametrize("what", ["statement/file", "uses/file"])
def test_files_say_what_they_are_and_hold_the_amounts(api, son, what):
    bill(api, 130_00, 1)
    api.later(minutes=1)

    plain = statement(api, son, what=what)
    sheet = statement(api, son, what=what, file_format="xlsx")
    paper = statement(api, son, what=what, file_format="pdf")

    name = what.partition("/")[0]
    assert plain.headers["content-disposition"] == f'attachment; filename="{name}-20250603.csv"'
    assert plain.headers["content-type"] == "text/csv; charset=utf-8"
    cells = [cell for row in csv.reader(io.StringIO(plain.content.decode("utf-8-sig"))) for cell in row]
    assert "-100.00" in cells or "100.00" in cells
    values = [cell for row in load_workbook(io.BytesIO(sheet.content)).worksheets[0].values for cell in row]
    assert {abs(cell) for cell in values if isinstance(cell, int | float)} >= {100}
    assert paper.headers["content-type"] == "application/pdf"
    assert len(PdfReader(io.BytesIO(paper.content)).pages) == 1
    assert problem(statement(api, son, what=what, file_format="docx"), "MESSAGE_MALFORMED")["field"] == "file_format"


def test_who_used_my_money_and_who_paid_for_me(api, son, mother):
    bill(api, 130_00, 1)
    api.later(minutes=1)

    used = statement(api, son, what="uses").json()
    helped = statement(api, mother, who=MOTHER, what="helps").json()

    assert [(one["member_id"], one["amount_fen"], one["place"], one["details"]) for one in used["items"]] == [
        (MOTHER, 100_00, "hospital", None)
    ]
    assert used["months"] == [{"month": "2025-06", "person_id": MOTHER, "name": "测2", "amount_fen": 100_00}]
    assert [(one["sharer_id"], one["name"], one["amount_fen"]) for one in helped["items"]] == [(SON, "测1", 100_00)]


def test_a_bill_is_explained_to_its_patient_alone(api, son, mother):
    number = bill(api, 130_00, 1)

    told = api.get(f"/api/v1/bills/{number}", mother).json()
    paper = api.get(f"/api/v1/bills/{number}/file", mother)

    assert [(one["step"], one["amount_fen"]) for one in told["payers"] if one["counts"] and one["amount_fen"]] == [
        ("own", 30_00),
        ("shared", 100_00),
    ]
    assert (told["e_bill"]["account_fen"], told["e_bill"]["family_fen"]) == (130_00, 100_00)
    assert paper.headers["content-disposition"] == f'attachment; filename="bill-{number}.pdf"'
    for token in (son, api.identity.let_in(STRANGER, scopes=SCOPES)):
        problem(api.get(f"/api/v1/bills/{number}", token), "SETTLEMENT_NOT_FOUND")
    problem(api.get("/api/v1/bills/999", mother), "SETTLEMENT_NOT_FOUND")


@pytest.mark.parametrize(
    "what", ["statement", "statement/sums", "statement/file", "uses", "uses/file", "helps", "balances/at"]
)
def test_a_stranger_reads_nothing(api, what):
    stranger = api.identity.let_in(STRANGER, scopes=SCOPES)
    moment = {"at": "2025-06-03T04:00:00Z"} if what == "balances/at" else {}

    problem(statement(api, stranger, what=what, **moment), "NOT_YOURS")
    api.identity.narrowed(stranger, "accounts.read")
    problem(statement(api, stranger, who=STRANGER, what=what, **moment), "SCOPE_MISSING")


def test_a_bill_is_read_while_others_read_theirs_and_by_nobody_else(api, son, mother, monkeypatch):
    number = bill(api, 30_00, 1)
    api.world.person(STRANGER + 1, money=100_00)
    asked = SettleRequest(
        request="own", patient_id=STRANGER + 1, bill=Bill(at=NOON, visited_on=NOON.date(), parts=Parts(copay_fen=1_00)),
        place_region="320200",
    )  # fmt: skip
    people = Scope(people={STRANGER + 1})
    done = api.store.run(people, lambda books: settle(books, api.world.policy, asked))
    other = done.settlement.settle_id
    alone = api.readers.ask

    def together(scope, work):
        """Ask as if others asked for their bills at the same moment."""
        scope.merge(Scope(settlements={number, other}))
        return alone(scope, work)

    monkeypatch.setattr(api.readers, "ask", together)

    assert api.get(f"/api/v1/bills/{number}", mother).status_code == 200
    for settle_id, token in ((number, son), (other, mother), (999, mother)):
        problem(api.get(f"/api/v1/bills/{settle_id}", token), "SETTLEMENT_NOT_FOUND")
