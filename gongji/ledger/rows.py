"""Records of the ledger as columns for the database, and rows from it as records. No database is touched here."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Parts
from gongji.domain.named_sql import bigints, moments, texts
from gongji.domain.requests import Answered, RequestKey
from gongji.ledger.records import (
    Accumulated,
    Basis,
    Draw,
    Entry,
    EntryKind,
    Leg,
    PremiumKey,
    PremiumPaid,
    Refund,
    Settlement,
    Statement,
    Transfer,
    TransferState,
)

Columns = dict[str, Any]
Row = dict[str, Any]


class Detail(Struct, frozen=True, gc=False):
    """What of a settlement nobody asks by: it is kept as one text of JSON."""

    layers: tuple[tuple[str, int], ...]
    parts: Parts
    draws: tuple[Draw, ...]
    statement: Statement


def entry_from(row: Row) -> Entry:
    """Return the entry of a row."""
    columns = (row[name] for name in ("leg_books", "leg_pockets", "leg_members"))
    accounts = [Account(book, Pocket(pocket), member) for book, pocket, member in zip(*columns, strict=True)]
    figures = zip(accounts, row["leg_fens"], row["leg_balances"], row["leg_versions"], strict=True)
    return Entry(
        entry_id=row["entry_id"],
        book_id=row["book_id"],
        kind=EntryKind(row["kind"]),
        event_at=row["event_at"],
        recorded_at=row["recorded_at"],
        legs=tuple(Leg(*figure) for figure in figures),
        request=row["request"],
        reverses=row["reverses"],
        basis=Basis(row["bundle"], tuple(row["rule_ids"]), row["decision"], row["kernel"]),
    )


def given_back_columns(settlements: Sequence[Settlement]) -> Columns:
    """Return the names of settlements and the part of them that may change."""
    return {
        "book_ids": bigints(s.book_id for s in settlements),
        "settle_ids": bigints(s.settle_id for s in settlements),
        "given_back_fens": [bigints(s.given_back) for s in settlements],
        "cash_back_fens": bigints(s.cash_back_fen for s in settlements),
        "refunded_fens": bigints(refunded_fen(s) for s in settlements),
        "reverseds": [s.reversed for s in settlements],
    }


def refunded_fen(settlement: Settlement) -> int:
    """Return what has been given back of a settlement, to pockets and in cash."""
    return sum(settlement.given_back) + settlement.cash_back_fen


def settlement_from(row: Row) -> Settlement:
    """Return the settlement of a row."""
    same = ("settle_id", "book_id", "entry_id", "settled_at", "visited_on", "region", "institution", "visit_id",
            "year_start", "inpatient", "total_fen", "hospital_fen", "deductible_fen", "burden_fen", "goods_fen",
            "cash_fen", "cash_back_fen", "reversed", "counts_stay")  # fmt: skip
    detail = msgspec.json.decode(row["detail"], type=Detail)
    return Settlement(
        **{name: row[name] for name in same},
        layers=detail.layers,
        parts=detail.parts,
        draws=detail.draws,
        statement=detail.statement,
        given_back=tuple(row["given_back_fens"]) or (0,) * len(detail.draws),
    )


def refund_columns(refunds: Sequence[Refund]) -> Columns:
    """Return refunds as columns."""
    return {
        "book_ids": bigints(refund.book_id for refund in refunds),
        "refund_ids": bigints(refund.refund_id for refund in refunds),
        "settle_ids": bigints(refund.settle_id for refund in refunds),
        "entry_ids": bigints(refund.entry_id for refund in refunds),
        "refunded_ats": [refund.refunded_at for refund in refunds],
        "requests": [refund.request for refund in refunds],
        "back_fens": [bigints(refund.back_fens) for refund in refunds],
        "cash_fens": bigints(refund.cash_fen for refund in refunds),
        "fulls": [refund.full for refund in refunds],
        "balance_fens": bigints(refund.balance_fen for refund in refunds),
        "used_fund_fens": bigints(refund.used.fund_fen for refund in refunds),
        "used_deductible_fens": bigints(refund.used.deductible_fen for refund in refunds),
        "used_burden_fens": bigints(refund.used.burden_fen for refund in refunds),
        "used_stays": bigints(refund.used.stays for refund in refunds),
        "undone_ats": [refund.undone_at for refund in refunds],
    }


def refund_from(row: Row) -> Refund:
    """Return the refund of a row."""
    used = Accumulated(*(row.pop(f"used_{name}") for name in ("fund_fen", "deductible_fen", "burden_fen", "stays")))
    return Refund(**row | {"back_fens": tuple(row["back_fens"])}, used=used)


def transfer_columns(transfers: Sequence[Transfer]) -> Columns:
    """Return transfers as columns."""
    return {
        "book_ids": bigints(t.book_id for t in transfers),
        "transfer_ids": [t.transfer_id for t in transfers],
        "receiver_ids": bigints(t.receiver_id for t in transfers),
        "amount_fens": bigints(t.amount_fen for t in transfers),
        "sent_ats": [t.sent_at for t in transfers],
        "return_ats": [t.return_at for t in transfers],
        "states": [str(t.state) for t in transfers],
        **_draw_columns([t.taken for t in transfers]),
    }


def transfer_from(row: Row) -> Transfer:
    """Return the transfer of a row."""
    same = ("transfer_id", "book_id", "receiver_id", "amount_fen", "sent_at", "return_at")
    return Transfer(**{name: row[name] for name in same}, taken=_draws(row), state=TransferState(row["state"]))


def premium_columns(premiums: Sequence[PremiumPaid]) -> Columns:
    """Return premiums as columns."""
    return {
        "book_ids": bigints(premium.key.book_id for premium in premiums),
        "kinds": [premium.key.kind for premium in premiums],
        "years": bigints(premium.key.year for premium in premiums),
        "payer_ids": bigints(premium.payer_id for premium in premiums),
        "amount_fens": bigints(premium.amount_fen for premium in premiums),
        "paid_ats": [premium.paid_at for premium in premiums],
        "products": [premium.product for premium in premiums],
        "turns": bigints(premium.key.turn for premium in premiums),
        "notices": [premium.notice for premium in premiums],
        "receipts": [premium.receipt for premium in premiums],
        "entry_ids": bigints(premium.entry_id for premium in premiums),
        "refunded_fens": bigints(premium.refunded_fen for premium in premiums),
        **_draw_columns([premium.draws for premium in premiums]),
    }


def premium_from(row: Row) -> PremiumPaid:
    """Return the paid premium of a row."""
    same = ("payer_id", "amount_fen", "paid_at", "product", "notice", "receipt", "entry_id", "refunded_fen")
    key = PremiumKey(*(row[name] for name in ("book_id", "kind", "year", "turn")))
    return PremiumPaid(key=key, draws=_draws(row), **{name: row[name] for name in same})


def key_columns(keys: Iterable[RequestKey]) -> Columns:
    """Return the names of requests as columns."""
    ordered = list(keys)
    return {
        "institutions": texts([key.institution for key in ordered]),
        "msgids": texts([key.msgid for key in ordered]),
        "days": moments([key.asked_on for key in ordered]),
    }


def reversed_columns(answers: Sequence[Answered]) -> Columns:
    """Return answers that were taken back as columns."""
    return {
        **key_columns(answered.key for answered in answers),
        "reversed_bys": [answered.reversed_by for answered in answers],
    }


def answered_from(row: Row) -> Answered:
    """Return the answer of a row."""
    same = ("kind", "digest", "answer", "book_id", "settle_id", "reversed_by")
    return Answered(
        key=RequestKey(row["institution"], row["msgid"], row["asked_on"]), **{name: row[name] for name in same}
    )


def _draw_columns(draws: Sequence[tuple[Draw, ...]]) -> Columns:
    return {
        "draw_books": [bigints(draw.account.book_id for draw in each) for each in draws],
        "draw_pockets": [names(draw.account.pocket for draw in each) for each in draws],
        "draw_members": [bigints(draw.account.member_id for draw in each) for each in draws],
        "draw_fens": [bigints(draw.amount_fen for draw in each) for each in draws],
        "draw_bonds": [bigints(draw.bond_id for draw in each) for each in draws],
    }


def _draws(row: Row) -> tuple[Draw, ...]:
    columns = [row[f"draw_{name}"] for name in ("books", "pockets", "members", "fens", "bonds")]
    return tuple(
        Draw(Account(book, Pocket(pocket), member), amount_fen, bond)
        for book, pocket, member, amount_fen, bond in zip(*columns, strict=True)
    )


def names(pockets: Iterable[Pocket]) -> str:
    """Return the names of pockets as the text of an array; they are plain words and need no quotes."""
    return "{" + ",".join(pockets) + "}"
