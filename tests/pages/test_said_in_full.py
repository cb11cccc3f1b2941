"""What every page owes whoever reads it: refusals in full, no body's business told to another, nothing sold."""

import re
from html import unescape
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from gongji.channels.api.limits import Limits
from gongji.channels.api.problems import ProblemError, status_of, worded
from gongji.channels.figures import polished
from gongji.channels.pages import rendering
from gongji.channels.screens.citizen.shell import OPEN, handlers
from gongji.channels.screens.console import shell as console
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.kiosk import shell as kiosk
from gongji.channels.screens.shells import page as shown_at
from gongji.domain.account import Pocket
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Ground, Refusal, Refused
from gongji.domain.texts import next_step, sentence
from tests.national_world import WUXI_HOSPITAL
from tests.pages.console_world import ConsoleWorld
from tests.pages.family_pages_world import MOTHER, SON, WIDE, FamilyPagesWorld
from tests.pages.money_world import QUOTA_DAY, WUHAN, MoneyWorld
from tests.pages.sample_world import sample_world
from tests.pages.states_console import console_states
from tests.pages.states_kiosk import kiosk_states
from tests.pages.test_pages import AMOUNT, WELL_SHOWN, words
from tests.pages.visitors import VisitorWorld

RULE = "310000/relatives/2022-07-01"
TEMPLATES = Path(rendering.__file__).parent / "templates"
SHELLS = ("", "/kiosk", "/console")


async def say_no(visit):
    name = visit.names["name"]
    book = visit.desk.book(visit.now)
    if name in list(RequestFault):
        raise TroubleError(worded(ProblemError(RequestFault(name)), visit.path, visit.language))
    ground = Ground(rule_id=RULE, region="310000", day="2026-11-23", figures=())
    no = Refused(Refusal(name), ground=ground)
    raise TroubleError(worded(ProblemError(no.reason, refused=no), visit.path, visit.language, book=book))


@pytest.fixture(scope="module")
def world():
    with VisitorWorld(limits=Limits(person=WIDE, address=WIDE)) as made:
        for handler in [
            *handlers({"/no/{name:str}": say_no}, OPEN),
            *shown_at("/kiosk/no/{name:str}", say_no, kiosk.OPEN),
            *shown_at("/console/no/{name:str}", say_no, console.STAFF_SHELL),
        ]:
            made.app.register(handler)
        made.desk_clerk = made.sits_at_desk()
        yield made


def plain(text):
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", text)))


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_refusal_is_told_with_rule_document_next_step_and_money(world, language, shell):
    prefix = "/en" if language == "en" else ""
    for reason in Refusal:
        page = world.visit(f"{prefix}{shell}/no/{reason}", world.desk_clerk if shell == "/console" else "").text
        told = plain(page)

        assert plain(polished(sentence(reason, language), language)) in told, reason
        assert plain(polished(next_step(reason, language), language)) in told, reason
        assert RULE in told, reason
        assert "<cite>" in page, reason
        assert ("钱没有动。" if language == "zh" else "Nomoneyhasmoved.") in told, reason


@pytest.mark.parametrize("shell", SHELLS)
def test_every_fault_of_a_request_says_what_is_next_and_whether_money_moved(world, shell):
    for reason in RequestFault:
        answer = world.visit(f"{shell}/no/{reason}", world.desk_clerk if shell == "/console" else "")
        if answer.status_code == 303:
            assert status_of(reason) == 401
            assert "back=" in answer.headers["location"]
            continue
        told = plain(answer.text)
        if "没有找到这一页" in told:
            assert status_of(reason) == 404
            continue
        open_still = reason in (RequestFault.OUTCOME_UNKNOWN, RequestFault.SERVER_FAULT)

        assert plain(polished(sentence(reason, "zh"), "zh")) in told, reason
        assert plain(polished(next_step(reason, "zh"), "zh")) in told, reason
        assert ("结果还没有回来" in told) is open_still, reason
        assert ("钱没有动。" in told) is not open_still, reason


def test_where_somebody_was_treated_is_on_no_page_of_the_one_who_pays():
    with FamilyPagesWorld() as family:
        bond = f"/family/{family.shared(SON, MOTHER)}"
        bill = f"/bills/{family.bill()}"
        family.told()
        son, mother = family.sits(SON), family.sits(MOTHER)
        where = ("/", "/family", bond, "/records", "/balance", "/messages", "/records/file?as_a=csv")
        seen = {path: family.visit(path, son).text for path in where}

        assert "380.00" in seen["/"]
        assert "380.00" in seen["/records"]
        assert [path for path, text in seen.items() if WUXI_HOSPITAL in text or "样例H32" in text] == []
        assert family.visit(bill, son).status_code == 404
        assert family.visit(bill, mother).status_code == 200


def test_nothing_pops_up_and_nothing_is_sold():
    pages = {file: file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html")}
    scripts = {file: file.read_text(encoding="utf-8") for file in TEMPLATES.parent.joinpath("static").glob("*.js")}

    assert len(pages) > 80
    assert [
        file.name for file, text in pages.items() if re.search(r'target="|<dialog[^>]*\bopen\b|autoplay|<iframe', text)
    ] == []
    assert [file.name for file, text in scripts.items() if re.search(r"\b(alert|confirm|prompt|open)\(", text)] == []
    for key, text in rendering.texts("zh").items():
        assert not re.search("广告|优惠|推荐|抽奖|红包|热卖|会员", text), key


def test_the_key_enter_in_a_field_leads_to_be_checked_and_moves_no_money():
    with MoneyWorld() as world:
        son = world.sits(SON)
        assert world.sent(world.sending_to(MOTHER, son), son, amount="100").endswith("/check")
        assert (world.world.balance(SON), world.world.balance(SON, Pocket.TRANSIT)) == (5_300_00, 0)
    with MoneyWorld(QUOTA_DAY, WUHAN) as world:
        son = world.sits(SON)
        form = world.sent("/premiums", son, choice=f"{MOTHER}:resident", year="2027")
        for path, more in ((form, {"notice": "N-1"}), ("/family/1/quota", {})):
            there = world.sent(path, son, amount="100", **more)
            assert "确认" in world.visit(there, son).text
        assert world.world.balance(SON) == 5_300_00


def bare_amounts(world, states):
    """Return what is not grouped or has not two decimals, by state; what somebody types is as he types it."""
    found = {}
    for name, (path, _, cookie) in states.items():
        tree = LexborHTMLParser(world.visit(path, cookie).text)
        shown = AMOUNT.findall(words(tree, "q, cite, .verbatim, .typed"))
        found[name] = [amount for amount in shown if not WELL_SHOWN.fullmatch(amount)]
    return {name: several for name, several in found.items() if several}


def test_amounts_at_the_desk_and_the_kiosk_are_sound_too():
    with ConsoleWorld() as office:
        assert bare_amounts(office, console_states(office)) == {}
    with sample_world() as hall:
        assert bare_amounts(hall, kiosk_states(hall)) == {}
