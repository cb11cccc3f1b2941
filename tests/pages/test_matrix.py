"""Every state of the pages for families and of the desk in every type size and width.

Those of the explorer are in test_in_the_browser, those of the kiosk in test_kiosk_in_the_browser.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from gongji.channels.api.limits import Limits, Rate
from tests.pages import states_family, states_money
from tests.pages.console_world import ConsoleWorld
from tests.pages.states_console import console_states
from tests.pages.test_in_the_browser import CONTROLS, LEAST_FONT, LEAST_TARGET, fits, opened, violations
from tests.pages.visitors import served

pytestmark = [pytest.mark.browser, pytest.mark.soak]

SIZES = ("s", "l", "xl", "xl-hc")
WIDTHS = (320, 375, 1280)
FOR_AXE = {("s", 1280), ("xl", 320), ("xl-hc", 375)}
WIDE = Rate(1_000_000, 1_000_000)
"""The clock stands still, so that no limit would ever fill up again."""


@contextmanager
def money(name):
    with states_money.opened_world(name) as world:
        among = {state: told for state, told in states_money.STATES.items() if told[0] == name}
        yield world, {state: seen(world, states_money.address(world, state), *among[state][2:]) for state in among}


@contextmanager
def family(name):
    with states_family.family_world(name) as world:
        among = {state: told for state, told in states_family.STATES.items() if told[0] == name}
        yield world, {state: seen(world, states_family.path_of(world, state), *among[state][2:]) for state in among}


@contextmanager
def desk(_):
    with ConsoleWorld() as world:
        yield world, console_states(world)


def seen(world, path, status, who):
    """Return the path, the status, and the cookie of who looks."""
    return path, status, world.sits(who) if who else ""


EVERY = [
    *[(money, name) for name in states_money.WORLDS],
    *[(family, name) for name in states_family.WORLDS],
    (desk, "desk"),
]


@contextmanager
def at_work(build, name):
    """Yield the address and the states of a world, brought about aside: this thread may have a browser's event loop."""
    with ThreadPoolExecutor(1) as hand:
        world = build(name)
        found, states = hand.submit(world.__enter__).result()
        found.app.state.desk = replace(found.desk, limits=Limits(person=WIDE, staff=WIDE, address=WIDE))
        with served(found) as site:
            yield site, states
        hand.submit(world.__exit__, None, None, None).result()


def faults_of(browser, site, state) -> Iterator[str]:
    """Return what is wrong with a state, and in which sizes."""
    path, status, cookie = state
    for size in SIZES:
        with opened(browser, site, "/assets/none", size=size) as page:
            if cookie:
                name, _, value = cookie.partition("=")
                page.context.add_cookies([{"name": name, "value": value, "url": site}])
            answer = page.goto(site + path)
            if answer is None or answer.status != status:
                yield f"{size}: {answer and answer.status}"
            page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
            for width in WIDTHS if size != "xl-hc" else (375,):  # contrast does not move anything
                page.set_viewport_size({"width": width, "height": 800})
                where = f"{size} {width}"
                if not fits(page, width):
                    yield f"{where}: runs over the edge"
                if page.evaluate(LEAST_FONT) < (14 if size == "s" else 18):
                    yield f"{where}: too small to read"
                if page.locator(CONTROLS).evaluate_all(LEAST_TARGET) < (48 if size == "s" else 60):
                    yield f"{where}: too small to hit"
                if (size, width) in FOR_AXE:
                    yield from (f"{where}: {violation}" for violation in violations(page))


@pytest.mark.parametrize(("build", "name"), EVERY, ids=[name for _, name in EVERY])
def test_every_state_can_be_read_hit_and_heard_in_every_size(browser, build, name):
    with at_work(build, name) as (site, states):
        found = {state: [*faults_of(browser, site, told)] for state, told in states.items()}

    assert {state: faults for state, faults in found.items() if faults} == {}
