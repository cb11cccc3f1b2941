"""The policy book: strict to load, one answer a day, inherited from nation to province to city."""

import copy
import hashlib
from datetime import date, timedelta

import pytest

from gongji.rules.bundle import PolicyError, book_from_bundle, compile_book
from gongji.rules.policybook import EPOCH, NATION, PolicyBook, UnknownDayError, amount_fen
from gongji.rules.schema import RULES


def problems_after(files, file, change) -> list[str]:
    changed = copy.deepcopy(files)
    change(changed[file])
    with pytest.raises(PolicyError) as caught:
        compile_book(changed)
    return caught.value.problems


@pytest.mark.parametrize(
    ("file", "change", "named"),
    [
        ("310000-shanghai.toml", lambda f: f.update(colour=[]), "310000-shanghai.toml: colour: no such rule"),
        ("310000-shanghai.toml", lambda f: f["carry_over_only"][0].update(shade=1), "carry_over_only[0].value"),
        ("310000-shanghai.toml", lambda f: f["carry_over_only"][0].pop("source"), "carry_over_only[0].source: missing"),
        ("310000-shanghai.toml", lambda f: f["carry_over_only"][0].update(source="x"), "'x' is not among the sources"),
        ("310000-shanghai.toml", lambda f: f["carry_over_only"][0].update(grade="sure"), "carry_over_only[0].grade"),
        ("310000-shanghai.toml", lambda f: f["carry_over_only"][0].update(start="soon"), "carry_over_only[0].start"),
        ("310000-shanghai.toml", lambda f: f["medical_year"].reverse(), "overlaps the row before it"),
        ("310000-shanghai.toml", lambda f: f["medical_year"][0].update(end=date(2000, 1, 1)), "a gap after"),
        ("350000-fujian.toml", lambda f: f["retained_minimum"][0].update(fen=2000.5), "Expected `int | null`"),
        ("350000-fujian.toml", lambda f: f["retained_minimum"][0].update(state="perhaps"), "retained_minimum[0].state"),
        ("350000-fujian.toml", lambda f: f.update(region="3500"), "350000-fujian.toml: region: six digits"),
        ("350000-fujian.toml", lambda f: f.update(region="310000"), "310000 has another file already"),
        ("national.toml", lambda f: f.pop("order"), "national.toml: order: must begin on 1998-12-14"),
        ("sources.toml", lambda f: next(iter(f["sources"].values())).pop("title"), "sources.toml: sources."),
    ],
)
def test_an_unsound_file_is_refused_naming_file_and_key(policy_files, file, change, named):
    assert any(named in problem for problem in problems_after(policy_files, file, change))


def test_a_row_without_the_words_of_its_source_is_refused(policy_files):
    def forget(content):
        for key in ("quote", "reading"):
            content["carry_over_only"][0].pop(key, None)

    assert any("quote: missing" in one for one in problems_after(policy_files, "310000-shanghai.toml", forget))


def test_every_rule_of_every_region_has_one_answer_on_every_quarter_day(book: PolicyBook):
    for region in book.regions:
        day = EPOCH
        while day < date(2031, 1, 1):
            rules = book.on(region, day)
            for rule in RULES:
                row = rules.rows[rule]
                assert row.start <= day < (row.end or date.max)
                assert (row.value is not None) == (row.state == "value")
            day += timedelta(days=91)


def test_the_book_changes_on_the_day_and_not_the_day_before(book: PolicyBook):
    for region in book.regions:
        for rule in RULES:
            told = [book.on(region, day).rows[rule] for day in changes(book, region)]
            history = book.history(region, rule)

            assert [row for row, before in zip(told, [None, *told], strict=False) if row is not before] == history


def changes(book: PolicyBook, region: str) -> list[date]:
    rows = [row for code in book.chain(region) for rule in RULES for row in book.history(code, rule)]
    days = {row.start for row in rows} | {row.end for row in rows if row.end is not None}
    return sorted(day for day in days if day >= EPOCH)


def test_before_the_first_document_the_book_has_no_answer(book: PolicyBook):
    with pytest.raises(UnknownDayError):
        book.on("310000", EPOCH - timedelta(days=1))


def test_a_city_inherits_from_its_province_and_that_from_the_nation(book: PolicyBook):
    putian = book.on("350302", date(2023, 1, 1))

    assert putian.chain == ("350300", "350000", NATION)
    assert amount_fen(putian, "retained_minimum") == 2_000_00
    assert putian.rows["wallet_transfer"].region == NATION


def test_an_unknown_place_lives_under_national_rules(book: PolicyBook):
    assert book.on("999999", date(2025, 1, 1)).chain == (NATION,)


def test_the_bundle_is_the_book_and_its_hash_is_of_its_bytes(policy_files):
    book, bundle = compile_book(policy_files)
    again = book_from_bundle(bundle)

    assert book.digest == again.digest == hashlib.sha256(bundle).hexdigest()
    assert compile_book(policy_files)[1] == bundle
    day = date(2025, 6, 1)
    for region in book.regions:
        assert again.on(region, day).rows == book.on(region, day).rows


def test_a_bundle_that_is_none_is_refused():
    with pytest.raises(PolicyError):
        book_from_bundle(b"[]")


def test_shenzhens_minimum_is_a_share_of_a_dated_wage(book: PolicyBook):
    assert amount_fen(book.on("440300", date(2023, 10, 27)), "retained_minimum") == 7_778_40
    assert amount_fen(book.on("440300", date(2020, 6, 1)), "retained_minimum") is None
