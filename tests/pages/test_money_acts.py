"""What the pages about money do: once, however often a form is sent, and never without telling what became of it."""

import re
from datetime import timedelta

import pytest

from gongji.domain.account import Pocket
from gongji.services.access.sessions import SIGN_IN_LIFE, Who
from gongji.services.store import UnknownOutcomeError
from tests.identity_world import found
from tests.pages.money_world import BROTHER, MOTHER, QUOTA_DAY, SON, WIFE, WUHAN, MoneyWorld


@pytest.fixture
def world():
    with MoneyWorld() as found:
        yield found
        assert found.store.faults() == []


@pytest.fixture
def later_world():
    with MoneyWorld(QUOTA_DAY, WUHAN) as found:
        yield found
        assert found.store.faults() == []


def way(answer):
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def checked(world, cookie, fen=500_00):
    """Fill in a transfer to the mother; return its check page."""
    return world.sent(world.sending_to(MOTHER, cookie), cookie, chip=fen)


def transit(world):
    return world.world.balance(SON, Pocket.TRANSIT)


# Sending.


def test_a_double_tap_back_a_refresh_and_a_retry_send_once(world):
    son = world.sits(SON)
    check = checked(world, son)

    receipts = {world.sent(check, son) for _ in range(3)}
    back = {way(world.visit(path, son)) for path in (check, check.removesuffix("/check"))}
    changed = way(world.submit(check.removesuffix("/check"), son, guard=world.guard(son), chip=100_00))

    assert receipts == back == {changed}
    assert transit(world) == 500_00


def test_an_amount_is_read_as_people_write_it_and_kept_when_it_is_wrong(world):
    son = world.sits(SON)
    form = world.sending_to(MOTHER, son)

    wrong = world.submit(form, son, guard=world.guard(son), amount="2000.01")

    assert wrong.status_code == 400
    assert 'value="2000.01"' in wrong.text
    assert "现在最多能转 2,000.00 元。" in wrong.text
    assert "<title>错误：" in wrong.text
    assert "1,234.50 元" in world.visit(world.sent(form, son, amount="１,234.5"), son).text
    assert transit(world) == 0


@pytest.mark.parametrize("amount", ["", "0", "-5", "abc", "1e3", "1.234"])
def test_what_is_no_amount_is_told_at_the_field(world, amount):
    son = world.sits(SON)

    page = world.submit(world.sending_to(MOTHER, son), son, guard=world.guard(son), amount=amount)

    assert page.status_code == 400
    assert 'href="#amount"' in page.text


def test_an_outcome_that_is_not_known_is_asked_for_again_by_the_same_key(world, monkeypatch):
    son = world.sits(SON)
    check = checked(world, son)
    submit = world.desk.batcher.submit

    def dropped(job):
        future = submit(job)
        if not any(name.startswith("act-") for name in job.scope.dossiers):
            return future
        future.result()
        future = type(future)()
        future.set_exception(UnknownOutcomeError("the answer was dropped after the commit"))
        return future

    monkeypatch.setattr(world.desk.batcher, "submit", dropped)
    open_page = world.submit(check, son, guard=world.guard(son))
    monkeypatch.undo()

    assert "结果还没有回来" in open_page.text.partition("<form")[0]
    assert "钱没有动" not in open_page.text.partition("<form")[0]
    assert "再问一次结果" in open_page.text
    assert way(world.visit(check.removesuffix("/check"), son)) == check  # the amount cannot be changed any more
    assert "再问一次结果" in world.visit(check, son).text
    assert "已经转出，等对方收" in world.visit(world.sent(check, son), son).text
    assert transit(world) == 500_00


