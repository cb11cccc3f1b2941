"""The door before the application: what it hands on, and what it answers itself."""

import asyncio

import pytest

from gongji.channels import clerk as clerks
from gongji.channels import http
from gongji.channels.api.bridge import bridged, paths_of
from gongji.channels.asked import Answered
from gongji.channels.clerk import BooksClerk
from gongji.channels.http import LONGEST_ASKED, HttpDoor
from tests import rsgi
from tests.api_world import ApiWorld, problem
from tests.national_world import CATCH_ALL


@pytest.fixture
def api():
    with ApiWorld() as found:
        yield found


def door_of(api, app=None, paths=None):
    clerk = BooksClerk(api.world.door, api.batcher, {}, None, app or bridged(api.app))
    return HttpDoor(api.world.door.reception, clerk, lambda: api.now, {"/sandbox/people.json"}, paths or ["/api"])


def called(door, method, path, body=b"", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return asyncio.run(rsgi.called(door, method, path, named, body))


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/nowhere"])
def test_what_begins_like_the_applications_goes_there(api, path):
    answer = called(door_of(api), "GET", path)

    assert answer.headers["x-request-id"].startswith("request-")
    assert answer.headers["content-type"].startswith("application/")


@pytest.mark.parametrize("path", ["/apix", "/ap", "/", "//api", "/sandbox/other", "/fsix"])
def test_what_does_not_is_nobodys(api, path):
    assert called(door_of(api), "GET", path).json() == {"error": "no such path"}


async def told(asked):
    return Answered(200, [("content-type", "text/plain")], f"{asked.method} {asked.path}".encode())


@pytest.mark.parametrize(
    ("path", "taken"),
    [("/", True), ("/sandbox/identity/x", True), ("/sandbox/x", False), ("/me/a/b", True), ("/mex", False)],
)
def test_a_path_below_a_shared_name_is_known_by_two(api, path, taken):
    answer = called(door_of(api, told, ["/", "/me", "/sandbox/identity"]), "GET", path)

    assert (answer.status_code == 200) == taken


def test_the_head_of_an_answer_is_asked_as_the_answer(api):
    assert called(door_of(api, told), "HEAD", "/api/x").text == "GET /api/x"


def test_messages_of_institutions_still_go_to_the_national_door(api):
    answer = called(door_of(api), "POST", "/fsi/api/callFsiService/callService", b"{}")

    assert answer.json()["infcode"] != 0


@pytest.mark.parametrize("declared", [{}, {"content_length": str(1 << 40)}])
def test_a_body_that_is_too_long_is_refused_before_the_application_sees_it(api, declared):
    body = b"x" * (LONGEST_ASKED + 1)

    answer = called(door_of(api), "POST", "/api/v1/bonds/1/cap", body, accept_language="en", **declared)

    assert problem(answer, "BODY_TOO_LONG")["status"] == 413
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_body_as_long_as_may_be_is_handed_on(api):
    async def length(asked):
        return Answered(200, [], str(len(asked.body)).encode())

    assert called(door_of(api, length), "POST", "/api/x", b"x" * LONGEST_ASKED).text == str(LONGEST_ASKED)


def test_a_body_that_ends_early_is_not_answered(api):
    with pytest.raises(AssertionError):  # the caller is gone, and the helper finds no answer
        called(door_of(api), "POST", "/api/v1/bonds/1/cap", b"{", content_length="10")


@pytest.mark.parametrize("headers", [{}, {"content-length": "10"}], ids=["in parts", "announced"])
@pytest.mark.parametrize("path", ["/api/v1/bonds/1/cap", CATCH_ALL])
def test_a_body_that_never_ends_is_not_waited_for(api, monkeypatch, path, headers):
    monkeypatch.setattr(http, "BODY_SECONDS_MAX", 0.05)

    class Slow(rsgi._Protocol):
        async def __call__(self):
            return b"".join([part async for part in self])

        async def __aiter__(self):
            yield b"{"
            await asyncio.Event().wait()

    async def ask():
        door, protocol = door_of(api), Slow(b"")
        late = asyncio.create_task(door.__rsgi__(rsgi._scope("POST", path, headers), protocol))
        beside = await rsgi.called(door, "GET", "/nowhere", {}, b"")
        await late
        return door.under_way, protocol.answer, beside.status_code

    assert asyncio.run(ask()) == (0, None, 404)


def test_who_is_ended_by_somebody_else_has_not_run_out_of_time(api):
    class Slow(rsgi._Protocol):
        async def __call__(self):
            await asyncio.Event().wait()

    async def ended():
        scope = rsgi._scope("POST", CATCH_ALL, {"content-length": "10"})
        waiting = asyncio.create_task(door_of(api).__rsgi__(scope, Slow(b"")))
        await asyncio.sleep(0)
        waiting.cancel()
        await waiting

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ended())


def test_more_than_there_is_room_for_is_told_to_come_again(api, monkeypatch):
    monkeypatch.setattr(clerks, "ASKED_MAX", 2)
    go = asyncio.Event()

    async def waiting(_):
        await go.wait()
        return Answered(200, [], b"done")

    async def crowd():
        door = door_of(api, waiting)
        first = [asyncio.create_task(rsgi.called(door, "GET", "/api/x", {}, b"")) for _ in range(2)]
        await asyncio.sleep(0)
        third = await rsgi.called(door, "GET", "/api/x", {}, b"")
        under_way = door.under_way
        go.set()
        return third, under_way, [await one for one in first], await rsgi.called(door, "GET", "/api/x", {}, b"")

    third, under_way, first, later = asyncio.run(crowd())

    assert problem(third, "BUSY")["status"] == 503
    assert under_way == 2
    assert [one.text for one in [*first, later]] == ["done"] * 3


def test_where_there_is_no_application_nothing_is_handed_on(api):
    clerk = BooksClerk(api.world.door, api.batcher, {})
    door = HttpDoor(api.world.door.reception, clerk, lambda: api.now, {})

    assert called(door, "GET", "/api/v1").status_code == 404
    assert paths_of(api.app) == ["/api"]
