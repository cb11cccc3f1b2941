"""The sample families: what they claim to show, they show at the national door, on two days."""

import os
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from stdnum.cn import ric

from gongji.channels import samples, sandbox
from gongji.channels.cli_settle import Counter
from gongji.channels.samples import Sample
from gongji.domain.refusals import Refusal
from gongji.registry.codes import Codes
from gongji.services.store import MemoryStore

CODES = Codes(bytes(32), os.urandom)
SUMMER = datetime(2025, 6, 1, 10)
LATE = datetime(2026, 11, 22, 10)
INFUSION = ("001204000010000-120400001", "20.00")
TONIC = ("F0101010000000100001", "300.00")
FLU_SHOT = ("XJ07BBL023B002010178001", "150.00")


class Desk:
    """A hospital's counter before books of the sample families."""

    def __init__(self, book, now):
        self.now = now
        self.store = MemoryStore()
        self.policy = book
        assert sandbox.load_samples(self.store, book, now)
        self.counter = Counter(self.store, book, CODES)
        self.sent = 0
        self.last = b""

    def send(self, infno, code, content):
        self.sent += 1
        place = samples.institutions()[code]
        message = {
            "infno": infno, "msgid": f"{code}{self.now:%Y%m%d%H%M%S}{self.sent:04d}", "mdtrtarea_admvs": place.region,
            "insuplc_admdvs": "", "recer_sys_code": "YBXT", "infver": "1.0", "opter_type": "1", "opter": "1",
            "opter_name": "甲", "inf_time": f"{self.now:%Y-%m-%d %H:%M:%S}", "fixmedins_code": code,
            "fixmedins_name": place.name, "input": content,
        }  # fmt: skip
        self.last = msgspec.json.encode(message)
        return self.counter.handle(self.last, self.now)

    def bill(self, sample, *, code=None, item=INFUSION, split=True, card=None):
        """Register, upload one line and settle it; return what the first refusal or the settlement says."""
        code = code or hospital(sample.insured.region)
        moment = f"{self.now:%Y-%m-%d %H:%M:%S}"
        shown = {"mdtrt_cert_type": "03", "mdtrt_cert_no": card or sample.identity.card_no}
        psn_no = sample.identity.psn_no
        visit = self.send("2201", code, {"data": {
            "psn_no": psn_no, **shown, "insutype": "310", "begntime": moment, "ipt_otp_no": "1", "atddr_no": "1",
            "dr_name": "乙", "dept_code": "1", "dept_name": "内科", "caty": "A03"}})  # fmt: skip
        if not visit.accepted:
            return visit
        claim = {"mdtrt_id": visit.answer["output"]["data"]["mdtrt_id"], "psn_no": psn_no, "chrg_bchno": "b1"}
        lines = self.send("2204", code, {"feedetail": [{
            **claim, "feedetl_sn": "1", "rx_circ_flag": "0", "fee_ocur_time": moment, "med_list_codg": item[0],
            "medins_list_codg": "1", "det_item_fee_sumamt": f"{Decimal(item[1]) * 10:.2f}", "cnt": 10, "pric": item[1],
            "bilg_dept_codg": "1", "bilg_dept_name": "内科", "bilg_dr_codg": "1", "bilg_dr_name": "乙",
            "hosp_appr_flag": "1"}]})  # fmt: skip
        assert lines.accepted, lines.answer
        total = f"{Decimal(item[1]) * 10:.2f}"
        extension = {"core_split": {"fund_pay_sumamt": 0, "hosp_part_amt": 0, "psn_part_amt": total}} if split else {}
        return self.send("2207", code, {"data": {
            **claim, **shown, "med_type": "11", "medfee_sumamt": total, "psn_setlway": "01", "insutype": "310",
            "acct_used_flag": "1", "fulamt_ownpay_amt": 0, "overlmt_selfpay": 0, "preselfpay_amt": 0,
            "inscp_scp_amt": 0, "expContent": extension}})  # fmt: skip

    def shown_by(self, name, sample: Sample):
        """Provoke what a person claims to show."""
        other = next(one for one in samples.people().values() if one is not sample)
        if name == "IDENTITY_MISMATCH":
            return self.send("1101", hospital("110000"), {"data": {
                "mdtrt_cert_type": "03", "mdtrt_cert_no": sample.identity.card_no, "psn_name": "别人"}})  # fmt: skip
        if name == "ALREADY_REVERSED":
            return self.refunded_twice(sample)
        ways: dict[str, dict[str, Any]] = {
            "NOT_OWN_CREDENTIAL": {"card": other.identity.card_no},
            "PLACE_NOT_DESIGNATED": {"code": "H34010000009"},
            "WALLET_NOT_ACCEPTED_HERE": {"code": "H32050000009"},
            "BENEFITS_UNKNOWN": {"split": False},
            "OUT_OF_SCOPE": {"item": ("XX99ZZZ001A001010000011", "30.00")},
            "USE_NOT_ALLOWED": {"item": TONIC},
        }
        return self.bill(sample, **ways.get(name, {}))

    def refunded_twice(self, sample):
        info = self.bill(sample).answer["output"]["setlinfo"]
        claim = {name: info[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
        assert self.send("2208", hospital(sample.insured.region), {"data": claim}).accepted
        return self.send("2208", hospital(sample.insured.region), {"data": claim})


def hospital(region):
    return f"H{region}00002"


def refusals_in(handled):
    lines = handled.explained[0].lines if handled.explained else ()
    return {line.refusal for line in lines if line.refusal}


def shown_on(day, sample):
    return [shown.name for shown in sample.shows if shown.first <= day < shown.until]


CLAIMS = [
    pytest.param(now, person_id, name, id=f"{now:%Y}-{sample.identity.name}-{name}")
    for now in (SUMMER, LATE)
    for person_id, sample in samples.people().items()
    for name in shown_on(now.date(), sample)
    if name in Refusal.__members__
]


@pytest.mark.parametrize(("now", "person_id", "name"), CLAIMS)
def test_every_refusal_that_a_person_claims_to_show_happens_at_the_door(book, now, person_id, name):
    desk = Desk(book, now)

    handled = desk.shown_by(name, samples.people()[person_id])

    assert name in refusals_in(handled) or str(handled.answer["err_msg"]).startswith(f"FSI-{name}:"), handled.answer
    assert desk.store.faults() == []


def test_the_families_have_valid_id_numbers_that_nobody_holds():
    people = samples.people().values()

    for sample in people:
        number = sample.identity.certno
        assert ric.validate(number) == number
        assert ric.get_birth_date(number) == sample.insured.born
        assert number[4:6] == "00", "a real card carries the code of a county"
        assert 900 <= int(number[14:17]) <= 999
        assert (int(number[16]) % 2 == 1) == (sample.identity.sex == "1")
    for paper in ("certno", "psn_no", "card_no", "card_sn"):
        assert len({getattr(sample.identity, paper) for sample in people}) == len(people)


def test_the_families_show_every_refusal_of_the_outpatient_interface_that_a_person_can_show():
    shown = {shown.name for sample in samples.people().values() for shown in sample.shows}
    not_of_a_person_or_another_counter = {
        "MESSAGE_MALFORMED", "PERSON_UNKNOWN", "AMOUNTS_DISAGREE", "SETTLEMENT_NOT_FOUND",
        "SAME_REQUEST_DIFFERENT_CONTENT", "BUSY", "DUPLICATE_INSURANCE", "RELATION_NOT_UNIQUE", "MEMBER_LIMIT_REACHED",
        "LIFETIME_LIMIT_REACHED", "MEMBER_ALREADY_BOUND", "MEMBER_IS_SHARER", "SHARER_IS_MEMBER", "ALREADY_BOUND",
        "PROOF_MISSING", "FACE_CHECK_MISSING", "INVITE_EXPIRED", "UNBIND_NOT_YET", "ALLOCATION_ONCE_A_MONTH",
        "CAP_NOT_ADJUSTABLE", "RANK_NOT_ADJUSTABLE", "QUOTA_BELOW_USED", "BALANCE_SHORT", "WALLET_NOT_OPEN",
        "WALLET_HOURS", "TRANSFER_TOO_LARGE", "TRANSFER_COUNT_REACHED", "TRANSFER_PENDING", "TRANSFER_NOT_PENDING",
        "PREMIUM_ALREADY_PAID", "PREMIUM_WINDOW_CLOSED", "RECEIPT_ALREADY_USED", "NOTHING_TO_REFUND", "STAY_OPEN",
    }  # fmt: skip

    assert set(Refusal.__members__) - not_of_a_person_or_another_counter <= shown


@pytest.mark.parametrize("now", [SUMMER, LATE])
def test_the_list_of_people_has_the_shape_that_testers_read(book, now):
    store = MemoryStore()
    sandbox.load_samples(store, book, now)

    people = sandbox.people_list(store, book, CODES, now)

    assert set(people[0]) == {"psn_no", "certno", "psn_name", "card_no", "insutype", "psn_type", "status", "region",
                              "benefits", "tests", "pockets", "bonds", "ec_token", "ec_token_until"}  # fmt: skip
    for one in people:
        assert one["benefits"] in ("known", "unknown")
        assert set(one["pockets"]) == {"current_year", "carry_over", "wallet"}
        for bond in one["bonds"]:
            assert set(bond) == {"sharer", "member", "relation", "modes"}
            assert one["psn_no"] in (bond["sharer"], bond["member"])


@pytest.mark.parametrize("now", [SUMMER, LATE])
def test_eight_members_and_more_are_paid_for_by_their_families_at_once(book, now):
    desk = Desk(book, now)
    listed = {one["psn_no"]: one for one in sandbox.people_list(desk.store, book, CODES, now)}
    asked = {"SECOND_SWIPE_NEEDED", "SHARER_NOT_PICKED"}
    members = [
        sample
        for sample in samples.people().values()
        if fits(listed[sample.identity.psn_no], sample.identity.psn_no)
        and not asked & set(listed[sample.identity.psn_no]["tests"])
    ]
    paid = [desk.bill(sample, split=False) for sample in members]

    infos = [handled.answer["output"]["setlinfo"] for handled in paid if handled.accepted]
    assert sum(info["acct_mulaid_pay"] > 0 and info["psn_cash_pay"] == 0 for info in infos) >= 8


def fits(one, psn_no):
    own = sum(Decimal(one["pockets"][pocket]) for pocket in ("current_year", "carry_over"))
    is_member = any(bond["member"] == psn_no for bond in one["bonds"])
    return one["status"] == "active" and one["benefits"] == "known" and own <= 50 and is_member


def test_loading_twice_doubles_nothing(book):
    store = MemoryStore()
    sandbox.load_samples(store, book, SUMMER)
    before = without_codes(sandbox.people_list(store, book, CODES, SUMMER))

    assert sandbox.load_samples(store, book, SUMMER) is False
    assert without_codes(sandbox.people_list(store, book, CODES, SUMMER)) == before
    assert store.faults() == []


def without_codes(people):
    return [{name: value for name, value in one.items() if name != "ec_token"} for one in people]


def test_each_look_at_the_list_gives_everybody_a_fresh_code_of_his_own(book):
    desk = Desk(book, SUMMER)
    first, second = (sandbox.people_list(desk.store, book, CODES, SUMMER) for _ in range(2))
    codes = [one["ec_token"] for one in (*first, *second)]

    assert len(set(codes)) == len(codes) == 2 * len(samples.people())
    assert {one["ec_token_until"] for one in first} == {"2025-06-01 10:10:00"}
    for one in first[:5]:
        data = {"mdtrt_cert_type": "01", "mdtrt_cert_no": one["ec_token"]}
        found = desk.send("1101", hospital("110000"), {"data": data})
        assert found.answer["output"]["baseinfo"]["psn_no"] == one["psn_no"]
    assert len(desk.store.registry.codes) == 0


def test_the_institutions_are_of_every_kind_in_every_sample_region():
    listed = sandbox.institution_list()

    assert set(listed[0]) == {"fixmedins_code", "fixmedins_name", "kind", "level", "region"}
    assert {len(one["fixmedins_code"]) for one in listed} == {12}
    for region in {sample.insured.region for sample in samples.people().values()}:
        here = [one for one in listed if one["region"] == region]
        assert {one["kind"] for one in here} == {"hospital", "pharmacy", "checkup", "vaccination"}
        assert {one["level"] for one in here if one["kind"] == "hospital"} == {1, 2, 3}


@pytest.mark.parametrize("day", [date(2025, 6, 1), date(2026, 11, 22)])
def test_what_a_person_shows_can_hang_on_the_day(day):
    wild = samples.people()[samples.person_id(144)]

    assert shown_on(day, wild) == (["RULE_NOT_IN_FORCE"] if day < date(2026, 1, 9) else [])


def test_a_repeat_is_answered_and_explained_as_the_first_time(book):
    desk = Desk(book, SUMMER)
    first = desk.bill(samples.people()[samples.person_id(80)])
    raw = desk.last

    again = desk.counter.handle(raw, SUMMER)

    assert again.raw == first.raw
    assert again.explained == first.explained
    assert again.explained is not None
