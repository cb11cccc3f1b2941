"""Whatever the family and the bill: the identities of the interface hold, and money is neither made nor lost."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongji.domain.account import Pocket
from gongji.domain.family import Relation
from tests.national_world import (
    AMOUNTS,
    DRUG_A,
    DRUG_B,
    DRUG_B_CEILING,
    EXAM,
    SHANGHAI_HOSPITAL,
    TONIC,
    VACCINE,
    VISIT_FEE,
    WUHAN_HOSPITAL,
    WUXI_HOSPITAL,
    WUXI_PHARMACY,
    World,
    check_identities,
    psn,
)

REGIONS = {WUXI_HOSPITAL: "320200", WUXI_PHARMACY: "320200", SHANGHAI_HOSPITAL: "310000", WUHAN_HOSPITAL: "420100"}
CODES = (DRUG_A, DRUG_B, DRUG_B_CEILING, EXAM, TONIC, VACCINE, VISIT_FEE, "UNKNOWN")
FEN = st.integers(0, 500_00)

line = st.tuples(st.sampled_from(CODES), st.integers(1, 999_99), st.integers(1, 9))


@st.composite
def splits(draw, total_fen):
    """The split of an outside core that adds up to the total, or none where the region's schedule is known."""
    funds = [draw(st.integers(0, total_fen // 8)) for _ in range(7)]
    hospital = draw(st.integers(0, total_fen // 8)) if draw(st.booleans()) else 0
    names = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay")
    personal = total_fen - sum(funds) - hospital
    fen = {**dict(zip(names, funds, strict=True)), "fund_pay_sumamt": sum(funds), "hosp_part_amt": hospital,
           "psn_part_amt": personal, "act_pay_dedc": draw(st.integers(0, personal))}  # fmt: skip
    return {name: str(Decimal(value) / 100) for name, value in fen.items()}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_identities_hold_for_every_family_and_bill(data):
    world = World()
    code = data.draw(st.sampled_from(sorted(REGIONS)))
    region = REGIONS[code]
    wallet = data.draw(st.none() | FEN)
    world.person(1, region=region, money=data.draw(FEN), current=data.draw(FEN), wallet=wallet)
    sharers = range(2, 2 + data.draw(st.integers(0, 3)))
    for number in sharers:
        world.person(number, region=region, money=data.draw(FEN), current=data.draw(FEN))
        world.bond(number, 1, relation=data.draw(st.sampled_from([Relation.PARENT, Relation.SPOUSE, Relation.CHILD])))
    client = world.client(code)
    lines = [
        (one, str(Decimal(fen) / 100), str(count))
        for one, fen, count in data.draw(st.lists(line, min_size=1, max_size=4))
    ]
    visit, total = client.visit(1, *lines)
    known = region in ("310000", "420100") and code != WUXI_PHARMACY
    core = None if known and data.draw(st.booleans()) else data.draw(splits(int(Decimal(total) * 100)))
    used = data.draw(st.sampled_from("01"))
    before = money(world, sharers)
    bill = client.bill(visit, 1, total, core=core, acct_used_flag=used)

    quote = client.done("2206", bill)
    output = client.done("2207", bill)

    check_identities(quote)
    check_identities(output)
    info = output["setlinfo"]
    assert [quote["setlinfo"][name] for name in AMOUNTS] == [info[name] for name in AMOUNTS]
    assert info["balc"] * 100 == world.balance(1)
    paid = {
        number: fen - after for (number, fen), after in zip(before.items(), money(world, sharers).values(), strict=True)
    }
    assert sum(paid.values()) == info["acct_pay"] * 100
    assert sum(fen for number, fen in paid.items() if number != 1) == info["acct_mulaid_pay"] * 100
    if used == "0":
        assert info["acct_pay"] == 0
    back = client.done("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(1)}})
    check_identities(back)
    assert [back["setlinfo"][name] for name in AMOUNTS] == [-info[name] for name in AMOUNTS]
    assert money(world, sharers) == before
    assert world.store.faults() == []


def money(world, sharers):
    """Return the fen of everybody's pockets together, by person."""
    kinds = (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER, Pocket.WALLET)
    return {number: world.balance(number, *kinds) for number in (1, *sharers)}
