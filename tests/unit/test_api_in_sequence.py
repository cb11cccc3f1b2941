"""One thing after the other: schemathesis takes what an answer holds into the next request, wherever the names fit."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from gongji.channels.api.openapi_file import document
from tests.unit.test_api_fuzzed import CHECKS, OF_FORM, Fuzzed

WORLD = Fuzzed()
MADE = json.loads(json.dumps(document(WORLD.app)))  # of its own: what follows from what is written into it
CONFIG = SchemathesisConfig.from_dict({"checks": CHECKS, "generation": {"mode": "positive"}})
SCHEMA = schemathesis.openapi.from_dict(MADE, config=CONFIG)
SCHEMA.app = WORLD.app

MANY = settings(
    phases=[Phase.generate],
    max_examples=200,
    stateful_step_count=15,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class InSequence(SCHEMA.as_state_machine()):  # type: ignore[misc]  # made from the document
    """Each step is asked by somebody who may do it, and checked as by itself."""

    followed: set[str] = set()  # noqa: RUF012  # over all runs

    def get_call_kwargs(self, case):
        token = WORLD.callers[case.operation.definition.raw["operationId"]]
        return {"headers": {"Authorization": f"Bearer {token}"}}

    def step(self, input):  # noqa: A002  # the library's own name
        if input.transition is not None and input.is_applied:
            self.followed.add(input.transition.id)
        return super().step(input)

    def after_call(self, response, case):
        WORLD.later(milliseconds=100)
        if case.meta.generation.mode.is_positive and response.status_code == 400:
            assert not OF_FORM.search(response.json()["detail"]), "the document allows what is not of the form"


def test_what_follows_from_what_is_inferred_from_the_document():
    linked = {
        told["operationId"]
        for several in SCHEMA.raw_schema["paths"].values()
        for told in several.values()
        if any(answer.get("links") for answer in told["responses"].values())
    }

    assert {"submitApplication", "makeWebhook", "quoteBill", "proposeBond", "sendTransfer"} <= linked


@pytest.mark.soak
def test_what_follows_from_what_is_answered_as_the_document_says():
    with WORLD:
        InSequence.run(settings=MANY)

    assert len(InSequence.followed) > 50
