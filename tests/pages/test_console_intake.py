"""Taking in at the counter: the terms that the rules of a place know, and what a dead relative left."""

import re
from datetime import date, datetime

import httpx
import pytest

from gongji.domain.account import Pocket
from gongji.domain.family import BondState, Mode
from gongji.domain.insured import Insurance
from gongji.domain.requests import Scope
from gongji.services.office.looks import LOOK
from tests.pages.console_world import AUNT, CHILD, MOTHER, SON, WIFE, ConsoleWorld
from tests.review_world import picture

XINJIANG, FAR_SON, FAR_WIFE, FAR_AUNT = "650100", 11, 12, 13
QUOTA_DAY = datetime(2026, 11, 23, 10)
"""A day on which quotas hold."""


@pytest.fixture
def desk():
    with ConsoleWorld() as world:
        world.person(FAR_SON, region=XINJIANG, money=3_000_00, wallet=0)
        world.person(FAR_WIFE, region=XINJIANG, money=100_00, wallet=0)
        world.person(FAR_AUNT, region=XINJIANG, insured=Insurance.RESIDENT)
        yield world


def bonds_of(desk, sharer):
    return desk.store.read(Scope(people={sharer}), lambda books: [*books.registry.bonds_of_sharer(sharer)])


def person(desk, number):
    return desk.store.read(Scope(people={number}), lambda books: books.registry.people[number])


def with_files(desk, path, fields, **files):
    """Send the form of a page with files, as a browser does."""
    clerk = desk.at("clerk")
    told = {name: (f"{name}.png", content, "image/png") for name, content in files.items()}
    request = httpx.Request("POST", "https://any", data=desk.form_of(path, clerk) | fields, files=told)
    body = request.read()
    headers = [("content-type", request.headers["content-type"]), ("content-length", str(len(body)))]
    return desk.ask("POST", path, body=body, headers=[*headers, ("cookie", clerk)])


def test_terms_are_asked_for_only_where_a_rule_knows_them(desk):
    plain = desk.visit(desk.asks_terms(SON, CHILD, "child"), desk.at("clerk")).text
    rich = desk.visit(desk.asks_terms(FAR_SON, FAR_WIFE, "spouse"), desk.at("clerk")).text

    for name in ("cap", "quota", "rank"):
        assert f'name="{name}"' not in plain
    assert re.findall(r'<input id="(\w+)" name="\1" type="(?:text|date)"', rich) == ["until", "cap", "rank"]
    assert "/rules/650000/cap/" in rich
    assert "/rules/650000/order/" in rich
    assert rich.count("<cite>") >= 4  # each with its document


def test_a_bond_is_formed_on_the_terms_that_were_agreed(desk):
    clerk = desk.at("clerk")
    check = desk.begins_sharing(
        FAR_SON, FAR_WIFE, "spouse", uses="pay", lasts="day", until="2025-12-31", cap="1,200.50", rank="2"
    )
    page = re.sub(r"<[^>]+>", " ", desk.visit(check, clerk).text)
    for words in ("只看病买药", "2025-12-31", "1,200.50 元", "到某一天"):
        assert words in page
    signed = {f"sign_{side}": desk.name_of(one) for side, one in (("sharer", FAR_SON), ("member", FAR_WIFE))}

    desk.goes(check, clerk, **signed)

    (bond,) = bonds_of(desk, FAR_SON)
    assert bond.modes == (Mode.PAY,)
    assert (bond.until, bond.cap_fen, bond.rank) == (datetime(2026, 1, 1), 1_200_50, 2)


@pytest.mark.parametrize(
    ("terms", "field", "words"),
    [
        ({"uses": ""}, "uses", "请选一项"),
        ({"lasts": "day"}, "until", "日期"),
        ({"lasts": "day", "until": "2025-06-02"}, "until", "请填明天以后的日期"),
        ({"until": "2025-12-31"}, "until", "请选“到某一天”"),
        ({"cap": "many"}, "cap", "金额"),
        ({"cap": "0"}, "cap", "金额"),
        ({"rank": "0"}, "rank", "1"),
    ],
)
def test_a_fault_in_the_terms_stands_at_its_field_and_what_was_typed_stays(desk, terms, field, words):
    path = desk.asks_terms(FAR_SON, FAR_WIFE, "spouse")

    answer = desk.sends(path, desk.at("clerk"), **({"uses": "both", "lasts": "cancelled"} | terms))

    assert answer.status_code == 400
    assert words in answer.text[answer.text.index(f'id="{field}-fault"') :][:200]
    assert f'href="#{field}"' in answer.text
    for name, value in terms.items():
        assert not value or f'value="{value}"' in answer.text, name


def test_what_nobody_has_papers_for_is_told_at_the_papers(desk):
    begun = desk.takes_in("bind", SON)
    told = desk.fields_of(MOTHER, "r_") | {"relation": "parent", "member_here": "yes"}
    clerk = desk.at("clerk")

    other_name = desk.sends(begun, clerk, **told | {"r_name": "另一个人"})
    nobody = desk.sends(begun, clerk, **told | {"r_certno": desk.number_of(77, date(1950, 5, 1))})

    assert (other_name.status_code, 'id="r_name-fault"' in other_name.text) == (400, True)
    assert (nobody.status_code, 'id="r_certno-fault"' in nobody.text) == (400, True)


