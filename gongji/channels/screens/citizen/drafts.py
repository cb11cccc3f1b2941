"""What the forms of several pages about money share: proving anew who one is, asking again for an outcome, chips."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.visiting import Sent, Visit
from gongji.domain.faults import RequestFault
from gongji.domain.money import yuan
from gongji.services.access.unfinished import Unfinished

ASKED: Final = "asked"
"""The field of a form whose act has been sent, and of which it is not known what became."""

_CHIPS_FEN: Final = (100_00, 200_00, 500_00, 1_000_00, 2_000_00)
_CHIPS_MOST: Final = 4


def proves_anew(visit: Visit, path: str) -> Sent:
    """Return the way to a fresh face check, and back to one of our pages: what was filled in is kept there."""
    return Sent(f"/oauth/sign-in?prompt=login&back={quote(visit.link(path), safe='')}")


def wants_proof(trouble: TroubleError) -> bool:
    """Tell whether the API refused because the face check is too old."""
    return trouble.name == RequestFault.PROOF_TOO_OLD


def is_open(trouble: TroubleError) -> bool:
    """Tell whether it is not known what became of an act."""
    return trouble.problem.money_moved is None


def chips_up_to(most_fen: int, least_fen: int = 0) -> list[int]:
    """Return round amounts up to the largest that would be taken, and that one itself."""
    several = [fen for fen in _CHIPS_FEN if least_fen < fen < most_fen][: _CHIPS_MOST - 1]
    return [*several, most_fen] if most_fen > least_fen else several


def amount_of(form: Mapping[str, str]) -> dict[str, str]:
    """Return the form with the amount of the chip that was pressed, if one was."""
    chip = form.get("chip", "")
    sound = chip.isascii() and chip.isdecimal() and len(chip) < 13
    return {**form, "amount": yuan(int(chip))} if sound else dict(form)


def fen_of(form: Unfinished, name: str = "amount_fen") -> int:
    """Return an amount that a form has kept, 0 for none."""
    kept = form.fields.get(name, "")
    return int(kept) if kept.isascii() and kept.isdecimal() else 0
