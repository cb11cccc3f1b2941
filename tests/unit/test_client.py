"""The typed Python client: fresh from the contract, and used against the application in this process."""

import asyncio
import inspect
import json
import re
from pathlib import Path

import httpx
import msgspec
import pytest

from clients import build
from gongji_client import AsyncClient, Client, NotModifiedError, ProblemError, UnreadableAnswerError, models
from tests.api_world import CAPPED_REGION, ApiWorld

CLIENT = Path(__file__).parents[2] / "clients" / "python"
ADDRESS = "http://api.test"
OPERATIONS = [
    one
    for several in json.loads(build.OPENAPI.read_text(encoding="utf-8"))["paths"].values()
    for one in several.values()
]


class Door(httpx.BaseTransport):
    """Hands a waiting client's requests to the application, as the server does."""

    def __init__(self, api):
        self.api = api

    def handle_request(self, request):
        return self.api.ask(
            request.method,
            request.url.path,
            query=dict(request.url.params),
            headers=[(name.lower(), value) for name, value in request.headers.items()],
            body=request.read(),
        )


@pytest.fixture
def api():
    with ApiWorld() as found:
        for number in (1, 2):
            found.world.person(number, region=CAPPED_REGION, money=100_00)
        found.world.bond(1, 2)
        yield found


@pytest.fixture
def token(api):
    return api.identity.let_in(1)


@pytest.fixture
def client(api, token):
    with Client(ADDRESS, token, language="en", transport=Door(api)) as found:
        yield found


def answering(status, content, kind):
    headers = {"content-type": kind}
    return httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, content=content))


def test_the_client_is_what_would_be_written(tmp_path):
    made = build.generated()

    assert not build.stale(made), "the contract has changed: run python clients/build.py"
    assert build.stale(made, tmp_path) == ["models.py", "client.py", "async_client.py"]
    for name, text in made.items():
        (tmp_path / name).write_text(text.replace("free_fen", "free"), encoding="utf-8")
    assert build.stale(made, tmp_path) == ["models.py"]


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_every_operation_is_a_method(kind):
    names = {one["operationId"] for one in OPERATIONS}
    written = {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}

    assert {re.sub("_(.)", lambda found: found[1].upper(), name) for name in written - {"close"}} == names


def test_balances_come_typed(client):
    told = client.read_balances(1)

    assert isinstance(told.body, models.BalancesTold)
    assert told.body.free_fen == 100_00
    assert told.etag


def test_what_still_stands_is_not_told_again(client):
    tag = client.read_balances(1).etag

    with pytest.raises(NotModifiedError):
        client.read_balances(1, if_none_match=tag)


def test_a_refusal_is_an_error_with_its_document(api):
    with Client(ADDRESS, api.identity.let_in(9), transport=Door(api)) as one, pytest.raises(ProblemError) as raised:
        one.read_balances(9)

    assert raised.value.name == "PERSON_UNKNOWN"
    assert isinstance(raised.value.problem, models.Problem)
    assert raised.value.problem.status == 404
    assert raised.value.problem.subject == "9"
    assert raised.value.problem.money_moved is False
    assert raised.value.problem.field_ is msgspec.UNSET


def test_a_write_is_done_once_for_its_key(client):
    first = client.set_cap(1, models.Cap(cap_fen=300_00), idempotency_key="a")
    client.set_cap(1, models.Cap(cap_fen=500_00), idempotency_key="b")

    again = client.set_cap(1, models.Cap(cap_fen=300_00), idempotency_key="a")

    assert not first.replayed
    assert again.replayed
    assert again.body == first.body
    assert first.body.cap_fen == 300_00
    assert client.read_bond(1).body.cap_fen == 500_00


def test_who_saw_something_older_changes_nothing(client):
    seen = client.read_bond(1).etag
    client.set_cap(1, models.Cap(cap_fen=300_00), idempotency_key="a", if_match=seen)

    with pytest.raises(ProblemError) as raised:
        client.set_cap(1, models.Cap(cap_fen=400_00), idempotency_key="b", if_match=seen)

    assert raised.value.problem.status == 412
    assert client.read_bond(1).body.cap_fen == 300_00


