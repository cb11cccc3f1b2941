"""A dozen pictures of pages, compared dot by dot. One that is deleted is drawn anew, to be looked at before it is kept.

Pictures depend on the browser and the fonts: with others than those they were drawn with, they are not compared.
"""

import json
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.pages.conftest import CHROMIUM
from tests.pages.money_world import MOTHER, SON
from tests.pages.states_money import address, opened_world
from tests.pages.test_money_in_the_browser import sits
from tests.pages.visitors import served

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).with_name("baselines")
COLOURS = 64
MADE_WITH = FOLDER / "made_with.json"
PICTURES = {
    "home": ("home, things wait", SON, 375, "s"),
    "home large": ("home, things wait", SON, 320, "xl"),
    "home wide": ("home, things wait", SON, 1280, "s"),
    "home contrast": ("home, things wait", SON, 375, "xl-hc"),
    "send": ("send, one waits", SON, 375, "s"),
    "receipt": ("transfer, waits", SON, 375, "s"),
    "receive": ("transfer, to receive", MOTHER, 375, "s"),
    "receive large": ("transfer, to receive", MOTHER, 320, "xl"),
    "records": ("records", SON, 375, "s"),
    "records large": ("records", SON, 320, "xl"),
    "balance": ("balance", SON, 375, "s"),
    "balance wide": ("balance", SON, 1280, "s"),
}


def tools():
    """Return what the pictures depend on."""
    fonts = shutil.which("fc-match")
    assert CHROMIUM is not None
    assert fonts is not None
    version = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, check=True).stdout.split()
    font = subprocess.run([fonts, "-f", "%{file} %{fontversion}", "sans:lang=zh"], capture_output=True, text=True,
                          check=True)  # fmt: skip
    return {"chromium": next(word for word in version if word[0].isdigit()), "font": font.stdout}


@pytest.fixture(scope="module")
def world():
    with opened_world("waiting") as found:
        yield found


@pytest.fixture(scope="module")
def site(world):
    with served(world) as found:
        yield found


def drawn(browser, world, site, name):
    state, who, width, size = PICTURES[name]
    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    context.add_cookies([{"name": "size", "value": size, "url": site}])
    sits(page, site, world.sits(who))
    page.goto(site + address(world, state))
    picture = page.screenshot(full_page=True, animations="disabled", caret="hide")
    context.close()
    return Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS)


@pytest.mark.parametrize("name", PICTURES)
def test_a_page_looks_as_it_did(world, site, browser, name, tmp_path):
    file = FOLDER / f"{name.replace(' ', '-')}.png"
    if not file.exists():
        FOLDER.mkdir(exist_ok=True)
        MADE_WITH.write_text(json.dumps(tools(), indent=1) + "\n", encoding="utf-8")
        drawn(browser, world, site, name).save(file, optimize=True)
        pytest.fail(f"{file.name} is drawn: look at it, and run this again")
    if json.loads(MADE_WITH.read_text(encoding="utf-8")) != tools():
        pytest.skip("the pictures were drawn with another browser or other fonts")
    after, before = drawn(browser, world, site, name), Image.open(file)
    seen = tmp_path / "seen.png"
    after.save(seen)

    assert before.size == after.size
    differing = ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox()
    assert differing is None, f"{name} differs within {differing}: {seen}"
