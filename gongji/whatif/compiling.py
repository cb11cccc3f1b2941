"""How the kernel is compiled: at its first use on a machine, and then kept beside its source."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., object])
_HOW: Final[Any] = {"cache": True, "_nrt": False, "forceinline": True}
"""The kernel allocates nothing, so references to its arrays need not be counted: that takes a third of the time.

Its functions are small and called for each bill: put into one another they take half the time.
"""


def compiled(function: _Function) -> _Function:
    """Return the function compiled to machine code."""
    made: _Function = njit(**_HOW)(function)
    return made
