"""The kiosk without a browser: every task from the first touch to the receipt, and every way out of trouble."""

import re

import pytest
from msgspec.structs import replace

from gongji.channels.sample_story import DAUGHTER, FATHER, MOTHER, SON, WIFE
from gongji.channels.screens.kiosk.pads import amount_after, fen_of, number_after
from gongji.channels.screens.kiosk.shell import ASKS_AFTER, COOKIE, LEAVES_AFTER, SECOND_COOKIE
from gongji.domain.account import Pocket
from gongji.domain.family import BondState
from gongji.ledger.records import TransferState
from gongji.services.acts import Actor
from gongji.services.office.presences import Standing, stand_before
from tests.pages.kiosk_visitor import KioskVisitor
from tests.pages.sample_world import sample_world
from tests.pages.states_kiosk import kiosk_states, tomorrow_states, withdrawn

KEPT, KEPT_SECOND = f"__Host-{COOKIE}", f"__Host-{SECOND_COOKIE}"


@pytest.fixture(scope="module")
def world():
    with sample_world() as world:
        yield world


@pytest.fixture(scope="module")
def tomorrow():
    """The world a day later: what waited has come back."""
    with sample_world() as world:
        world.later(days=1)
        yield world


@pytest.fixture
def kiosk(world):
    return KioskVisitor(world)


def signed_in(kiosk, task, person_id=SON):
    kiosk.go(f"/kiosk/{task}")
    assert kiosk.path.startswith("/kiosk/who")
    kiosk.shows(person_id)
    assert kiosk.path == f"/kiosk/{task}"
    return kiosk


def before(kiosk):
    """Return how many are in line before him."""
    found = re.search(r"您前面还有 (\d+) 位", kiosk.text)
    assert found or "您前面没有人了" in kiosk.text
    return int(found[1]) if found else 0


def transfers(world):
    return {one.amount_fen: one.state for one in world.store.ledger.transfers}


# T1, T7


def test_four_tasks_and_what_still_works_when_devices_are_down(kiosk):
    kiosk.go("/kiosk")
    assert re.findall(r'<li><a href="(/kiosk/[a-z]+)"><strong>(.*?)</strong>', kiosk.text) == [
        ("/kiosk/balance", "查"),
        ("/kiosk/add", "加"),
        ("/kiosk/send", "转"),
        ("/kiosk/end", "取消"),
    ]
    kiosk.go("/kiosk?down=printer.reader")
    assert "打印机没有纸了。四件事都能办" in kiosk.text
    assert "读卡器坏了。四件事都能办" in kiosk.text
    kiosk.go("/kiosk?down=")
    assert "打印机" not in kiosk.text


def test_after_a_while_it_asks_and_forgets(kiosk):
    signed_in(kiosk, "balance")
    assert ASKS_AFTER >= 60
    leads = f"{ASKS_AFTER};url=/kiosk/still-there?back=%2Fkiosk%2Fbalance"
    assert f'<noscript><meta http-equiv="refresh" content="{leads}"></noscript>' in kiosk.text
    secret = kiosk.cookies[KEPT]

    kiosk.go("/kiosk/still-there?back=%2Fkiosk%2Fbalance")
    assert LEAVES_AFTER >= 60
    assert f'content="{LEAVES_AFTER};url=/kiosk/leave"' in kiosk.text
    assert 'href="/kiosk/balance"' in kiosk.text
    assert kiosk.go("/kiosk/balance").status_code == 200

    kiosk.go("/kiosk/leave")
    assert "请取走您的证件" in kiosk.text
    assert kiosk.cookies[KEPT] == kiosk.cookies[KEPT_SECOND] == ""
    kiosk.cookies[KEPT] = secret
    kiosk.go("/kiosk/balance")
    assert kiosk.path.startswith("/kiosk/who")


def test_it_leads_nowhere_else(kiosk):
    for back in ("//evil.example/kiosk", "https://evil.example", "/", "/kiosk/../", "/kioskx"):
        kiosk.go(f"/kiosk/still-there?back={back}")
        assert '<a class="button" href="/kiosk">' in kiosk.text


# T2


def test_by_code(kiosk, world):
    kiosk.go("/kiosk/who?back=%2Fkiosk%2Fbalance")
    kiosk.touch(code=world.desk.codes.mint(MOTHER, world.now))
    kiosk.touch("proof", "passed")
    assert kiosk.path == "/kiosk/balance"
    kiosk.go("/kiosk/leave")
    kiosk.go("/kiosk/who")
    kiosk.touch(code="not-a-code")
    assert "这个医保码用不了" in kiosk.text
    assert kiosk.answer.status_code == 400


def test_by_number_on_the_pad(kiosk, world):
    number = "".join(world.store.registry.identities[FATHER].certno)
    kiosk.go("/kiosk/who?back=%2Fkiosk%2Fbalance")
    kiosk.types(number)
    assert f">{number}</p>" in kiosk.text
    kiosk.touch(beside="certno")
    kiosk.touch("proof", "passed")
    assert kiosk.path == "/kiosk/balance"


