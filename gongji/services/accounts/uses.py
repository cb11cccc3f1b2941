"""谁用了我的钱 Who used my money, and who paid for me: amounts, days, kinds of place; more only by consent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.journal import Journal
from gongji.ledger.records import Entry, EntryKind
from gongji.rules.policybook import PolicyBook
from gongji.services.accounts.movements import Movement, names_of, relations
from gongji.services.accounts.statements import Asked, Life, read_life
from gongji.services.families import person_of
from gongji.services.store import Books, Store

USED: Final = frozenset(
    {EntryKind.SETTLEMENT, EntryKind.REVERSAL, EntryKind.PREMIUM, EntryKind.PREMIUM_REFUND, EntryKind.RECEIPT}
)
"""Bills and premiums, what was given back of them, and transfers that the relative took."""


class Details(Struct, frozen=True):
    """What a patient lets the one who paid see besides: the institution's name, and what was bought."""

    institution: str
    goods: tuple[str, ...]


class Use(Struct, frozen=True, kw_only=True):
    """One use of the sharer's money; a negative `amount_fen` was given back.

    `place` is the kind of institution, "" for premiums and transfers. `entry_id` names it where it is asked about.
    """

    entry_id: int
    at: datetime
    member_id: int
    kind: EntryKind
    amount_fen: int
    place: str = ""
    settle_id: int | None = None
    details: Details | None = None


class Uses(Struct, frozen=True, kw_only=True):
    """The uses of a period, the newest first, and what each member's of each month (2026-03) come to in fen."""

    uses: tuple[Use, ...]
    months: Mapping[tuple[int, str], int]
    names: Mapping[int, str]
    relations: Mapping[int, Relation]


class Help(Struct, frozen=True, kw_only=True):
    """One payment of a sharer for the member who asks; a negative `amount_fen` went back to the sharer."""

    at: datetime
    sharer_id: int
    kind: EntryKind
    amount_fen: int
    institution: str = ""
    settle_id: int | None = None


class Helps(Struct, frozen=True, kw_only=True):
    """The payments of a period, the newest first, and what each sharer's of each month (2026-03) come to in fen."""

    helps: tuple[Help, ...]
    months: Mapping[tuple[int, str], int]
    names: Mapping[int, str]


def who_used(
    store: Store,
    policy: PolicyBook,
    sharer_id: int,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    consented: frozenset[int] = frozenset(),
) -> Uses | Refused:
    """Return who used that person's money in [since, until). Only the visits of `consented` members are told of.

    Refused for a person who is not known, and for a period that ends before it begins.
    """
    if since > until:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="since")
    asked = Asked(person_id=sharer_id, since=since, until=until, kinds=USED)
    found = read_life(store, policy, sharer_id, now, lambda life: _used_by(life, asked))
    if isinstance(found, Refused):
        return found
    several, known = found
    people = {one.person_id for one in several if one.person_id is not None}
    visits = {one.visit_id for one in several if one.visit_id is not None and one.person_id in consented}
    scope = Scope(people=people | {sharer_id}, visits=visits)
    names, details = store.read(
        scope, lambda books: (names_of(books, people), _details_by_bill(books, several, visits))
    )
    uses = [_use(one, several, details) for one in _firsts(several)]
    months: dict[tuple[int, str], int] = {}
    for use in uses:
        key = (use.member_id, f"{use.at:%Y-%m}")
        months[key] = months.get(key, 0) + use.amount_fen
    return Uses(uses=tuple(uses), months=months, names=names, relations=known)


def who_paid(store: Store, member_id: int, *, since: datetime, until: datetime) -> Helps | Refused:
    """Return who paid for that person in [since, until): bills, premiums, and transfers that he took."""
    if since > until:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="since")

    def asked(books: Books, journal: Journal) -> tuple[list[Help], dict[int, str]] | Refused:
        person = person_of(books, member_id)
        if isinstance(person, Refused):
            return person
        found = _paid_for(books, journal, member_id, since, until)
        return found, names_of(books, {one.sharer_id for one in found})

    answer = store.consult(Scope(people={member_id}), asked)
    if isinstance(answer, Refused):
        return answer
    helps, names = answer
    if strangers := {one.sharer_id for one in helps} - names.keys():
        names |= store.read(Scope(people=strangers), lambda books: names_of(books, strangers))
    months: dict[tuple[int, str], int] = {}
    for one in helps:
        key = (one.sharer_id, f"{one.at:%Y-%m}")
        months[key] = months.get(key, 0) + one.amount_fen
    ordered = sorted(helps, key=lambda one: (one.at, one.settle_id or 0), reverse=True)
    return Helps(helps=tuple(ordered), months=months, names=names)


