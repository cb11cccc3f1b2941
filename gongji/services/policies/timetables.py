"""Which rules hold at which moment, as the archive tells it; and by which rules a bill was quoted."""

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from gongji.domain.generations import Generations
from gongji.rules.bundle import PolicyError, book_from_bundle
from gongji.rules.policybook import PolicyBook
from gongji.services.policies.archives import Archive
from gongji.services.policies.drafts import DeskError, Publication, kept_bundle, publications
from gongji.services.store import StoreError

QUOTE_LIFE: Final = timedelta(minutes=30)
"""So long a bill is settled by the rules it was quoted by, whatever was published since."""

QUOTES_MOST: Final = 50_000
BOOKS_MOST: Final = 4
"""Twice as many books are kept in memory at most, besides that of the files."""

LOOK_SECONDS: Final = 1
_FIRST: Final = datetime.min  # noqa: DTZ901  # Beijing time
_LAST: Final = datetime.max  # noqa: DTZ901  # Beijing time


class _Stretch(Struct, frozen=True):
    """A book and the moments [since, until) in which it holds, as long as nothing but `known` is published."""

    known: tuple[Publication, ...]
    since: datetime
    until: datetime
    book: PolicyBook


class Timetable:
    """Tells by which book is settled at a moment. `seed` is that of the files, which holds while nothing is published.

    One thread may look into the archive while others ask.
    """

    def __init__(self, seed: PolicyBook, archive: Archive | None = None) -> None:
        """Know the seed alone; `look` reads the archive, where there is one."""
        self.seed = seed
        self.archive = archive
        self._published: tuple[Publication, ...] = ()
        self._seen = 0
        self._books: Generations[str, PolicyBook] = Generations(BOOKS_MOST)
        self._looking, self._fetching = threading.Lock(), threading.Lock()
        self._holds = _Stretch((), _FIRST, _LAST, seed)

    def look(self) -> list[Publication]:
        """Look for publications that are new, and return them. Raise StoreError, PolicyError or DeskError."""
        if self.archive is None:
            return []
        with self._looking:
            acts = self.archive.acts(self._seen)
            found = publications(acts)
            for one in found[-2:]:
                self._book(one.told.bundle)  # read while there is time, rather than with the first bill
            if found:
                self._published = (*self._published, *found)
            self._seen = acts[-1].number if acts else self._seen
            return found

    def at(self, moment: datetime) -> PolicyBook:
        """Return the book that holds at that moment."""
        holds = self._holds
        if holds.known is not self._published or not holds.since <= moment < holds.until:
            holds = self._holds = self._stretch(moment)
        return holds.book

    def holding(self, moment: datetime) -> Publication | None:
        """Return the publication that holds at that moment, None for the files."""
        several = self._published
        return several[_place(several, moment)] if several else None

    def coming(self, moment: datetime) -> list[Publication]:
        """Return the publications that are to hold later, in order."""
        return [one for one in self._published if one.told.since > moment]

    def made_by(self, digest: str) -> PolicyBook | None:
        """Return the book of that digest, where it is the files' or was published; None for any other."""
        known = digest == self.seed.digest or any(one.told.bundle == digest for one in self._published)
        return self._book(digest) if known else None

    def _stretch(self, moment: datetime) -> _Stretch:
        several = self._published
        if not several:
            return _Stretch(several, _FIRST, _LAST, self.seed)
        place = _place(several, moment)
        since = several[place].told.since if place else _FIRST
        until = several[place + 1].told.since if place + 1 < len(several) else _LAST
        return _Stretch(several, since, until, self._book(several[place].told.bundle))

    def _book(self, digest: str) -> PolicyBook:
        if digest == self.seed.digest or self.archive is None:
            return self.seed
        with self._fetching:
            book = self._books.get(digest)
            if book is None:
                book = book_from_bundle(kept_bundle(self.archive, digest))
                self._books.put(digest, book)
            return book


class Quotes:
    """By which book bills were quoted, by whatever names a bill; forgotten after a while, and when the program ends."""

    def __init__(self) -> None:
        """Begin with none."""
        self._quoted: Generations[object, tuple[datetime, str]] = Generations(QUOTES_MOST)
        self._turn = threading.Lock()

    def note(self, bill: object, digest: str, at: datetime) -> None:
        """Remember by which book a bill was quoted."""
        with self._turn:
            self._quoted.put(bill, (at, digest))

    def digest_of(self, bill: object, at: datetime) -> str | None:
        """Return by which book a bill was quoted not long before `at`, None when it was not."""
        found = self._quoted.peek(bill)
        return found[1] if found is not None and at - found[0] <= QUOTE_LIFE else None


@contextmanager
def looking(timetable: Timetable, say: Callable[[str], None]) -> Iterator[None]:
    """Have the archive looked into again and again. What is found, and what goes wrong, is said once."""
    done = threading.Event()

    def loop() -> None:
        fault = ""
        while not done.wait(LOOK_SECONDS):
            try:
                for one in timetable.look():
                    say(f"{sentence(one)}.")
                fault = ""
            except (StoreError, PolicyError, DeskError) as met:
                if str(met) != fault:
                    say(f"What was published could not be read: {met}")
                fault = str(met)

    thread = threading.Thread(target=loop, name="gongji-rules", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def sentence(one: Publication) -> str:
    """Return what is said of a publication."""
    told, since = one.told, f"{one.told.since:%Y-%m-%d %H:%M:%S}"
    of = f"draft {one.act.draft_id}" if one.act.draft_id else "the program's policy files"
    what = of if told.again is None else f"publication {told.again} again"
    return f"Publication {one.act.number}: {what}, bundle {told.bundle[:12]}, from {since}, by {one.act.who}"


# Helpers


def _place(several: tuple[Publication, ...], moment: datetime) -> int:
    """Return the place of the publication that holds; before the first it is the first."""
    return max(0, bisect_right(several, moment, key=lambda one: one.told.since) - 1)
