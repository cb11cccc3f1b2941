"""What a service answers, as a handler goes on with it: a fault of the request is raised, a refusal is told."""

from typing import TypeVar

from gongji.channels.api.problems import ProblemError, refused
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused

T = TypeVar("T")


def held(outcome: T | Refused | RequestFault) -> T | Refused:
    """Return what was done, or the refusal. Raise ProblemError for a fault; what was written is taken back then."""
    if isinstance(outcome, RequestFault):
        raise ProblemError(outcome)
    return outcome


def got(outcome: T | Refused | RequestFault) -> T:
    """Return what was found. Raise ProblemError for anything else."""
    found = held(outcome)
    if isinstance(found, Refused):
        raise refused(found)
    return found
