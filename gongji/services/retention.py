"""Retention 留存期限: what is kept for a time only, how long, and the sweep that forgets it behind the settlements.

Acts, looks, consents, mandates and applications stay for ever; so does everything that is not named here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from gongji.services.access.links import LINK
from gongji.services.access.sessions import CODE, SESSION, SESSION_LIFE, SIGN_IN
from gongji.services.access.unfinished import LIFE, UNFINISHED
from gongji.services.store import Store
from gongji.services.telling.deliveries import DELIVERY

LOGGED: Final = timedelta(days=184)
"""《网络安全法》（2016年）第二十一条: what shows who was at a system, and when, is kept for six months at least."""

USED_CODES: Final = "e-credential codes"

KEPT: Final[Mapping[str, timedelta]] = {
    CODE: timedelta(days=1),
    UNFINISHED: LIFE + timedelta(days=1),
    SIGN_IN: LOGGED,
    SESSION: SESSION_LIFE + LOGGED,
    LINK: LOGGED,
    DELIVERY: LOGGED,
    USED_CODES: LOGGED,
}
"""How long after it was made each kind is kept. A code of a minute is kept a day: who uses it again is found out."""

PORTION: Final = 500

EVERY: Final = timedelta(hours=1)


def sweep(store: Store, now: datetime, most: int = PORTION) -> bool:
    """Forget a portion of each kind; tell whether there may be more."""
    return max([_forgotten(store, kind, now - life, most) for kind, life in KEPT.items()]) == most


# Helpers


def _forgotten(store: Store, kind: str, before: datetime, most: int) -> int:
    return store.forget_codes(before, most) if kind == USED_CODES else store.forget(kind, before, most)
