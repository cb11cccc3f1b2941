"""Quotes 预结算 on record: what a bill would cost whom, by the rules of one bundle, for half an hour.

A quote reserves nothing. Settling it decides the bill again by the bundle it was made by: where the same pockets pay
the same fen it is settled, else nothing is, and the answer says what has changed and quotes anew.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Pocket
from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.family import Bond, Mode
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill, Settled
from gongji.services.acts import Actor
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.bills.settlements import quote as decide
from gongji.services.families import is_over
from gongji.services.policies.timetables import QUOTE_LIFE
from gongji.services.store import Books

QUOTE: Final = "quote"

Why = Literal["expired", "rules", "bond_ended", "bond_paused", "bond_changed", "bond_new", "balance", "own", "benefits"]
"""What has changed: the time, the rules, a bond (ended, resting, other terms, new), money, own money, the fund's."""


class Asked(Struct, frozen=True, kw_only=True):
    """A bill that nobody has paid yet: whose, what for, and where."""

    patient_id: int
    bill: Bill
    place_region: str
    institution: str = ""


class Shared(Struct, frozen=True, kw_only=True):
    """So much out of one pocket. `bond_id` is None for the patient's own."""

    person_id: int
    pocket: Pocket
    member_id: int
    amount_fen: int
    bond_id: int | None
    rule_ids: tuple[str, ...]


class Skipped(Struct, frozen=True, kw_only=True):
    """A relative who would pay nothing, and why."""

    person_id: int
    bond_id: int | None
    refused: Refused


class Quote(Struct, frozen=True, kw_only=True):
    """What a bill would cost whom, in fen, by the rules of `bundle`; `bonds` are those of the patient as they stood.

    `settle_id` is the settlement made of it, `settled_by` who made that, `next_id` the quote that took its place.
    """

    asked: Asked
    actor: Actor
    bundle: str
    total_fen: int
    layers: tuple[tuple[str, int], ...]
    hospital_fen: int
    cash_fen: int
    shares: tuple[Shared, ...]
    skips: tuple[Skipped, ...]
    rule_ids: tuple[str, ...]
    unknown: tuple[str, ...]
    bonds: tuple[Bond, ...]
    settle_id: int | None = None
    settled_by: Actor | None = None
    next_id: str = ""


class Changed(Struct, frozen=True, kw_only=True):
    """One thing that is otherwise than quoted; `person_id` and `bond_id` name the relative, 0 and None nobody.

    `was_fen` and `is_fen` are what he pays in all: they are equal where other pockets of his pay the same.
    """

    why: Why
    person_id: int = 0
    bond_id: int | None = None
    was_fen: int | None = None
    is_fen: int | None = None


