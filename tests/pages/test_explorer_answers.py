"""What the explorer answers: the words of the rules, the verdicts of the real checks, the sums of the real decision."""

import csv
import io
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts, Visit
from gongji.domain.family import Mode, Relation
from gongji.domain.insured import Insurance, Insured, Work
from gongji.domain.refusals import Refusal
from gongji.rules.eligibility import Binding, binding_faults
from gongji.rules.reading import compare_days
from gongji.rules.settling import CoreSplit
from gongji.services.bills.estimates import EstimateAsked, Relative, estimate
from gongji.services.family.prechecks import HelpAsked, payer_faults, precheck
from tests.pages.states import STATES, YES

AT = datetime(2026, 11, 23, 12)
SHANGHAI, ANHUI, GANSU = "310000", "340000", "620000"


def page(client, path: str) -> LexborHTMLParser:
    return LexborHTMLParser(client.get(path).text)


def one(tree: LexborHTMLParser, selector: str) -> LexborNode:
    found = tree.css_first(selector)
    assert found is not None
    return found


def text(client, path: str) -> str:
    return " ".join(one(page(client, path), "main").text(separator=" ").split())


def family(**more) -> HelpAsked:
    told: dict[str, Any] = {
        "at": AT,
        "region": SHANGHAI,
        "scheme": Insurance.EMPLOYEE,
        "account": True,
        "relation": Relation.PARENT,
        "member_region": SHANGHAI,
        "member_scheme": Insurance.RESIDENT,
    }
    return HelpAsked(**(told | more))


def verdicts(book, *families) -> dict[str, str]:
    return {answer.use: answer.verdict for answer in precheck(book, families)}


def test_a_region_is_found_by_its_name_its_code_or_a_name_like_it(client):
    assert "310000" in text(client, "/rules?q=上海")
    assert "310000" in text(client, "/en/rules?q=shanghai")
    assert "杭州市" in text(client, "/rules?q=3301")
    assert "Hangzhou" in text(client, "/en/rules?q=hangzhuo")


def test_a_version_of_a_rule_has_a_page_for_ever(client, book):
    for row in [*book.rows][::7]:
        answer = client.get(f"/rules/{row.rule_id}")

        assert answer.status_code == 200
        assert f'rel="canonical" href="/rules/{row.rule_id}"' in answer.text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("rule not in force", "无此规定"),
        ("rule unknown", "没有找到依据"),
        ("rule without limit", "不设限"),
        ("rule, a version that ended", "已经失效"),
        ("rule", "现行"),
        ("rule inherited", "没有自己的规定"),
    ],
)
def test_a_card_says_by_word_how_a_rule_stands(client, state, said):
    assert said in text(client, STATES[state][0])


def test_two_days_show_what_changed_and_the_same_day_twice_nothing(client, book):
    changed = page(client, STATES["compare days"][0])

    differences = compare_days(book, "350000", date(2024, 6, 1), date(2025, 6, 1)).differences
    assert [title.text() for title in changed.css("main section h3")] == [each.title.zh for each in differences]
    assert "可共济的亲属" in [each.title.zh for each in differences]
    assert "完全一样" in text(client, STATES["compare, the same"][0])


def test_one_question_is_asked_at_a_time_and_none_that_does_not_matter(client):
    for state in ("help", "help, second question", "help, third question", "help, fourth question"):
        fields = {
            node.attributes["name"]
            for node in page(client, STATES[state][0]).css("main [name]")
            if node.attributes.get("type") != "hidden"
        }
        assert len(fields) == 1, state
    assert "您能不能帮家人" in text(client, "/rules/help?region=310000&mine=resident")


def test_a_place_that_may_be_another_pool_is_asked_about_where_it_matters(client):
    asked = f"{YES.replace('310000', '130000')}&on=2022-08-01"

    assert "同一个市参加医保吗" in text(client, f"/rules/help?{asked}")
    assert "同一个市参加医保吗" not in text(client, f"/rules/help?{YES.replace('310000', '130000')}")
    assert "不能" in text(client, f"/rules/help?{asked}&same_place=other")


def test_parents_can_be_helped_and_cousins_cannot(book):
    assert verdicts(book, family()) == {"pay": "yes", "premium": "yes", "quota": "yes"}
    assert verdicts(book, family(relation=Relation.COUSIN)) == {"pay": "no", "premium": "no", "quota": "no"}


