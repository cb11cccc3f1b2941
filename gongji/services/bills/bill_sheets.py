"""这次看病谁付的 The bill as its patient reads it: who paid what, in order, by which rule, and what has come back."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from gongji.domain.account import Pocket
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.ledger.records import Refund, Settlement
from gongji.registry.records import Institution
from gongji.rules.citing import Citation, cite
from gongji.rules.explain import PAYING, Explanation, Line, Step, explain
from gongji.rules.phrases import LAYERS, LAYERS_WITHOUT_NAME, PHRASES
from gongji.rules.policybook import PolicyBook
from gongji.services.bills.rechecks import Bundles, Kept, Rechecked, find_kept, recheck
from gongji.services.bills.replays import NotReplayableError
from gongji.services.store import Store

_POOLED: Final = frozenset({"basic", "hifp_pay"})
"""The layers that are 统筹基金; all others are funds above it."""

_FROM_POCKETS: Final = ("own", "shared", "wallet")


class Payer(Struct, frozen=True, kw_only=True):
    """One line of the bill: what was paid, out of which pocket, and how much of it has come back since.

    `line` says who, why, and the rules with document and sentence. A deductible is told and paid by those after it.
    """

    line: Line
    pocket: Pocket | None = None
    back_fen: int = 0

    @property
    def counts(self) -> bool:
        """Tell whether its amount is part of the bill's total."""
        return self.line.step in PAYING


class EBill(Struct, frozen=True, kw_only=True):
    """The items of the 医疗收费电子票据, in fen. All but `family_fen` add up to the bill.

    `account_fen` 个人账户支付 includes what relatives paid (`family_fen`) and the wallet. `fund_fen` is
    医保统筹基金支付, `other_fen` 其他支付 by funds above it, `cash_fen` 个人现金支付; `hospital_fen` is what the
    institution bears.
    """

    total_fen: int
    fund_fen: int
    other_fen: int
    hospital_fen: int
    account_fen: int
    family_fen: int
    cash_fen: int


class BillSheet(Struct, frozen=True, kw_only=True):
    """A settled bill. `payers` in the order of payment; `skipped` are relatives who did not pay, and why.

    `refunds` are those that stand, in order of time. `e_bill` is as it was settled, `e_bill_left` what is left of it.
    `proved` tells that the rules kept with the bill decide it again in every figure; where it is False the payers come
    from the record alone, without their reasons. `citations` are the rows that the lines name, each once, by rule id.
    """

    settlement: Settlement
    patient: str
    institution: Institution | None
    payers: tuple[Payer, ...]
    skipped: tuple[Line, ...]
    refunds: tuple[Refund, ...]
    e_bill: EBill
    e_bill_left: EBill
    proved: bool
    bundle: str
    citations: Mapping[str, Citation]


def bill_sheet(store: Store, bundles: Bundles, number: int, lang: Language) -> BillSheet | None:
    """Return the bill of a settlement, by its number or that of a refund of it; None when there is none.

    Names stand whole and relatives are named: whether the one who asks may see that is for the caller to know.
    """
    kept = find_kept(store, number)
    if kept is None:
        return None
    settlement = kept.settlement
    institution, refunds = store.read(
        Scope(settlements={settlement.settle_id}),
        lambda books: (
            books.registry.institutions.get(settlement.institution),
            tuple(sorted(books.ledger.refunds, key=lambda refund: (refund.refunded_at, refund.refund_id))),
        ),
    )
    rechecked = _rechecked(kept, bundles)
    told = _explained(rechecked, kept.names, lang) if rechecked is not None else None
    lines = told.lines if told is not None else tuple(_recorded(kept, lang))
    rules = rechecked.rules if rechecked is not None else None
    return BillSheet(
        settlement=settlement,
        patient=_name(kept.names, settlement.book_id),
        institution=institution,
        payers=tuple(_payers(settlement, [line for line in lines if line.step != "skipped"])),
        skipped=tuple(line for line in lines if line.step == "skipped"),
        refunds=tuple(refund for refund in refunds if refund.undone_at is None),
        e_bill=e_bill(settlement),
        e_bill_left=e_bill_left(settlement),
        proved=told is not None,
        bundle=kept.entry.basis.bundle,
        citations=_citations(lines, rules) if rules is not None else {},
    )


