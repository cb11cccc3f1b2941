"""The API over a real server and PostgreSQL: what callers send, whole and in pieces, and what stays when it ends."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from gongji.channels.http import LONGEST_ASKED
from tests.journeys.test_cli import ENVIRONMENT, ROOT, Server

BALANCES = "/api/v1/accounts/1/balances"
CAP = "/api/v1/bonds/1/cap"
SHARER = {"authorization": "Bearer person-1"}


class ApiServer(Server):
    """`tests/api_server.py` in a process of its own."""

    def __init__(self, folder: Path, workers: int):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.api_server", str(folder), str(workers)], cwd=ROOT, env=ENVIRONMENT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.said = []
        self.url = self._until_ready()

    def raw(self, content, *, wait=True):
        """Send bytes as they are, and return what comes back before the connection ends, b"" when it is cut."""
        url = httpx.URL(self.url)
        with socket.create_connection((url.host, url.port or 80), timeout=20) as connection:
            connection.sendall(content)
            return connection.recv(65536) if wait else b""


@pytest.fixture(params=[0, 1], ids=["alone", "worker"])
def workers(request):
    return request.param


def set_cap(http, fen, key, **headers):
    return http.post(CAP, json={"cap_fen": fen}, headers={**SHARER, "idempotency-key": key, **headers})


def test_a_family_over_the_api_through_a_restart(tmp_path, workers):
    with ApiServer(tmp_path, workers) as server, httpx.Client(base_url=server.url, timeout=30) as http:
        read(http)
        first = written(http)
        broken(server, http)
        many(server)
        server.stop()
        assert server.said[-2:] == ["faults []", "PostgreSQL has stopped."]
    with ApiServer(tmp_path, workers) as again, httpx.Client(base_url=again.url, timeout=30) as http:
        repeated = set_cap(http, 300_00, "first")

        assert repeated.content == first.content
        assert repeated.headers["idempotency-replayed"] == "true"


def read(http):
    balances = http.get(BALANCES, headers=SHARER)
    unchanged = http.get(BALANCES, headers={**SHARER, "if-none-match": balances.headers["etag"]})
    head = http.head(BALANCES, headers=SHARER)
    compressed = http.get("/api/v1/", headers={"accept-encoding": "gzip"})

    assert balances.json()["free_fen"] == 100_00
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", balances.headers["etag"])
    assert int(head.headers["content-length"]) == len(balances.content)
    assert compressed.json()["name"] == "gongji"
    assert http.get(BALANCES, headers={"authorization": "Bearer person-2"}).status_code == 403
    assert http.get(BALANCES).headers["www-authenticate"].startswith("Bearer")
    assert http.get("/sandbox/people.json").json() == []
    assert http.get("/api/v1/nowhere").headers["content-type"] == "application/problem+json"
    assert http.put(BALANCES).headers["allow"] == "GET, OPTIONS"
    assert http.options(CAP).headers["allow"] == "OPTIONS, POST"


def written(http):
    first = set_cap(http, 300_00, "first")
    other = set_cap(http, 300_01, "first")
    late = set_cap(http, 1, "late", **{"if-match": '"old"'})

    assert first.json()["cap_fen"] == 300_00
    assert other.json()["refusal"] == "SAME_REQUEST_DIFFERENT_CONTENT"
    assert late.status_code == 412
    assert http.get("/api/v1/bonds/1", headers=SHARER).headers["etag"] == first.headers["etag"]
    return first


def broken(server, http):
    begun = f"POST {CAP} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer person-1\r\nidempotency-key: half\r\n"
    half = f'{begun}content-type: application/json\r\ncontent-length: 15\r\n\r\n{{"cap_fen":'

    assert server.raw(half.encode(), wait=False) == b""
    assert b" 400 " in server.raw(f"{begun}content-length: nonsense\r\n\r\n".encode())
    assert server.raw(b"GET /api/v1 HTTP/1.1\r\nhost: x\r\nx-request-id: a\x00b\r\n\r\n").startswith(b"HTTP/1.1 400")
    injected = server.raw(b"GET /api/v1/%0d%0aset-cookie:a=b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert injected.startswith(b"HTTP/1.1 404")
    assert b"\r\nset-cookie" not in injected
    assert http.get("/api/v1/problems/a%00b").json()["field"] == "path"
    assert set_cap(http, 1, "键".encode()).json()["type"].endswith("REQUEST_ID_MISSING")
    for body in (b"", b"{", b'{"cap_fen":"1"}', b"\x00\xff", b'{"cap_fen":1,"x":"\\u0000"}'):
        headers = {**SHARER, "idempotency-key": "bad", "content-type": "application/json"}
        assert http.post(CAP, content=body, headers=headers).json()["refusal"] == "MESSAGE_MALFORMED"
    assert http.post(CAP, content=b"x" * (LONGEST_ASKED + 1), headers=SHARER).status_code == 413
    assert http.get("/api/v1/bonds/1", headers=SHARER).json()["cap_fen"] == 300_00


def many(server):
    """Let 100 callers repeat 10 requests: each is carried out once, and all of a key are told the same."""
    with httpx.Client(base_url=server.url, timeout=30) as http, ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(lambda number: set_cap(http, number % 10, f"crowd-{number % 10}"), range(100)))

    assert {answer.status_code for answer in answers} == {200}
    assert all(len({answer.content for answer in answers[start::10]}) == 1 for start in range(10))
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 10


def test_a_server_without_a_sign_in_shows_what_is_public_and_refuses_every_token(tmp_path, workers):
    with Server("--data", tmp_path, "--workers", workers) as server:
        health = httpx.get(f"{server.url}/api/v1/health").json()
        start = httpx.get(f"{server.url}/api/v1/").json()
        refused = httpx.get(f"{server.url}{BALANCES}", headers=SHARER)
        made = httpx.get(f"{server.url}{start['openapi']}").json()

    assert health["books"] == "up"
    assert refused.json()["type"].endswith("SIGN_IN_INVALID")
    assert BALANCES.replace("/1/", "/{person_id}/") in made["paths"]