def test_what_is_refused_at_the_end_can_be_changed_and_sent(world):
    son = world.sits(SON)
    check = checked(world, son)
    world.now = world.now.replace(hour=22)

    refused = world.submit(check, world.sits(SON), guard=world.guard(world.sits(SON)))

    assert refused.status_code == 422
    assert "钱没有动。" in refused.text
    assert "/rules/000000/wallet_transfer/" in refused.text
    world.now += timedelta(hours=8)
    morning = world.sits(SON)
    check = world.sent(check.removesuffix("/check"), morning, chip=100_00)
    world.sent(check, morning)
    assert transit(world) == 100_00


def test_a_form_sent_after_the_sign_in_ran_out_is_there_again(world):
    son = world.sits(SON)
    form, guard = world.sending_to(MOTHER, son), world.guard(son)
    world.now += SIGN_IN_LIFE

    assert way(world.submit(form, son, guard=guard, amount="321")).startswith("/oauth/sign-in?back=%2Fwallet%2Fsend%2F")

    assert 'value="321"' in world.visit(form, world.sits(SON)).text


def test_a_relative_outside_the_family_is_named_by_his_papers(world):
    son = world.sits(SON)
    form = world.sending_to("other", son)
    papers = {"name": "测5", "certno": world.number_of(5), "relation": "sibling"}

    wrong = world.submit(form, son, guard=world.guard(son), **(papers | {"name": "测6"}))
    amount = world.sent(form, son, **papers)

    assert wrong.status_code == 403
    assert 'value="测6"' in wrong.text
    assert "请测5先开通医保钱包" in world.visit(amount, son).text


def test_a_relative_who_only_helps_me_gets_money_by_what_he_is_to_me(world):
    mother = world.sits(MOTHER)

    page = world.visit(world.sending_to(SON, mother), mother)

    assert "儿子或女儿" in page.text


def test_nobody_else_can_look_at_a_form(world):
    check = checked(world, world.sits(SON))

    assert way(world.visit(check, world.sits(WIFE))) == "/wallet/send"


# Receiving.


@pytest.mark.parametrize(
    ("what", "who", "mine", "hers"),
    [("receipt", MOTHER, 4_800_00, 500_00), ("refusal", MOTHER, 5_300_00, 0), ("recall", SON, 5_300_00, 0)],
)
def test_a_transfer_is_taken_refused_or_called_back_once(world, what, who, mine, hers):
    receipt = world.transferred()
    cookie = world.sits(who)

    for _ in range(2):
        assert world.sent(receipt, cookie, what=what) == receipt

    assert world.world.balance(SON) == mine
    assert world.world.balance(MOTHER, Pocket.WALLET) == hers


def test_what_was_taken_cannot_be_called_back(world):
    receipt = world.transferred()
    world.sent(receipt, world.sits(MOTHER), what="receipt")

    page = world.submit(receipt, world.sits(SON), guard=world.guard(world.sits(SON)), what="recall")

    assert page.status_code == 409
    assert "撤回这一笔" not in page.text
    assert world.world.balance(MOTHER, Pocket.WALLET) == 500_00


def test_the_sender_cannot_take_his_own_and_others_see_nothing(world):
    receipt = world.transferred()

    son = world.submit(receipt, world.sits(SON), guard=world.guard(world.sits(SON)), what="receipt")

    assert "没有" in son.text
    assert world.world.balance(SON, Pocket.WALLET) == 0
    assert world.visit(receipt, world.sits(WIFE)).status_code == 404


# Wallet.


def fill(world, cookie, path, **more):
    fields = {"phone": "13800001234", "promise": "yes", "signed": "测4"} | more
    return world.submit(path, cookie, guard=world.guard(cookie), **fields)


def test_a_wallet_is_opened_by_promise_and_name(world):
    brother = world.sits(BROTHER)
    form = world.sent("/wallet/open", brother)

    wrong = fill(world, brother, form, signed="测1", promise="", phone="138")
    assert wrong.status_code == 400
    assert re.findall(r'<li><a href="#(\w+)"', wrong.text) == ["phone", "promise", "signed"]
    opened = way(fill(world, brother, form))

    assert opened == "/wallet?done=opened"
    assert "138****1234" in world.visit(opened, brother).text
    assert way(fill(world, brother, form)) == opened


