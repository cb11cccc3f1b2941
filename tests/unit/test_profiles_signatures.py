"""What is not signed, not signed by the sender, too old, or an old signature under new content: refused, unwritten."""

import hashlib
import json
from datetime import timedelta

import pytest

from gongji.channels.national.fields import MalformedError
from gongji.channels.national.signing import signatures
from gongji.channels.national.signing.keys import InstitutionKey, KeyRing
from gongji.channels.national.signing.profiles import profiles
from gongji.channels.national.signing.signatures import Nonces, Verifier
from tests.national_signing import (
    KEYS,
    PAIRS,
    WAYS,
    ProfileClient,
    door_of,
    hmac_sm3,
    seconds,
    sha256_token,
    sm2_cainfo,
)
from tests.national_world import CASH_ONLY_HOSPITAL, CATCH_ALL, NOW, WUXI_HOSPITAL, Client, World, refused

SIGNED = [name for name, profile in profiles().items() if profile.signature != "none"]
TIMED = [name for name in SIGNED if profiles()[name].replay_minutes is not None]
SHOWN_IN = {"hebei": "x-tif-signature", "zhejiang": "x-ca-signature", "neimenggu": "apikey", "sm2": "cainfo"}
SIGNER_IN = SHOWN_IN | {"hebei": "x-tif-paasid", "zhejiang": "x-ca-key"}
MOMENT_IN = {"hebei": "x-tif-timestamp", "zhejiang": "x-ca-signature", "sm2": "inf_time"}
OTHER_HOSPITAL = "H37010000001"
NO_KEYS = ("secret-", "token-", "api-", PAIRS[WUXI_HOSPITAL][1].hex())


class Watched(World):
    """Knows what its books held at the beginning."""

    def __init__(self):
        super().__init__()
        self.person(1, money=100_00)
        self.before = self.snapshot()


@pytest.fixture
def world():
    return Watched()


def registration(code=WUXI_HOSPITAL, now=NOW):
    client = Client(None, code, now)
    return json.dumps(client.envelope("2201", client.register(1)), ensure_ascii=False).encode()


def sent(door, raw, headers, now=NOW):
    return json.loads(door.handle(raw, CATCH_ALL, now, headers))


def without(headers, name):
    return {key: value for key, value in headers.items() if key != name}


def unwritten(world, answer, name, *words):
    refused(answer, "MESSAGE_MALFORMED", f"{name}：", *words)
    assert not any(secret in answer["err_msg"] for secret in NO_KEYS)
    assert world.snapshot() == world.before


@pytest.mark.parametrize("name", SIGNED)
def test_a_message_without_its_signature_is_refused(world, name):
    answer = sent(door_of(world, name), registration(), {})

    unwritten(world, answer, SIGNER_IN[name])


@pytest.mark.parametrize(
    ("name", "missing"),
    [("zhejiang", "x-ca-signature"), *(("hebei", f"x-tif-{part}") for part in ("timestamp", "nonce", "signature"))],
)
def test_a_missing_header_is_named(world, name, missing):
    raw, headers = WAYS[profiles()[name].signature](registration(), WUXI_HOSPITAL, NOW)

    unwritten(world, sent(door_of(world, name), raw, without(headers, missing)), missing, "请求头里没有")


@pytest.mark.parametrize("name", SIGNED)
def test_an_institution_without_a_key_cannot_sign(world, name):
    _, headers = WAYS[profiles()[name].signature](registration(), WUXI_HOSPITAL, NOW)
    renamed = {"x-ca-key": OTHER_HOSPITAL, "x-tif-paasid": OTHER_HOSPITAL}
    raw = json.dumps(json.loads(registration(OTHER_HOSPITAL)) | {"cainfo": "00" * 70}).encode()

    answer = sent(door_of(world, name), raw, headers | renamed)

    unwritten(world, answer, SIGNER_IN[name], "没有登记这个机构的密钥")


