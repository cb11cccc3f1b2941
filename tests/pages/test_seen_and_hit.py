"""What eyes and fingers need: three sizes, contrast in each, nothing cut, targets of the size that is promised."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from gongji.channels.pages.assets import assets
from tests.pages.test_in_the_browser import opened
from tests.pages.test_matrix import EVERY, at_work
from tests.pages.test_matrix import desk as at_desk
from tests.pages.test_matrix import family as of_family
from tests.pages.test_matrix import money as of_money

BODY = {"s": (17, 17.1), "l": (23, 24), "xl": (29.5, 30.5)}
"""Type of the running text in each size, in px: from and to."""
SOME = {
    "waiting": {"home, things wait", "transfer, waits"},
    "lived in": {"add, sign", "member, I help"},
    "desk": {"queue", "case, bind"},
}
"""States that are looked at in the short form, too."""

BLOCK = re.compile(r"(:root|\[data-size[^{]+?)\s*\{([^}]*)\}")
TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]+)")
GROUNDS = {
    "ink": ("page", "card", "tint", "ok-ground", "warn-ground", "error-ground"),
    "ink-2": ("page", "card", "tint"),
    "brand": ("page", "card", "tint"),
    "ok": ("card", "ok-ground"),
    "warn": ("card", "warn-ground"),
    "error": ("card", "error-ground"),
}
"""On which grounds each colour of text stands."""
MARKS = ("border", "fund", "own", "relative", "cash")

CUT = """() => {
    const faults = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const box = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
        if (!text || !box.offsetParent || box.closest('.scroll, .spoken, .skip')) { continue; }
        const range = document.createRange();
        range.selectNodeContents(walker.currentNode);
        const outside = [...range.getClientRects()].some(one => one.right > innerWidth + 1 || one.left < -1);
        if (outside) { faults.push('cut: ' + text.slice(0, 40)); }
    }
    document.querySelectorAll('main *').forEach(one => {
        const free = one.closest('.scroll, .spoken, svg, input, select');
        const hides = getComputedStyle(one).overflowX !== 'visible' && !free;
        if (hides && one.offsetParent && one.scrollWidth > one.clientWidth + 1) {
            faults.push('hidden: ' + one.outerHTML.slice(0, 80));
        }
    });
    if (document.querySelector('svg text')) { faults.push('text within a drawing'); }
    return faults;
}"""
SMALL = """least => {
    const within = one => getComputedStyle(one).display === 'inline'
        && one.parentElement.innerText.trim() !== one.innerText.trim();
    const all = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary');
    const boxes = [...all].filter(one => one.offsetParent && !one.closest('.spoken, .skip') && !within(one))
        .map(one => one.closest('.choice') || one).map(one => [one.getBoundingClientRect(), one]);
    return boxes.filter(([box, _]) => Math.min(box.width, box.height) < least - .5)
        .map(([box, one]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${one.outerHTML.slice(0, 120)}`);
}"""
UNEVEN = """() => {
    const faults = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const box = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
        const even = getComputedStyle(box).fontVariantNumeric === 'tabular-nums';
        if (/\\d\\.\\d\\d/.test(text) && box.offsetParent && !even) { faults.push(text); }
    }
    return faults;
}"""


def tokens(size, *, high=False):
    """Return the colours that hold in a type size."""
    css = assets()["gongji.css"].packed[""].decode()
    found: dict[str, str] = {}
    for selector, told in BLOCK.findall(css):
        large, hc = f'[data-size^="{size}"]' in selector, high and '[data-size$="hc"]' in selector
        if selector == ":root" or large or hc:
            found |= dict(TOKEN.findall(told))
    return found


def light(colour):
    code = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(code[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("size", "high", "least"), [("s", False, 4.5), ("l", False, 7), ("xl", False, 7), ("s", True, 7), ("xl", True, 7)]
)
def test_every_colour_stands_out_from_the_grounds_it_stands_on(size, high, least):
    colours = tokens(size, high=high)
    pairs = {(text, ground): contrast(colours[text], colours[ground]) for text in GROUNDS for ground in GROUNDS[text]}
    pairs |= {("white", ground): contrast("#fff", colours[ground]) for ground in ("brand", "ink")}

    assert {pair: round(found, 2) for pair, found in pairs.items() if found < least} == {}
    marks = {mark: contrast(colours[mark], colours["card"]) for mark in MARKS}
    assert {mark: round(found, 2) for mark, found in marks.items() if found < 3} == {}


@pytest.mark.browser
@pytest.mark.parametrize("size", BODY)
def test_there_are_three_sizes_of_type(browser, address, size):
    with opened(browser, address, "/rules/310000/relatives", size=size) as page:
        body = page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")

        assert BODY[size][0] <= body <= BODY[size][1]


def faults_of(browser, site, state):
    """Return what is cut, too small to hit, of uneven digits or too pale in a state."""
    path, _, cookie = state
    for size, width in (("s", 375), ("xl", 320), ("l", 1280)):
        with opened(browser, site, "/assets/none", width=width, size=size) as page:
            if cookie:
                name, _, value = cookie.partition("=")
                page.context.add_cookies([{"name": name, "value": value, "url": site}])
            page.goto(site + path)
            page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
            where = f"{size} {width}"
            yield from (f"{where} {fault}" for fault in page.evaluate(CUT))
            yield from (f"{where} {fault}" for fault in page.evaluate(SMALL, 48 if size == "s" else 60))
            yield from (f"{where} uneven: {fault}" for fault in page.evaluate(UNEVEN))
            if size == "xl":
                only = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]}}
                found = Axe().run(page, options=only).response["violations"]
                yield from (f"{where} pale: {node['html'][:120]}" for one in found for node in one["nodes"])


def looked_at():
    for build, name in EVERY:
        yield pytest.param(build, name, None, marks=pytest.mark.soak, id=name)
    for build, name in ((of_money, "waiting"), (of_family, "lived in"), (at_desk, "desk")):
        yield pytest.param(build, name, SOME[name], id=f"{name}, some")


@pytest.mark.browser
@pytest.mark.parametrize(("build", "name", "some"), [*looked_at()])
def test_nothing_is_cut_and_all_can_be_hit_and_read(browser, build, name, some):
    with at_work(build, name) as (site, states):
        among = {state: told for state, told in states.items() if some is None or state in some}
        found = {state: [*faults_of(browser, site, told)] for state, told in among.items()}

    assert among
    assert {state: faults for state, faults in found.items() if faults} == {}
