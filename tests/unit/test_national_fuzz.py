"""Whatever is sent: an answer in the caller's format, no exception, and nothing written unless it was accepted."""

import json
import random
from typing import Any

import pytest

from tests.national_world import CATCH_ALL, DRUG_A, NOW, PATH_OF, World, psn

JUNK: list[Any] = [
    None, True, [], {}, [[]], {"data": None}, 0, -1, 1, 10**30, -0.5, 1e300,
    "", " ", "x" * 5000, "\x00", "𠮷", "'; --", "-1", "1e5", "NaN", "0000", "9999-12-31 23:59:59", "2025-13-01",
    "9223372036854775808", "{", "[1", '{"a":1}',
]  # fmt: skip


def conversation(client):
    """One message of every kind, all of which would be accepted."""
    visit, total = client.visit(1, (DRUG_A, "10.00", "2"))
    bill = client.bill(visit, 1, total, core=client.whole(total))
    info = client.done("2207", bill)["setlinfo"]
    other = client.done("2201", client.register(1))["data"]["mdtrt_id"]
    claim = {"psn_no": psn(1), "mdtrt_id": other}
    return [
        ("9001", {"signIn": {"opter_no": "1", "mac": "", "ip": ""}}),
        ("9002", {"signOut": {"sign_no": "1", "opter_no": "1"}}),
        ("1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": "320200198504010001"}}),
        ("2201", client.register(1)),
        ("2202", {"data": claim | {"ipt_otp_no": "M1"}}),
        ("2203", {"mdtrtinfo": claim | {"med_type": "11", "begntime": "2025-06-01"}}),
        ("2203A", {"mdtrtinfo": claim | {"med_type": "11", "begntime": "2025-06-01"}, "diseinfo": []}),
        ("2204", {"feedetail": [client.line(other, 1, sn="9")]}),
        ("2205", {"data": claim | {"chrg_bchno": "0000"}}),
        ("2206", client.bill(other, 1, "10.00", core=client.whole("10.00"))),
        ("2207", client.bill(other, 1, "10.00", core=client.whole("10.00"))),
        ("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(1)}}),
        ("2601", {"data": {"psn_no": psn(1), "omsgid": info["medins_setl_id"], "oinfno": "2207"}}),
    ]


def mutated(chance, content):
    """Return `content` with one thing in it replaced, removed, doubled or added."""
    if isinstance(content, dict) and content and chance.random() < 0.85:
        key = chance.choice(sorted(content))
        changed = dict(content)
        what = chance.random()
        if what < 0.15:
            del changed[key]
        elif what < 0.2:
            changed["unheard_of"] = chance.choice(JUNK)
        else:
            changed[key] = mutated(chance, content[key])
        return changed
    if isinstance(content, list) and content and chance.random() < 0.7:
        return [*content, mutated(chance, content[0])]
    if isinstance(content, str) and content and chance.random() < 0.3:
        return content[: chance.randrange(len(content))] + chance.choice(["", "'", "9", "é", "\x00"])
    return chance.choice(JUNK)


def damaged(chance, raw):
    """Return bytes with some flipped, cut out or put in."""
    place = chance.randrange(len(raw))
    noise = bytes(chance.randrange(256) for _ in range(chance.randrange(4)))
    return raw[:place] + noise + raw[place + chance.randrange(3) :]


@pytest.mark.parametrize("seed", range(4))
def test_no_message_breaks_the_door(seed):
    chance = random.Random(seed)  # noqa: S311  # the same messages every time
    world = World()
    world.person(1, money=10_000_00)
    world.person(2, money=10_000_00)
    world.bond(2, 1)
    client = world.client()
    messages = conversation(client)
    for _ in range(700):
        infno, content = chance.choice(messages)
        message = client.envelope(infno, content)
        which = chance.random()
        if which < 0.6:
            message["input"] = mutated(chance, content)
        elif which < 0.8:
            message = mutated(chance, message)
        raw = json.dumps(message).encode()
        if which > 0.9:
            raw = damaged(chance, raw)
        path = chance.choice([PATH_OF[infno], CATCH_ALL, CATCH_ALL])
        before = world.snapshot()

        answer = json.loads(client.send(raw, path, NOW))

        assert answer["infcode"] in (0, -1)
        if answer["infcode"] == -1:
            assert answer["err_msg"].startswith("FSI-")
            assert "BUSY" not in answer["err_msg"], (raw, answer)
            assert len(answer["err_msg"]) <= 200
            assert world.snapshot() == before
    assert world.store.faults() == []
    assert client.ask("1101", messages[2][1])["infcode"] == 0
