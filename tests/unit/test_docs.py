"""The documents, held to the code."""

import importlib
import importlib.util
import json
import pkgutil
import re
import subprocess
import sys
from enum import StrEnum
from itertools import takewhile
from pathlib import Path

import pytest

import gongji
import gongji.domain
from docs.openapi_page import file
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal
from gongji.rules.schema import RULES

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
CODE_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def commands(page: str) -> list[list[str]]:
    """The words of every command line in the page's shell blocks, without comments."""
    blocks = CODE_BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    return [words for block in blocks for line in block.splitlines() if (words := line.split("#")[0].split())]


def gongji_commands() -> list[list[str]]:
    """The commands of the program that the READMEs show, without their arguments."""
    shown = (words[1:] for page in READMES for words in commands(page) if words[0] == "gongji")
    known = {tuple(takewhile(re.compile(r"[a-z]+").fullmatch, words[:2])) for words in shown}
    return [list(words) for words in sorted(known)]


def domain_words() -> set[str]:
    """Every word of the enumerations of the ground floor, but for refusals and faults, which have their own page."""
    modules = [
        importlib.import_module(f"gongji.domain.{found.name}") for found in pkgutil.iter_modules(gongji.domain.__path__)
    ]
    enums = {
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, StrEnum) and thing not in {StrEnum, Refusal, RequestFault}
    }
    return {str(word) for enum in enums for word in enum}


def test_the_pages_of_refusals_and_coverage_are_fresh():
    spec = importlib.util.spec_from_file_location("build", ROOT / "docs" / "build.py")
    assert spec
    assert spec.loader
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)

    assert build.REFUSALS_PAGE.read_text(encoding="utf-8") == build.refusals_page(), "run: python docs/build.py"
    assert build.COVERAGE_PAGE.read_text(encoding="utf-8") == build.coverage_page(), "run: python docs/build.py"


def test_the_openapi_file_is_fresh():
    assert (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8") == file(), "run: python docs/build.py"


def test_no_shape_of_the_api_is_named_after_the_module_it_happens_to_lie_in():
    shapes = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["components"]["schemas"]

    assert [name for name in shapes if "_" in name] == []


def test_every_word_of_the_trade_stands_in_the_glossary():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")

    missing = {word for word in domain_words() | set(RULES) if f"`{word}`" not in glossary}

    assert not missing


@pytest.mark.parametrize("page", READMES)
def test_every_make_command_of_the_readme_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {words[1] for words in commands(page) if words[0] == "make"}

    assert {"run", "test"} <= targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


@pytest.mark.parametrize("command", gongji_commands(), ids=" ".join)
def test_every_gongji_command_of_the_readme_explains_itself(command):
    program = f"import sys; sys.argv = ['gongji', *{command!r}, '--help']; from gongji.wiring import main; main()"

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


@pytest.mark.parametrize("page", READMES)
def test_the_readme_links_to_pages_that_exist(page):
    links = LINK.findall((ROOT / page).read_text(encoding="utf-8"))

    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


def test_both_readmes_show_the_same_commands():
    english, chinese = (commands(page) for page in READMES)

    assert english == chinese


def test_the_changelog_knows_this_version():
    assert f"## {gongji.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
