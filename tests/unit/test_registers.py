"""Registers: what the sandbox answers from the sample families, and what is unknown, which is never a no."""

from pathlib import Path

import httpx
import msgspec
import pytest

from docs import registers_page
from gongji.channels import samples
from gongji.gateways.registers import HttpRegisters
from gongji.services.access.registers import (
    FaceQuestion,
    InsuranceQuestion,
    MarriageQuestion,
    NoRegisters,
    Paper,
    PersonQuestion,
    Unknown,
)
from tests.identity_world import IdentityWorld
from tests.national_world import NOW


def paper(number, **changed):
    identity = samples.people()[samples.person_id(number)].identity
    told = {
        "certificate_type": identity.cert_type,
        "certificate_number": identity.certno,
        "name": identity.name,
    }
    return Paper(**(told | changed))


STRANGER = Paper(certificate_type="01", certificate_number="320200199901010000", name="无名")
PERSON = PersonQuestion(request_id="r1", paper=paper(1))


@pytest.fixture(scope="module")
def house():
    with IdentityWorld() as found:
        yield found


@pytest.fixture
def registers(house):
    return house.known.registers


def test_the_population_register_knows_the_person_and_the_family(registers):
    mother = registers.person(PERSON)

    assert (mother.found, mother.name_agrees, mother.alive) == (True, True, True)
    assert mother.as_of == NOW
    assert [(one.relationship, one.paper) for one in mother.relatives] == [("30", paper(2))]
    daughter = registers.person(PersonQuestion(request_id="r2", paper=paper(2)))
    assert [(one.relationship, one.paper.name) for one in daughter.relatives] == [("52", "陈桂芬")]


def test_another_name_does_not_agree_and_a_stranger_is_not_found(registers):
    other = registers.person(PersonQuestion(request_id="r", paper=paper(1, name="陈桂芳")))
    stranger = registers.person(PersonQuestion(request_id="r", paper=STRANGER))

    assert (other.found, other.name_agrees) == (True, False)
    assert (stranger.found, stranger.name_agrees, stranger.relatives) == (False, None, ())


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [(paper(7), paper(6), "married"), (paper(6), paper(7), "married"), (paper(1), paper(2), "none")],
)
def test_the_marriage_register_knows_spouses(registers, one, other, state):
    assert registers.marriage(MarriageQuestion(request_id="r", one=one, other=other)).state == state


def test_of_strangers_the_marriage_register_knows_nothing(registers):
    assert registers.marriage(MarriageQuestion(request_id="r", one=paper(1), other=STRANGER)).state == "unknown"


def test_insurance_elsewhere_is_told_and_ones_own_region_left_out(registers):
    elsewhere = registers.insurance(InsuranceQuestion(request_id="r", paper=paper(1), besides="320200"))
    own = registers.insurance(InsuranceQuestion(request_id="r", paper=paper(1), besides="310000"))

    assert [(one.region, one.insutype, one.status) for one in elsewhere.insured] == [("310000", "310", "active")]
    assert own.insured == ()


@pytest.mark.parametrize(("proof", "outcome"), [("passed", "passed"), ("failed", "failed"), ("x", "unknown")])
def test_the_face_register_answers_what_the_tester_wants(registers, proof, outcome):
    assert registers.face(FaceQuestion(request_id="r", paper=paper(1), proof=proof)).outcome == outcome
    assert registers.face(FaceQuestion(request_id="r", paper=STRANGER, proof=proof)).outcome == "unknown"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"request_id": "r"}', b'{"request_id": 1, "paper": {}}'])
def test_a_question_that_is_none_is_refused(house, body):
    answer = house.ask("POST", "/sandbox/registers/v1/people", body=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("down"),
        httpx.ReadTimeout("slow"),
        httpx.Response(503),
        httpx.Response(404, json={"found": False}),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, json={"request_id": "r1", "found": False}),
        httpx.Response(200, json={"request_id": "r2", "as_of": "2025-06-02T10:00:00", "found": False}),
    ],
    ids=["down", "slow", "busy", "not there", "no JSON", "without a moment", "another's answer"],
)
def test_a_register_that_does_not_answer_soundly_says_unknown_and_never_no(answer):
    def reply(_):
        if isinstance(answer, Exception):
            raise answer
        return answer

    with httpx.Client(transport=httpx.MockTransport(reply)) as http:
        found = HttpRegisters("https://registers.test/", "token", http).person(PERSON)

    assert isinstance(found, Unknown)
    assert "陈桂芬" not in found.why
    assert PERSON.paper.certificate_number not in found.why


def test_a_question_says_who_asks_and_waits_five_seconds():
    asked = []

    def reply(request):
        asked.append(request)
        return httpx.Response(200, json={"request_id": "r1", "as_of": "2025-06-02T10:00:00", "found": True})

    with httpx.Client(transport=httpx.MockTransport(reply)) as http:
        HttpRegisters("https://registers.test/x/", "token", http).person(PERSON)

    (request,) = asked
    assert str(request.url) == "https://registers.test/x/v1/people"
    assert request.headers["authorization"] == "Bearer token"
    assert msgspec.json.decode(request.content, type=PersonQuestion) == PERSON
    assert request.extensions["timeout"]["read"] == 5


def test_without_registers_everything_is_unknown():
    none = NoRegisters()
    face = FaceQuestion(request_id="r", paper=STRANGER, proof="p")
    marriage = MarriageQuestion(request_id="r", one=STRANGER, other=STRANGER)
    insurance = InsuranceQuestion(request_id="r", paper=STRANGER)

    answers = [none.face(face), none.person(PERSON), none.marriage(marriage), none.insurance(insurance)]

    assert all(isinstance(answer, Unknown) for answer in answers)


def test_the_schemas_beside_the_page_are_those_of_the_code():
    assert Path(registers_page.SCHEMA).read_text(encoding="utf-8") == registers_page.schema()
