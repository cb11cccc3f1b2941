"""The records that every bill adds, as rows of the composite types `gongji.*_row`, in the order of their columns."""

import msgspec

from gongji.domain.binary_rows import (
    bigint,
    bigints,
    boolean,
    day,
    encoded,
    microseconds,
    raw,
    row_of,
    text,
    whole_numbers,
    word,
    words,
)
from gongji.domain.requests import Answered
from gongji.ledger.records import Entry, Settlement
from gongji.ledger.rows import Detail

_encode = msgspec.json.Encoder().encode


def entry_row(entry: Entry) -> bytes:
    """Return an entry, for `insert_entries`."""
    legs, basis = entry.legs, entry.basis
    accounts = [leg.account for leg in legs]
    return b"".join(
        (
            row_of(17),
            whole_numbers(
                "qqttq",
                entry.book_id,
                entry.entry_id,
                microseconds(entry.recorded_at),
                microseconds(entry.event_at),
                basis.kernel,
            ),
            bigint(entry.reverses),
            word(entry.kind),
            text(entry.request),
            word(basis.bundle),
            words(basis.rule_ids),
            raw(basis.decision),
            words(tuple([account.pocket for account in accounts])),
            bigints(
                [account.book_id for account in accounts],
                [account.member_id for account in accounts],
                [leg.amount_fen for leg in legs],
                [leg.balance_fen for leg in legs],
                [leg.version for leg in legs],
            ),
        )
    )


def settlement_row(settlement: Settlement) -> bytes:
    """Return a new settlement, for `insert_settlements`. Nothing given back is no array."""
    statement = settlement.statement
    return b"".join(
        (
            row_of(27),
            whole_numbers(
                "qqqtqqqqqqqqq",
                settlement.book_id,
                settlement.settle_id,
                settlement.entry_id,
                microseconds(settlement.settled_at),
                settlement.total_fen,
                settlement.hospital_fen,
                settlement.deductible_fen,
                settlement.burden_fen,
                settlement.goods_fen,
                settlement.cash_fen,
                settlement.cash_back_fen,
                sum(settlement.given_back) + settlement.cash_back_fen,
                settlement.fund_fen,
            ),
            day(settlement.visited_on),
            day(settlement.year_start),
            boolean(settlement.inpatient),
            boolean(settlement.reversed),
            boolean(settlement.counts_stay),
            word(settlement.region),
            word(settlement.institution),
            word(statement.insutype),
            word(statement.clr_type),
            word(statement.office),
            text(settlement.visit_id),
            bigints([draw.amount_fen for draw in settlement.draws]),
            bigints(settlement.given_back) if any(settlement.given_back) else bigints(()),
            encoded(_encode(Detail(settlement.layers, settlement.parts, settlement.draws, statement))),
        )
    )


def answer_row(answered: Answered) -> bytes:
    """Return an answer, for `insert_answers`."""
    return b"".join(
        (
            row_of(9),
            bigint(answered.book_id),
            bigint(answered.settle_id),
            word(answered.key.institution),
            day(answered.key.asked_on),
            text(answered.key.msgid),
            word(answered.kind),
            raw(answered.digest),
            raw(answered.answer),
            text(answered.reversed_by),
        )
    )
