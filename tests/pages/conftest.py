"""What tests of pages share: an application over the repository's rules on one day, and a browser if there is one."""

import asyncio
import shutil
import socket
import subprocess
import threading
import time
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar
from litestar.testing import TestClient
from playwright.sync_api import Browser, sync_playwright

from gongji.channels.pages import assets, explorer
from gongji.rules.bundle import compile_book
from gongji.rules.policybook import PolicyBook
from gongji.services.policies.timetables import Timetable
from tests.pages.gallery import gallery

POLICIES = Path(__file__).parents[2] / "policies"
NOW = datetime(2026, 11, 23, 10)
CHROMIUM = shutil.which("chromium")
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none", "--disable-lcd-text",
    "--force-color-profile=srgb",
]  # fmt: skip


@pytest.fixture(scope="session")
def book() -> PolicyBook:
    files = {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in POLICIES.glob("*.toml")}
    return compile_book(files)[0]


def application(book: PolicyBook) -> Litestar:
    handlers = [*explorer.routes(Timetable(book), lambda: NOW), *assets.routes(), gallery]
    return Litestar(handlers, openapi_config=None, logging_config=None)


@pytest.fixture(scope="session")
def client(book) -> Iterator[TestClient[Litestar]]:
    with TestClient(application(book)) as client:
        yield client


@pytest.fixture(scope="session")
def address(book) -> Iterator[str]:
    """The application behind a real server, in a thread."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(application(book), address="127.0.0.1", port=port, interface=Interfaces.ASGI)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
    thread.start()
    wait_for(f"http://127.0.0.1:{port}/rules/help")
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(server.stop)
    thread.join(timeout=10)
    loop.close()


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            with urlopen(address):  # noqa: S310  # our own server on this machine
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the server of the pages did not start")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, closed after each module: while it is open, nothing else can run an event loop in this thread."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: apt-get install chromium fonts-noto-cjk")
    fonts = shutil.which("fc-list")
    if fonts is None or not subprocess.run([fonts, ":lang=zh"], capture_output=True, check=True).stdout:
        pytest.skip("Chinese fonts are missing: apt-get install fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()
