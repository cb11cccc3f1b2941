"""The national interface over HTTP: a hospital's calls through the application, and over a real socket."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from gongji.channels.http import LONGEST_BODY, application
from gongji.services.batching import Batcher
from tests.national_server import MEMBERS
from tests.national_world import CATCH_ALL, DRUG_A, NOW, PATH_OF, Client, World, certno, check_identities, psn
from tests.rsgi import RsgiTransport

ROOT = Path(__file__).parents[2]
ASK = {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(1)}}


@pytest.fixture
def world():
    world = World()
    world.person(1, money=100_00)
    world.person(2, money=2000_00)
    world.person(3)
    world.bond(2, 1)
    return world


@pytest.fixture
def app(world):
    with Batcher(world.store) as batcher:
        yield application(world.door, batcher, clock=lambda: NOW, extra={"/sandbox/people.json": lambda: b"[]"})


def ask(app, method, path, **more):
    async def one():
        transport = RsgiTransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
            return await client.request(method, path, **more)

    return asyncio.run(one())


@pytest.fixture
def client(app):
    def send(raw, path, _):
        answer = ask(app, "POST", path, content=raw, headers={"content-type": "application/json"})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/json")
        return answer.content

    return Client(send, "H32020000001", NOW)


def test_a_hospitals_day_from_signing_in_to_the_refund(world, client):
    sign = client.done("9001", {"signIn": {"opter_no": "1", "mac": "", "ip": ""}})["signinoutb"]["sign_no"]
    assert client.done("1101", ASK)["insuinfo"][0]["balc"] == 100
    visit, total = client.visit(1, (DRUG_A, "300.00", "2"))
    bill = client.bill(visit, 1, total, core=client.whole(total))
    check_identities(client.done("2206A", bill))
    output = client.done("2207A", bill)
    check_identities(output)
    assert output["setlinfo"]["acct_mulaid_pay"] == 500
    claim = {"setl_id": output["setlinfo"]["setl_id"], "mdtrt_id": visit, "psn_no": psn(1)}
    check_identities(client.done("2208", {"data": claim}))
    assert client.ask("9002", {"signOut": {"sign_no": sign, "opter_no": "1"}})["infcode"] == 0
    assert (world.balance(1), world.balance(2)) == (100_00, 2000_00)


def raw(client, infno, content):
    return json.dumps(client.envelope(infno, content)).encode()


def bill(client, total):
    visit, _ = client.visit(1, (DRUG_A, "1.00", "1"))
    return raw(client, "2207", client.bill(visit, 1, total, core=client.whole(total)))


def repeat(client):
    message = client.envelope("2201", client.register(1))
    client.send(json.dumps(message).encode(), CATCH_ALL, NOW)
    message["input"]["data"]["ipt_otp_no"] = "other"
    return json.dumps(message).encode()


BAD = {
    "malformed JSON": (lambda _: b"{", "MESSAGE_MALFORMED"),
    "unknown infno": (lambda c: raw(c, "8888", ASK), "未知交易编号"),
    "missing field": (lambda c: raw(c, "1101", {"data": {"mdtrt_cert_type": "02"}}), "mdtrt_cert_no"),
    "wrong type": (lambda c: raw(c, "1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": {}}}), "mdtrt_cert_no"),
    "unknown person": (lambda c: raw(c, "2201", c.register(9)), "PERSON_UNKNOWN"),
    "amounts that do not add up": (lambda c: bill(c, "2.00"), "AMOUNTS_DISAGREE"),
    "negative number": (lambda c: bill(c, "-1.00"), "medfee_sumamt"),
    "over-long number": (lambda c: bill(c, "9" * 40), "medfee_sumamt"),
    "date out of range": (lambda c: raw(c, "2201", c.register(1, begntime="2031-01-01")), "begntime"),
    "another's card": (lambda c: raw(c, "2201", c.register(1, mdtrt_cert_no=certno(3))), "NOT_OWN_CREDENTIAL"),
    "repeat with other content": (repeat, "SAME_REQUEST_DIFFERENT_CONTENT"),
    "no such settlement": (
        lambda c: raw(c, "2208", {"data": {"setl_id": "9", "mdtrt_id": "9", "psn_no": psn(1)}}),
        "SETTLEMENT_NOT_FOUND",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_the_callers_format_and_writes_nothing(world, client, case):
    make, word = BAD[case]
    sent = make(client)
    before = world.snapshot()

    answer = json.loads(client.send(sent, CATCH_ALL, NOW))

    assert answer["infcode"] == -1
    assert answer["err_msg"].startswith("FSI-")
    assert word in answer["err_msg"]
    assert answer.get("output") is None
    assert world.snapshot() == before
    assert client.ask("1101", ASK)["infcode"] == 0


def test_paths_and_methods(app):
    assert ask(app, "GET", PATH_OF["2207"]).status_code == 405
    assert ask(app, "GET", PATH_OF["2207"]).headers["allow"] == "POST"
    assert ask(app, "PUT", CATCH_ALL).status_code == 405
    assert ask(app, "GET", "/elsewhere").status_code == 404
    assert ask(app, "POST", "/elsewhere").status_code == 404
    assert ask(app, "GET", "/sandbox/people.json").json() == []
    assert ask(app, "POST", "/sandbox/people.json").status_code == 405
    unknown = ask(app, "POST", "/fsi/api/some/other", content=json.dumps({"infno": "2207"}))
    assert (unknown.status_code, unknown.json()["type"]) == (200, "error")


def test_a_message_beyond_a_mebibyte_is_refused(app):
    answer = ask(app, "POST", CATCH_ALL, content=b" " * (LONGEST_BODY + 1))

    assert answer.status_code == 413
    assert answer.json()["infcode"] == -1
    assert answer.json()["err_msg"].startswith("FSI-MESSAGE_MALFORMED: ")
    assert ask(app, "POST", CATCH_ALL, content=b" " * LONGEST_BODY).status_code == 200


def test_a_full_queue_says_busy(world):
    batcher = Batcher(world.store, waiting=0)
    app = application(world.door, batcher, clock=lambda: NOW)
    client = world.client()

    answer = ask(app, "POST", CATCH_ALL, content=raw(client, "2201", client.register(1))).json()

    assert (answer["infcode"], answer["output"]) == (-1, None)
    assert answer["err_msg"].startswith("FSI-BUSY: ")


def test_a_page_that_fails_does_not_take_the_server_along(world):
    def broken():
        raise RuntimeError("page")

    app = application(world.door, Batcher(world.store), clock=lambda: NOW, extra={"/sandbox/x.json": broken})

    assert ask(app, "GET", "/sandbox/x.json").status_code == 503
    assert ask(app, "POST", CATCH_ALL, content=raw(world.client(), "1101", ASK)).json()["infcode"] == 0


# Over a real socket


@pytest.fixture(params=[0, 2], ids=["one process", "two workers"])
def server(request):
    command = [sys.executable, "-m", "tests.national_server", "0", str(request.param)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), line
        try:
            yield process, line.split()[1]
        finally:
            process.kill()


def test_many_hospitals_at_once_over_a_real_socket(server):
    process, url = server

    with httpx.Client(base_url=url, timeout=30) as http:

        def send(sent, path, _):
            return http.post(path, content=sent).content

        def one(number):
            client = Client(send, "H32020000001", NOW)
            client.count = number * 100
            visit, total = client.visit(number, (DRUG_A, "150.00", "1"))
            message = raw(client, "2207", client.bill(visit, number, total, core=client.whole(total)))
            first, again = send(message, CATCH_ALL, NOW), send(message, CATCH_ALL, NOW)
            assert first == again
            output = json.loads(first, parse_float=Decimal)["output"]
            check_identities(output)
            return output["setlinfo"]["acct_mulaid_pay"]

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(one, MEMBERS)) == {100}
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20)[0] == "faults [] shared 9600000\n"
    assert process.returncode == 0


def test_garbage_on_the_socket_leaves_the_server_standing(server):
    process, url = server
    port = int(url.rpartition(":")[2])
    for noise in (
        b"\x00\xff" * 500,
        b"GET\r\n\r\n",
        b"POST /fsi/api/x HTTP/1.1\r\nContent-Length: 99\r\n\r\nshort",
        b"",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(noise)

    answer = httpx.post(url + CATCH_ALL, content=raw(Client(None, "H32020000001", NOW), "1101", ASK))

    assert answer.json()["infcode"] == 0
    assert httpx.get(url + "/sandbox/people.json").json() == [{"psn_no": "1"}]
    assert httpx.post(url + CATCH_ALL, content=b"x" * (LONGEST_BODY * 2)).status_code == 413
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0


def test_institutions_that_keep_their_connections_open_keep_nobody_out(server):
    process, url = server
    port = int(url.rpartition(":")[2])
    idle = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(600)]

    answer = httpx.post(url + CATCH_ALL, content=raw(Client(None, "H32020000001", NOW), "1101", ASK))

    assert answer.json()["infcode"] == 0
    for connection in idle:
        connection.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_who_hangs_up_in_the_middle_of_a_message_settles_nothing(server):
    _, url = server
    port = int(url.rpartition(":")[2])
    client = Client(None, "H32020000001", NOW)
    message = raw(client, "2201", client.register(1))
    head = f"POST {CATCH_ALL} HTTP/1.1\r\nhost: a\r\ncontent-length: {len(message) + 1}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(head + message)  # whole as it is, but for the last byte that was announced

    asked = {"data": json.loads(message)["input"]["data"] | {"ipt_otp_no": "another"}}
    other = json.dumps(json.loads(message) | {"input": asked}).encode()
    answer = httpx.post(url + CATCH_ALL, content=other).json()

    assert answer["infcode"] == 0, "the id was not used up"


def test_an_upload_over_a_real_socket(server):
    _, url = server
    client = Client(None, "H32020000001", NOW)
    lines = [raw(client, "2201", client.register(number)) for number in MEMBERS]

    answer = httpx.post(url + "/fsi/api/batch", content=b"\n".join(lines), timeout=30)

    found = [json.loads(line) for line in answer.content.splitlines()]
    assert [one["infcode"] for one in found] == [0] * len(MEMBERS)
    assert len({one["output"]["data"]["mdtrt_id"] for one in found}) == len(MEMBERS)
