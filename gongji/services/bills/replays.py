"""A settlement decided again: its entry keeps what it was decided on, the store the bundle of its rules."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from gongji.domain.account import Account
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refused
from gongji.domain.requests import RequestKey, Scope
from gongji.ledger.records import Entry
from gongji.rules.bundle import book_from_bundle
from gongji.rules.drawing import Candidate
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill, Rules, Settled, care_day, decide_settlement
from gongji.services.bills import facts as kept_facts
from gongji.services.store import Books, Store


class NotReplayableError(LookupError):
    """The books do not hold what is needed to decide that settlement again."""


class Replayed(Struct, frozen=True, kw_only=True):
    """A settlement as it was decided: the bill, the patient of that day, the decision, the names of all concerned."""

    bill: Bill
    patient: Insured
    decision: Settled
    names: Mapping[int, str]
    policy: PolicyBook


def replay_request(store: Store, policy: PolicyBook, key: RequestKey) -> Replayed | None:
    """Return the settlement that a request made, decided again; None when it made none.

    `policy` is used where the settlement was decided by it, else the bundle that the store keeps. Raise
    NotReplayableError when neither has the rules, or they decide otherwise than they did.
    """
    found = store.read(Scope(requests={key}), lambda books: _settlement_of(books, key))
    if found is None:
        return None
    book_id, entry_id, names = found
    entry = next(entry for entry in store.entries_of(book_id) if entry.entry_id == entry_id)
    return replay(entry, names, _rules_of(store, policy, entry.basis.bundle))


class Again(Struct, frozen=True, kw_only=True):
    """What a settlement was decided on, and what some book of rules makes of it."""

    bill: Bill
    patient: Insured
    decision: Settled | Refused


def decide_again(entry: Entry, policy: PolicyBook) -> Again:
    """Return what `policy` makes of the facts that `entry` was decided on, whatever was decided then."""
    facts = kept_facts.read(entry.basis.decision)
    at = facts.bill.at
    member = policy.on(facts.patient.region, at.date())
    rules = Rules(
        member=member,
        place=policy.on(facts.place_region, at.date()),
        benefits=policy.on(facts.patient.region, care_day(facts.bill, member)),
    )
    candidates = [
        Candidate(
            bond=one.bond,
            sharer=one.sharer,
            purse=one.purse,
            rules=policy.on(one.sharer.region, at.date()),
            pots=one.pots,
            cap_used_fen=one.cap_used,
        )
        for one in facts.bonds
    ]
    decision = decide_settlement(facts.bill, facts.patient, facts.purse, facts.used, candidates, rules)
    return Again(bill=facts.bill, patient=facts.patient, decision=decision)


def replay(entry: Entry, names: Mapping[int, str], policy: PolicyBook) -> Replayed:
    """Return what `entry` was decided on and the decision, made again. Raise NotReplayableError when it differs."""
    again = decide_again(entry, policy)
    decision = again.decision
    if isinstance(decision, Refused) or _taken(decision) != _taken_by(entry):
        raise NotReplayableError(
            f"entry {entry.entry_id} is decided otherwise today; kernel {entry.basis.kernel} did it"
        )
    return Replayed(bill=again.bill, patient=again.patient, decision=decision, names=names, policy=policy)


# Helpers


def _settlement_of(books: Books, key: RequestKey) -> tuple[int, int, dict[int, str]] | None:
    answered = books.ledger.answers.get(key)
    if answered is None or answered.settle_id is None:
        return None
    settlement = books.ledger.settlements.get(answered.settle_id)
    if settlement is None:
        return None
    names: dict[int, Any] = {identity.person_id: identity.name for identity in books.registry.identities}
    return settlement.book_id, settlement.entry_id, names


def _rules_of(store: Store, policy: PolicyBook, digest: str) -> PolicyBook:
    if digest == policy.digest:
        return policy
    bundle = store.bundle(digest)
    if bundle is None:
        raise NotReplayableError(f"the rule bundle {digest[:12]} is not kept")
    return book_from_bundle(bundle)


def _taken(decision: Settled) -> dict[Account, int]:
    taken: dict[Account, int] = {}
    for payment in decision.payments:
        taken[payment.account] = taken.get(payment.account, 0) + payment.amount_fen
    return taken


def _taken_by(entry: Entry) -> dict[Account, int]:
    return {leg.account: -leg.amount_fen for leg in entry.legs if leg.version}
