"""简易模式: one question a page. A form of several questions shows them all, or, in the simple mode, the next one."""

from collections.abc import Collection, Sequence
from typing import Final

from gongji.channels.screens.citizen.shell import is_easy
from gongji.channels.screens.visiting import Visit

ASK: Final = "ask"
"""Which question is asked: in the address, where somebody comes back to change an answer, and in the form."""


def asked_now(visit: Visit, names: Sequence[str], known: Collection[str]) -> list[str]:
    """Return which questions stand on the page: all, or in the simple mode the one asked for, or the first open."""
    if not is_easy(visit):
        return list(names)
    ask = visit.form.get(ASK) or visit.query.get(ASK, "")
    if ask in names:
        return [ask]
    return [next((name for name in names if name not in known), names[0])]