def test_before_quotas_the_wallet_is_asked_about(book):
    assert verdicts(book, family(at=datetime(2025, 12, 1, 12)))["transfer"] == "yes"


def test_who_does_not_know_the_insurance_is_told_that_it_depends(book):
    without = family(account=False)

    answers = precheck(book, [family(), without])

    assert {answer.verdict for answer in answers} == {"unsure"}
    assert all(answer.depends and answer.refusals for answer in answers)


def test_an_unknown_rule_that_decides_makes_the_answer_unsure(book):
    pay, premium, _ = precheck(book, [family(region=ANHUI, member_region=ANHUI)])

    assert pay.verdict == "yes"
    assert premium.verdict == "unsure"
    assert premium.unknown == (book.on(ANHUI, AT.date()).rows["premium_relatives"].rule_id,)


def test_residents_have_nothing_to_share_whoever_the_relative_is(book):
    asked = family(scheme=Insurance.RESIDENT, account=False)

    assert payer_faults(book, asked)[0].reason is Refusal.SHARER_NOT_EMPLOYEE
    assert payer_faults(book, family()) == []


def test_nobody_asked_is_nobody_answered(book):
    with pytest.raises(ValueError, match="one family"):
        precheck(book, [])


@settings(max_examples=150, deadline=None)
@given(
    st.data(),
    st.sampled_from(list(Relation)),
    st.sampled_from(list(Insurance)),
    st.sampled_from(list(Insurance)),
    st.datetimes(datetime(2021, 1, 1), datetime(2027, 1, 1)),
)
def test_the_answer_is_that_of_the_real_check(book, data, relation, scheme, member_scheme, at):
    region, member_region = (data.draw(st.sampled_from(book.regions[1:])) for _ in range(2))
    mine, theirs = book.on(region, at.date()), book.on(member_region, at.date())
    sharer = Insured(person_id=1, insured=scheme, region=region, account=True)
    member = Insured(person_id=2, insured=member_scheme, region=member_region)
    papers = frozenset({"hukou", "birth_certificate", "marriage_certificate", "pledge"})
    binding = Binding(at=at, sharer=sharer, member=member, relation=relation, modes=tuple(Mode), proof=papers)
    asked = family(
        at=at, region=region, scheme=scheme, relation=relation, member_region=member_region, member_scheme=member_scheme
    )

    pay = precheck(book, [asked])[0]

    refused = {one.reason for one in binding_faults(binding, mine, theirs)}
    if mine.rows["pay_mode"].state == "not_in_force":
        refused.add(Refusal.RULE_NOT_IN_FORCE)
    assert {one.reason for one in pay.refusals} == refused
    assert (pay.verdict == "no") == bool(refused)


def bill(**more) -> EstimateAsked:
    told: dict[str, Any] = {
        "at": AT,
        "region": SHANGHAI,
        "place_region": SHANGHAI,
        "scheme": Insurance.EMPLOYEE,
        "work": Work.RETIRED,
        "age": 72,
        "visit": Visit.OUTPATIENT,
        "level": 2,
        "kind": FeeKind.TREATMENT,
        "lines": (
            FeeLine(80000, FeeClass.A),
            FeeLine(30000, FeeClass.B, first_self_pay=1000),
            FeeLine(10000, FeeClass.C),
        ),
        "own_carry_over_fen": 5000,
        "relatives": (Relative(relation=Relation.PARENT, region=SHANGHAI, carry_over_fen=200000),),
    }
    return EstimateAsked(**(told | more))


FIELDS = ("q", "on", "region", "total", "mine", "by", "r1_carry", "age", "theirs", "same_place", "relation", "place")
NAMES = {1: "病人", 2: "儿子或女儿", 3: "配偶"}


def test_the_example_is_paid_by_fund_own_account_relative_and_cash(client, book):
    found = estimate(book, bill(), NAMES, "zh")

    assert [(line.step, line.amount_fen) for line in found.told.lines] == [
        ("fund", 61600), ("deductible", 30000), ("own", 5000), ("shared", 43400), ("cash", 10000),
    ]  # fmt: skip
    assert found.parts == Parts(30000, 15400, 3000, 0, 10000)
    shown = text(client, STATES["bill, decided"][0])
    assert all(amount in shown for amount in ("616.00 元", "50.00 元", "434.00 元", "100.00 元"))


