"""Every page about people in every state, read without a browser: whole, plain, and in both languages."""

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from gongji.channels.pages.assets import LOADER
from tests.pages.states_family import STATES, WORLDS, family_world, path_of
from tests.pages.test_pages import AMOUNT, FORBIDDEN, HALF_WIDTH, HAN, WELL_SHOWN, one, words


@pytest.fixture(scope="module")
def shown():
    """Every state of every world in both languages: the status and the page."""
    found = {}
    for name in WORLDS:
        with family_world(name) as world:
            for state, (within, _, _, holder) in STATES.items():
                for language in ("", "/en") if within == name else ():
                    answer = world.visit(language + path_of(world, state), world.sits(holder) if holder else "")
                    found[language, state] = answer
    return found


EVERY = [(language, name) for language in ("", "/en") for name in STATES]


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_a_page_is_whole(shown, language, name):
    answer = shown[language, name]
    tree = LexborHTMLParser(answer.text)

    assert answer.status_code == STATES[name][2]
    assert answer.headers["cache-control"] == "private, no-store"
    assert len(tree.css("h1")) == 1
    assert len(tree.css("main")) == 1
    assert not tree.css("[style], [onclick], [onchange], iframe")
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    labels = {node.attributes["for"] for node in tree.css("label[for]")}
    fields = tree.css("input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select")
    assert all(node.attributes["id"] in labels for node in fields)
    assert [node.text() for node in tree.css("script:not([src])")] == [LOADER]
    for form in tree.css("form[method=post]"):
        assert (form.attributes.get("action") or "").startswith("/oauth") or form.css_first("[name=guard]") is not None
    assert not tree.css("input[type=radio][checked]") or "settings" in name


@pytest.mark.parametrize("name", STATES)
def test_an_english_page_has_no_chinese_but_what_is_marked_as_such(shown, name):
    tree = LexborHTMLParser(shown["/en", name].text)

    assert not HAN.search(one(tree, "title").text())
    assert not HAN.findall(words(tree, "[lang='zh-CN']"))


@pytest.mark.parametrize("name", STATES)
def test_a_chinese_page_is_plain(shown, name):
    tree = LexborHTMLParser(shown["", name].text)
    text = words(tree, "q, cite, .verbatim, .rows a[href*='/rules/']")

    assert [amount for amount in AMOUNT.findall(text) if not WELL_SHOWN.fullmatch(amount)] == []
    assert HALF_WIDTH.findall(text) == []
    assert [word for word in FORBIDDEN if word in text] == []


def test_nobody_is_preselected(shown):
    for name in ("add, relation", "add, uses", "add, terms", "showing, ask"):
        tree = LexborHTMLParser(shown["", name].text)
        chosen = tree.css("option[selected]:not([value='01']), input[checked]")

        assert [node.html for node in chosen] == [], name


def test_every_refusal_names_rule_document_and_next_step(shown):
    for name in ("add, refused", "ending, not yet"):
        page = shown["", name].text

        assert re.search(r'href="/rules/\d{6}/\w+/\d{4}-\d{2}-\d{2}"', page), name
        assert "钱没有动" in page, name
