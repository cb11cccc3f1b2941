"""复核 A settled bill checked again: by the rules as they were known when it was settled, and by today's.

The facts are those that the entry keeps, so the days stay what they were; only what is known of the rules differs.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from msgspec import Struct

from gongji.domain.account import OWNED, Account
from gongji.domain.bill import Parts
from gongji.domain.money import yuan
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import Draw, Entry, Settlement
from gongji.rules.bundle import book_from_bundle
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import KERNEL, Settled
from gongji.services.bills.replays import Again, NotReplayableError, decide_again
from gongji.services.store import Books, Store


class Difference(Struct, frozen=True):
    """A figure that came out otherwise: its name, what it was and what it is now, sums in yuan."""

    figure: str
    was: str
    now: str


class Kept(Struct, frozen=True, kw_only=True):
    """What the books hold of a settlement: the record, the entry with its facts, the names of all concerned."""

    settlement: Settlement
    entry: Entry
    names: Mapping[int, str]


class Rechecked(Struct, frozen=True, kw_only=True):
    """A settlement decided again by the bundle it was settled by.

    `differences` is empty when every figure and every rule is the same: the settlement is proved. `rules` is the book
    of that bundle.
    """

    kept: Kept
    again: Again
    rules: PolicyBook
    differences: tuple[Difference, ...]


class Reconsidered(Struct, frozen=True, kw_only=True):
    """What some other book makes of the same facts: the decision, and what differs from the one that was settled."""

    again: Again
    differences: tuple[Difference, ...]


class Bundles:
    """The rule bundles that a store keeps, each opened once."""

    def __init__(self, store: Store) -> None:
        """Open bundles of `store`."""
        self._store = store
        self._opened: dict[str, PolicyBook] = {}

    def book(self, digest: str) -> PolicyBook:
        """Return the rules of that bundle. Raise NotReplayableError when it is not kept."""
        known = self._opened.get(digest)
        if known is None:
            content = self._store.bundle(digest)
            if content is None:
                raise NotReplayableError(f"the rule bundle {digest[:12]} is not kept")
            known = self._opened[digest] = book_from_bundle(content)
        return known


def find_kept(store: Store, number: int) -> Kept | None:
    """Return the settlement of that number, or the one that a refund of that number is of; None when there is none."""
    found = store.read(Scope(settlements={number}), lambda books: _settlement(books, number))
    if found is None:
        return None
    settlement, names = found
    made = settlement.settled_at
    entries = store.entries_of(settlement.book_id, since=made, until=made + timedelta.resolution)
    entry = next(one for one in entries if one.entry_id == settlement.entry_id)
    return Kept(settlement=settlement, entry=entry, names=names)


def recheck(kept: Kept, rules: PolicyBook) -> Rechecked:
    """Decide a settlement again by `rules`, the bundle it was settled by, and compare every figure with the books."""
    again = decide_again(kept.entry, rules)
    decision = again.decision
    if isinstance(decision, Refused):
        differences: tuple[Difference, ...] = (Difference("refused", "-", str(decision.reason)),)
    else:
        differences = tuple(_apart(_as_kept(kept), _as_decided(decision)))
    return Rechecked(kept=kept, again=again, rules=rules, differences=differences)


def reconsider(checked: Rechecked, rules: PolicyBook) -> Reconsidered:
    """Decide the same facts by other `rules`, as those known today, and tell what would be otherwise."""
    again = decide_again(checked.kept.entry, rules)
    was, now = checked.again.decision, again.decision
    if isinstance(now, Refused) or isinstance(was, Refused):
        reasons = tuple(str(one.reason) if isinstance(one, Refused) else "-" for one in (was, now))
        found = (Difference("refused", *reasons),) if reasons[0] != reasons[1] else ()
        return Reconsidered(again=again, differences=found)
    return Reconsidered(again=again, differences=tuple(_apart(_as_decided(was), _as_decided(now))))


# Helpers


def _settlement(books: Books, number: int) -> tuple[Settlement, dict[int, str]] | None:
    refund = books.ledger.refunds.get(number)
    settlement = books.ledger.settlements.get(number if refund is None else refund.settle_id)
    if settlement is None:
        return None
    return settlement, {identity.person_id: identity.name for identity in books.registry.identities}


def _apart(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for figure in dict.fromkeys((*was, *now)):
        if was.get(figure) != now.get(figure):
            yield Difference(figure, was.get(figure, "-"), now.get(figure, "-"))


class _Outcome(Struct, frozen=True, kw_only=True):
    """What came of a bill, in a form that decision and record have in common."""

    fens: Mapping[str, int]
    layers: tuple[tuple[str, int], ...]
    parts: Parts
    draws: tuple[Draw, ...]
    ratio_bp: int
    kernel: int
    rule_ids: tuple[str, ...]

    def figures(self) -> dict[str, str]:
        """Return every figure by name, in the order of payment; the rules it rests on last."""
        told = {name: yuan(fen) for name, fen in self.fens.items()}
        told |= _summed((f"fund {layer}", fen) for layer, fen in self.layers)
        told |= {f"part {name.removesuffix('_fen')}": yuan(fen) for name, fen in self.parts._asdict().items()}
        told |= _summed((_pocket(draw.account), draw.amount_fen) for draw in self.draws)
        order = ", ".join(_pocket(draw.account) for draw in self.draws)
        return told | {
            "order of payment": order,
            "ratio": str(self.ratio_bp),
            "kernel": str(self.kernel),
            "rules": ", ".join(self.rule_ids),
        }


def _as_decided(decision: Settled) -> dict[str, str]:
    share = decision.share
    return _Outcome(
        fens={
            "total": decision.total_fen,
            "hospital": decision.hospital_fen,
            "cash": decision.cash_fen,
            "counted to the deductible": share.deductible_fen,
            "borne": decision.burden_fen,
            "goods under a monthly limit": decision.goods_fen,
        },
        layers=share.layers,
        parts=share.parts,
        draws=tuple(Draw(payment.account, payment.amount_fen, payment.bond_id) for payment in decision.payments),
        ratio_bp=share.ratio_bp,
        kernel=KERNEL,
        rule_ids=decision.rule_ids,
    ).figures()


def _as_kept(kept: Kept) -> dict[str, str]:
    """Return the figures of the record; where the entry's own legs moved something else, that too."""
    settlement, basis = kept.settlement, kept.entry.basis
    figures = _Outcome(
        fens={
            "total": settlement.total_fen,
            "hospital": settlement.hospital_fen,
            "cash": settlement.cash_fen,
            "counted to the deductible": settlement.deductible_fen,
            "borne": settlement.burden_fen,
            "goods under a monthly limit": settlement.goods_fen,
        },
        layers=settlement.layers,
        parts=settlement.parts,
        draws=settlement.draws,
        ratio_bp=settlement.statement.ratio_bp,
        kernel=basis.kernel,
        rule_ids=basis.rule_ids,
    ).figures()
    return figures | _moved_otherwise(kept)


def _moved_otherwise(kept: Kept) -> dict[str, str]:
    left = {leg.account: -leg.amount_fen for leg in kept.entry.legs if leg.account.pocket in OWNED}
    for draw in kept.settlement.draws:
        left[draw.account] = left.get(draw.account, 0) - draw.amount_fen
    return {f"entry: {_pocket(account)}": yuan(fen) for account, fen in left.items() if fen}


def _summed(fens: Iterable[tuple[str, int]]) -> dict[str, str]:
    sums: dict[str, int] = {}
    for name, fen in fens:
        sums[name] = sums.get(name, 0) + fen
    return {name: yuan(fen) for name, fen in sums.items()}


def _pocket(account: Account) -> str:
    return f"{account.pocket} of {account.book_id}{f' for {account.member_id}' if account.member_id else ''}"
