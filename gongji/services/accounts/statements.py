"""Statements 对账单: what lay in each pocket at any moment, and every movement since with the balance after it.

Everything goes by when it took effect, not by when it was recorded: the turn of a year counts from the day the year
turned, even where the account was used only weeks later. So a statement of a past month says the same whenever it is
asked for. Nothing is written.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.journal import Journal
from gongji.ledger.records import Entry, EntryKind
from gongji.ledger.stretches import BEGINNING, END, Point, Stretch, point_of
from gongji.rules.policybook import PolicyBook
from gongji.services.accounts.movements import Movement, Told, due, movements, names_of, relations, tell
from gongji.services.families import person_of
from gongji.services.store import Books, Store

T = TypeVar("T")

CHUNK = 200
"""How many entries are read at a time while looking for those asked for."""

Balances = Mapping[Account, int]


class Asked(Struct, frozen=True, kw_only=True):
    """Which movements: those of [since, until), of one kind of pocket, of some kinds, for one relative; None for all.

    A page has the movements of at most `most` entries; `after` is where the page before it ended.
    """

    person_id: int
    since: datetime = BEGINNING
    until: datetime = END
    pocket: Pocket | None = None
    kinds: frozenset[EntryKind] = frozenset()
    relative_id: int | None = None
    after: Point | None = None
    most: int = 50
    newest_first: bool = True

    def wants(self, movement: Movement) -> bool:
        """Tell whether this movement is asked for."""
        return (
            (self.pocket is None or movement.account.pocket is self.pocket)
            and (not self.kinds or movement.kind in self.kinds)
            and (self.relative_id is None or movement.person_id == self.relative_id)
        )


class Statement(Struct, frozen=True, kw_only=True):
    """One page. `opening` is what lay in each pocket at the beginning of the period, `closing` at its end.

    Over all pages and all movements of a pocket, opening and movements add up to closing. `after` is where the next
    page goes on, None after the last. `names` and `relations` are of those whom the movements were for.
    """

    asked: Asked
    opening: Balances
    closing: Balances
    movements: tuple[Movement, ...]
    after: Point | None
    names: Mapping[int, str]
    relations: Mapping[int, Relation]


class Sum(Struct, frozen=True, kw_only=True):
    """What movements of one month, pocket, kind and relative come to. `month` is written 2026-03."""

    month: str
    account: Account
    kind: EntryKind
    person_id: int | None
    amount_fen: int
    count: int


class Life:
    """A person's life as of one moment: what is recorded, and what has fallen due by `now` and will be."""

    def __init__(self, books: Books, journal: Journal, person_id: int, now: datetime, coming: list[Entry]) -> None:
        """Read of `books`, brought up to `now`, and of `journal`; `coming` is what is due."""
        self.books = books
        self._journal = journal
        self._person_id = person_id
        self._now = now
        self._coming = coming

    def before(self, point: Point) -> dict[Account, int]:
        """Return what lay in each pocket before `point`. Behind all that has happened, that is what lies there now."""
        if point.event_at == BEGINNING:
            return {}
        if point.event_at > self._now:
            rows = self.books.ledger.pockets.rows
            return {one: balance.balance_fen for one, balance in rows.items() if one.book_id == self._person_id}
        balances = self._journal.balances_before(self._person_id, point)
        for entry in self._coming:
            if point_of(entry) < point:
                self._add(balances, entry, 1)
        return balances

    def walk(self, asked: Asked) -> Iterator[list[Movement]]:
        """Yield the movements asked for entry by entry, with the balance after each; entries without any left out."""
        begin, end = Point(asked.since), Point(asked.until)
        if asked.after is not None:
            begin, end = (begin, min(end, asked.after)) if asked.newest_first else (max(begin, asked.after.behind), end)
        balances = self.before(end if asked.newest_first else begin)
        for entry, told in self._entries(begin, end, asked):
            several = list(movements(entry, told, self._person_id))
            if not asked.newest_first:
                self._add(balances, entry, 1)
            several = [replace(one, balance_fen=balances.get(one.account, 0)) for one in several]
            if asked.newest_first:
                self._add(balances, entry, -1)
            if wanted := [one for one in several if asked.wants(one)]:
                yield wanted

    def _entries(self, begin: Point, end: Point, asked: Asked) -> Iterator[tuple[Entry, Told]]:
        """Yield the entries of a stretch in order, read by and by."""
        size = min(asked.most + 1, CHUNK)
        while begin < end:
            several = self._several(Stretch(begin=begin, end=end, most=size, newest_first=asked.newest_first))
            told = tell(self.books, self._journal, several, self._person_id)
            yield from ((entry, told) for entry in several)
            if len(several) < size:
                return
            last = point_of(several[-1])
            begin, end = (begin, last) if asked.newest_first else (last.behind, end)
            size = CHUNK

    def _several(self, stretch: Stretch) -> list[Entry]:
        recorded = self._journal.stretch_of(self._person_id, stretch)
        coming = [entry for entry in self._coming if stretch.begin <= point_of(entry) < stretch.end]
        ordered = sorted(chain(recorded, coming), key=point_of, reverse=stretch.newest_first)
        return ordered[: stretch.most]

    def _add(self, balances: dict[Account, int], entry: Entry, sign: int) -> None:
        for leg in entry.legs:
            if leg.version and leg.account.book_id == self._person_id:
                balances[leg.account] = balances.get(leg.account, 0) + sign * leg.amount_fen


