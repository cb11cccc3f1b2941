"""The trace: every fen with its rows, every alternative with the way to mend it, and a format that stays."""

from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from docs import trace_page
from gongji.channels.cli_recheck import trace_of
from gongji.channels.sample_bills import settled_bills
from gongji.domain.bill import FeeLine, Parts
from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.money import fen_from_yuan
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.bundle import compile_book
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.settling import Bill, Rules, Used, decide_settlement
from gongji.rules.trace import TRACE, Trace, trace, trace_refused
from gongji.services.bills.rechecks import find_kept, recheck

ROOT = Path(__file__).parents[2]
AT = datetime(2025, 6, 1, 10)
NAMES = {1: "老张", 2: "小张"}


@pytest.fixture(scope="module")
def traces(policy_files):
    """The traces of two hundred sample bills."""
    book, bundle = compile_book(policy_files)
    found = []
    for bill in islice(settled_bills(book, bundle, seed=5), 200):
        kept = find_kept(bill.store, bill.number)
        assert kept is not None
        found.append((kept, trace_of(recheck(kept, book))))
    return found


def shared(book, **bond):
    """Return a bill of 10.00 in Shanghai that one son shares, with his bond as told."""
    patient = Insured(person_id=1, insured=Insurance.EMPLOYEE, region="310000")
    sharer = Insured(person_id=2, insured=Insurance.EMPLOYEE, region="310000")
    rules = book.on("310000", AT.date())
    asked = Bond(bond_id=7, sharer_id=2, member_id=1, relation=Relation.PARENT, since=datetime(2024, 1, 1))
    bond_as_told = replace(asked, **bond)
    one = Candidate(bond=bond_as_told, sharer=sharer, purse=Purse(carry_over_fen=600), rules=rules)
    bill = Bill(at=AT, visited_on=AT.date(), parts=Parts(copay_fen=1000))
    decision = decide_settlement(bill, patient, Purse(), Used(), [one], Rules(rules, rules, rules))
    return decision, patient


def test_the_nodes_that_count_add_up_to_the_bill(traces):
    for kept, told in traces:
        counted_fen = sum(fen_from_yuan(node.amount) for node in told.nodes if node.counts)
        assert counted_fen == fen_from_yuan(told.total) == kept.settlement.total_fen


def test_every_citation_has_rule_version_value_source_and_words(traces):
    for _, told in traces:
        for one in (*told.nodes, *told.alternatives):
            for cited in one.citations:
                assert cited.rule_id == f"{cited.region}/{cited.rule}/{cited.version}"
                if cited.state == "unknown":
                    assert cited.note
                else:
                    assert cited.source is not None
                    assert cited.grade
                    assert cited.quote or cited.reading
                assert (cited.value is None) == (cited.state != "value")


def test_every_node_says_what_it_rests_on_and_every_rule_of_the_decision_is_cited(traces):
    for kept, told in traces:
        assert all((node.rests_on == "rules") == bool(node.citations) for node in told.nodes)
        assert all(node.citations for node in told.nodes if node.step in ("own", "shared", "wallet"))
        cited = {cited.rule_id for one in (*told.nodes, *told.alternatives) for cited in one.citations}
        wanted = set(kept.entry.basis.rule_ids)
        if not any(node.step in ("fund", "deductible") for node in told.nodes):  # the funds had nothing to pay
            wanted = {one for one in wanted if "_benefits/" not in one and "/stay_year/" not in one}
        assert wanted <= cited


def test_money_from_a_pocket_names_the_pocket_and_whose_it_is(book):
    decision, patient = shared(book)

    told = trace(decision, patient, NAMES, book, AT.date())

    (node,) = (node for node in told.nodes if node.step == "shared")
    assert (node.who, node.pocket, node.amount) == ("小张", "carry_over", "6.00")
    assert "家庭共济" in node.why.zh
    assert "Family sharing" in node.why.en
    assert {cited.rule for cited in node.citations} >= {"sharing", "retained_minimum", "pays"}


def test_a_refused_alternative_tells_every_reason_and_how_to_mend_each(book):
    decision, patient = shared(book, modes=(Mode.PREMIUM,), confirmed=False)

    told = trace(decision, patient, NAMES, book, AT.date())

    (one,) = told.alternatives
    assert (one.about, one.who, one.reason) == ("sharer", "小张", Refusal.AWAITING_CONFIRMATION)
    assert one.next_step.zh
    assert one.next_step.en
    assert [other.reason for other in one.others] == [Refusal.MODE_NOT_CHOSEN]
    assert all(other.next_step.zh and other.next_step.en for other in one.others)
    assert one.citations


def test_a_bill_refused_as_a_whole_has_no_nodes_and_says_why(book):
    patient = Insured(person_id=1, insured=Insurance.EMPLOYEE, region="320200")
    rules = book.on("320200", AT.date())
    bill = Bill(at=AT, visited_on=AT.date(), lines=(FeeLine(1000),))
    decision = decide_settlement(bill, patient, Purse(), Used(), [], Rules(rules, rules, rules))
    assert isinstance(decision, Refused)

    told = trace_refused(decision, NAMES, book)

    assert (told.settled, told.nodes, told.total) == (False, (), "0.00")
    assert told.alternatives[0].about == "bill"
    assert told.alternatives[0].reason == Refusal.BENEFITS_UNKNOWN
    assert told.alternatives[0].citations[0].rule == "outpatient_benefits"


def test_a_trace_goes_through_json_and_comes_back_the_same(traces):
    for _, told in traces[:20]:
        assert msgspec.json.decode(msgspec.json.encode(told), type=Trace) == told


def test_the_example_of_the_page_is_a_trace():
    told = msgspec.convert(trace_page.EXAMPLE, Trace)

    assert msgspec.json.decode(msgspec.json.encode(told)) == trace_page.EXAMPLE
    assert told.trace == TRACE


def test_the_page_and_the_schema_are_fresh():
    assert (ROOT / "docs" / "trace.md").read_text(encoding="utf-8") == trace_page.page(), "run: python docs/build.py"
    written = (ROOT / "docs" / "trace.schema.json").read_text(encoding="utf-8")
    assert written == trace_page.schema(), "the format changed: is it still version 1? Then run: python docs/build.py"
