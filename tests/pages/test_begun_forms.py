"""Forms that are begun: a double tap, Back and a refresh come to one act; what was typed outlives the sign-in."""

from datetime import timedelta

import pytest

from gongji.dossiers.cabinet import Asked
from gongji.services.access.sessions import SIGN_IN_LIFE
from gongji.services.family.showings import SHOWING
from gongji.services.office.mandates import MANDATE
from tests.pages.family_pages_world import LONER, MOTHER, SON, WIFE, FamilyPagesWorld

ASK, GIVE, NEW = "/family/showings/ask", "/help/acting/give", "/applications/new"


@pytest.fixture
def world():
    with FamilyPagesWorld() as made:
        yield made


def asked(world):
    return {"relation": "parent", **world.papers(MOTHER)}


def given(world):
    return {**world.papers(MOTHER), "may": ["accounts.read", "bonds.read"], "until": "2026-06-30"}


@pytest.mark.parametrize(("page", "fields"), [(ASK, asked), (GIVE, given)])
def test_what_is_sent_three_times_is_done_once(world, page, fields):
    son = world.sits(SON)
    form = world.begins(page, son)
    assert form.startswith(f"{page}/")
    guard = world.hidden(form, son)

    there = {world.submit(form, son, **guard, **fields(world)).headers["location"] for _ in range(3)}
    back = world.visit(form, son)

    assert there == {back.headers["location"]}
    kind = SHOWING if page == ASK else MANDATE
    assert len(world.store.dossiers(Asked(kind=kind, party=SON))) == 1


@pytest.mark.parametrize(("page", "fields"), [(ASK, asked), (GIVE, given)])
def test_what_was_typed_is_there_after_a_fault_a_refresh_and_a_sign_in_that_ran_out(world, page, fields):
    son = world.sits(SON)
    form = world.begins(page, son)
    guard, several = world.hidden(form, son), fields(world)
    wrong = world.submit(form, son, **guard, **several | {"certno": "1"})
    refreshed = world.visit(form, son).text
    world.now += SIGN_IN_LIFE + timedelta(minutes=1)

    late = world.submit(form, son, **guard, **several)
    again = world.visit(form, world.sits(SON)).text

    assert wrong.status_code == 400
    assert f'value="{several["name"]}"' in refreshed
    assert "/oauth/sign-in" in late.headers["location"]
    assert f'value="{several["certno"]}"' in again
    assert again.count(" checked") == len(several.get("may", []))


def test_nobody_else_sees_a_form_and_one_that_is_gone_begins_anew(world):
    form = world.begins(ASK, world.sits(SON))

    assert world.visit(form, world.sits(WIFE)).headers["location"] == ASK
    world.now += timedelta(days=2)
    assert world.visit(form, world.sits(SON)).headers["location"] == ASK


def test_the_review_of_a_bond_is_asked_for_from_its_page_once(world):
    number = world.shared(SON, MOTHER, reviewed=False)
    bond, son = f"/family/{number}", world.sits(SON)
    form = world.goes(bond, son, to=NEW, kind="bind", bond=number)
    assert "申请审核" in world.visit(bond, son).text
    assert "测2" in world.visit(form, son).text

    there = {world.goes(form, son)} | {world.visit(form, son).headers["location"]}
    more = world.submit(NEW, son, **world.hidden("/settings", son), kind="bind", bond=number).headers["location"]
    anew = world.goes(more, son)

    assert there == {anew}
    assert f'href="{anew}"' in world.visit(bond, son).text
    assert "审核家庭共济" in world.visit(anew, son).text


def test_a_bond_of_others_or_none_at_all_is_not_reviewed(world):
    number = world.shared(SON, MOTHER, reviewed=False)
    loner = world.sits(LONER)

    for bond in (number, 999, "x"):
        form = world.submit(NEW, loner, **world.hidden("/settings", loner), kind="bind", bond=bond).headers["location"]
        assert world.visit(form, loner).status_code == 404
