"""One message from a file that shows an e-credential code: a file keeps a code longer than one lives."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gongji.channels import samples
from gongji.channels.cli_settle import settle_message
from gongji.registry.codes import Codes
from gongji.services.store import MemoryStore

NOW = datetime(2026, 6, 1, 10)
CHONGQING = Path(__file__).parents[2] / "samples" / "2207_request_chongqing_input.json"
MSGID = "H50000000002202606011000000001"
PUT_IN = "input.data.mdtrt_cert_no: a fresh e-credential code of 50000000000000000042"


@pytest.fixture
def codes():
    return Codes(bytes(32), os.urandom)


@pytest.fixture
def settle(book, codes):
    store = MemoryStore()

    def one(code, now=NOW, visit="500000000000000048", **envelope):
        message = json.loads(CHONGQING.read_text("utf-8")) | envelope
        message["input"]["data"] |= {"mdtrt_cert_type": "01", "mdtrt_cert_no": code, "mdtrt_id": visit}
        return settle_message(store, book, codes, json.dumps(message).encode(), now, sandbox=True)

    return one


def patient(psn_no="50000000000000000042"):
    return next(number for number, one in samples.people().items() if one.identity.psn_no == psn_no)


def test_a_code_that_never_was_one_of_ours_is_replaced_each_time(settle):
    first, again = (settle("EC-AS-RECORDED", NOW + timedelta(seconds=second)) for second in range(2))

    for handled in (first, again):
        assert handled.accepted, handled.answer
        assert PUT_IN in handled.filled


def test_somebody_nobody_knows_gets_a_code_with_the_rest(book, codes):
    message = json.loads(CHONGQING.read_text("utf-8"))
    message["input"]["data"] |= {"psn_no": "32010000000000000001", "mdtrt_cert_type": "01", "mdtrt_cert_no": "EC1"}

    handled = settle_message(MemoryStore(), book, codes, json.dumps(message).encode(), NOW, sandbox=True)

    assert handled.accepted, handled.answer
    assert PUT_IN.replace("50000000000000000042", "32010000000000000001") in handled.filled


def test_a_code_that_serves_stays_and_its_message_keeps_its_answer(settle, codes):
    code = codes.mint(patient(), NOW)

    first = settle(code, msgid=MSGID, fixmedins_code="H50000000002")
    later = settle(code, NOW + timedelta(hours=1), msgid=MSGID, fixmedins_code="H50000000002")

    assert first.accepted, first.answer
    assert PUT_IN not in first.filled + later.filled
    assert later.raw == first.raw


def test_a_code_of_the_patients_that_has_expired_or_paid_is_replaced(settle, codes):
    code = codes.mint(patient(), NOW)
    once, twice = settle(code), settle(code, NOW + timedelta(seconds=1), visit="500000000000000049")
    late = settle(codes.mint(patient(), NOW), NOW + timedelta(minutes=10), visit="500000000000000050")

    assert [PUT_IN in handled.filled for handled in (once, twice, late)] == [False, True, True]
    assert all(handled.accepted for handled in (once, twice, late))


def test_another_persons_code_stays_and_is_refused(settle, codes):
    handled = settle(codes.mint(samples.person_id(80), NOW))

    assert PUT_IN not in handled.filled
    assert handled.answer["err_msg"].startswith("FSI-NOT_OWN_CREDENTIAL")
