"""What lies in a person's pockets at a moment, once all that has fallen due by then is done."""

from datetime import datetime

from msgspec import Struct

from gongji.domain.account import Pocket
from gongji.domain.refusals import Refused
from gongji.rules.drawing import Purse
from gongji.rules.policybook import PolicyBook
from gongji.services.calendar import bring_up_to
from gongji.services.families import person_of, pot_balance, purse_of
from gongji.services.store import Books


class Balances(Struct, frozen=True):
    """The pockets of one person: his purse, and in fen what lies in family pots of his and what is on its way."""

    person_id: int
    purse: Purse
    pots_fen: int
    transit_fen: int


def balances_of(books: Books, policy: PolicyBook, person_id: int, at: datetime) -> Balances | Refused:
    """Return what a person has at `at`, or PERSON_UNKNOWN. For books that are read: what falls due changes them."""
    bring_up_to(books, policy, [person_id], at)
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    return Balances(
        person_id,
        purse_of(books, person_id, at),
        pot_balance(books, person_id),
        books.ledger.balance(person_id, Pocket.TRANSIT),
    )
