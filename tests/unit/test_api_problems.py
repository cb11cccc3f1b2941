"""Problem documents: each "no" has its status, its words, its page, and what stands behind it."""

import pytest

from gongji.channels.api.problems import Document, ProblemError, explained, status_of, worded
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Ground, Refusal, Refused
from tests.api_world import ApiWorld, problem

REASONS = [*Refusal, *RequestFault]


@pytest.fixture(scope="module")
def api():
    with ApiWorld() as found:
        yield found


def test_no_fault_has_the_name_of_a_refusal():
    assert not {*Refusal} & {*RequestFault}


@pytest.mark.parametrize("reason", REASONS)
def test_every_problem_has_a_status_that_is_no_success(reason):
    assert 400 <= status_of(reason) < 600


@pytest.mark.parametrize("reason", REASONS)
def test_the_type_of_every_problem_answers(api, reason):
    api.later(seconds=1)
    told = worded(ProblemError(reason), "/x", "en")

    page = api.get(told.type).json()

    assert page["name"] == reason
    assert page["status"] == told.status
    assert page["en"] == told.title
    assert page["next_en"] == told.next[0]


def test_the_list_of_problems_is_whole(api):
    assert [one["name"] for one in api.get("/api/v1/problems").json()["items"]] == REASONS


@pytest.mark.parametrize("name", ["NO_SUCH_NAME", "busy", "%2e%2e"])
def test_what_is_no_problem_has_no_page(api, name):
    problem(api.get(f"/api/v1/problems/{name}"), "NO_SUCH_PLACE")
    assert explained(name) is None


def test_a_refusal_tells_its_rule_its_document_and_what_was_compared(api):
    row = next(row for row in api.world.policy.rows if row.rule == "cap" and row.source and row.quote)
    ground = Ground(row.rule_id, row.region, "2025-06-02", (("minimum", "200000"),))
    no = Refused(Refusal.BELOW_RETAINED_MINIMUM, ground, (Refusal.CAP_REACHED,), "7")

    told = worded(ProblemError(no.reason, refused=no), "/x", "zh", book=api.world.policy)

    assert told.status == 422
    assert (told.rule, told.region, told.day) == (row.rule_id, row.region, "2025-06-02")
    assert told.others == [Refusal.CAP_REACHED]
    assert told.figures == {"minimum": "200000"}
    assert told.subject == "7"
    source = api.world.policy.sources[row.source]
    assert told.document == Document(
        title=source.title_zh, publisher=source.publisher_zh, url=source.url, quote=row.quote, grade=row.grade
    )
    assert source.title_zh.strip("《》") in told.detail


def test_a_rule_of_another_book_is_named_without_its_document(api):
    no = Refused(Refusal.CAP_REACHED, Ground("999999/cap/1900-01-01", "999999", "2025-06-02"))

    told = worded(ProblemError(no.reason, refused=no), "/x", "zh", book=api.world.policy)

    assert told.rule == "999999/cap/1900-01-01"
    assert not told.document
