"""Who may share with whom: each reason against it, with the row, the region and the figures that it names."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.bill import FeeKind, Place
from gongji.domain.family import Mode, Relation
from gongji.domain.insured import Insurance, Sex, Status
from gongji.domain.refusals import Refusal
from gongji.rules.eligibility import (
    Binding,
    binding_faults,
    covered,
    covers_pair,
    distance_of,
    member_faults,
    needs_confirmation,
    pair_faults,
    place_uses,
    sharer_faults,
)
from tests.made_up_rules import AT, FAR, HOME, MEMBER, NEXT_TOWN, SHARER, bond, no, person, rules_of

DAY = AT.date()
ASKED = Binding(at=AT, sharer=person(), member=person(MEMBER), relation=Relation.PARENT, modes=(Mode.PAY,))


def faults(rules=None, member_rules=None, **other):
    rules = rules or rules_of()
    return binding_faults(replace(ASKED, **other), rules, member_rules or rules)


# One side


def test_only_an_employee_with_an_account_shares():
    rules = rules_of(sharer_tier={"tiers": ["first"]})

    assert sharer_faults(person(), rules, DAY) == []
    assert sharer_faults(person(tier="first"), rules, DAY) == []
    assert sharer_faults(person(tier="second"), rules, DAY) == [
        no(Refusal.SHARER_HAS_NO_ACCOUNT, "sharer_tier", tier="second")
    ]
    assert sharer_faults(person(tier="second"), rules_of(), DAY) == []
    assert sharer_faults(person(account=False, tier="second"), rules, DAY) == [
        no(Refusal.SHARER_HAS_NO_ACCOUNT, "sharing")
    ]
    resident = person(insured=Insurance.RESIDENT, account=False)
    assert sharer_faults(resident, rules, DAY) == [no(Refusal.SHARER_NOT_EMPLOYEE, "sharing", insured="resident")]


@pytest.mark.parametrize("other", [{"status": Status.ENDED}, {"alive": False}])
def test_whose_insurance_rests_neither_shares_nor_uses(other):
    status = other.get("status", Status.ACTIVE)

    assert sharer_faults(person(**other), rules_of(), DAY) == [no(Refusal.SHARER_NOT_ACTIVE, "sharing", status=status)]
    assert member_faults(person(**other), rules_of(), DAY) == [no(Refusal.MEMBER_NOT_ACTIVE, "sharing", status=status)]


def test_a_member_is_insured_somehow():
    assert member_faults(person(insured=Insurance.RESIDENT), rules_of(), DAY) == []
    assert member_faults(person(insured=Insurance.NONE, alive=False), rules_of(), DAY) == [
        no(Refusal.MEMBER_NOT_INSURED, "sharing")
    ]


# Two regions


def test_regions_lie_in_one_pool_one_province_or_one_country():
    provincial = {"level": "province"}

    assert distance_of(rules_of(), rules_of()) == "pool"
    assert distance_of(rules_of(HOME, pool=provincial), rules_of(NEXT_TOWN, pool=provincial)) == "pool"
    assert distance_of(rules_of(), rules_of(NEXT_TOWN)) == "province"
    assert distance_of(rules_of(), rules_of(FAR)) == "country"


@pytest.mark.parametrize(
    ("reach", "within"),
    [
        ({"area": "pool"}, {"pool"}),
        ({"area": "province"}, {"pool", "province"}),
        ({"area": "country"}, {"pool", "province", "country"}),
        ("unknown", {"pool", "province"}),
    ],
)
def test_a_reach_covers_what_is_nearer_and_an_unknown_one_ends_at_the_border(reach, within):
    row = rules_of(reach=reach).rows["reach"]

    assert {distance for distance in ("pool", "province", "country") if covered(distance, row)} == within


def test_the_sharers_region_says_how_far():
    near, wide = rules_of(reach={"area": "pool"}), rules_of(NEXT_TOWN, reach={"area": "country"})

    assert not covers_pair(near, wide)
    assert covers_pair(wide, near)
    assert covers_pair(near, near)


def test_a_pair_hears_every_reason_of_the_sharers_region():
    rules = rules_of(relatives={"relations": ["spouse"]}, reach={"area": "pool"}, sharing="not_in_force")
    far = rules_of(FAR)

    assert pair_faults(Relation.PARENT, rules, far, DAY, quota=False) == [
        no(Refusal.NOT_A_NEAR_RELATIVE, "relatives", relation="parent"),
        no(Refusal.REGION_NOT_COVERED, "reach", distance="country"),
        no(Refusal.RULE_NOT_IN_FORCE, "sharing"),
    ]
    assert pair_faults(Relation.SPOUSE, rules_of(relatives={"relations": ["spouse"]}), far, DAY, quota=False) == [
        no(Refusal.REGION_NOT_COVERED, "reach", distance="country")
    ]


def test_a_quota_goes_by_rules_of_its_own_and_any_distance():
    rules = rules_of(relatives={"relations": ["spouse"]}, wallet_relatives={"relations": ["child"]}, quota="unknown")

    assert pair_faults(Relation.CHILD, rules, rules_of(FAR), DAY, quota=True) == []
    assert pair_faults(Relation.SPOUSE, rules_of(wallet_relatives={"relations": []}), rules, DAY, quota=True) == [
        no(Refusal.NOT_A_NEAR_RELATIVE, "wallet_relatives", relation="spouse"),
        no(Refusal.RULE_NOT_IN_FORCE, "quota"),
    ]


# Binding


def test_nothing_stands_against_a_parent():
    assert faults() == []


def test_both_sides_and_the_pair_are_looked_at():
    rules = rules_of(reach={"area": "pool"})

    found = faults(
        rules,
        rules_of(NEXT_TOWN),
        sharer=person(account=False),
        member=person(MEMBER, region=NEXT_TOWN, status=Status.SUSPENDED),
    )

    assert found == [
        no(Refusal.MEMBER_NOT_ACTIVE, "sharing", NEXT_TOWN, status="suspended"),
        no(Refusal.SHARER_HAS_NO_ACCOUNT, "sharing"),
        no(Refusal.REGION_NOT_COVERED, "reach", distance="province"),
    ]


def test_nobody_shares_with_himself():
    assert faults(member=person(SHARER)) == [no(Refusal.NOT_A_NEAR_RELATIVE, "relatives", relation="self")]


def test_a_quota_wants_both_wallets():
    rules = rules_of(quota={})
    closed = no(Refusal.WALLET_NOT_OPEN, "quota")

    assert faults(rules, quota_fen=0) == []
    assert faults(rules, quota_fen=0, sharer=person(wallet_open=False)) == [closed]
    assert faults(rules, quota_fen=0, member=person(MEMBER, wallet_open=False)) == [closed]
    assert faults(rules, sharer=person(wallet_open=False)) == []


LIMITS = {"spouse": 1, "father": 1, "mother": 1, "child": 2}


def test_there_is_one_spouse():
    rules = rules_of(relation_limits=LIMITS)
    wed = bond(member_id=3, relation=Relation.SPOUSE)

    assert faults(rules, relation=Relation.SPOUSE) == []
    assert faults(rules, relation=Relation.SPOUSE, sharer_as_sharer=[wed]) == [
        no(Refusal.RELATION_NOT_UNIQUE, "relation_limits", relation="spouse")
    ]
    assert faults(rules_of(), relation=Relation.SPOUSE, sharer_as_sharer=[wed]) == []
    without = rules_of(relation_limits={"child": 1})
    assert faults(without, relation=Relation.SPOUSE, sharer_as_sharer=[wed]) == []
    assert faults(rules, sharer_as_sharer=[wed]) == []


@pytest.mark.parametrize("over", [{"ended_at": AT - timedelta(1)}, {"until": AT}, {"until": AT - timedelta(minutes=1)}])
def test_a_bond_that_is_over_counts_no_more(over):
    wed = bond(member_id=3, relation=Relation.SPOUSE, **over)

    assert faults(rules_of(relation_limits=LIMITS), relation=Relation.SPOUSE, sharer_as_sharer=[wed]) == []


def test_a_bond_that_ends_in_a_minute_counts_still():
    wed = bond(member_id=3, relation=Relation.SPOUSE, until=AT + timedelta(minutes=1))

    assert len(faults(rules_of(relation_limits=LIMITS), relation=Relation.SPOUSE, sharer_as_sharer=[wed])) == 1


def test_the_bond_with_the_member_himself_is_no_second_one():
    again = bond(relation=Relation.SPOUSE)

    assert faults(rules_of(relation_limits=LIMITS), relation=Relation.SPOUSE, sharer_as_sharer=[again]) == [
        no(Refusal.ALREADY_BOUND, "sharing")
    ]


def test_there_is_one_father_and_one_mother():
    rules = rules_of(relation_limits=LIMITS)
    parents = [bond(number, member_id=number) for number in (3, 4)]
    twice = no(Refusal.RELATION_NOT_UNIQUE, "relation_limits", relation="parent")

    def bound(sexes, several=parents[:1], sex=Sex.MALE):
        return faults(rules, member=person(MEMBER, sex=sex), sharer_as_sharer=several, sexes=sexes)

    assert bound({3: Sex.FEMALE}) == []
    assert bound({3: Sex.MALE}) == [twice]
    assert bound({3: None}, sex=None) == []
    assert bound({}) == []
    assert bound({}, parents) == [twice]
    assert bound({3: Sex.FEMALE, 4: None}, parents) == [twice]
    one_side = rules_of(relation_limits={"father": 1, "child": 1})
    assert faults(one_side, sharer_as_sharer=parents) == []


def test_children_are_counted():
    rules = rules_of(relation_limits=LIMITS)
    children = [bond(number, member_id=number, relation=Relation.CHILD) for number in (3, 4)]

    assert faults(rules, relation=Relation.CHILD, sharer_as_sharer=children[:1]) == []
    assert faults(rules, relation=Relation.CHILD, sharer_as_sharer=children) == [
        no(Refusal.MEMBER_LIMIT_REACHED, "relation_limits", children=2, limit=2)
    ]
    uncounted = rules_of(relation_limits={"spouse": 1})
    assert faults(uncounted, relation=Relation.CHILD, sharer_as_sharer=children) == []


def test_members_are_counted_now_and_over_a_life():
    rules = rules_of(members_max={"count": 2}, members_lifetime={"count": 3})
    now = [bond(number, member_id=number) for number in (3, 4)]
    once = [bond(5, member_id=5, ended_at=AT), bond(6, member_id=5, ended_at=AT)]

    assert faults(rules, sharer_as_sharer=now[:1]) == []
    assert faults(rules, sharer_as_sharer=now) == [no(Refusal.MEMBER_LIMIT_REACHED, "members_max", members=2, limit=2)]
    assert faults(rules, sharer_as_sharer=[*now, *once]) == [
        no(Refusal.MEMBER_LIMIT_REACHED, "members_max", members=2, limit=2),
        no(Refusal.LIFETIME_LIMIT_REACHED, "members_lifetime", people=3, limit=3),
    ]
    known = bond(8, ended_at=AT)
    assert faults(rules, sharer_as_sharer=[now[0], *once, known]) == []


def test_quotas_are_counted_neither_way():
    rules = rules_of(members_max={"count": 1}, quota={}, one_role={})
    local = bond(3, member_id=3)
    lent = bond(4, member_id=4, quota_fen=1_00)

    assert faults(rules, sharer_as_sharer=[lent]) == []
    assert faults(rules, sharer_as_sharer=[local], quota_fen=1_00, member_as_sharer=[local]) == []
    assert faults(rules, member_as_sharer=[lent], sharer_as_member=[lent]) == []
    assert faults(rules, sharer_as_sharer=[bond(quota_fen=1_00)], quota_fen=1_00) == [
        no(Refusal.ALREADY_BOUND, "sharing")
    ]


def test_sharers_of_a_member_are_counted_by_the_members_region():
    mine, theirs = rules_of(reach={"area": "country"}), rules_of(FAR, sharers_per_member={"count": 2})
    others = [bond(number, sharer_id=number) for number in (3, 4)]

    assert faults(mine, theirs, member_as_member=others[:1]) == []
    assert faults(mine, theirs, member_as_member=[others[0], bond(ended_at=None)]) == []
    assert faults(mine, theirs, member_as_member=others) == [
        no(Refusal.MEMBER_ALREADY_BOUND, "sharers_per_member", FAR, limit=2)
    ]


def test_where_one_plays_one_role_either_region_says_so():
    open_, strict = rules_of(reach={"area": "country"}), rules_of(FAR, one_role={}, reach={"area": "country"})
    shares, uses = [bond(3, sharer_id=MEMBER, member_id=3)], [bond(4, sharer_id=4, member_id=SHARER)]

    def asked(rules, member_rules):
        return faults(rules, member_rules, member_as_sharer=shares, sharer_as_member=uses)

    both = [no(Refusal.MEMBER_IS_SHARER, "one_role", FAR), no(Refusal.SHARER_IS_MEMBER, "one_role", FAR)]
    assert asked(open_, open_) == []
    assert asked(open_, strict) == both
    assert asked(strict, open_) == both
    over, soon = {"until": AT}, {"until": AT + timedelta(1)}
    for terms, count in ((over, 0), (soon, 2)):
        shares, uses = [bond(3, sharer_id=MEMBER, **terms)], [bond(4, sharer_id=4, **terms)]
        assert len(asked(strict, strict)) == count


# Papers


PROOFS = {
    "asked": [
        {"any_of": ["pledge", "hukou"], "relation": "parent"},
        {"any_of": ["birth_certificate"], "age_below": 46},
    ]
}


def test_proofs_are_asked_of_whom_the_region_says():
    rules = rules_of(proofs=PROOFS)
    missing = no(Refusal.PROOF_MISSING, "proofs", any_of="hukou, pledge")

    assert faults(rules) == [missing]
    assert faults(rules, proof=frozenset({"birth_certificate"})) == [missing]
    assert faults(rules, proof=frozenset({"hukou"})) == []
    assert faults(rules, relation=Relation.SPOUSE) == []
    younger = person(MEMBER, born=date(1980, 3, 3))  # a day short of 46
    assert faults(rules, relation=Relation.SPOUSE, member=younger) == [
        no(Refusal.PROOF_MISSING, "proofs", any_of="birth_certificate")
    ]


def test_who_is_of_the_age_passes_a_face_check():
    rules = rules_of(NEXT_TOWN, face_check={"age_from": 46})
    missing = no(Refusal.FACE_CHECK_MISSING, "face_check", NEXT_TOWN, age=46, age_from=46)

    assert faults(None, rules) == []
    assert faults(None, rules, member=person(MEMBER, own_face_check=False)) == [missing]
    assert faults(None, rules, member=person(MEMBER, born=date(1980, 3, 3), own_face_check=False)) == []
    assert faults(member=person(MEMBER, own_face_check=False)) == []


def test_a_mode_is_chosen_and_terms_are_set_only_where_there_are_such():
    ranked = rules_of(NEXT_TOWN, order={"by": "picked", "rank": True})

    assert faults(modes=()) == [no(Refusal.MODE_NOT_CHOSEN, "pay_mode")]
    assert faults(cap_fen=0) == [no(Refusal.CAP_NOT_ADJUSTABLE, "cap")]
    assert faults(rules_of(cap={"limits": "one_member"}), cap_fen=0) == []
    assert faults(rank=1) == [no(Refusal.RANK_NOT_ADJUSTABLE, "order")]
    assert faults(None, rules_of(NEXT_TOWN), rank=1) == [no(Refusal.RANK_NOT_ADJUSTABLE, "order", NEXT_TOWN)]
    assert faults(None, ranked, rank=1) == []


def test_who_must_confirm():
    some = rules_of(confirmation={"relations": ["parent"]})

    assert needs_confirmation(Relation.PARENT, some, quota=False)
    assert not needs_confirmation(Relation.CHILD, some, quota=False)
    assert not needs_confirmation(Relation.PARENT, rules_of(), quota=True)
    quotas = rules_of(quota_confirmation={})
    assert needs_confirmation(Relation.CHILD, quotas, quota=True)
    assert not needs_confirmation(Relation.CHILD, quotas, quota=False)


def test_places_sell_what_the_region_says_and_some_are_closed_to_residents():
    uses = {"hospital": ["drug", "exam"], "pharmacy": ["device"], "checkup": [], "vaccination": ["vaccine"]}
    rules = rules_of(uses=uses | {"residents_not_at": ["pharmacy"]})
    resident = person(insured=Insurance.RESIDENT)

    assert place_uses(rules, Place.HOSPITAL, person()) == {FeeKind.DRUG, FeeKind.EXAM}
    assert place_uses(rules, Place.PHARMACY, person()) == {FeeKind.DEVICE}
    assert place_uses(rules, Place.PHARMACY, resident) == frozenset()
    assert place_uses(rules, Place.VACCINATION, resident) == {FeeKind.VACCINE}
    assert place_uses(rules_of(uses="unknown"), Place.HOSPITAL, resident) == frozenset()
