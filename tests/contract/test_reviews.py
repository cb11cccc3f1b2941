"""Reviews and inspections on both stores: what they move, who gets it of two at once, what is found again."""

import asyncio
from datetime import datetime

import pytest

from gongji.ledger.records import EntryKind
from tests.inspection_acts import decided, settled
from tests.review_world import API, MOTHER, REVIEWED, SON, STRANGER, Offices, done, paper_of


@pytest.fixture
def offices(store):
    with Offices(store) as found:
        yield found


def test_of_two_clerks_at_once_one_gets_it(offices):
    number = offices.applied(offices.son, kind="change_phone", phone="13800000000")

    async def both():
        asked = [
            offices.asked("POST", f"{API}/applications/{number}/claim", token, headers=[("idempotency-key", "k")])
            for token in (offices.clerk, offices.reviewer, offices.reviewer2)
        ]
        return await asyncio.gather(*asked)

    answers = asyncio.run(both())

    assert sorted(one.status_code for one in answers) == [200, 412, 412]
    (holder,) = [one.json()["holder"] for one in answers if one.status_code == 200]
    assert done(offices.see(f"/applications/{number}", offices.son))["holder"] == holder


def test_a_bond_is_active_once_it_is_reviewed(offices):
    number = offices.applied(offices.son, kind="bind", bond_id=offices.waiting_bond())
    assert offices.see("/bonds", offices.son).json()["items"][0]["state"] == "awaiting_review"

    done(offices.step(number, "claim", offices.clerk))
    done(offices.step(number, "decision", offices.clerk, {"approve": True}))

    assert offices.see("/bonds", offices.son).json()["items"][0]["state"] == "active"


def test_an_heir_is_paid_once_two_agree(offices):
    offices.world.person(9, region=REVIEWED, money=70_00)
    offices.world.person(10, region=REVIEWED)
    heir = offices.citizen(10)
    done(offices.do("/people/9/death", offices.clerk))
    claim = {"dead": paper_of(9), "relation": "child", "proofs": ["x"]}
    inheritance = done(offices.do("/inheritances", heir, claim))["inheritance_id"]
    papers = [offices.material(heir, paper) for paper in ("death_certificate", "kinship_proof")]
    number = offices.applied(heir, kind="inheritance", inheritance_id=inheritance, to="account", materials=papers)
    done(offices.step(number, "claim", offices.clerk))
    done(offices.step(number, "decision", offices.clerk, {"approve": True}))
    assert offices.world.balance(10) == 0

    told = done(offices.step(number, "check", offices.reviewer, {"agree": True}))

    assert (told["effect"]["paid_fen"], offices.world.balance(10), offices.world.balance(9)) == (70_00, 70_00, 0)
    assert offices.store.faults() == []


def test_an_owner_is_paid_back_and_the_books_are_right(offices):
    number = settled(offices, STRANGER, SON, 60_00, datetime(2025, 5, 20, 9))

    decided(offices, restitutions=[{"settle_id": number, "owner_id": SON, "amount_fen": 60_00}])

    assert offices.world.balance(SON) == 900_00
    assert [one.kind for one in offices.store.entries_of(SON)].count(EntryKind.RESTITUTION) == 1
    assert offices.store.faults() == []


def test_papers_mandates_and_looks_are_found_again(offices):
    paper = offices.material(offices.son, "id_card")
    content = offices.see(f"/materials/{paper}/content", offices.son).content
    done(offices.do(f"/materials/{paper}/looks", offices.clerk, {"reason": "核对身份"}))
    assert offices.see(f"/materials/{paper}/content", offices.clerk).content == content
    assert content.startswith(b"\x89PNG")

    body = {"holder": paper_of(SON), "operations": ["accounts.read"], "until": "2025-06-30T00:00:00+08:00"}
    done(offices.do("/mandates", offices.mother, body))
    assert done(offices.see("/accounts/2/balances", offices.son, acting_for=MOTHER))["person_id"] == MOTHER
    assert [one["reason"] for one in done(offices.see("/looks", offices.son))["items"]] == ["核对身份"]
