"""简易模式: adding a relative, sending money and accepting ask one question a page, and come to the same in the end."""

import re

import pytest

from gongji.domain.family import BondState
from tests.pages.family_pages_world import CHILD, SISTER, SON, WIFE, FamilyPagesWorld
from tests.pages.money_world import LONER, MoneyWorld
from tests.pages.money_world import WIFE as SENDER

VISIBLE = re.compile(r'<(?:input|select|textarea)[^>]*\bname="(\w+)"[^>]*>')


def asked(page):
    """Return the names of what a page asks for, hidden fields left out."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    fields = [hit for hit in VISIBLE.finditer(main) if 'type="hidden"' not in hit[0]]
    buttons = re.findall(r'<button[^>]*\bname="(\w+)"', main)
    return {hit[1] for hit in fields} | {name for name in buttons if name != "chip"}


@pytest.fixture
def world():
    with FamilyPagesWorld() as made:
        yield made


def test_a_relative_is_added_by_one_question_a_page(world):
    sister = f"{world.sits(SISTER)}; easy=1"
    answers = {
        "relation": "child",
        **world.papers(CHILD),
        "uses": "both",
        "proof": "hukou",
        "cap": "300",
        "rank": "2",
        "lasts": "cancelled",
    }
    there, seen = world.goes("/family/add", sister, what="money"), []
    while not there.endswith("/check"):
        page = world.visit(there, sister)
        names = asked(page) - {"until"}
        assert len(names) == 1, (there, names)
        (name,) = names
        seen.append(name)
        there = world.goes(there, sister, **{name: answers[name]})

    assert seen[:4] == ["relation", "name", "cert_type", "certno"]
    assert seen[-1] == "lasts"
    assert {"cap", "uses"} <= set(seen)
    check = world.visit(there, sister).text
    assert "300.00 元" in check
    change = re.search(r'href="([^"]+/terms\?ask=cap)"', check)
    assert change is not None
    assert asked(world.visit(change[1], sister)) == {"cap"}
    path, _, query = change[1].partition("?")
    form = {**world.hidden(change[1], sister), "cap": "", "ask": query.partition("=")[2]}
    back = world.submit(path, sister, **form)
    assert back.headers["location"] == there
    assert "300.00 元" not in world.visit(there, sister).text


def test_an_invitation_is_accepted_by_one_question_a_page(world):
    there, _ = world.invited(world.sits(SON), member=WIFE, relation="spouse")
    wife = f"{world.sits(WIFE)}; easy=1"

    first, details, sign = (
        world.visit(f"{there}{query}", wife) for query in ("", "?ask=details", "?ask=sign&details=yes")
    )

    assert asked(first) == {"how"}
    assert 'href="?ask=details"' in first.text
    assert asked(details) == set()
    assert details.text.count('href="?ask=sign') == 2
    assert asked(sign) == {"signed", "how"}
    world.goes(f"{there}?ask=sign&details=yes", wife, how="accepted", details="yes", signed=world.name_of(WIFE))
    assert world.bonds()[0].state is BondState.ACTIVE
    assert "您同意了他看药品明细" in world.visit(f"/family/{world.bonds()[0].bond_id}", wife).text


def test_money_is_sent_by_one_question_a_page():
    with MoneyWorld() as world:
        sender = f"{world.sits(SENDER)}; easy=1"
        there = world.sending_to("other", sender)
        answers = {"name": world.name_of(LONER), "relation": "sibling", "certno": world.number_of(LONER)}
        seen = []
        while "/other" in there:
            (name,) = asked(world.visit(there, sender))
            seen.append(name)
            there = world.sent(there.partition("?")[0], sender, ask=name, **{name: answers[name]})

        assert seen == ["name", "relation", "certno"]

        amount = world.sending_to(1, sender)
        assert asked(world.visit(amount, sender)) == {"source"}
        on = world.sent(amount, sender, ask="source", source="wallet")
        assert asked(world.visit(on, sender)) == {"amount"}
        check = world.sent(on.partition("?")[0], sender, ask="amount", amount="50")
        page = world.visit(check, sender).text
        assert "50.00 元" in page
        assert "医保钱包" in page


def test_without_the_simple_mode_everything_stands_on_one_page(world):
    son = world.sits(SON)

    assert asked(world.visit(world.begun(son, upto="who"), son)) == {"name", "cert_type", "certno"}
    there, _ = world.invited(son, member=WIFE, relation="spouse")
    assert asked(world.visit(there, world.sits(WIFE))) == {"signed", "details", "how"}
