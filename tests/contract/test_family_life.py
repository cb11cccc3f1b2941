"""A bond's life in both stores: asked for, answered, resting, ended; with what both sides agreed to, word for word."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.dossiers import opened
from gongji.domain.family import BondState, Mode, Relation
from gongji.domain.insured import Insurance
from gongji.domain.refusals import Refusal, Refused
from gongji.dossiers.cabinet import Asked
from gongji.services.access.links import digest_of, led_to, link_scope
from gongji.services.family import bond_endings, invitations
from gongji.services.family.consent_texts import newest
from gongji.services.family.consents import (
    CONSENT,
    Agreed,
    Consent,
    Signature,
    consent_scope,
    may_see_details,
    set_details,
)
from gongji.services.family.invitations import INVITATION, family_scope
from tests.family_life import (
    FATHER,
    HUSBAND,
    NOW,
    SON,
    STRICT,
    WIFE,
    answer,
    citizen,
    promise,
    propose,
    run,
    seen,
    strict_book,
    wish,
)
from tests.national_world import World

DAY = timedelta(days=1)


@pytest.fixture
def book():
    return strict_book()


@pytest.fixture
def world(store):
    found = World(store)
    found.person(HUSBAND, region=STRICT, money=500_00)
    found.person(WIFE, region=STRICT, insured=Insurance.RESIDENT)
    found.person(FATHER, region=STRICT, insured=Insurance.RESIDENT, born=date(1950, 1, 1))
    found.person(SON, region=STRICT, insured=Insurance.RESIDENT, born=date(2018, 1, 1))
    return found


def states(store, kind, person_id):
    return [one.state for one in store.dossiers(Asked(kind=kind, party=person_id))]


def end(store, book, actor, bond_id, at):
    scope = bond_endings.endings_scope(HUSBAND, WIFE, FATHER)
    return run(store, scope, lambda books: bond_endings.end(books, book, actor, bond_id, at))


@pytest.mark.usefixtures("world")
def test_a_spouse_is_asked_and_both_promises_are_kept_word_for_word(store, book):
    asked = propose(store, book, wish(HUSBAND, WIFE))

    assert (asked.bond, asked.answer) == (BondState.AWAITING_CONFIRMATION, "open")
    assert asked.answer_by == NOW + 7 * DAY

    said = answer(store, book, asked.invitation_id, WIFE, at=NOW + DAY)

    assert (said.bond, said.answer, said.answer_by) == (BondState.ACTIVE, "accepted", None)
    theirs = [opened(one, Consent) for one in store.dossiers(Asked(kind=CONSENT, party=HUSBAND))]
    assert {(one.side, one.text.id, one.actor.person_id) for one in theirs} == {
        ("sharer", "share", HUSBAND),
        ("member", "receive", WIFE),
    }
    assert all(one.sha256 == newest(one.text.id, "zh").sha256 and one.text.words for one in theirs)


@pytest.mark.usefixtures("world")
def test_where_nobody_is_asked_the_bond_stands_at_once_and_the_member_may_still_say_no(store, book):
    asked = propose(store, book, wish(HUSBAND, FATHER, Relation.PARENT))
    assert (asked.bond, asked.answer, asked.answer_by) == (BondState.ACTIVE, "unasked", None)

    said = answer(store, book, asked.invitation_id, FATHER, "not_my_relative")

    assert (said.bond, said.answer) == (BondState.ENDED, "not_my_relative")
    assert states(store, CONSENT, HUSBAND) == ["withdrawn"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("late", "answered"), [(7 * DAY - timedelta(seconds=1), True), (7 * DAY, False)])
def test_an_invitation_runs_out_to_the_second_and_may_be_sent_anew(store, book, late, answered):
    asked = propose(store, book, wish(HUSBAND, WIFE))

    said = answer(store, book, asked.invitation_id, WIFE, at=NOW + late)

    if answered:
        assert said.bond is BondState.ACTIVE
        return
    assert said.reason is Refusal.INVITE_EXPIRED
    shown_to = seen(store, book, WIFE, NOW + late)
    assert [kin.state for kin in shown_to] == ["expired"]
    anew = propose(store, book, wish(HUSBAND, WIFE, at=NOW + late, link_digest=digest_of("anew")))
    assert anew.answer == "open"
    assert sorted(states(store, INVITATION, WIFE)) == ["expired", "open"]
    assert sorted(states(store, CONSENT, HUSBAND)) == ["given", "withdrawn"]


@pytest.mark.usefixtures("world")
def test_an_invitation_taken_back_or_answered_is_answered_no_more(store, book):
    asked = propose(store, book, wish(HUSBAND, WIFE))
    scope = family_scope(HUSBAND, WIFE)
    back = run(
        store, scope, lambda books: invitations.take_back(books, book, citizen(HUSBAND), asked.invitation_id, NOW + DAY)
    )

    again = answer(store, book, asked.invitation_id, WIFE, at=NOW + DAY)

    assert (back.answer, back.bond) == ("withdrawn", BondState.ENDED)
    assert again == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")


@pytest.mark.usefixtures("world")
def test_nobody_else_answers_and_nobody_signs_with_anothers_name(store, book):
    asked = propose(store, book, wish(HUSBAND, WIFE))

    stranger = answer(store, book, asked.invitation_id, FATHER)
    forged = answer(store, book, asked.invitation_id, WIFE, agreed=promise(HUSBAND))
    unsigned = answer(store, book, asked.invitation_id, WIFE, agreed=None)
    unheard = answer(store, book, asked.invitation_id, WIFE, agreed=replace(promise(WIFE), version=99))
    scrawl = Agreed(version=1, language="zh", signature=Signature(kind="image", value="not a digest"))
    drawn = answer(store, book, asked.invitation_id, WIFE, agreed=scrawl)

    assert stranger == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")
    assert forged == Refused(Refusal.IDENTITY_MISMATCH, subject="agreed/signature/value")
    assert unsigned == Refused(Refusal.MESSAGE_MALFORMED, subject="agreed")
    assert unheard == Refused(Refusal.MESSAGE_MALFORMED, subject="agreed/version")
    assert drawn == Refused(Refusal.MESSAGE_MALFORMED, subject="agreed/signature/value")
    assert states(store, INVITATION, WIFE) == ["open"]


@pytest.mark.usefixtures("world")
def test_a_link_leads_to_the_invitation_until_another_takes_its_place(store, book):
    asked = propose(store, book, wish(HUSBAND, WIFE, link_digest=digest_of("first")))
    scope = family_scope(HUSBAND)
    scope.dossiers.add(asked.invitation_id)
    run(
        store,
        scope,
        lambda books: invitations.send_again(books, citizen(HUSBAND), asked.invitation_id, digest_of("second"), NOW),
    )

    def shown(secret):
        digest = digest_of(secret)
        invitation_id = store.read(link_scope(digest), lambda books: led_to(books, digest))
        if invitation_id is None:
            return None
        found = family_scope()
        found.dossiers.add(invitation_id)
        return store.read(found, lambda books: invitations.shown_by_link(books, invitation_id, digest))

    assert shown("first") is None
    assert shown("nothing") is None
    dossier, invitation = shown("second")
    assert (dossier.dossier_id, invitation.relation) == (asked.invitation_id, Relation.SPOUSE)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"since": NOW - DAY}, "since"),
        ({"until": NOW + DAY}, "until"),
        ({"lasts": "day"}, "until"),
        ({"lasts": "day", "until": NOW}, "until"),
        ({"pot_fen": 0}, "pot"),
        ({"cap_fen": -1}, "cap"),
    ],
)
def test_dates_and_amounts_that_make_no_sense_are_named(store, book, more, field):
    assert propose(store, book, wish(HUSBAND, WIFE, **more)) == Refused(Refusal.MESSAGE_MALFORMED, subject=field)
    assert states(store, INVITATION, HUSBAND) == []


@pytest.mark.usefixtures("world")
def test_the_one_who_pays_sees_medicines_only_as_long_as_the_patient_says_so(store, book):
    asked = propose(store, book, wish(HUSBAND, WIFE))
    answer(store, book, asked.invitation_id, WIFE)

    def said(*, details, agreed=None, actor=WIFE):
        return run(
            store,
            consent_scope(HUSBAND, WIFE),
            lambda books: set_details(books, citizen(actor), asked.bond_id, NOW, details=details, agreed=agreed),
        )

    def sees():
        return store.read(consent_scope(HUSBAND, WIFE), lambda books: may_see_details(books, HUSBAND, WIFE))

    assert not sees()
    assert said(details=True) == Refused(Refusal.MESSAGE_MALFORMED, subject="agreed")
    assert isinstance(said(details=True, agreed=promise(HUSBAND), actor=HUSBAND), Refused)
    said(details=True, agreed=promise(WIFE))
    assert sees()
    said(details=False)
    assert not sees()
    said(details=True, agreed=promise(WIFE))
    end(store, book, citizen(WIFE), asked.bond_id, NOW)
    assert not sees()


@pytest.mark.usefixtures("world")
def test_the_sharer_ends_it_when_his_region_lets_him_and_the_member_at_any_time(store, book):
    first = propose(store, book, wish(HUSBAND, FATHER, Relation.PARENT))

    early = end(store, book, citizen(HUSBAND), first.bond_id, NOW + 29 * DAY)
    view = store.read(
        bond_endings.endings_scope(HUSBAND, FATHER),
        lambda books: bond_endings.outlook(books, book, citizen(HUSBAND), first.bond_id, NOW + DAY),
    )
    stranger = end(store, book, citizen(SON), first.bond_id, NOW + DAY)
    left = end(store, book, citizen(FATHER), first.bond_id, NOW + DAY)

    assert early.reason is Refusal.UNBIND_NOT_YET
    assert dict(early.ground.figures)["earliest"] == "2026-04-01"
    assert (view.earliest, view.fault.reason, view.last) == (date(2026, 4, 1), Refusal.UNBIND_NOT_YET, True)
    assert stranger == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")
    assert left.bond_ids == (first.bond_id,)
    assert states(store, INVITATION, FATHER) == ["ended"]
    assert states(store, CONSENT, HUSBAND) == ["withdrawn"]


def test_a_divorce_ends_both_bonds_the_day_it_is_reported(store, book, world):
    one, other = (world.person(number, region="140100", money=1_500_00) for number in (11, 12))
    world.person(13, region="140100", insured=Insurance.RESIDENT)
    for sharer, member in ((one, other), (other, one)):
        propose(store, book, wish(sharer, member, second_side=True, review=True))
    kept = propose(store, book, wish(one, 13, Relation.PARENT, review=True))
    scope = bond_endings.endings_scope(one, other)

    def divorce(at):
        return run(store, scope, lambda books: bond_endings.divorce(books, book, citizen(other), other, one, at))

    told, again = divorce(NOW + DAY), divorce(NOW + DAY)

    assert len(told.bond_ids) == 2
    assert told.duty == "140000/unbind_on_divorce/2022-07-01"
    assert again == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")
    shown_to = seen(store, book, one, NOW + DAY, ended=True)
    assert {(kin.other_id, kin.state) for kin in shown_to} == {(other, "ended"), (13, "active")}
    assert kept.bond is BondState.ACTIVE


@pytest.mark.usefixtures("world")
def test_a_death_ends_what_the_dead_gave_and_got(store, book):
    asked = propose(store, book, wish(HUSBAND, WIFE))
    scope = bond_endings.endings_scope(HUSBAND, WIFE)

    told = run(store, scope, lambda books: bond_endings.death(books, book, None, HUSBAND, NOW + DAY))

    assert told.bond_ids == (asked.bond_id,)
    assert (states(store, INVITATION, WIFE), states(store, CONSENT, HUSBAND)) == (["ended"], ["withdrawn"])
    assert answer(store, book, asked.invitation_id, WIFE, at=NOW + DAY).reason is Refusal.SETTLEMENT_NOT_FOUND


def test_a_pause_holds_until_the_day_named_where_the_region_has_nothing_against_it(store, book, world):
    sharer, parent = world.person(11, region="320200", money=500_00), world.person(12, region="320200")
    asked = propose(store, book, wish(sharer, parent, Relation.PARENT))
    scope = family_scope(sharer, parent)

    def pause(until, actor=sharer, at=NOW):
        return run(
            store, scope, lambda books: bond_endings.pause(books, book, citizen(actor), asked.bond_id, at, until)
        )

    done = pause(date(2026, 3, 10))
    today = seen(store, book, parent, NOW)
    before = seen(store, book, parent, datetime(2026, 3, 9, 23, 59, 59))
    after = seen(store, book, parent, datetime(2026, 3, 10))

    assert done.unknown == ("000000/pause/1998-12-14",)
    assert [kin.state for kin in (*today, *before, *after)] == ["paused", "paused", "active"]
    assert today[0].reasons[0].reason is Refusal.BOND_PAUSED
    assert pause(date(2026, 3, 2)) == Refused(Refusal.MESSAGE_MALFORMED, subject="paused_until")
    assert pause(date(2026, 4, 2), actor=parent) == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")
    assert pause(None).state is BondState.ACTIVE
    assert [kin.state for kin in seen(store, book, parent, NOW)] == ["active"]


@pytest.mark.usefixtures("world")
def test_where_pausing_is_ruled_out_it_is_refused(store, book):
    asked = propose(store, book, wish(HUSBAND, FATHER, Relation.PARENT))
    scope = family_scope(HUSBAND, FATHER)

    no = run(
        store,
        scope,
        lambda books: bond_endings.pause(books, book, citizen(HUSBAND), asked.bond_id, NOW, date(2026, 4, 1)),
    )

    assert no.reason is Refusal.RULE_NOT_IN_FORCE
    assert no.ground.rule_id == "329900/pause/2020-01-01"


def test_both_directions_are_seen_by_generation_and_nobody_elses(store, book, world):
    one, other, elder = (world.person(number, region="110000", money=200_00) for number in (11, 12, 13))
    propose(store, book, wish(one, elder, Relation.PARENT))
    propose(store, book, wish(one, other, modes=(Mode.PREMIUM,)))
    propose(store, book, wish(other, one))

    def told(person_id):
        return [(kin.direction, kin.other_id, kin.generation, kin.name) for kin in seen(store, book, person_id, NOW)]

    assert told(one) == [
        ("i_help", elder, "elder", "测13"),
        ("i_help", other, "same", "测12"),
        ("helps_me", other, "same", "测12"),
    ]
    assert told(elder) == [("helps_me", one, "younger", "测11")]
    by_premium = seen(store, book, one, NOW)[1]
    assert [no.reason for no in by_premium.reasons] == [Refusal.MODE_NOT_CHOSEN]
    assert seen(store, book, 999, NOW).reason is Refusal.PERSON_UNKNOWN


# Money that is asked for with the bond, and changes of a life that end it.


def test_a_pot_is_filled_once_the_bond_is_active_and_comes_back_when_the_member_says_no(store, book, world):
    sharer = world.person(11, region="350100", money=3_000_00)
    parent = world.person(12, region="350100", insured=Insurance.RESIDENT)
    wanted = wish(sharer, parent, Relation.PARENT, pot_fen=400_00)
    too_much = propose(store, book, replace(wanted, pot_fen=1_500_00))
    asked = propose(store, book, wanted)
    (kin,) = seen(store, book, sharer, NOW)

    said = answer(store, book, asked.invitation_id, parent, "declined")

    assert too_much.reason is Refusal.BELOW_RETAINED_MINIMUM
    assert (kin.pot_fen, kin.left_fen) == (400_00, 400_00)
    assert said.freed_fen == 400_00
    assert store.faults() == []


def test_a_quota_is_frozen_only_when_the_member_has_confirmed(store, book, world):
    sharer, parent = (world.person(number, region="320200", money=500_00, wallet=0) for number in (11, 12))
    asked = propose(store, book, wish(sharer, parent, Relation.PARENT, quota_fen=300_00))
    waiting = seen(store, book, sharer, NOW)

    said = answer(store, book, asked.invitation_id, parent)

    assert (asked.bond, asked.answer) == (BondState.AWAITING_CONFIRMATION, "open")
    assert waiting[0].bond.held_fen == 0
    assert said.bond is BondState.ACTIVE
    (kin,) = seen(store, book, parent, NOW)
    assert (kin.bond.held_fen, kin.left_fen, kin.state, kin.reasons) == (300_00, 300_00, "active", ())


def test_a_move_out_of_reach_and_the_end_of_an_insurance_close_the_papers_of_their_bonds(store, book, world):
    sharer = world.person(11, region="140100", money=1_500_00)
    parent, child = (world.person(number, region="140100", insured=Insurance.RESIDENT) for number in (12, 13))
    first = propose(store, book, wish(sharer, parent, Relation.PARENT, review=True))
    second = propose(store, book, wish(sharer, child, Relation.CHILD, review=True))
    scope = bond_endings.endings_scope(sharer, parent, child)

    moved = run(store, scope, lambda books: bond_endings.move_region(books, book, None, parent, NOW + DAY, "310000"))
    ended = run(store, scope, lambda books: bond_endings.end_insurance(books, book, None, child, NOW + DAY))

    assert moved.bond_ids == (first.bond_id,)
    assert ended.bond_ids == (second.bond_id,)
    assert states(store, INVITATION, sharer) == ["ended", "ended"]
    assert set(states(store, CONSENT, sharer)) == {"withdrawn"}


@pytest.mark.usefixtures("world")
def test_an_invitation_that_ran_out_counts_against_nobodys_limits(store, book, world):
    other = world.person(11, region=STRICT, money=100_00)
    propose(store, book, wish(HUSBAND, WIFE))
    barred = propose(store, book, wish(other, WIFE, agreed=promise(other)))

    later = propose(store, book, wish(other, WIFE, agreed=promise(other), at=NOW + 7 * DAY))

    assert barred.reason is Refusal.MEMBER_ALREADY_BOUND
    assert later.answer == "open"
    assert sorted(states(store, INVITATION, WIFE)) == ["expired", "open"]