@pytest.mark.parametrize("name", SIGNED)
def test_another_hospitals_key_does_not_sign_for_this_one(world, name):
    raw, headers = WAYS[profiles()[name].signature](registration(), CASH_ONLY_HOSPITAL, NOW)

    answer = sent(door_of(world, name), raw, headers)

    field = SIGNER_IN[name]
    unwritten(world, answer, field, "不是同一个" if field.startswith("x-") else "签名不对")


def flipped(text):
    return text[:-1] + ("0" if text[-1] != "0" else "1")


@pytest.mark.parametrize("name", SIGNED)
def test_a_signature_with_one_wrong_digit_is_refused(world, name):
    raw, headers = WAYS[profiles()[name].signature](registration(), WUXI_HOSPITAL, NOW)
    if name == "sm2":
        message = json.loads(raw)
        raw = json.dumps(message | {"cainfo": flipped(message["cainfo"])}, ensure_ascii=False).encode()
    else:
        headers[SHOWN_IN[name]] = flipped(headers[SHOWN_IN[name]])

    unwritten(world, sent(door_of(world, name), raw, headers), SHOWN_IN[name], "签名不对")


def test_what_was_signed_cannot_be_changed_on_the_way(world):
    raw, headers = hmac_sm3(registration(), WUXI_HOSPITAL, NOW)
    unwritten(world, sent(door_of(world, "zhejiang"), raw + b" ", headers), "x-ca-signature", "签名不对")

    raw, _ = sm2_cainfo(registration(), WUXI_HOSPITAL, NOW)
    changed = json.dumps(json.loads(raw) | {"opter": "another"}, ensure_ascii=False).encode()
    unwritten(world, sent(door_of(world, "sm2"), changed, {}), "cainfo", "签名不对")


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("past", [1, -1])
def test_a_clock_may_be_off_by_the_minutes_of_the_profile_and_no_second_more(world, name, past):
    way = WAYS[profiles()[name].signature]
    edge = past * timedelta(minutes=profiles()[name].replay_minutes or 0)
    late = edge + past * timedelta(seconds=1)

    raw, headers = way(registration(), WUXI_HOSPITAL, NOW - late)
    answer = sent(door_of(world, name), raw, headers)
    unwritten(world, answer, MOMENT_IN[name], f"{NOW - late:%Y-%m-%d %H:%M:%S}", f"{NOW:%Y-%m-%d %H:%M:%S}", "5 分钟")

    raw, headers = way(registration(), WUXI_HOSPITAL, NOW - edge)
    assert sent(door_of(world, name), raw, headers)["infcode"] == 0


@pytest.mark.parametrize("stamp", ["", "x", "17e8", "-1748829600", "1748829600000", "٣" * 10])
def test_a_time_that_is_no_number_of_seconds_is_refused(world, stamp):
    raw, headers = sha256_token(registration(), WUXI_HOSPITAL, NOW)
    unwritten(world, sent(door_of(world, "hebei"), raw, headers | {"x-tif-timestamp": stamp}), "x-tif-timestamp")

    raw, headers = hmac_sm3(registration(), WUXI_HOSPITAL, NOW)
    shown = {"x-ca-signature": f"{stamp}:{headers['x-ca-signature'].rpartition(':')[2]}"}
    unwritten(world, sent(door_of(world, "zhejiang"), raw, headers | shown), "x-ca-signature")


@pytest.mark.parametrize("shown", ["1748829600", "é" * 64, "1748829600:é"])
def test_a_signature_of_another_form_is_refused(world, shown):
    raw, headers = hmac_sm3(registration(), WUXI_HOSPITAL, NOW)

    unwritten(world, sent(door_of(world, "zhejiang"), raw, headers | {"x-ca-signature": shown}), "x-ca-signature")


@pytest.mark.parametrize("cainfo", ["xyz", "30", "00", "3000", "ff" * 64, "00" * 64, 5, None])
def test_a_cainfo_that_is_no_signature_is_refused(world, cainfo):
    raw, _ = sm2_cainfo(registration(), WUXI_HOSPITAL, NOW)
    changed = json.dumps(json.loads(raw) | {"cainfo": cainfo}, ensure_ascii=False).encode()

    unwritten(world, sent(door_of(world, "sm2"), changed, {}), "cainfo")


