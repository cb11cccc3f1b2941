"""The score of `make mutants` by module: `python docs/mutants_page.py` prints the table of docs/mutation.md.

mutmut leaves beside each mutated module a file with the exit status of the tests for each mutant: 0 where none failed,
5 and 33 where none runs that function, nothing where the mutant was not tried. A time-out (24, 36) is told apart.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

MUTANTS: Final = Path(__file__).parents[1] / "mutants"
SURVIVED: Final = {0, 5, 33}
TIMED_OUT: Final = {24, 36, 152, 255, -24}


class Score(Struct, frozen=True):
    """How many mutants of a module there are, were tried, lived on, and ran out of time."""

    module: str
    made: int
    tried: int
    survived: int
    timed_out: int

    @property
    def row(self) -> str:
        """Return the row of the table; what ran out of time counts as noticed."""
        noticed = self.tried - self.survived
        share = f"{100 * noticed / self.tried:.1f} %" if self.tried else "–"
        return f"| {self.module} | {self.made} | {self.tried} | {noticed} | {self.timed_out} | {share} |"


def scores(folder: Path = MUTANTS) -> Iterator[Score]:
    """Yield the score of each mutated module."""
    for file in sorted(folder.glob("gongji/**/*.meta")):
        found = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        tried = [code for code in found.values() if code is not None]
        if found:
            survived = sum(code in SURVIVED for code in tried)
            module = file.relative_to(folder / "gongji").name.removesuffix(".meta")
            path = f"{file.parent.name}/{module}"
            yield Score(path, len(found), len(tried), survived, sum(code in TIMED_OUT for code in tried))


def table(several: list[Score]) -> str:
    """Return the table, the sum of all modules last."""
    fields = ("made", "tried", "survived", "timed_out")
    whole = Score("all", *[sum(getattr(one, name) for one in several) for name in fields])
    head = "| module | mutants | tried | noticed | of these by time-out | score |\n|---|---|---|---|---|---|"
    return "\n".join([head, *[one.row for one in (*several, whole)]])


if __name__ == "__main__":
    found = list(scores())
    sys.stdout.write(table(found) + "\n" if found else f"nothing in {MUTANTS}: run make mutants first\n")