def test_a_wrong_number_is_said_at_once(kiosk):
    kiosk.go("/kiosk/who")
    kiosk.types("320000")
    kiosk.touch(beside="certno")
    assert "没有找到这个身份证号" in kiosk.text
    assert KEPT not in kiosk.cookies


def test_in_english_too(kiosk):
    kiosk.go("/en/kiosk/balance")
    assert "Please show that it is you" in kiosk.text
    kiosk.shows(SON)
    assert kiosk.path == "/en/kiosk/balance"


def test_a_face_that_is_not_known_leads_to_the_staff_and_on(kiosk, world):
    kiosk.go("/kiosk/balance")
    kiosk.shows(SON, "failed")
    assert "没有认出来" in kiosk.text
    kiosk.touch("proof", "failed")
    assert 'name="proof"' not in kiosk.text
    assert KEPT not in kiosk.cookies
    kiosk.touch("staff")
    assert re.search(r"您的号码是 K\d{3}", kiosk.text)
    mine = before(kiosk)

    other = KioskVisitor(world)
    world.later(seconds=1)
    other.go("/kiosk/balance")
    other.touch("certno", world.store.registry.identities[FATHER].certno)
    other.touch("staff")
    assert before(other) == mine + 1
    other.touch()
    assert "窗口已经核对过了" not in other.text

    kiosk.touch("sample")
    assert "窗口已经核对过了" in kiosk.text
    kiosk.touch()
    assert kiosk.path == "/kiosk/balance"
    assert kiosk.answer.status_code == 200
    other.touch()
    assert before(other) == mine


def test_who_is_not_known_gets_a_number_all_the_same(kiosk):
    kiosk.go("/kiosk/who")
    kiosk.touch("staff")
    assert re.search(r"您的号码是 K\d{3}", kiosk.text)
    assert 'name="sample"' not in kiosk.text


def test_a_clerk_at_the_counter_lets_on_by_naming_the_number(kiosk, world):
    kiosk.go("/kiosk/balance")
    kiosk.touch("certno", world.store.registry.identities[SON].certno)
    kiosk.touch("staff")
    number = kiosk.text.partition("您的号码是 ")[2][:4]
    actor = Actor(channel="desk", role="clerk", clerk="样例经办", staff_no="S1001", office="320200")
    named = f"自助机 {number}"
    for reason, checked, on in (("来问余额", True, False), (named, False, False), (named, True, True)):
        asked = Standing(at=world.now, person_id=SON, how="id_in_hand", reason=reason)
        by = replace(actor, sandbox=checked)  # a sandbox's clerk is believed; another has to have taken in a paper
        world.store.run(asked.scope, lambda books, by=by, asked=asked: stand_before(books, by, asked))
        kiosk.touch()
        assert (kiosk.path == "/kiosk/balance") is on


# T3


def test_the_balance_covers_names_until_somebody_touches(kiosk, world):
    signed_in(kiosk, "balance")
    account_fen = sum(world.store.ledger.balance(SON, pocket) for pocket in (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER))
    assert f"{account_fen // 100:,}.{account_fen % 100:02d} 元" in kiosk.text
    assert "王秀兰" not in kiosk.text
    assert "**兰" in kiosk.text
    assert kiosk.text.count('<li class="row">') == 10
    kiosk.go("/kiosk/balance?names=yes")
    assert "王秀兰" in kiosk.text


# T4


def test_both_say_yes_in_one_visit_and_it_holds(kiosk, world):
    withdrawn(world)
    signed_in(kiosk, "add")
    kiosk.touch("relation", "spouse")
    assert "/kiosk/second/" in kiosk.path
    kiosk.shows(WIFE)
    assert "陈静可以用您的钱做什么" in kiosk.text
    kiosk.touch("uses", "both")
    assert "我是李明，我同意" in kiosk.text
    kiosk.touch()
    assert "我是陈静，我同意" in kiosk.text
    last = kiosk.path
    kiosk.touch()
    assert kiosk.path.endswith("/done")
    assert "现在就能用了" in kiosk.text
    bond = max((one for one in world.store.registry.bonds if one.member_id == WIFE), key=lambda one: one.bond_id)
    assert (bond.state, bond.sharer_id) == (BondState.ACTIVE, SON)
    sent_again = kiosk.go(last)
    assert kiosk.path.endswith("/done")
    assert sent_again.status_code == 200
    assert world.store.faults() == []


def test_what_the_rules_refuse_is_said_before_anybody_signs(kiosk):
    signed_in(kiosk, "add")
    kiosk.touch("relation", "parent")
    kiosk.shows(MOTHER)
    assert 'name="uses"' not in kiosk.text
    assert 'name="staff"' in kiosk.text
    kiosk.touch("staff")
    assert re.search(r"您的号码是 K\d{3}", kiosk.text)


def test_nobody_stands_beside_himself(kiosk):
    signed_in(kiosk, "add")
    kiosk.touch("relation", "spouse")
    kiosk.shows(SON)
    assert kiosk.answer.status_code == 403


