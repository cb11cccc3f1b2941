"""The envelope: what is checked, what a repeat gets, and the shapes of answers that say no."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from gongji.channels.national.envelope import PATHS, day_in, transactions_at
from gongji.channels.national.fields import MalformedError
from tests.national_world import CATCH_ALL, DRUG_A, NOW, PATH_OF, WUXI_HOSPITAL, World, certno, psn

FATHER, SON = 1, 2


@pytest.fixture
def world():
    world = World()
    world.person(FATHER, money=100_00)
    world.person(SON, money=2000_00)
    world.bond(SON, FATHER)
    return world


@pytest.fixture
def client(world):
    return world.client()


def ask_person(number=FATHER):
    return {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(number)}}


def send(client, message, path=CATCH_ALL):
    return client.send(json.dumps(message).encode(), path, client.now)


def test_an_answer_has_every_field_of_the_tables(client):
    answer = client.ask("1101", ask_person())

    assert set(answer) == {"infcode", "inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "output", "warn_msg",
                           "cainfo", "signtype"}  # fmt: skip
    assert answer["infcode"] == 0
    assert answer["err_msg"] is None
    assert len(answer["inf_refmsgid"]) == 30
    assert answer["inf_refmsgid"].startswith("32020020250602100000")
    assert len(answer["refmsg_time"]) == len(answer["respond_time"]) == 17


def test_every_transaction_has_a_path_and_the_catch_all_takes_them_all(client):
    for infno, path in PATH_OF.items():
        for way in (path, CATCH_ALL, "/mbs/fmi/fsi/api/callFsiService/callService"):
            assert "type" not in client.ask(infno, {}, path=way), (infno, way)
    assert [path for path, several in PATHS.items() if "2207A" in several] == [
        "outpatientSettleService/saveSettletment",
        "outpatientSettleService/saveSettletmentA",
    ]


@pytest.mark.parametrize(
    ("infno", "path"),
    [
        ("9999", CATCH_ALL),
        ("2501", CATCH_ALL),
        ("2207", PATH_OF["2206"]),
        ("2207", PATH_OF["2207A"]),
        ("1101", "/fsi/api/nowhere/atAll"),
        ("1101", "/fsi/api/"),
    ],
)
def test_an_unknown_transaction_is_answered_by_the_gateway(client, infno, path):
    answer = client.ask(infno, ask_person(), path=path)

    assert set(answer) == {"type", "infcode", "err_msg"}
    assert (answer["type"], answer["infcode"]) == ("error", -1)
    assert answer["err_msg"].startswith("FSI-FSI-交易报文不正确：未知交易编号！,异常流水号:")
    assert answer["err_msg"].rpartition(":")[2].isdigit()


def test_only_our_root_is_a_path():
    assert transactions_at("/elsewhere/callService") == ()


REQUIRED = ["infno", "msgid", "mdtrtarea_admvs", "recer_sys_code", "infver", "opter_type", "opter", "opter_name",
            "inf_time", "fixmedins_code", "fixmedins_name", "input"]  # fmt: skip


@pytest.mark.parametrize("field", REQUIRED)
@pytest.mark.parametrize("gone", ["missing", "null", "empty", "object"])
def test_a_field_of_the_envelope_that_is_missing_is_named(client, field, gone):
    message = client.envelope("1101", ask_person())
    if gone == "missing":
        del message[field]
    else:
        message[field] = {"null": None, "empty": "", "object": [{}]}[gone]

    answer = json.loads(send(client, message))

    assert answer["infcode"] == -1
    assert answer["output"] is None
    assert answer["err_msg"].startswith(f"FSI-MESSAGE_MALFORMED: {field}：")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("inf_time", "soon"),
        ("inf_time", "2025-02-30 00:00:00"),
        ("mdtrtarea_admvs", "3202"),
        ("insuplc_admdvs", "ABCDEF"),
        ("opter", "x" * 31),
        ("fixmedins_name", "院" * 201),
        ("msgid", "1"),
        ("msgid", f"{WUXI_HOSPITAL}202513011000000001"),
        ("msgid", f"{WUXI_HOSPITAL}202405011000000001"),
        ("msgid", f"{WUXI_HOSPITAL}202607011000000001"),
        ("input", "{"),
        ("input", "[]"),
        ("input", 3),
    ],
)
def test_a_field_of_the_envelope_that_is_wrong_is_named(client, field, value):
    answer = client.ask("1101", ask_person(), **{field: value})

    assert answer["err_msg"].startswith(f"FSI-MESSAGE_MALFORMED: {field}：")


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"null", b"[]", b"3", b"\xff\xfe\x00", b"[" * 200_000, b'{"infno":"2207"', b'{"infno":NaN}']
)
def test_what_cannot_be_read_is_answered_all_the_same(client, raw):
    answer = json.loads(client.send(raw, CATCH_ALL, NOW))

    assert answer["infcode"] == -1
    assert answer["err_msg"].startswith("FSI-MESSAGE_MALFORMED: ")


@pytest.mark.parametrize("depth", [100, 400, 900, 5000])
def test_deep_nesting_and_a_byte_order_mark_do_no_harm(client, depth):
    message = json.dumps(client.envelope("1101", ask_person() | {"x": 0})).encode()
    nested = message.replace(b'"x": 0', b'"x": ' + b"[" * depth + b"]" * depth)

    for raw in (nested, b"\xef\xbb\xbf" + nested):
        answer = json.loads(client.send(raw, CATCH_ALL, NOW))
        assert answer["infcode"] == 0 or "MESSAGE_MALFORMED" in answer["err_msg"]
    assert json.loads(client.send(b"\xef\xbb\xbf" + message, CATCH_ALL, NOW))["infcode"] == 0


def test_the_newer_lengths_and_codes_as_numbers_are_taken(client):
    answer = client.ask("1101", ask_person(), fixmedins_name="院" * 200, opter_type=1, insuplc_admdvs="", new_field={})

    assert answer["infcode"] == 0


def test_the_input_may_be_a_string(client):
    assert client.ask("1101", json.dumps(ask_person()))["output"] == client.ask("1101", ask_person())["output"]


def test_the_day_in_a_message_id_is_read_behind_the_institutions_code():
    assert day_in("H12345678901202506021000000001", "H12345678901", NOW) == NOW.date()
    assert day_in("other-202506021000000001", "H12345678901", datetime(2025, 6, 30)) == NOW.date()
    for bad in ("", "H12345678901", "H12345678901202506", "H12345678901abcdefgh1000000001"):
        with pytest.raises(MalformedError):
            day_in(bad, "H12345678901", NOW)


# The same request again


def bill_message(client):
    visit, _ = client.visit(FATHER, (DRUG_A, "300.00", "2"))
    return client.envelope("2207", client.bill(visit, FATHER, "600.00", core=client.whole("600.00")))


def test_a_repeat_gets_the_first_answer_byte_for_byte(world, client):
    message = bill_message(client)
    first = send(client, message)
    client.wait(minutes=3)

    again = send(client, message | {"inf_time": "2025-06-02 11:00:00", "opter": "002", "sign_no": "77"})

    assert again == first
    assert world.balance(SON) == 1500_00


def test_numbers_written_another_way_and_input_as_a_string_are_the_same_content(client):
    message = bill_message(client)
    first = send(client, message)
    data = message["input"]["data"]

    as_number = {"data": data | {"medfee_sumamt": 600}}
    as_string = json.dumps({"data": data | {"medfee_sumamt": "600.0"}})

    assert send(client, message | {"input": as_number}) == first
    assert send(client, message | {"input": as_string}) == first


@pytest.mark.parametrize("change", ["amount", "transaction"])
def test_another_content_under_the_same_id_is_refused(world, client, change):
    message = bill_message(client)
    send(client, message)
    other = (
        {"infno": "2207A"}
        if change == "transaction"
        else {"input": {"data": message["input"]["data"] | {"invono": "2"}}}
    )

    answer = json.loads(send(client, message | other))

    assert answer["err_msg"].startswith("FSI-SAME_REQUEST_DIFFERENT_CONTENT: ")
    assert world.balance(SON) == 1500_00


def test_a_refused_request_stores_nothing_under_its_id(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    message = client.envelope("2207", client.bill(visit, FATHER, "11.00", core=client.whole("11.00")))
    before = world.snapshot()

    assert json.loads(send(client, message))["infcode"] == -1
    assert world.snapshot() == before
    better = client.bill(visit, FATHER, total, core=client.whole(total))
    assert json.loads(send(client, message | {"input": better}))["infcode"] == 0


def test_every_writing_transaction_is_carried_out_once(world, client):
    register = client.envelope("2201", client.register(FATHER))
    first = json.loads(send(client, register))
    assert json.loads(send(client, register)) == first
    visit = first["output"]["data"]["mdtrt_id"]
    upload = client.envelope("2204", {"feedetail": client.line(visit, FATHER)})
    assert send(client, upload) == send(client, upload)
    bill = client.envelope("2207", client.bill(visit, FATHER, "10.00", core=client.whole("10.00")))
    settled = json.loads(send(client, bill), parse_float=Decimal)["output"]["setlinfo"]
    claim = {"data": {"setl_id": settled["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}}
    refund = client.envelope("2208", claim)
    assert send(client, refund) == send(client, refund)
    assert world.balance(FATHER) == 100_00


def test_two_institutions_may_use_the_same_message_id(world):
    one, other = world.client(), world.client("P32020000001")
    message = one.envelope("9001", {"signIn": {"opter_no": "1"}})

    first, second = send(one, message), send(other, message | {"fixmedins_code": "P32020000001"})

    assert json.loads(first)["output"] != json.loads(second)["output"]


def test_reference_ids_differ_within_a_second(client):
    ids = {client.ask("1101", ask_person())["inf_refmsgid"] for _ in range(50)}

    assert len(ids) == 50


def test_a_message_of_yesterday_may_still_be_sent(client):
    message = client.envelope("9001", {"signIn": {"opter_no": "1"}})
    first = send(client, message)
    client.now += timedelta(days=1)

    assert send(client, message) == first
