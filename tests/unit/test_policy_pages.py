"""The rule book over HTTP: the same answers as the command line's, kept by their tag, and wrong questions named."""

import json
from datetime import datetime
from itertools import islice

import msgspec
import pytest

from gongji.channels.policy_pages import PolicyPage, PolicyPages
from gongji.channels.sample_bills import settled_bills
from gongji.rules import reading
from gongji.rules.bundle import compile_book
from gongji.rules.trace import Trace

NOW = datetime(2025, 6, 1, 10)


@pytest.fixture
def pages(book):
    return PolicyPages(book, lambda: NOW)


def told(pages, path, query="", status=200):
    page = pages.page(path, query)
    assert page.status == status, page.body
    return json.loads(page.body)


def plain(content):
    return msgspec.json.decode(msgspec.json.encode(content))


def test_each_question_gets_what_the_book_says(book, pages):
    day = NOW.date()
    wanted = {
        ("/policy/show/310000", ""): reading.read(book, "310000", day),
        ("/policy/show/310000/relatives", "on=2023-01-01"): reading.read(
            book, "310000", day.replace(2023, 1, 1), "relatives"
        ),
        ("/policy/timeline/310000/relatives", ""): reading.timeline(book, "310000", "relatives"),
        ("/policy/timeline/310000", ""): reading.timeline(book, "310000"),
        ("/policy/diff/320200/320500", ""): reading.compare_regions(book, "320200", "320500", day),
        ("/policy/diff/350000", "on=2024-06-01&on=2025-06-01"): reading.compare_days(
            book, "350000", day.replace(2024), day
        ),
        ("/policy/find", "word=%E5%8E%86%E5%B9%B4%E7%BB%93%E4%BD%99"): reading.find(book, "历年结余"),
    }

    assert {asked: told(pages, *asked) for asked in wanted} == {asked: plain(said) for asked, said in wanted.items()}


def test_the_regions_are_listed(book, pages):
    assert [one["region"] for one in told(pages, "/policy/regions")] == book.regions


@pytest.mark.parametrize(("form", "kind", "begins"), [("md", "text/markdown", b"# "), ("html", "text/html", b"<!doc")])
def test_a_region_is_printed_in_the_form_asked_for(pages, form, kind, begins):
    page = pages.page("/policy/print/310000", f"form={form}&lang=en")

    assert page.kind.startswith(kind)
    assert page.body.startswith(begins)
    assert b"rules of family sharing" in page.body


def test_the_printed_form_is_data_unless_asked_otherwise(pages):
    assert told(pages, "/policy/print/310000")["chapters"][0]["title"] == "开通"


def test_an_answer_holds_until_rules_or_day_change(book, pages):
    page = pages.page("/policy/show/310000", "")
    again = page.for_one_who_has(f'"other", {page.etag}')
    tomorrow = PolicyPages(book, lambda: NOW.replace(day=2)).page("/policy/show/310000", "")

    assert page.headers == (("etag", page.etag), ("cache-control", "no-cache"))
    assert (again.status, again.body, again.headers) == (304, b"", page.headers)
    assert tomorrow.for_one_who_has(page.etag).status == 200
    assert page.for_one_who_has("").status == 200


def test_an_answer_travels_from_the_writer_to_a_worker(pages):
    packed = pages.answered("/policy/diff/350000?on=2024-06-01&on=2025-06-01")

    page = pages.page("/policy/diff/350000", "on=2024-06-01&on=2025-06-01")
    assert msgspec.msgpack.decode(packed, type=PolicyPage) == page


@pytest.mark.parametrize(
    ("path", "query", "status", "names"),
    [
        ("/policy/show/31", "", 400, "31"),
        ("/policy/show/310000/nonsense", "", 400, "nonsense"),
        ("/policy/show/310000", "on=yesterday", 400, "on: yesterday"),
        ("/policy/show/310000", "on=2025-01-01&on=2025-02-01", 400, "on"),
        ("/policy/show/310000", "on=1990-01-01", 400, "1998-12-14"),
        ("/policy/diff/310000", "on=2025-01-01", 400, "two days"),
        ("/policy/find", "", 400, "word"),
        ("/policy/print/310000", "form=pdf", 400, "form: pdf"),
        ("/policy/print/310000", "lang=fr", 400, "lang: fr"),
        ("/policy/whatever", "", 404, "timeline"),
        ("/policy/show", "", 404, "timeline"),
        ("/policy/", "", 404, "timeline"),
        ("/policy/why/1", "", 404, "sample server"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(pages, path, query, status, names):
    assert names in told(pages, path, query, status)["error"]
    assert pages.page(path, query).headers == ()


def test_a_sample_server_tells_why_a_bill_was_settled_as_it_was(policy_files):
    book, bundle = compile_book(policy_files)
    (bill,) = islice(settled_bills(book, bundle, seed=6), 1)
    pages = PolicyPages(book, lambda: NOW, bill.store)

    trace = msgspec.convert(told(pages, f"/policy/why/{bill.number}"), Trace)

    assert trace.settled
    assert trace.bundle == book.digest
    assert pages.page(f"/policy/why/{bill.number}", "").headers == ()
    assert "number" in told(pages, "/policy/why/abc", status=400)["error"]
    assert "4711" in told(pages, "/policy/why/4711", status=404)["error"]
