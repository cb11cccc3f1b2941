"""A change of rule over HTTP, while a server settles: by two persons, in order, without a restart, and after a kill."""

import base64
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import quote

import httpx
import psycopg
import pytest

from gongji.gateways.embedded import EmbeddedPostgres
from tests.journeys.test_cli import Server, data, gongji
from tests.national_world import DRUG_A, Client
from tests.policy_drafts import NOTICE, WUXI, reserve, seed

__all__ = ["data"]

START = datetime(2025, 6, 1, 10)
FUTURE = reserve(start="2029-01-01").decode()
"""A change that no bill of 2025 feels: only the bundle tells the settlements apart."""

PATIENT = {"psn_no": "31000000000000000001", "mdtrt_cert_type": "03", "mdtrt_cert_no": "31S000001"}
BOUND = """
SELECT s.settle_id, s.settled_at, e.bundle FROM gongji.settlement AS s
JOIN gongji.entry AS e ON e.book_id = s.book_id AND e.entry_id = s.entry_id ORDER BY s.settle_id
"""


class Desk:
    """The policy desk of a server, asked by a clerk."""

    def __init__(self, server):
        self.url = f"{server.url}/policy"

    def post(self, path, clerk, **content):
        return httpx.post(f"{self.url}/{path}", json=content, headers={"x-sample-clerk": quote(clerk)}, timeout=60)

    def get(self, path):
        return httpx.get(f"{self.url}/{path}", timeout=60).json()

    def draft(self, content=FUTURE, clerk="王芳"):
        notice = {"name": NOTICE[0], "content": base64.b64encode(NOTICE[1]).decode()}
        return self.post("drafts", clerk, file=WUXI, content=content, notice=notice, why="通知")

    def approved(self, content=FUTURE):
        draft_id = self.draft(content).json()["draft_id"]
        assert self.post(f"drafts/{draft_id}/check", "王芳").json()["sound"]
        assert self.post(f"drafts/{draft_id}/approve", "李强").status_code == 200
        return draft_id

    def published(self, draft_id):
        """Publish, and return the bundle and from when it holds."""
        told = self.post(f"drafts/{draft_id}/publish", "王芳").json()["told"]
        return told["bundle"], datetime.fromisoformat(told["since"])

    def holds(self):
        """Return the bundle of the publication that holds, None before there is one."""
        return next((one["bundle"] for one in self.get("publications") if one["holds"]), None)


class Hospital(Client):
    """A hospital in Shanghai with one patient."""

    def __init__(self, server):
        super().__init__(self.sent, "H31000000002", START)
        self.url = server.url

    def sent(self, raw, path, _now):
        return httpx.post(f"{self.url}{path}", content=raw, timeout=60).content

    def bill_of_visit(self):
        visit = self.done("2201", self.register(0, **PATIENT, ipt_otp_no=str(self.count)))["data"]["mdtrt_id"]
        self.done("2204", {"feedetail": [self.line(visit, 0, DRUG_A, "10.00", psn_no=PATIENT["psn_no"])]})
        return self.bill(visit, 0, "10.00", **PATIENT)

    def settle(self, bill=None):
        """Settle a bill, and return the number of the settlement."""
        return int(self.done("2207", bill or self.bill_of_visit())["setlinfo"]["setl_id"])


def bound(folder):
    """Return the settlements with their moments and bundles, by number."""
    with psycopg.connect(EmbeddedPostgres(folder).url) as connection:
        return {number: (at, bundle) for number, at, bundle in connection.execute(BOUND).fetchall()}


def serve(folder, *words, now=START):
    return Server("--sample", "--data", folder, "--now", now.isoformat(), *words)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_server_takes_new_rules_while_it_settles_and_finishes_what_it_quoted(data, workers):  # the fixture
    with serve(data, "--workers", workers) as server:
        desk, hospital = Desk(server), Hospital(server)
        hospital.settle()
        quoted = hospital.bill_of_visit()
        hospital.done("2206", quoted)
        bundle, since = desk.published(desk.approved())
        while desk.holds() != bundle:
            hospital.settle()
        while max(at for at, _ in bound(data).values()) < since:
            hospital.settle()  # the clock of a worker, when set by hand, is behind the writer's
        of_quote, last = hospital.settle(quoted), hospital.settle()
        settled = bound(data)
        trace = desk.get(f"why/{last}")
        rows = desk.get("show/320200/retained_minimum?on=2029-01-01")["rows"]
        number = desk.get("publications")[-1]["number"]
        back = desk.post("publications/rollback", "李强", why="有误").json()
        log = desk.get("log")
        server.process.kill()
    with serve(data, "--workers", workers, now=datetime(2025, 6, 2)) as again:
        said = again.said
        of_later = Hospital(again).settle()
        afterwards = bound(data)[of_later]

    expected = {one: bundle if at >= since else seed().book.digest for one, (at, _) in settled.items()}
    assert {one: found for one, (_, found) in settled.items() if one != of_quote} == {
        one: digest for one, digest in expected.items() if one != of_quote
    }
    assert settled[of_quote][0] >= since
    assert settled[of_quote][1] == seed().book.digest
    assert {found for _, found in settled.values()} == {seed().book.digest, bundle}
    assert trace["bundle"] == bundle
    assert [row["rule_id"] for row in rows] == ["320200/retained_minimum/2029-01-01"]
    assert (back["told"]["again"], back["told"]["bundle"]) == (number - 1, seed().book.digest)
    assert [act["who"] for act in log] == [f"sample:{who}" if who != "policies/" else who for who in (
        "王芳", "王芳", "李强", "policies/", "王芳", "李强"
    )]  # fmt: skip
    assert any(line.startswith("Publication 6: publication 4 again") for line in said)
    assert afterwards[1] == seed().book.digest
    for each in (of_quote, last):
        assert "every fen and every rule is the same" in gongji("replay", each, "--data", data, "--lang", "en")


