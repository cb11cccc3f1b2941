"""Corrections 更正 of a month's credit that went by a wrong base: the difference is an entry of its own.

What was booked stays booked. Where the account no longer holds what it got too much, it gives what is free, and the
rest stays owed until the correction is asked for again.
"""

import hashlib
from datetime import date, datetime
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import RequestKey, Scope
from gongji.ledger.records import Basis, EntryKind
from gongji.rules.policybook import PolicyBook
from gongji.services.accounts.crediting import CREDITS, MonthRequest, granted, wrong_field
from gongji.services.acts import Actor
from gongji.services.calendar import bring_up_to
from gongji.services.families import purse_of
from gongji.services.outcomes import Done
from gongji.services.store import Books

CORRECTION: Final = "creditcorrection"
CORRECTED: Final = "corrected"
OWED: Final = "owed"
REASON_LEAST: Final = 2


class Correction(Struct, frozen=True, kw_only=True):
    """One correction, in fen: what the month should be, what was booked for it, what moved now, what is owed still."""

    at: datetime
    actor: Actor
    reason: str
    base_fen: int | None
    should_fen: int
    was_fen: int
    moved_fen: int
    owed_fen: int


class Corrections(Struct, frozen=True, kw_only=True):
    """What is on record of a person's month: its first day, what was credited first, and every correction since."""

    month: date
    first_fen: int
    several: tuple[Correction, ...] = ()

    @property
    def booked_fen(self) -> int:
        """Return what has been booked for the month, all in all."""
        return self.first_fen + sum(one.moved_fen for one in self.several)


def correction_id(asked: MonthRequest) -> str:
    """Return the id of the dossier of a person's month."""
    told = f"{asked.psn_no}\n{asked.month:%Y-%m}"
    return f"{CORRECTION}-{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def correction_scope(asked: MonthRequest) -> Scope:
    """Return what has to be loaded to correct a month."""
    return Scope(
        certificates={("psn_no", asked.psn_no)},
        requests={RequestKey(CREDITS, asked.psn_no, asked.month)},
        dossiers={correction_id(asked)},
    )


def correct_month(
    books: Books, policy: PolicyBook, actor: Actor, asked: MonthRequest, reason: str, at: datetime
) -> Correction | Refused:
    """Book the difference to what the month should be by the base told now, as far as the account can give it back.

    SETTLEMENT_NOT_FOUND for a month that was never credited. Frozen money is not taken.
    """
    wrong = "reason" if len(reason.strip()) < REASON_LEAST else wrong_field(asked, at)
    if wrong is not None:
        return Refused(Refusal.MESSAGE_MALFORMED, subject=wrong)
    credited = books.ledger.answers.get(RequestKey(CREDITS, asked.psn_no, asked.month))
    person_id = books.registry.directory.get(("psn_no", asked.psn_no))
    if person_id is None:
        return Refused(Refusal.PERSON_UNKNOWN, subject="psn_no")
    if credited is None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="month")
    bring_up_to(books, policy, [person_id], at)
    grant = granted(books, policy, asked, person_id)
    if isinstance(grant, Refused):
        return grant
    dossier = books.dossiers.get(correction_id(asked))
    first_fen = msgspec.json.decode(credited.answer, type=Done).credited_fen or 0
    known = opened(dossier, Corrections) if dossier is not None else Corrections(month=asked.month, first_fen=first_fen)
    wanted_fen = grant.fen - known.booked_fen
    moves = _moves(books, person_id, wanted_fen, at)
    moved_fen = sum(moves.values())
    if moved_fen:
        books.ledger.append(
            EntryKind.CREDIT,
            moves | {Account(person_id, Pocket.CREDITS): -moved_fen},
            book_id=person_id,
            event_at=at,
            recorded_at=at,
            request=f"{CREDITS} {asked.month:%Y-%m} {CORRECTED}",
            basis=Basis(bundle=policy.digest, rule_ids=(grant.row.rule_id,)),
        )
    correction = Correction(
        at=at,
        actor=actor,
        reason=reason.strip(),
        base_fen=asked.base_fen,
        should_fen=grant.fen,
        was_fen=known.booked_fen,
        moved_fen=moved_fen,
        owed_fen=moved_fen - wanted_fen,
    )
    _file(books, dossier, person_id, asked, replace(known, several=(*known.several, correction)))
    return correction


# Helpers


def _moves(books: Books, person_id: int, wanted_fen: int, at: datetime) -> dict[Account, int]:
    """Return what moves: all that is due to the account, or what it can give of what it got too much."""
    current, carried = (Account(person_id, pocket) for pocket in (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER))
    if wanted_fen >= 0:
        return {current: wanted_fen}
    purse = purse_of(books, person_id, at)
    taken_fen = min(-wanted_fen, max(0, purse.account_fen - purse.held_fen))
    from_current_fen = min(taken_fen, purse.current_year_fen)
    return {current: -from_current_fen, carried: from_current_fen - taken_fen}


def _file(books: Books, dossier: Dossier | None, person_id: int, asked: MonthRequest, form: Corrections) -> None:
    last = form.several[-1]
    fresh = dossier or Dossier(dossier_id=correction_id(asked), kind=CORRECTION, made_at=last.at, parties=(person_id,))
    books.dossiers.put(replace(fresh, state=OWED if last.owed_fen else CORRECTED, content=filed(form)))
