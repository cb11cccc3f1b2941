"""Deliveries 发送: notices on their way out as SMS, WeChat or Alipay messages, tried until the gateway has taken them.

A message goes out under the id of its delivery each time: so a gateway can tell a second try from a second message.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.services.accounts.movements import names_of
from gongji.services.store import Books, Store
from gongji.services.telling.notice_texts import notice_words
from gongji.services.telling.notices import URGENT, Notice, Telling
from gongji.services.telling.preferences import Channel, after_rest, preferences_of, preferences_scope

DELIVERY: Final = "delivery"
WAITING: Final = "waiting"
SENT: Final = "sent"
FAILED: Final = "failed"

TRIED_FOR: Final = timedelta(days=3)
FIRST_WAIT: Final = timedelta(seconds=10)
LONGEST_WAIT: Final = timedelta(hours=1)
PAGE: Final = 64

Result = Literal["sent", "refused", "unknown"]
"""Taken; refused for good (no such number); or not known, which is tried again."""

Write = Callable[[Scope, Callable[[Books], bytes]], bytes]
"""Has something written in the batches of the settlement loop, and waits until it is."""


class Message(Struct, frozen=True, kw_only=True):
    """What goes to a gateway. `message_id` is the same at every try."""

    message_id: str
    channel: Channel
    address: str
    language: Language
    words: str
    path: str


class Messenger(Protocol):
    """Gateways for messages."""

    def send(self, message: Message) -> Result:
        """Send, and tell what came of it. Raises nothing for what a gateway does."""
        ...


class Delivery(Struct, frozen=True, kw_only=True):
    """A notice on its way by one channel to one address. `last` is what came of the last try, "" before the first."""

    notice_id: str
    notice: Notice
    channel: Channel
    address: str
    language: Language
    tries: int = 0
    last: str = ""
    sent_at: datetime | None = None


def plan(books: Books, tellings: Iterable[Telling], now: datetime) -> None:
    """File a delivery for each channel by which the person wants to be told."""
    for telling in tellings:
        wanted = preferences_of(books, telling.person_id)
        due_at = now if telling.notice.topic in URGENT else after_rest(wanted, now)
        for channel in wanted.channels:
            digest = hashlib.sha256(f"{telling.notice_id}\n{channel}".encode()).hexdigest()
            form = Delivery(
                notice_id=telling.notice_id,
                notice=telling.notice,
                channel=channel,
                address=wanted.address(channel),
                language=wanted.language,
            )
            books.dossiers.put(
                Dossier(
                    dossier_id=f"{DELIVERY}-{digest[:40]}",
                    kind=DELIVERY,
                    made_at=now,
                    parties=(telling.person_id,),
                    office=channel,
                    state=WAITING,
                    due_at=due_at,
                    content=filed(form),
                )
            )


def planned_scope(tellings: Sequence[Telling]) -> Scope:
    """Return what has to be loaded to plan the deliveries of these."""
    return preferences_scope(*{telling.person_id for telling in tellings})


def deliver(store: Store, write: Write, messenger: Messenger, now: datetime) -> int:
    """Send what is due, note what came of it, and return how many were tried."""
    several = store.due_dossiers(DELIVERY, now, PAGE)
    if not several:
        return 0
    names = _names(store, several)
    results = {one.dossier_id: messenger.send(_message(one, names)) for one in several}

    def work(books: Books) -> bytes:
        for dossier_id, result in results.items():
            dossier = books.dossiers.get(dossier_id)
            if dossier is not None and dossier.state == WAITING:
                books.dossiers.put(_after(dossier, result, now))
        return b""

    write(Scope(dossiers=set(results)), work)
    return len(results)


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries: each time twice as long, from ten seconds to an hour."""
    return min(FIRST_WAIT * (1 << min(max(tries, 1) - 1, 20)), LONGEST_WAIT)


# Helpers


def _names(store: Store, several: list[Dossier]) -> Mapping[int, str]:
    people = {opened(one, Delivery).notice.other_id for one in several} - {0}
    return store.read(Scope(people=set(people)), lambda books: names_of(books, people)) if people else {}


def _message(dossier: Dossier, names: Mapping[int, str]) -> Message:
    form = opened(dossier, Delivery)
    return Message(
        message_id=dossier.dossier_id,
        channel=form.channel,
        address=form.address,
        language=form.language,
        words=notice_words(form.notice, names, form.language),
        path=form.notice.path,
    )


def _after(dossier: Dossier, result: Result, now: datetime) -> Dossier:
    form = opened(dossier, Delivery)
    tried = replace(form, tries=form.tries + 1, last=result)
    if result == "sent":
        return replace(dossier, state=SENT, due_at=None, content=filed(replace(tried, sent_at=now)))
    if result == "refused" or now - dossier.made_at >= TRIED_FOR:
        return replace(dossier, state=FAILED, due_at=None, content=filed(tried))
    return replace(dossier, due_at=now + wait_after(tried.tries), content=filed(tried))
