"""The frame of the API: addresses, methods, bodies, languages and headers, whatever arrives."""

import asyncio

import pytest
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from gongji.channels.api.problems import SAFE, language_of
from gongji.channels.api.session import PUBLIC
from gongji.services.batching import QueueFullError
from gongji.services.store import RecordRefusedError, StaleError, StoreDownError, UnknownOutcomeError
from tests.api_world import ApiWorld, problem

FAULTS = {
    "full": QueueFullError("too many"),
    "unknown": UnknownOutcomeError("cut"),
    "down": StoreDownError("away"),
    "stale": StaleError("late"),
    "refused": RecordRefusedError("names a constraint"),
    "ours": ZeroDivisionError("secret 310101199001011234"),
}


@get("/fault/{kind:str}", opt={PUBLIC: True})
async def raise_fault(kind: FromPath[str]) -> None:
    raise FAULTS[kind]


@get("/header", opt={PUBLIC: True})
async def bad_header() -> Response[None]:
    return Response(None, headers={"x-told": "a\r\nset-cookie: b=c"})


@get("/cookies", opt={PUBLIC: True})
async def two_cookies() -> Response[None]:
    answer = Response(None)
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    return answer


@post("/forgotten")
async def forgotten() -> None:
    """Says nothing of who may."""


@pytest.fixture
def api():
    with ApiWorld(handlers=[raise_fault, bad_header, two_cookies, forgotten]) as found:
        yield found


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api//v1///"])
def test_a_path_is_the_same_with_and_without_slashes(api, path):
    answer = api.get(path)

    assert answer.status_code == 200
    assert answer.json()["openapi"] == "/api/v1/openapi.json"


def test_health_tells_which_rules_hold(api):
    assert api.get("/api/v1/health").json() == {"books": "up", "rules": api.world.policy.digest}


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/v1/openapi", "/api/v1/openapi/openapi.json", "/api", "/"])
def test_a_path_that_is_not_there_is_told_so(api, path):
    told = problem(api.get(path), "NO_SUCH_PLACE")

    assert told["status"] == 404
    assert told["instance"] == path
    assert told["money_moved"] is False


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_another_method_is_refused_and_those_that_are_taken_are_named(api, method):
    answer = api.ask(method, "/api/v1/health")

    assert problem(answer, "METHOD_NOT_TAKEN")["status"] == 405
    assert answer.headers["allow"] == "GET, OPTIONS"


def test_who_asks_for_the_methods_gets_them_without_a_token(api):
    answer = api.ask("OPTIONS", "/api/v1/bonds/1/cap")

    assert answer.status_code == 204
    assert answer.headers["allow"] == "OPTIONS, POST"


def test_an_address_that_says_nothing_of_who_may_wants_a_token(api):
    assert problem(api.post("/api/v1/test/forgotten"), "NOT_SIGNED_IN")["status"] == 401


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/nowhere", "/api/v1/bonds", "/api/v1/test/fault/ours"])
def test_every_answer_is_safe_to_show(api, path):
    headers = api.get(path).headers

    assert {name: headers[name] for name in SAFE} == SAFE


def test_a_request_keeps_its_own_id_and_another_gets_one(api):
    own = api.get("/api/v1", headers=[("x-request-id", "my-1")])
    several = api.get("/api/v1", headers=[("x-request-id", "a"), ("x-request-id", "b")])
    wild = api.get("/api/v1/nowhere", headers=[("x-request-id", "a b<c>")])

    assert own.headers["x-request-id"] == "my-1"
    assert several.headers["x-request-id"].startswith("request-")
    assert wild.json()["request_id"] == wild.headers["x-request-id"] != "a b<c>"


@pytest.mark.parametrize(
    ("kind", "name", "status", "moved"),
    [
        ("full", "BUSY", 503, False),
        ("unknown", "OUTCOME_UNKNOWN", 503, None),
        ("down", "BOOKS_UNREACHABLE", 503, False),
        ("stale", "BOOKS_UNREACHABLE", 503, False),
        ("refused", "SERVER_FAULT", 500, None),
        ("ours", "SERVER_FAULT", 500, None),
    ],
)
def test_the_faults_of_the_world_have_their_own_problems(api, kind, name, status, moved):
    answer = api.get(f"/api/v1/test/fault/{kind}")

    told = problem(answer, name)
    assert told["status"] == status
    assert told["money_moved"] is moved
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


def test_a_header_that_would_begin_another_one_is_not_sent(api):
    answer = api.get("/api/v1/test/header")

    problem(answer, "SERVER_FAULT")
    assert "set-cookie" not in answer.headers


def test_a_cookie_may_come_twice(api):
    cookies = api.get("/api/v1/test/cookies").headers.get_list("set-cookie")

    assert [one.partition(";")[0] for one in cookies] == ["a=1", "b=2"]


@pytest.mark.parametrize(("path", "query"), [("/api/v1/prob\0lems", None), ("/api/v1/bonds", {"cursor": "a\0"})])
def test_a_nul_in_the_address_is_refused_at_the_door(api, path, query):
    assert problem(api.get(path, query=query), "MESSAGE_MALFORMED")["status"] == 400


def test_a_host_that_is_none_is_refused(api):
    assert problem(api.get("/api/v1", headers=[("host", "a b/../")]), "MESSAGE_MALFORMED")["status"] == 400


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.5, zh;q=0.4", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("fr, *;q=0.5", "zh"),
        ("en;q=0", "zh"),
        ("*", "zh"),
        ("EN-gb", "en"),
        ("\x7f;;;q=,en;q=9", "zh"),
    ],
)
def test_the_language_is_the_one_that_is_ranked_higher(accept, language):
    assert language_of(accept) == language


def test_a_problem_is_told_in_the_language_asked_for(api):
    english = api.get("/api/v1/nowhere", headers=[("accept-language", "en")])
    chinese = api.get("/api/v1/nowhere")

    assert english.json()["title"] == "There is no such address."
    assert english.headers["content-language"] == "en"
    assert chinese.json()["title"] == "没有这个地址。"
    assert "accept-language" in chinese.headers["vary"]


def test_requests_of_many_are_answered_side_by_side(api):
    async def crowd():
        return await asyncio.gather(*(api.asked("GET", "/api/v1/health", client=f"10.0.0.{i}:1") for i in range(50)))

    assert {answer.status_code for answer in asyncio.run(crowd())} == {200}
