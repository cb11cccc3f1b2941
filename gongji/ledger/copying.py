"""The records that every bill adds, as rows of a binary COPY, in the order of columns that the queries name."""

import msgspec

from gongji.domain.binary_rows import (
    bigint,
    bigints,
    boolean,
    day,
    json,
    microseconds,
    nullable_bigints,
    raw,
    row_of,
    text,
    whole_numbers,
    word,
    words,
)
from gongji.domain.requests import Answered
from gongji.ledger.records import Entry, Settlement

_statement = msgspec.json.Encoder().encode


def entry_row(entry: Entry) -> bytes:
    """Return an entry, for `copy_entries`."""
    legs, basis = entry.legs, entry.basis
    accounts = [leg.account for leg in legs]
    return b"".join(
        (
            row_of(17),
            whole_numbers(
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


def posting_rows(entry: Entry) -> list[bytes]:
    """Return the legs of an entry in people's own pockets, which are those with a version, for `copy_postings`."""
    recorded, book_id, entry_id = microseconds(entry.recorded_at), entry.book_id, entry.entry_id
    return [
        row_of(9)
        + whole_numbers(
            leg.account.book_id,
            recorded,
            leg.account.member_id,
            leg.version,
            leg.amount_fen,
            leg.balance_fen,
            book_id,
            entry_id,
        )
        + word(leg.account.pocket)
        for leg in entry.legs
        if leg.version
    ]


def settlement_row(settlement: Settlement) -> bytes:
    """Return a new settlement, for `copy_settlements`."""
    draws, layers = settlement.draws, settlement.layers
    accounts = [draw.account for draw in draws]
    return b"".join(
        (
            row_of(30),
            whole_numbers(
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
            ),
            day(settlement.visited_on),
            day(settlement.year_start),
            boolean(settlement.inpatient),
            boolean(settlement.reversed),
            boolean(settlement.counts_stay),
            word(settlement.region),
            word(settlement.institution),
            text(settlement.visit_id),
            words(tuple([name for name, _ in layers])),
            bigints([fen for _, fen in layers]),
            bigints(settlement.parts),
            words(tuple([account.pocket for account in accounts])),
            bigints(
                [account.book_id for account in accounts],
                [account.member_id for account in accounts],
                [draw.amount_fen for draw in draws],
                settlement.given_back,
            ),
            nullable_bigints([draw.bond_id for draw in draws]),
            json(_statement(settlement.statement)),
        )
    )


def directory_row(settlement: Settlement) -> bytes:
    """Return in which book a settlement is, for `copy_directory`."""
    return row_of(2) + whole_numbers(settlement.settle_id, settlement.book_id)


def answer_row(answered: Answered) -> bytes:
    """Return an answer, for `copy_answers`."""
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