class Quoted(Struct, frozen=True, kw_only=True):
    """A quote with its number; settled by `until`, it is settled as it says, or says what has changed."""

    quote_id: str
    until: datetime
    state: str
    quote: Quote


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of settling a quote: a settlement, or what has changed and the quote that takes its place."""

    quote_id: str
    settle_id: int | None
    changes: tuple[Changed, ...] = ()
    anew: Quoted | None = None


def quote_scope(patient_id: int, quote_id: str = "") -> Scope:
    """Return what has to be loaded for a quote of that patient."""
    return Scope(people={patient_id}, dossiers={quote_id} if quote_id else set())


def make(books: Books, policy: PolicyBook, actor: Actor, asked: Asked) -> tuple[Quoted, Settled] | Refused:
    """Decide a bill and keep that as a quote; or say why it cannot be settled at all."""
    decided = decide(books, policy, _request(asked, ""))
    if isinstance(decided, Refused):
        return decided
    decision = decided[0]
    quote = _quote(books, policy, actor, asked, decision)
    dossier = Dossier(
        dossier_id=f"{QUOTE}-{books.ledger.take_id('dossier')}",
        kind=QUOTE,
        made_at=asked.bill.at,
        parties=(asked.patient_id,),
        state="open",
        due_at=asked.bill.at + QUOTE_LIFE,
        content=filed(quote),
    )
    books.dossiers.put(dossier)
    return _quoted(dossier, quote), decision


def found(books: Books, quote_id: str, patient_id: int) -> Quoted | Refused:
    """Return a quote of that patient, or SETTLEMENT_NOT_FOUND."""
    dossier = books.dossiers.get(quote_id)
    if dossier is None or dossier.kind != QUOTE or patient_id not in dossier.parties:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="quote")
    return _quoted(dossier, opened(dossier, Quote))


def void(books: Books, quote: Quote, at: datetime) -> tuple[Changed, ...]:
    """Return which of the relatives that were to pay no longer do: for them the quote is void, whatever the rest."""
    paying = {share.bond_id for share in quote.shares if share.bond_id is not None}
    return tuple(change for change in _bond_changes(books, quote, at) if change.bond_id in paying)


def settle_quote(
    books: Books, policy: PolicyBook, pinned: PolicyBook | None, actor: Actor, quoted: Quoted, at: datetime
) -> Outcome | Refused:
    """Settle a quote as it says, by `pinned`, the rules of its bundle; or say what has changed since and quote anew.

    `policy` are the rules that hold now: by them it is quoted anew once it has expired, or where its rules are gone.
    """
    quote = quoted.quote
    if quoted.state != "open":
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject=f"quote_{quoted.state}")
    late = at >= quoted.until
    book = policy if late or pinned is None else pinned
    asked = replace(quote.asked, bill=replace(quote.asked.bill, at=at))
    mark = books.mark()
    anew = make(books, book, actor, asked)
    if isinstance(anew, Refused):
        return anew
    changes = tuple(_changes(books, quote, anew[0].quote, at, late=late))
    dossier = books.dossiers.dossiers[quoted.quote_id]
    if changes:
        content = filed(replace(quote, next_id=anew[0].quote_id))
        books.dossiers.put(replace(dossier, state="replaced", due_at=None, content=content))
        return Outcome(quote_id=quoted.quote_id, settle_id=None, changes=changes, anew=anew[0])
    books.rewind(mark)  # the quote made anew says the same, and is not kept
    done = settle(books, book, _request(asked, quoted.quote_id))
    if isinstance(done, Refused):
        return done
    if done.settlement is None:
        raise TypeError("a quote was settled without a settlement")
    settle_id = done.settlement.settle_id
    content = filed(replace(quote, settle_id=settle_id, settled_by=actor))
    books.dossiers.put(replace(dossier, state="settled", due_at=None, content=content))
    return Outcome(quote_id=quoted.quote_id, settle_id=settle_id)


# Helpers


def _request(asked: Asked, request: str) -> SettleRequest:
    return SettleRequest(
        request=request,
        patient_id=asked.patient_id,
        bill=asked.bill,
        place_region=asked.place_region,
        institution=asked.institution,
    )


def _quote(books: Books, policy: PolicyBook, actor: Actor, asked: Asked, decision: Settled) -> Quote:
    shares = [
        Shared(
            person_id=payment.account.book_id,
            pocket=payment.account.pocket,
            member_id=payment.account.member_id,
            amount_fen=payment.amount_fen,
            bond_id=payment.bond_id,
            rule_ids=payment.rule_ids,
        )
        for payment in decision.payments
    ]
    skips = [Skipped(person_id=one.person_id, bond_id=one.bond_id, refused=one.refused) for one in decision.skips]
    return Quote(
        asked=asked,
        actor=actor,
        bundle=policy.digest,
        total_fen=decision.total_fen,
        layers=decision.share.layers,
        hospital_fen=decision.hospital_fen,
        cash_fen=decision.cash_fen,
        shares=tuple(shares),
        skips=tuple(skips),
        rule_ids=decision.rule_ids,
        unknown=decision.share.unknown,
        bonds=tuple(_living(books, asked.patient_id, asked.bill.at)),
    )


def _living(books: Books, patient_id: int, at: datetime) -> list[Bond]:
    return [one for one in books.registry.bonds_of_member(patient_id) if one.since <= at and not is_over(one, at)]


def _changes(books: Books, was: Quote, now: Quote, at: datetime, *, late: bool) -> Iterator[Changed]:
    """Yield what is otherwise. Nothing is told where the same pockets pay the same, but for a quote that is too old."""
    if late:
        yield Changed(why="expired")
    if _paid(was) == _paid(now) and was.cash_fen == now.cash_fen and was.layers == now.layers:
        return
    if was.bundle != now.bundle:
        yield Changed(why="rules")
    told = tuple(_bond_changes(books, was, at))
    yield from told
    named = {change.bond_id for change in told}
    before, after = _by_bond(was), _by_bond(now)
    for bond_id, person_id in dict.fromkeys([*before, *after]):
        paid, pays = before.get((bond_id, person_id), {}), after.get((bond_id, person_id), {})
        if paid != pays and bond_id not in named:  # be it the same sum, out of other pockets
            why: Why = "own" if bond_id is None else "balance"
            was_fen, is_fen = sum(paid.values()), sum(pays.values())
            yield Changed(why=why, person_id=person_id, bond_id=bond_id, was_fen=was_fen, is_fen=is_fen)
    if was.layers != now.layers:
        was_fen, is_fen = (sum(fen for _, fen in one.layers) for one in (was, now))
        yield Changed(why="benefits", was_fen=was_fen, is_fen=is_fen)


def _bond_changes(books: Books, quote: Quote, at: datetime) -> Iterator[Changed]:
    """Yield which of the patient's bonds are otherwise than when it was quoted."""
    before = {bond.bond_id: bond for bond in quote.bonds}
    after = {bond.bond_id: bond for bond in _living(books, quote.asked.patient_id, at)}
    for bond_id, was in before.items():
        now = after.get(bond_id)
        why = "bond_ended" if now is None else _why(was, now, at)
        if why is not None:
            yield Changed(why=why, person_id=was.sharer_id, bond_id=bond_id)
    for bond_id in after.keys() - before.keys():
        yield Changed(why="bond_new", person_id=after[bond_id].sharer_id, bond_id=bond_id)


def _why(was: Bond, now: Bond, at: datetime) -> Why | None:
    rests = now.paused_until is not None and at.date() < now.paused_until
    if rests and was.paused_until != now.paused_until:
        return "bond_paused"
    same = (was.state, was.rank, was.cap_fen, was.quota_fen, Mode.PAY in was.modes)
    return None if same == (now.state, now.rank, now.cap_fen, now.quota_fen, Mode.PAY in now.modes) else "bond_changed"


def _paid(quote: Quote) -> list[tuple[int, Pocket, int, int, int | None]]:
    return [(one.person_id, one.pocket, one.member_id, one.amount_fen, one.bond_id) for one in quote.shares]


def _by_bond(quote: Quote) -> dict[tuple[int | None, int], dict[tuple[Pocket, int], int]]:
    """Return what comes out of which pockets, by bond and person."""
    found: dict[tuple[int | None, int], dict[tuple[Pocket, int], int]] = {}
    for share in quote.shares:
        pockets = found.setdefault((share.bond_id, share.person_id), {})
        pocket = (share.pocket, share.member_id)
        pockets[pocket] = pockets.get(pocket, 0) + share.amount_fen
    return found


def _quoted(dossier: Dossier, quote: Quote) -> Quoted:
    until = dossier.made_at + QUOTE_LIFE
    return Quoted(quote_id=dossier.dossier_id, until=until, state=dossier.state, quote=quote)
