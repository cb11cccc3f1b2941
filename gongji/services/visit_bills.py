"""From a visit's uploaded lines to the bill that is settled, and from what was settled to the figures of an answer."""

from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Pocket
from gongji.domain.bill import Component, FeeClass, FeeKind, Parts
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import Settlement
from gongji.registry.records import UploadedLine
from gongji.rules.benefits import Cell
from gongji.rules.settling import CoreSplit, Settled
from gongji.services.visits import figures


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


def scope_of(lines: Sequence[UploadedLine]) -> Scope:
    """Return the scope of several lines together."""
    return Scope(
        sum(line.off_catalogue_fen for line in lines),
        sum(line.over_limit_fen for line in lines),
        sum(line.first_self_pay_fen for line in lines),
        sum(line.in_scope_fen for line in lines),
    )


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
    in_scope = [line.in_scope_fen for line in lines]
    weights = (
        in_scope,
        in_scope,
        [line.first_self_pay_fen for line in lines],
        [line.over_limit_fen for line in lines],
        [line.off_catalogue_fen for line in lines],
    )
    cells: list[Cell] = []
    for component, part_fen, weight in zip(Component, parts, weights, strict=True):
        by_kind: dict[FeeKind, int] = {}
        for line, fen in zip(lines, spread(part_fen, weight), strict=True):
            by_kind[line.fee.kind] = by_kind.get(line.fee.kind, 0) + fen
        cells += [(component, line_kind, fen) for line_kind, fen in by_kind.items() if fen]
    return CoreSplit(layers=split.layers, hospital_fen=split.hospital_fen, parts=parts, cells=tuple(cells))


def spread(amount_fen: int, weights: Sequence[int]) -> list[int]:
    """Return `amount_fen` in shares as the weights, to the fen; the whole is kept, all zero weights take nothing."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    reached = [amount_fen * passed // whole for passed in accumulate(weights)]
    return [after - before for before, after in zip([0, *reached], reached, strict=False)]


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


def given_back(settlement: Settlement, lines: Sequence[UploadedLine], *, balance_fen: int) -> Figures:
    """Return the figures of what was still to be refunded of a settlement; `balance_fen` is the patient's own now.

    What had been refunded in part before is missing from the scope's insured side, so that the figures add up.
    """
    own_fen = wallet_fen = 0
    shared: dict[int, int] = {}
    for draw, back_fen in zip(settlement.draws, settlement.given_back, strict=True):
        fen, owner_id = draw.amount_fen - back_fen, draw.account.book_id
        if draw.account.pocket is Pocket.WALLET:
            wallet_fen += fen
        elif owner_id == settlement.book_id:
            own_fen += fen
        elif fen:
            shared[owner_id] = shared.get(owner_id, 0) + fen
    scope = scope_of(lines)
    before_fen = sum(settlement.given_back) + settlement.cash_back_fen
    return Figures(
        scope=replace(scope, in_scope_fen=scope.in_scope_fen - before_fen),
        layers=settlement.layers,
        hospital_fen=settlement.hospital_fen,
        own_fen=own_fen,
        shared=tuple(shared.items()),
        wallet_fen=wallet_fen,
        cash_fen=settlement.cash_fen - settlement.cash_back_fen,
        deductible_fen=settlement.deductible_fen,
        ratio_bp=lines[0].ratio_bp if lines else 0,
        balance_fen=balance_fen,
    )
