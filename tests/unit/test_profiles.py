"""The profiles as data, which of them a message comes under, and what they do to answers."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from msgspec import Raw, Struct

from gongji.channels.national.answers import accepted, refused, rewritten, unknown_transaction
from gongji.channels.national.envelope import UnknownTransactionError
from gongji.channels.national.signing.profiles import (
    PLAIN,
    Choice,
    Profile,
    ProfileError,
    Spelling,
    chosen,
    parsed_profiles,
    profile_of,
    profiles,
)
from tests.national_signing import ProfileClient, door_of
from tests.national_world import CATCH_ALL, DRUG_A, NOW, PATH_OF, WUXI_HOSPITAL, Client, World, institution, psn

HANGZHOU_HOSPITAL = "H33010000001"
MOMENT = datetime(2025, 6, 2, 10, 0, 0, 123_000)
REGISTRATION = PATH_OF["2201"]
PLAIN_ROW = '[[profile]]\nname = "plain"\ntitle = "t"\nseen = "s"\n'


# The file


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ('seems = "x"', "seems"),
        ('name = "two words"', "two words"),
        ('name = "plain"', "twice"),
        ('regions = ["1"]', "regions"),
        ('regions = ["11", "11"]', "twice"),
        ('signature = "rot13"', "rot13"),
        ('signature = "hmac_sm3"', "replay_minutes"),
        ('signature = "hmac_sm3"\nreplay_minutes = 0', "replay_minutes"),
        ('signature = "api_key"\nreplay_minutes = 5', "replay_minutes"),
        ('infcode = "float"', "float"),
        ('account = "both"', "both"),
        ('paths = ["no/slash"]', "paths"),
        ('paths = ["/profiles/x"]', "paths"),
        ('spellings = [{ added = "a" }]', "of"),
    ],
)
def test_a_profile_that_is_not_sound_is_refused_by_name(row, word):
    head = '[[profile]]\ntitle = "t"\nseen = "s"\n' + ("" if row.startswith("name") else 'name = "odd"\n')

    with pytest.raises(ProfileError, match=word):
        parsed_profiles(PLAIN_ROW + head + row)


def test_a_file_that_is_no_toml_is_refused():
    with pytest.raises(ProfileError, match=r"profiles\.toml"):
        parsed_profiles("[[profile")


def test_every_profile_says_what_was_seen_and_plain_adds_nothing():
    assert all(profile.seen.endswith(".") for profile in profiles().values())
    assert Profile(name="plain", title=PLAIN.title, seen=PLAIN.seen) == PLAIN
    assert profiles()["jiangsu"].signature == "none"


@pytest.mark.parametrize(
    ("region", "name"),
    [("330100", "zhejiang"), ("440100", "guangzhou"), ("440300", "guangdong"), ("310000", "plain"), ("", "plain")],
)
def test_the_longest_first_digits_choose(region, name):
    assert profile_of(region).name == name


def test_a_choice_that_there_is_not_names_those_that_there_are():
    with pytest.raises(ProfileError, match=r"'nosuch'.*plain, hebei.*by-region"):
        chosen("nosuch")
    assert chosen("by-region").profile is None
    assert [chosen(name).signed for name in ("plain", "zhejiang", "by-region")] == [False, True, True]


# Paths


def test_a_sample_server_alone_serves_every_profile_below_its_name():
    path = f"/profiles/zhejiang{REGISTRATION}"
    served, not_served = Choice(PLAIN, sandbox=True), Choice(PLAIN)

    assert (served.place(path, b"").profile.name, served.place(path, b"").path) == ("zhejiang", REGISTRATION)
    assert served.place("/profiles/sichuan/mss/web/api/fsi/callService", b"").path.endswith("/callService")
    assert served.knows(path)
    assert not not_served.knows(path)
    assert not served.knows(f"/profiles/nosuch{REGISTRATION}")
    assert not served.knows("/profiles/zhejiang/mss/web/api/fsi/callService")
    for choice, wrong in ((not_served, path), (served, f"/profiles/nosuch{REGISTRATION}"), (served, "/profiles/")):
        with pytest.raises(UnknownTransactionError):
            choice.place(wrong, b"")


def test_paths_of_a_province_are_known_where_its_profile_may_be_chosen():
    path = "/uif-hsaf-med-api/api/medical/service"

    known = [chosen(name).knows(path) for name in ("plain", "sichuan", "neimenggu", "by-region")]

    assert known == [False, False, True, True]


# By region


@pytest.fixture
def world():
    world = World()
    world.person(1, money=100_00)
    world._put(
        lambda books: books.registry.institutions.update(
            {
                HANGZHOU_HOSPITAL: institution(HANGZHOU_HOSPITAL, "330100"),
                "H44010000001": institution("H44010000001", "440100"),
            }
        )
    )
    return world


def test_the_region_a_message_names_chooses_its_profile(world):
    door = door_of(world, "by-region")
    hospital = Client(door.handle, HANGZHOU_HOSPITAL, NOW)
    before = world.snapshot()

    answer = hospital.ask("2201", hospital.register(1), mdtrtarea_admvs="330100")

    assert answer["err_msg"].startswith("FSI-MESSAGE_MALFORMED: x-ca-key：")
    assert world.snapshot() == before
    jiangsu = ProfileClient(door, "jiangsu")
    assert jiangsu.ask("2201", jiangsu.register(1))["infcode"] == 0


def test_nobody_escapes_a_signature_by_naming_another_region(world):
    signed = Client(ProfileClient(door_of(world, "zhejiang"), "zhejiang").send, WUXI_HOSPITAL, NOW)
    assert signed.ask("2201", signed.register(1))["infcode"] == 0
    door = door_of(world, "by-region")
    hospital = Client(door.handle, HANGZHOU_HOSPITAL, NOW)
    before = world.snapshot()

    for area in ("320200", "310000", 310000, "x", ""):
        answer = hospital.ask("2201", hospital.register(1), mdtrtarea_admvs=area)

        assert answer["infcode"] == -1
        assert "mdtrtarea_admvs：" in answer["err_msg"]
    assert world.snapshot() == before


def test_not_even_the_kept_answer_is_given_to_who_names_another_region(world):
    hospital = ProfileClient(door_of(world, "plain"), "plain", code=HANGZHOU_HOSPITAL)
    message = hospital.envelope("2201", hospital.register(1))
    raw = json.dumps(message).encode()
    kept = door_of(world).handle(raw, CATCH_ALL, NOW)
    assert json.loads(kept)["infcode"] == 0

    answer = json.loads(door_of(world, "by-region").handle(raw, CATCH_ALL, NOW))

    assert answer["infcode"] == -1
    assert "机构登记在 330100" in answer["err_msg"]


def test_a_message_that_cannot_be_read_is_refused_by_region_as_by_any(world):
    for raw in (b"", b"{", b"[]", b'{"mdtrtarea_admvs": {}}', b"\xff", b"[" * 100_000):
        assert json.loads(door_of(world, "by-region").handle(raw, CATCH_ALL, NOW))["infcode"] == -1


# Answers


def test_answers_under_the_plain_profile_have_the_bytes_they_always_had():
    output = {"n": {"a": Raw(b"1.20")}}

    assert accepted(output, region="320200", sequence=7, now=MOMENT) == (
        b'{"infcode":0,"inf_refmsgid":"320200202506021000000000000007","refmsg_time":"20250602100000123",'
        b'"respond_time":"20250602100000123","err_msg":null,"output":{"n":{"a":1.20}},"warn_msg":null,"cainfo":null,'
        b'"signtype":null}'
    )
    assert refused("no", now=MOMENT) == (
        b'{"infcode":-1,"inf_refmsgid":null,"refmsg_time":"20250602100000123","respond_time":"20250602100000123",'
        b'"err_msg":"no","output":null,"warn_msg":null,"cainfo":null,"signtype":null}'
    )
    assert unknown_transaction(7) == (
        '{"type":"error","infcode":-1,"err_msg":"FSI-FSI-交易报文不正确：未知交易编号！,异常流水号:7"}'.encode()
    )


def told_by(door, prefix=""):
    """The bytes of a visit from registration to refund, and of what is refused on the way."""
    client = Client(lambda raw, path, now: door.handle(raw, prefix + path, now), WUXI_HOSPITAL, NOW)
    several = [client.raw("2201", client.register(1)), client.raw("8888", {}, path=CATCH_ALL)]
    visit = json.loads(several[0])["output"]["data"]["mdtrt_id"]
    several.append(client.raw("2204", {"feedetail": [client.line(visit, 1, DRUG_A, "30.00")]}))
    bill = client.bill(visit, 1, "30.00", core=client.whole("30.00"))
    several += [client.raw("2206", bill), client.raw("2207", bill), client.raw("2207", bill)]
    claim = {"setl_id": json.loads(several[4])["output"]["setlinfo"]["setl_id"], "mdtrt_id": visit, "psn_no": psn(1)}
    return [*several, client.raw("2208", {"data": claim}), client.raw("2208", {"data": claim})]


def test_plain_answers_are_the_same_bytes_however_plain_was_chosen():
    worlds = [World() for _ in range(4)]
    for world in worlds:
        world.person(1, money=100_00)
        world.person(2, money=100_00)
        world.bond(2, 1)
    doors = [worlds[0].door, door_of(worlds[1]), door_of(worlds[2], "zhejiang", sandbox=True)]

    first, second, third = (
        told_by(door, prefix) for door, prefix in zip(doors, ("", "", "/profiles/plain"), strict=True)
    )

    assert first == second == third == told_by(door_of(worlds[3], "by-region"))


class Info(Struct, omit_defaults=True):
    acct_pay: Raw | None = None
    acct_mulaid_pay: Raw | None = None
    fund_pay_sumamt: Raw | None = None
    psn_part_amt: Raw | None = None


class Out(Struct):
    setlinfo: Info
    setldetail: list[int] = []


def shown(output, **more):
    profile = Profile(name="x", title="", seen="", **more)
    return json.loads(accepted(output, region="1", sequence=1, now=NOW, profile=profile, infno="2207"),
                      parse_float=Decimal)["output"]  # fmt: skip


INFO = Info(Raw(b"25.00"), Raw(b"5.00"), Raw(b"100.00"), Raw(b"30.00"))


def test_the_account_and_the_funds_are_counted_as_the_profile_says():
    assert shown(Out(INFO), account="exclusive")["setlinfo"]["acct_pay"] == 20
    assert shown(Out(INFO), fund_includes_account=True)["setlinfo"]["fund_pay_sumamt"] == 125
    both = shown(Out(INFO), account="exclusive", fund_includes_account=True)["setlinfo"]
    assert (both["acct_pay"], both["fund_pay_sumamt"], both["acct_mulaid_pay"]) == (20, 120, 5)


def test_a_refund_is_counted_like_its_settlement():
    info = Info(Raw(b"-25.00"), Raw(b"-5.00"), Raw(b"-100.00"))

    both = shown(Out(info), account="exclusive", fund_includes_account=True)["setlinfo"]

    assert (both["acct_pay"], both["fund_pay_sumamt"]) == (-20, -120)


def test_a_spelling_is_added_never_instead_and_only_where_it_belongs():
    spellings = (
        Spelling("psn_part_am", "psn_part_amt"),
        Spelling("acct_pay", "psn_part_amt"),
        Spelling("x", "psn_part_amt", ("2303",)),
        Spelling("y", "psn_part_amt", ("2207",)),
        Spelling("z", "hosp_part_amt"),
    )

    info = shown(Out(INFO), spellings=spellings)["setlinfo"]

    assert (info["psn_part_am"], info["psn_part_amt"], info["y"], info["acct_pay"]) == (30, 30, 30, 25)
    assert not {"x", "z"} & info.keys()


@pytest.mark.parametrize("output", [None, [], [1], {"data": {"acct_pay": 1}}, {"setlinfo": None}, {"setlinfo": []}])
def test_what_has_no_setlinfo_stays_as_it_is(output):
    assert shown(output, account="exclusive", fund_includes_account=True) == output


def test_amounts_that_are_null_stay_null():
    info = {"acct_pay": None, "acct_mulaid_pay": Raw(b"5.00"), "fund_pay_sumamt": Raw(b"1.00")}
    profile = Profile(name="x", title="", seen="", account="exclusive", fund_includes_account=True)

    assert json.loads(accepted({"setlinfo": info}, region="1", sequence=1, now=NOW, profile=profile))["output"] == {
        "setlinfo": {"acct_pay": None, "acct_mulaid_pay": 5.0, "fund_pay_sumamt": 1.0}
    }
    assert rewritten(None, profile, "2203") is None
