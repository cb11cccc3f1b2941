"""What must hold of the statements of a life, whatever happened in it."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from gongji.domain.account import OWNED, Account
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.services.accounts.statements import Asked, balances_at, statement, sums
from gongji.services.calendar import bring_up_to


def sure(found):
    """Return what was found; it is neither refused nor missing."""
    assert found is not None
    assert not isinstance(found, Refused), found
    return found


def pages(store, book, asked, now):
    """Return all pages of a statement."""
    found = [sure(statement(store, book, asked, now))]
    while found[-1].after is not None:
        found.append(sure(statement(store, book, replace(asked, after=found[-1].after), now)))
    return found


def check_life(store, book, person_id, now):
    """Check opening, movements and closing of each pocket, in both orders, by month, and against the pockets."""
    asked = Asked(person_id=person_id, most=3)
    newest = pages(store, book, asked, now)
    oldest = pages(store, book, replace(asked, newest_first=False), now)
    whole = [one for page in oldest for one in page.movements]
    assert whole == _backwards([one for page in newest for one in page.movements])
    assert all(len({one.point for one in page.movements}) <= 3 for page in newest)
    assert set(oldest[0].opening.values()) <= {0}
    _check_chain(whole, oldest[0])
    _check_pockets(store, book, person_id, now, oldest[0].closing)
    _check_months(store, book, asked, now, whole)
    for one in whole[:: max(1, len(whole) // 4)]:
        for moment in (one.at, one.at - timedelta(microseconds=1)):
            by_then: dict[Account, int] = {}
            for each in whole:
                if each.at <= moment:
                    by_then[each.account] = by_then.get(each.account, 0) + each.amount_fen
            assert filled(sure(balances_at(store, book, person_id, moment, now))) == filled(by_then)
    return whole


def filled(balances):
    return {account: fen for account, fen in balances.items() if fen}


def _backwards(movements):
    """Return movements that came newest first in order; the legs of one entry keep theirs."""
    return sorted(movements, key=lambda one: (one.point, one.account))


def _check_chain(whole, page):
    lies = dict(page.opening)
    assert whole == sorted(whole, key=lambda one: one.point)
    for one in whole:
        lies[one.account] = lies.get(one.account, 0) + one.amount_fen
        assert one.balance_fen == lies[one.account] >= 0
        assert one.account.pocket in OWNED
        assert one.amount_fen
    assert filled(lies) == filled(page.closing)


def _check_pockets(store, book, person_id, now, closing):
    """Compare with the pockets once all that is due has been done; that is done in a reading and not kept."""

    def pockets(books):
        bring_up_to(books, book, [person_id], now)
        rows = books.ledger.pockets.rows
        return {account: one.balance_fen for account, one in rows.items() if account.book_id == person_id}

    assert filled(closing) == filled(store.read(Scope(people={person_id}), pockets))


def _check_months(store, book, asked, now, whole):
    several = sure(sums(store, book, asked, now))
    assert sum(one.count for one in several) == len(whole)
    for month in sorted({f"{one.at:%Y-%m}" for one in whole}):
        first = datetime.fromisoformat(f"{month}-01")
        following = (first + timedelta(days=32)).replace(day=1)
        page = sure(statement(store, book, replace(asked, since=first, until=following, most=999), now))
        assert [one for one in whole if first <= one.at < following] == _backwards(page.movements)
        moved = dict(page.opening)
        for one in several:
            if one.month == month:
                moved[one.account] = moved.get(one.account, 0) + one.amount_fen
        assert filled(moved) == filled(page.closing)
    for kind in EntryKind:
        page = sure(statement(store, book, replace(asked, kinds=frozenset({kind}), most=999), now))
        assert _backwards(page.movements) == [one for one in whole if one.kind is kind]
