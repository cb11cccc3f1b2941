"""The kiosk's own numeric pad: each key is a button that is sent, so that it works without a script."""

from typing import Final

BACK: Final = "back"
CLEAR: Final = "clear"
_DIGITS: Final = frozenset("0123456789")
_CENTS: Final = 2
_YUAN_MOST: Final = 8
_NUMBER_LENGTH: Final = 18


def amount_after(value: str, key: str) -> str:
    """Return the amount in yuan as it stands after a key: at most two decimals, no noughts before it."""
    if key in (BACK, CLEAR):
        return value[:-1] if key == BACK else ""
    whole, point, cents = value.partition(".")
    if key == "." and not point:
        return f"{whole or '0'}."
    if key not in _DIGITS or len(cents) == _CENTS or (not point and len(whole) == _YUAN_MOST):
        return value
    return value + key if point else (whole + key).lstrip("0") or "0"


def number_after(value: str, key: str) -> str:
    """Return the number of an ID card as it stands after a key; X is its last."""
    if key in (BACK, CLEAR):
        return value[:-1] if key == BACK else ""
    last = len(value) == _NUMBER_LENGTH - 1
    fits = key in _DIGITS or (key == "X" and last)
    return value + key if fits and len(value) < _NUMBER_LENGTH and not value.endswith("X") else value


def fen_of(value: str) -> int:
    """Return an amount of the pad in fen, 0 for none."""
    whole, _, cents = value.partition(".")
    return int(whole or "0") * 100 + int(cents.ljust(2, "0") or "0") if set(value) <= _DIGITS | {"."} else 0