def test_the_desk_refuses_in_a_line_what_cannot_be_done(tmp_path):
    with serve(tmp_path / "books") as server:
        desk = Desk(server)
        draft_id = desk.draft().json()["draft_id"]
        answers = [
            desk.draft(content="region = ["),
            desk.post("drafts", "王芳", file=WUXI),
            desk.post("drafts", "王芳", file=WUXI, content="x", notice={"name": "a.txt", "content": "%"}),
            desk.post(f"drafts/{draft_id}/approve", "李强", because="x"),
            desk.post(f"drafts/{draft_id}/approve", "李强"),
            desk.post(f"drafts/{draft_id}/publish", "李强", at="2025-06-01T10:00:00+08:00"),
            desk.post("drafts/99/check", "李强"),
            desk.post("drafts/x/check", "李强"),
            desk.post("publications/rollback", "李强", why="x"),
            desk.post("drafts/1/burn", "李强"),
            httpx.post(f"{desk.url}/drafts", content=b"{}", headers={"content-type": "text/plain"}),
            httpx.post(f"{desk.url}/drafts", content=b"x" * (5 << 20), timeout=60),
            httpx.put(f"{desk.url}/drafts"),
        ]
        checked = desk.post(f"drafts/{draft_id}/check", "王芳", cases={"wuxi/own.toml": "name = 1"}).json()
        himself = desk.post(f"drafts/{draft_id}/approve", "王 芳")
        log = desk.get("log")

    told = [(answer.status_code, answer.json()["error"]) for answer in answers]
    words = [
        (400, WUXI), (400, "content"), (400, "notice.content"), (400, "because"), (409, "check it first"),
        (400, "at: "), (404, "no draft 99"), (404, "x is no draft"), (409, "nothing"), (404, "no such page"),
        (415, "content-type"), (413, "body"), (405, "GET, POST"),
    ]  # fmt: skip
    assert [status for status, _ in told] == [status for status, _ in words]
    assert [word for (_, word), (_, error) in zip(words, told, strict=True) if word not in error] == []
    assert not checked["sound"]
    assert any(line.startswith("wuxi/own.toml: ") for line in checked["report"]["cases"]["failed"])
    assert (himself.status_code, "another has to approve" in himself.json()["error"]) == (403, True)
    assert len(log) == 2


def test_elsewhere_only_who_the_sign_on_names_acts(tmp_path, monkeypatch):
    with Server("--data", tmp_path / "books") as server, httpx.Client(base_url=server.url) as http:
        nobody = http.post("/policy/drafts", json={}, headers={"x-sample-clerk": "a"})
        unread = http.get("/policy/log")
    monkeypatch.setitem(gongji.__globals__["ENVIRONMENT"], "GONGJI_SIGN_ON_HEADER", "X-Remote-User")
    with Server("--data", tmp_path / "books") as server, httpx.Client(base_url=server.url) as http:
        absent = http.get("/policy/log")
        twice = http.get("/policy/log", headers=[("x-remote-user", "a"), ("x-remote-user", "b")])
        known = http.get("/policy/log", headers={"x-remote-user": quote("王芳")})

    assert (nobody.status_code, unread.status_code) == (403, 403)
    assert "GONGJI_SIGN_ON_HEADER" in nobody.json()["error"]
    assert (absent.status_code, "x-remote-user" in absent.json()["error"]) == (401, True)
    assert twice.status_code == 400
    assert (known.status_code, known.json()) == (200, [])


def test_what_was_approved_before_a_kill_is_published_after_it(data):  # the fixture
    with serve(data) as server:
        draft_id = Desk(server).approved()
        server.stop(signal.SIGKILL)
    now = ("--data", data, "--now", "2025-06-01T11:00:00")

    published = gongji("policy", "publish", draft_id, "--by", "赵敏", *now)

    with serve(data, now=datetime(2025, 6, 1, 10, 59, 59)) as again:
        coming = [line for line in again.said if line.startswith("To come: Publication 5: draft 1")]
        time.sleep(5)
        number = Hospital(again).settle()
        bundle = bound(data)[number][1]
        held = Desk(again).holds()
    assert "Publication 5: draft 1" in published
    assert len(coming) == 1
    assert bundle == held != seed().book.digest


def test_a_standby_that_takes_over_settles_by_what_was_published_meanwhile(data):
    with ThreadPoolExecutor(1) as pool:
        with serve(data) as server:
            waiting = pool.submit(serve, data, now=START.replace(hour=11))
            desk = Desk(server)
            bundle, _ = desk.published(desk.approved())
            server.stop(signal.SIGKILL)
        with waiting.result(timeout=120) as standby:
            number = Hospital(standby).settle()
            holds, settled = Desk(standby).holds(), bound(data)[number][1]

    assert any("Publication 5: draft 1" in line for line in standby.said)
    assert holds == settled == bundle != seed().book.digest
