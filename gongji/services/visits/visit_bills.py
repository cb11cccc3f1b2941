"""From a visit's uploaded lines to the bill that is settled, and from what was settled to the figures of an answer."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Pocket
from gongji.domain.bill import Component, FeeClass, FeeKind, Parts
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import Refund, Settlement
from gongji.registry.records import UploadedLine
from gongji.rules.benefits import Cell
from gongji.rules.settling import CoreSplit, Settled
from gongji.services.visits.visits import figures


class Scope(Struct, frozen=True):
    """A whole bill by catalogue scope: 全自费, 超限价, 先行自付, 符合政策范围; the four add up to it."""

    off_catalogue_fen: int
    over_limit_fen: int
    first_self_pay_fen: int
    in_scope_fen: int

    @property
    def total_fen(self) -> int:
        """Return the whole bill."""
        return self.off_catalogue_fen + self.over_limit_fen + self.first_self_pay_fen + self.in_scope_fen


class OutsideSplit(Struct, frozen=True, kw_only=True):
    """A split as an outside core states it; `layers` by the names it uses, `scope` where it states that too."""

    layers: tuple[tuple[str, int], ...]
    fund_fen: int
    hospital_fen: int
    personal_fen: int
    deductible_fen: int = 0
    scope: Scope | None = None

    def fault(self, total_fen: int) -> Refused | None:
        """Return AMOUNTS_DISAGREE with the figures when the split does not add up to the bill, else None."""
        layers_fen = sum(fen for _, fen in self.layers)
        if layers_fen != self.fund_fen:
            return Refused(Refusal.AMOUNTS_DISAGREE, figures(fund_fen=self.fund_fen, layers_fen=layers_fen))
        parts_fen = self.fund_fen + self.hospital_fen + self.personal_fen
        if parts_fen != total_fen:
            return Refused(Refusal.AMOUNTS_DISAGREE, figures(stated_fen=total_fen, split_fen=parts_fen))
        if self.scope is not None and self.scope.total_fen != total_fen:
            return Refused(Refusal.AMOUNTS_DISAGREE, figures(stated_fen=total_fen, scope_fen=self.scope.total_fen))
        if self.scope is not None and self.fund_fen > self.scope.in_scope_fen:
            compared = figures(fund_fen=self.fund_fen, in_scope_fen=self.scope.in_scope_fen)
            return Refused(Refusal.AMOUNTS_DISAGREE, compared)
        return None


class Figures(Struct, frozen=True, kw_only=True):
    """What an answer says of a settlement, in fen; `shared` by sharer, `balance_fen` the patient's own after it."""

    scope: Scope
    layers: tuple[tuple[str, int], ...]
    hospital_fen: int
    own_fen: int
    shared: tuple[tuple[int, int], ...]
    wallet_fen: int
    cash_fen: int
    deductible_fen: int
    ratio_bp: int
    balance_fen: int

    @property
    def fund_fen(self) -> int:
        """Return what all funds pay."""
        return sum(fen for _, fen in self.layers)

    @property
    def shared_fen(self) -> int:
        """Return what all sharers pay."""
        return sum(fen for _, fen in self.shared)

    @property
    def account_fen(self) -> int:
        """Return what personal accounts pay, own, shared and wallet."""
        return self.own_fen + self.shared_fen + self.wallet_fen

    @property
    def personal_fen(self) -> int:
        """Return the personal part."""
        return self.account_fen + self.cash_fen


def net_lines(lines: Sequence[UploadedLine]) -> tuple[UploadedLine, ...]:
    """Return the lines with what later lines took back of them taken off; those wholly taken back are left out."""
    found = {line.line_no: line for line in lines if not line.takes_back}
    for back in lines:
        line = found.get(back.takes_back) if back.takes_back else None
        if line is not None:
            found[line.line_no] = _less(line, back)
    return tuple(line for line in found.values() if line.amount_fen)


def scope_of(lines: Sequence[UploadedLine]) -> Scope:
    """Return the scope of several lines together."""
    off_fen = over_fen = first_fen = inside_fen = 0
    for line in lines:
        off_fen += line.off_catalogue_fen
        over_fen += line.over_limit_fen
        first_fen += line.first_self_pay_fen
        inside_fen += line.in_scope_fen
    return Scope(off_fen, over_fen, first_fen, inside_fen)


