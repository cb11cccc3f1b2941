"""What happens to a person's insurance and what follows for his bonds: credits, suspension, moving, leaving, death."""

from datetime import date, datetime

from msgspec.structs import replace

from gongji.domain.family import Bond
from gongji.domain.insured import Insured, Status
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import AccountYear, TransferState
from gongji.rules.crediting import credit_for
from gongji.rules.eligibility import covers_pair
from gongji.rules.policybook import PolicyBook
from gongji.services.accounts.crediting import MONTHS_OF_A_YEAR, book_credit
from gongji.services.calendar import bring_up_to, end_bond, give_back_transfer, release_pots
from gongji.services.families import account_year, person_of
from gongji.services.outcomes import Done
from gongji.services.store import Books


def credit(
    books: Books, policy: PolicyBook, person_id: int, at: datetime, *, base_fen: int | None, months: int, request: str
) -> Done | Refused:
    """Credit an account for `months`, each rounded by itself; an unknown rule credits nothing and is named.

    Where a whole medical year is credited at once there are no other sums than those of twelve months.
    """
    if months < 1 or (base_fen is not None and base_fen < 0):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="months" if months < 1 else "base")
    bring_up_to(books, policy, [person_id], at)
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    rules = policy.on(person.region, at.date())
    terms = rules.value("crediting")
    whole_year = terms is not None and terms.per_year
    if whole_year and months != MONTHS_OF_A_YEAR:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="months")
    each_fen = credit_for(person, base_fen, rules, at.date(), months=months if whole_year else 1)
    if each_fen is None:
        return Done(credited_fen=0, unknown=(rules.rows["crediting"].rule_id,))
    credited_fen = each_fen if whole_year else each_fen * months
    book_credit(books, policy, rules.rows["crediting"], person_id, credited_fen, at, request=request)
    return Done(credited_fen=credited_fen)


def suspend(
    books: Books, policy: PolicyBook, person_id: int, at: datetime, *, reason: str, until: date | None
) -> Done | Refused:
    """Suspend networked settlement for a violation until a day, or the insurance itself for arrears."""
    bring_up_to(books, policy, [person_id], at)
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    if reason == "violation":
        books.registry.people.put(person_id, replace(person, suspended_until=until or date.max))
    else:
        books.registry.people.put(person_id, replace(person, status=Status.SUSPENDED, arrears_until=until))
    return Done()


def end_insurance(books: Books, policy: PolicyBook, person_id: int, at: datetime) -> Done | Refused:
    """End a person's insurance. Bonds with a quota end with it, others where the sharer's region says so."""
    bring_up_to(books, policy, _concerned(books, person_id), at)
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    books.registry.people.put(person_id, replace(person, status=Status.ENDED))
    freed_fen = 0
    for bond in _bonds(books, person_id):
        sharer = books.registry.people[bond.sharer_id]
        ends = policy.on(sharer.region, at.date()).rows["ends_with_insurance"].in_force
        if bond.quota_fen is not None or ends:
            freed_fen += end_bond(books, bond.bond_id, at, recorded_at=at)
    return Done(freed_fen=freed_fen)


def move_region(books: Books, policy: PolicyBook, person_id: int, at: datetime, region: str) -> Done | Refused:
    """Move a person's insurance. Bonds with a quota end, others when the pair is no longer covered."""
    bring_up_to(books, policy, _concerned(books, person_id), at)
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    moved: Insured = replace(person, region=region)
    books.registry.people.put(person_id, moved)
    # The new region's year may begin on another day: money of this year stays that until the new year turns.
    year = books.ledger.years.get(person_id) or AccountYear(at.date())
    books.ledger.years.put(person_id, replace(year, year_start=account_year(policy, region, at.date())))
    freed_fen = 0
    for bond in _bonds(books, person_id):
        sides = (books.registry.people[bond.sharer_id], books.registry.people[bond.member_id])
        rules, member_rules = (policy.on(side.region, at.date()) for side in sides)
        if bond.quota_fen is not None or not covers_pair(rules, member_rules):
            freed_fen += end_bond(books, bond.bond_id, at, recorded_at=at)
    if not policy.on(region, at.date()).rows["pot"].in_force:
        freed_fen += release_pots(books, person_id, at)
    return Done(freed_fen=freed_fen)


def die(books: Books, policy: PolicyBook, person_id: int, at: datetime) -> Done | Refused:
    """Record a death: every bond ends, its pot and quota are free, what is on its way goes back, the wallet closes.

    The account, and what lies in the wallet, wait for the heirs.
    """
    bring_up_to(books, policy, _concerned(books, person_id), at)
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    books.registry.people.put(person_id, replace(person, alive=False, status=Status.ENDED, wallet_open=False))
    freed_fen = sum(end_bond(books, bond.bond_id, at, recorded_at=at) for bond in _bonds(books, person_id))
    freed_fen += release_pots(books, person_id, at)
    for transfer in books.ledger.transfers:
        waiting = transfer.state is TransferState.AWAITING_RECEIPT
        if waiting and person_id in (transfer.book_id, transfer.receiver_id):
            give_back_transfer(books, transfer, at, recorded_at=at)
    return Done(freed_fen=freed_fen)


def _concerned(books: Books, person_id: int) -> set[int]:
    """Return the person and those to whom money may come back: their year has to have turned before it does."""
    waiting = [one for one in books.ledger.transfers if one.state is TransferState.AWAITING_RECEIPT]
    senders = {one.book_id for one in waiting if one.receiver_id == person_id}
    return {person_id, *senders, *(bond.sharer_id for bond in _bonds(books, person_id))}


def _bonds(books: Books, person_id: int) -> list[Bond]:
    several = books.registry.bonds_of_sharer(person_id) + books.registry.bonds_of_member(person_id)
    return [bond for bond in several if bond.ended_at is None]
