"""Whatever the document allows, and what it does not: schemathesis sends it all to the application, and checks."""

import re
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from gongji.channels.api.limits import Limits, Rate
from gongji.channels.api.openapi_file import document
from tests.api_walk import EVERYTHING, HOME, Walk

ROLES = ("clerk", "reviewer", "inspector", "auditor", "system")
NO_LIMIT = Rate(1_000_000, 1_000_000)

CHECKS = {
    # No region of that code (400), a refusal (422), the If-Match of something else (412): no faults of form.
    "positive_data_acceptance": {"expected-statuses": ["2xx", 304, 400, 401, 403, 404, 409, 412, 415, 422, "5xx"]},
}
CONFIG = SchemathesisConfig.from_dict({"checks": CHECKS})


class Fuzzed(Walk):
    """The walk's world without limits, and for each operation somebody who may do it."""

    def __init__(self):
        super().__init__(Limits(app=NO_LIMIT, person=NO_LIMIT, staff=NO_LIMIT, address=NO_LIMIT))
        self.callers: dict[str, str] = {}

    def __enter__(self):
        found = super().__enter__()
        several = {
            role: self.identity.let_in(
                role=role, clerk="丙", staff_no=f"F-{role}", office=HOME, scopes=EVERYTHING, client="sample-bureau"
            )
            for role in ROLES
        }
        for operation in self.everybody:
            for token in (self.owner, *several.values()):
                answer = self.send(operation, token, {name: self.ids[name] for name in operation.ids})
                if answer.status_code != 403:
                    break
            self.callers[operation.name] = token if answer.status_code != 403 else self.owner
        return found


OF_FORM = re.compile(r"Expected `|Object (missing|contains)|Invalid ")
"""What is said of data that are not of the form that is wanted."""

WORLD = Fuzzed()
MADE = document(WORLD.app)
SCHEMA = schemathesis.openapi.from_dict(MADE, config=CONFIG)
SCHEMA.app = WORLD.app


@pytest.fixture(scope="module")
def world() -> Iterator[Fuzzed]:
    with WORLD as found:
        yield found


USUAL = settings(suppress_health_check=list(HealthCheck), deadline=None, database=None)


def checked(world, case):
    token = world.callers[case.operation.definition.raw["operationId"]]
    answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
    if case.meta.generation.mode.is_positive and answer.status_code == 400:
        assert not OF_FORM.search(answer.json()["detail"]), "the document allows what is not of the form"


@SCHEMA.parametrize()
@settings(USUAL, max_examples=3)
def test_what_is_sent_is_answered_as_the_document_says(world, case):
    checked(world, case)


@pytest.mark.soak
@SCHEMA.parametrize()
@settings(USUAL, max_examples=100)
def test_whatever_is_sent_is_answered_as_the_document_says(world, case):
    checked(world, case)