def core_split(split: OutsideSplit, lines: Sequence[UploadedLine]) -> CoreSplit:
    """Return an outside split as the rules take it; it must have no fault.

    What the lines put outside the insured scope stays with the person as far as his part reaches, the rest of it is
    deductible and co-pay; each is spread over the kinds of goods on the lines.
    """
    scope, left_fen = scope_of(lines), split.personal_fen
    first_fen = min(scope.first_self_pay_fen, left_fen)
    over_fen = min(scope.over_limit_fen, left_fen - first_fen)
    off_fen = min(scope.off_catalogue_fen, left_fen - first_fen - over_fen)
    left_fen -= first_fen + over_fen + off_fen
    deductible_fen = min(split.deductible_fen, left_fen)
    parts = Parts(deductible_fen, left_fen - deductible_fen, first_fen, over_fen, off_fen)
    cells: list[Cell] = []
    for part_fen, (component, weight_of) in zip(parts, _WEIGHTS, strict=True):
        if not part_fen:
            continue
        by_kind: dict[FeeKind, int] = {}
        for line, fen in zip(lines, spread(part_fen, [weight_of(line) for line in lines]), strict=True):
            if fen:
                by_kind[line.fee.kind] = by_kind.get(line.fee.kind, 0) + fen
        cells += [(component, line_kind, fen) for line_kind, fen in by_kind.items()]
    return CoreSplit(layers=split.layers, hospital_fen=split.hospital_fen, parts=parts, cells=tuple(cells))


_WEIGHTS: Final = tuple(
    zip(
        Component,
        map(
            attrgetter,
            ("in_scope_fen", "in_scope_fen", "first_self_pay_fen", "over_limit_fen", "off_catalogue_fen"),
        ),
        strict=True,
    )
)
"""By component of the personal part, by which of their scopes it is spread over the lines."""


def spread(amount_fen: int, weights: Sequence[int]) -> list[int]:
    """Return `amount_fen` in shares as the weights, to the fen; the whole is kept, all zero weights take nothing."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares, passed, before_fen = [], 0, 0
    for weight in weights:
        passed += weight
        reached_fen = amount_fen * passed // whole
        shares.append(reached_fen - before_fen)
        before_fen = reached_fen
    return shares


def restated(lines: Sequence[UploadedLine], scope: Scope) -> tuple[UploadedLine, ...]:
    """Return the lines with the scope an outside core stated for them together, outside goods first.

    The scope must add up to the lines.
    """
    left = [scope.off_catalogue_fen, scope.over_limit_fen, scope.first_self_pay_fen, scope.in_scope_fen]
    found: dict[str, UploadedLine] = {}
    for line in sorted(lines, key=lambda one: one.fee.fee_class is not FeeClass.C):
        open_fen, taken = line.amount_fen, []
        for place, fen in enumerate(left):
            taken.append(min(fen, open_fen))
            open_fen -= taken[-1]
            left[place] -= taken[-1]
        found[line.line_no] = replace(
            line,
            off_catalogue_fen=taken[0],
            over_limit_fen=taken[1],
            first_self_pay_fen=taken[2],
            in_scope_fen=taken[3],
        )
    return tuple(found[line.line_no] for line in lines)


def as_uploaded(line: UploadedLine) -> UploadedLine:
    """Return a line with the scope that the catalogue gave it, whatever an outside core has stated since."""
    fee = line.fee
    off_fen = fee.amount_fen if fee.fee_class is FeeClass.C else 0
    first_fen = fee.first_self_pay_fen or 0
    return replace(
        line,
        off_catalogue_fen=off_fen,
        over_limit_fen=fee.over_limit_fen,
        first_self_pay_fen=first_fen,
        in_scope_fen=fee.amount_fen - off_fen - fee.over_limit_fen - first_fen,
    )


def decided(decision: Settled, lines: Sequence[UploadedLine], *, balance_fen: int) -> Figures:
    """Return the figures of a decision over these lines; `balance_fen` is the patient's own before it."""
    own_fen = sum(payment.amount_fen for payment in decision.own)
    shared: dict[int, int] = {}
    for payment in decision.shared:
        sharer_id = payment.account.book_id
        shared[sharer_id] = shared.get(sharer_id, 0) + payment.amount_fen
    return Figures(
        scope=scope_of(lines),
        layers=decision.share.layers,
        hospital_fen=decision.hospital_fen,
        own_fen=own_fen,
        shared=tuple(shared.items()),
        wallet_fen=sum(payment.amount_fen for payment in decision.wallet),
        cash_fen=decision.cash_fen,
        deductible_fen=decision.share.deductible_fen,
        ratio_bp=decision.share.ratio_bp,
        balance_fen=balance_fen - own_fen,
    )


