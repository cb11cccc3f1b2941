"""Moments as the API tells and takes them: with the offset of Asia/Shanghai, as RFC 3339 wants."""

from datetime import datetime, timedelta, timezone
from typing import Annotated, Final, overload

from msgspec import Meta

from gongji.channels.api.problems import ProblemError
from gongji.domain.refusals import Refusal
from gongji.rules.policybook import EPOCH

SHANGHAI: Final = timezone(timedelta(hours=8))

Moment = Annotated[datetime, Meta(tz=True)]
"""A moment with an offset, any."""


@overload
def told(at: datetime) -> Moment: ...
@overload
def told(at: None) -> None: ...
def told(at: datetime | None) -> Moment | None:
    """Return a moment of the books as it is told."""
    return at.replace(tzinfo=SHANGHAI) if at is not None else None


def taken(at: Moment) -> datetime:
    """Return a moment that was sent as the books have it: in Asia/Shanghai, without a zone."""
    return at.astimezone(SHANGHAI).replace(tzinfo=None)


def sensible(at: Moment, field: str) -> datetime:
    """Return a moment as `taken` does. Raise ProblemError for one that no rule speaks of: too early, or far ahead."""
    if not EPOCH.year < at.year < _FAR_AHEAD:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field=field, said="no rule speaks of that day")
    return taken(at)


# Helpers

_FAR_AHEAD: Final = 9000
"""From this year on, days can no longer be counted forward safely."""