def test_an_old_face_check_is_made_anew_and_the_form_is_kept(world):
    secret = Who(role="citizen", person_id=BROTHER, face="passed", sandbox=True)
    brother = world._let_in(secret, "unproved")
    form = world.sent("/wallet/open", brother)

    sent_on = way(fill(world, brother, form))

    assert sent_on.startswith("/oauth/sign-in?prompt=login&back=%2Fwallet%2Fopen%2F")
    assert 'value="13800001234"' in world.visit(form, world.sits(BROTHER)).text


def test_a_wallet_moves_and_closes_and_its_money_stays(world):
    wife = world.sits(WIFE)

    once = found(r'name="once" value="([^"]+)"', world.visit("/wallet/region", wife).text)
    moved = world.sent("/wallet/region", wife, region="320000", once=once)
    assert "江苏" in world.visit(moved, wife).text
    once = found(r'name="once" value="([^"]+)"', world.visit("/wallet/closing", wife).text)
    closed = {world.sent("/wallet/closing", wife, once=once) for _ in range(2)}

    assert closed == {"/wallet?done=closed"}
    assert "钱包关着，里面的钱还是您的：" in world.visit("/wallet", wife).text
    assert world.world.balance(WIFE, Pocket.WALLET) == 100_00


# Quotas and premiums.


def test_a_quota_is_set_raised_and_lowered_but_not_below_what_was_used(later_world):
    world, son = later_world, later_world.sits(SON)
    form = world.sent("/family/1/quota", son, chip=500_00)
    done = {world.sent(form, son) for _ in range(2)}
    world.bill(copay_fen=80_00)

    low = world.submit("/family/1/quota", son, guard=world.guard(son), amount="79.99")
    lowered = world.sent("/family/1/quota", son, amount="80")

    assert done == {"/family/1/quota?done=yes"}
    assert "最低可以填 80.00 元。" in low.text
    assert "420.00 元 回到您能用的钱里。" in world.visit(lowered, son).text
    world.sent(lowered, son)
    assert "5,220.00 元" in world.visit("/family/1/quota", son).text


def test_where_a_quota_holds_no_transfer_is_begun(later_world):
    son = later_world.sits(SON)

    form = later_world.sending_to(MOTHER, son)

    assert way(later_world.visit(form, son)) == "/wallet/send"
    assert "/family/1/quota" in later_world.visit("/wallet/send", son).text


def test_a_premium_is_paid_once_and_not_by_two(later_world):
    world, son, wife = later_world, later_world.sits(SON), later_world.sits(WIFE)
    hers = world.sent("/premiums", wife, choice=f"{MOTHER}:resident", year="2027")
    form = world.sent("/premiums", son, choice=f"{MOTHER}:resident", year="2027")
    check = world.sent(form, son, amount="400", notice="N-1")

    receipts = {world.sent(check, son) for _ in range(3)}

    assert receipts == {f"/premiums/paid/{MOTHER}/resident/2027"}
    assert "肆佰元整" in world.visit(receipts.pop(), son).text
    assert world.world.balance(SON) == 4_900_00
    warned = world.visit(hers, wife).text
    assert "另一位家人缴的。不用再缴一次。" in warned
    assert 'name="amount"' not in warned


def test_a_premium_wants_amount_and_notice(later_world):
    son = later_world.sits(SON)
    form = later_world.sent("/premiums", son, choice=f"{MOTHER}:resident", year="2027")

    page = later_world.submit(form, son, guard=later_world.guard(son), amount="999999", notice="编号")

    assert page.status_code == 400
    assert re.findall(r'<li><a href="#(\w+)"', page.text) == ["amount", "notice"]


def test_a_premium_for_a_stranger_is_none(later_world):
    son = later_world.sits(SON)

    page = later_world.submit("/premiums", son, guard=later_world.guard(son), choice="5:resident", year="2027")

    assert page.status_code == 404