# Replays


def test_a_nonce_goes_with_one_body_and_a_repeat_gets_its_first_answer(world):
    door = door_of(world, "hebei")
    raw, headers = sha256_token(registration(), WUXI_HOSPITAL, NOW, nonce="once")
    first = door.handle(raw, CATCH_ALL, NOW, headers)
    visits = dict(world.store.registry.visits.rows)

    assert door.handle(raw, CATCH_ALL, NOW + timedelta(minutes=1), headers) == first
    other = Client(None, WUXI_HOSPITAL, NOW + timedelta(seconds=1))
    stolen = json.dumps(other.envelope("2201", other.register(1, ipt_otp_no="stolen"))).encode()
    answer = sent(door, stolen, headers)

    refused(answer, "MESSAGE_MALFORMED", "x-tif-nonce：已经用过")
    assert world.store.registry.visits.rows == visits


def test_a_signed_envelope_goes_with_one_input(world):
    door = door_of(world, "sm2")
    raw, _ = sm2_cainfo(registration(), WUXI_HOSPITAL, NOW)
    first = door.handle(raw, CATCH_ALL, NOW, {})
    message = json.loads(raw)
    message["input"]["data"]["ipt_otp_no"] = "stolen"

    answer = sent(door, json.dumps(message, ensure_ascii=False).encode(), {})

    refused(answer, "MESSAGE_MALFORMED", "msgid：已经用过")
    assert door.handle(raw, CATCH_ALL, NOW, {}) == first


def test_a_signed_message_sent_again_in_zhejiang_is_known_by_its_id(world):
    door = door_of(world, "zhejiang")
    raw, headers = hmac_sm3(registration(), WUXI_HOSPITAL, NOW)

    assert door.handle(raw, CATCH_ALL, NOW, headers) == door.handle(raw, CATCH_ALL, NOW, headers)
    assert len(world.store.registry.visits.rows) == 1


def test_so_many_nonces_are_remembered_and_only_for_as_long_as_they_would_pass():
    verifier, nonces = Verifier(KeyRing(KEYS)), Nonces(2)

    def send(nonce, raw, now, code=WUXI_HOSPITAL):
        headers = sha256_token(raw, code, now, nonce=nonce)[1]
        found = verifier.verify(profiles()["hebei"], headers, raw, institution=code, now=now)
        assert found is not None
        nonces.take(found, now)

    send("a", b"1", NOW)
    send("b", b"1", NOW)
    with pytest.raises(MalformedError, match="请求过多"):
        send("c", b"1", NOW)
    send("a", b"1", NOW)
    send("a", b"2", NOW, CASH_ONLY_HOSPITAL)
    later = NOW + timedelta(minutes=10, seconds=1)
    send("a", b"2", later)
    with pytest.raises(MalformedError, match="已经用过"):
        send("a", b"1", later)


# The formulas, by figures from elsewhere


def test_the_token_formula_has_the_time_at_both_ends():
    key = InstitutionKey(token="tok", paasid="p")
    made = hashlib.sha256(f"{seconds(NOW)}tokn1{seconds(NOW)}".encode()).hexdigest()
    headers = {"x-tif-paasid": "p", "x-tif-timestamp": seconds(NOW), "x-tif-nonce": "n1", "x-tif-signature": made}

    Verifier(KeyRing({"H1": key})).verify(profiles()["hebei"], headers, b"{}", institution="H1", now=NOW)


def test_a_signature_of_two_plain_numbers_is_read_like_one_in_der():
    # The example of the standard GM/T 0003.5: message, public key and signature.
    point = bytes.fromhex(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    signature = (
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )

    assert signatures._signed_by(point, "message digest", signature)
    assert not signatures._signed_by(point, "message digesT", signature)


def test_a_province_that_signs_takes_a_signed_message(world):
    for number, name in enumerate(SIGNED):
        client = ProfileClient(door_of(world, name), name)
        client.count = 100 * number
        client.done("2201", client.register(1, ipt_otp_no=name))