# T5


def test_a_transfer_by_pad_is_sent_once(tomorrow):
    world, kiosk = tomorrow, KioskVisitor(tomorrow)
    signed_in(kiosk, "send")
    kiosk.touch("receiver_id", str(FATHER))
    kiosk.touch()
    assert "还没有输金额" in kiosk.text
    kiosk.types("9999")
    kiosk.touch()
    assert "超过了现在最多能转的数" in kiosk.text
    assert "9999 元" in kiosk.text
    assert len(transfers(world)) == 2
    kiosk.go("/kiosk/send")
    kiosk.touch("receiver_id", str(FATHER))
    kiosk.types(["1", "2", "0", ".", "5", "back", "0"])
    kiosk.touch()
    assert "120.00 元" in kiosk.text
    assert "壹佰贰拾元整" in kiosk.text
    check = kiosk.path
    kiosk.touch()
    assert kiosk.path.startswith("/kiosk/transfers/")
    assert "已经转出" in kiosk.text
    receipt = kiosk.path
    kiosk.go(check)
    assert kiosk.path == receipt
    assert transfers(world)[120_00] is TransferState.AWAITING_RECEIPT
    assert world.store.ledger.balance(SON, Pocket.TRANSIT) == 120_00
    assert world.store.faults() == []


def test_while_one_waits_no_pad_is_shown(kiosk):
    signed_in(kiosk, "send")
    kiosk.touch("receiver_id", str(FATHER))
    assert 'name="key"' not in kiosk.text
    assert "钱没有动" in kiosk.text


# T6


def test_a_bond_is_ended_once(kiosk, world):
    signed_in(kiosk, "end")
    bond = next(one for one in world.store.registry.bonds if one.member_id == DAUGHTER)
    kiosk.touch("bond_id", str(bond.bond_id))
    assert "从现在起，李小雨不能再用您的钱。" in kiosk.text
    last = kiosk.path
    kiosk.touch()
    assert "已经取消" in kiosk.text
    receipt = kiosk.path
    kiosk.go(last)
    assert kiosk.path == receipt
    after = next(one for one in world.store.registry.bonds if one.member_id == DAUGHTER)
    assert after.ended_at == world.now


# Who is who


def test_whoever_sits_at_the_phone_is_nobody_here(kiosk, world):
    kiosk.cookies["__Host-gongji-signin"] = world.sits(SON).partition("=")[2]
    kiosk.go("/kiosk/balance")
    assert kiosk.path.startswith("/kiosk/who")


def test_a_form_of_another_sign_in_is_not_taken(kiosk):
    signed_in(kiosk, "end")
    kiosk.touch("bond_id", guard="of-somebody-else")
    assert kiosk.answer.status_code == 403


def test_no_sample_is_offered_outside_a_sandbox(world, kiosk, monkeypatch):
    monkeypatch.setattr(world.known, "sandbox", None)
    kiosk.go("/kiosk/who")
    assert 'name="certno" value="3' not in kiosk.text
    kiosk.types(world.store.registry.identities[SON].certno)
    kiosk.touch(beside="certno")
    assert 'name="proof"' not in kiosk.text
    kiosk.touch("staff")
    assert 'name="sample"' not in kiosk.text


# The pad


@pytest.mark.parametrize(
    ("keys", "amount", "fen"),
    [
        ("12.30", "12.30", 1230),
        ("0012", "12", 1200),
        (".5", "0.5", 50),
        ("1..2345", "1.23", 123),
        ("999999999", "99999999", 9999999900),
        ("", "", 0),
    ],
)
def test_the_pad_of_amounts(keys, amount, fen):
    value = ""
    for key in keys:
        value = amount_after(value, key)
    assert (value, fen_of(value)) == (amount, fen)
    assert amount_after(amount, "back") == amount[:-1]
    assert amount_after(amount, "clear") == ""


def test_the_pad_of_numbers():
    value = ""
    for key in "X3202001955010990X1":
        value = number_after(value, key)
    assert value == "3202001955010990" + "1"
    assert number_after(value, "X") == f"{value}X"
    assert number_after(f"{value}X", "1") == f"{value}X"
    assert number_after(value, "clear") == ""


# All states


def test_every_state_has_its_page():
    with sample_world() as world:
        today = kiosk_states(world)
        answers = {name: (world.visit(path, cookie), status) for name, (path, status, cookie) in today.items()}
        world.later(days=1)
        later = tomorrow_states(world)
        answers |= {name: (world.visit(path, cookie), status) for name, (path, status, cookie) in later.items()}

    assert {name: one.status_code for name, (one, _) in answers.items()} == {
        name: status for name, (_, status) in answers.items()
    }
    for name, (answer, _) in answers.items():
        assert "data-sandbox" in answer.text, name
        assert answer.text.count("<h1") == 1, name
        assert "style=" not in answer.text, name
        assert not re.search(r"<input[^>]*checked", answer.text), name
