"""What the policy files say in our English words they say in Chinese too, and Chinese readers are shown that."""

import copy
import re
from datetime import date

import pytest
from msgspec.structs import replace

from gongji.domain.refusals import Ground, Refusal, Refused
from gongji.rules.bundle import PolicyError, compile_book
from gongji.rules.citing import cite
from gongji.rules.explain import explain_refused
from gongji.rules.lessons import lesson, problems_of
from gongji.rules.policybook import PolicyBook
from gongji.rules.reading import read
from gongji.rules.reading_document import as_markdown, printed
from gongji.rules.twins import twin, wanting

FIGURE = re.compile(r"\d{3,}(?:\.\d+)?")
THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")
ENGLISH = re.compile(r"[a-z]{2,}[,:;]? [a-z]{2,}")
DAY = date(2025, 6, 1)
HEBEI = "130000-hebei.toml"


def changed(policy_files, change):
    files = copy.deepcopy(policy_files)
    change(files[HEBEI])
    return files


def test_every_row_source_and_contradiction_of_the_book_can_be_read_in_chinese(policy_files):
    assert list(wanting(policy_files)) == []
    assert list(problems_of(policy_files)) == []


@pytest.mark.parametrize(
    ("change", "place", "teaches"),
    [
        (lambda f: f["relatives"][0].pop("reading_zh"), "relatives[0].reading_zh: missing", "reading_zh ="),
        (lambda f: f["proofs"][0].pop("note_zh"), "proofs[0].note_zh: missing", "note_zh ="),
        (
            lambda f: f["members_max"][0]["contradicts"][0].pop("says_zh"),
            "members_max[0].contradicts.says_zh: missing",
            "says_zh =",
        ),
        (
            lambda f: f["sources"]["hebei-notice-2024"].pop("title_zh"),
            "sources.hebei-notice-2024.title_zh: missing",
            "title_zh =",
        ),
        (
            lambda f: f["sources"]["hebei-notice-2024"].pop("publisher_zh"),
            "sources.hebei-notice-2024.publisher_zh: missing",
            "publisher_zh =",
        ),
    ],
)
def test_lint_asks_for_a_twin_that_is_missing_but_the_book_loads(policy_files, change, place, teaches):
    files = changed(policy_files, change)

    (problem,) = problems_of(files)

    assert problem.startswith(f"{HEBEI}: {place}")
    assert teaches in lesson(problem)
    assert compile_book(files)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda f: f["relatives"][0].update(reading_zh="near relatives"), "relatives[0].reading_zh: Chinese"),
        (lambda f: f["relatives"][0].update(reading_zh=7), "relatives[0].reading_zh: Chinese"),
        (lambda f: f["relatives"][0].update(note_zh="说明"), "relatives[0].note_zh: there is no note"),
        (
            lambda f: f["sources"]["hebei-notice-2024"].update(title_zh="?"),
            "sources.hebei-notice-2024.title_zh: Chinese",
        ),
    ],
)
def test_a_twin_of_nothing_or_without_chinese_is_refused(policy_files, change, place):
    with pytest.raises(PolicyError) as caught:
        compile_book(changed(policy_files, change))

    assert any(problem.startswith(f"{HEBEI}: {place}") for problem in caught.value.problems)


@pytest.mark.parametrize("text", ["仅限历年结余。", "见abloz.com（2010年）", "国发〔1998〕44号"])
def test_chinese_text_needs_no_twin(policy_files, text):
    assert list(wanting(changed(policy_files, lambda f: f["wallet"][0].update(note=text, note_zh="")))) == []


def test_a_twin_says_the_years_and_sums_of_its_english_and_no_others(book: PolicyBook):
    for row in book.rows:
        for english, chinese in ((row.reading, row.reading_zh), (row.note, row.note_zh)):
            if english and chinese:
                assert set(FIGURE.findall(chinese)) == set(FIGURE.findall(THOUSANDS.sub("", english))), row.rule_id


def test_each_reader_gets_the_text_in_his_language(book: PolicyBook):
    cited = cite(book, book.row("130000/members_max/2024-08-02"))

    assert (cited.remark("zh"), cited.remark("en")) == (cited.note_zh, cited.note)
    assert cited.contradicts[0].words("zh") == "最多8名成员，并由共济人设定限额"
    assert cited.contradicts[0].document.named("zh") == cited.contradicts[0].document.title_zh
    assert twin("as it is", None, "zh") == "as it is"
    assert replace(cited, note_zh=None).remark("zh") == cited.note


@pytest.mark.parametrize("region", ["000000", "310000", "320100", "440300"])
def test_a_printed_region_has_no_english_sentence_in_chinese(book: PolicyBook, region):
    text = as_markdown(printed(read(book, region, DAY), "zh"))

    assert ENGLISH.findall(text) == []
    assert ENGLISH.search(as_markdown(printed(read(book, region, DAY), "en")))


def test_an_explanation_carries_the_twin_beside_the_english(book: PolicyBook):
    row = book.row("130000/proofs/2024-08-02")
    refused = Refused(Refusal.PROOF_MISSING, Ground(row.rule_id, "130000", "2025-06-01"))

    (line,) = explain_refused(refused, {}, book, "zh").as_data()["lines"]

    (told,) = line["rules"]
    assert (told["reading"], told["reading_zh"]) == (row.reading, row.reading_zh)
    assert (told["note"], told["note_zh"]) == (row.note, row.note_zh)
    assert told["document_zh"] == book.sources[row.source or ""].title_zh
