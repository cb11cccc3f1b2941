"""Reading the rules: every row in words, over time, side by side, by a word, and as a document."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from gongji.domain.refusals import Refusal
from gongji.rules.citing import cite
from gongji.rules.policybook import EPOCH
from gongji.rules.reading import AskedWronglyError, compare_days, compare_regions, find, read, timeline
from gongji.rules.reading_document import as_html, as_markdown, printed
from gongji.rules.reading_titles import THEMES, TITLES
from gongji.rules.schema import RULES

DAY = date(2025, 6, 1)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_rule_stands_under_one_theme_with_its_title():
    assert sorted(TITLES) == sorted(RULES)
    assert sum(len(theme.rules) for theme in THEMES) == len(RULES)


def test_every_row_of_the_book_is_told_in_both_languages(book):
    cited = [cite(book, row) for row in book.rows]

    assert len(cited) > 400
    assert all(CHINESE.search(one.words.zh) for one in cited)
    assert not [one.rule_id for one in cited if CHINESE.search(one.words.en) or "{" in one.words.en]


@pytest.mark.parametrize(
    ("region", "rule", "chinese", "english"),
    [
        ("350100", "retained_minimum", "2000.00 元", "2000.00 yuan"),
        ("440300", "retained_minimum", "上年度平均工资的 5%", "5% of: the wage figure that others refer to"),
        ("420100", "members_max", "6 人", "6 persons"),
        ("420100", "order", "后绑定的先扣", "the last bound pays first"),
        (
            "440300",
            "use_cap",
            "医疗器械、医用耗材每月合计最多 300.00 元",
            "devices, consumables: at most 300.00 yuan a month",
        ),
        ("310000", "medical_year", "7 月 1 日起", "begins on 07-01"),
        ("310000", "carry_over_only", "有此规定", "in force"),
        ("320200", "carry_over_only", "无此规定", "not in force"),
    ],
)
def test_a_value_is_told_as_a_clerk_would(book, region, rule, chinese, english):
    (cited,) = read(book, region, DAY, rule).rows

    assert (cited.words.zh, cited.words.en) == (chinese, english)


def test_a_schedule_is_told_with_deductible_ratios_and_ceiling(book):
    (cited,) = read(book, "110000", date(2024, 1, 1), "outpatient_benefits").rows

    in_service = cited.words.en.splitlines()[-1]
    assert in_service.startswith("employees, in service, flexible workers: deductible 1800.00 yuan a year;")
    assert "90%/70%/70% (level 1/2/3)" in in_service
    assert "once it has paid 20000.00 yuan: 60%" in in_service
    assert in_service.endswith("no ceiling")


def test_a_citation_has_document_words_and_the_days_of_its_row(book):
    (cited,) = read(book, "310000", DAY, "carry_over_only").rows

    assert cited.rule_id == f"310000/carry_over_only/{cited.version}"
    assert "历年" in (cited.quote or "")
    assert cited.source is not None
    assert cited.source.title
    assert cited.checked is not None


def test_a_timeline_says_from_when_each_row_speaks(book):
    for region in book.regions:
        for history in timeline(book, region).rules:
            for number, (since, cited) in enumerate(zip(history.speaks_from, history.rows, strict=True)):
                assert book.on(region, since).rows[history.rule].rule_id == cited.rule_id
                if number:
                    eve = since - timedelta(days=1)
                    assert book.on(region, eve).rows[history.rule].rule_id == history.rows[number - 1].rule_id


def test_one_rule_is_told_over_time_even_if_it_never_changed(book):
    (history,) = timeline(book, "310000", "wallet_reach").rules

    assert history.speaks_from[0] == EPOCH


def test_two_days_differ_in_what_changed_between_them_and_in_nothing_else(book):
    told = compare_days(book, "350000", date(2024, 12, 5), date(2024, 12, 6))

    (relatives,) = (one for one in told.differences if one.rule == "relatives")
    assert "sibling" not in relatives.left.value["relations"]
    assert "sibling" in relatives.right.value["relations"]
    assert relatives.right.source is not None
    assert compare_days(book, "350000", DAY, DAY).differences == ()


def test_two_regions_differ_in_exactly_the_rules_they_answer_differently(book):
    told = compare_regions(book, "320500", "320200", DAY)
    left, right = book.on("320500", DAY).rows, book.on("320200", DAY).rows

    differing = {one.rule for one in told.differences}
    assert "carry_over_only" in differing
    assert all(
        (rule in differing) == ((left[rule].state, left[rule].value) != (right[rule].state, right[rule].value))
        for rule in RULES
    )


def test_a_word_is_found_wherever_it_stands(book):
    assert any(hit.row.region == "310000" and "quote" in hit.stands_in for hit in find(book, "历年结余").hits)
    assert {hit.row.rule for hit in find(book, "MEMBERS_LIFETIME").hits} == {"members_lifetime"}
    assert all("value" in hit.stands_in for hit in find(book, "2000.00 yuan each").hits)
    assert find(book, "没有这样的词").hits == ()


@pytest.mark.parametrize(
    ("ask", "names"),
    [
        (lambda book: read(book, "31", DAY), "31 is no 医保区划"),
        (lambda book: read(book, "980000", DAY), "980000"),
        (lambda book: read(book, "310000", date(1990, 1, 1)), "1998-12-14"),
        (lambda book: read(book, "310000", DAY, "nonsense"), "nonsense"),
        (lambda book: timeline(book, "３１００００"), "six digits"),
        (lambda book: compare_days(book, "310000", date(1990, 1, 1), DAY), "1990-01-01"),
        (lambda book: compare_regions(book, "310000", "310", DAY), "310 "),
        (lambda book: find(book, "  "), "word"),
    ],
)
def test_what_is_asked_wrongly_is_named(book, ask, names):
    with pytest.raises(AskedWronglyError, match=names):
        ask(book)


def test_the_document_has_each_article_once_and_lists_what_is_open(book):
    reading = read(book, "440300", DAY)
    text = as_markdown(printed(reading, "zh"))

    assert all(text.count(f"`{rule}`\n") == 1 for rule in RULES)
    unknown = [cited for cited in reading.rows if cited.state == "unknown"]
    after = text[text.index("## 尚未查明的") :]
    assert unknown
    assert all(cited.title.zh in after for cited in unknown)
    assert "不是官方文件" in text
    assert reading.bundle in text


def test_contradictions_stand_in_the_document_beside_the_value_that_won(book):
    row = next(row for row in book.rows if row.contradicts)
    document = printed(read(book, row.region, row.start), "en")

    assert row.rule in {article.rule for article in document.contradicted}
    assert row.contradicts[0].says in as_markdown(document)


class Wellformed(HTMLParser):
    """Note tags that are closed in another order than they were opened, and the texts."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.texts = [], [], []

    def handle_starttag(self, tag, _attrs):
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_whole_and_needs_nothing_else(book, language):
    document = printed(read(book, "310000", DAY), language)
    page = as_html(document)
    parser = Wellformed()
    parser.feed(page)

    assert (parser.open, parser.wrong) == ([], [])
    assert "src=" not in page
    assert "<script" not in page
    assert {article.title for chapter in document.chapters for article in chapter.articles} <= {
        text.removeprefix(f"{number}. ").strip() for text in parser.texts for number in range(1, 60)
    }
    assert not [name for name in Refusal if name in page]
