"""The records that every bill adds, as rows of a binary COPY, in the order of columns that the queries name."""

import msgspec

from gongji.domain.binary_rows import bigint, bigints, boolean, day, json, moment, raw, row_of, text, word, words
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
            bigint(entry.book_id),
            bigint(entry.entry_id),
            moment(entry.recorded_at),
            moment(entry.event_at),
            word(entry.kind),
            text(entry.request),
            bigint(entry.reverses),
            word(basis.bundle),
            words(basis.rule_ids),
            raw(basis.decision),
            bigint(basis.kernel),
            bigints([account.book_id for account in accounts]),
            words(tuple([account.pocket for account in accounts])),
            bigints([account.member_id for account in accounts]),
            bigints([leg.amount_fen for leg in legs]),
            bigints([leg.balance_fen for leg in legs]),
            bigints([leg.version for leg in legs]),
        )
    )


def posting_rows(entry: Entry) -> list[bytes]:
    """Return the legs of an entry in people's own pockets, which are those with a version, for `copy_postings`."""
    recorded, book, number = moment(entry.recorded_at), bigint(entry.book_id), bigint(entry.entry_id)
    return [
        b"".join(
            (
                row_of(9),
                bigint(leg.account.book_id),
                recorded,
                word(leg.account.pocket),
                bigint(leg.account.member_id),
                bigint(leg.version),
                bigint(leg.amount_fen),
                bigint(leg.balance_fen),
                book,
                number,
            )
        )
        for leg in entry.legs
        if leg.version
    ]


def settlement_row(settlement: Settlement) -> bytes:
    """Return a new settlement, of which nothing has been refunded, for `copy_settlements`."""
    draws, layers = settlement.draws, settlement.layers
    accounts = [draw.account for draw in draws]
    return b"".join(
        (
            row_of(30),
            bigint(settlement.book_id),
            bigint(settlement.settle_id),
            bigint(settlement.entry_id),
            moment(settlement.settled_at),
            day(settlement.visited_on),
            word(settlement.region),
            word(settlement.institution),
            text(settlement.visit_id),
            day(settlement.year_start),
            boolean(settlement.inpatient),
            bigint(settlement.total_fen),
            bigint(settlement.hospital_fen),
            words(tuple([name for name, _ in layers])),
            bigints([fen for _, fen in layers]),
            bigints(tuple(settlement.parts)),
            bigint(settlement.deductible_fen),
            bigint(settlement.burden_fen),
            bigint(settlement.goods_fen),
            bigints([account.book_id for account in accounts]),
            words(tuple([account.pocket for account in accounts])),
            bigints([account.member_id for account in accounts]),
            bigints([draw.amount_fen for draw in draws]),
            bigints([draw.bond_id for draw in draws]),
            bigints(settlement.given_back),
            bigint(settlement.cash_fen),
            bigint(settlement.cash_back_fen),
            bigint(sum(settlement.given_back) + settlement.cash_back_fen),
            boolean(settlement.reversed),
            boolean(settlement.counts_stay),
            json(_statement(settlement.statement)),
        )
    )


def directory_row(settlement: Settlement) -> bytes:
    """Return in which book a settlement is, for `copy_directory`."""
    return row_of(2) + bigint(settlement.settle_id) + bigint(settlement.book_id)


def answer_row(answered: Answered) -> bytes:
    """Return an answer, for `copy_answers`."""
    return b"".join(
        (
            row_of(9),
            word(answered.key.institution),
            day(answered.key.asked_on),
            text(answered.key.msgid),
            word(answered.kind),
            raw(answered.digest),
            raw(answered.answer),
            bigint(answered.book_id),
            bigint(answered.settle_id),
            text(answered.reversed_by),
        )
    )