def test_a_quota_is_asked_for_where_it_can_be_set_and_its_limits_stand_at_the_field(desk):
    desk.now, desk.seats = QUOTA_DAY, {}
    clerk = desk.at("clerk")
    closed = desk.visit(desk.asks_terms(FAR_SON, FAR_AUNT, "parent"), clerk).text
    assert 'name="quota"' not in closed
    assert "钱包" in closed  # why there is none: a wallet is not open yet
    path = desk.asks_terms(FAR_SON, FAR_WIFE, "spouse")

    too_much = desk.sends(path, clerk, uses="both", lasts="once", quota="9000000")
    assert too_much.status_code == 400
    assert 'id="quota-fault"' in too_much.text
    check = desk.goes(path, clerk, uses="both", lasts="once", quota="500")
    signed = {f"sign_{side}": desk.name_of(one) for side, one in (("sharer", FAR_SON), ("member", FAR_WIFE))}
    desk.goes(check, clerk, **signed)

    (bond,) = bonds_of(desk, FAR_SON)
    assert (bond.quota_fen, bond.once, bond.state) == (500_00, True, BondState.ACTIVE)


def test_an_inheritance_is_taken_in_with_the_death_that_nobody_had_recorded(desk):
    clerk = desk.at("clerk")
    begun = desk.takes_in("inheritance", SON)
    check = desk.goes(begun, clerk, **desk.fields_of(WIFE, "r_"), relation="spouse", to="account")
    page = desk.visit(check, clerk).text
    assert "参保库里还没有这个人去世的记录" in page
    assert re.search(r'href="/rules/\d{6}/inheritance/', page)
    without = with_files(desk, check, {})
    assert without.status_code == 400
    assert all(f'id="{name}-fault"' in without.text for name in ("death_scan", "died"))
    half = with_files(desk, check, {"died": "yes", "kin": "hukou"}, death_scan=picture())
    assert 'id="kin-fault"' in half.text
    assert person(desk, WIFE).alive

    form = {"died": "yes", "kin": "hukou"}
    ways = [with_files(desk, check, form, death_scan=picture(), kin_scan=picture(size=(50, 20)))]
    ways.append(desk.visit(check, clerk))  # Back leads to what came of it

    assert {one.headers["location"] for one in ways} == {ways[0].headers["location"]}
    done = desk.visit(ways[0].headers["location"], clerk).text
    assert "材料齐了" in done
    assert not person(desk, WIFE).alive
    number = re.findall(r"application-\d+", done)[0]
    reviewers = desk.at("reviewer"), desk.at("reviewer", "S2002")
    desk.goes(f"/console/cases/{number}", reviewers[0], step="claim")
    assert "已登记死亡" in desk.visit(f"/console/cases/{number}", reviewers[0]).text
    desk.goes(f"/console/cases/{number}/approval", reviewers[0])
    desk.goes(f"/console/cases/{number}", reviewers[1], at=f"/console/cases/{number}/check", agree="yes")

    balance = lambda books: books.ledger.balance(SON, Pocket.CARRY_OVER)  # noqa: E731  # once, here
    assert desk.store.read(Scope(people={SON}), balance) == 10_200_00
    assert desk.store.faults() == []


def test_an_inheritance_without_proof_of_kinship_asks_for_it_once(desk):
    check = desk.goes(
        desk.takes_in("inheritance", SON),
        desk.at("clerk"),
        **desk.fields_of(AUNT, "r_"),
        relation="uncle_aunt",
        to="cash",
    )

    done = with_files(desk, check, {"died": "yes"}, death_scan=picture())

    page = desk.visit(done.headers["location"], desk.at("clerk")).text
    assert "还缺这些材料" in page
    assert 'value="death_certificate"' not in page
    assert 'value="kinship_proof"' in page


def test_what_cannot_be_inherited_is_told_at_its_field(desk):
    clerk = desk.at("clerk")
    told = desk.fields_of(WIFE, "r_") | {"relation": "spouse", "to": "account"}

    no_account = desk.sends(desk.takes_in("inheritance", AUNT), clerk, **told)
    own = desk.sends(desk.takes_in("inheritance", WIFE), clerk, **told)

    assert (no_account.status_code, 'id="to-fault"' in no_account.text) == (400, True)
    assert (own.status_code, 'id="r_certno-fault"' in own.text) == (400, True)


def test_a_death_far_away_is_recorded_there_and_the_look_is_one(desk):
    clerk = desk.at("clerk")
    check = desk.goes(
        desk.takes_in("inheritance", SON), clerk, **desk.fields_of(FAR_WIFE, "r_"), relation="spouse", to="cash"
    )

    pages = [desk.visit(check, clerk).text for _ in range(2)]

    assert "登记好了再来办" in pages[0]
    assert 'name="died"' not in pages[1]
    scope = Scope(people={FAR_WIFE}, dossiers_of={(LOOK, FAR_WIFE)})
    assert len(desk.store.read(scope, lambda books: books.dossiers.of(LOOK, FAR_WIFE))) == 1
