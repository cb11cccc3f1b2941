"""The policy book: strict to load, one answer a day, inherited from nation to province to city."""

import copy
import hashlib
from datetime import date

import pytest

from gongji.rules.bundle import PolicyError, book_from_bundle, compile_book
from gongji.rules.policybook import EPOCH, NATION, PolicyBook, amount_fen
from gongji.rules.schema import RULES


def problems_after(files, file, change) -> list[str]:
    changed = copy.deepcopy(files)
    change(changed[file])
    with pytest.raises(PolicyError) as caught:
        compile_book(changed)
    return caught.value.problems


def lost(content) -> dict[str, object]:
    """The contradiction recorded beside Fujian's near relatives."""
    found: dict[str, object] = content["relatives"][1]["contradicts"][0]
    return found


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
        ("350000-fujian.toml", lambda f: f["retained_minimum"][0].update(checked="now"), "retained_minimum[0].checked"),
        ("350000-fujian.toml", lambda f: f["relatives"][0].update(stale_from=2026), "relatives[0].stale_from: a date"),
        (
            "350000-fujian.toml",
            lambda f: f["relatives"][0].update(stale_from=date(2020, 7, 1)),
            "relatives[0].stale_from: a date after start",
        ),
        ("350000-fujian.toml", lambda f: lost(f).update(lost_to="chance"), "relatives[1].contradicts: Invalid enum"),
        (
            "350000-fujian.toml",
            lambda f: lost(f).update(source="hearsay"),
            "relatives[1].contradicts: 'hearsay' is not",
        ),
        (
            "350000-fujian.toml",
            lambda f: lost(f).update(source="cross-province-notice-2026", lost_to="later"),
            "'cross-province-notice-2026' is later than 'fujian-near-relatives-2024'",
        ),
        (
            "350000-fujian.toml",
            lambda f: lost(f).update(lost_to="stronger"),
            "'fujian-near-relatives-2024' is no weaker than 'fujian-near-relatives-2024'",
        ),
        (
            "370100-jinan.toml",
            lambda f: f["relatives"][1].pop("overrides"),
            """relatives[1].overrides: 370000 says otherwise from 2024-10-01; write overrides = "370000\"""",
        ),
        (
            "370100-jinan.toml",
            lambda f: f["relatives"][0].update(overrides="370000"),
            "relatives[0].overrides: 370000 does not say otherwise in that time",
        ),
        (
            "370000-shandong.toml",
            lambda f: f["relatives"][0].update(overrides="000000"),
            "relatives[0].overrides: 000000 does not say otherwise in that time",
        ),
        (
            "350000-fujian.toml",
            lambda f: f["sources"].update(dead=dict(f["sources"]["fujian-pot-uses"])),
            "350000-fujian.toml: sources.dead: no row cites it",
        ),
        ("350000-fujian.toml", lambda f: f.update(region="3500"), "350000-fujian.toml: region: six digits"),
        ("350000-fujian.toml", lambda f: f.update(region="310000"), "310000 has another file already"),
        ("national.toml", lambda f: f.pop("order"), "national.toml: order: must begin on 1998-12-14"),
        (
            "sources.toml",
            lambda f: f["sources"]["national-qa"].pop("checked"),
            "sources.toml: sources.national-qa.checked: missing",
        ),
        ("sources.toml", lambda f: next(iter(f["sources"].values())).pop("title"), "sources.toml: sources."),
    ],
)
def test_an_unsound_file_is_refused_naming_file_and_key(policy_files, file, change, named):
    assert any(named in problem for problem in problems_after(policy_files, file, change))


def test_a_city_that_agrees_with_its_province_or_speaks_where_that_is_unknown_overrides_nothing(policy_files):
    book, _ = compile_book(policy_files)

    yunyang = book.on("500235", date(2024, 12, 20)).rows["wallet"]
    assert (yunyang.region, yunyang.state, yunyang.overrides) == ("500235", "value", None)
    assert book.on("500000", date(2024, 12, 20)).rows["wallet"].state == "unknown"
    assert book.on("440500", date(2025, 1, 1)).rows["relatives"].overrides is None


def test_what_a_document_lost_to_is_kept_beside_the_value_that_won(book: PolicyBook):
    [said] = book.on("500000", date(2023, 6, 1)).rows["members_max"].contradicts

    assert (said.source, said.says, said.lost_to) == ("chongqing-qa-2022", "一次只能关联1人", "later")


def test_a_row_without_the_words_of_its_source_is_refused(policy_files):
    def forget(content):
        for key in ("quote", "reading"):
            content["carry_over_only"][0].pop(key, None)

    assert any("quote: missing" in one for one in problems_after(policy_files, "310000-shanghai.toml", forget))


def test_the_book_changes_on_the_day_and_not_the_day_before(book: PolicyBook):
    for region in book.regions:
        days = changes(book, region)
        for rule in RULES:
            told = [book.on(region, day).rows[rule] for day in days]
            history = book.history(region, rule)

            assert [row for row, before in zip(told, [None, *told], strict=False) if row is not before] == history


def changes(book: PolicyBook, region: str) -> list[date]:
    rows = [row for code in book.chain(region) for rule in RULES for row in book.history(code, rule)]
    days = {row.start for row in rows} | {row.end for row in rows if row.end is not None}
    return sorted(day for day in days if day >= EPOCH)


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