def e_bill(settlement: Settlement) -> EBill:
    """Return the e-bill's items of a settlement as it was made."""
    return _e_bill(settlement, [0] * len(settlement.draws), 0, stands=True)


def e_bill_left(settlement: Settlement) -> EBill:
    """Return what is left of the e-bill's items after all refunds."""
    return _e_bill(settlement, settlement.given_back, settlement.cash_back_fen, stands=not settlement.reversed)


# Helpers


def _e_bill(
    settlement: Settlement, back_fens: list[int] | tuple[int, ...], cash_back_fen: int, *, stands: bool
) -> EBill:
    left = [
        (draw.account.book_id, draw.amount_fen - back) for draw, back in zip(settlement.draws, back_fens, strict=True)
    ]
    pooled_fen = sum(fen for layer, fen in settlement.layers if layer in _POOLED)
    funds = (pooled_fen, settlement.fund_fen - pooled_fen, settlement.hospital_fen) if stands else (0, 0, 0)
    account_fen, cash_fen = sum(fen for _, fen in left), settlement.cash_fen - cash_back_fen
    return EBill(
        total_fen=sum(funds) + account_fen + cash_fen,
        fund_fen=funds[0],
        other_fen=funds[1],
        hospital_fen=funds[2],
        account_fen=account_fen,
        family_fen=sum(fen for book_id, fen in left if book_id != settlement.book_id),
        cash_fen=cash_fen,
    )


def _rechecked(kept: Kept, bundles: Bundles) -> Rechecked | None:
    """Return the bill decided again, or None where the rules of then do not prove it any more."""
    try:
        checked = recheck(kept, bundles.book(kept.entry.basis.bundle))
    except NotReplayableError:
        return None
    return None if checked.differences else checked


def _explained(checked: Rechecked, names: Mapping[int, str], lang: Language) -> Explanation | None:
    """Return why each fen was paid by whom."""
    decision, day = checked.again.decision, checked.again.bill.at.date()
    if isinstance(decision, Refused):
        return None
    return explain(decision, checked.again.patient, names, checked.rules, day, lang)


def _citations(lines: Iterable[Line], rules: PolicyBook) -> dict[str, Citation]:
    rule_ids = [witness.rule_id for line in lines for witness in line.witnesses]
    return {rule_id: cite(rules, rules.row(rule_id)) for rule_id in rule_ids}


def _recorded(kept: Kept, lang: Language) -> Iterator[Line]:
    """Yield the payers as the record has them, with no reasons."""
    settlement, patient = kept.settlement, _name(kept.names, kept.settlement.book_id)
    for layer, fen in settlement.layers:
        name = LAYERS[lang].get(layer, LAYERS_WITHOUT_NAME[lang].format(layer=layer))
        yield Line(step="fund", who=name, amount_fen=fen, why="")
    if settlement.hospital_fen:
        hospital = PHRASES[lang]["the_hospital"]
        yield Line(step="hospital", who=hospital, amount_fen=settlement.hospital_fen, why="")
    for draw in settlement.draws:
        owner = draw.account.book_id
        step: Step = "shared" if owner != settlement.book_id else "own"
        if draw.account.pocket is Pocket.WALLET:
            step = "wallet"
        yield Line(step=step, who=_name(kept.names, owner), amount_fen=draw.amount_fen, why="", person_id=owner)
    yield Line(step="cash", who=patient, amount_fen=settlement.cash_fen, why="")


def _payers(settlement: Settlement, lines: list[Line]) -> Iterator[Payer]:
    """Yield the lines with their pockets, which stand in the order of the draws, and with what came back."""
    draws = iter(zip(settlement.draws, settlement.given_back, strict=True))
    for line in lines:
        if line.step in _FROM_POCKETS:
            draw, back_fen = next(draws)
            yield Payer(line=line, pocket=draw.account.pocket, back_fen=back_fen)
        elif line.step == "cash":
            yield Payer(line=line, back_fen=settlement.cash_back_fen)
        else:
            whole = settlement.reversed and line.step in PAYING
            yield Payer(line=line, back_fen=line.amount_fen if whole else 0)


def _name(names: Mapping[int, str], person_id: int) -> str:
    return names.get(person_id) or f"#{person_id}"
