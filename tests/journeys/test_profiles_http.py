"""The provinces' gateways over HTTP: headers, paths, the sample keys that are published, and the command line."""

import asyncio
import hashlib
import json
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import httpx
import pytest

from gongji.channels.http import LONGEST_BODY, application
from gongji.channels.national.door import Door
from gongji.channels.national.signing.keys import SampleKeys, profiles_page
from gongji.channels.national.signing.profiles import chosen, profiles
from gongji.registry.catalogue import sample_catalogue
from gongji.services.batching import Batcher
from tests.national_signing import PAIRS, ProfileClient, door_of, seconds
from tests.national_world import CATCH_ALL, DRUG_A, NOW, PATH_OF, WUXI_HOSPITAL, Client, World, psn
from tests.rsgi import RsgiTransport

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world():
    world = World()
    world.person(1, money=100_00)
    world.person(2, money=150_00)
    world.bond(2, 1)
    return world


def ask(app, method, path, **more):
    async def one():
        transport = RsgiTransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
            return await client.request(method, path, **more)

    return asyncio.run(one())


class HttpClient(ProfileClient):
    """A client of a province over HTTP, below `prefix`."""

    def __init__(self, app, name, prefix=""):
        self.app, self.prefix = app, prefix
        super().__init__(self, name)

    def handle(self, raw, path, _, headers):
        answer = ask(self.app, "POST", self.prefix + path, content=raw, headers=headers)
        assert answer.status_code == 200
        return answer.content


@pytest.fixture
def serve(world):
    with Batcher(world.store) as batcher:

        def serve(door, **extra):
            return application(door, batcher, clock=lambda: NOW, extra=extra)

        yield serve