def settled(settlement: Settlement, lines: Sequence[UploadedLine]) -> Figures:
    """Return the figures of a settlement as they were when it was made; `lines` are those it paid for."""
    fens = [draw.amount_fen for draw in settlement.draws]
    return _kept(settlement, lines, fens, settlement.cash_fen, settlement.statement.balance_fen)


def given_back(settlement: Settlement, refund: Refund, lines: Sequence[UploadedLine]) -> Figures:
    """Return the figures of what a refund gave back.

    What had been refunded in part before is missing from the scope, from its insured side first, so that the figures
    add up; a refund in part gives back nothing of the funds.
    """
    figures = _kept(settlement, lines, refund.back_fens, refund.cash_fen, refund.balance_fen)
    if refund.full:
        return figures
    scope = Scope(0, 0, 0, figures.personal_fen)
    return replace(figures, scope=scope, layers=(), hospital_fen=0, deductible_fen=0)


# Helpers


def _kept(
    settlement: Settlement, lines: Sequence[UploadedLine], fens: Sequence[int], cash_fen: int, balance_fen: int
) -> Figures:
    own_fen = wallet_fen = 0
    shared: dict[int, int] = {}
    for draw, fen in zip(settlement.draws, fens, strict=True):
        owner_id = draw.account.book_id
        if draw.account.pocket is Pocket.WALLET:
            wallet_fen += fen
        elif owner_id == settlement.book_id:
            own_fen += fen
        elif fen:
            shared[owner_id] = shared.get(owner_id, 0) + fen
    statement = settlement.statement
    scope = Scope(*statement.scope_fens) if any(statement.scope_fens) else scope_of(lines)  # older ones have none
    personal_fen = settlement.cash_fen + sum(draw.amount_fen for draw in settlement.draws)
    missing_fen = personal_fen - cash_fen - sum(fens)
    return Figures(
        scope=_without(scope, missing_fen),
        layers=settlement.layers,
        hospital_fen=settlement.hospital_fen,
        own_fen=own_fen,
        shared=tuple(shared.items()),
        wallet_fen=wallet_fen,
        cash_fen=cash_fen,
        deductible_fen=settlement.deductible_fen,
        ratio_bp=statement.ratio_bp or (lines[0].ratio_bp if lines else 0),
        balance_fen=balance_fen,
    )


def _without(scope: Scope, missing_fen: int) -> Scope:
    """Return the scope less so much: in-scope goods first, off the catalogue last, no part below zero."""
    left = []
    for fen in (scope.in_scope_fen, scope.first_self_pay_fen, scope.over_limit_fen, scope.off_catalogue_fen):
        left.append(max(0, fen - missing_fen))
        missing_fen -= fen - left[-1]
    return Scope(*reversed(left))


def _less(line: UploadedLine, back: UploadedLine) -> UploadedLine:
    """Return a line with one that takes back of it added, whose amounts are negative."""
    fee, less = line.fee, back.fee
    first_fen = None if fee.first_self_pay_fen is None else fee.first_self_pay_fen + (less.first_self_pay_fen or 0)
    return replace(
        line,
        amount_fen=line.amount_fen + back.amount_fen,
        fee=replace(
            fee,
            amount_fen=fee.amount_fen + less.amount_fen,
            over_limit_fen=fee.over_limit_fen + less.over_limit_fen,
            first_self_pay_fen=first_fen,
        ),
        off_catalogue_fen=line.off_catalogue_fen + back.off_catalogue_fen,
        over_limit_fen=line.over_limit_fen + back.over_limit_fen,
        first_self_pay_fen=line.first_self_pay_fen + back.first_self_pay_fen,
        in_scope_fen=line.in_scope_fen + back.in_scope_fen,
    )
