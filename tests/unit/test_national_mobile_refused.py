"""Orders by phone that do not fit: each refusal names what is wrong, and nothing is written."""

from datetime import timedelta

import pytest

from tests.mobile_orders import Phone, whole
from tests.national_world import WUHAN_HOSPITAL, World, refused

FATHER, SON, STRANGER = 1, 2, 3


@pytest.fixture
def world():
    world = World()
    world.person(FATHER, money=100_00)
    world.person(SON, money=2000_00)
    world.person(STRANGER, money=500_00)
    world.bond(SON, FATHER)
    return world


@pytest.fixture
def client(world):
    return world.client()


@pytest.fixture
def phone(world, client):
    return Phone(world, client, FATHER)


@pytest.mark.parametrize(
    ("changes", "name", "word"),
    [
        ({"feeType": "02"}, "MESSAGE_MALFORMED", "feeType"),
        ({"medType": "21"}, "MESSAGE_MALFORMED", "medType"),
        ({"orgCodg": WUHAN_HOSPITAL}, "MESSAGE_MALFORMED", "orgCodg"),
        ({"ecToken": ""}, "MESSAGE_MALFORMED", "ecToken"),
        ({"feedetailList": []}, "MESSAGE_MALFORMED", "feedetailList"),
        ({"begntime": "2023-01-01 00:00:00"}, "MESSAGE_MALFORMED", "begntime"),
        ({"medfeeSumamt": "600.01"}, "AMOUNTS_DISAGREE", "600.01"),
        ({"userName": "别人"}, "IDENTITY_MISMATCH", ""),
        ({"idNo": "320200198504019999"}, "IDENTITY_MISMATCH", ""),
        ({"idType": "03"}, "IDENTITY_MISMATCH", ""),
        ({"psnNo": "404"}, "PERSON_UNKNOWN", ""),
        ({"ecToken": "A" * 50}, "NOT_OWN_CREDENTIAL", ""),
        ({"mdtrtId": "404"}, "SETTLEMENT_NOT_FOUND", "就诊"),
        ({"fulamtOwnpayAmt": "1", "preselfpayAmt": "1", "inscpScpAmt": "1"}, "AMOUNTS_DISAGREE", "3.00"),
    ],
)
def test_an_upload_that_does_not_fit_is_refused_and_writes_nothing(phone, changes, name, word):
    refused(phone.refused("6201", phone.upload(**changes)), name, word)


@pytest.mark.parametrize(
    ("changes", "name", "word"),
    [
        ({"medListCodg": ""}, "MESSAGE_MALFORMED", "medListCodg"),
        ({"cnt": "0"}, "MESSAGE_MALFORMED", "cnt"),
        ({"pric": "299.00"}, "AMOUNTS_DISAGREE", "598.00"),
        ({"psnNo": "404"}, "MESSAGE_MALFORMED", "psnNo"),
        ({"chrgBchno": "B2"}, "MESSAGE_MALFORMED", "chrgBchno"),
        ({"feeOcurTime": "2023-01-01"}, "MESSAGE_MALFORMED", "feeOcurTime"),
    ],
)
def test_a_line_that_does_not_fit_is_refused(phone, changes, name, word):
    refused(phone.refused("6201", phone.upload(phone.line(**changes))), name, word)


def test_a_line_number_stands_once(phone):
    lines = [phone.line(feedetlSn="1"), phone.line(feedetlSn="1")]

    refused(phone.refused("6201", phone.upload(*lines)), "MESSAGE_MALFORMED", "feedetlSn")


def test_codes_are_the_patients_own_alive_and_unused(world, client, phone):
    others = Phone(world, client, STRANGER)
    refused(phone.refused("6201", phone.upload(ecToken=others.code())), "NOT_OWN_CREDENTIAL")
    refused(phone.refused("6201", phone.upload(payAuthNo=others.code())), "NOT_OWN_CREDENTIAL")
    refused(phone.refused("6201", phone.upload(ecToken="", payAuthNo=phone.code())), "MESSAGE_MALFORMED", "mdtrtId")
    phone.uploaded()
    refused(phone.refused("6202", phone.payment(payAuthNo=others.code())), "NOT_OWN_CREDENTIAL")
    stale = world.token(FATHER, client.now - timedelta(minutes=11))
    refused(phone.refused("6202", phone.payment(payAuthNo=stale)), "CREDENTIAL_NOT_ACTIVE", "过期")
    phone.pay(core=whole("600.00"))
    for code, name in ((others.code(), "NOT_OWN_CREDENTIAL"), (stale, "CREDENTIAL_NOT_ACTIVE")):
        refused(phone.refused("6203", phone.returning("ALL", account="600.00", payAuthNo=code)), name)


@pytest.mark.parametrize(
    ("changes", "name", "word"),
    [
        ({"payToken": "0" * 64}, "MESSAGE_MALFORMED", "payToken"),
        ({"payToken": "令" * 64}, "MESSAGE_MALFORMED", "payToken"),
        ({"payOrdId": "PAY-1"}, "MESSAGE_MALFORMED", "payOrdId"),
        ({"payOrdId": "PAY20251301-1-1"}, "MESSAGE_MALFORMED", "payOrdId"),
        ({"orgCodg": WUHAN_HOSPITAL}, "MESSAGE_MALFORMED", "orgCodg"),
    ],
)
@pytest.mark.parametrize("infno", ["6202", "6301", "6401"])
def test_an_order_is_named_by_number_token_and_institution(phone, infno, changes, name, word):
    phone.uploaded()
    content = phone.payment(**changes) if infno == "6202" else phone.question(**changes)

    refused(phone.refused(infno, content), name, word)


@pytest.mark.parametrize(
    "changes",
    [{"feeType": "02"}, {"mdtrtId": "404"}, {"chrgBchno": "B2"}, {"extData": {"swipe": 3}}],
)
def test_a_payment_that_does_not_fit_names_the_field(phone, changes):
    phone.uploaded()
    field = "swipe" if "extData" in changes else next(iter(changes))

    refused(phone.refused("6202", phone.payment(**changes)), "MESSAGE_MALFORMED", field)


@pytest.mark.parametrize("infno", ["6301", "6401"])
@pytest.mark.parametrize("field", ["idNo", "userName"])
def test_only_who_knows_the_patient_may_ask(phone, infno, field):
    phone.uploaded()

    refused(phone.refused(infno, phone.question(**{field: "别人"})), "IDENTITY_MISMATCH")


def test_another_hospital_knows_nothing_of_the_order(world, phone):
    phone.uploaded()
    phone.client = world.client(WUHAN_HOSPITAL)

    for infno in ("6301", "6401"):
        content = phone.question(orgCodg=WUHAN_HOSPITAL)
        refused(phone.refused(infno, content), "SETTLEMENT_NOT_FOUND", "订单")
    refused(phone.refused("6203", phone.returning("ALL", account="600.00")), "SETTLEMENT_NOT_FOUND", "订单")
    refused(phone.refused("6202", phone.payment(orgCodg=WUHAN_HOSPITAL)), "SETTLEMENT_NOT_FOUND", "订单")
