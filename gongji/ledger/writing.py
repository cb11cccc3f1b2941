"""What a batch changed in the ledger, as the statements that write it."""

from importlib.resources import files
from typing import Final

from gongji.domain.account import Account
from gongji.domain.named_sql import bigints, booleans, moments, named_queries
from gongji.domain.writes import Writes
from gongji.ledger.copying import answer_row, entry_row, settlement_row
from gongji.ledger.journal import refuse_changes_of_the_past
from gongji.ledger.records import AccumulatorKey
from gongji.ledger.rows import (
    Columns,
    given_back_columns,
    names,
    premium_columns,
    refund_columns,
    refunded_fen,
    reversed_columns,
    transfer_columns,
)
from gongji.ledger.window import LedgerWindow

QUERIES: Final = named_queries((files("gongji.ledger") / "sql" / "queries.sql").read_text("utf-8"))


def writes_of(window: LedgerWindow) -> Writes:
    """Return what writes the changes, pockets first, since their versions tell whether all the rest may be.

    Raise ChangedForGoodError as `refuse_changes_of_the_past` does.
    """
    refuse_changes_of_the_past(window)
    writes = Writes(QUERIES)
    _pockets(writes, window)
    _settlements(writes, window)
    _refunds(writes, window)
    _transfers(writes, window)
    _answers(writes, window)
    _premiums(writes, window)
    _accumulators(writes, window)
    _years(writes, window)
    _entries(writes, window)
    return writes


# Helpers


def _pockets(writes: Writes, window: LedgerWindow) -> None:
    was = window.pockets.was
    new = [account for account, before in was.items() if before is None]
    known = [(account, before.version) for account, before in sorted(was.items()) if before is not None]
    expected = {"expected": bigints([version for _, version in known])}
    columns = _pocket_columns(window, [account for account, _ in known]) | expected
    writes.all("update_pockets", columns, len(known))
    writes.all("insert_pockets", _pocket_columns(window, new), len(new))


def _entries(writes: Writes, window: LedgerWindow) -> None:
    rows = window.entries.rows
    writes.rows_in("insert_entries", "entry_row", [entry_row(rows[entry_id]) for entry_id in window.entries.was])


def _settlements(writes: Writes, window: LedgerWindow) -> None:
    rows = window.settlements.rows
    new = [rows[settle_id] for settle_id, was in window.settlements.was.items() if was is None]
    writes.rows_in("insert_settlements", "settlement_row", [settlement_row(settlement) for settlement in new])
    changed = [(was, rows[settle_id]) for settle_id, was in window.settlements.was.items() if was is not None]
    guard = {
        "expected_fens": bigints(refunded_fen(was) for was, _ in changed),
        "were_reversed": [was.reversed for was, _ in changed],
    }
    writes.all("update_settlements", given_back_columns([after for _, after in changed]) | guard, len(changed))


def _refunds(writes: Writes, window: LedgerWindow) -> None:
    rows = window.refunds.rows
    new = [rows[refund_id] for refund_id, was in window.refunds.was.items() if was is None]
    undone = [rows[refund_id] for refund_id, was in window.refunds.was.items() if was is not None]
    writes.all("insert_refunds", refund_columns(new), len(new))
    writes.all("update_refunds", refund_columns(undone), len(undone))


def _transfers(writes: Writes, window: LedgerWindow) -> None:
    both = [(was, window.transfers[transfer_id]) for transfer_id, was in window.transfers.was.items()]
    new = [after for was, after in both if was is None]
    changed = [after for was, after in both if was is not None]
    columns = transfer_columns(changed) | {"were": [str(was.state) for was, _ in both if was is not None]}
    writes.all("insert_transfers", transfer_columns(new), len(new))
    writes.all("update_transfers", columns, len(changed))
    writes.all("update_transfer_mirrors", columns, len(changed))


def _answers(writes: Writes, window: LedgerWindow) -> None:
    both = [(was, window.answers[key]) for key, was in window.answers.was.items()]
    changed = [answered for was, answered in both if was is not None and answered.reversed_by is not None]
    new = [answer_row(answered) for was, answered in both if was is None]
    writes.rows_in("insert_answers", "answer_row", new)
    writes.all("update_answers", reversed_columns(changed), len(changed))


def _premiums(writes: Writes, window: LedgerWindow) -> None:
    both = [(was, window.premiums[key]) for key, was in window.premiums.was.items()]
    new = [after for was, after in both if was is None]
    changed = [after for was, after in both if was is not None]
    guard = {"expected_fens": bigints(was.refunded_fen for was, _ in both if was is not None)}
    writes.all("insert_premiums", premium_columns(new), len(new))
    writes.all("update_premiums", premium_columns(changed) | guard, len(changed))


def _accumulators(writes: Writes, window: LedgerWindow) -> None:
    was = window.accumulators.was
    known = [key for key, before in was.items() if before is not None]
    new = [key for key, before in was.items() if before is None]
    writes.all("update_accumulators", _accumulator_columns(window, known), len(known))
    writes.all("insert_accumulators", _accumulator_columns(window, new), len(new))


def _years(writes: Writes, window: LedgerWindow) -> None:
    years = [(book_id, window.years.rows[book_id]) for book_id in window.years.was]
    if not years:
        return
    columns = {
        "book_ids": bigints([book_id for book_id, _ in years]),
        "year_starts": [year.year_start for _, year in years],
        "allocated_months": [year.allocated_month for _, year in years],
        "allocations": bigints([year.allocations for _, year in years]),
        "goods_months": [year.goods_month for _, year in years],
        "goods_fens": bigints([year.goods_fen for _, year in years]),
    }
    writes.all("put_years", columns, len(years))


def _accumulator_columns(window: LedgerWindow, keys: list[AccumulatorKey]) -> Columns:
    used = [window.accumulators[key] for key in keys]
    return {
        "book_ids": bigints(key.book_id for key in keys),
        "year_starts": moments([key.year_start for key in keys]),
        "inpatients": booleans([key.inpatient for key in keys]),
        "fund_fens": bigints(each.fund_fen for each in used),
        "deductible_fens": bigints(each.deductible_fen for each in used),
        "burden_fens": bigints(each.burden_fen for each in used),
        "stays": bigints(each.stays for each in used),
    }


def _pocket_columns(window: LedgerWindow, accounts: list[Account]) -> Columns:
    balances = [window.pockets[account] for account in accounts]
    return {
        "book_ids": bigints(account.book_id for account in accounts),
        "pockets": names([account.pocket for account in accounts]),
        "member_ids": bigints(account.member_id for account in accounts),
        "balance_fens": bigints(balance.balance_fen for balance in balances),
        "versions": bigints(balance.version for balance in balances),
    }