def test_a_receipt_is_taken_as_it_stands_and_pots_hold_what_was_set_aside(book):
    split = CoreSplit(layers=(("hifp_pay", 50000),), hospital_fen=0, parts=Parts(0, 30000, 0, 0, 20000))
    relatives = tuple(Relative(relation=Relation.PARENT, region=GANSU, carry_over_fen=fen) for fen in (20000, 5000))

    found = estimate(book, bill(region=GANSU, place_region=GANSU, lines=None, split=split, own_carry_over_fen=0,
                                relatives=relatives), NAMES, "zh")  # fmt: skip

    paid = {line.step: line.amount_fen for line in found.told.lines if line.amount_fen}
    assert paid["fund"] == 50000
    assert sum(line.amount_fen for line in found.told.lines if line.step in ("fund", "own", "shared", "cash")) == 100000


def test_a_region_without_a_schedule_says_that_no_document_was_found(client, book):
    found = estimate(book, bill(region="130000", place_region="130000"), NAMES, "zh")

    assert found.parts is None
    assert found.told.lines[0].refusal == Refusal.BENEFITS_UNKNOWN
    assert "没有找到依据" in text(client, STATES["bill, benefits unknown"][0])


def test_a_sum_that_misses_the_total_is_shown_in_yuan(client):
    shown = text(client, STATES["bill, parts miss the total"][0])

    assert "各项加起来是 980.00 元，比总金额 1,000.00 元少 20.00 元。" in shown
    assert "有 1 处要改" in shown


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("total", "12.345", "这不是一个金额"),
        ("total", "-5", "这不是一个金额"),
        ("total", "999999999", "金额太大了"),
        ("region", "31", "没有地区代码 31"),
        ("region", "000000", "没有地区代码 000000"),
        ("scheme", "king", "请选一项"),
        ("age", "121", "请填 0 到 120 之间的整数"),
        ("level", "٢", "请填 1 到 3 之间的整数"),
        ("on", "1990-01-01", "日期要在 1998-12-14 到 2099-12-31 之间"),
        ("r1", "friend", "请选一项"),
        ("over", "301", "超过限价的部分不能比乙类还多（300.00 元）"),
    ],
)
def test_what_cannot_be_read_is_named_at_its_field(client, field, value, said):
    path, _ = STATES["bill, decided"]
    told = {part.partition("=")[0]: part.partition("=")[2] for part in path.partition("?")[2].split("&")}

    answer = client.get("/rules/bill", params=told | {field: value})

    tree = LexborHTMLParser(answer.text)
    assert answer.status_code == 400
    assert said in one(tree, f"#{field}-fault").text()
    assert tree.css_first(f".summary a[href='#{field}']") is not None
    assert "错误：" in one(tree, "title").text()


@settings(max_examples=25, deadline=None)
@given(
    st.text(max_size=300),
    st.sampled_from(["q", "on", "region", "total", "mine", "by", "r1_carry", "age", "theirs", "same_place"]),
)
def test_whatever_is_filled_in_is_answered(client, value, field):
    for path in ("/rules", "/rules/help", "/rules/bill", "/rules/compare", "/rules/310000"):
        answer = client.get(path, params={field: value, "by": "days"} if field != "by" else {"by": value})

        assert answer.status_code in (200, 400)
        assert "</html>" in answer.text


def test_thousands_and_full_width_figures_are_understood(client):
    path = STATES["bill, decided"][0].replace("total=1200", "total=１,２００.00")

    assert "616.00 元" in text(client, path)


def test_the_files_hold_every_row(client, book):
    rows = [*book.rows]
    as_json = msgspec.json.decode(client.get("/rules/files/rules.json").content)
    as_csv = [*csv.DictReader(io.StringIO(client.get("/rules/files/rules.csv").content.decode("utf-8-sig")))]
    feed = ET.fromstring(client.get("/rules/files/changes.atom").content)  # noqa: S314  # our own file

    assert as_json["bundle"] == book.digest
    assert [row["rule_id"] for row in as_json["rules"]] == [row.rule_id for row in rows]
    assert [row["rule_id"] for row in as_csv] == [row.rule_id for row in rows]
    updated = [entry.findtext("{*}updated", "") for entry in feed.findall("{*}entry")]
    assert updated == sorted(updated, reverse=True)
    assert len(updated) > 20


def test_a_file_says_its_size_before_it_is_fetched(client):
    listed = text(client, "/rules/downloads")
    size = len(client.get("/rules/files/rules.json").content)

    assert f"{(size + 512) // 1024:,} KB" in listed