# Helpers


def _used_by(life: Life, asked: Asked) -> tuple[list[Movement], dict[int, Relation]]:
    """Return what moved for others, the newest first; what the person received himself is no use of his money."""
    found = [
        one
        for several in life.walk(asked)
        for one in several
        if one.person_id not in (None, asked.person_id)
        and not (one.kind is EntryKind.RECEIPT and one.account.pocket is not Pocket.TRANSIT)
    ]
    return found, relations(life.books, asked.person_id)


def _firsts(several: list[Movement]) -> list[Movement]:
    """Return the first movement of each entry."""
    return list({one.point: one for one in reversed(several)}.values())[::-1]


def _use(first: Movement, several: list[Movement], details: Mapping[int, Details]) -> Use:
    return Use(
        entry_id=first.point.entry_id,
        at=first.at,
        member_id=first.person_id or 0,
        kind=first.kind,
        amount_fen=-sum(one.amount_fen for one in several if one.point == first.point),
        place=first.place,
        settle_id=first.settle_id,
        details=details.get(first.settle_id or 0),
    )


def _details_by_bill(books: Books, several: list[Movement], visits: set[str]) -> dict[int, Details]:
    found: dict[int, Details] = {}
    for one in several:
        visit = books.registry.visits.get(one.visit_id or "")
        if one.settle_id is None or visit is None or visit.visit_id not in visits:
            continue
        place = books.registry.institutions.get(visit.institution)
        goods = tuple(line.name for line in visit.lines if line.settled_by == one.settle_id)
        found[one.settle_id] = Details(place.name if place is not None else "", goods)
    return found


def _paid_for(books: Books, journal: Journal, member_id: int, since: datetime, until: datetime) -> list[Help]:
    entries = [one for one in journal.entries_of(member_id, since=since, until=until) if one.book_id == member_id]
    bills = [one for one in entries if one.kind in (EntryKind.SETTLEMENT, EntryKind.REVERSAL)]
    behind = journal.behind(bills)
    settled = {one.settle_id: one for one in behind.settlements.values()}
    found = []
    for entry in bills:
        refund = behind.refunds.get(entry.entry_id) or behind.refunds.get(entry.reverses or 0)
        settlement = behind.settlements.get(entry.entry_id) if refund is None else settled.get(refund.settle_id)
        place = books.registry.institutions.get(settlement.institution) if settlement is not None else None
        for sharer_id, fen in _from_others(entry, member_id).items():
            found.append(
                Help(
                    at=entry.event_at,
                    sharer_id=sharer_id,
                    kind=entry.kind,
                    amount_fen=fen,
                    institution=place.name if place is not None else "",
                    settle_id=settlement.settle_id if settlement is not None else None,
                )
            )
    for entry in entries:
        if entry.kind is EntryKind.RECEIPT:
            for sharer_id, fen in _from_others(entry, member_id).items():
                found.append(Help(at=entry.event_at, sharer_id=sharer_id, kind=entry.kind, amount_fen=fen))
    found += [
        Help(at=one.paid_at, sharer_id=one.payer_id, kind=EntryKind.PREMIUM, amount_fen=one.left_fen)
        for one in books.ledger.premiums
        if one.key.book_id == member_id and one.payer_id != member_id and since <= one.paid_at < until and one.left_fen
    ]
    return found


def _from_others(entry: Entry, member_id: int) -> dict[int, int]:
    """Return what each other person's pockets gave in an entry, in fen."""
    given: dict[int, int] = {}
    for leg in entry.legs:
        account: Account = leg.account
        if leg.version and account.book_id != member_id:
            given[account.book_id] = given.get(account.book_id, 0) - leg.amount_fen
    return given