def test_the_same_is_awaited(api, token):
    async def asked():
        async with AsyncClient(ADDRESS, token, transport=httpx.ASGITransport(api.app)) as client:
            balances = await client.read_balances(1)
            first = await client.set_cap(1, models.Cap(cap_fen=300_00), idempotency_key="a")
            again = await client.set_cap(1, models.Cap(cap_fen=300_00), idempotency_key="a")
            with pytest.raises(ProblemError) as raised:
                await client.set_cap(1, models.Cap(cap_fen=1), idempotency_key="a")
            return balances, first, again, raised.value

    balances, first, again, refused = asyncio.run(asked())

    assert balances.body.free_fen == 100_00
    assert (first.replayed, again.replayed) == (False, True)
    assert again.body == first.body
    assert refused.name == "SAME_REQUEST_DIFFERENT_CONTENT"


def test_a_page_of_the_list_is_asked_for_by_its_query(client):
    told = client.list_bonds(limit=1).body

    assert [bond.bond_id for bond in told.items] == [1]
    with pytest.raises(ProblemError) as raised:
        client.list_bonds(limit=0)
    assert raised.value.problem.field_ == "limit"


def test_whatever_can_be_read_without_a_number_is_read_or_refused_in_its_type(api):
    wanted = [one["security"][0]["bearer"] for one in OPERATIONS if "security" in one]
    token = api.identity.let_in(1, scopes=frozenset(scope for scopes in wanted for scope in scopes))
    read, refused = set(), set()
    with Client(ADDRESS, token, transport=Door(api)) as client:
        for name, method in inspect.getmembers(client, inspect.ismethod):
            given = inspect.signature(method).parameters.values()
            if re.match("(read|list|export)_", name) and all(one.default is None for one in given):
                api.later(seconds=30)
                try:
                    method()
                    read.add(name)
                except ProblemError as fault:
                    refused.add(fault.name)

    assert {"read_start", "read_family", "list_bonds", "list_problems", "list_sessions"} <= read
    assert refused == {"NOT_YOUR_TASK"}


def test_who_acts_for_another_says_so(api, token):
    with Client(ADDRESS, token, acting_for=2, transport=Door(api)) as client, pytest.raises(ProblemError) as raised:
        client.read_balances(2)

    assert raised.value.problem.status == 403


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (502, b"<html>", "text/html"),
        (200, b"<html>", "application/json"),
        (200, b'{"person_id": "1"}', "application/json"),
        (503, b"{}", "application/problem+json"),
    ],
)
def test_what_is_outside_the_contract_is_told_as_that(status, content, kind):
    door = answering(status, content, kind)
    with Client(ADDRESS, transport=door) as client, pytest.raises(UnreadableAnswerError) as raised:
        client.read_balances(1)

    assert (raised.value.status, raised.value.content) == (status, content)


def test_a_file_comes_as_it_is():
    with Client(ADDRESS, transport=answering(200, b"%PDF", "application/pdf")) as client:
        assert client.export_bill(1).body == b"%PDF"


def test_a_name_in_a_path_stays_one_name():
    door = httpx.MockTransport(lambda request: httpx.Response(502, content=request.url.raw_path))
    with Client(ADDRESS, transport=door) as client, pytest.raises(UnreadableAnswerError) as raised:
        client.read_webhook("a/b?c")

    assert raised.value.content == b"/api/v1/webhooks/a%2Fb%3Fc"


def test_the_example_of_the_readme_runs(api, token, monkeypatch, capsys):
    example = re.search(r"```python\n(.*?)```", (CLIENT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example
    door = Door(api)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: door.handle_request(request))

    exec(example[1].replace("eyJ…", token), {})  # noqa: S102  # our own README

    assert capsys.readouterr().out.splitlines() == ["10000 fen", "30000"]