def balances_at(store: Store, policy: PolicyBook, person_id: int, at: datetime, now: datetime) -> Balances | Refused:
    """Return the fen in each pocket of that person at `at`, with all that took effect by then, that moment included.

    Pockets that never had any are left out. Refused for a person who is not known, and for a moment after `now`.
    """
    if at > now:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="at")
    return read_life(store, policy, person_id, now, lambda life: life.before(Point(at + datetime.resolution)))


def statement(store: Store, policy: PolicyBook, asked: Asked, now: datetime) -> Statement | Refused:
    """Return a page of a person's statement. Refused for a person who is not known, and for a page of nothing."""
    if asked.most < 1 or asked.since > asked.until:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="most" if asked.most < 1 else "since")
    found = read_life(store, policy, asked.person_id, now, lambda life: _page(life, asked))
    if isinstance(found, Refused):
        return found
    people = {one.person_id for one in found.movements if one.person_id is not None}
    names = store.read(Scope(people=people | {asked.person_id}), lambda books: names_of(books, people))
    return replace(found, names=names)


def sums(store: Store, policy: PolicyBook, asked: Asked, now: datetime) -> tuple[Sum, ...] | Refused:
    """Return what the movements asked for come to, by month, pocket, kind and relative; pages do not matter here."""

    def added(life: Life) -> tuple[Sum, ...]:
        found: dict[tuple[str, Account, EntryKind, int], list[int]] = {}
        for several in life.walk(replace(asked, after=None, newest_first=False)):
            for one in several:
                key = (f"{one.at:%Y-%m}", one.account, one.kind, one.person_id or 0)
                found.setdefault(key, []).append(one.amount_fen)
        return tuple(
            Sum(
                month=month,
                account=account,
                kind=kind,
                person_id=person_id or None,
                amount_fen=sum(fens),
                count=len(fens),
            )
            for (month, account, kind, person_id), fens in sorted(found.items())
        )

    return read_life(store, policy, asked.person_id, now, added)


def read_life(
    store: Store, policy: PolicyBook, person_id: int, now: datetime, work: Callable[[Life], T]
) -> T | Refused:
    """Let `work` read a person's life as of one moment, what is due by `now` included; PERSON_UNKNOWN for nobody."""
    members = store.read(Scope(people={person_id}), lambda books: _members(books, person_id))

    def read(books: Books, journal: Journal) -> T | Refused:
        person = person_of(books, person_id)
        if isinstance(person, Refused):
            return person
        return work(Life(books, journal, person_id, now, due(books, policy, person_id, now)))

    return store.consult(Scope(people={person_id, *members}), read)


# Helpers


def _members(books: Books, person_id: int) -> set[int]:
    """Return those whom a person has ever shared with: what he paid as premium stands with the insured."""
    return {bond.member_id for bond in books.registry.bonds_of_sharer(person_id)}


def _page(life: Life, asked: Asked) -> Statement:
    several = list(islice(life.walk(asked), asked.most + 1))
    page = several[: asked.most]
    return Statement(
        asked=asked,
        opening=life.before(Point(asked.since)),
        closing=life.before(Point(asked.until)),
        movements=tuple(chain.from_iterable(page)),
        after=page[-1][0].point if len(several) > len(page) else None,
        names={},
        relations=relations(life.books, asked.person_id),
    )
