"""Write the pages that are made from the code: `python docs/build.py`.

A test compares what this would write with what stands there.
"""

from pathlib import Path

from gongji.domain.refusals import Refusal
from gongji.domain.texts import next_step, sentence
from interface.page import page as interface_page

REFUSALS_PAGE = Path(__file__).with_name("refusals.md")
INTERFACE_PAGE = Path(__file__).with_name("interface.md")

_HEAD = """# Refusals 拒绝原因

Every "no" of the system is one of these names, everywhere: in code, case files, messages, on pages and printouts.
When several apply, the first in this order speaks and the rest are listed after it. Beside the sentence an answer
carries the rule, the region and day it was read for, the document behind it, and the figures compared.

This page is written by `python docs/build.py` from `gongji/domain/refusals.py` and `gongji/domain/texts.py`.
"""


def refusals_page() -> str:
    """Return the page of all refusals, in their order of speaking."""
    rows = [f"| {rank} | `{reason}` | {_words(reason)} |" for rank, reason in enumerate(Refusal, start=1)]
    return "\n".join([_HEAD, "| | name | what it says | next step |", "|--:|---|---|---|", *rows, ""])


def _words(reason: Refusal) -> str:
    says = f"{sentence(reason, 'zh')}<br>{sentence(reason, 'en')}"
    step = f"{next_step(reason, 'zh')}<br>{next_step(reason, 'en')}"
    return f"{says} | {step}"


if __name__ == "__main__":
    REFUSALS_PAGE.write_text(refusals_page(), encoding="utf-8")
    print(f"wrote {REFUSALS_PAGE.name}: {len(Refusal)} refusals")
    INTERFACE_PAGE.write_text(interface_page(), encoding="utf-8")
    print(f"wrote {INTERFACE_PAGE.name}")
