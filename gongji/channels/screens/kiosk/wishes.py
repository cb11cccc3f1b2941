"""How somebody wants to be shown things follows him to the kiosk, for as long as he stands there."""

from litestar.datastructures import Cookie

from gongji.channels.screens.citizen.settings import brought
from gongji.channels.screens.visiting import Visit
from gongji.services.access.sessions import SIGN_IN_LIFE
from gongji.services.telling.preferences import UNSAID, preferences_of, preferences_scope


async def followed(visit: Visit, person_id: int) -> tuple[Cookie, ...]:
    """Return the cookies by which the kiosk looks and reads as that person has asked for, for a sign-in."""
    held = await visit.desk.read(preferences_scope(person_id), lambda books: preferences_of(books, person_id))
    return brought(held, int(SIGN_IN_LIFE.total_seconds()))


def forgotten() -> tuple[Cookie, ...]:
    """Return the cookies by which it looks again as it does to everybody."""
    return brought(UNSAID, 0)