@pytest.mark.parametrize("name", list(profiles()))
def test_a_sample_server_carries_a_visit_under_every_profile(world, serve, name):
    client = HttpClient(serve(door_of(world, sandbox=True)), name, f"/profiles/{name}")

    visit, total = client.visit(1, (DRUG_A, "300.00", "1"))
    info = client.done("2207", client.bill(visit, 1, total, core=client.whole(total)))["setlinfo"]
    assert info["acct_mulaid_pay"] == 150
    client.done("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(1)}})

    assert (world.balance(1), world.balance(2)) == (100_00, 150_00)


def test_a_wrong_signature_is_an_answer_and_writes_nothing(world, serve):
    client = HttpClient(serve(door_of(world, "zhejiang")), "zhejiang")
    unsigned = Client(lambda raw, path, _: ask(client.app, "POST", path, content=raw).content, WUXI_HOSPITAL, NOW)
    before = world.snapshot()

    answer = unsigned.ask("2201", unsigned.register(1))

    assert (answer["infcode"], answer["output"]) == (-1, None)
    assert answer["err_msg"].startswith("FSI-MESSAGE_MALFORMED: x-ca-key：请求头里没有")
    assert world.snapshot() == before
    assert client.ask("2201", client.register(1))["infcode"] == 0


def test_header_names_may_come_in_capitals(world, serve):
    app = serve(door_of(world, "neimenggu"))
    client = Client(None, WUXI_HOSPITAL, NOW)
    raw = json.dumps(client.envelope("2201", client.register(1))).encode()

    answer = ask(
        app, "POST", "/uif-hsaf-med-api/api/medical/service", content=raw, headers={"APIKEY": f"api-{client.code}"}
    )

    assert answer.json()["infcode"] == 0


def test_paths_that_no_profile_here_has_are_not_there(world, serve):
    plain, sample = serve(door_of(world)), serve(door_of(world, sandbox=True))
    below = f"/profiles/sichuan{CATCH_ALL}"

    statuses = [
        ask(app, "POST", path, content=b"{}").status_code
        for app, path in (
            (plain, below),
            (sample, below),
            (sample, f"/profiles/nosuch{CATCH_ALL}"),
            (plain, "/mss/web/api/fsi/callService"),
            (serve(door_of(world, "sichuan")), "/mss/web/api/fsi/callService"),
        )
    ]

    assert statuses == [404, 200, 404, 404, 200]
    assert ask(sample, "GET", below).status_code == 405


def test_what_the_door_says_without_reading_a_message_has_the_profiles_infcode_too(world, serve):
    door = door_of(world, "hunan")
    app = serve(door)

    too_long = ask(app, "POST", CATCH_ALL, content=b" " * (LONGEST_BODY + 1)).json()

    assert too_long["infcode"] == "-1"
    full = application(door, Batcher(world.store, waiting=0), clock=lambda: NOW)
    busy = HttpClient(full, "hunan")
    assert busy.ask("2201", busy.register(1))["infcode"] == "-1"


def test_whoever_reads_the_published_sample_keys_can_sign(world, serve):
    sample = SampleKeys(PAIRS)
    choice = chosen("plain", sandbox=True)
    door = Door(world.store, world.policy, sample_catalogue(), codes=world.codes, choice=choice, keys=sample.ring)
    app = serve(door, **{"/sandbox/profiles.json": partial(profiles_page, sample, "plain")})

    page = ask(app, "GET", "/sandbox/profiles.json").json()

    assert [profile["name"] for profile in page["profiles"]] == list(profiles())
    assert {profile["signature"] for profile in page["profiles"]} == {"none", *page["signing"]}
    key, stamp = page["keys"][WUXI_HOSPITAL], seconds(NOW)
    headers = {
        "x-tif-paasid": key["paasid"],
        "x-tif-timestamp": stamp,
        "x-tif-nonce": "n",
        "x-tif-signature": hashlib.sha256(f"{stamp}{key['token']}n{stamp}".encode()).hexdigest(),
    }
    client = Client(None, WUXI_HOSPITAL, NOW)
    raw = json.dumps(client.envelope("2201", client.register(1))).encode()
    answer = ask(app, "POST", f"/profiles/hebei{PATH_OF['2201']}", content=raw, headers=headers)
    assert answer.json()["infcode"] == 0
    assert json.loads(profiles_page(None, "plain"))["keys"] is None


# The command line


def gongji(*words, **environment):
    program = f"import sys; sys.argv = ['gongji', *{list(words)!r}]; from gongji.wiring import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )
    return done.returncode, done.stderr


def test_a_profile_that_there_is_not_is_refused_before_anything_is_opened(tmp_path):
    code, told = gongji("serve", "--profile", "nosuch", GONGJI_DATA=str(tmp_path / "data"))

    assert code == 2
    assert "there is no profile 'nosuch'; there are plain, hebei" in told
    assert not (tmp_path / "data").exists()


def test_signatures_without_keys_are_refused_before_anything_is_opened(tmp_path):
    for name in ("zhejiang", "by-region"):
        code, told = gongji("serve", "--profile", name, GONGJI_DATA=str(tmp_path / "data"))

        assert code == 2
        assert "GONGJI_INSTITUTION_KEYS" in told
    assert not (tmp_path / "data").exists()


def test_a_served_sample_publishes_keys_and_takes_what_is_signed_by_them(tmp_path):
    words = ["serve", "--sample", "--port", "0", "--data", str(tmp_path / "data"), "--now", "2025-06-02T10:00:00"]
    program = [sys.executable, "-c", "from gongji.wiring import main; main()", *words]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = next(line.split()[1] for line in server.stdout if line.startswith("ready "))
        keys = httpx.get(f"{url}/sandbox/profiles.json", timeout=30).json()["keys"]
        client = Client(None, "H31000000002", NOW)
        sign_in = {"signIn": {"opter_no": "1", "mac": "m", "ip": "i"}}
        message = client.envelope("9001", sign_in, mdtrtarea_admvs="310000", insuplc_admdvs="310000")
        told = [
            httpx.post(f"{url}/profiles/neimenggu{CATCH_ALL}", json=message, headers={"apikey": key}, timeout=30).json()
            for key in ("wrong", keys["H31000000002"]["api_key"])
        ]
        server.send_signal(signal.SIGTERM)

    assert [answer["infcode"] for answer in told] == [-1, 0]
    assert "apikey：签名不对" in told[0]["err_msg"]


def test_a_file_of_keys_that_others_can_read_ends_the_program_with_a_sentence(tmp_path):
    file = tmp_path / "keys.toml"
    file.write_text("[H1]\nsecret = 'hush'\n", encoding="utf-8")
    file.chmod(0o644)

    code, told = gongji("serve", GONGJI_INSTITUTION_KEYS=str(file), GONGJI_DATA=str(tmp_path / "data"))

    assert code == 1
    assert told == f"gongji: {file}: others than its owner can read this file: chmod 600 {file}\n"
