"""The page of the institution interface, held to the tables and to the transactions that there are."""

import re
import tomllib
from pathlib import Path

from gongji.channels.national.door import TRANSACTIONS
from interface.build import tables
from interface.page import page

ROOT = Path(__file__).parents[2]
TOLD = tomllib.loads((ROOT / "interface" / "page.toml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "interface.md").read_text(encoding="utf-8")


def test_the_page_of_the_interface_is_fresh():
    assert page() == PAGE, "run: python docs/build.py"


def test_every_transaction_is_on_the_page_as_supported_or_with_the_reason_why_not():
    known = {table.infno for table in tables()}

    assert set(TRANSACTIONS) <= TOLD["titles"].keys()
    assert known - set(TRANSACTIONS) == known & TOLD["unsupported"].keys()
    assert not TOLD["unsupported"].keys() & set(TRANSACTIONS)
    assert TOLD["notes"].keys() <= set(TRANSACTIONS)


def test_every_link_on_the_page_leads_somewhere():
    links = set(re.findall(r"\]\(#([^)]+)\)", PAGE))

    assert links
    assert links <= set(re.findall(r'<a id="([^"]+)"></a>', PAGE))


def test_every_line_of_a_table_has_the_cells_of_its_head():
    for block in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1, block
