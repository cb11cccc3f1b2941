"""Every page in every state, read without a browser: what must be there, what must not, and under which headers."""

import re

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from gongji.channels.pages.assets import LOADER, assets, loader_hash
from gongji.channels.pages.rendering import texts
from tests.pages.gallery import drawn
from tests.pages.states import STATES, YES

HAN = re.compile(r"[\u3400-\u9fff]")
AMOUNT = re.compile(r"([\d,.]*\d)\s*元")
WELL_SHOWN = re.compile(r"\d{1,3}(,\d{3})*\.\d{2}")
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:?!()]|[,;:?!()][\u3400-\u9fff]")
RULE_ID = re.compile(r"\d{6}/\w+/\d{4}-\d{2}-\d{2}")
FORBIDDEN = ("被共济人", "统筹区", "授权", "接口", "系统异常")
EVERY = [(language, name) for language in ("", "/en") for name in STATES]


def page(client, name: str, language: str = "") -> LexborHTMLParser:
    path, status = STATES[name]
    answer = client.get(language + path)
    assert answer.status_code == status
    return LexborHTMLParser(answer.text)


def one(tree: LexborHTMLParser, selector: str) -> LexborNode:
    found = tree.css_first(selector)
    assert found is not None
    return found


def words(tree: LexborHTMLParser, without: str) -> str:
    body: LexborNode | None = tree.body
    assert body is not None
    for node in body.css(f"script, style, {without}"):
        node.decompose()
    return body.text(separator=" ")


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_a_page_is_whole(client, language, name):
    tree = page(client, name, language)

    assert len(tree.css("h1")) == 1
    assert one(tree, "title").text().strip()
    assert one(tree, "html").attributes["lang"] == ("en" if language else "zh-CN")
    assert len(tree.css("main")) == 1
    assert not tree.css("[style], [onclick], [onchange], iframe")
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    labels = {node.attributes["for"] for node in tree.css("label[for]")}
    fields = tree.css("input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select")
    assert all(node.attributes["id"] in labels for node in fields)
    assert all((node.attributes["src"] or "").startswith("/static/") for node in tree.css("script[src]"))
    assert [node.text() for node in tree.css("script:not([src])")] == [LOADER]


@pytest.mark.parametrize("name", STATES)
def test_an_english_page_has_no_chinese_but_what_is_marked_as_such(client, name):
    tree = page(client, name, "/en")

    assert not HAN.search(one(tree, "title").text())
    assert not HAN.findall(words(tree, "[lang='zh-CN'], #found h2"))


@pytest.mark.parametrize("name", STATES)
def test_an_amount_is_grouped_and_has_two_decimals(client, name):
    shown = AMOUNT.findall(words(page(client, name), "q, cite, .verbatim"))

    assert [amount for amount in shown if not WELL_SHOWN.fullmatch(amount)] == []


@pytest.mark.parametrize("name", STATES)
def test_punctuation_beside_chinese_is_full_width(client, name):
    text = words(page(client, name), "q, cite, .verbatim, pre")

    assert HALF_WIDTH.findall(text) == []


def test_the_sentences_of_the_pages_are_plain_chinese():
    for key, text in texts("zh").items():
        assert not HALF_WIDTH.search(re.sub(r"\{\w+\}", "", text)), key
        formal = key.startswith("desk_case.side_")  # at the desk and on print the formal term always stands
        assert formal or not any(word in text for word in FORBIDDEN), key


def test_both_languages_say_everything_with_the_same_figures():
    chinese, english = texts("zh"), texts("en")
    figures = re.compile(r"\{(\w+)\}")

    assert chinese.keys() == english.keys()
    for key, text in english.items():
        assert set(figures.findall(text)) == set(figures.findall(chinese[key])), key
        assert key == "shell.other_language" or not HAN.search(text), key


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_a_page_is_for_everybody_to_keep_and_a_faulty_one_for_nobody(client, language, name):
    path, status = STATES[name]
    answer = client.get(language + path, headers={"cookie": "size=xl"})

    assert "set-cookie" not in answer.headers
    assert answer.headers.get("vary", "accept-encoding") == "accept-encoding"
    if status == 200:
        assert re.fullmatch(r"public, max-age=\d+", answer.headers["cache-control"])
        again = client.get(language + path, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    else:
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers


def test_nothing_foreign_is_allowed_on_a_page(client):
    policy = client.get("/rules").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert loader_hash() in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("name", ["help, no", "help, no relative", "bill, benefits unknown", "bill, sharer skipped"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_a_refusal_says_what_by_which_rule_and_what_next(client, language, name):
    tree = page(client, name, language)
    boxes = [box for box in tree.css("main .notice.error, main .notice.warn") if box.css("details")]

    assert boxes
    for box in boxes:
        text = box.text()
        assert ("What to do" if language else "怎么办") in text
        assert all(RULE_ID.search(link.text()) for link in box.css("details a[href*='/rules/']"))
        assert box.css("cite") or ("no document" in text.lower() if language else "没有可以引用的文件" in text)


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_link_of_every_page_leads_somewhere(client, language):
    links = {
        href.partition("#")[0]
        for name in STATES
        for node in page(client, name, language).css("a[href]")
        if (href := node.attributes["href"] or "").startswith("/")
    }

    twins = {("" if language else "/en") + path for path, _ in STATES.values()}

    assert len(links - twins) > 200
    assert [link for link in sorted(links - twins) if client.get(link).status_code >= 400] == []


@pytest.mark.parametrize("shell", ["citizen", "console", "kiosk"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_components_are_whole_in_every_shell(shell, language):
    tree = LexborHTMLParser(drawn(shell, language))

    assert len(tree.css("h1")) == 1
    assert len(tree.css("svg")) >= 6
    assert not tree.css("[style]")
    assert language == "zh" or not HAN.search(words(tree, "[lang='zh-CN'], .receipt p"))
    assert not tree.css("input[type=radio][checked]")


@pytest.mark.parametrize("encoding", ["br", "gzip", "", "gzip;q=0, identity"])
def test_static_files_are_packed_as_asked_and_kept_for_ever(client, encoding):
    for asset in assets().values():
        answer = client.get(asset.path, headers={"accept-encoding": encoding})

        assert answer.headers["cache-control"].endswith("immutable")
        assert answer.headers.get("content-encoding", "") == (encoding if encoding in ("br", "gzip") else "")
        assert answer.content == asset.packed[""]
    assert client.get("/static/gongji-000000000000.css").status_code == 404


def test_style_and_script_stay_small():
    assert len(assets()["gongji.css"].packed["gzip"]) <= 12 * 1024
    assert len(assets()["gongji.js"].packed["gzip"]) <= 4 * 1024


def test_a_first_visit_costs_little(client):
    static = sum(len(asset.packed["br"]) for asset in assets().values())
    for path, status in STATES.values():
        with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
            sent = sum(len(part) for part in answer.iter_raw())

        assert status != 200 or sent + static <= 25 * 1024, path


def test_a_name_in_the_address_is_never_markup(client):
    answer = client.get("/rules", params={"q": "<script>alert(1)</script>"})

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert client.get(f"/rules/help?{YES}&on=%00").status_code == 400
