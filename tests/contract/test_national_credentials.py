"""What patients show, on every store: codes that live short and work once, and nobody treated by another's card."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gongji.domain.requests import Scope
from gongji.services.batching import Batcher, run_jobs
from tests.national_world import CATCH_ALL, DRUG_A, NOW, Client, World, card, certno, psn, refused

FATHER, SON = 1, 2
USED, EXPIRED = "已用过", "已过期，请患者刷新"


@pytest.fixture
def world(store):
    world = World(store)
    world.person(FATHER, money=1000_00)
    world.person(SON, money=2000_00)
    return world


@pytest.fixture
def client(world):
    return world.client()


def scan(code):
    return {"mdtrt_cert_type": "01", "mdtrt_cert_no": code}


def ask_by(client, code):
    return client.ask("1101", {"data": scan(code)})


def registered(client, number=FATHER, **shown):
    """Return a registered visit with one line of 10.00."""
    return client.visit(number, (DRUG_A, "10.00", "1"), **shown)[0]


def bill(client, visit, code, number=FATHER):
    return client.bill(visit, number, "10.00", core=client.whole("10.00"), **scan(code))


def use_of(world, code):
    digest = world.codes.open(code).digest
    return world.store.read(Scope(codes={digest}), lambda books: books.registry.codes.get(digest))


def test_a_code_registers_one_visit_pays_it_once_and_is_done(world, client):
    code = world.token(FATHER)
    assert ask_by(client, code)["output"]["baseinfo"]["psn_no"] == psn(FATHER)
    assert use_of(world, code) is None
    visit = registered(client, **scan(code))
    assert (use_of(world, code).visit_id, use_of(world, code).spent_by) == (visit, "")
    assert ask_by(client, code)["infcode"] == 0
    client.done("2206", bill(client, visit, code))
    message = client.envelope("2207", bill(client, visit, code))
    raw = json.dumps(message).encode()

    first = client.send(raw, CATCH_ALL, NOW)

    assert json.loads(first)["infcode"] == 0
    assert use_of(world, code).spent_by == message["msgid"]
    assert client.send(raw, CATCH_ALL, NOW + timedelta(days=1)) == first, "a repeat gets its first answer"
    client.done("2204", {"feedetail": client.line(visit, FATHER, sn="2")})
    for infno, content in (
        ("1101", {"data": scan(code)}),
        ("2201", client.register(FATHER, **scan(code))),
        ("2206", bill(client, visit, code)),
        ("2207", bill(client, visit, code)),
    ):
        refused(client.ask(infno, content), "CREDENTIAL_NOT_ACTIVE", USED)
    assert world.balance(FATHER) == 990_00


def test_a_code_of_one_visit_is_none_for_another(world, client):
    code = world.token(FATHER)
    here, there = registered(client, **scan(code)), registered(client)

    refused(client.ask("2201", client.register(FATHER, **scan(code))), "CREDENTIAL_NOT_ACTIVE", USED)
    refused(client.ask("2206", bill(client, there, code)), "CREDENTIAL_NOT_ACTIVE", USED)
    refused(client.ask("2207", bill(client, there, code)), "CREDENTIAL_NOT_ACTIVE", USED)
    client.wait(minutes=2)
    client.done("2207", bill(client, here, code))
    assert use_of(world, code).used_at == NOW, "when it was first used"


def test_a_code_first_shown_at_the_cash_desk_pays_too(world, client):
    visit, code = registered(client), world.token(FATHER)

    client.done("2207", bill(client, visit, code))

    assert use_of(world, code).visit_id == visit
    refused(client.ask("2201", client.register(FATHER, **scan(code))), "CREDENTIAL_NOT_ACTIVE", USED)


def test_a_code_lives_ten_minutes(world, client):
    code, visit = world.token(FATHER), registered(client)
    client.wait(minutes=9, seconds=59)
    assert ask_by(client, code)["infcode"] == 0
    client.wait(seconds=1)

    for infno, content in (
        ("1101", {"data": scan(code)}),
        ("2201", client.register(FATHER, **scan(code))),
        ("2206", bill(client, visit, code)),
        ("2207", bill(client, visit, code)),
    ):
        refused(client.ask(infno, content), "CREDENTIAL_NOT_ACTIVE", EXPIRED)
    assert use_of(world, code) is None
    client.done("2207", bill(client, visit, world.token(FATHER, client.now)))


def test_a_code_minted_later_than_now_is_none_yet(world, client):
    refused(ask_by(client, world.token(FATHER, NOW + timedelta(days=1))), "CREDENTIAL_NOT_ACTIVE")


@pytest.mark.parametrize("made", ["another's", "expired and another's", "nobody's", "changed"])
def test_a_code_that_is_not_the_patients_treats_nobody(world, client, made):
    own = world.token(FATHER)
    code = {
        "another's": world.token(SON),
        "expired and another's": world.token(SON, NOW - timedelta(hours=1)),
        "nobody's": "EC000000000000000000000001",
        "changed": ("B" if own[0] == "A" else "A") + own[1:],
    }[made]
    visit = registered(client)

    for infno, content in (
        ("2201", client.register(FATHER, **scan(code))),
        ("2206", bill(client, visit, code)),
        ("2207", bill(client, visit, code)),
    ):
        refused(client.ask(infno, content), "NOT_OWN_CREDENTIAL")
    if made in ("nobody's", "changed"):
        refused(ask_by(client, code), "NOT_OWN_CREDENTIAL")
    assert world.balance(FATHER) == 1000_00


def test_a_refused_request_leaves_the_code_unused(world, client):
    code = world.token(FATHER)
    refused(client.ask("2201", client.register(FATHER, begntime="2020-01-01", **scan(code))), "MESSAGE_MALFORMED")
    visit = registered(client)
    wrong = client.bill(visit, FATHER, "99.00", core=client.whole("99.00"), **scan(code))
    refused(client.ask("2207", wrong), "AMOUNTS_DISAGREE")
    assert use_of(world, code) is None

    client.done("2207", bill(client, visit, code))

    assert use_of(world, code).visit_id == visit


def test_a_refund_and_a_reversal_want_no_code_and_give_none_back(world, client):
    code = world.token(FATHER)
    visit = registered(client, **scan(code))
    paid = client.done("2207", bill(client, visit, code))["setlinfo"]
    client.done("2208", {"data": {"setl_id": paid["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}})
    client.done("2204", {"feedetail": client.line(visit, FATHER, sn="2")})
    refused(client.ask("2207", bill(client, visit, code)), "CREDENTIAL_NOT_ACTIVE", USED)

    message = client.envelope("2207", bill(client, visit, world.token(FATHER)))
    assert json.loads(client.send(json.dumps(message).encode(), CATCH_ALL, NOW))["infcode"] == 0
    client.done("2601", {"data": {"psn_no": psn(FATHER), "omsgid": message["msgid"], "oinfno": "2207"}})

    spent = message["input"]["data"]["mdtrt_cert_no"]
    assert use_of(world, spent).spent_by == message["msgid"]
    refused(ask_by(client, spent), "CREDENTIAL_NOT_ACTIVE", USED)
    assert world.balance(FATHER) == 1000_00


def prepared(world, client, infno, content):
    """Return the job of a message."""
    found = world.door.prepare(json.dumps(client.envelope(infno, content)).encode(), CATCH_ALL, NOW)
    assert not isinstance(found, bytes), found
    return found.job


@pytest.mark.parametrize("batches", ["one batch", "two batches"])
def test_of_two_messages_that_show_one_code_at_once_one_is_served(world, client, batches):
    code = world.token(FATHER)
    visits = [registered(client) for _ in range(2)]
    jobs = [prepared(world, client, "2207", bill(client, visit, code)) for visit in visits]

    if batches == "one batch":
        answers = run_jobs(world.store, jobs)
    else:
        ready = threading.Barrier(2, timeout=30)

        def alone(job):
            ready.wait()
            return run_jobs(world.store, [job])[0]

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(alone, jobs))

    told = [json.loads(answer) for answer in answers if isinstance(answer, bytes)]
    first, second = sorted(told, key=lambda answer: -answer["infcode"])
    assert first["infcode"] == 0
    refused(second, "CREDENTIAL_NOT_ACTIVE", USED)
    assert world.balance(FATHER) == 990_00
    assert use_of(world, code).visit_id == first["output"]["setlinfo"]["mdtrt_id"]


def test_a_code_shown_at_many_desks_registers_one_visit(world):
    code = world.token(FATHER)
    with Batcher(world.store, most=3) as batcher:

        def one(number):
            client = Client(None, "H32020000001", NOW)
            client.count = number * 10
            job = prepared(world, client, "2201", client.register(FATHER, ipt_otp_no=str(number), **scan(code)))
            return json.loads(batcher.submit(job).result(30))

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(one, range(12)))

    served = [answer for answer in answers if answer["infcode"] == 0]
    assert len(served) == 1
    assert use_of(world, code).visit_id == served[0]["output"]["data"]["mdtrt_id"]
    for answer in answers:
        if answer["infcode"] != 0:
            refused(answer, "CREDENTIAL_NOT_ACTIVE", USED)


def test_somebody_whose_credential_is_not_active_is_not_registered(world, client):
    world.person(3, credential_active=False)

    for shown in ({}, scan(world.token(3)), {"mdtrt_cert_type": "03", "mdtrt_cert_no": card(3)}):
        refused(client.ask("2201", client.register(3, **shown)), "CREDENTIAL_NOT_ACTIVE", "没有激活")


def test_care_is_not_refused_to_somebody_suspended_but_settling_is(world, client):
    world.person(3, money=100_00, suspended_until=NOW.date() + timedelta(days=1))
    visit = registered(client, 3)
    content = client.bill(visit, 3, "10.00", core=client.whole("10.00"))

    refused(client.ask("2206", content), "SETTLEMENT_SUSPENDED", "2025-06-03")
    refused(client.ask("2207", content), "SETTLEMENT_SUSPENDED", "2025-06-03")
    wrong = client.bill(visit, 3, "99.00", core=client.whole("99.00"))
    refused(client.ask("2207", wrong), "SETTLEMENT_SUSPENDED")
    client.wait(days=1)
    client.done("2207", content)


def test_what_is_told_of_a_card_must_be_its_own(world, client):
    data = {"mdtrt_cert_type": "03", "mdtrt_cert_no": card(FATHER)}
    world.person(3, card_sn="SN3")
    theirs = {"mdtrt_cert_type": "03", "mdtrt_cert_no": card(3)}

    assert client.ask("1101", {"data": theirs | {"card_sn": "SN3"}})["infcode"] == 0
    assert client.ask("1101", {"data": theirs})["infcode"] == 0
    refused(client.ask("1101", {"data": theirs | {"card_sn": "SN4"}}), "NOT_OWN_CREDENTIAL")
    assert client.ask("1101", {"data": data | {"card_sn": "any"}})["infcode"] == 0, "none is kept to compare with"
    by_number = {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(3), "card_sn": "SN4"}
    assert client.ask("1101", {"data": by_number})["infcode"] == 0
    refused(client.ask("1101", {"data": theirs | {"psn_name": "别人"}}), "IDENTITY_MISMATCH")
