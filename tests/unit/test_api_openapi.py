"""What the application says of itself, held to what it does: addresses, who may, problems, bodies."""

import re

import pytest
from litestar.routes import HTTPRoute

from gongji.channels.api.app import application
from gongji.channels.api.bridge import paths_of
from gongji.channels.api.openapi_file import document
from gongji.channels.api.session import PUBLIC
from tests.api_world import ApiWorld, problem

API = ApiWorld()
MADE = document(API.app)
OPERATIONS = [
    (method, path, operation) for path, several in MADE["paths"].items() for method, operation in several.items()
]
HANDLERS = [
    (route.path, handler)
    for route in API.app.routes
    if isinstance(route, HTTPRoute)
    for handler in route.route_handlers
    if handler.resolve_include_in_schema()
]
NAMES = [operation["operationId"] for _, _, operation in OPERATIONS]


@pytest.fixture(scope="module")
def api():
    with ApiWorld() as found:
        yield found


def test_the_document_is_served_as_it_is_kept(api):
    answer = api.get("/api/v1/openapi.json")

    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json"
    assert answer.json() == MADE
    assert MADE["openapi"].startswith("3.1")


def test_no_page_of_it_asks_a_stranger_for_scripts(api):
    assert not re.search("swagger|redoc|jsdelivr|unpkg", api.get("/api/v1/openapi.json").text, re.IGNORECASE)


def test_every_operation_has_a_name_of_its_own():
    assert len(set(NAMES)) == len(NAMES)
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name in NAMES)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_an_operation_tells_the_shape_of_its_answer(method, path, operation):
    answers = [told for status, told in operation["responses"].items() if status < "300"]
    schemas = [told["schema"] for one in answers for kind, told in one["content"].items() if kind == "application/json"]

    assert answers
    assert all(schemas), (method, path)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_an_operation_says_what_it_does_and_which_problems_may_come(method, path, operation):
    problems = {status: told for status, told in operation["responses"].items() if status >= "400"}

    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert {"400", "429", "500"} <= set(problems)
    assert ("security" in operation) == ("401" in problems)
    assert all(set(told["content"]) == {"application/problem+json"} for told in problems.values())
    # A question may come by POST as well, when it is too long for an address; nothing is in its way afterwards.
    assert ("Idempotency-Key" in [one["name"] for one in operation.get("parameters", [])]) == ("409" in problems), path
    assert method != "get" or "409" not in problems


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_a_stranger_is_told_nothing_but_what_is_public(api, method, path, operation):
    api.later(seconds=30)
    answer = api.ask(method.upper(), re.sub(r"\{[^}]*\}", "1", path))

    if "security" in operation:
        problem(answer, "NOT_SIGNED_IN")
    else:
        assert answer.status_code in (200, 400, 404)


@pytest.mark.parametrize(("path", "handler"), HANDLERS, ids=[str(handler.operation_id) for _, handler in HANDLERS])
def test_a_handler_is_public_or_asks_for_a_scope(path, handler):
    assert bool(handler.opt.get(PUBLIC)) != bool(handler.resolve_guards()), path


@pytest.mark.parametrize(("path", "handler"), HANDLERS, ids=[str(handler.operation_id) for _, handler in HANDLERS])
def test_a_body_has_no_fields_but_those_it_names(path, handler):
    body = handler.parsed_fn_signature.parameters.get("data")

    assert body is None or body.annotation.__struct_config__.forbid_unknown_fields, path
    sent = [one for _, where, one in OPERATIONS if where == re.sub(r":\w+\}", "}", path) and "requestBody" in one]
    names = [one["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2] for one in sent]
    assert all(MADE["components"]["schemas"][name]["additionalProperties"] is False for name in names)


def test_the_door_learns_which_paths_are_the_applications():
    assert paths_of(application(API.desk)) == ["/api"]
