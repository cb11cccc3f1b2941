"""What is recorded is told once, to whom it concerns: in memory and PostgreSQL, however often a program is stopped."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.family import Relation
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.ledger.records import Draw, EntryKind, PremiumKey, PremiumPaid, Transfer, TransferState
from gongji.registry.records import Institution
from gongji.services.access.sessions import Session, Who, begin
from gongji.services.acts import Actor
from gongji.services.family.consents import Terms
from gongji.services.family.invitations import Invitation
from gongji.services.office.looks import record_look
from gongji.services.policies.timetables import Timetable
from gongji.services.store import StoreDownError
from gongji.services.telling.deliveries import DELIVERY, Delivery, deliver
from gongji.services.telling.notice_feeding import CURSOR_ID, feed
from gongji.services.telling.notices import NOTICE, Notice, Topic, mark_read
from gongji.services.telling.preferences import Preferences, preferences_scope, set_preferences
from tests.contract.people import DAUGHTER, FATHER, NOON, family, give_back, settle
from tests.national_world import policy_book

RULES = Timetable(policy_book())
NOW = NOON + timedelta(minutes=1)


@pytest.fixture
def bond_id(store):
    return family(store)


def fed(store, now=NOW, most=200):
    while feed(store, RULES, store.run, now, most):
        pass


def pay(store, msgid, amount_fen, bond_id):
    return store.run(Scope(people={DAUGHTER}), lambda books: settle(books, msgid, amount_fen, bond_id))


def told(store, person_id):
    several = [opened(one, Notice) for one in store.dossiers(Asked(kind=NOTICE, party=person_id))]
    return sorted((one.topic, one.amount_fen, one.other_id) for one in several)


def test_who_paid_for_a_relative_is_told_how_much_and_for_whom(store, bond_id):
    settlement = pay(store, "one", 30_00, bond_id)

    fed(store)

    (notice,) = (opened(one, Notice) for one in store.dossiers(Asked(kind=NOTICE, party=FATHER)))
    assert (notice.topic, notice.amount_fen, notice.other_id) == (Topic.RELATIVE_DEDUCTION, 30_00, DAUGHTER)
    assert (notice.at, notice.path) == (NOON, f"/bills/{settlement.settle_id}")


def test_a_refund_is_told_to_whom_the_money_goes_back(store, bond_id):
    settlement = pay(store, "one", 30_00, bond_id)
    store.run(Scope(settlements={settlement.settle_id}), lambda books: give_back(books, settlement.settle_id, 12_00))

    fed(store)

    assert told(store, FATHER) == [(Topic.REFUND, 12_00, DAUGHTER), (Topic.RELATIVE_DEDUCTION, 30_00, DAUGHTER)]


def test_the_kind_of_place_is_told_and_never_its_name(store, bond_id):
    settlement = pay(store, "one", 30_00, bond_id)
    place = Institution(code=settlement.institution, name="样例口腔医院", kind="hospital", level=2, region="110000")
    store.run(Scope(), lambda books: books.registry.institutions.update({place.code: place}))

    fed(store)

    (told_of,) = store.dossiers(Asked(kind=NOTICE, party=FATHER))
    assert opened(told_of, Notice).place == "hospital"
    assert "口腔" not in told_of.content.decode()


def sent(store, kind, moves, state):
    """One step of a transfer from the father to the daughter."""
    account = Account(FATHER, Pocket.CARRY_OVER)
    transfer = Transfer(
        transfer_id="transfer-1",
        book_id=FATHER,
        receiver_id=DAUGHTER,
        amount_fen=50_00,
        sent_at=NOON,
        return_at=NOON + timedelta(hours=18),
        taken=(Draw(account, 50_00),),
        state=state,
    )

    def work(books):
        books.ledger.append(kind, moves, book_id=FATHER, event_at=NOON, recorded_at=NOON, request="transfer-1")
        books.ledger.transfers.put("transfer-1", transfer)

    store.run(Scope(people={FATHER, DAUGHTER}, transfers={"transfer-1"}), work)
    fed(store)


@pytest.mark.usefixtures("bond_id")
def test_both_sides_of_a_transfer_are_told_what_there_is_to_do(store):
    carry_over, transit = Account(FATHER, Pocket.CARRY_OVER), Account(FATHER, Pocket.TRANSIT)
    sent(store, EntryKind.TRANSFER, {carry_over: -50_00, transit: 50_00}, TransferState.AWAITING_RECEIPT)
    assert told(store, FATHER) == [(Topic.TRANSFER_SENT, 50_00, DAUGHTER)]
    assert told(store, DAUGHTER) == [(Topic.TRANSFER_TO_RECEIVE, 50_00, FATHER)]

    sent(store, EntryKind.RETURN, {carry_over: 50_00, transit: -50_00}, TransferState.RETURNED)
    assert told(store, FATHER)[0] == (Topic.TRANSFER_RETURNED, 50_00, DAUGHTER)
    assert len(told(store, DAUGHTER)) == 1


@pytest.mark.usefixtures("bond_id")
def test_a_premium_is_told_with_whom_it_was_for(store):
    def work(books):
        entry = books.ledger.append(
            EntryKind.PREMIUM,
            {Account(FATHER, Pocket.CARRY_OVER): -40_00, Account(FATHER, Pocket.PREMIUMS): 40_00},
            book_id=FATHER,
            event_at=NOON,
            recorded_at=NOON,
        )
        key = PremiumKey(DAUGHTER, "resident", 2026)
        paid = PremiumPaid(key=key, payer_id=FATHER, amount_fen=40_00, paid_at=NOON, entry_id=entry.entry_id)
        books.ledger.premiums.put(key, paid)

    store.run(Scope(people={FATHER, DAUGHTER}), work)
    fed(store)

    assert told(store, FATHER) == [(Topic.PREMIUM, 40_00, DAUGHTER)]


def test_nothing_is_told_twice_and_what_comes_later_is_told_later(store, bond_id):
    pay(store, "one", 30_00, bond_id)
    fed(store)
    fed(store)
    pay(store, "two", 5_00, bond_id)
    fed(store, most=1)

    assert [fen for _, fen, _ in told(store, FATHER)] == [5_00, 30_00]


@pytest.mark.parametrize("written", [False, True])
def test_a_program_that_ends_while_telling_loses_and_doubles_nothing(store, bond_id, written):
    pay(store, "one", 30_00, bond_id)

    def dies(scope, work):
        if written:
            store.run(scope, work)
        raise StoreDownError("the program was killed")

    with pytest.raises(StoreDownError):
        feed(store, RULES, dies, NOW)
    fed(store)

    assert told(store, FATHER) == [(Topic.RELATIVE_DEDUCTION, 30_00, DAUGHTER)]


def test_two_who_tell_at_once_tell_it_once(store, bond_id):
    pay(store, "one", 30_00, bond_id)

    def overtaken(scope, work):
        fed(store)  # another one was faster
        return store.run(scope, work)

    feed(store, RULES, overtaken, NOW)

    assert len(told(store, FATHER)) == 1
    assert store.read(Scope(dossiers={CURSOR_ID}), lambda books: books.dossiers.get(CURSOR_ID)).version == 1


def test_a_server_that_begins_to_tell_passes_over_what_is_long_gone(store, bond_id):
    pay(store, "one", 30_00, bond_id)

    fed(store, NOON + timedelta(days=4))
    fed(store, NOW)
    pay(store, "two", 5_00, bond_id)
    fed(store, NOON + timedelta(days=8))

    assert told(store, FATHER) == []


def test_what_was_recorded_before_a_long_rest_is_told_after_it(store, bond_id):
    pay(store, "one", 30_00, bond_id)
    fed(store)
    pay(store, "two", 5_00, bond_id)

    fed(store, NOON + timedelta(days=40))

    assert [fen for _, fen, _ in told(store, FATHER)] == [5_00, 30_00]


def test_a_notice_that_was_read_stays_read(store, bond_id):
    pay(store, "one", 30_00, bond_id)
    fed(store)
    (unread,) = store.dossiers(Asked(kind=NOTICE, party=FATHER, states=["unread"]))

    store.run(Scope(dossiers={unread.dossier_id}), lambda books: mark_read(books, unread, NOW))
    fed(store)

    assert store.dossiers(Asked(kind=NOTICE, party=FATHER, states=["unread"])) == []
    (read,) = store.dossiers(Asked(kind=NOTICE, party=FATHER, states=["read"]))
    assert opened(read, Notice).read_at == NOW


# Dossiers.


def session(number, client_id="city-app", at=NOON):
    form = Session(client_id=client_id, who=Who(role="citizen", person_id=FATHER), scopes=(), until=at)
    return lambda books: begin(books, number, form, at)


@pytest.mark.usefixtures("bond_id")
def test_the_first_sign_in_through_an_app_is_told_and_no_later_one(store):
    for number, client in (("one", "city-app"), ("two", "city-app"), ("three", "bank-app")):
        store.run(Scope(), session(number, client))
        fed(store)

    names = sorted(opened(one, Notice).name for one in store.dossiers(Asked(kind=NOTICE, party=FATHER)))
    assert names == ["bank-app", "city-app"]


@pytest.mark.usefixtures("bond_id")
def test_who_was_looked_at_learns_it(store):
    clerk = Actor(channel="counter", role="clerk", clerk="李经办")
    store.run(Scope(), lambda books: record_look(books, clerk, FATHER, "person", "本人要求查询", NOON))

    fed(store)

    assert told(store, FATHER) == [(Topic.LOOKED_AT, 0, 0)]


def invitation(store, state):
    form = Invitation(
        bond_id=1,
        relation=Relation.CHILD,
        terms=Terms(modes=(), lasts="cancelled"),
        asked_by=Actor(channel="city-app", person_id=FATHER),
        link_digest="",
    )

    def work(books):
        before = books.dossiers.get("invitation-1")
        after = Dossier(
            dossier_id="invitation-1",
            kind="invitation",
            made_at=NOON,
            parties=(FATHER, DAUGHTER),
            state=state,
            content=filed(form),
        )
        books.dossiers.put(after if before is None else replace(before, state=state))

    store.run(Scope(dossiers={"invitation-1"}), work)
    fed(store)


@pytest.mark.usefixtures("bond_id")
def test_an_invitation_is_told_to_who_has_to_answer_and_the_answer_to_who_asked(store):
    invitation(store, "open")
    assert (told(store, FATHER), told(store, DAUGHTER)) == ([], [(Topic.INVITATION, 0, FATHER)])

    invitation(store, "accepted")
    assert told(store, FATHER) == [(Topic.INVITATION_ACCEPTED, 0, DAUGHTER)]

    invitation(store, "ended")
    assert told(store, FATHER)[0] == (Topic.BOND_ENDED, 0, DAUGHTER)
    assert told(store, DAUGHTER)[0] == (Topic.BOND_ENDED, 0, FATHER)


# Messages.


class Gateway:
    def __init__(self, *results):
        self.results, self.got = list(results), []

    def send(self, message):
        self.got.append(message)
        return self.results.pop(0) if self.results else "sent"


def wants(store, **more):
    wanted = Preferences(channels=("sms",), phone="13800004711", **more)
    scope = preferences_scope(FATHER)
    assert store.run(scope, lambda books: set_preferences(books, FATHER, wanted, NOON)) == wanted


def test_a_message_goes_out_once_with_the_words_and_no_medicine(store, bond_id):
    wants(store)
    pay(store, "one", 30_00, bond_id)
    fed(store)
    gateway = Gateway()

    assert deliver(store, store.run, gateway, NOW) == 1
    assert deliver(store, store.run, gateway, NOW) == 0

    (message,) = gateway.got
    assert (message.channel, message.address) == ("sms", "13800004711")
    assert "30.00" in message.words


def test_what_is_unknown_is_tried_again_under_the_same_id_after_longer_and_longer_waits(store, bond_id):
    wants(store)
    pay(store, "one", 30_00, bond_id)
    fed(store)
    gateway = Gateway("unknown", "unknown", "sent")
    tries = [deliver(store, store.run, gateway, NOW + timedelta(seconds=after)) for after in (0, 9, 10, 29, 30, 999)]

    assert tries == [1, 0, 1, 0, 1, 0]
    assert len({message.message_id for message in gateway.got}) == 1


def test_what_a_gateway_refuses_is_not_tried_again(store, bond_id):
    wants(store)
    pay(store, "one", 30_00, bond_id)
    fed(store)

    deliver(store, store.run, Gateway("refused"), NOW)

    (failed,) = store.dossiers(Asked(kind=DELIVERY, party=FATHER))
    assert (failed.state, failed.due_at, opened(failed, Delivery).last) == ("failed", None, "refused")


def test_at_night_only_what_is_urgent_goes_out(store, bond_id):
    wants(store)
    night = NOON.replace(hour=23)
    pay(store, "one", 30_00, bond_id)
    store.run(Scope(), session("one"))
    fed(store, night)
    gateway = Gateway()

    assert deliver(store, store.run, gateway, night) == 1
    assert deliver(store, store.run, gateway, night.replace(hour=6, minute=59) + timedelta(days=1)) == 0
    assert deliver(store, store.run, gateway, night.replace(hour=7) + timedelta(days=1)) == 1
    assert "city-app" in gateway.got[0].words
